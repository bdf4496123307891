// The handler forwards to Python's own, which stays in charge of what the signal means.
#include "interrupt.h"

#include <atomic>
#include <memory>

namespace onlyleads::python {
namespace {

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

// An exception that is not the present one for a while: on its way to the main thread, or until
// another one is made.
struct Raised {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;

  static Raised Take() {
    Raised raised;
    PyErr_Fetch(&raised.type, &raised.value, &raised.trace);
    PyErr_NormalizeException(&raised.type, &raised.value, &raised.trace);
    return raised;
  }
  void Restore() { PyErr_Restore(type, value, trace); }
};

int RaiseNow(void* kept) {
  const std::unique_ptr<Raised> raised(static_cast<Raised*>(kept));
  raised->Restore();
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

void RaiseError(const Error& error) noexcept {
  // First of all: a signal that waits would come out of the Python code that makes the exception.
  Raised interrupt;
  if (PyErr_CheckSignals() != 0) interrupt = Raised::Take();
  try {
    const py::object type = py::module_::import("onlyleads._error").attr("Error");
    py::object value = type(error.what(), error.code_name(), error.code(), error.retryable(),
                            error.outcome_unknown(), error.callers_fault());
    if (interrupt.value == nullptr) return PyErr_SetObject(type.ptr(), value.ptr());
    PyException_SetContext(interrupt.value, value.release().ptr());
    interrupt.Restore();
  } catch (py::error_already_set& raised) {
    // A signal came in between, or memory is short.
    if (interrupt.value == nullptr) return raised.restore();
    interrupt.Restore();
  } catch (const std::exception& failed) {
    PyErr_SetString(PyExc_SystemError, failed.what());
  }
}

void RaiseLater(py::error_already_set& error) {
  if (!OnMainThread()) return;
  error.restore();
  auto raised = std::make_unique<Raised>(Raised::Take());
  if (Py_AddPendingCall(&RaiseNow, raised.get()) == 0) {
    static_cast<void>(raised.release());  // RaiseNow frees it
    return;
  }
  // The queue is full: plain Ctrl-C then.
  raised->Restore();
  PyErr_Clear();
  PyErr_SetInterrupt();
}

}  // namespace onlyleads::python
