// The schema's steps, forward only. Applied ones are remembered with a checksum; a file that
// changed after it was applied, or a database from a newer version, refuses to open.
#ifndef ONLYLEADS_SRC_STORAGE_MIGRATIONS_H_
#define ONLYLEADS_SRC_STORAGE_MIGRATIONS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
};

// In order, from the files under src/storage/migrations.
const std::vector<Migration>& Migrations();

// Brings the schema up to date in one transaction. Two processes may do so at once. Returns true
// when the database was empty before.
absl::StatusOr<bool> Migrate(Connection* connection, int64_t now_us);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_MIGRATIONS_H_
