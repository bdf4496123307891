// The C ABI of retention.h: plans, runs and holds.
#include "onlyleads/retention.h"

#include "src/capi/neck.h"
#include "src/engine/holds.h"
#include "src/engine/retention.h"

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

int32_t ol_retention_plan(ol_workspace* workspace, int32_t inactive_days, ol_rows** out,
                          ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::PlanRetention(e, org, inactive_days);
  });
}

int32_t ol_retention_run(ol_workspace* workspace, ol_str plan_token,
                         const ol_retention_options* options, ol_retention_report* report,
                         ol_error* err) {
  using Report = absl::StatusOr<ol_retention_report>;
  return capi::ReportVerb(workspace, report, err, [&](engine::Engine& e, const Id& org) -> Report {
    OL_ASSIGN_OR_RETURN(const std::string token, capi::Text(plan_token, "plan_token"));
    OL_ASSIGN_OR_RETURN(const ol_retention_options given, capi::ReadStruct(options, "options"));
    OL_RETURN_IF_ERROR(capi::RequireZero(given.reserved0, "options.reserved0"));
    if (given.max_rows < 0) return capi::BadArgument("options.max_rows", "must not be negative");
    engine::WorkProgress progress;
    if (given.progress != nullptr) {
      progress = [given](int64_t rows, int64_t planned) {
        return given.progress(given.progress_ctx, rows, planned) == 0;
      };
    }
    OL_ASSIGN_OR_RETURN(const engine::RetentionReport done,
                        engine::RunRetention(e, org, token, given.max_rows, progress));
    ol_retention_report result{};
    result.done = done.done ? 1 : 0;
    result.people = done.people;
    result.deleted = done.deleted;
    result.logs = done.logs;
    result.accounts = done.accounts;
    return result;
  });
}

int32_t ol_hold_place(ol_workspace* workspace, ol_id prospect_id, ol_str reason, int64_t until_us,
                      ol_id* out, ol_error* err) {
  return capi::Verb(workspace, out, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
                      OL_ASSIGN_OR_RETURN(const std::string code, capi::Text(reason, "reason"));
                      return engine::PlaceHold(e, org, capi::FromC(prospect_id), code, until_us);
                    });
}

int32_t ol_hold_release(ol_workspace* workspace, ol_id hold_id, ol_error* err) {
  return capi::Verb(workspace, err, [&](engine::Engine& e, const Id& org) {
    return engine::ReleaseHold(e, org, capi::FromC(hold_id));
  });
}

int32_t ol_hold_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                     ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListHolds);
}
