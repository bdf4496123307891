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

// What stands in the message of the refusal: the member that is at fault.
std::string RefusalOf(const std::string& document) {
  const auto campaign = Campaign::Parse(document);
  EXPECT_FALSE(campaign.ok()) << document;
  return std::string(campaign.status().message());
}

TEST(Campaign, RefusesWhatItDoesNotUnderstandByItsMember) {
  const std::string step = R"("steps":[{"action":"message","template":"a"}])";
  ASSERT_TRUE(Campaign::Parse(Spec(step)).ok());
  const std::pair<std::string, std::string> cases[] = {
      {R"("steps":[])", "steps"},
      {R"("steps":{"action":"message"})", "steps"},
      {R"("steps":[7])", "steps[0]"},
      {R"("steps":[{"action":"fax","template":"a"}])", "steps[0].action"},
      {R"("steps":[{"action":"message"}])", "steps[0].template"},
      {R"("steps":[{"action":"message","template":7}])", "steps[0].template"},
      {R"("steps":[{"action":"message","template":")" + std::string(33 * 1024, 'a') + "\"}]",
       "steps[0].template"},
      {R"("steps":[{"action":"message","template":"{{"}])", "template"},
      {R"("steps":[{"action":"message","template":"a","delay_s":-1}])", "steps[0].delay_s"},
      {R"("steps":[{"action":"message","template":"a","delay_s":"3"}])", "steps[0].delay_s"},
      {R"("steps":[{"action":"message","template":"a","delay_s":34560001}])", "steps[0].delay_s"},
      {R"("steps":[{"action":"message","template":"a","delay":259200}])",
       "steps[0] holds a member that is not known; known are action, after, delay_s"},
      {R"("steps":[{"action":"message","template":"a","after":"lunch"}])", "steps[0].after"},
      {R"("steps":[{"action":"message","template":"a","after":7}])", "steps[0].after"},
      {R"("steps":[{"action":"message","template":"a"},{"action":"invitation","template":"a"}])",
       "steps[1]"},
      {R"("lia_on_file":"yes",)" + step, "lia_on_file"},
      {R"("sell_data":true,)" + step,
       "it holds a member that is not known; known are name, sender_id,"},
      {R"("profile":"loose",)" + step, "profile"},
      {R"("profile":7,)" + step, "profile"},
      {R"("variables":{"a":1},)" + step, "variables"},
      {R"("variables":"a",)" + step, "variables"},
      {R"("content":"sender_identity",)" + step, "content"},
      {R"("content":[7],)" + step, "content"}};
  for (const auto& [members, named] : cases) {
    EXPECT_NE(RefusalOf(Spec(members)).find(named), std::string::npos) << members.substr(0, 200);
  }
  EXPECT_EQ(RefusalOf("{").rfind("campaign: ", 0), 0u);
  EXPECT_NE(RefusalOf("[]").find("must be an object"), std::string::npos);
  EXPECT_NE(RefusalOf(R"({"sender_id":"x"})").find("name"), std::string::npos);
  EXPECT_NE(RefusalOf(R"({"name":"n","sender_id":"x"})").find("sender_id"), std::string::npos);
}

TEST(Campaign, TakesThirtyTwoStepsAndNoMore) {
  const std::string step = R"({"action":"message","template":"a"})";
  std::string steps = step;
  for (int i = 1; i < 32; ++i) steps += "," + step;
  EXPECT_TRUE(Campaign::Parse(Spec("\"steps\":[" + steps + "]")).ok());
  EXPECT_NE(RefusalOf(Spec("\"steps\":[" + steps + "," + step + "]")).find("steps"),
            std::string::npos);
}

TEST(UnitLimit, FollowsTheAccount) {
  EXPECT_EQ(UnitLimit(StepAction::kInvitation, true), 300);
  EXPECT_EQ(UnitLimit(StepAction::kInvitation, false), 200);
}

}  // namespace
}  // namespace onlyleads::domain
