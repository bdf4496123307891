#include "src/base/id.h"

#include "absl/strings/escaping.h"
#include "src/base/abseil.h"

namespace onlyleads::base {
namespace {

// -1 for what is no hexadecimal digit.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Id MakeId(int64_t now_us, const std::array<uint8_t, 10>& random) {
  Id id;
  const uint64_t ms = static_cast<uint64_t>(now_us < 0 ? 0 : now_us) / 1000;
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  std::memcpy(id.bytes.data() + 6, random.data(), random.size());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

std::string ToString(const Id& id) {
  const std::string hex = absl::BytesToHexString(ToAbsl(id.view()));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

std::optional<Id> ParseId(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  // By hand, because the C ABI promises that reading an id allocates nothing.
  Id id;
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (dash) continue;
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    id.bytes[digits / 2] = static_cast<uint8_t>(id.bytes[digits / 2] << 4 | value);
    ++digits;
  }
  return id;
}

std::optional<Id> IdFromBytes(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  Id id;
  std::memcpy(id.bytes.data(), bytes.data(), 16);
  return id;
}

}  // namespace onlyleads::base
