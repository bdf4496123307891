// Python's lock, let go of and taken back. At exit Python ends a daemon thread that asks for its
// lock by unwinding it, which no C frame and no noexcept survives; here such a thread stops for
// good instead, as it does in Python itself from 3.14 on.
#ifndef ONLYLEADS_BINDINGS_PYTHON_GIL_H_
#define ONLYLEADS_BINDINGS_PYTHON_GIL_H_

#include <pybind11/pybind11.h>

namespace onlyleads::python {

// Around the taking of the lock, which is not held. Does not return once Python exits, but on the
// thread that does so.
class Taking {
 public:
  Taking();
  ~Taking();
  Taking(const Taking&) = delete;
  Taking& operator=(const Taking&) = delete;
};

// Without the lock while it lives.
class Released {
 public:
  Released() : state_(PyEval_SaveThread()) {}
  ~Released() {
    const Taking taking;
    PyEval_RestoreThread(state_);
  }
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;

 private:
  PyThreadState* state_;
};

// With the lock while it lives, from any thread.
class Acquired {
 public:
  Acquired() : Acquired(Taking()) {}

 private:
  // The taking ends when the lock is held.
  explicit Acquired(const Taking& /*taking*/) {}

  pybind11::gil_scoped_acquire acquire_;
};

// Registers what stops the others when Python exits.
void BindExit(pybind11::module_& m);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_GIL_H_
