// What all transports share: looking up headers and refusing requests that must not leave.
// Performs no I/O and quotes no value.
#include "src/providers/transport.h"

#include <algorithm>

#include "src/base/error.h"

namespace onlyleads::providers {
namespace {

using base::Error;
using base::ErrorCode;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// A line break in a header would let a value speak for the next one.
bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kExtra = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kExtra.find(c) != std::string_view::npos;
  });
}

bool IsUrl(std::string_view url) {
  if (!StartsWith(url, "https://") && !StartsWith(url, "http://")) return false;
  return std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

absl::Status CheckRequest(const domain::EgressPass& pass, const HttpRequest& request) {
  if (pass.spent()) return Error(ErrorCode::kMisuse, "egress pass is spent");
  if (!IsUrl(request.url)) return Error(ErrorCode::kInvalidArgument, "url");
  if (!IsToken(request.method)) return Error(ErrorCode::kInvalidArgument, "method");
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name) || HasControl(value)) return Error(ErrorCode::kInvalidArgument, "header");
  }
  if (request.timeout_ms <= 0) return Error(ErrorCode::kInvalidArgument, "timeout_ms");
  if (request.connect_timeout_ms <= 0) {
    return Error(ErrorCode::kInvalidArgument, "connect_timeout_ms");
  }
  return absl::OkStatus();
}

}  // namespace onlyleads::providers
