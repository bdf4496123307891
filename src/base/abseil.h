// Debian builds Abseil with a string_view of its own; this is the bridge to it.
#ifndef ONLYLEADS_SRC_BASE_ABSEIL_H_
#define ONLYLEADS_SRC_BASE_ABSEIL_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace onlyleads::base {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view FromAbsl(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_ABSEIL_H_
