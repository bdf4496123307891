// Everything that belongs to one organization, table by table, as the column registry lists it:
// what an export reads and a deletion removes. A table added to the registry is part of both
// without a change here. Knows no table by name but those that outlive a deletion.
#ifndef ONLYLEADS_SRC_STORAGE_ORGANIZATION_DATA_H_
#define ONLYLEADS_SRC_STORAGE_ORGANIZATION_DATA_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct OwnedTable {
  std::string name;
  std::vector<std::string> columns;  // without those that are secret
  std::vector<std::string> key;      // the primary key, in order
  bool outlives_deletion = false;    // the audit: codes and ids that account for what was done
};

// Tables with an org_id, those that refer to others before those they refer to; organizations last.
absl::StatusOr<std::vector<OwnedTable>> OwnedTables(Connection* db);

absl::StatusOr<int64_t> CountOwned(Connection* db, const OwnedTable& table, const base::Id& org_id);

// Calls `take` with each row as one JSON object of the columns, until it fails. Ids are in text
// form, other bytes hexadecimal.
absl::Status ReadOwned(Connection* db, const OwnedTable& table, const base::Id& org_id,
                       const std::function<absl::Status(std::string_view json)>& take);

// At most `limit` rows; how many they were.
absl::StatusOr<int64_t> DeleteOwned(Connection* db, const OwnedTable& table, const base::Id& org_id,
                                    int limit);

// Provider accounts that no organization uses any more, with their counted uses.
absl::StatusOr<int64_t> DeleteUnusedAccounts(Connection* db);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_ORGANIZATION_DATA_H_
