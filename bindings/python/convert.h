// Between Python values and the face's: pages to dicts, ids to strings. Callers hold the GIL here;
// what works or waits releases it through Unlocked.
#ifndef ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_
#define ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>

#include "gil.h"
#include "onlyleads/onlyleads.hpp"

namespace onlyleads::python {

namespace py = pybind11;

// Runs f without the GIL; callbacks of the host take it back for themselves.
template <typename F>
auto Unlocked(F&& f) {
  const Released released;
  return f();
}

// Defines a verb of a class or module with what inspect.signature and help() say of it. Generated
// signatures are off: they would show C++ types. The body comes last, where it reads best.
template <typename Scope, typename F>
void Verb(Scope& scope, const char* name, const char* signature, const char* doc, F&& body) {
  const std::string text = std::string(name) + signature + "\n--\n\n" + doc;
  scope.def(name, std::forward<F>(body), text.c_str());
}

// A page for Python: a sequence of dicts by column name that Arrow consumers read, too. Every list
// verb gives one, so that its result works with both.
struct PyRows {
  std::shared_ptr<const Rows> page;
};
// A page and the token of the next one.
using Page = std::pair<PyRows, std::string>;
Page ToPage(Rows rows);
// The rows alone, for results that come in one page.
PyRows ToList(Rows rows);
py::dict ToDict(const Prospect& prospect);
void BindRows(py::module_& m);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_
