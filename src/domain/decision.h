// May this message go to this person? One pure function that walks the policy pack's decision order
// and stops at the first step that decides. The same facts always give the same answer; nothing
// here reads a clock, a store or a log.
#ifndef ONLYLEADS_SRC_DOMAIN_DECISION_H_
#define ONLYLEADS_SRC_DOMAIN_DECISION_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/domain/policy/facts.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

enum class StepOutcome : uint8_t {
  kNotReached,
  kNotApplicable,  // the step has no question for such a message
  kPassed,
  kAllowed,  // this step decided
  kDenied,   // this step decided
};

// How each step of the decision order ended, by Step.
using Trace = std::array<StepOutcome, kStepCount>;

struct Decision {
  bool allowed = false;
  ReasonCode reason = ReasonCode::kDenyConsentMissing;
  // Set when allowed.
  std::optional<LawfulBasis> lawful_basis;
  // What the text must contain, when allowed.
  ContentMask obligations = 0;
  Trace trace{};
};

Decision Evaluate(const SendFacts& facts);

// The pack's ids of a mask, in the order of ContentElement.
std::vector<std::string_view> ContentIds(ContentMask mask);

// {"verdict":"ALLOW|DENY","reason":…,"lawful_basis":… or null,"obligations":[…],
//  "trace":[{"step":…,"outcome":"passed|not_applicable|allowed|denied"},…]} up to the deciding
//  step.
std::string DecisionToJson(const Decision& decision);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_DECISION_H_
