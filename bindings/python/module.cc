// The native half of the Python package: thin functions over the face, one per verb. The package in
// onlyleads/ checks argument types and gives results their shape; nothing here is called by users.
#include <pybind11/functional.h>

#include "arrow.h"
#include "convert.h"
#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {

PYBIND11_MODULE(_onlyleads, m) {
  // Signatures are told by hand (see Verb).
  py::options options;
  options.disable_function_signatures();
  m.doc() = "Native half of the onlyleads package.";
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the type that pybind11 asks for
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
      RaiseError(error);
    }
  });
  BindExit(m);
  BindRows(m);
  BindArrow(m);
  BindEngine(m);
  BindWorkspace(m);
  Verb(m, "preview_csv", "(path, limit, /)", "How a file would be read, as JSON.",
       [](const std::string& path, int64_t limit) {
         return Unlocked([&] { return preview_csv(path, limit); });
       });
  Verb(m, "evaluate", "(facts_json, /)", "The decision over facts, as JSON.",
       [](const std::string& facts) { return Unlocked([&] { return policy::evaluate(facts); }); });
  Verb(m, "version", "()", "The library's version, \"MAJOR.MINOR.PATCH\".", &version);
  Verb(m, "code_name", "(number, /)", "The name of a code of error.h.", &ol_code_name);
  Verb(m, "live_handles", "()",
       "How many engines, workspaces, pages and streams are alive in this process: for leak tests.",
       &ol_live_handles);
  m.attr("PREVIEW_ALL") = OL_PREVIEW_ALL;
  m.attr("NEVER") = OL_NEVER;
}

}  // namespace onlyleads::python
