// The C ABI of signals.h.
#include "onlyleads/signals.h"

#include "src/capi/neck.h"
#include "src/engine/batch.h"
#include "src/engine/signals.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<std::vector<engine::NewSignal>> SignalsFromC(const ol_signal* in, size_t count,
                                                            size_t row_size) {
  OL_ASSIGN_OR_RETURN(const auto given, ReadBatch(in, count, row_size, "signals"));
  std::vector<engine::NewSignal> signals(given.size());
  for (size_t i = 0; i < given.size(); ++i) {
    const auto name = [i](std::string_view field) { return engine::RowField("signals", i, field); };
    engine::NewSignal& signal = signals[i];
    signal.prospect_id = FromC(given[i].prospect_id);
    signal.at_us = given[i].at_us;
    OL_ASSIGN_OR_RETURN(signal.kind, Text(given[i].kind, name("kind")));
    OL_ASSIGN_OR_RETURN(signal.external_ref, Text(given[i].external_ref, name("external_ref")));
    OL_ASSIGN_OR_RETURN(signal.source, Text(given[i].source, name("source")));
    OL_ASSIGN_OR_RETURN(signal.url, Text(given[i].url, name("url")));
  }
  return signals;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

int32_t ol_signals_record(ol_workspace* workspace, const ol_signal* signals, size_t count,
                          size_t row_size, ol_rows** out, ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Table> {
        OL_ASSIGN_OR_RETURN(const auto batch, capi::SignalsFromC(signals, count, row_size));
        return engine::RecordSignals(e, org, batch);
      });
}

int32_t ol_signals_list(ol_workspace* workspace, ol_id prospect_id, ol_str page_token,
                        int32_t limit, ol_rows** out, ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err,
                        [&](engine::Engine& e, const Id& org, const std::string& token, int rows) {
                          return engine::ListSignals(e, org, capi::FromC(prospect_id), token, rows);
                        });
}
