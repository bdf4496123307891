// The C ABI of sending.h: the outbox, the send ledger, decisions and disclosures.
#include "onlyleads/sending.h"

#include "src/capi/neck.h"
#include "src/engine/sending.h"

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

// The answers of the engine are the numbers of the ABI.
static_assert(static_cast<int32_t>(engine::CancelAnswer::kCancelled) == OL_CANCEL_DONE);
static_assert(static_cast<int32_t>(engine::CancelAnswer::kAlreadySent) == OL_CANCEL_ALREADY_SENT);
static_assert(static_cast<int32_t>(engine::CancelAnswer::kInFlight) == OL_CANCEL_IN_FLIGHT);

int32_t ol_outbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                       ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListOutbox);
}

int32_t ol_outbox_cancel(ol_workspace* workspace, ol_id message_id, int32_t* out, ol_error* err) {
  return capi::Verb(workspace, out, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<int32_t> {
                      OL_ASSIGN_OR_RETURN(const auto answer,
                                          engine::CancelMessage(e, org, capi::FromC(message_id)));
                      return static_cast<int32_t>(answer);
                    });
}

int32_t ol_ledger_find(ol_workspace* workspace, ol_str identifier, ol_rows** out, ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Table> {
        OL_ASSIGN_OR_RETURN(const std::string text, capi::Text(identifier, "identifier"));
        return engine::FindInLedger(e, org, text);
      });
}

int32_t ol_decision_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::ListDecisions(e, org, capi::FromC(prospect_id));
  });
}

int32_t ol_disclosure_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                           ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::ListDisclosures(e, org, capi::FromC(prospect_id));
  });
}
