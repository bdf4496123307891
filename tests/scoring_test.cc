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

TEST(Scorecard, RefusesBadDocumentsByMember) {
  for (const char* bad :
       {"{}", R"({"factors":[]})", R"({"factors":[{"field":"title","points":1,"any_of":["x"]}]})",
        R"({"factors":[{"name":"a","field":"shoe","points":1,"any_of":["x"]}]})",
        R"({"factors":[{"name":"a","field":"title","points":"1","any_of":["x"]}]})",
        R"({"factors":[{"name":"a","field":"title","points":1,"any_of":["--"]}]})", "not json"}) {
    EXPECT_FALSE(Scorecard::Parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace onlyleads::domain
