// The usage log of a workspace for Python. Rows arrive as (texts..., instant) in the order that the
// package's Usage.record gives them.
#include <tuple>
#include <vector>

#include "engine.h"

namespace onlyleads::python {

void BindUsage(Bound& c) {
  using Given = std::tuple<std::string, std::string, std::string, std::string, int64_t>;
  c.def("usage_record", [](const PyWorkspace& w, const std::vector<Given>& given) {
    std::vector<Usage> usage;
    usage.reserve(given.size());
    for (const auto& [member_id, ip, browser, page, at_us] : given) {
      usage.push_back({Id::from_string(member_id), at_us, ip, browser, page});
    }
    return Unlocked([&] { return w.face.usage().record(usage); });
  });
  c.def("usage_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    return ToPage(Unlocked([&] { return w.face.usage().list(token, limit); }));
  });
}

}  // namespace onlyleads::python
