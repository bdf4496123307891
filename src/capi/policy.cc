// The C ABI of policy.h: the decision as a pure function of JSON facts. Needs no engine.
#include "onlyleads/policy.h"

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/capi/neck.h"
#include "src/domain/decision.h"
#include "src/domain/policy/facts_json.h"

namespace capi = onlyleads::capi;
namespace domain = onlyleads::domain;
using onlyleads::base::JsonDocument;
using onlyleads::base::Table;

int32_t ol_policy_evaluate(ol_str facts_json, ol_rows** out, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    OL_ASSIGN_OR_RETURN(const std::string text, capi::Text(facts_json, "facts_json"));
    const auto document = JsonDocument::Parse(text);
    if (!document.ok()) {
      return onlyleads::base::Error(onlyleads::base::CodeOf(document.status()),
                                    absl::StrCat("facts_json: ", document.status().message()));
    }
    OL_ASSIGN_OR_RETURN(const auto facts, domain::FactsFromJson(document->root()));
    return capi::Place<ol_rows*>().Give(
        Table::Json(domain::DecisionToJson(domain::Evaluate(facts.facts()))), out);
  });
}
