// Reads send facts from JSON, strictly: whoever misspells a fact must hear of it, because the
// default would decide in its place. Knows the form of the facts and none of the rules.
#include "src/domain/policy/facts_json.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/time.h"

namespace onlyleads::domain {
namespace {

using base::JsonValue;

absl::Status Bad(std::string_view key, std::string_view problem) {
  return base::Error(base::ErrorCode::kInvalidArgument,
                     absl::StrCat("fact \"", base::ToAbsl(key), "\" ", base::ToAbsl(problem)));
}

absl::Status ReadBool(std::string_view key, JsonValue value, bool& out) {
  if (!value.IsBool()) return Bad(key, "must be true or false");
  out = *value.AsBool();
  return absl::OkStatus();
}

absl::Status ReadCount(std::string_view key, JsonValue value, int& out) {
  constexpr int kMaxCount = 1'000'000;  // days or months; keeps calendar arithmetic in range
  const std::optional<int64_t> number = value.AsInt();
  if (!number) return Bad(key, "must be a whole number");
  if (*number < 0 || *number > kMaxCount) return Bad(key, "must lie between 0 and 1000000");
  out = static_cast<int>(*number);
  return absl::OkStatus();
}

absl::Status ReadDay(std::string_view key, JsonValue value, absl::CivilDay& out) {
  const auto text = value.AsString();
  const auto day = text ? base::ParseDay(*text) : std::nullopt;
  if (!day) return Bad(key, "must be a day such as 2026-11-23");
  out = *day;
  return absl::OkStatus();
}

// The index of the value among `names`.
template <typename Names>
absl::StatusOr<size_t> ReadName(std::string_view key, JsonValue value, const Names& names) {
  const auto text = value.AsString();
  if (!text) return Bad(key, "must be a string");
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found == names.end()) return Bad(key, "has an unknown value");
  return static_cast<size_t>(found - names.begin());
}

template <typename Enum, typename Names>
absl::Status ReadEnum(std::string_view key, JsonValue value, const Names& names, Enum& out) {
  OL_ASSIGN_OR_RETURN(const size_t index, ReadName(key, value, names));
  out = static_cast<Enum>(index);
  return absl::OkStatus();
}

// A list of known names as a bit mask.
template <typename Mask, typename Names>
absl::Status ReadMask(std::string_view key, JsonValue value, const Names& names, Mask& out) {
  static_assert(std::tuple_size_v<Names> <= std::numeric_limits<Mask>::digits);
  if (!value.IsArray()) return Bad(key, "must be a list of strings");
  Mask mask = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    OL_ASSIGN_OR_RETURN(const size_t index, ReadName(key, value.at(i), names));
    mask = static_cast<Mask>(mask | (1u << index));
  }
  out = mask;
  return absl::OkStatus();
}

constexpr std::array<std::string_view, 5> kKindNames = {"outreach", "consent_request", "service",
                                                        "in_app", "rights_response"};
constexpr std::array<std::string_view, 10> kConsentStatusNames = {
    "unknown", "requested", "request_deferred", "refused", "given",
    "renewed", "expired",   "withdrawn",        "revoked", "invalidated"};
constexpr std::array<std::string_view, 3> kRelationshipNames = {"purchase", "contract", "inquiry"};
constexpr std::array<std::string_view, 2> kAgeNames = {"adult_or_unknown", "under_18"};

}  // namespace

// Fills one OwnedSendFacts, member by member.
class FactsReader {
 public:
  absl::StatusOr<OwnedSendFacts> Read(JsonValue json) {
    if (!json.IsObject()) {
      return base::Error(base::ErrorCode::kInvalidArgument, "facts must be a JSON object");
    }
    OL_RETURN_IF_ERROR(ReadMembers(
        "", json, [this](std::string_view key, JsonValue value) { return ReadFact(key, value); }));
    return std::move(owned_);
  }

 private:
  // Calls `read` for every member until one fails.
  template <typename F>
  absl::Status ReadMembers(std::string_view parent, JsonValue json, F read) {
    if (!json.IsObject()) return Bad(parent, "must be an object or null");
    absl::Status status = absl::OkStatus();
    json.ForEachMember([&](std::string_view key, JsonValue value) {
      if (status.ok()) status = read(key, value);
    });
    return status;
  }

  absl::Status ReadText(std::string_view key, JsonValue value, std::string_view& out) {
    const auto text = value.AsString();
    if (!text || text->empty()) return Bad(key, "must be a string that is not empty");
    if (text->size() > base::kMaxNameBytes) return Bad(key, "exceeds kMaxNameBytes");
    std::string& owned = owned_.texts_->at(owned_.used_texts_++);
    owned = std::string(*text);
    out = owned;
    return absl::OkStatus();
  }

  absl::Status ReadCountry(std::string_view key, JsonValue value, std::string_view& out) {
    out = {};
    if (value.IsNull()) return absl::OkStatus();
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto text = value.AsString();
    if (!text || text->size() != 2 || !upper((*text)[0]) || !upper((*text)[1])) {
      return Bad(key, "must be two capital letters (ISO 3166) or null");
    }
    return ReadText(key, value, out);
  }

  absl::Status ReadConsent(JsonValue json) {
    ConsentFacts& consent = owned_.facts_.consent.emplace();
    return ReadMembers("consent", json, [&](std::string_view key, JsonValue value) -> absl::Status {
      if (key == "status") {
        return ReadEnum("consent.status", value, kConsentStatusNames, consent.status);
      }
      if (key == "proof") return ReadBool("consent.proof", value, consent.proof);
      if (key == "channels") {
        return ReadMask("consent.channels", value, kChannelNames, consent.channels);
      }
      if (key == "purpose") return ReadText("consent.purpose", value, consent.purpose);
      if (key == "controller") return ReadText("consent.controller", value, consent.controller);
      if (key == "notice_version") {
        return ReadText("consent.notice_version", value, consent.notice_version);
      }
      if (key == "current_notice_version") {
        return ReadText("consent.current_notice_version", value, consent.current_notice_version);
      }
      if (key == "expires_at") {
        if (value.IsNull()) return absl::OkStatus();
        return ReadDay("consent.expires_at", value, consent.expires_at.emplace());
      }
      return Bad(absl::StrCat("consent.", base::ToAbsl(key)), "is not known");
    });
  }

  absl::Status ReadSoftOptIn(JsonValue json) {
    SoftOptInFacts& soft = owned_.facts_.soft_opt_in.emplace();
    return ReadMembers("soft_opt_in", json, [&](std::string_view key, JsonValue value) {
      const std::string name = absl::StrCat("soft_opt_in.", base::ToAbsl(key));
      if (key == "sale_or_negotiation") return ReadBool(name, value, soft.sale_or_negotiation);
      if (key == "similar") return ReadBool(name, value, soft.similar);
      if (key == "optout_at_collection") return ReadBool(name, value, soft.optout_at_collection);
      if (key == "optout_each_message") return ReadBool(name, value, soft.optout_each_message);
      if (key == "negotiation_only") return ReadBool(name, value, soft.negotiation_only);
      if (key == "group_company") return ReadBool(name, value, soft.group_company);
      if (key == "refused_since") return ReadBool(name, value, soft.refused_since);
      if (key == "months_ago") return ReadCount(name, value, soft.months_ago.emplace());
      return Bad(name, "is not known");
    });
  }

  // The window depends on both members, so neither has a default.
  absl::Status ReadImplied(JsonValue json) {
    ImpliedFacts& implied = owned_.facts_.implied.emplace();
    OL_RETURN_IF_ERROR(
        ReadMembers("implied", json, [&](std::string_view key, JsonValue value) -> absl::Status {
          if (key == "type") {
            return ReadEnum("implied.type", value, kRelationshipNames, implied.type);
          }
          if (key == "months_ago") {
            return ReadCount("implied.months_ago", value, implied.months_ago);
          }
          return Bad(absl::StrCat("implied.", base::ToAbsl(key)), "is not known");
        }));
    if (!json.Has("type")) return Bad("implied.type", "is missing");
    if (!json.Has("months_ago")) return Bad("implied.months_ago", "is missing");
    return absl::OkStatus();
  }

  absl::Status ReadPublished(JsonValue json) {
    PublishedFacts& published = owned_.facts_.published.emplace();
    return ReadMembers("published", json, [&](std::string_view key, JsonValue value) {
      const std::string name = absl::StrCat("published.", base::ToAbsl(key));
      if (key == "conspicuous") return ReadBool(name, value, published.conspicuous);
      if (key == "refusal_notice") return ReadBool(name, value, published.refusal_notice);
      if (key == "designated") return ReadBool(name, value, published.designated);
      return Bad(name, "is not known");
    });
  }

  absl::Status ReadAction(JsonValue value) {
    OL_ASSIGN_OR_RETURN(const size_t index, ReadName("action", value, kPolicyActions));
    if (kPolicyActions[index] == "send") return absl::OkStatus();
    return Bad("action", "is not supported yet: only \"send\" can be decided");
  }

  absl::Status ReadFact(std::string_view key, JsonValue value) {
    SendFacts& facts = owned_.facts_;
    for (const BoolFact& fact : kBoolFacts) {
      if (key == fact.key) return ReadBool(key, value, facts.*fact.member);
    }
    if (key == "action") return ReadAction(value);
    if (key == "profile") return ReadEnum(key, value, kProfileNames, facts.profile);
    if (key == "as_of") return ReadDay(key, value, facts.as_of);
    if (key == "kind") return ReadEnum(key, value, kKindNames, facts.kind);
    if (key == "channel") return ReadEnum(key, value, kChannelNames, facts.channel);
    if (key == "recipient_country") return ReadCountry(key, value, facts.recipient_country);
    if (key == "sender_country") return ReadCountry(key, value, facts.sender_country);
    if (key == "recipient_type") {
      return ReadEnum(key, value, kRecipientTypeNames, facts.recipient_type);
    }
    if (key == "age") return ReadEnum(key, value, kAgeNames, facts.under_18);
    if (key == "days_since_obtained") return ReadCount(key, value, facts.days_since_obtained);
    if (key == "purpose") return ReadText(key, value, facts.purpose);
    if (key == "controller") return ReadText(key, value, facts.controller);
    return ReadOptional(key, value);
  }

  // The facts that may be null.
  absl::Status ReadOptional(std::string_view key, JsonValue value) {
    SendFacts& facts = owned_.facts_;
    if (key == "content_present") {
      if (value.IsNull()) {
        facts.content_present.reset();
        return absl::OkStatus();
      }
      return ReadMask(key, value, kContentElementNames, *facts.content_present);
    }
    const bool null = value.IsNull();
    if (key == "consent") return null ? absl::OkStatus() : ReadConsent(value);
    if (key == "soft_opt_in") return null ? absl::OkStatus() : ReadSoftOptIn(value);
    if (key == "implied") return null ? absl::OkStatus() : ReadImplied(value);
    if (key == "published") return null ? absl::OkStatus() : ReadPublished(value);
    return Bad(key, "is not known");
  }

  struct BoolFact {
    std::string_view key;
    bool SendFacts::*member;
  };
  static constexpr BoolFact kBoolFacts[] = {
      {"automated", &SendFacts::automated},
      {"promotional", &SendFacts::promotional},
      {"role_related", &SendFacts::role_related},
      {"objected", &SendFacts::objected},
      {"suppressed", &SendFacts::suppressed},
      {"erased_tombstone", &SendFacts::erased_tombstone},
      {"restricted", &SendFacts::restricted},
      {"legal_hold_only", &SendFacts::legal_hold_only},
      {"retention_expired", &SendFacts::retention_expired},
      {"dpa_active", &SendFacts::dpa_active},
      {"within_instructions", &SendFacts::within_instructions},
      {"subprocessor_ok", &SendFacts::subprocessor_ok},
      {"transfer_ok", &SendFacts::transfer_ok},
      {"special_category", &SendFacts::special_category},
      {"register_listed", &SendFacts::register_listed},
      {"lia_ok", &SendFacts::lia_ok},
      {"art14_given", &SendFacts::art14_given},
      {"art14_in_message", &SendFacts::art14_in_message},
      {"tracking_pixel", &SendFacts::tracking_pixel},
      {"pixel_consent", &SendFacts::pixel_consent},
  };

  OwnedSendFacts owned_;
};

absl::StatusOr<OwnedSendFacts> FactsFromJson(base::JsonValue json) {
  return FactsReader().Read(json);
}

}  // namespace onlyleads::domain
