// One function per step of the decision order, in that order. A step sees the facts and the route
// that e-marketing law leaves open, and answers: not my question, passed, or decided. What the law
// of each country says is in policy/regime.cc and in the pack's tables.
#include "src/domain/decision.h"

#include "src/base/json.h"
#include "src/domain/policy/regime.h"

namespace onlyleads::domain {
namespace {

struct Context {
  explicit Context(const SendFacts& f)
      : facts(f),
        jurisdiction(JurisdictionOf(f.recipient_country)),
        flaw(ConsentFlaw(f)),
        route(FindRoute(jurisdiction, f)) {}

  const SendFacts& facts;
  const Jurisdiction& jurisdiction;
  std::optional<ReasonCode> flaw;  // of the consent on record
  Route route;
};

struct Answer {
  StepOutcome outcome;
  ReasonCode reason{};
  LawfulBasis basis{};
};

constexpr Answer kPass = {StepOutcome::kPassed};
constexpr Answer kSkip = {StepOutcome::kNotApplicable};

constexpr Answer Deny(ReasonCode reason) { return {StepOutcome::kDenied, reason}; }
constexpr Answer Allow(ReasonCode reason, LawfulBasis basis) {
  return {StepOutcome::kAllowed, reason, basis};
}
constexpr Answer DenyIf(bool hit, ReasonCode reason) { return hit ? Deny(reason) : kPass; }

// Every country adds its duties: the recipient's, the sender's, and the notice until it was given.
ContentMask RequiredContent(const Context& c) {
  const ContentMask notice = c.facts.art14_given ? ContentMask{0} : kArt14Content;
  return static_cast<ContentMask>(c.jurisdiction.content |
                                  JurisdictionOf(c.facts.sender_country).content | notice);
}

// The same date of the next month, or that month's last day.
absl::CivilDay OneMonthAfter(absl::CivilDay day) {
  const absl::CivilMonth next = absl::CivilMonth(day) + 1;
  const absl::CivilDay last = absl::CivilDay(next + 1) - 1;
  return day.day() > last.day() ? last : absl::CivilDay(next.year(), next.month(), day.day());
}

// The reason for which a flawed consent decides. A withdrawal always does: the basis is not swapped
// afterwards. Any other flaw only matters where nothing but consent would open the way.
std::optional<ReasonCode> DecidingFlaw(const Context& c) {
  if (c.flaw == ReasonCode::kDenyConsentWithdrawn) return c.flaw;
  if (c.flaw && !c.route.open() && c.route.asks_consent) return c.flaw;
  return std::nullopt;
}

bool MayBeMarketedTo(const Context& c) {
  if (c.facts.objected || c.facts.suppressed || DecidingFlaw(c)) return false;
  return c.route.open() && (c.facts.lia_ok || !c.route.needs_lia);
}

Answer RightsResponse(const Context& c) {
  if (c.facts.kind != Kind::kRightsResponse) return kSkip;
  return Allow(ReasonCode::kAllowRightsResponse, LawfulBasis::kLegalObligation);
}

Answer Under18(const Context& c) { return DenyIf(c.facts.under_18, ReasonCode::kDenyUnder18); }

Answer ErasureTombstone(const Context& c) {
  return DenyIf(c.facts.erased_tombstone, ReasonCode::kDenyErasedTombstone);
}

Answer Restriction(const Context& c) {
  return DenyIf(c.facts.restricted, ReasonCode::kDenyRestricted);
}

Answer LegalHoldOnly(const Context& c) {
  return DenyIf(c.facts.legal_hold_only, ReasonCode::kDenyLegalHoldStoreOnly);
}

Answer RetentionExpired(const Context& c) {
  return DenyIf(c.facts.retention_expired, ReasonCode::kDenyRetentionExpired);
}

Answer SpecialCategory(const Context& c) {
  return DenyIf(c.facts.special_category, ReasonCode::kDenySpecialCategory);
}

Answer ProcessorContract(const Context& c) {
  if (!c.facts.dpa_active) return Deny(ReasonCode::kDenyNoProcessorContract);
  if (!c.facts.within_instructions) return Deny(ReasonCode::kDenyOutsideInstructions);
  if (!c.facts.subprocessor_ok) return Deny(ReasonCode::kDenySubprocessorNotAuthorised);
  return DenyIf(!c.facts.transfer_ok, ReasonCode::kDenyTransferNoSafeguard);
}

// Promotion turns the whole message into marketing; it may go on only as such.
Answer ServiceMessage(const Context& c) {
  if (c.facts.kind != Kind::kService) return kSkip;
  if (!c.facts.promotional) {
    return Allow(ReasonCode::kAllowServiceMessage, LawfulBasis::kLegitimateInterests);
  }
  return DenyIf(!MayBeMarketedTo(c), ReasonCode::kDenyMixedPromoInService);
}

Answer Objection(const Context& c) {
  if (c.facts.objected) return Deny(ReasonCode::kDenyObjected);
  return DenyIf(c.facts.suppressed, ReasonCode::kDenySuppressed);
}

// In any other channel an "in-app" message is electronic mail and goes on as such.
Answer InAppNotice(const Context& c) {
  if (c.facts.kind != Kind::kInApp || GroupOf(c.facts.channel) != ChannelGroup::kInApp) {
    return kSkip;
  }
  return Allow(ReasonCode::kAllowInAppNotice, LawfulBasis::kLegitimateInterests);
}

Answer ConsentRequestBan(const Context& c) {
  if (c.facts.kind != Kind::kConsentRequest) return kSkip;
  return DenyIf(c.jurisdiction.consent_request_is_marketing,
                ReasonCode::kDenyConsentRequestIsMarketing);
}

Answer TrackingPixel(const Context& c) {
  if (!c.facts.tracking_pixel) return kSkip;
  return DenyIf(!c.facts.pixel_consent, ReasonCode::kDenyTrackingNoConsent);
}

Answer ConsentValidity(const Context& c) {
  if (!c.facts.consent) return kSkip;
  const std::optional<ReasonCode> flaw = DecidingFlaw(c);
  return flaw ? Deny(*flaw) : kPass;
}

Answer RegimeStep(const Context& c) { return DenyIf(!c.route.open(), c.route.reason); }

Answer Lia(const Context& c) {
  if (!c.route.needs_lia) return kSkip;
  return DenyIf(!c.facts.lia_ok, ReasonCode::kDenyLiaMissing);
}

Answer Art14(const Context& c) {
  if (c.facts.art14_given) return kPass;
  const absl::CivilDay obtained = c.facts.as_of - c.facts.days_since_obtained;
  if (c.facts.as_of > OneMonthAfter(obtained)) return Deny(ReasonCode::kDenyArt14Overdue);
  return DenyIf(!c.facts.art14_in_message, ReasonCode::kDenyArt14NotIncluded);
}

Answer MessageContent(const Context& c) {
  if (!c.facts.content_present) return kSkip;
  const bool missing = (RequiredContent(c) & ~*c.facts.content_present) != 0;
  return DenyIf(missing, ReasonCode::kDenyContentMissing);
}

Answer AllowStep(const Context& c) { return Allow(c.route.reason, c.route.basis); }

// By Step: the pack's decision order.
constexpr std::array<Answer (*)(const Context&), kStepCount> kSteps = {
    RightsResponse, Under18,          ErasureTombstone, Restriction,
    LegalHoldOnly,  RetentionExpired, SpecialCategory,  ProcessorContract,
    ServiceMessage, Objection,        InAppNotice,      ConsentRequestBan,
    TrackingPixel,  ConsentValidity,  RegimeStep,       Lia,
    Art14,          MessageContent,   AllowStep};

std::string_view OutcomeName(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::kNotReached:
      return "not_reached";
    case StepOutcome::kNotApplicable:
      return "not_applicable";
    case StepOutcome::kPassed:
      return "passed";
    case StepOutcome::kAllowed:
      return "allowed";
    case StepOutcome::kDenied:
      break;
  }
  return "denied";
}

}  // namespace

Decision Evaluate(const SendFacts& facts) {
  const Context context(facts);
  Decision decision;
  for (size_t i = 0; i < kStepCount; ++i) {
    const Answer answer = kSteps[i](context);
    decision.trace[i] = answer.outcome;
    const bool allowed = answer.outcome == StepOutcome::kAllowed;
    if (!allowed && answer.outcome != StepOutcome::kDenied) continue;
    decision.allowed = allowed;
    decision.reason = answer.reason;
    if (allowed) decision.lawful_basis = answer.basis;
    // Only a message that went through the content rule owes content.
    if (i == static_cast<size_t>(Step::kAllow)) decision.obligations = RequiredContent(context);
    break;
  }
  return decision;
}

std::vector<std::string_view> ContentIds(ContentMask mask) {
  std::vector<std::string_view> ids;
  for (size_t i = 0; i < kContentElementCount; ++i) {
    if ((mask >> i) & 1u) ids.push_back(kContentElementNames[i]);
  }
  return ids;
}

std::string DecisionToJson(const Decision& decision) {
  base::JsonWriter json;
  json.BeginObject();
  json.Field("verdict", decision.allowed ? "ALLOW" : "DENY");
  json.Field("reason", Name(decision.reason));
  json.Key("lawful_basis");
  if (decision.lawful_basis) {
    json.String(Name(*decision.lawful_basis));
  } else {
    json.Null();
  }
  json.Key("obligations").BeginArray();
  for (std::string_view id : ContentIds(decision.obligations)) json.String(id);
  json.EndArray();
  json.Key("trace").BeginArray();
  for (size_t i = 0; i < kStepCount; ++i) {
    if (decision.trace[i] == StepOutcome::kNotReached) break;
    json.BeginObject();
    json.Field("step", kStepNames[i]);
    json.Field("outcome", OutcomeName(decision.trace[i]));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace onlyleads::domain
