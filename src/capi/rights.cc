// The C ABI of rights.h: the copy of somebody's data, and what erasure has still to clear.
#include "onlyleads/rights.h"

#include "src/capi/neck.h"
#include "src/engine/access.h"
#include "src/engine/residue.h"

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;

int32_t ol_rights_access(ol_workspace* workspace, ol_id prospect_id, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::AccessProspect(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_rights_residue(ol_engine* handle, int64_t* out_pending, int64_t* out_since_us,
                          ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    const absl::Status pending_place = capi::Clear(out_pending, "out_pending");
    OL_RETURN_IF_ERROR(capi::Clear(out_since_us, "out_since_us"));
    OL_RETURN_IF_ERROR(pending_place);
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    OL_ASSIGN_OR_RETURN(const auto residue, engine::GetResidue(*held));
    *out_pending = residue.pending;
    *out_since_us = residue.since_us;
    return absl::OkStatus();
  });
}
