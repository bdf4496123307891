// Rights, retention and holds of a workspace for Python: the copy of a person's data as JSON text,
// plans as lists of dicts, runs that Ctrl-C ends.
#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {
namespace {

py::dict RunRetention(const PyWorkspace& ws, const std::string& token, int64_t max_rows,
                      const py::object& progress) {
  using py::literals::operator""_a;
  RetentionOptions options;
  options.max_rows = max_rows;
  options.progress = Progress(progress);
  const RetentionReport r =
      Interruptible(ws.engine, [&] { return ws.face.retention().run(token, options); });
  return py::dict("done"_a = r.done, "people"_a = r.people, "deleted"_a = r.deleted,
                  "logs"_a = r.logs, "accounts"_a = r.accounts);
}

}  // namespace

void BindRetention(py::module_& m, py::class_<PyWorkspace>& c) {
  Verb(c, "rights_access", "(self, prospect_id, /)", "A copy of a person's data as JSON.",
       [](const PyWorkspace& w, const std::string& id) {
         return Interruptible(w.engine,
                              [&] { return w.face.rights().access(Id::from_string(id)); });
       });
  Verb(c, "retention_plan", "(self, inactive_days, /)", "What is past its period.",
       [](const PyWorkspace& w, int32_t inactive_days) {
         return ToList(
             Interruptible(w.engine, [&] { return w.face.retention().plan(inactive_days); }));
       });
  Verb(c, "hold_place", "(self, prospect_id, reason, until_us, /)", "Places a hold; its id.",
       [](const PyWorkspace& w, const std::string& prospect_id, const std::string& reason,
          int64_t until_us) {
         const Id id = prospect_id.empty() ? Id() : Id::from_string(prospect_id);
         return Interruptible(w.engine, [&] { return w.face.holds().place(id, reason, until_us); })
             .to_string();
       });
  Verb(c, "hold_release", "(self, hold_id, /)", "Ends a hold.",
       [](const PyWorkspace& w, const std::string& id) {
         Interruptible(w.engine, [&] { w.face.holds().release(Id::from_string(id)); });
       });
  Verb(c, "hold_list", "(self, page_token, limit, /)", "A page of holds.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] { return w.face.holds().list(token, limit); }));
       });
  Verb(m, "retention_run", "(workspace, plan_token, max_rows, progress, /)",
       "Removes what a plan named.", &RunRetention);
}

}  // namespace onlyleads::python
