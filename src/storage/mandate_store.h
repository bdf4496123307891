// Rows of mandates: the record of what members authorised, and the channels that are covered now.
// No rules; the schema's triggers keep the outbox to the same rows.
#ifndef ONLYLEADS_SRC_STORAGE_MANDATE_STORE_H_
#define ONLYLEADS_SRC_STORAGE_MANDATE_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "src/domain/policy/tables.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

// The outcome and reason of what waits for an authorisation.
inline constexpr std::string_view kNoMandate = "no_mandate";

struct MandateRow {
  base::Id mandate_id;
  base::Id sender_id;
  base::Id member_id;
  std::vector<domain::Channel> channels;
  std::string text_version;
  std::string text_digest;  // 32 bytes or empty
  std::string evidence_ref;
  int64_t given_at_us = 0;
};

absl::Status InsertMandate(Connection* db, const base::Id& org_id, const MandateRow& row,
                           int64_t now_us);
// Whose it is; nil when there is none of this id.
absl::StatusOr<base::Id> FindMandateSender(Connection* db, const base::Id& org_id,
                                           const base::Id& mandate_id);
// The channels it covered are covered no more, unless by another one. Revoked stays revoked.
absl::Status RevokeMandate(Connection* db, const base::Id& org_id, const base::Id& mandate_id,
                           int64_t now_us);
absl::Status RevokeMandatesOf(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us);
absl::StatusOr<bool> IsAuthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                                  std::string_view channel);

// Queued messages of the sender that nothing covers wait from now on, and their enrollments.
absl::Status ParkUnauthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us);
// What waited and is covered again goes on.
absl::Status UnparkAuthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_MANDATE_STORE_H_
