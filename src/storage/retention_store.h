// Rows of retention: holds, deleted people until their purge, when an organization is due, what
// erasure has still to clear. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_RETENTION_STORE_H_
#define ONLYLEADS_SRC_STORAGE_RETENTION_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::storage {

// ---- holds ----

struct HoldRow {
  base::Id hold_id;
  base::Id prospect_id;  // nil: everybody of the organization
  std::string reason;
  std::optional<int64_t> until_us;
};
absl::Status InsertHold(Connection* db, const base::Id& org_id, const HoldRow& row, int64_t now_us);
// False when there is no such hold, or it was released before.
absl::StatusOr<bool> ReleaseHold(Connection* db, const base::Id& org_id, const base::Id& hold_id,
                                 int64_t now_us);
// Whether a hold covers the person (the nil id: the organization) now, or covered them at any
// instant since `since_us`. One that was placed before the clock stepped back counts.
absl::StatusOr<bool> IsHeld(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            int64_t since_us);

// Whether any hold of the organization is in force, or was at any instant since `since_us`.
absl::StatusOr<bool> HasHolds(Connection* db, const base::Id& org_id, int64_t since_us);

// ---- deleted people ----

struct DeletedRow {
  base::Id prospect_id;
  int64_t deleted_at_us = 0;
  std::string document_sealed;
};
absl::StatusOr<std::optional<DeletedRow>> LoadDeleted(Connection* db, const base::Id& org_id,
                                                      const base::Id& prospect_id);
absl::Status InsertDeleted(Connection* db, const base::Id& org_id, const DeletedRow& row,
                           const std::vector<KeyedIdentifier>& keys);
// People deleted until `until_us`, after `after` in id order.
absl::StatusOr<std::vector<DeletedRow>> LoadDeletedUntil(Connection* db, const base::Id& org_id,
                                                         const base::Id& after, int64_t until_us,
                                                         int limit);
absl::StatusOr<std::optional<int64_t>> OldestDeletion(Connection* db, const base::Id& org_id);
// Who had this identifier when they were deleted.
absl::StatusOr<std::vector<base::Id>> FindDeletedBy(Connection* db, const base::Id& org_id,
                                                    const KeyedIdentifier& key);
absl::StatusOr<std::vector<KeyedIdentifier>> LoadDeletedKeys(Connection* db, const base::Id& org_id,
                                                             const base::Id& prospect_id);

// ---- people nobody uses ----

struct LastUse {
  base::Id prospect_id;
  int64_t used_at_us = 0;  // imported, contacted, answered, signalled: whatever came last
};
// The next `limit` people after `after` in id order.
absl::StatusOr<std::vector<LastUse>> LoadLastUses(Connection* db, const base::Id& org_id,
                                                  const base::Id& after, int limit);

// ---- when an organization is due ----

absl::StatusOr<std::vector<base::Id>> LoadRetentionDue(Connection* db, int64_t now_us, int limit);
absl::Status SetRetentionDue(Connection* db, const base::Id& org_id, int64_t due_us);
// Not later than `due_us`.
absl::Status TouchRetentionDue(Connection* db, const base::Id& org_id, int64_t due_us);
// The first deletion after `after_us`, over all organizations.
absl::StatusOr<std::optional<int64_t>> NextDeletion(Connection* db, int64_t after_us);
// The first end of a subscription whose account data falls due after `now_us`.
absl::StatusOr<std::optional<int64_t>> NextAccountEnd(Connection* db, int64_t now_us);

// ---- residue ----

struct Residue {
  int64_t pending = 0;
  int64_t since_us = 0;  // 0: nothing pending
};
absl::StatusOr<Residue> LoadResidue(Connection* db);
// In the transaction that removes: `count` removals have bytes to clear.
absl::Status AddResidue(Connection* db, int64_t count, int64_t now_us);
// `count` of them are cleared; what was added since stays pending.
absl::Status SubtractResidue(Connection* db, int64_t count);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_RETENTION_STORE_H_
