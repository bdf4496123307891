// The handler forwards to Python's own, which stays in charge of what the signal means.
#include "interrupt.h"

#include <pybind11/pybind11.h>

#include <atomic>

namespace onlyleads::python {
namespace {

namespace py = pybind11;

// Written on the main thread alone, read by the handler on any.
std::atomic<const Engine*> running{nullptr};
struct sigaction python_handler;

void OnInterrupt(int signal, siginfo_t* info, void* context) {
  const Engine* engine = running.load();
  if (engine != nullptr) engine->cancel();
  if ((python_handler.sa_flags & SA_SIGINFO) != 0) {
    python_handler.sa_sigaction(signal, info, context);
  } else {
    python_handler.sa_handler(signal);
  }
}

bool OnMainThread() {
  const py::module_ threading = py::module_::import("threading");
  return threading.attr("current_thread")().is(threading.attr("main_thread")());
}

// SIGINT may be ignored or left to the system; then it means what it meant.
bool PythonHandles() {
  const py::module_ signal = py::module_::import("signal");
  return PyCallable_Check(signal.attr("getsignal")(SIGINT).ptr()) != 0;
}

}  // namespace

InterruptScope::InterruptScope(const Engine& engine) {
  if (!OnMainThread() || !PythonHandles()) return;
  active_ = true;
  outer_ = running.exchange(&engine);
  if (outer_ != nullptr) return;
  struct sigaction mine = {};
  mine.sa_sigaction = &OnInterrupt;
  mine.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&mine.sa_mask);
  sigaction(SIGINT, nullptr, &python_handler);
  sigaction(SIGINT, &mine, nullptr);
}

InterruptScope::~InterruptScope() {
  if (!active_) return;
  if (outer_ == nullptr) sigaction(SIGINT, &python_handler, nullptr);
  running.store(outer_);
}

void ThrowPendingSignal() {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace onlyleads::python
