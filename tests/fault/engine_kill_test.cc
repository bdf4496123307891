// The send loop in a process of its own that is killed: while a write hangs before or behind its
// acceptance, and at drawn statements. The provider's ledger judges: no step twice for anybody,
// none lost, nothing left open. ONLYLEADS_SEED repeats a run.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <random>

#include "src/base/time.h"
#include "src/engine/ledger.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

constexpr int kPeople = 30;
constexpr int kCallsPerRun = 2;
constexpr char kRunArgument[] = "--run-once";

// In the child: one run, which ends itself at its `deadly`-th statement (0: never).
int RunOnce(const std::string& database, int64_t now_us, int64_t deadly) {
  engine::OpenOptions options;
  options.path = database;
  options.key = "0123456789abcdef0123456789abcdef";
  options.max_call_ms = 10'000;
  options.host.now_us = [now_us]() -> absl::StatusOr<int64_t> { return now_us; };
  auto engine = engine::Engine::Open(std::move(options));
  if (!engine.ok()) return 2;
  if (deadly > 0) {
    auto session = (*engine)->Enter();
    session->db()->set_statement_hook([left = deadly](std::string_view) mutable {
      if (--left == 0) ::kill(::getpid(), SIGKILL);
    });
  }
  return engine::Run(**engine, {.max_ms = 0, .max_calls = kCallsPerRun}).ok() ? 0 : 3;
}

pid_t StartRun(const Outreach& world, int64_t deadly) {
  const std::string now = std::to_string(world.now_us());
  const std::string statement = std::to_string(deadly);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::execl("/proc/self/exe", "engine_kill_test", kRunArgument, world.database().c_str(), now.c_str(),
          statement.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

enum class Death { kAfterAcceptance, kBeforeAcceptance, kAtStatement };

class Killer {
 public:
  explicit Killer(Outreach& world, uint64_t seed) : world_(world), random_(seed) {}

  // Kills `kills` runs; runs that end by themselves do not count.
  void Kill(int kills) {
    const int until = deaths() + kills;
    for (int i = 0; deaths() < until; ++i) {
      ASSERT_LT(i, 10 * kills) << "too few runs had anything to be killed at";
      // Every third death is between acceptance and record; the others are drawn.
      const auto death =
          deaths() % 3 == 0 ? Death::kAfterAcceptance : static_cast<Death>(random_() % 3);
      if (death == Death::kAtStatement) {
        DieAtStatement();
      } else {
        DieInCall(death);
      }
      if (::testing::Test::HasFailure()) return;
      // Within the lease, just behind it, and when the provider may be asked.
      constexpr int64_t kSteps[] = {0, base::kSecondUs, 100 * base::kSecondUs,
                                    400 * base::kSecondUs};
      world_.Advance(kSteps[random_() % 4]);
    }
  }

  int deaths() const { return after_ + before_ + at_statement_; }
  int after() const { return after_; }
  std::string Describe() const {
    return std::to_string(after_) + " after acceptance, " + std::to_string(before_) + " before, " +
           std::to_string(at_statement_) + " at a statement";
  }

 private:
  void DieAtStatement() {
    const pid_t child = StartRun(world_, 1 + static_cast<int64_t>(random_() % 150));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
      ++at_statement_;
    } else {
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
  }

  void DieInCall(Death death) {
    const std::string when = death == Death::kAfterAcceptance ? "after" : "before";
    world_.sandbox().Post("/sandbox/faults",
                          R"([{"name":"h","match":{"route":"any_write"},"action":{"type":"hold",)"
                          R"("when":")" +
                              when + R"("}}])");
    const pid_t child = StartRun(world_, 0);
    int status = 0;
    bool held = false;
    while (!held) {
      held =
          world_.sandbox().Get("/sandbox/held?wait_ms=100").find("\"route\"") != std::string::npos;
      if (!held && ::waitpid(child, &status, WNOHANG) == child) break;
    }
    if (held) {
      ::kill(child, SIGKILL);
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ++(death == Death::kAfterAcceptance ? after_ : before_);
    } else {
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    world_.sandbox().Call("DELETE", "/sandbox/faults", "");
    // What was held before acceptance is accepted now, with nobody there to hear of it.
    world_.sandbox().Post("/sandbox/release", R"({"name":"h"})");
  }

  Outreach& world_;
  std::mt19937_64 random_;
  int after_ = 0;
  int before_ = 0;
  int at_statement_ = 0;
};

uint64_t Seed() {
  const char* given = ::getenv("ONLYLEADS_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

TEST(EngineKill, NobodyGetsAStepTwiceAndNobodyLosesOne) {
  using States = std::map<std::string, int>;
  const uint64_t seed = Seed();
  std::cout << "ONLYLEADS_SEED=" << seed << "\n";
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(kPeople));
  Killer killer(world, seed);
  // The invitations, on the next Monday the messages, a week later the follow-ups.
  killer.Kill(8);
  ASSERT_FALSE(HasFailure());
  world.RunUntil(kMonday + 4 * base::kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", kPeople}}));
  for (int i = 0; i < kPeople; ++i) world.Accept(i);
  world.Advance(kMonday + 7 * base::kDayUs + base::kHourUs - world.now_us());
  killer.Kill(8);
  ASSERT_FALSE(HasFailure());
  world.RunUntil(kMonday + 9 * base::kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 2 * kPeople}}));
  world.Advance(kMonday + 14 * base::kDayUs + base::kHourUs - world.now_us());
  killer.Kill(8);
  ASSERT_FALSE(HasFailure());
  world.RunUntil(kMonday + 30 * base::kDayUs);
  std::cout << killer.Describe() << "\n";
  EXPECT_GE(killer.deaths(), 20);
  EXPECT_GE(killer.after(), 5);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3 * kPeople}}));
  const auto ledger = world.LedgerCounts();
  EXPECT_EQ(ledger.size(), 3u * kPeople) << "lost";
  for (const auto& [key, count] : ledger) EXPECT_EQ(count, 1) << key;
  // Killed between a commit and its frame, or behind it: the same database, no older copy.
  world.Reopen();
  const auto lineage = engine::DescribeLineage(world.engine());
  ASSERT_TRUE(lineage.ok());
  EXPECT_GT(std::get<int64_t>(lineage->at(0, 0)), kPeople);
  EXPECT_EQ(std::get<int64_t>(lineage->at(0, 1)), 0);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(lineage->at(0, 2)));
}

}  // namespace
}  // namespace onlyleads::tests

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == onlyleads::tests::kRunArgument) {
    return onlyleads::tests::RunOnce(argv[2], std::atoll(argv[3]), std::atoll(argv[4]));
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
