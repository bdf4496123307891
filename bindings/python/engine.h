// What a Python Engine holds: the face's engine, and the clock and transport given as
// Python objects.
#ifndef ONLYLEADS_BINDINGS_PYTHON_ENGINE_H_
#define ONLYLEADS_BINDINGS_PYTHON_ENGINE_H_

#include <memory>
#include <string>

#include "convert.h"
#include "transport.h"

namespace onlyleads::python {

// The clock, apart from the engine so that close() can let go of it: a callable that refers to the
// engine would otherwise keep both alive for ever.
struct Clock {
  py::object call;
  // Needs no GIL; takes it. What the callable raises comes out as itself.
  int64_t Now() const;
};

// Where the ledger lies: a Python object with append(frame: bytes) and read(from: int), which gives
// an iterable of bytes. Apart from the engine for the same reason as the clock.
struct LedgerSink {
  py::object sink;
  void Append(std::string_view frame) const;
  void Read(uint64_t from, const Host::PutFrame& put) const;
};

// Where the library's log goes: a callable of level and line, apart from the engine likewise.
struct LogSink {
  py::object call;
  void Write(int32_t level, std::string_view line) const;
};

class PyEngine {
 public:
  PyEngine(const std::string& path, const std::string& key, const std::string& profile,
           py::object clock, py::object transport, int32_t max_concurrent, int32_t busy_timeout_ms,
           int32_t max_call_ms, py::object ledger, bool new_ledger, py::object log);

  const Engine& face() const { return engine_; }
  void Close();

 private:
  static Engine Open(const std::string& path, EngineOptions options,
                     const std::shared_ptr<Clock>& clock,
                     const std::shared_ptr<PyTransport>& transport, int32_t max_concurrent,
                     const std::shared_ptr<LedgerSink>& ledger,
                     const std::shared_ptr<LogSink>& log);

  std::shared_ptr<Clock> clock_;
  std::shared_ptr<PyTransport> transport_;
  std::shared_ptr<LedgerSink> ledger_;
  std::shared_ptr<LogSink> log_;
  Engine engine_;
};

// A workspace with the engine, which a long call needs for Ctrl-C.
struct PyWorkspace {
  Workspace face;
  Engine engine;
};

using Bound = py::class_<PyWorkspace>;

void BindEngine(py::module_& m);
void BindWorkspace(py::module_& m);
// The verbs of a workspace that have a file of their own.
void BindSignals(Bound& c);
void BindMandates(Bound& c);
void BindUsage(Bound& c);
// Rights, retention and holds.
void BindRetention(py::module_& m, Bound& c);

}  // namespace onlyleads::python

#endif  // ONLYLEADS_BINDINGS_PYTHON_ENGINE_H_
