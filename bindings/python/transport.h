// A host's transport given as a Python object, as the face's Transport.
#ifndef ONLYLEADS_BINDINGS_PYTHON_TRANSPORT_H_
#define ONLYLEADS_BINDINGS_PYTHON_TRANSPORT_H_

#include <memory>

#include "convert.h"

namespace onlyleads::python {

// The object, apart from the engine so that close() can let go of it: one that refers to the engine
// would otherwise keep both alive for ever.
struct PyTransport {
  py::object object;  // onlyleads.transport.Adapter
};

// Its functions need no GIL; they take it. What the object raises comes out as itself.
Transport TransportOf(const std::shared_ptr<PyTransport>& transport, int32_t max_concurrent);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_TRANSPORT_H_
