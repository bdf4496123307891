// Organizations, members and senders: who acts, and through which account.
#ifndef ONLYLEADS_SRC_ENGINE_ORGANIZATIONS_H_
#define ONLYLEADS_SRC_ENGINE_ORGANIZATIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct NewOrganization {
  std::string name = {};
  std::string external_ref = {};
  std::string country = "GB";
  bool dpa_active = true;
};

// The existing one when external_ref is known.
absl::StatusOr<base::Id> CreateOrganization(Engine& engine, const NewOrganization& input);
absl::StatusOr<base::Table> ListOrganizations(Engine& engine);
// When the subscription ends or ended; nullopt when no end is known.
absl::Status SetSubscription(Engine& engine, const base::Id& org_id,
                             std::optional<int64_t> active_until_us);
// kNotFound when there is none.
absl::Status RequireOrganization(Engine& engine, const base::Id& org_id);

absl::StatusOr<base::Id> AddMember(Engine& engine, const base::Id& org_id, const std::string& name,
                                   const std::string& email);

struct NewSender {
  base::Id member_id;
  std::string name;
  std::string provider = "unipile";
  std::string account_id;
  std::string base_url;
  std::string api_key;
  std::string webhook_secret;
  std::string webhook_header = "Unipile-Auth";
  std::string zone = "UTC";
  bool premium = false;
  int work_start_min = 9 * 60;
  int work_end_min = 17 * 60 + 30;
  uint32_t work_days = 0x1f;  // bit 0 Monday
  int invitations_per_day = 30;
  int invitations_per_week = 120;
  int messages_per_day = 60;
  int messages_per_week = 300;
  int profiles_per_day = 60;
  int profiles_per_week = 300;
  int64_t min_gap_us = 60'000'000;
  // The member's authorisation to send; see NewMandate.
  std::string mandate_scope = {};
  std::string mandate_version = {};
  std::string mandate_digest = {};
  std::string mandate_evidence = {};
};

// A disconnected or stopped account comes back as the sender it was, so that its campaigns and open
// messages go on; kAlreadyExists while it works.
absl::StatusOr<base::Id> ConnectSender(Engine& engine, const base::Id& org_id,
                                       const NewSender& input);
absl::StatusOr<base::Table> ListSenders(Engine& engine, const base::Id& org_id);
// What was on its way: message_id, prospect_id, channel, started_at_us.
absl::StatusOr<base::Table> DisconnectSender(Engine& engine, const base::Id& org_id,
                                             const base::Id& sender_id);
// Clears a stop or a disconnection; a pause for a limit runs on, and so does a hold.
absl::Status ResumeSender(Engine& engine, const base::Id& org_id, const base::Id& sender_id);
// Ends the hold of a sender in a restored database before its looks are done.
absl::Status ReleaseSender(Engine& engine, const base::Id& org_id, const base::Id& sender_id);

// The sub-processor register, one row each.
absl::StatusOr<base::Table> ListSubProcessors(Engine& engine);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_ORGANIZATIONS_H_
