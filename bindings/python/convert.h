// Between Python values and the face's: pages to lists of dicts, ids to strings. Callers hold the
// GIL here; what works or waits releases it through Unlocked.
#ifndef ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_
#define ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>

#include "onlyleads/onlyleads.hpp"

namespace onlyleads::python {

namespace py = pybind11;

// Runs f without the GIL; callbacks of the host take it back for themselves.
template <typename F>
auto Unlocked(F&& f) {
  py::gil_scoped_release release;
  return f();
}

// One page as (list of dicts by column name, token of the next page).
using Page = std::pair<py::list, std::string>;
Page ToPage(const Rows& rows);
// The rows alone, for results that come in one page.
py::list ToList(const Rows& rows);
py::dict ToDict(const Prospect& prospect);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_CONVERT_H_
