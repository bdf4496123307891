// The authorisation of members to send on their behalf: recorded, scoped, revocable.
#ifndef ONLYLEADS_SRC_ENGINE_MANDATES_H_
#define ONLYLEADS_SRC_ENGINE_MANDATES_H_

#include <cstdint>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct NewMandate {
  base::Id member_id;
  base::Id sender_id;
  std::string scope;         // channel ids with commas; empty: all of the sender's
  std::string text_version;  // required
  std::string text_digest;   // SHA-256 in hexadecimal, required
  std::string evidence_ref;
  int64_t given_at_us = 0;  // 0: now
};

// What waited for an authorisation that this one gives goes on.
absl::StatusOr<base::Id> RecordMandate(Engine& engine, const base::Id& org_id,
                                       const NewMandate& input);
// From then on nothing that no other mandate covers can be claimed; what was on its way:
// message_id, prospect_id, channel, started_at_us.
absl::StatusOr<base::Table> RevokeMandate(Engine& engine, const base::Id& org_id,
                                          const base::Id& mandate_id);
absl::StatusOr<base::Table> ListMandates(Engine& engine, const base::Id& org_id,
                                         const std::string& page_token, int limit);

// The mandate that connecting an account is, in the running transaction; earlier ones of the sender
// end with it. Without a version it is the provider's hosted sign-in.
absl::Status RecordConnectionMandate(Session& session, const base::Id& org_id, NewMandate input);

// Messages of a sender that are being sent or whose outcome is open: message_id, prospect_id,
// channel, started_at_us. Those on channels that nothing covers are never tried again when
// `revoked`.
absl::StatusOr<base::Table> OnTheirWay(Session& session, const base::Id& org_id,
                                       const base::Id& sender_id, bool revoked);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_MANDATES_H_
