// The C ABI of usage.h.
#include "onlyleads/usage.h"

#include "src/capi/neck.h"
#include "src/engine/batch.h"
#include "src/engine/usage.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<std::vector<engine::NewUsage>> UsageFromC(const ol_usage* in, size_t count,
                                                         size_t row_size) {
  OL_ASSIGN_OR_RETURN(const auto given, ReadBatch(in, count, row_size, "usage"));
  std::vector<engine::NewUsage> usage(given.size());
  for (size_t i = 0; i < given.size(); ++i) {
    const auto name = [i](std::string_view field) { return engine::RowField("usage", i, field); };
    usage[i].member_id = FromC(given[i].member_id);
    usage[i].at_us = given[i].at_us;
    OL_ASSIGN_OR_RETURN(usage[i].ip, Text(given[i].ip, name("ip")));
    OL_ASSIGN_OR_RETURN(usage[i].browser, Text(given[i].browser, name("browser")));
    OL_ASSIGN_OR_RETURN(usage[i].page, Text(given[i].page, name("page")));
  }
  return usage;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;

int32_t ol_usage_record(ol_workspace* workspace, const ol_usage* usage, size_t count,
                        size_t row_size, int64_t* out_recorded, ol_error* err) {
  return capi::Verb(workspace, out_recorded, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<int64_t> {
                      OL_ASSIGN_OR_RETURN(const auto rows,
                                          capi::UsageFromC(usage, count, row_size));
                      return engine::RecordUsage(e, org, rows);
                    });
}

int32_t ol_usage_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                      ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListUsage);
}
