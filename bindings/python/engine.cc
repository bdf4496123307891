// Opening, running and closing an engine from Python.
#include "engine.h"

#include <utility>

#include "interrupt.h"

namespace onlyleads::python {

int64_t Clock::Now() const {
  const Acquired acquired;
  // A copy: close() on another thread may let go of the clock while it is asked.
  const py::object callable = call;
  if (!callable || callable.is_none()) {
    throw Error(OL_MISUSE, "clock: the engine was closed while it was asked");
  }
  const py::object now = callable();
  if (!PyLong_Check(now.ptr())) {
    throw py::type_error("clock must return an int: microseconds since 1970 UTC");
  }
  int overflow = 0;
  const int64_t now_us = PyLong_AsLongLongAndOverflow(now.ptr(), &overflow);
  if (overflow != 0) throw Error(OL_INVALID_ARGUMENT, "clock: gave an int of more than 64 bits");
  return now_us;
}

namespace {

py::object Held(const py::object& sink) {
  if (!sink || sink.is_none()) {
    throw Error(OL_MISUSE, "ledger: the engine was closed while it was written");
  }
  return sink;
}

}  // namespace

void LedgerSink::Append(std::string_view frame) const {
  const Acquired acquired;
  Held(sink).attr("append")(py::bytes(frame.data(), frame.size()));
}

void LedgerSink::Read(uint64_t from, const Host::PutFrame& put) const {
  const Acquired acquired;
  for (const py::handle item : Held(sink).attr("read")(from)) {
    if (!PyBytes_Check(item.ptr())) throw py::type_error("ledger.read must give bytes");
    put(std::string(py::reinterpret_borrow<py::bytes>(item)));
  }
}

void LogSink::Write(int32_t level, std::string_view line) const {
  const Acquired acquired;
  const py::object callable = call;
  if (!callable || callable.is_none()) return;  // closed meanwhile
  try {
    // logging.DEBUG, INFO, WARNING and ERROR are ten apart.
    callable(10 * (level + 1), py::str(line.data(), line.size()));
  } catch (py::error_already_set& raised) {
    raised.discard_as_unraisable("onlyleads: log");
  }
}

PyEngine::PyEngine(const std::string& path, const std::string& key, const std::string& profile,
                   py::object clock, py::object transport, int32_t max_concurrent,
                   int32_t busy_timeout_ms, int32_t max_call_ms, py::object ledger, bool new_ledger,
                   py::object log)
    : clock_(clock.is_none() ? nullptr : std::make_shared<Clock>(Clock{std::move(clock)})),
      transport_(transport.is_none()
                     ? nullptr
                     : std::make_shared<PyTransport>(PyTransport{std::move(transport)})),
      ledger_(ledger.is_none() ? nullptr
                               : std::make_shared<LedgerSink>(LedgerSink{std::move(ledger)})),
      log_(log.is_none() ? nullptr : std::make_shared<LogSink>(LogSink{std::move(log)})),
      engine_(Open(path, {key, profile, {}, busy_timeout_ms, max_call_ms, new_ledger}, clock_,
                   transport_, max_concurrent, ledger_, log_)) {}

Engine PyEngine::Open(const std::string& path, EngineOptions options,
                      const std::shared_ptr<Clock>& clock,
                      const std::shared_ptr<PyTransport>& transport, int32_t max_concurrent,
                      const std::shared_ptr<LedgerSink>& ledger,
                      const std::shared_ptr<LogSink>& log) {
  if (log) {
    options.host.log = [log](int32_t level, std::string_view line) { log->Write(level, line); };
  }
  if (ledger) {
    options.host.ledger_append = [ledger](std::string_view frame) { ledger->Append(frame); };
    options.host.ledger_read = [ledger](uint64_t from, const Host::PutFrame& put) {
      ledger->Read(from, put);
    };
  }
  if (clock) options.host.now_us = [clock] { return clock->Now(); };
  if (transport) options.host.transport = TransportOf(transport, max_concurrent);
  return Unlocked([&] { return Engine::open(path, options); });
}

void PyEngine::Close() {
  Unlocked([&] { engine_.close(); });
  if (clock_) clock_->call = py::none();
  if (ledger_) ledger_->sink = py::none();
  if (log_) log_->call = py::none();
  if (transport_) transport_->object = py::none();
}

namespace {

py::dict Run(const PyEngine& engine, int64_t max_ms, int64_t max_calls) {
  using py::literals::operator""_a;
  const RunReport r = Interruptible(engine.face(), [&] {
    return engine.face().run({max_ms, max_calls});
  });
  return py::dict("calls"_a = r.calls, "sent"_a = r.sent, "not_sent"_a = r.not_sent,
                  "unknown"_a = r.unknown, "settled"_a = r.settled, "parked"_a = r.parked,
                  "enqueued"_a = r.enqueued, "refused"_a = r.refused, "sealed"_a = r.sealed,
                  "next_due_us"_a = r.next_due_us, "subscriptions_ended"_a = r.subscriptions_ended,
                  "purged"_a = r.purged, "residue_pending"_a = r.residue_pending,
                  "organizations_failed"_a = r.organizations_failed);
}

py::dict Ingest(const PyEngine& engine, const std::string& provider, const Headers& headers,
                const std::string& body) {
  using py::literals::operator""_a;
  const InboxReport r = Interruptible(
      engine.face(), [&] { return engine.face().ingest_webhook(provider, headers, body); });
  return py::dict("duplicate"_a = r.duplicate, "replies"_a = r.replies, "opt_outs"_a = r.opt_outs,
                  "connections"_a = r.connections, "settled"_a = r.settled);
}

py::dict Verify(const PyEngine& engine) {
  using py::literals::operator""_a;
  const AuditReport r =
      Interruptible(engine.face(), [&] { return engine.face().audit().verify(); });
  return py::dict(
      "intact"_a = r.intact, "sealed"_a = r.sealed, "unsealed"_a = r.unsealed,
      "overdue"_a = r.overdue, "first_bad_seq"_a = r.first_bad_seq,
      "first_bad_org"_a = r.first_bad_org.is_none() ? std::string() : r.first_bad_org.to_string(),
      "problem"_a = r.problem);
}

py::dict ImportCsv(const PyWorkspace& ws, const std::string& path, ImportOptions options,
                   const py::object& progress) {
  using py::literals::operator""_a;
  options.progress = [&](int64_t rows, int64_t bytes, int64_t total_bytes) {
    return Tell(progress, rows, bytes, total_bytes);
  };
  const ImportReport r =
      Interruptible(ws.engine, [&] { return ws.face.prospects().import_csv(path, options); });
  return py::dict("import_id"_a = r.import_id.to_string(), "resumed"_a = r.resumed,
                  "rows"_a = r.rows, "created"_a = r.created, "updated"_a = r.updated,
                  "unchanged"_a = r.unchanged, "suppressed"_a = r.suppressed,
                  "rejected"_a = r.rejected, "opt_outs"_a = r.opt_outs);
}

}  // namespace

void BindEngine(py::module_& m) {
  py::class_<PyEngine> c(m, "Engine", "An engine of the face with its Python callables.");
  c.def(py::init<const std::string&, const std::string&, const std::string&, py::object, py::object,
                 int32_t, int32_t, int32_t, py::object, bool, py::object>(),
        "__init__(self, path, key, profile, clock, transport, max_concurrent, busy_timeout_ms, "
        "max_call_ms, ledger, new_ledger, log, /)\n--\n\n"
        "Opens or creates a database.");
  Verb(c, "create_organization", "(self, name, options, /)", "Creates or opens an organization.",
       [](const PyEngine& e, const std::string& name, const OrganizationOptions& options) {
         return PyWorkspace{
             Interruptible(e.face(), [&] { return e.face().create_organization(name, options); }),
             e.face()};
       });
  Verb(c, "workspace", "(self, org_id, /)", "A workspace on an organization.",
       [](const PyEngine& e, const std::string& org_id) {
         const Id id = Id::from_string(org_id);
         return PyWorkspace{Interruptible(e.face(), [&] { return e.face().workspace(id); }),
                            e.face()};
       });
  Verb(c, "organizations", "(self, /)", "Every organization.", [](const PyEngine& e) {
    return ToList(Interruptible(e.face(), [&] { return e.face().organizations(); }));
  });
  Verb(c, "lineage", "(self, /)", "Which copy of the database this is.", [](const PyEngine& e) {
    return ToList(Interruptible(e.face(), [&] { return e.face().lineage(); }));
  });
  Verb(c, "residue", "(self, /)", "Erased bytes that a reader still holds.", [](const PyEngine& e) {
    using py::literals::operator""_a;
    const Residue r = Interruptible(e.face(), [&] { return e.face().residue(); });
    return py::dict("pending"_a = r.pending, "since_us"_a = r.since_us);
  });
  Verb(c, "set_subscription", "(self, org_id, active_until_us, /)", "When a subscription ends.",
       [](const PyEngine& e, const std::string& org_id, int64_t active_until_us) {
         Interruptible(e.face(), [&] {
           e.face().set_subscription(Id::from_string(org_id), active_until_us);
         });
       });
  Verb(c, "export_organization", "(self, org_id, path, progress, /)",
       "Writes everything of an organization; how many rows.",
       [](const PyEngine& e, const std::string& org_id, const std::string& path,
          const py::object& progress) {
         return Interruptible(e.face(), [&] {
           return e.face().export_organization(Id::from_string(org_id), path, Progress(progress));
         });
       });
  Verb(c, "delete_organization", "(self, org_id, progress, /)",
       "Deletes an organization for good; how many rows.",
       [](const PyEngine& e, const std::string& org_id, const py::object& progress) {
         return Interruptible(e.face(), [&] {
           return e.face().delete_organization(Id::from_string(org_id), Progress(progress));
         });
       });
  Verb(c, "sub_processors", "(self, /)", "The register of sub-processors.", [](const PyEngine& e) {
    return ToList(Interruptible(e.face(), [&] { return e.face().sub_processors(); }));
  });
  Verb(c, "run", "(self, max_ms, max_calls, /)", "Lets due work happen.", &Run);
  Verb(c, "cancel", "(self, /)", "Ends the long call that runs soon.",
       [](const PyEngine& e) { e.face().cancel(); });
  Verb(c, "close", "(self, /)", "Closes the database and lets go of the callables.",
       &PyEngine::Close);
  Verb(c, "last_instant", "(self, /)", "The last instant the database knows of.",
       [](const PyEngine& e) {
         return Interruptible(e.face(), [&] { return e.face().last_instant(); });
       });
  Verb(c, "ingest", "(self, provider, headers, body, /)", "Takes one webhook.", &Ingest);
  Verb(c, "verify", "(self, /)", "Recomputes every audit chain.", &Verify);
  py::class_<OrganizationOptions>(m, "OrganizationOptions", "What a new organization is told.")
      .def(py::init<>(), "__init__(self, /)\n--\n\nAll defaults.")
      .def_readwrite("external_ref", &OrganizationOptions::external_ref)
      .def_readwrite("country", &OrganizationOptions::country)
      .def_readwrite("dpa_missing", &OrganizationOptions::dpa_missing);
  Verb(
      m, "import_csv",
      "(workspace, path, source, lawful_basis, mapping_json, on_existing, progress, /)",
      "Imports a file.",
      [](const PyWorkspace& ws, const std::string& path, const std::string& source,
         const std::string& lawful_basis, const std::string& mapping_json,
         const std::string& on_existing, const py::object& progress) {
        return ImportCsv(ws, path, {source, lawful_basis, mapping_json, on_existing, {}}, progress);
      });
  Verb(m, "export_csv", "(workspace, path, progress, /)",
       "Writes everybody into a new file; how many people.",
       [](const PyWorkspace& ws, const std::string& path, const py::object& progress) {
         return Interruptible(
             ws.engine, [&] { return ws.face.prospects().export_csv(path, Progress(progress)); });
       });
}

}  // namespace onlyleads::python
