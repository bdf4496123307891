// Text helpers of the sandbox: UTF-8 checks, lengths in UTF-16 units, percent and base64 codings,
// and the hash that every "random" decision comes from. Pure functions; the hash never changes
// between runs or machines, because tests rely on a seed giving the same people again.
#ifndef ONLYLEADS_SANDBOX_TEXT_H_
#define ONLYLEADS_SANDBOX_TEXT_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace onlyleads_sandbox {

bool ValidUtf8(std::string_view text);
// The text must be valid UTF-8.
size_t Utf16Units(std::string_view text);
std::string AsciiLower(std::string_view text);
// A stray or broken escape stays as it is.
std::string PercentDecode(std::string_view text);
std::string Base64Encode(std::string_view bytes);
std::optional<std::string> Base64Decode(std::string_view text);
std::vector<std::string> Split(std::string_view text, char separator);

uint64_t Hash(std::initializer_list<std::string_view> parts);
std::string Hex(uint64_t value);
// A fraction in [0, 1) and a value in [low, high], both drawn from a hash.
double Fraction(uint64_t hash);
int64_t Between(uint64_t hash, int64_t low, int64_t high);

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_TEXT_H_
