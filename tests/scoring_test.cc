#include "src/domain/scoring.h"

#include <gtest/gtest.h>

#include "src/base/error.h"

namespace onlyleads::domain {
namespace {

constexpr char kCard[] = R"({"factors":[
  {"name":"seniority","field":"title","points":30,"any_of":["VP","Chief","Head of"]},
  {"name":"student","field":"title","points":-20,"any_of":["intern"]},
  {"name":"country","field":"country","points":10.5,"any_of":["GB","DE"]}]})";

TEST(Scorecard, AddsTheFactorsThatHitAndNamesThem) {
  auto card = Scorecard::Parse(kCard);
  ASSERT_TRUE(card.ok()) << card.status();
  const Score score = card->Rate({.title = "Head of Sales – EMEA", .country = "DE"});
  EXPECT_DOUBLE_EQ(score.total, 40.5);
  ASSERT_EQ(score.factors.size(), 2u);
  EXPECT_EQ(score.factors[0].name, "seniority");
}

TEST(Scorecard, MatchesWholeWordsOnly) {
  auto card = Scorecard::Parse(kCard);
  ASSERT_TRUE(card.ok());
  EXPECT_EQ(card->Rate({.title = "Internal MVP owner", .country = "DEU"}).total, 0);
  EXPECT_EQ(card->Rate({.title = "vp,engineering"}).total, 30);
}

TEST(Scorecard, FoldsUnicode) {
  auto card = Scorecard::Parse(
      R"({"factors":[{"name":"md","field":"title","points":1,"any_of":["GESCHÄFTSFÜHRER"]}]})");
  ASSERT_TRUE(card.ok());
  EXPECT_EQ(card->Rate({.title = "geschäftsführer"}).total, 1);
}

std::string Refusal(const std::string& document) {
  const auto card = Scorecard::Parse(document);
  EXPECT_FALSE(card.ok()) << document;
  return std::string(card.status().message());
}

TEST(Scorecard, RefusesBadFactorsByMember) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"field":"title","points":1,"any_of":["x"]})", "name"},
      {R"({"name":"a","field":"shoe","points":1,"any_of":["x"]})", "field"},
      {R"({"name":"a","points":1,"any_of":["x"]})", "field"},
      {R"({"name":"a","field":"title","points":"1","any_of":["x"]})", "points"},
      {R"({"name":"a","field":"title","points":1e308,"any_of":["x"]})", "points"},
      {R"({"name":"a","field":"title","points":-1e10,"any_of":["x"]})", "points"},
      {R"({"name":"a","field":"title","points":1,"any_of":"x"})", "any_of"},
      {R"({"name":"a","field":"title","points":1,"any_of":[]})", "any_of"},
      {R"({"name":"a","field":"title","points":1,"any_of":[7]})", "any_of"},
      {R"({"name":"a","field":"title","points":1,"any_of":["--"]})", "any_of"}};
  const std::string good = R"({"name":"a","field":"city","points":1,"any_of":["x"]})";
  for (const auto& [factor, member] : cases) {
    const std::string message = Refusal("{\"factors\":[" + good + "," + factor + "]}");
    EXPECT_NE(message.find("factors[1]: " + member), std::string::npos) << factor << message;
  }
  for (const char* bad : {"{}", R"({"factors":[]})", R"({"factors":{"name":"a"}})"}) {
    EXPECT_NE(Refusal(bad).find("factors"), std::string::npos) << bad;
  }
  EXPECT_EQ(Refusal("not json").rfind("scorecard: ", 0), 0u);
}

TEST(Scorecard, RefusesBadSignalsByMember) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"kind":"wink","points":1,"half_life_days":1})", "kind"},
      {R"({"kind":"visit","points":1,"half_life_days":1})", "kind is weighed already"},
      {R"({"kind":"reply","points":0,"half_life_days":1})", "points"},
      {R"({"kind":"reply","points":1e10,"half_life_days":1})", "points"},
      {R"({"kind":"reply","points":1})", "half_life_days"},
      {R"({"kind":"reply","points":1,"half_life_days":-1})", "half_life_days"},
      {R"({"kind":"reply","points":1,"half_life_days":1,"max_points":"x"})", "max_points"}};
  const std::string good = R"({"kind":"visit","points":1,"half_life_days":7})";
  for (const auto& [signal, member] : cases) {
    const std::string message = Refusal("{\"signals\":[" + good + "," + signal + "]}");
    EXPECT_NE(message.find("signals[1]: " + member), std::string::npos) << signal << message;
  }
  EXPECT_NE(Refusal(R"({"signals":"visit"})").find("signals"), std::string::npos);
  EXPECT_TRUE(Scorecard::Parse("{\"signals\":[" + good + "]}").ok()) << "needs no factors";
}

TEST(Scorecard, ReadsEveryFieldItNames) {
  const ScoredFields person{
      .title = "VP", .industry = "Steel", .country = "GB", .company = "Acme", .city = "Leeds"};
  for (const auto& [field, word] : {std::pair<std::string, std::string>{"title", "vp"},
                                    {"industry", "steel"},
                                    {"country", "gb"},
                                    {"company", "acme"},
                                    {"city", "leeds"}}) {
    const auto card = Scorecard::Parse(R"({"factors":[{"name":"f","field":")" + field +
                                       R"(","points":2,"any_of":[")" + word + "\"]}]}");
    ASSERT_TRUE(card.ok()) << card.status();
    EXPECT_EQ(card->Rate(person).total, 2) << field;
    EXPECT_EQ(card->Rate({}).total, 0) << field;
  }
}

}  // namespace
}  // namespace onlyleads::domain
