// The mandates of a workspace for Python.
#include "engine.h"

namespace onlyleads::python {

void BindMandates(Bound& c) {
  c.def("mandate_record",
        [](const PyWorkspace& w, const std::string& member_id, const std::string& sender_id,
           const std::string& scope, const std::string& text_version,
           const std::string& text_digest, const std::string& evidence_ref, int64_t given_at_us) {
          const MandateOptions options{Id::from_string(member_id),
                                       Id::from_string(sender_id),
                                       scope,
                                       text_version,
                                       text_digest,
                                       evidence_ref,
                                       given_at_us};
          return Unlocked([&] { return w.face.mandates().record(options); }).to_string();
        });
  c.def("mandate_revoke", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.mandates().revoke(Id::from_string(id)); }));
  });
  c.def("mandate_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    return ToPage(Unlocked([&] { return w.face.mandates().list(token, limit); }));
  });
}

}  // namespace onlyleads::python
