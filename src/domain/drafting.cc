#include "src/domain/drafting.h"

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/text.h"

namespace onlyleads::domain {
namespace {

using base::Error;
using base::ErrorCode;

bool IsVariableName(std::string_view name) {
  if (name.empty()) return false;
  for (char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!word) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Template> Template::Parse(std::string_view text) {
  Template result;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    if (open != 0) result.parts_.push_back({false, std::string(text.substr(0, open))});
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 2);
    const size_t close = text.find("}}");
    if (close == std::string_view::npos) {
      return Error(ErrorCode::kInvalidArgument, "template: {{ without }}");
    }
    const std::string_view name = base::Trim(text.substr(0, close));
    if (!IsVariableName(name)) {
      return Error(ErrorCode::kInvalidArgument,
                   "template: a variable is made of a-z, 0-9 and _, between {{ and }}");
    }
    result.parts_.push_back({true, std::string(name)});
    text.remove_prefix(close + 2);
  }
  return result;
}

absl::StatusOr<std::string> Template::Render(const Lookup& lookup) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.is_variable) {
      out += part.text;
      continue;
    }
    const std::optional<std::string> value = lookup(part.text);
    if (!value || base::Trim(*value).empty()) {
      return Error(ErrorCode::kMissingVariable,
                   absl::StrCat("template: variable ", part.text, " has no value"));
    }
    out += *value;
  }
  return out;
}

}  // namespace onlyleads::domain
