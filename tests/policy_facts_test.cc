// Facts from JSON: the defaults of the pack, and a clear refusal of everything that is not a fact.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/domain/decision.h"
#include "src/domain/policy/facts_json.h"

namespace onlyleads::domain {
namespace {

absl::StatusOr<OwnedSendFacts> FactsFromText(std::string_view text) {
  auto document = base::JsonDocument::Parse(text);
  if (!document.ok()) return document.status();
  return FactsFromJson(document->root());
}

std::string Decided(std::string_view text) {
  const auto facts = FactsFromText(text);
  return facts.ok() ? DecisionToJson(Evaluate(facts->facts()))
                    : std::string(facts.status().message());
}

TEST(PolicyInput, EveryDefaultOfThePackIsAcceptedAndChangesNothing) {
  std::ifstream file(ONLYLEADS_POLICY_RULES, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto pack = base::JsonDocument::Parse(text);
  ASSERT_TRUE(pack.ok());
  const base::JsonValue defaults = pack->root()["scenario_defaults"];
  ASSERT_TRUE(defaults.IsObject());
  const std::string decided = Decided("{}");
  EXPECT_EQ(Decided(defaults.Dump()), decided);
  defaults.ForEachMember([&](std::string_view key, base::JsonValue value) {
    base::JsonWriter one;
    one.BeginObject().Key(key).Raw(value.Dump()).EndObject();
    EXPECT_EQ(Decided(one.Take()), decided) << key;
  });
}

struct BadInput {
  std::string_view json;
  std::string_view key;
};

TEST(PolicyInput, IsRefusedByKeyAndNeverByValue) {
  const BadInput kInputs[] = {
      {R"({"secret_key": "zonk"})", "secret_key"},
      {R"({"objected": "zonk"})", "objected"},
      {R"({"objected": 1})", "objected"},
      {R"({"objected": null})", "objected"},
      {R"({"channel": "zonk"})", "channel"},
      {R"({"channel": 3})", "channel"},
      {R"({"channel": null})", "channel"},
      {R"({"profile": "zonk"})", "profile"},
      {R"({"kind": "zonk"})", "kind"},
      {R"({"age": "zonk"})", "age"},
      {R"({"as_of": "23.11.2026 zonk"})", "as_of"},
      {R"({"as_of": "2026-02-30"})", "as_of"},
      {R"({"recipient_country": "zonk"})", "recipient_country"},
      {R"({"recipient_country": "de"})", "recipient_country"},
      {R"({"recipient_country": ""})", "recipient_country"},
      {R"({"sender_country": 44})", "sender_country"},
      {R"({"recipient_type": "zonk"})", "recipient_type"},
      {R"({"days_since_obtained": -1})", "days_since_obtained"},
      {R"({"days_since_obtained": 99999999999})", "days_since_obtained"},
      {R"({"days_since_obtained": 1.5})", "days_since_obtained"},
      {R"({"content_present": "zonk"})", "content_present"},
      {R"({"content_present": ["zonk"]})", "content_present"},
      {R"({"content_present": [null]})", "content_present"},
      {R"({"consent": "zonk"})", "consent"},
      {R"({"consent": {"status": "zonk"}})", "consent.status"},
      {R"({"consent": {"channels": ["zonk"]}})", "consent.channels"},
      {R"({"consent": {"channels": "email"}})", "consent.channels"},
      {R"({"consent": {"zonk_key": true}})", "consent.zonk_key"},
      {R"({"consent": {"expires_at": "zonk"}})", "consent.expires_at"},
      {R"({"soft_opt_in": {"similar": "zonk"}})", "soft_opt_in.similar"},
      {R"({"soft_opt_in": {"simlar": true}})", "soft_opt_in.simlar"},
      {R"({"implied": {"type": "zonk", "months_ago": 1}})", "implied.type"},
      {R"({"implied": {"type": "purchase"}})", "implied.months_ago"},
      {R"({"implied": {"months_ago": 1}})", "implied.type"},
      {R"({"published": {"conspicuous": []}})", "published.conspicuous"},
      {R"({"purpose": ""})", "purpose"},
      {R"({"controller": 7})", "controller"},
      {R"({"action": "zonk"})", "action"},
  };
  for (const BadInput& input : kInputs) {
    const auto facts = FactsFromText(input.json);
    ASSERT_FALSE(facts.ok()) << input.json;
    EXPECT_EQ(base::CodeOf(facts.status()), base::ErrorCode::kInvalidArgument) << input.json;
    const std::string message(facts.status().message());
    EXPECT_NE(message.find('"' + std::string(input.key) + '"'), std::string::npos) << message;
    if (input.key.find("zonk") == std::string_view::npos) {
      EXPECT_EQ(message.find("zonk"), std::string::npos) << message;
    }
  }
  EXPECT_FALSE(FactsFromText("[]").ok());
  EXPECT_FALSE(FactsFromText("null").ok());
}

TEST(PolicyInput, SaysThatOtherActionsAreNotSupportedYet) {
  for (const std::string_view action : kPolicyActions) {
    const auto facts = FactsFromText(R"({"action": ")" + std::string(action) + R"("})");
    EXPECT_EQ(facts.ok(), action == "send") << action;
    if (facts.ok()) continue;
    EXPECT_NE(std::string(facts.status().message()).find("not supported yet"), std::string::npos);
  }
}

TEST(PolicyInput, FactsKeepTheirTextWhenMoved) {
  auto facts = FactsFromText(
      R"({"recipient_country": "DE", "controller": "a controller with a long name, on the heap",
          "consent": {"status": "given", "purpose": "outreach", "proof": true,
                      "channels": ["email"], "notice_version": "1", "current_notice_version": "1",
                      "controller": "a controller with a long name, on the heap"}})");
  ASSERT_TRUE(facts.ok());
  const OwnedSendFacts moved = *std::move(facts);
  EXPECT_EQ(Name(Evaluate(moved.facts()).reason), "ALLOW_CONSENT");
}

}  // namespace
}  // namespace onlyleads::domain
