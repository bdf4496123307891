// Finds the route of a send under the recipient country's regime. Every route is tried before a
// send is refused, so that a further ground never turns a yes into a no; the reason of a refusal is
// the one that tells the sender what was missing.
#include "src/domain/policy/regime.h"

#include <algorithm>

namespace onlyleads::domain {
namespace {

constexpr uint32_t Bit(Channel channel) { return 1u << static_cast<uint32_t>(channel); }
constexpr uint32_t Bit(ChannelGroup group) { return 1u << static_cast<uint32_t>(group); }

constexpr const Jurisdiction& kUnlisted = kJurisdictions.back();

bool IsUnlisted(const Jurisdiction& jurisdiction) { return jurisdiction.code == kUnlisted.code; }

Cell EmailCell(RecipientType type) {
  switch (type) {
    case RecipientType::kCorporateNamed:
      return Cell::kEmailCorporateNamed;
    case RecipientType::kCorporateGeneric:
      return Cell::kEmailCorporateGeneric;
    case RecipientType::kSoleTrader:
      return Cell::kEmailSoleTrader;
    case RecipientType::kIndividual:
    case RecipientType::kUnknown:
      break;
  }
  return Cell::kEmailIndividual;
}

// A marketing message through a service or in-app channel is electronic mail to one user.
Cell CellOf(const SendFacts& facts) {
  switch (GroupOf(facts.channel)) {
    case ChannelGroup::kLinkedinDm:
      return Cell::kLinkedinDm;
    case ChannelGroup::kLinkedinInvite:
      return Cell::kLinkedinInvitePromotional;
    case ChannelGroup::kEmail:
    case ChannelGroup::kService:
    case ChannelGroup::kInApp:
      break;
  }
  return EmailCell(facts.recipient_type);
}

bool IsGiven(ConsentStatus status) {
  return status == ConsentStatus::kGiven || status == ConsentStatus::kRenewed;
}

bool HoldsConsent(const SendFacts& facts) {
  return facts.consent && IsGiven(facts.consent->status) && !ConsentFlaw(facts);
}

bool IsSoftOptInOffered(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  return jurisdiction.soft_opt_in.available && facts.soft_opt_in.has_value();
}

// All conditions but the national list.
bool MeetsSoftOptIn(const SoftOptInRule& rule, const SendFacts& facts) {
  const SoftOptInFacts& soft = *facts.soft_opt_in;
  if (!soft.sale_or_negotiation || !soft.similar) return false;
  if (!soft.optout_at_collection || !soft.optout_each_message) return false;
  if (soft.refused_since) return false;
  if (facts.consent && facts.consent->status == ConsentStatus::kRefused) return false;
  if (soft.negotiation_only && !rule.includes_negotiations) return false;
  if (soft.group_company && !rule.group_companies) return false;
  if (rule.window_months > 0 && soft.months_ago.value_or(0) > rule.window_months) return false;
  if ((rule.channel_groups & Bit(GroupOf(facts.channel))) == 0) return false;
  const bool corporate = facts.recipient_type == RecipientType::kCorporateNamed ||
                         facts.recipient_type == RecipientType::kCorporateGeneric;
  return !(rule.natural_persons_only && corporate);
}

bool HoldsSoftOptIn(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  return IsSoftOptInOffered(jurisdiction, facts) &&
         MeetsSoftOptIn(jurisdiction.soft_opt_in, facts) &&
         !(jurisdiction.soft_opt_in.register_checked && facts.register_listed);
}

bool IsOpenlyPublished(const SendFacts& facts) {
  return facts.published && facts.published->conspicuous && !facts.published->refusal_notice;
}

bool IsDesignatedAddress(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  return jurisdiction.designated_address_exempt && GroupOf(facts.channel) == ChannelGroup::kEmail &&
         IsOpenlyPublished(facts) && facts.published->designated;
}

Route Interests(ReasonCode reason) {
  return {.reason = reason, .basis = LawfulBasis::kLegitimateInterests, .needs_lia = true};
}

// The customer exception displaces the balance of interests, so it asks for no assessment.
constexpr Route kSoftOptInRoute = {.reason = ReasonCode::kAllowSoftOptIn};

ReasonCode OptInRefusal(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  if (IsSoftOptInOffered(jurisdiction, facts)) {
    const bool only_listed = MeetsSoftOptIn(jurisdiction.soft_opt_in, facts);
    return only_listed ? ReasonCode::kDenyRegisterListed : ReasonCode::kDenySoftOptInFailed;
  }
  if (IsUnlisted(jurisdiction)) return ReasonCode::kDenyUnknownJurisdiction;
  if (facts.recipient_type == RecipientType::kUnknown) {
    return ReasonCode::kDenyUnknownRecipientType;
  }
  if (jurisdiction.code == "GB") return ReasonCode::kDenyIndividualSubscriber;
  return ReasonCode::kDenyOptInRequired;
}

Route OptIn(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  if (HoldsSoftOptIn(jurisdiction, facts)) return kSoftOptInRoute;
  if (IsDesignatedAddress(jurisdiction, facts)) return Interests(ReasonCode::kAllowOptOutRegime);
  return {.reason = OptInRefusal(jurisdiction, facts), .asks_consent = true};
}

// What an opt-out regime answers by its own conditions.
ReasonCode OptOutReason(Regime regime, const SendFacts& facts) {
  switch (regime) {
    case Regime::kOptOutRole:
      return facts.role_related ? ReasonCode::kAllowRoleRelated : ReasonCode::kDenyNotRoleRelated;
    case Regime::kOptOutRegister:
      return facts.register_listed ? ReasonCode::kDenyRegisterListed
                                   : ReasonCode::kAllowOptOutRegime;
    case Regime::kOptOutManual:
      return facts.automated ? ReasonCode::kDenyAutomatedMass : ReasonCode::kAllowManualIndividual;
    default:
      return ReasonCode::kAllowOptOutRegime;
  }
}

Route OptOut(Regime regime, const Jurisdiction& jurisdiction, const SendFacts& facts) {
  const ReasonCode own = OptOutReason(regime, facts);
  if (Allows(own) && facts.lia_ok) return Interests(own);
  if (HoldsSoftOptIn(jurisdiction, facts)) return kSoftOptInRoute;
  if (Allows(own)) return Interests(own);
  return {.reason = own, .asks_consent = own == ReasonCode::kDenyAutomatedMass};
}

bool IsInWindow(const Jurisdiction& jurisdiction, const ImpliedFacts& implied) {
  const int window = implied.type == RelationshipType::kInquiry
                         ? jurisdiction.inquiry_months
                         : jurisdiction.purchase_or_contract_months;
  return implied.months_ago <= window;
}

ReasonCode PublishedOrSoftRefusal(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  if (IsOpenlyPublished(facts)) return ReasonCode::kDenyNotRoleRelated;
  if (IsSoftOptInOffered(jurisdiction, facts)) return ReasonCode::kDenySoftOptInFailed;
  return ReasonCode::kDenyConsentMissing;
}

// A relationship with a date is judged by it; the undated customer exception cannot extend it.
Route ImpliedConsent(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  const bool published = IsOpenlyPublished(facts) && facts.role_related;
  const bool dated = facts.implied && IsInWindow(jurisdiction, *facts.implied);
  const bool undated = !facts.implied && HoldsSoftOptIn(jurisdiction, facts);
  if (published || dated || undated) return Interests(ReasonCode::kAllowImpliedConsent);
  const ReasonCode refusal = facts.implied ? ReasonCode::kDenyImpliedConsentExpired
                                           : PublishedOrSoftRefusal(jurisdiction, facts);
  return {.reason = refusal, .asks_consent = true};
}

Route InferredConsent(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  const bool published = IsOpenlyPublished(facts) && facts.role_related;
  if (published || HoldsSoftOptIn(jurisdiction, facts)) {
    return Interests(ReasonCode::kAllowInferredConsent);
  }
  return {.reason = PublishedOrSoftRefusal(jurisdiction, facts), .asks_consent = true};
}

}  // namespace

const Jurisdiction& JurisdictionOf(std::string_view country) {
  const auto found = std::find_if(kJurisdictions.begin(), kJurisdictions.end(),
                                  [&](const Jurisdiction& row) { return row.code == country; });
  return found == kJurisdictions.end() ? kUnlisted : *found;
}

Regime RegimeOf(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  return jurisdiction.cells[static_cast<size_t>(CellOf(facts))][static_cast<size_t>(facts.profile)];
}

std::optional<ReasonCode> ConsentFlaw(const SendFacts& facts) {
  if (!facts.consent) return std::nullopt;
  const ConsentFacts& consent = *facts.consent;
  switch (consent.status) {
    case ConsentStatus::kWithdrawn:
    case ConsentStatus::kRevoked:
      return ReasonCode::kDenyConsentWithdrawn;
    case ConsentStatus::kExpired:
      return ReasonCode::kDenyConsentExpired;
    case ConsentStatus::kInvalidated:
      return ReasonCode::kDenyConsentUnproven;
    case ConsentStatus::kUnknown:
    case ConsentStatus::kRequested:
    case ConsentStatus::kRequestDeferred:
    case ConsentStatus::kRefused:
      return std::nullopt;  // never given: there is no consent to find a flaw in
    case ConsentStatus::kGiven:
    case ConsentStatus::kRenewed:
      break;
  }
  if (consent.expires_at && facts.as_of > *consent.expires_at) {
    return ReasonCode::kDenyConsentExpired;
  }
  if (!consent.proof) return ReasonCode::kDenyConsentUnproven;
  if (consent.notice_version.empty() || consent.notice_version != consent.current_notice_version) {
    return ReasonCode::kDenyConsentStaleNotice;
  }
  if (consent.purpose != facts.purpose || consent.controller != facts.controller ||
      (consent.channels & Bit(facts.channel)) == 0) {
    return ReasonCode::kDenyConsentScope;
  }
  return std::nullopt;
}

Route FindRoute(const Jurisdiction& jurisdiction, const SendFacts& facts) {
  if (HoldsConsent(facts)) {
    return {.reason = ReasonCode::kAllowConsent, .basis = LawfulBasis::kConsent};
  }
  const Regime regime = RegimeOf(jurisdiction, facts);
  switch (regime) {
    case Regime::kOptIn:
      return OptIn(jurisdiction, facts);
    case Regime::kImpliedConsent:
      return ImpliedConsent(jurisdiction, facts);
    case Regime::kInferredConsent:
      return InferredConsent(jurisdiction, facts);
    default:
      return OptOut(regime, jurisdiction, facts);
  }
}

}  // namespace onlyleads::domain
