// Ctrl-C during a call. While Python waits inside the library, its signal handler can only set a
// flag. The verbs of an engine run as Interruptible, where the signal also cancels the call, so
// that the flag is seen soon; opening an engine and the preview of a file raise as soon as they
// return. Active on Python's main thread alone, because only that one raises KeyboardInterrupt.
#ifndef ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_
#define ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_

#include <signal.h>

#include <utility>

#include "convert.h"

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

// Tells a host how far its call is; false when it wants that stopped. What it raises is thrown, and
// so is what a signal's handler raised. Needs no GIL; takes it.
template <typename... Numbers>
bool Tell(const py::object& progress, Numbers... numbers) {
  const Acquired acquired;
  ThrowPendingSignal();
  if (progress.is_none()) return true;
  const py::object answer = progress(numbers...);
  return !(PyBool_Check(answer.ptr()) && answer.is(py::bool_(false)));
}

// Of work on an organization. `told` outlives the call.
inline WorkProgress Progress(const py::object& told) {
  return [&told](int64_t done, int64_t total) { return Tell(told, done, total); };
}

// A verb of an engine: Ctrl-C ends its work, or its wait for another process, and comes out as what
// the handler raised.
template <typename F>
auto Interruptible(const Engine& engine, F&& f) {
  const InterruptScope scope(engine);
  ThrowPendingSignal();
  try {
    return Unlocked(std::forward<F>(f));
  } catch (const Error& error) {
    if (error.code() == OL_CANCELLED) ThrowPendingSignal();
    throw;
  }
}

// Sets the Python exception of `error`, whose class and fields are onlyleads/_error.py's. What the
// handler of a waiting signal raises goes before it and has it as its context. Needs the GIL.
void RaiseError(const Error& error) noexcept;

// Raises what a handler raised once more, where C code had to swallow it: the main thread gets it
// as soon as it runs Python again. On another thread nothing happens. Needs the GIL.
void RaiseLater(pybind11::error_already_set& error);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_INTERRUPT_H_
