// What all transports share: looking up headers, refusing requests that must not leave, turning
// form fields into bytes.
// Performs no I/O and quotes no value.
#include "src/providers/transport.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "src/base/abseil.h"
#include "src/base/crypto.h"
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

// A quote or line break in a name would end it early; browsers write them so.
std::string QuotedName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') {
      quoted += "%22";
    } else if (c == '\r') {
      quoted += "%0D";
    } else if (c == '\n') {
      quoted += "%0A";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// Made of the fields themselves: no text can contain its own digest.
std::string Boundary(const std::vector<MultipartField>& fields) {
  base::Sha256Stream digest;
  for (const MultipartField& field : fields) {
    for (const std::string* part : {&field.name, &field.value, &field.filename}) {
      digest.Update(std::to_string(part->size()));
      digest.Update(*part);
    }
  }
  return "onlyleads-" +
         std::string(
             absl::BytesToHexString(base::ToAbsl(base::AsView(digest.Finish()))).substr(0, 32));
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

void EncodeFields(HttpRequest* request) {
  if (request->fields.empty()) return;
  const std::string boundary = Boundary(request->fields);
  std::string body;
  for (const MultipartField& field : request->fields) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=" + QuotedName(field.name);
    if (!field.filename.empty()) body += "; filename=" + QuotedName(field.filename);
    if (!field.content_type.empty()) body += "\r\nContent-Type: " + field.content_type;
    body += "\r\n\r\n" + field.value + "\r\n";
  }
  request->body = std::move(body) + "--" + boundary + "--\r\n";
  request->headers.emplace_back("Content-Type", "multipart/form-data; boundary=" + boundary);
  request->fields.clear();
}

}  // namespace onlyleads::providers
