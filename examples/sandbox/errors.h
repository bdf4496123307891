// Unipile's errors: one table of slug, status and title, and the body that carries them. Every
// error the sandbox answers by itself or on command comes from here.
#ifndef ONLYLEADS_SANDBOX_ERRORS_H_
#define ONLYLEADS_SANDBOX_ERRORS_H_

#include <string>
#include <string_view>

namespace onlyleads_sandbox {

struct ErrorKind {
  std::string_view slug;
  int status;
  std::string_view title;  // empty: the slug with a capital and blanks
};

const ErrorKind* FindError(std::string_view slug);
std::string ErrorBody(const ErrorKind& kind, std::string_view instance);

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_ERRORS_H_
