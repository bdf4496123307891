// Ctrl-C during a long call. While Python waits inside the library, its signal handler can only
// set a flag; this scope lets the signal also cancel the call, so that the flag is seen soon.
// Active on Python's main thread alone, because only that one raises KeyboardInterrupt.
#ifndef ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_
#define ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_

#include <pybind11/pybind11.h>
#include <signal.h>

#include "onlyleads/onlyleads.hpp"

namespace onlyleads::python {

// Create and destroy with the GIL held. Scopes nest: a callback may make a long call on another
// engine.
class InterruptScope {
 public:
  explicit InterruptScope(const Engine& engine);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  bool active_ = false;
  const Engine* outer_ = nullptr;
};

// Throws what a signal's Python handler raised, if one is waiting. Needs the GIL.
void ThrowPendingSignal();

// Raises what a handler raised once more, where C code had to swallow it: the main thread gets it
// as soon as it runs Python again. On another thread nothing happens. Needs the GIL.
void RaiseLater(pybind11::error_already_set& error);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_
