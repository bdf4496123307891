// The usage log of a workspace for Python. Rows arrive as (texts..., instant) in the order that the
// package's Usage.record gives them.
#include <tuple>
#include <vector>

#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {

void BindUsage(Bound& c) {
  using Given = std::tuple<std::string, std::string, std::string, std::string, int64_t>;
  Verb(c, "usage_record", "(self, usage, /)", "Records use of the product; how many.",
       [](const PyWorkspace& w, const std::vector<Given>& given) {
         std::vector<Usage> usage;
         usage.reserve(given.size());
         for (const auto& [member_id, ip, browser, page, at_us] : given) {
           usage.push_back({Id::from_string(member_id), at_us, ip, browser, page});
         }
         return Interruptible(w.engine, [&] { return w.face.usage().record(usage); });
       });
  Verb(c, "usage_list", "(self, page_token, limit, /)", "A page of the usage log.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] { return w.face.usage().list(token, limit); }));
       });
}

}  // namespace onlyleads::python
