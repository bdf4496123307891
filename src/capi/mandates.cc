// The C ABI of mandates.h.
#include "onlyleads/mandates.h"

#include "src/capi/neck.h"
#include "src/engine/mandates.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<engine::NewMandate> MandateFromC(const ol_mandate_options* in) {
  if (in == nullptr) return BadArgument("options", "must not be NULL");
  OL_ASSIGN_OR_RETURN(const ol_mandate_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "options.reserved0"));
  engine::NewMandate mandate;
  mandate.member_id = FromC(given.member_id);
  mandate.sender_id = FromC(given.sender_id);
  OL_ASSIGN_OR_RETURN(mandate.scope, Text(given.scope, "options.scope"));
  OL_ASSIGN_OR_RETURN(mandate.text_version, Text(given.text_version, "options.text_version"));
  OL_ASSIGN_OR_RETURN(mandate.text_digest, Text(given.text_digest, "options.text_digest"));
  OL_ASSIGN_OR_RETURN(mandate.evidence_ref, Text(given.evidence_ref, "options.evidence_ref"));
  mandate.given_at_us = given.given_at_us;
  return mandate;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;

int32_t ol_mandate_record(ol_workspace* workspace, const ol_mandate_options* options, ol_id* out,
                          ol_error* err) {
  return capi::Verb(workspace, out, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
                      OL_ASSIGN_OR_RETURN(const auto mandate, capi::MandateFromC(options));
                      return engine::RecordMandate(e, org, mandate);
                    });
}

int32_t ol_mandate_revoke(ol_workspace* workspace, ol_id mandate_id, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::RevokeMandate(e, org, capi::FromC(mandate_id));
  });
}

int32_t ol_mandate_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                        ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListMandates);
}
