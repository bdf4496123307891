// The signals of a workspace for Python. Rows arrive as (texts..., instant) in the order that the
// package's Signals.record gives them.
#include <tuple>
#include <vector>

#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {

void BindSignals(Bound& c) {
  using Given =
      std::tuple<std::string, std::string, std::string, std::string, std::string, int64_t>;
  Verb(
      c, "signals_record", "(self, signals, /)", "Records what people did; what became of each.",
      [](const PyWorkspace& w, const std::vector<Given>& given) {
        std::vector<Signal> signals;
        signals.reserve(given.size());
        for (const auto& [prospect_id, kind, source, external_ref, url, at_us] : given) {
          signals.push_back({Id::from_string(prospect_id), kind, at_us, source, external_ref, url});
        }
        return ToList(Interruptible(w.engine, [&] { return w.face.signals().record(signals); }));
      });
  Verb(c, "signals_list", "(self, prospect_id, page_token, limit, /)",
       "A page of a person's signals.",
       [](const PyWorkspace& w, const std::string& id, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(
             w.engine, [&] { return w.face.signals().list(Id::from_string(id), token, limit); }));
       });
}

}  // namespace onlyleads::python
