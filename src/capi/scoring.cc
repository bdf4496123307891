// The C ABI of scoring.h.
#include "onlyleads/scoring.h"

#include "src/capi/neck.h"
#include "src/engine/scoring.h"

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

int32_t ol_scoring_run(ol_workspace* workspace, ol_str scorecard_json, int64_t* out_scored,
                       ol_error* err) {
  return capi::Verb(
      workspace, out_scored, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<int64_t> {
        OL_ASSIGN_OR_RETURN(const std::string card, capi::Text(scorecard_json, "scorecard_json"));
        return engine::RunScoring(e, org, card);
      });
}

int32_t ol_scoring_top(ol_workspace* workspace, int32_t limit, int32_t with_linkedin, ol_rows** out,
                       ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Table> {
        OL_ASSIGN_OR_RETURN(const int rows, capi::PageLimit(limit));
        OL_ASSIGN_OR_RETURN(const bool linkedin, capi::Flag(with_linkedin, "with_linkedin"));
        return engine::TopScores(e, org, rows, linkedin);
      });
}
