// Addresses of machines as text.
#ifndef ONLYLEADS_SRC_BASE_NETWORK_H_
#define ONLYLEADS_SRC_BASE_NETWORK_H_

#include <optional>
#include <string>
#include <string_view>

namespace onlyleads::base {

// An IPv4 or IPv6 address (RFC 5952 form for the latter: lower case, longest run of zeros short);
// nullopt for anything else, also with a port or a zone.
std::optional<std::string> CanonicalIp(std::string_view text);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_NETWORK_H_
