// The decision against the pack: its scenarios, the scenarios derived from its text, and what must
// hold for any facts at all. Random facts come from a printed seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/base/json.h"
#include "src/domain/decision.h"
#include "src/domain/policy/facts.h"
#include "src/domain/policy/facts_json.h"

namespace onlyleads::domain {
namespace {

base::JsonDocument ReadJson(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto document = base::JsonDocument::Parse(text);
  if (!document.ok()) std::abort();  // the test's own data
  return *std::move(document);
}

absl::StatusOr<OwnedSendFacts> FactsFromText(std::string_view text) {
  auto document = base::JsonDocument::Parse(text);
  if (!document.ok()) return document.status();
  return FactsFromJson(document->root());
}

Decision DecideText(std::string_view text) {
  const auto facts = FactsFromText(text);
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? Evaluate(facts->facts()) : Decision{};
}

struct Scenario {
  std::string id;
  std::string given;
  std::string verdict;
  std::string reason;
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.id; }

std::vector<Scenario> ReadScenarios(base::JsonValue list) {
  std::vector<Scenario> scenarios;
  for (size_t i = 0; i < list.size(); ++i) {
    const base::JsonValue entry = list.at(i);
    if (entry["given"].StringOr("action", "send") != "send") continue;
    scenarios.push_back({entry.StringOr("id", ""), entry["given"].Dump(),
                         entry["then"].StringOr("decision", ""),
                         entry["then"].StringOr("reason", "")});
  }
  return scenarios;
}

class PolicyScenario : public ::testing::TestWithParam<Scenario> {};

TEST_P(PolicyScenario, HasTheExpectedReason) {
  const Decision decision = DecideText(GetParam().given);
  EXPECT_EQ(Name(decision.reason), GetParam().reason) << GetParam().given;
  EXPECT_EQ(decision.allowed ? "ALLOW" : "DENY", GetParam().verdict);
}

const auto kScenarioName = [](const ::testing::TestParamInfo<Scenario>& info) {
  return info.param.id;
};
INSTANTIATE_TEST_SUITE_P(
    Pack, PolicyScenario,
    ::testing::ValuesIn(ReadScenarios(ReadJson(ONLYLEADS_POLICY_RULES).root()["scenarios"])),
    kScenarioName);
INSTANTIATE_TEST_SUITE_P(
    Derived, PolicyScenario,
    ::testing::ValuesIn(
        ReadScenarios(ReadJson(ONLYLEADS_TEST_DATA "/policy/derived_scenarios.json").root())),
    kScenarioName);

// ---- Properties over the grid and over random facts --------------------------------------------

ConsentFacts ValidConsent(const SendFacts& facts) {
  return {.status = ConsentStatus::kGiven,
          .proof = true,
          .channels = static_cast<uint8_t>(1u << static_cast<unsigned>(facts.channel)),
          .purpose = facts.purpose,
          .controller = facts.controller,
          .notice_version = "v3",
          .current_notice_version = "v3",
          .expires_at = std::nullopt};
}

constexpr SoftOptInFacts kCompleteSoftOptIn = {.sale_or_negotiation = true,
                                               .similar = true,
                                               .optout_at_collection = true,
                                               .optout_each_message = true};

std::vector<std::string_view> Countries() {
  std::vector<std::string_view> countries = {"", "BR"};
  for (const Jurisdiction& row : kJurisdictions) countries.push_back(row.code);
  return countries;
}

Decision Under(Profile profile, SendFacts facts) {
  facts.profile = profile;
  return Evaluate(facts);
}

void ExpectStrictIsNotLooser(const SendFacts& facts) {
  const Decision strict = Under(Profile::kStrict, facts);
  if (!strict.allowed) return;
  const Decision balanced = Under(Profile::kBalanced, facts);
  ASSERT_TRUE(balanced.allowed) << facts.recipient_country << " " << Name(facts.channel) << " "
                                << Name(facts.recipient_type) << ": strict " << Name(strict.reason)
                                << ", balanced " << Name(balanced.reason);
}

// Calls `f` for every country, channel and recipient type.
void ForEachCell(const std::function<void(SendFacts)>& f) {
  for (const std::string_view country : Countries()) {
    for (size_t channel = 0; channel < kChannelCount; ++channel) {
      for (size_t type = 0; type < kRecipientTypeCount; ++type) {
        SendFacts facts;
        facts.recipient_country = country;
        facts.channel = static_cast<Channel>(channel);
        facts.recipient_type = static_cast<RecipientType>(type);
        f(facts);
      }
    }
  }
}

TEST(PolicyGrid, StrictIsNeverLooserThanBalanced) {
  ForEachCell([](SendFacts facts) {
    for (int bits = 0; bits < 16; ++bits) {
      facts.role_related = bits & 1;
      facts.automated = bits & 2;
      facts.register_listed = bits & 4;
      facts.lia_ok = bits & 8;
      for (int ground = 0; ground < 4; ++ground) {
        facts.consent.reset();
        facts.soft_opt_in.reset();
        if (ground & 1) facts.soft_opt_in = kCompleteSoftOptIn;
        if (ground & 2) facts.consent = ValidConsent(facts);
        ASSERT_NO_FATAL_FAILURE(ExpectStrictIsNotLooser(facts));
        if (!facts.consent) continue;
        facts.consent->status = ConsentStatus::kExpired;
        ASSERT_NO_FATAL_FAILURE(ExpectStrictIsNotLooser(facts));
      }
    }
  });
}

TEST(PolicyGrid, BlocksDenyEveryOutreachWhateverTheGround) {
  const std::pair<bool SendFacts::*, ReasonCode> kBlocks[] = {
      {&SendFacts::objected, ReasonCode::kDenyObjected},
      {&SendFacts::suppressed, ReasonCode::kDenySuppressed},
      {&SendFacts::erased_tombstone, ReasonCode::kDenyErasedTombstone},
      {&SendFacts::under_18, ReasonCode::kDenyUnder18},
      {&SendFacts::restricted, ReasonCode::kDenyRestricted},
      {&SendFacts::legal_hold_only, ReasonCode::kDenyLegalHoldStoreOnly},
      {&SendFacts::retention_expired, ReasonCode::kDenyRetentionExpired},
      {&SendFacts::special_category, ReasonCode::kDenySpecialCategory}};
  ForEachCell([&](SendFacts facts) {
    facts.soft_opt_in = kCompleteSoftOptIn;
    facts.consent = ValidConsent(facts);
    for (const auto& [block, reason] : kBlocks) {
      facts.*block = true;
      for (const Profile profile : {Profile::kStrict, Profile::kBalanced}) {
        ASSERT_EQ(Name(Under(profile, facts).reason), Name(reason));
      }
      facts.*block = false;
    }
    ASSERT_TRUE(Evaluate(facts).allowed) << Name(Evaluate(facts).reason);
  });
}

TEST(PolicyGrid, ConsentOpensEveryCellAndWithdrawalClosesIt) {
  ForEachCell([](SendFacts facts) {
    facts.soft_opt_in = kCompleteSoftOptIn;
    facts.consent = ValidConsent(facts);
    ASSERT_EQ(Name(Evaluate(facts).reason), "ALLOW_CONSENT");
    facts.consent->status = ConsentStatus::kWithdrawn;
    ASSERT_EQ(Name(Evaluate(facts).reason), "DENY_CONSENT_WITHDRAWN");
  });
}

// Facts of every kind; blocks are rare, so that the later steps are reached.
class RandomFacts {
 public:
  explicit RandomFacts(uint64_t seed) : engine_(seed) {}

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(engine_); }
  bool Half() { return Below(2) == 0; }
  bool Rare() { return Below(30) == 0; }

  ConsentFacts Consent(const SendFacts& facts) {
    ConsentFacts consent = ValidConsent(facts);
    consent.status = Half() ? ConsentStatus::kGiven : static_cast<ConsentStatus>(Below(10));
    if (Below(6) == 0) consent.proof = false;
    if (Below(6) == 0) consent.channels = static_cast<uint8_t>(Below(1u << kChannelCount));
    if (Below(6) == 0) consent.controller = "customer-2";
    if (Below(6) == 0) consent.purpose = "newsletter";
    if (Below(6) == 0) consent.notice_version = Half() ? "v2" : "";
    if (Below(4) == 0) consent.expires_at = facts.as_of + 1 - static_cast<int>(Below(3));
    return consent;
  }

  SendFacts Next() {
    SendFacts facts;
    facts.profile = static_cast<Profile>(Below(kProfileCount));
    facts.kind = Half() ? Kind::kOutreach : static_cast<Kind>(Below(5));
    facts.channel = static_cast<Channel>(Below(kChannelCount));
    facts.recipient_country = countries_[Below(countries_.size())];
    facts.sender_country = Half() ? "GB" : countries_[Below(countries_.size())];
    facts.recipient_type = static_cast<RecipientType>(Below(kRecipientTypeCount));
    for (bool SendFacts::*fact :
         {&SendFacts::automated, &SendFacts::promotional, &SendFacts::role_related,
          &SendFacts::register_listed, &SendFacts::pixel_consent, &SendFacts::art14_in_message}) {
      facts.*fact = Half();
    }
    for (bool SendFacts::*block :
         {&SendFacts::under_18, &SendFacts::objected, &SendFacts::suppressed,
          &SendFacts::erased_tombstone, &SendFacts::restricted, &SendFacts::legal_hold_only,
          &SendFacts::retention_expired, &SendFacts::special_category,
          &SendFacts::tracking_pixel}) {
      facts.*block = Rare();
    }
    for (bool SendFacts::*duty :
         {&SendFacts::dpa_active, &SendFacts::within_instructions, &SendFacts::subprocessor_ok,
          &SendFacts::transfer_ok, &SendFacts::lia_ok, &SendFacts::art14_given}) {
      facts.*duty = !Rare();
    }
    FillGrounds(facts);
    facts.days_since_obtained = static_cast<int>(Below(45));
    if (Rare()) facts.content_present.reset();
    if (Rare()) facts.content_present = static_cast<ContentMask>(Below(1u << kContentElementCount));
    return facts;
  }

 private:
  void FillGrounds(SendFacts& facts) {
    if (Half()) facts.consent = Consent(facts);
    if (Half()) {
      SoftOptInFacts soft = kCompleteSoftOptIn;
      if (Below(3) == 0) soft.similar = false;
      soft.negotiation_only = Below(4) == 0;
      soft.group_company = Below(4) == 0;
      if (Half()) soft.months_ago = static_cast<int>(Below(24));
      facts.soft_opt_in = soft;
    }
    if (Half()) {
      facts.implied = ImpliedFacts{.type = static_cast<RelationshipType>(Below(3)),
                                   .months_ago = static_cast<int>(Below(30))};
    }
    if (Half()) {
      facts.published =
          PublishedFacts{.conspicuous = Half(), .refusal_notice = Half(), .designated = Half()};
    }
  }

  std::mt19937_64 engine_;
  std::vector<std::string_view> countries_ = Countries();
};

class PolicyProperty : public ::testing::Test {
 protected:
  static constexpr int kRounds = 60'000;

  PolicyProperty() {
    const char* given = std::getenv("ONLYLEADS_SEED");
    seed_ = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "ONLYLEADS_SEED=" << seed_ << "\n";
  }

  uint64_t seed_;
};

TEST_F(PolicyProperty, StrictIsNeverLooserThanBalanced) {
  RandomFacts random(seed_);
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_NO_FATAL_FAILURE(ExpectStrictIsNotLooser(random.Next()));
  }
}

TEST_F(PolicyProperty, ConsentThatWasNotEndedNeverTurnsAllowIntoDeny) {
  RandomFacts random(seed_);
  for (int i = 0; i < kRounds; ++i) {
    SendFacts facts = random.Next();
    facts.consent.reset();
    if (!Evaluate(facts).allowed) continue;
    facts.consent = random.Consent(facts);
    const ConsentStatus status = facts.consent->status;
    if (status == ConsentStatus::kWithdrawn || status == ConsentStatus::kRevoked ||
        status == ConsentStatus::kRefused) {
      continue;
    }
    const Decision decision = Evaluate(facts);
    ASSERT_TRUE(decision.allowed) << Name(decision.reason);
  }
}

TEST_F(PolicyProperty, RemovingContentNeverTurnsDenyIntoAllow) {
  RandomFacts random(seed_);
  for (int i = 0; i < kRounds; ++i) {
    SendFacts facts = random.Next();
    if (!facts.content_present || Evaluate(facts).allowed) continue;
    facts.content_present =
        static_cast<ContentMask>(*facts.content_present & random.Below(1u << kContentElementCount));
    ASSERT_FALSE(Evaluate(facts).allowed);
  }
}

TEST_F(PolicyProperty, AnAllowedTextContainsItsObligations) {
  RandomFacts random(seed_);
  for (int i = 0; i < kRounds; ++i) {
    const SendFacts facts = random.Next();
    const Decision decision = Evaluate(facts);
    if (!facts.content_present) continue;
    ASSERT_EQ(decision.obligations & ~*facts.content_present, 0) << Name(decision.reason);
  }
}

TEST_F(PolicyProperty, VerdictBasisAndTraceAgreeWithTheReason) {
  RandomFacts random(seed_);
  for (int i = 0; i < kRounds; ++i) {
    const Decision decision = Evaluate(random.Next());
    ASSERT_EQ(decision.allowed, Allows(decision.reason)) << Name(decision.reason);
    ASSERT_EQ(decision.allowed, decision.lawful_basis.has_value());
    size_t deciding = 0;
    while (decision.trace[deciding] == StepOutcome::kPassed ||
           decision.trace[deciding] == StepOutcome::kNotApplicable) {
      ASSERT_LT(++deciding, kStepCount);
    }
    ASSERT_EQ(decision.trace[deciding],
              decision.allowed ? StepOutcome::kAllowed : StepOutcome::kDenied);
    for (size_t after = deciding + 1; after < kStepCount; ++after) {
      ASSERT_EQ(decision.trace[after], StepOutcome::kNotReached);
    }
  }
}

TEST_F(PolicyProperty, EveryReasonOfSendingIsReached) {
  // The reasons that answer other questions than a send.
  const std::set<std::string_view> kOtherQuestions = {"ALLOW_ERASE",
                                                      "ALLOW_RETAIN_SUPPRESSION",
                                                      "ALLOW_RETAIN_LEGAL_HOLD",
                                                      "ALLOW_RETAIN",
                                                      "ALLOW_TRANSFER_ADEQUACY",
                                                      "ALLOW_TRANSFER_SAFEGUARD",
                                                      "ALLOW_STRICTLY_NECESSARY",
                                                      "ALLOW_EXTENSION",
                                                      "ALLOW_EXPORT",
                                                      "FORWARD_TO_CONTROLLER",
                                                      "DENY_SOLELY_AUTOMATED",
                                                      "DENY_ERASURE_LEGAL_HOLD",
                                                      "DENY_TRANSFER_ASSESSMENT_MISSING",
                                                      "DENY_IDENTITY_UNVERIFIED",
                                                      "DENY_PORTABILITY_SCOPE",
                                                      "DENY_DEADLINE_MISSED",
                                                      "DENY_MANIFESTLY_UNFOUNDED"};
  RandomFacts random(seed_);
  std::set<std::string_view> reached;
  for (int i = 0; i < 2 * kRounds; ++i) reached.insert(Name(Evaluate(random.Next()).reason));
  for (const std::string_view reason : kReasonCodeNames) {
    EXPECT_NE(reached.contains(reason), kOtherQuestions.contains(reason)) << reason;
  }
}

// ---- Trace, obligations, JSON ------------------------------------------------------------------

TEST(PolicyTrace, ListsEveryStepOfTheDecisionOrderWhenNothingDecidesEarlier) {
  const base::JsonDocument pack = ReadJson(ONLYLEADS_POLICY_RULES);
  const base::JsonValue order = pack.root()["decision_order"];
  auto document = base::JsonDocument::Parse(DecisionToJson(DecideText("{}")));
  ASSERT_TRUE(document.ok());
  const base::JsonValue trace = document->root()["trace"];
  ASSERT_EQ(trace.size(), order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(trace.at(i).StringOr("step", ""), order.at(i).AsString());
  }
  EXPECT_EQ(trace.at(order.size() - 1).StringOr("outcome", ""), "allowed");
}

TEST(PolicyTrace, StopsAtTheStepThatDecides) {
  const Decision decision = DecideText(R"({"restricted": true})");
  EXPECT_EQ(decision.trace[static_cast<size_t>(Step::kErasureTombstone)], StepOutcome::kPassed);
  EXPECT_EQ(decision.trace[static_cast<size_t>(Step::kRestriction)], StepOutcome::kDenied);
  EXPECT_EQ(decision.trace[static_cast<size_t>(Step::kLegalHoldOnly)], StepOutcome::kNotReached);
}

TEST(PolicyOrder, AnEarlierStepNamesTheReasonWhenEverythingIsWrong) {
  SendFacts facts;
  facts.under_18 = facts.erased_tombstone = facts.restricted = facts.legal_hold_only = true;
  facts.retention_expired = facts.special_category = facts.objected = facts.suppressed = true;
  facts.dpa_active = facts.within_instructions = facts.subprocessor_ok = facts.transfer_ok = false;
  facts.kind = Kind::kConsentRequest;
  facts.recipient_country = "AT";
  facts.tracking_pixel = true;
  facts.consent = ConsentFacts{.status = ConsentStatus::kWithdrawn};
  facts.lia_ok = facts.art14_given = false;
  facts.days_since_obtained = 90;
  facts.content_present = 0;
  const std::pair<std::string_view, std::function<void()>> kMend[] = {
      {"DENY_UNDER_18", [&] { facts.under_18 = false; }},
      {"DENY_ERASED_TOMBSTONE", [&] { facts.erased_tombstone = false; }},
      {"DENY_RESTRICTED", [&] { facts.restricted = false; }},
      {"DENY_LEGAL_HOLD_STORE_ONLY", [&] { facts.legal_hold_only = false; }},
      {"DENY_RETENTION_EXPIRED", [&] { facts.retention_expired = false; }},
      {"DENY_SPECIAL_CATEGORY", [&] { facts.special_category = false; }},
      {"DENY_NO_PROCESSOR_CONTRACT", [&] { facts.dpa_active = true; }},
      {"DENY_OUTSIDE_INSTRUCTIONS", [&] { facts.within_instructions = true; }},
      {"DENY_SUBPROCESSOR_NOT_AUTHORISED", [&] { facts.subprocessor_ok = true; }},
      {"DENY_TRANSFER_NO_SAFEGUARD", [&] { facts.transfer_ok = true; }},
      {"DENY_OBJECTED", [&] { facts.objected = false; }},
      {"DENY_SUPPRESSED", [&] { facts.suppressed = false; }},
      {"DENY_CONSENT_REQUEST_IS_MARKETING", [&] { facts.kind = Kind::kOutreach; }},
      {"DENY_TRACKING_NO_CONSENT", [&] { facts.pixel_consent = true; }},
      {"DENY_CONSENT_WITHDRAWN", [&] { facts.consent.reset(); }},
      {"DENY_OPT_IN_REQUIRED", [&] { facts.recipient_country = "GB"; }},
      {"DENY_LIA_MISSING", [&] { facts.lia_ok = true; }},
      {"DENY_ART14_OVERDUE", [&] { facts.days_since_obtained = 1; }},
      {"DENY_ART14_NOT_INCLUDED", [&] { facts.art14_in_message = true; }},
      {"DENY_CONTENT_MISSING", [&] { facts.content_present = defaults::kContentPresent; }}};
  for (const auto& [reason, mend] : kMend) {
    EXPECT_EQ(Name(Evaluate(facts).reason), reason);
    mend();
  }
  EXPECT_EQ(Name(Evaluate(facts).reason), "ALLOW_OPT_OUT_REGIME");
}

TEST(PolicyObligations, WithoutTextTheRequiredElementsOfBothCountriesComeBack) {
  const Decision decision =
      DecideText(R"({"content_present": null, "recipient_country": "US", "art14_given": false,
                     "art14_in_message": true})");
  const auto ids = ContentIds(decision.obligations);
  const std::set<std::string_view> kExpected = {"sender_identity",
                                                "contact_for_opt_out",
                                                "opt_out_free_easy",
                                                "truthful_headers",
                                                "truthful_subject",
                                                "postal_address",
                                                "recognisable_as_commercial",
                                                "controller_identity",
                                                "data_source",
                                                "privacy_notice_link",
                                                "right_to_object"};
  EXPECT_EQ(std::set<std::string_view>(ids.begin(), ids.end()), kExpected);
}

TEST(PolicyJson, AnswersWithVerdictReasonBasisAndObligations) {
  const std::string allowed = DecisionToJson(DecideText("{}"));
  EXPECT_EQ(allowed.find(R"({"verdict":"ALLOW","reason":"ALLOW_OPT_OUT_REGIME",)"
                         R"("lawful_basis":"legitimate_interests",)"
                         R"("obligations":["sender_identity","contact_for_opt_out",)"
                         R"("opt_out_free_easy"],"trace":[)"),
            0u)
      << allowed;
  const std::string denied = DecisionToJson(DecideText(R"({"recipient_country": "DE"})"));
  EXPECT_EQ(denied.find(R"({"verdict":"DENY","reason":"DENY_OPT_IN_REQUIRED",)"
                        R"("lawful_basis":null,"obligations":[],"trace":[)"),
            0u)
      << denied;
}

TEST(PolicyJson, LawfulBasisFollowsTheReason) {
  const auto basis = [](std::string_view text) { return Name(*DecideText(text).lawful_basis); };
  EXPECT_EQ(basis(R"({"kind": "rights_response"})"), "legal_obligation");
  EXPECT_EQ(basis(R"({"kind": "service", "promotional": false})"), "legitimate_interests");
  EXPECT_EQ(basis(R"({"consent": {"status": "given", "purpose": "outreach", "proof": true,
                      "channels": ["email"], "controller": "customer-1",
                      "notice_version": "1", "current_notice_version": "1"}})"),
            "consent");
}

}  // namespace
}  // namespace onlyleads::domain
