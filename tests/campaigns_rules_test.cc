#include <gtest/gtest.h>

#include "src/domain/campaigns.h"

namespace onlyleads::domain {
namespace {

constexpr char kSender[] = "01890000-0000-7000-8000-000000000001";

std::string Spec(const std::string& members) {
  return std::string(R"({"name":"n","sender_id":")") + kSender + "\"," + members + "}";
}

TEST(Campaign, ReadsStepsFlagsAndVariables) {
  auto campaign = Campaign::Parse(Spec(
      R"("profile":"balanced","lia_on_file":true,"content":["sender_identity"],
         "variables":{"offer":"x"},
         "steps":[{"action":"invitation","template":"Hi {{first_name}}"},
                  {"action":"message","after":"acceptance","delay_s":3600,"template":"a"},
                  {"action":"message","delay_s":259200,"template":"b"}])"));
  ASSERT_TRUE(campaign.ok()) << campaign.status();
  ASSERT_EQ(campaign->steps.size(), 3u);
  EXPECT_TRUE(campaign->steps[1].after_acceptance);
  EXPECT_EQ(campaign->steps[2].delay_us, 259200LL * 1000000);
  EXPECT_TRUE(campaign->lia_on_file);
  EXPECT_FALSE(campaign->role_related);
  EXPECT_EQ(*campaign->Variable("offer"), "x");
  EXPECT_EQ(campaign->Variable("nope"), nullptr);
}

TEST(Campaign, RefusesWhatItDoesNotUnderstand) {
  const std::string step = R"("steps":[{"action":"message","template":"a"}])";
  ASSERT_TRUE(Campaign::Parse(Spec(step)).ok());
  for (const std::string& bad :
       {std::string(R"("steps":[])"), std::string(R"("steps":[{"action":"fax","template":"a"}])"),
        std::string(R"("steps":[{"action":"message"}])"),
        std::string(R"("steps":[{"action":"message","template":"{{"}])"),
        std::string(R"("steps":[{"action":"message","template":"a","delay_s":-1}])"),
        std::string(R"("steps":[{"action":"message","template":"a"},
                                   {"action":"invitation","template":"a"}])"),
        R"("lia_on_file":"yes",)" + step, R"("sell_data":true,)" + step,
        R"("profile":"loose",)" + step, R"("variables":{"a":1},)" + step}) {
    EXPECT_FALSE(Campaign::Parse(Spec(bad)).ok()) << bad;
  }
}

TEST(UnitLimit, FollowsTheAccount) {
  EXPECT_EQ(UnitLimit(StepAction::kInvitation, true), 300);
  EXPECT_EQ(UnitLimit(StepAction::kInvitation, false), 200);
}

}  // namespace
}  // namespace onlyleads::domain
