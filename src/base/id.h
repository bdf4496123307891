// 16-byte identifiers (UUIDv7, RFC 9562): time-ordered, so new rows land at the end of their index.
// An id is random beyond its millisecond and therefore no personal data by itself.
#ifndef ONLYLEADS_SRC_BASE_ID_H_
#define ONLYLEADS_SRC_BASE_ID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace onlyleads::base {

struct Id {
  std::array<uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr): takes 0 for one
  bool is_nil() const { return *this == Id{}; }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

// `random` are 10 bytes from the host's randomness.
Id MakeId(int64_t now_us, const std::array<uint8_t, 10>& random);

// The 36-character text form, lower case.
std::string ToString(const Id& id);
std::optional<Id> ParseId(std::string_view text);
// From 16 raw bytes, as stored; nullopt for any other size.
std::optional<Id> IdFromBytes(std::string_view bytes);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_ID_H_
