// Half-life decay as laws over random signals, and how a scorecard takes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "src/base/time.h"
#include "src/domain/scoring.h"
#include "src/domain/signals.h"

namespace onlyleads::domain {
namespace {

constexpr int64_t kNow = 1'795'428'000'000'000;

class Decay : public ::testing::Test {
 protected:
  Decay() { RecordProperty("seed", static_cast<int>(seed_)); }
  double Between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  SignalWeight Weight() {
    return {SignalKind::kComment, Between(0.1, 50), Between(0.01, 400), Between(1, 200)};
  }
  std::vector<Signal> Some() {
    std::vector<Signal> signals(static_cast<size_t>(Between(0, 30)));
    for (Signal& signal : signals) {
      signal.kind = static_cast<SignalKind>(static_cast<int>(Between(0, 6)) % 6);
      signal.at_us = kNow - static_cast<int64_t>(Between(-1, 900) * base::kDayUs);
    }
    return signals;
  }
  const unsigned seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
};

TEST_F(Decay, NeverGrowsWithTimeAndIsNeverNegativeOrAboveItsCap) {
  for (int round = 0; round < 500; ++round) {
    const SignalWeight weight = Weight();
    const std::vector<Signal> signals = Some();
    double last = weight.max_points;
    for (int64_t now = kNow; now < kNow + 3000 * base::kDayUs;
         now += static_cast<int64_t>(Between(0, 300) * base::kDayUs)) {
      const double points = DecayedPoints(weight, signals, now);
      ASSERT_GE(points, 0) << "seed " << seed_;
      ASSERT_LE(points, last * (1 + 1e-12)) << "seed " << seed_;
      last = points;
    }
  }
}

TEST_F(Decay, IsExactlyHalfAfterOneHalfLife) {
  for (int round = 0; round < 500; ++round) {
    const auto days = static_cast<int64_t>(Between(1, 400));
    const SignalWeight weight{SignalKind::kVisit, Between(0.1, 50), static_cast<double>(days), 1e9};
    const std::vector<Signal> one = {{SignalKind::kVisit, kNow}};
    ASSERT_EQ(DecayedPoints(weight, one, kNow), weight.points) << "seed " << seed_;
    ASSERT_EQ(DecayedPoints(weight, one, kNow + days * base::kDayUs), weight.points / 2)
        << "seed " << seed_;
    ASSERT_EQ(DecayedPoints(weight, one, kNow + 3 * days * base::kDayUs), weight.points / 8)
        << "seed " << seed_;
  }
}

TEST_F(Decay, IsTheSameToTheLastBitInAnyOrder) {
  for (int round = 0; round < 500; ++round) {
    const SignalWeight weight = Weight();
    std::vector<Signal> signals = Some();
    const double points = DecayedPoints(weight, signals, kNow);
    std::shuffle(signals.begin(), signals.end(), random_);
    ASSERT_EQ(DecayedPoints(weight, signals, kNow), points) << "seed " << seed_;
  }
}

TEST_F(Decay, CountsAFutureSignalAsOneOfNowAndOtherKindsNotAtAll) {
  const SignalWeight weight{SignalKind::kFollow, 10, 7, 100};
  EXPECT_EQ(DecayedPoints(weight, {{SignalKind::kFollow, kNow + base::kDayUs}}, kNow), 10);
  EXPECT_EQ(DecayedPoints(weight, {{SignalKind::kReply, kNow}}, kNow), 0);
  EXPECT_EQ(DecayedPoints(weight, std::vector<Signal>(50, {SignalKind::kFollow, kNow}), kNow), 100);
}

constexpr char kCard[] = R"({"factors":[
  {"name":"seniority","field":"title","points":30,"any_of":["VP"]}],
  "signals":[{"kind":"comment","points":8,"half_life_days":14,"max_points":20},
             {"kind":"visit","points":1,"half_life_days":1}]})";

TEST(ScorecardSignals, AreFactorsThatAddUpToTheScore) {
  const auto card = Scorecard::Parse(kCard);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_TRUE(card->weighs_signals());
  const Score score =
      card->Rate({.title = "VP Sales"}, {{SignalKind::kComment, kNow - 14 * base::kDayUs}}, kNow);
  EXPECT_DOUBLE_EQ(score.total, 34);
  ASSERT_EQ(score.factors.size(), 2u);
  EXPECT_EQ(score.factors[1].name, "signal:comment");
  EXPECT_EQ(score.factors[1].points, 4);
  EXPECT_EQ(card->Rate({.title = "VP Sales"}).factors.size(), 1u);
}

TEST(ScorecardSignals, NeedNoFactorsBesideThem) {
  const auto card =
      Scorecard::Parse(R"({"signals":[{"kind":"reply","points":5,"half_life_days":30}]})");
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->Rate({}, {{SignalKind::kReply, kNow}}, kNow).total, 5);
}

TEST(ScorecardSignals, AreRefusedByListPositionAndMember) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"signals":[{"kind":"shout","points":1,"half_life_days":1}]})", "signals[0]: kind"},
      {R"({"signals":[{"kind":"reply","points":0,"half_life_days":1}]})", "signals[0]: points"},
      {R"({"signals":[{"kind":"reply","points":-1,"half_life_days":1}]})", "signals[0]: points"},
      {R"({"signals":[{"kind":"reply","points":1}]})", "signals[0]: half_life_days"},
      {R"({"signals":[{"kind":"reply","points":1,"half_life_days":0}]})",
       "signals[0]: half_life_days"},
      {R"({"signals":[{"kind":"reply","points":1,"half_life_days":1,"max_points":"x"}]})",
       "signals[0]: max_points"},
      {R"({"signals":[{"kind":"reply","points":1,"half_life_days":1},
                      {"kind":"reply","points":1,"half_life_days":1}]})",
       "signals[1]: kind"},
      {R"({"signals":{}})", "signals must be a list"},
      {R"({"signals":[]})", "factors must be a list"}};
  for (const auto& [card, message] : cases) {
    const absl::Status status = Scorecard::Parse(card).status();
    EXPECT_NE(std::string(status.message()).find(message), std::string::npos) << card << status;
  }
}

}  // namespace
}  // namespace onlyleads::domain
