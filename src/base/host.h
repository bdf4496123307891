// The whole outside world but the database: clock, randomness, log. The engine reads nothing else.
// Clock and randomness are read before a transaction opens; a host callback never runs inside one.
#ifndef ONLYLEADS_SRC_BASE_HOST_H_
#define ONLYLEADS_SRC_BASE_HOST_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/id.h"

namespace onlyleads::base {

enum class LogLevel : int32_t { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

struct Host {
  // Microseconds since 1970 UTC. Default: the system clock.
  std::function<absl::StatusOr<int64_t>()> now_us;
  // Fills `size` bytes. Default: the operating system's generator.
  std::function<absl::Status(void* out, size_t size)> random;
  // A code-like message without personal data. Default: nothing.
  std::function<void(LogLevel level, std::string_view message)> log;
  // Where the ledger lies outside the database; both or neither. Default: a file beside it.
  std::function<absl::Status(std::string_view frame)> ledger_append;
  // Hands every frame from the `from`-th on (0 is the first) to `put`, in the order of appending.
  using PutFrame = std::function<absl::Status(std::string_view frame)>;
  std::function<absl::Status(int64_t from, const PutFrame& put)> ledger_read;
};

Host SystemHost();

// A fresh id at `now_us` from the host's randomness.
absl::StatusOr<Id> NewId(const Host& host, int64_t now_us);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_HOST_H_
