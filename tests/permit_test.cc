// What a Permit says and when there is none. That it cannot be forged is in tests/compile_fail.
#include "src/domain/permit.h"

#include <gtest/gtest.h>

#include <utility>
#include <variant>

#include "src/base/time.h"
#include "src/domain/policy/regime.h"

namespace onlyleads::domain {
namespace {

constexpr int64_t kNoonUs = 20780 * base::kDayUs + 12 * base::kHourUs;  // 2026-11-23T12:00Z

TEST(Permit, CarriesTheProcessingAndTheDecision) {
  const Processing processing = {.org_id = {{1}},
                                 .prospect_id = {{2}},
                                 .step = 3,
                                 .channel = Channel::kLinkedinMessage,
                                 .facts_version = 7};
  auto answer = Decide(processing, SendFacts{}, kNoonUs);
  ASSERT_TRUE(std::holds_alternative<Permit>(answer));
  const Permit& permit = std::get<Permit>(answer);
  EXPECT_EQ(permit.processing().prospect_id, processing.prospect_id);
  EXPECT_EQ(permit.processing().facts_version, 7);
  EXPECT_EQ(permit.reason(), ReasonCode::kAllowOptOutRegime);
  EXPECT_EQ(permit.lawful_basis(), LawfulBasis::kLegitimateInterests);
  EXPECT_EQ(permit.decided_at_us(), kNoonUs);
  EXPECT_EQ(permit.obligations(), JurisdictionOf("GB").content);
}

TEST(Permit, IsDecidedForTheChannelOfTheProcessing) {
  SendFacts facts;  // speaks of e-mail, which is allowed
  facts.profile = Profile::kStrict;
  Processing processing;
  processing.channel = Channel::kLinkedinMessage;
  const auto answer = Decide(processing, facts, kNoonUs);
  ASSERT_TRUE(std::holds_alternative<Refusal>(answer));
  EXPECT_EQ(std::get<Refusal>(answer).reason, ReasonCode::kDenyIndividualSubscriber);
}

TEST(Permit, IsDecidedAsOfTheUtcDayOfNow) {
  SendFacts facts;
  facts.recipient_country = "DE";
  facts.consent = ConsentFacts{.status = ConsentStatus::kGiven,
                               .proof = true,
                               .channels = 1u << static_cast<unsigned>(Channel::kEmail),
                               .purpose = facts.purpose,
                               .controller = facts.controller,
                               .notice_version = "v3",
                               .current_notice_version = "v3",
                               .expires_at = absl::CivilDay(2026, 11, 23)};
  const int64_t midnight = kNoonUs + 12 * base::kHourUs;
  EXPECT_TRUE(std::holds_alternative<Permit>(Decide(Processing{}, facts, midnight - 1)));
  const auto late = Decide(Processing{}, facts, midnight);
  ASSERT_TRUE(std::holds_alternative<Refusal>(late));
  EXPECT_EQ(std::get<Refusal>(late).reason, ReasonCode::kDenyConsentExpired);
}

TEST(Permit, IsSpentOnceItMoved) {
  auto answer = Decide(Processing{}, SendFacts{}, kNoonUs);
  Permit& first = std::get<Permit>(answer);
  EXPECT_FALSE(first.spent());
  const Permit second = std::move(first);
  EXPECT_TRUE(first.spent());  // NOLINT(bugprone-use-after-move): the claim
  EXPECT_FALSE(second.spent());
}

}  // namespace
}  // namespace onlyleads::domain
