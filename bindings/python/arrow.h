// Results as Arrow C streams in capsules, as Python's Arrow PyCapsule interface wants them:
// https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
#ifndef ONLYLEADS_BINDINGS_PYTHON_ARROW_H_
#define ONLYLEADS_BINDINGS_PYTHON_ARROW_H_

#include "convert.h"

namespace onlyleads::python {

// One page. requested_schema is a wish that the interface lets a producer leave aside.
py::capsule ToCapsule(const PyRows& rows, const py::object& requested_schema);

// `arrow_stream(first, next_token, fetch)`: a list from this page on, page after page, each fetched
// when the consumer asks for it by fetch(token) -> (Rows, next token).
void BindArrow(py::module_& m);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_ARROW_H_
