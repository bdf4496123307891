// Signals from the batch to the score: all or none, never of somebody whose profile may not be
// made, and gone with the person.
#include "src/engine/signals.h"

#include <gtest/gtest.h>

#include "src/base/time.h"
#include "src/engine/campaigns.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/scoring.h"
#include "src/engine/sending.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::CodeOf;
using base::ErrorCode;
using engine::NewSignal;

constexpr char kCard[] =
    R"({"signals":[{"kind":"comment","points":8,"half_life_days":14,"max_points":20},
                   {"kind":"reply","points":5,"half_life_days":30}]})";

class Signals : public ::testing::Test {
 protected:
  Signals() : people_(world_.AddPeople(3)) {}

  NewSignal Comment(const base::Id& person, int64_t age_us = 0, const std::string& ref = "") {
    return {person, "comment", world_.now_us() - age_us, ref, "LinkedIn page", ""};
  }
  // "disposition reason" of each row.
  std::vector<std::string> Record(const std::vector<NewSignal>& signals) {
    const auto table = engine::RecordSignals(world_.engine(), world_.org(), signals);
    EXPECT_TRUE(table.ok()) << table.status();
    std::vector<std::string> answers;
    for (int64_t row = 0; table.ok() && row < table->rows(); ++row) {
      answers.push_back(std::get<std::string>(table->at(row, 2)) + " " +
                        std::get<std::string>(table->at(row, 3)));
    }
    return answers;
  }
  int64_t Count(const base::Id& person) {
    return engine::ListSignals(world_.engine(), world_.org(), person, "", 0)->rows();
  }
  // -1 for somebody without a score.
  double Score(const base::Id& person) {
    const auto top = engine::TopScores(world_.engine(), world_.org(), 0, false);
    for (int64_t row = 0; row < top->rows(); ++row) {
      if (std::get<base::Id>(top->at(row, 0)) == person) return std::get<double>(top->at(row, 1));
    }
    return -1;
  }
  int64_t RunScoring() {
    return engine::RunScoring(world_.engine(), world_.org(), kCard).value_or(-1);
  }

  Outreach world_;
  std::vector<base::Id> people_;
};

TEST_F(Signals, CountInTheScoreAndFadeByRunningAgain) {
  Record({Comment(people_[0]), Comment(people_[0], 14 * base::kDayUs), Comment(people_[1])});
  EXPECT_EQ(RunScoring(), 3);
  EXPECT_EQ(Score(people_[0]), 12);
  EXPECT_EQ(Score(people_[1]), 8);
  EXPECT_EQ(Score(people_[2]), 0);
  world_.Advance(14 * base::kDayUs);
  RunScoring();
  EXPECT_EQ(Score(people_[0]), 6);
  Record(std::vector<NewSignal>(10, Comment(people_[0])));
  RunScoring();
  EXPECT_EQ(Score(people_[0]), 20) << "the cap";
}

TEST_F(Signals, OfEveryKindCountForThatKindAlone) {
  const std::vector<std::string> kinds = {"reaction", "comment", "profile_view",
                                          "follow",   "reply",   "visit"};
  const std::vector<base::Id> people = world_.AddPeople(static_cast<int>(kinds.size()));
  std::string card;
  double points = 1;
  for (size_t i = 0; i < kinds.size(); ++i, points *= 2) {
    Record({{people[i], kinds[i], world_.now_us(), "", "LinkedIn page", ""}});
    card += (i == 0 ? "" : ",") + ("{\"kind\":\"" + kinds[i] + "\",\"points\":") +
            std::to_string(points) + ",\"half_life_days\":14}";
  }
  ASSERT_TRUE(
      engine::RunScoring(world_.engine(), world_.org(), "{\"signals\":[" + card + "]}").ok());
  points = 1;
  for (size_t i = 0; i < kinds.size(); ++i, points *= 2) {
    EXPECT_EQ(Score(people[i]), points) << kinds[i];
  }
}

TEST_F(Signals, AreTakenOncePerReference) {
  EXPECT_EQ(Record({Comment(people_[0], 0, "a"), Comment(people_[0], 5, "a")}),
            (std::vector<std::string>{"recorded ", "duplicate "}));
  EXPECT_EQ(Record({Comment(people_[0], 9, "a")}), std::vector<std::string>{"duplicate "});
  EXPECT_EQ(Count(people_[0]), 1);
  EXPECT_EQ(CodeOf(engine::RecordSignals(world_.engine(), world_.org(),
                                         {Comment(people_[2]), Comment(people_[1], 0, "a")})
                       .status()),
            ErrorCode::kConflict);
  EXPECT_EQ(Count(people_[2]), 0) << "half a batch was written";
}

TEST_F(Signals, OfABadRowNameItAndLeaveNothingOfTheBatch) {
  struct Case {
    void (*spoil)(NewSignal*);
    ErrorCode code;
    const char* field;
  };
  const Case cases[] = {
      {[](NewSignal* s) { s->kind = "shout"; }, ErrorCode::kInvalidArgument, "signals[1].kind"},
      {[](NewSignal* s) { s->at_us += base::kHourUs; }, ErrorCode::kInvalidArgument,
       "signals[1].at_us"},
      {[](NewSignal* s) { s->at_us = -1; }, ErrorCode::kInvalidArgument, "signals[1].at_us"},
      {[](NewSignal* s) { s->source = " "; }, ErrorCode::kInvalidArgument, "signals[1].source"},
      {[](NewSignal* s) { s->url = "javascript:x"; }, ErrorCode::kInvalidArgument,
       "signals[1].url"},
      {[](NewSignal* s) { s->url = "https://" + std::string(3000, 'x'); }, ErrorCode::kLimit,
       "signals[1].url"},
      {[](NewSignal* s) { s->external_ref.assign(600, 'x'); }, ErrorCode::kLimit,
       "signals[1].external_ref"},
      {[](NewSignal* s) { s->prospect_id = *base::IdFromBytes("0123456789abcdef"); },
       ErrorCode::kNotFound, "signals[1].prospect_id"}};
  for (const Case& c : cases) {
    std::vector<NewSignal> batch = {Comment(people_[0]), Comment(people_[0])};
    c.spoil(&batch[1]);
    const absl::Status status =
        engine::RecordSignals(world_.engine(), world_.org(), batch).status();
    EXPECT_EQ(CodeOf(status), c.code) << c.field;
    EXPECT_EQ(std::string(status.message()).rfind(c.field, 0), 0u) << status;
    EXPECT_EQ(Count(people_[0]), 0) << c.field;
  }
  std::vector<NewSignal> skewed = {Comment(people_[0], -60 * base::kSecondUs)};
  EXPECT_EQ(Record(skewed), std::vector<std::string>{"recorded "});
}

TEST_F(Signals, OfWhoObjectedIsRestrictedOrErasedAreRefusedAndTheRestIsKept) {
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), people_[0]).ok());
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people_[1]).ok());
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), people_[2]).ok());
  const base::Id last = world_.AddPeople(1)[0];
  EXPECT_EQ(Record({Comment(people_[0]), Comment(people_[1]), Comment(people_[2]), Comment(last)}),
            (std::vector<std::string>{"refused objected", "refused restricted", "refused erased",
                                      "recorded "}));
  for (const base::Id& person : people_) EXPECT_EQ(Count(person), 0);
  EXPECT_EQ(Count(last), 1);
}

TEST_F(Signals, StopCountingAtAnObjectionAndRestDuringARestriction) {
  Record({Comment(people_[0]), Comment(people_[1]), Comment(people_[2])});
  RunScoring();
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), people_[0]).ok());
  EXPECT_EQ(Score(people_[0]), -1) << "the stored score went with the objection";
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people_[1]).ok());
  EXPECT_EQ(Score(people_[1]), -1) << "the stored score went with the restriction";
  EXPECT_EQ(RunScoring(), 1);
  EXPECT_EQ(Score(people_[0]), -1);
  EXPECT_EQ(Score(people_[1]), -1);
  ASSERT_TRUE(engine::LiftRestriction(world_.engine(), world_.org(), people_[1]).ok());
  EXPECT_EQ(RunScoring(), 2);
  EXPECT_EQ(Score(people_[1]), 8);
}

TEST_F(Signals, GoWithTheErasedPerson) {
  Record({Comment(people_[0], 0, "ref"), Comment(people_[1])});
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), people_[0]).ok());
  EXPECT_EQ(Count(people_[0]), 0);
  auto session = world_.engine().Enter();
  EXPECT_EQ(**storage::QueryInt(session->db(), "SELECT count(*) FROM signals", {}), 1);
}

TEST_F(Signals, ComeFromRepliesButNotFromAutomaticOnesOrOptOuts) {
  world_.Ingest(world_.MessageEvent(0, "Sounds good, tell me more", false, "m1"));
  world_.Ingest(world_.MessageEvent(0, "Sounds good, tell me more", false, "m1"));
  world_.Ingest(world_.MessageEvent(1, "I am out of office until Monday", false, "m2"));
  world_.Ingest(world_.MessageEvent(2, "STOP", false, "m3"));
  const auto signals = engine::ListSignals(world_.engine(), world_.org(), people_[0], "", 0);
  ASSERT_EQ(signals->rows(), 1);
  EXPECT_EQ(std::get<std::string>(signals->at(0, 1)), "reply");
  EXPECT_EQ(Count(people_[1]), 0);
  EXPECT_EQ(Count(people_[2]), 0);
}

TEST_F(Signals, PageThroughAll) {
  Record(std::vector<NewSignal>(5, Comment(people_[0])));
  int64_t seen = 0;
  std::string token;
  do {
    const auto page = engine::ListSignals(world_.engine(), world_.org(), people_[0], token, 2);
    ASSERT_TRUE(page.ok());
    seen += page->rows();
    token = page->next_page();
  } while (!token.empty());
  EXPECT_EQ(seen, 5);
}

class Restriction : public Signals {};

TEST_F(Restriction, CancelsWhatIsQueuedAndRefusesEveryFurtherStep) {
  const base::Id campaign = world_.AddCampaign();
  world_.EnrollAll(campaign, {people_[0], people_[1]});
  world_.Run({.max_calls = -1});
  EXPECT_EQ(world_.OutboxStates()["queued"], 2);
  const auto on_their_way = engine::RestrictProspect(world_.engine(), world_.org(), people_[0]);
  ASSERT_TRUE(on_their_way.ok());
  EXPECT_EQ(on_their_way->rows(), 0);
  EXPECT_EQ(world_.OutboxStates()["cancelled"], 1);
  world_.RunUntil(kMonday + base::kHourUs);
  EXPECT_EQ(world_.LedgerSize(), 1) << "the other one's alone";
  EXPECT_EQ(world_.EnrollmentState(campaign, people_[0]), "stopped 0 restricted");
  // A campaign offered later is refused by the decision itself.
  const auto offered =
      engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign(), {people_[0]});
  EXPECT_EQ(std::get<std::string>(offered->at(0, 2)), "DENY_RESTRICTED");
}

TEST_F(Restriction, IsShownOnThePersonUntilLifted) {
  const auto instant = [&] {
    const auto table = engine::GetProspect(world_.engine(), world_.org(), people_[0]);
    const auto& cell = table->at(0, static_cast<int>(table->columns().size()) - 1);
    return std::holds_alternative<int64_t>(cell) ? std::get<int64_t>(cell) : 0;
  };
  EXPECT_EQ(instant(), 0);
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people_[0]).ok());
  world_.Advance(base::kHourUs);
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people_[0]).ok());
  EXPECT_EQ(instant(), kMonday) << "the first one counts";
  ASSERT_TRUE(engine::LiftRestriction(world_.engine(), world_.org(), people_[0]).ok());
  EXPECT_EQ(instant(), 0);
  const base::Id nobody = *base::IdFromBytes("0123456789abcdef");
  EXPECT_EQ(CodeOf(engine::LiftRestriction(world_.engine(), world_.org(), nobody)),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(engine::RestrictProspect(world_.engine(), world_.org(), nobody).status()),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace onlyleads::tests
