// What the law of the recipient's country says about one message, apart from every other duty: the
// jurisdiction's row, its regime for this channel and recipient, and the route (consent, customer
// exception, opt-out, implied or inferred consent) that a send could take. Pure.
#ifndef ONLYLEADS_SRC_DOMAIN_POLICY_REGIME_H_
#define ONLYLEADS_SRC_DOMAIN_POLICY_REGIME_H_

#include <optional>
#include <string_view>

#include "src/domain/policy/facts.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

// The row of a country; the strict default for one that is unknown (empty) or not listed.
const Jurisdiction& JurisdictionOf(std::string_view country);

Regime RegimeOf(const Jurisdiction& jurisdiction, const SendFacts& facts);

// The DENY_CONSENT_* reason of a consent that exists but does not hold; nullopt when it holds or
// when there is none. Withdrawal comes first.
std::optional<ReasonCode> ConsentFlaw(const SendFacts& facts);

// The way on which a send is permitted under e-marketing law, or why there is none.
struct Route {
  ReasonCode reason;
  LawfulBasis basis = LawfulBasis::kLegitimateInterests;
  bool asks_consent = false;  // without another route, consent is what the regime asks for
  bool needs_lia = false;     // rests on legitimate interests that must have been assessed

  bool open() const { return Allows(reason); }
};

Route FindRoute(const Jurisdiction& jurisdiction, const SendFacts& facts);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_POLICY_REGIME_H_
