// Three connections at one database: somebody says no, somebody queues, somebody claims and sends.
// A scheduler lets exactly one of them go on at a time and walks through the schedules depth first,
// so that "once the no has returned, nothing is claimed any more" is tried at every point.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "src/base/abseil.h"
#include "src/base/time.h"
#include "src/engine/campaigns.h"
#include "src/engine/ledger.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

enum Actor { kNo = 0, kQueue = 1, kSend = 2 };
constexpr int kActors = 3;

enum class Point { kStart, kBegin, kCommit, kWrite, kCall, kDone };

// What a schedule showed, in the order in which it happened.
struct Trace {
  int clock = 0;
  int claimed = 0;   // 0: never
  int recorded = 0;  // the outcome of the claimed message
  int refused = 0;   // the no was committed
};

// Runs actors one at a time, as `choices` says and then always the first that can go on. A choice
// that takes the turn from somebody who could go on is a preemption; no more than `preemptions`.
class Scheduler {
 public:
  Scheduler(std::vector<int> choices, int preemptions)
      : choices_(std::move(choices)), preemptions_(preemptions) {}

  void Yield(Actor actor, Point point) {
    std::unique_lock<std::mutex> lock(mutex_);
    points_[actor] = point;
    running_ = -1;
    changed_.notify_all();
    if (point == Point::kDone) return;
    changed_.wait(lock, [&] { return running_ == actor; });
  }

  // Until all are done; false on a deadlock.
  bool Drive(const std::array<bool, kActors>& takes_part) {
    for (int i = 0; i < kActors; ++i) present_[i] = takes_part[i];
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock,
                  [&] { return parked_ == std::count(present_.begin(), present_.end(), true); });
    int last = -1;
    while (true) {
      const std::vector<int> able = Able(last);
      if (able.empty()) return AllDone();
      const bool preempts = able.front() == last;
      const int width = preempts && preemptions_ == 0 ? 1 : static_cast<int>(able.size());
      const size_t step = widths_.size();
      if (step == choices_.size()) choices_.push_back(0);
      if (choices_[step] >= width) return false;  // the program was not the same twice
      widths_.push_back(width);
      if (preempts && choices_[step] > 0) --preemptions_;
      last = able[static_cast<size_t>(choices_[step])];
      Enter(last);
      running_ = last;
      changed_.notify_all();
      changed_.wait(lock, [&] { return running_ == -1; });
      Leave(last);
    }
  }

  // Waits for its first turn.
  void Park(Actor actor) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++parked_;
      points_[actor] = Point::kStart;
      changed_.notify_all();
    }
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return running_ == actor; });
  }

  // The choices of the next schedule; empty when this was the last.
  std::vector<int> Next() const {
    std::vector<int> next(choices_.begin(), choices_.begin() + static_cast<long>(widths_.size()));
    while (!next.empty() && next.back() + 1 >= widths_[next.size() - 1]) next.pop_back();
    if (!next.empty()) ++next.back();
    return next;
  }

  std::string Describe() const {
    std::string text;
    for (const auto& [actor, point] : path_) {
      text += "nqs"[actor];
      text += "-BCW!."[static_cast<int>(point)];
      text += ' ';
    }
    return text;
  }

 private:
  // Who runs now first, so that choice 0 never preempts.
  std::vector<int> Able(int last) const {
    std::vector<int> able;
    for (int k = 0; k <= kActors; ++k) {
      const int i = k == 0 ? last : k - 1;
      if (i < 0 || (k > 0 && i == last) || !present_[i] || points_[i] == Point::kDone) continue;
      const bool needs_lock = points_[i] == Point::kBegin || points_[i] == Point::kWrite;
      if (needs_lock && holder_ >= 0 && holder_ != i) continue;
      able.push_back(i);
    }
    return able;
  }
  bool AllDone() const {
    for (int i = 0; i < kActors; ++i) {
      if (present_[i] && points_[i] != Point::kDone) return false;
    }
    return true;
  }
  void Enter(int actor) {
    entered_ = points_[actor];
    path_.emplace_back(actor, entered_);
    if (entered_ == Point::kBegin) holder_ = actor;
  }
  // A transaction ends at its commit, or rolled back before the actor's next point.
  void Leave(int actor) {
    const bool ended = entered_ == Point::kCommit || points_[actor] != Point::kCommit;
    if (holder_ == actor && ended) holder_ = -1;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> choices_;
  std::vector<int> widths_;
  std::vector<std::pair<int, Point>> path_;
  std::array<bool, kActors> present_{};
  std::array<Point, kActors> points_{};
  Point entered_ = Point::kStart;
  int preemptions_;
  int parked_ = 0;
  int running_ = -1;
  int holder_ = -1;
};

enum class No { kObject, kErase, kOptOut };

class World {
 public:
  explicit World(No no) : no_(no) {
    campaign_ = outreach_.AddCampaign();
    for (int i = 0; i < kActors; ++i) engines_[i] = Open(static_cast<Actor>(i));
    auto session = outreach_.engine().Enter();
    EXPECT_TRUE(session->db()->Script("PRAGMA synchronous=OFF").ok());
    EXPECT_TRUE(session->db()
                    ->Run("UPDATE senders SET invitations_per_day = 1000000, "
                          "invitations_per_week = 1000000",
                          {})
                    .ok());
  }

  Outreach& outreach() { return outreach_; }

  // One schedule with a person of its own. `with_queue` false: the message is queued already.
  std::vector<int> Try(std::vector<int> choices, int preemptions, bool with_queue) {
    const int i = NewPerson();
    if (!with_queue) {
      EXPECT_EQ(outreach_.Run({.max_ms = 0, .max_calls = -1}).enqueued, 1);
    }
    // What the last schedule left for the ledger, or an engine has not heard of it, would make this
    // one another program.
    for (const auto& engine : engines_) EXPECT_TRUE(engine::FlushLedger(*engine).ok());
    Scheduler scheduler(std::move(choices), preemptions);
    scheduler_ = &scheduler;
    trace_ = {};
    for (State& state : states_) state = {};
    std::vector<std::thread> threads;
    threads.emplace_back([&] { Act(kNo, [&] { SayNo(i); }); });
    if (with_queue) {
      threads.emplace_back([&] {
        Act(kQueue, [&] {
          EXPECT_TRUE(engine::Run(*engines_[kQueue], {.max_ms = 0, .max_calls = -1}).ok());
        });
      });
    }
    threads.emplace_back(
        [&] { Act(kSend, [&] { EXPECT_TRUE(engine::Run(*engines_[kSend], {}).ok()); }); });
    const bool finished = scheduler.Drive({true, with_queue, true});
    EXPECT_TRUE(finished) << scheduler.Describe();
    if (!finished) std::abort();  // threads are stuck for good; there is no way to join them
    for (std::thread& thread : threads) thread.join();
    scheduler_ = nullptr;
    Judge(i, scheduler.Describe());
    ++schedules_;
    return scheduler.Next();
  }

  void TryAll(int preemptions, bool with_queue) {
    std::vector<int> choices;
    do {
      choices = Try(std::move(choices), preemptions, with_queue);
    } while (!choices.empty() && !::testing::Test::HasFailure());
  }

  // By the provider's own ledger, when everything is over: whoever was claimed before the no has
  // one, nobody else any, and no later run changes that.
  void JudgeLedger() {
    for (int day = 0; day < 3; ++day) {
      outreach_.Advance(base::kDayUs);
      outreach_.Run();
    }
    std::map<std::string, int> accepted;
    for (const auto& [key, count] : outreach_.LedgerCounts()) accepted[key] = count;
    int total = 0;
    for (const auto& [key, count] : accepted) {
      EXPECT_EQ(count, 1) << key;
      total += count;
    }
    EXPECT_EQ(total, claimed_);
    for (int i : claimed_people_) {
      const std::string name = std::to_string(i);
      EXPECT_EQ(accepted.count("invitation ACoAATest" + std::to_string(1000 + i) + " Hi P" + name +
                               ", reply STOP to opt out."),
                1u)
          << i;
    }
  }

  int schedules() const { return schedules_; }
  int claimed() const { return claimed_; }
  int listed() const { return listed_; }

 private:
  struct State {
    bool claims = false;
    bool writes_outcome = false;
    bool about_to_call = false;
  };

  std::shared_ptr<engine::Engine> Open(Actor actor) {
    engine::OpenOptions options;
    options.path = outreach_.database();
    options.key = "0123456789abcdef0123456789abcdef";
    options.busy_timeout_ms = 1;  // nobody ever waits for a lock inside SQLite
    options.max_call_ms = 10'000;
    options.host.now_us = [this, actor]() -> absl::StatusOr<int64_t> {
      // Asked between the committed claim and the call.
      if (scheduler_ != nullptr && std::exchange(states_[actor].about_to_call, false)) {
        scheduler_->Yield(actor, Point::kCall);
      }
      return outreach_.now_us();
    };
    auto engine = engine::Engine::Open(std::move(options));
    EXPECT_TRUE(engine.ok()) << engine.status();
    auto session = (*engine)->Enter();
    EXPECT_TRUE(session->db()->Script("PRAGMA synchronous=OFF").ok());
    session->db()->set_statement_hook([this, actor](std::string_view sql) { Hook(actor, sql); });
    return *engine;
  }

  void Hook(Actor actor, std::string_view sql) {
    if (scheduler_ == nullptr) return;
    State& state = states_[actor];
    if (sql == "BEGIN IMMEDIATE") {
      state = {};
      scheduler_->Yield(actor, Point::kBegin);
      return;
    }
    if (sql == "COMMIT") {
      scheduler_->Yield(actor, Point::kCommit);
      Note(actor, &state);
      return;
    }
    const auto text = base::ToAbsl(sql);
    state.claims |= absl::StartsWith(text, "UPDATE outbox SET state = 'in_flight'");
    state.writes_outcome |= absl::StartsWith(text, "UPDATE send_ledger");
    // The one statement of the three that writes outside a transaction.
    if (absl::StartsWith(text, "UPDATE installation")) scheduler_->Yield(actor, Point::kWrite);
  }

  // The commit is what this actor does next, alone, while it holds the lock.
  void Note(Actor actor, State* state) {
    ++trace_.clock;
    if (actor == kNo) trace_.refused = trace_.clock;
    if (state->claims) {
      trace_.claimed = trace_.clock;
      state->about_to_call = true;
    }
    if (state->writes_outcome) trace_.recorded = trace_.clock;
  }

  template <typename F>
  void Act(Actor actor, F f) {
    scheduler_->Park(actor);
    f();
    scheduler_->Yield(actor, Point::kDone);
  }

  void SayNo(int i) {
    engine::Engine& engine = *engines_[kNo];
    if (no_ == No::kOptOut) {
      const auto report =
          engine::Ingest(engine, "unipile", {{"unipile-auth", kSecret}},
                         outreach_.MessageEvent(i, "STOP", false, "m" + std::to_string(i)));
      EXPECT_TRUE(report.ok()) << report.status();
      EXPECT_EQ(report->opt_outs, 1);
      return;
    }
    const auto table = no_ == No::kObject
                           ? engine::ObjectProspect(engine, outreach_.org(), people_[i])
                           : engine::EraseProspect(engine, outreach_.org(), people_[i]);
    ASSERT_TRUE(table.ok()) << table.status();
    on_their_way_ = table->rows();
  }

  int NewPerson() {
    if (next_ == static_cast<int>(people_.size())) {
      for (const base::Id& id : outreach_.AddPeople(120)) people_.push_back(id);
    }
    const int i = next_++;
    {
      auto session = outreach_.engine().Enter();
      EXPECT_TRUE(session->db()
                      ->Run("INSERT INTO sender_profiles (org_id, prospect_id, sender_id, "
                            "provider_id, fetched_at_us) VALUES ($1, $2, $3, $4, 1)",
                            {outreach_.org(), people_[i], outreach_.sender(),
                             "ACoAATest" + std::to_string(1000 + i)})
                      .ok());
      EXPECT_TRUE(session->db()->Run("DELETE FROM account_uses", {}).ok());
    }
    const auto taken = engine::Enroll(outreach_.engine(), outreach_.org(), campaign_, {people_[i]});
    EXPECT_TRUE(taken.ok()) << taken.status();
    on_their_way_ = -1;
    return i;
  }

  void Judge(int i, const std::string& schedule) {
    const bool before = trace_.claimed > 0 && trace_.claimed < trace_.refused;
    const bool settled = trace_.recorded > 0 && trace_.recorded < trace_.refused;
    EXPECT_GT(trace_.refused, 0) << schedule;
    EXPECT_TRUE(trace_.claimed == 0 || before) << "claimed after the no: " << schedule;
    if (on_their_way_ >= 0) {
      EXPECT_EQ(on_their_way_, before && !settled ? 1 : 0) << schedule;
      listed_ += static_cast<int>(on_their_way_);
    }
    const std::string state = MessageState(i);
    EXPECT_TRUE(before ? state == "sent" : state.empty() || state == "cancelled")
        << state << " after " << schedule;
    if (!before) return;
    ++claimed_;
    claimed_people_.push_back(i);
  }

  // Empty when there is no message; the only one otherwise.
  std::string MessageState(int i) {
    auto session = outreach_.engine().Enter();
    auto cursor =
        session->db()->Query("SELECT state FROM outbox WHERE org_id = $1 AND prospect_id = $2",
                             {outreach_.org(), people_[i]});
    std::string state;
    int rows = 0;
    for (; *cursor->Next(); ++rows) state = cursor->Text(0);
    EXPECT_LE(rows, 1);
    return state;
  }

  const No no_;
  Outreach outreach_;
  base::Id campaign_;
  std::array<std::shared_ptr<engine::Engine>, kActors> engines_;
  Scheduler* scheduler_ = nullptr;
  std::array<State, kActors> states_;
  Trace trace_;
  std::vector<base::Id> people_;
  int next_ = 0;
  int64_t on_their_way_ = 0;
  int schedules_ = 0;
  int claimed_ = 0;
  int listed_ = 0;
  std::vector<int> claimed_people_;
};

class Interleavings : public ::testing::TestWithParam<No> {};

TEST_P(Interleavings, OnceTheNoHasReturnedNothingIsClaimed) {
  World world(GetParam());
  world.TryAll(/*preemptions=*/1000, /*with_queue=*/false);
  const int pairs = world.schedules();
  world.TryAll(/*preemptions=*/1, /*with_queue=*/true);
  const int triples = world.schedules() - pairs;
  world.JudgeLedger();
  std::cout << pairs << " schedules of two, " << triples << " of three; claimed before the no in "
            << world.claimed() << ", on the way in " << world.listed() << "\n";
  EXPECT_GE(pairs, 50);
  EXPECT_GE(triples, 100);
  EXPECT_GE(world.claimed(), 20);
  EXPECT_LT(world.claimed(), world.schedules() - 20);
}

INSTANTIATE_TEST_SUITE_P(Ways, Interleavings,
                         ::testing::Values(No::kObject, No::kErase, No::kOptOut),
                         [](const auto& info) {
                           return std::string(info.param == No::kObject  ? "Object"
                                              : info.param == No::kErase ? "Erase"
                                                                         : "OptOut");
                         });

}  // namespace
}  // namespace onlyleads::tests
