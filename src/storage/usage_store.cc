#include "src/storage/usage_store.h"

namespace onlyleads::storage {

absl::Status InsertUsage(Connection* db, const base::Id& org_id, const UsageRow& row,
                         int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO usage_log (org_id, usage_id, member_id, at_us, ip, browser, page, "
          "recorded_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          {org_id, row.usage_id, row.member_id, row.at_us, row.ip, row.browser, row.page, now_us})
      .status();
}

absl::StatusOr<bool> IsMember(Connection* db, const base::Id& org_id, const base::Id& member_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT 1 FROM members WHERE org_id = $1 AND member_id = $2", {org_id, member_id}));
  return cursor.Next();
}

}  // namespace onlyleads::storage
