// Rows of the retention classes of logs, found by the register: how many are older than an instant,
// and their removal in bounded steps, oldest first.
#ifndef ONLYLEADS_SRC_STORAGE_LOG_STORE_H_
#define ONLYLEADS_SRC_STORAGE_LOG_STORE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"

namespace onlyleads::storage {

// One step of removing or counting; statements take $1 org_id and $2 the latest instant that counts
// as old.
struct LogTable {
  std::string_view table;
  std::string_view retention_class;
  std::string oldest;  // the oldest instant; takes $1 alone
  std::string count;   // how many and the oldest instant
  std::string bound;   // the instant of the $3-th oldest
  std::string remove;
};

// Every table of these classes. Its instant is its first column that ends in at_us; those without
// one, or without org_id, are reached through what they belong to.
const std::vector<LogTable>& LogTables();

absl::StatusOr<std::optional<int64_t>> OldestLog(Connection* db, const LogTable& table,
                                                 const base::Id& org_id);

struct LogCount {
  int64_t rows = 0;
  std::optional<int64_t> oldest_us;
};
absl::StatusOr<LogCount> CountLogs(Connection* db, const LogTable& table, const base::Id& org_id,
                                   int64_t until_us);
// About `limit` rows (rows of one instant go together); how many went.
absl::StatusOr<int64_t> DeleteLogs(Connection* db, const LogTable& table, const base::Id& org_id,
                                   int64_t until_us, int limit);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_LOG_STORE_H_
