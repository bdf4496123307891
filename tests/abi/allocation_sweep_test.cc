// The n-th allocation of every exported function fails, for every n: the answer is OL_NOMEM or
// success, nothing is half-written, nothing leaks (LeakSanitizer and the list of open files, after
// each function), and the engine works on. Then again with everything failing from the n-th on.
// Black box: public headers, and the hooks in allocations.h.
//
// Functions that open a connection of their own allocate thousands of times, for every table of the
// schema in the same places. Where there are more than kEachUpTo, one n is taken of each call
// stack, and where these are too many, evenly of them; ./run sweep takes all. What was left out is
// printed. Where all n are taken, so are the places that going from n to n + 1 stepped over.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>
#include <utility>

#include "tests/abi/allocations.h"
#include "tests/abi/every_function.h"
#include "tests/support/sandbox.h"

#if defined(ONLYLEADS_FIND_LEAKS)
#include <sanitizer/lsan_interface.h>
#endif

namespace onlyleads::tests {
namespace {

constexpr size_t kEachUpTo = 1000;
// And no more stacks than these, nor than are paid with so many allocations.
constexpr size_t kMostStacks = 60, kMostWork = 300'000;
// With everything failing from n on: that many n, evenly.
constexpr int64_t kLasting = 12;
constexpr int kAttempts = 5, kWalk = 100;
// Places that calls may cease to come to: where something grows the first time.
constexpr int64_t kMayCease = 5;
// A new world after so many calls: what they leave (people, audit entries) makes the next one
// longer.
constexpr int kRunsPerWorld = 25, kCallsPerWorld = 400;

// The n to take of as many allocations as there are stacks.
std::vector<int64_t> Chosen(const std::vector<uint64_t>& stacks) {
  const bool every = stacks.size() <= kEachUpTo || std::getenv("ONLYLEADS_SWEEP_EVERY") != nullptr;
  std::set<uint64_t> known;
  std::vector<int64_t> firsts;
  for (size_t i = 0; i < stacks.size(); ++i) {
    const bool first = known.insert(stacks[i]).second;
    if (every || first) firsts.push_back(static_cast<int64_t>(i) + 1);
  }
  const size_t most = std::min(kMostStacks, kMostWork / std::max<size_t>(1, stacks.size()));
  if (every) return firsts;
  firsts.push_back(static_cast<int64_t>(stacks.size()));  // the end
  if (firsts.size() <= most) return firsts;
  std::vector<int64_t> chosen;
  for (size_t i = 0; i < most; ++i) chosen.push_back(firsts[i * firsts.size() / most]);
  chosen.push_back(firsts.back());
  return chosen;
}

// What this process has open, by name.
std::multiset<std::string> OpenFiles() {
  std::multiset<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the listing's own
    names.insert(std::filesystem::read_symlink(entry.path(), gone).string());
  }
  return names;
}

// Says whether anybody has committed to the database since it was asked last.
class CommitWatch {
 public:
  explicit CommitWatch(const std::string& path) {
    sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_prepare_v2(db_, "PRAGMA data_version", -1, &statement_, nullptr);
    (void)Changed();
  }
  ~CommitWatch() {
    sqlite3_finalize(statement_);
    sqlite3_close(db_);
  }
  bool Changed() {
    sqlite3_step(statement_);
    const int64_t version = sqlite3_column_int64(statement_, 0);
    sqlite3_reset(statement_);
    return std::exchange(version_, version) != version;
  }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int64_t version_ = 0;
};

// ol_engine_open of a database that is there: what hosts do every day. The table's makes a new one.
class OpenAgain final : public Prepared {
 public:
  explicit OpenAgain(std::string path) : path_(std::move(path)) {}
  ~OpenAgain() override { FreeResults(); }
  Outcome Call() override {
    Outcome outcome;
    outcome.has_code = outcome.has_error = true;
    outcome.code = ol_engine_open(Str(path_), nullptr, &engine_, &outcome.err);
    return outcome;
  }
  void FreeResults() override { ol_engine_free(std::exchange(engine_, nullptr)); }

 private:
  std::string path_;
  ol_engine* engine_ = nullptr;
};

constexpr char kOpenAgain[] = "ol_engine_open(again)";
// The table's run meets a provider that refuses; this one's takes the messages.
constexpr char kRunSent[] = "ol_engine_run(sent)";

// They commit piece by piece, and what was committed stays.
bool CommitsInPieces(const std::string& name) {
  static const std::set<std::string> names = {"ol_engine_run",           kRunSent,
                                              "ol_prospects_import_csv", "ol_prospects_export_csv",
                                              "ol_organization_export",  "ol_organization_delete",
                                              "ol_retention_run"};
  return names.contains(name);
}

const Function* Find(const std::string& name) {
  for (const auto& function : EveryFunction()) {
    if (function->name() == name) return function.get();
  }
  return nullptr;
}

class AllocationSweep : public ::testing::TestWithParam<std::string> {
 protected:
  struct Sum {
    int64_t undisturbed = 0, reached = 0, tried = 0, failed = 0, no_memory = 0, pending = 0;
    int64_t stepped_over = 0, not_met = 0;
  };

  std::unique_ptr<Prepared> Right() {
    const bool runs = name_ == "ol_engine_run" || name_ == kRunSent;
    if (++calls_ % (runs ? kRunsPerWorld : kCallsPerWorld) == 0) {
      CloseWorld();
      OpenWorld(name_);
      RightHere(runs)->Call();  // fills what is kept in statements
    }
    return RightHere(runs);
  }

  std::unique_ptr<Prepared> RightHere(bool runs) {
    if (name_ == kOpenAgain) return std::make_unique<OpenAgain>(world_->dir.path("again.db"));
    if (runs) MakeWork();
    return Find(runs ? "ol_engine_run" : name_)->Right(*world_);
  }

  // A right call in which allocations fail. False when it did not come to them.
  bool Fail(const Watch& watch, Sum* sum) {
    const std::unique_ptr<Prepared> call = Right();
    const int64_t live = ol_live_handles();
    written_ |= watch_->Changed();
    Outcome outcome;
    const Allocations counts = Call(call.get(), watch, &outcome);
    if (counts.failed > 0 && !watch.and_all_after) failed_.insert(counts.failed_stack);
    const auto expect = [&](bool holds, const std::string& what) {
      if (holds) return;
      problems_.push_back("allocation " + std::to_string(counts.failed_at) +
                          (watch.and_all_after ? " and later: " : ": ") + what + ": " +
                          ol_code_name(outcome.code) + " " + outcome.err.message);
    };
    expect(outcome.broken.empty(), outcome.broken);
    // A call that did not come to n was one in which nothing failed.
    if (counts.failed == 0) sum->undisturbed = std::min(sum->undisturbed, counts.seen);
    ++sum->tried;
    sum->failed += counts.failed > 0;
    if (counts.failed > 0 && !watch.and_all_after) {
      sum->reached = std::max(sum->reached, watch.fail_at);
    }
    if (outcome.has_error && outcome.code != OL_OK) {
      expect(counts.failed > 0, "failed by itself");
      expect(ol_live_handles() == live, "left a handle");
    }
    if (outcome.code == OL_LEDGER_PENDING && outcome.has_error) {
      ++sum->pending;
      const bool changed = watch_->Changed();
      written_ |= changed;
      expect(changed, "says it is stored, and is not");
    } else if (outcome.has_error && outcome.code != OL_OK) {
      ++sum->no_memory;
      expect(outcome.code == OL_NOMEM, "is not OL_NOMEM");
      const bool changed = watch_->Changed();
      written_ |= changed;
      expect(CommitsInPieces(name_) || !changed, "wrote all the same");
      const Outcome again = call->Call();
      expect(again.code == OL_OK, std::string("does not succeed afterwards: ") + again.err.message);
    }
    call->FreeResults();
    expect(StillUsable(), "the engine is not usable afterwards");
    RemoveMade();
    return counts.failed > 0;
  }

  // A message to send, and a sender whom the provider's answer to the last one has not stopped.
  void MakeWork() {
    world_->QueueMessage();
    ol_sender_resume(world_->workspace, world_->sender, nullptr);
  }

  bool StillUsable() {
    int64_t count = 0;
    return ol_prospects_count(world_->workspace, &count, nullptr) == OL_OK && count > 0;
  }

  // The databases and exports of calls that came before: megabytes each, in memory.
  void RemoveMade() {
    const std::filesystem::path folder = std::filesystem::path(world_->path).parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("open.db-") || name.starts_with("export.jsonl-") ||
          name.starts_with("people.csv-")) {
        std::filesystem::remove(entry.path());
      }
    }
  }

  bool AuditIntact() {
    ol_audit_report report{};
    report.struct_size = sizeof(report);
    return ol_audit_verify(world_->engine, &report, nullptr) == OL_OK && report.intact == 1;
  }

  std::vector<uint64_t> Undisturbed() {
    std::vector<uint64_t> stacks;
    CallUndisturbed({.stacks = &stacks});
    return stacks;
  }
  void CallUndisturbed(const Watch& watch) {
    const std::unique_ptr<Prepared> call = Right();
    Outcome outcome;
    Call(call.get(), watch, &outcome);
    if (!outcome.has_error || outcome.code == OL_OK) return;
    problems_.push_back(std::string("fails undisturbed: ") + outcome.err.message);
  }

  static Allocations Call(Prepared* call, const Watch& watch, Outcome* outcome) {
    return CountAllocations(watch, [&] { *outcome = call->Call(); });
  }

  // A failure leaves less behind than a success (a connection, a compiled statement) and moves the
  // next call's allocations: going from n to n + 1 steps over places. Each that an undisturbed call
  // comes to fails here, after another undisturbed call, unless calls have ceased to come to it.
  void FailWhatWasSteppedOver(Sum* sum) {
    std::set<uint64_t> left;
    for (const uint64_t stack : Undisturbed()) {
      if (!failed_.contains(stack)) left.insert(stack);
    }
    sum->stepped_over = static_cast<int64_t>(left.size());
    for (const uint64_t stack : left) {
      for (int attempt = 0; attempt < kAttempts && !failed_.contains(stack); ++attempt) {
        CallUndisturbed({});
        Fail({.fail_stack = stack}, sum);
      }
      if (!failed_.contains(stack)) ++sum->not_met;
    }
  }

  void ExpectNoLeak() {
#if defined(ONLYLEADS_FIND_LEAKS)
    EXPECT_EQ(__lsan_do_recoverable_leak_check(), 0);
#endif
  }

  static void SetUpTestSuite() {
    const World opens_what_stays_open;
    (void)opens_what_stays_open;
  }
  static void TearDownTestSuite() { CloseWorld(); }
  static void OpenWorld(const std::string& name) {
    files_ = OpenFiles();
    written_ = false;
    if (name == kRunSent) {
      sandbox_ = std::make_unique<testing::Sandbox>();
      ASSERT_TRUE(sandbox_->Start({"--now", "2026-11-23T09:00:00Z", "--account", "acc_test"}));
    }
    world_ = std::make_unique<World>(0, sandbox_ ? sandbox_->base_url() : "");
    watch_ = std::make_unique<CommitWatch>(world_->path);
  }
  static void CloseWorld() {
    if (world_ == nullptr) return;
    if (sandbox_ != nullptr) ExpectEachMessageOnce();
    watch_.reset();
    world_.reset();
    sandbox_.reset();
    EXPECT_EQ(OpenFiles(), files_);
  }

  // All that a list says, a line per row.
  static std::string Told(ol_rows* rows) {
    std::string text;
    for (int64_t row = 0; row < ol_rows_count(rows); ++row) {
      for (int32_t column = 0; column < ol_rows_columns(rows); ++column) {
        ol_str value{};
        int64_t number = 0;
        if (ol_rows_text(rows, row, column, &value) == OL_OK) {
          text += std::string(value.data, value.size) + " ";
        } else if (ol_rows_int(rows, row, column, &number) == OL_OK) {
          text += std::to_string(number) + " ";
        }
      }
      text += "\n";
    }
    return text;
  }

  // Wherever memory was wanting: once the run had time to look up what it did not learn, everybody
  // was written to, and nobody twice.
  static void ExpectEachMessageOnce() {
    constexpr int kDays = 10, kQuarters = 4;
    for (int i = 0; i < kDays * kQuarters; ++i) {
      world_->now_us += int64_t{86'400'000'000} / kQuarters;
      sandbox_->Post("/sandbox/clock", "{\"now_us\":" + std::to_string(world_->now_us) + "}");
      EXPECT_EQ(ol_engine_run(world_->engine, nullptr, nullptr, nullptr), OL_OK);
    }
    ol_rows* outbox = nullptr;
    ASSERT_EQ(ol_outbox_list(world_->workspace, {}, 10000, &outbox, nullptr), OL_OK);
    std::set<std::string> people;
    int64_t taken = 0;
    std::istringstream ledger(sandbox_->Get("/sandbox/ledger"));
    for (std::string entry; std::getline(ledger, entry, '}');) {
      if (entry.find("\"kind\":\"invitation\"") == std::string::npos) continue;
      ++taken;
      const size_t at = entry.find("\"provider_id\"");
      people.insert(entry.substr(at, entry.find(',', at) - at));
    }
    EXPECT_EQ(taken, ol_rows_count(outbox)) << "messages that the provider took, and that were due";
    EXPECT_EQ(static_cast<int64_t>(people.size()), taken) << "somebody was written to twice";
    if (HasFailure()) {
      ol_rows* senders = nullptr;
      ASSERT_EQ(ol_sender_list(world_->workspace, &senders, nullptr), OL_OK);
      std::cout << Told(outbox) << Told(senders) << sandbox_->Get("/sandbox/ledger") << std::endl;
      ol_rows_free(senders);
    }
    ol_rows_free(outbox);
  }

  Sum Sweep() {
    Sum sum;
    (void)Undisturbed();  // fills what is kept for the process and in statements
    std::vector<uint64_t> stacks = Undisturbed();
    sum.undisturbed = static_cast<int64_t>(stacks.size());
    const std::vector<int64_t> chosen = Chosen(stacks);
    const auto left_out = static_cast<int64_t>(stacks.size() - chosen.size());
    for (const int64_t n : chosen) Fail({.fail_at = n}, &sum);
    // To the end of a call in which nothing failed any more, and no less far than an undisturbed
    // one goes: the shortest of them, because ids and instants make the number vary by a few.
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      for (int i = 0; i < kWalk && Fail({.fail_at = sum.reached + 1}, &sum); ++i) continue;
      sum.undisturbed = std::min(sum.undisturbed, static_cast<int64_t>(Undisturbed().size()));
      if (sum.reached >= sum.undisturbed) break;
    }
    if (left_out == 0) FailWhatWasSteppedOver(&sum);
    const int64_t step = std::max<int64_t>(1, sum.undisturbed / kLasting);
    for (int64_t n = 1; n <= sum.undisturbed; n += step) {
      Fail({.fail_at = n, .and_all_after = true}, &sum);
    }
    std::cout << std::setw(33) << std::left << name_ << " undisturbed " << std::setw(6)
              << sum.undisturbed << " reached " << std::setw(6) << sum.reached << " failed "
              << std::setw(5) << sum.failed << " OL_NOMEM " << std::setw(5) << sum.no_memory;
    if (sum.pending > 0) std::cout << " OL_LEDGER_PENDING " << sum.pending;
    if (sum.stepped_over > 0) {
      std::cout << " (stepped over " << sum.stepped_over << ", not met again " << sum.not_met
                << ")";
    }
    if (left_out > 0) std::cout << " (left out " << left_out << " in the places of others)";
    std::cout << " cpu " << std::clock() * 1000 / CLOCKS_PER_SEC << " ms" << std::endl;
    return sum;
  }

  std::string name_;
  std::vector<std::string> problems_;
  std::set<uint64_t> failed_;  // the stacks whose allocation failed alone
  int calls_ = 0;
  // Kept for the next function unless this one wrote into it: what it left behind would make the
  // next one's loops longer.
  static std::unique_ptr<testing::Sandbox> sandbox_;
  static std::unique_ptr<World> world_;
  static std::unique_ptr<CommitWatch> watch_;
  static bool written_;
  static std::multiset<std::string> files_;
};

std::unique_ptr<testing::Sandbox> AllocationSweep::sandbox_;
std::unique_ptr<World> AllocationSweep::world_;
std::unique_ptr<CommitWatch> AllocationSweep::watch_;
bool AllocationSweep::written_ = false;
std::multiset<std::string> AllocationSweep::files_;

TEST_P(AllocationSweep, SurvivesEachFailure) {
  name_ = GetParam();
  ASSERT_TRUE(name_ == kOpenAgain || name_ == kRunSent || Find(name_) != nullptr)
      << "is exported, and missing in every_function.cc";
  if (name_ == kRunSent) CloseWorld();
  if (world_ == nullptr) OpenWorld(name_);
  const Sum sum = Sweep();
  const size_t shown = std::min<size_t>(problems_.size(), 12);
  for (size_t i = 0; i < shown; ++i) ADD_FAILURE() << problems_[i];
  EXPECT_EQ(problems_.size(), 0u);
  EXPECT_GE(sum.reached, sum.undisturbed) << "not every allocation was reached";
  EXPECT_LE(sum.not_met, kMayCease) << "places were stepped over";
  EXPECT_TRUE(AuditIntact());
  if (written_ || watch_->Changed() || name_ == kRunSent) CloseWorld();
  if (sum.undisturbed > 0) ExpectNoLeak();
}

std::vector<std::string> Scenarios() {
  std::vector<std::string> names = ExportedFunctions();
  names.push_back(kOpenAgain);
  names.push_back(kRunSent);
  return names;
}

INSTANTIATE_TEST_SUITE_P(, AllocationSweep, ::testing::ValuesIn(Scenarios()), [](const auto& info) {
  return info.param == kOpenAgain ? std::string("ol_engine_open_again")
         : info.param == kRunSent ? std::string("ol_engine_run_sent")
                                  : info.param;
});

TEST(AllocationHooks, SeeEveryLibrary) {
  World world;
  const std::unique_ptr<Prepared> call = Find("ol_engine_run")->Right(world);
  const Allocations counts = CountAllocations({}, [&] { call->Call(); });
  EXPECT_GT(counts.by[kNew], 100);
  EXPECT_GT(counts.by[kSqlite], 100);
  EXPECT_GT(counts.by[kCurl], 10);
  // OpenSSL's digests.
  EXPECT_GT(counts.by[kOpenSsl], 0);
}

}  // namespace
}  // namespace onlyleads::tests

#if defined(__SANITIZE_ADDRESS__)
// What is freed comes back soon: with millions of small blocks the default's wide berth is most of
// the time that this takes.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=8:malloc_context_size=12";
}
#endif

int main(int argc, char** argv) {
  onlyleads::tests::TakeOverAllocations();
  // In memory where there is such a place: the sweep is about failures, not about the disk.
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
