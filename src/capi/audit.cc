// The C ABI of audit.h.
#include "onlyleads/audit.h"

#include "src/capi/neck.h"
#include "src/engine/audit.h"

namespace onlyleads::capi {
namespace {

ol_audit_report ReportToC(const engine::AuditReport& report) {
  ol_audit_report result{};
  result.intact = report.intact ? 1 : 0;
  result.sealed = report.sealed;
  result.unsealed = report.unsealed;
  result.overdue = report.overdue;
  result.first_bad_seq = report.first_bad_seq;
  result.first_bad_org = ToC(report.first_bad_org);
  const size_t size = std::min(report.problem.size(), sizeof(result.problem) - 1);
  std::copy_n(report.problem.data(), size, result.problem);
  return result;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;

int32_t ol_audit_verify(ol_engine* handle, ol_audit_report* report, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    if (report == nullptr) return capi::BadArgument("report", "must not be NULL");
    OL_RETURN_IF_ERROR(capi::ClearStruct(report, "report"));
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    OL_ASSIGN_OR_RETURN(const auto found, engine::VerifyAudit(*held));
    capi::WriteStruct(report, capi::ReportToC(found));
    return absl::OkStatus();
  });
}

int32_t ol_audit_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                      ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListAudit);
}
