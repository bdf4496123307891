#include "src/base/network.h"

#include <arpa/inet.h>

#include <array>

namespace onlyleads::base {

std::optional<std::string> CanonicalIp(std::string_view text) {
  const std::string given(text);
  // A NUL would end the text before its end.
  if (given.find('\0') != std::string::npos) return std::nullopt;
  for (const int family : {AF_INET, AF_INET6}) {
    std::array<unsigned char, sizeof(in6_addr)> address;
    std::array<char, INET6_ADDRSTRLEN> canonical;
    if (inet_pton(family, given.c_str(), address.data()) != 1) continue;
    if (inet_ntop(family, address.data(), canonical.data(), canonical.size()) == nullptr) break;
    return std::string(canonical.data());
  }
  return std::nullopt;
}

}  // namespace onlyleads::base
