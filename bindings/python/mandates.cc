// The mandates of a workspace for Python.
#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {

void BindMandates(Bound& c) {
  Verb(c, "mandate_record",
       "(self, member_id, sender_id, scope, text_version, text_digest, evidence_ref, given_at_us, "
       "/)",
       "Records a mandate; its id.",
       [](const PyWorkspace& w, const std::string& member_id, const std::string& sender_id,
          const std::string& scope, const std::string& text_version, const std::string& text_digest,
          const std::string& evidence_ref, int64_t given_at_us) {
         const MandateOptions options{Id::from_string(member_id),
                                      Id::from_string(sender_id),
                                      scope,
                                      text_version,
                                      text_digest,
                                      evidence_ref,
                                      given_at_us};
         return Interruptible(w.engine, [&] { return w.face.mandates().record(options); })
             .to_string();
       });
  Verb(c, "mandate_revoke", "(self, mandate_id, /)", "Takes a mandate back; what is on its way.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToList(Interruptible(
             w.engine, [&] { return w.face.mandates().revoke(Id::from_string(id)); }));
       });
  Verb(c, "mandate_list", "(self, page_token, limit, /)", "A page of mandates.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(
             Interruptible(w.engine, [&] { return w.face.mandates().list(token, limit); }));
       });
}

}  // namespace onlyleads::python
