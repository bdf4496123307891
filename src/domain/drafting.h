// Plain-text templates: {{variable}} and nothing else. A variable without a value is an error,
// never an empty place; values are inserted once and never read as template text.
#ifndef ONLYLEADS_SRC_DOMAIN_DRAFTING_H_
#define ONLYLEADS_SRC_DOMAIN_DRAFTING_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace onlyleads::domain {

class Template {
 public:
  // kInvalidArgument for an unclosed or empty {{ }}.
  static absl::StatusOr<Template> Parse(std::string_view text);

  // nullopt or an empty value for a variable makes Render fail with kMissingVariable and its name.
  using Lookup = std::function<std::optional<std::string>(std::string_view variable)>;
  absl::StatusOr<std::string> Render(const Lookup& lookup) const;

 private:
  struct Part {
    bool is_variable;
    std::string text;
  };
  std::vector<Part> parts_;
};

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_DRAFTING_H_
