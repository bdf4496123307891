// SQLite behind the Connection interface: WAL, synchronous=FULL, foreign keys on, secure_delete on.
#ifndef ONLYLEADS_SRC_STORAGE_SQLITE_CONNECTION_H_
#define ONLYLEADS_SRC_STORAGE_SQLITE_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct SqliteOptions {
  std::string path;
  int busy_timeout_ms = 10'000;
  // Asked while another connection is waited for; true ends the waiting with kCancelled.
  std::function<bool()> cancelled = {};
};

// Opens or creates (mode 0600). kNotADatabase, kReadOnly, kIo, kBusy as they are.
absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(const SqliteOptions& options);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_SQLITE_CONNECTION_H_
