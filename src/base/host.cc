#include "src/base/host.h"

#include <chrono>

#include "src/base/crypto.h"
#include "src/base/error.h"

namespace onlyleads::base {

Host SystemHost() {
  Host host;
  host.now_us = []() -> absl::StatusOr<int64_t> {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
  };
  host.random = [](void* out, size_t size) { return OsRandom(out, size); };
  host.log = [](LogLevel, std::string_view) {};
  return host;
}

absl::StatusOr<Id> NewId(const Host& host, int64_t now_us) {
  std::array<uint8_t, 10> random;
  OL_RETURN_IF_ERROR(host.random(random.data(), random.size()));
  return MakeId(now_us, random);
}

}  // namespace onlyleads::base
