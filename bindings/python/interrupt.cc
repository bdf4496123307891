// The handler forwards to Python's own, which stays in charge of what the signal means.
#include "interrupt.h"

#include <atomic>
#include <memory>

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
  return threading.attr("get_ident")().equal(threading.attr("main_thread")().attr("ident"));
}

// SIGINT may be ignored or left to the system; then it means what it meant.
bool PythonHandles() {
  const py::module_ signal = py::module_::import("signal");
  return PyCallable_Check(signal.attr("getsignal")(SIGINT).ptr()) != 0;
}

// An exception on its way to the main thread.
struct Raised {
  PyObject* type;
  PyObject* value;
  PyObject* trace;
};

int RaiseNow(void* kept) {
  const std::unique_ptr<Raised> raised(static_cast<Raised*>(kept));
  PyErr_Restore(raised->type, raised->value, raised->trace);
  return -1;
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

void RaiseLater(py::error_already_set& error) {
  if (!OnMainThread()) return;
  auto raised = std::make_unique<Raised>();
  error.restore();
  PyErr_Fetch(&raised->type, &raised->value, &raised->trace);
  if (Py_AddPendingCall(&RaiseNow, raised.get()) == 0) {
    static_cast<void>(raised.release());  // RaiseNow frees it
    return;
  }
  // The queue is full: plain Ctrl-C then.
  PyErr_Restore(raised->type, raised->value, raised->trace);
  PyErr_Clear();
  PyErr_SetInterrupt();
}

}  // namespace onlyleads::python
