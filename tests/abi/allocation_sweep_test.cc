// The n-th allocation of every exported function fails, for every n: the answer is OL_NOMEM or
// success, nothing is half-written, nothing leaks (LeakSanitizer looks after each function), and
// the engine works on. Then again with everything failing from the n-th on. Black box: public
// headers, and the hooks in allocations.h.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iomanip>
#include <iostream>

#include "tests/abi/allocations.h"
#include "tests/abi/every_function.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace onlyleads::tests {
namespace {

// Each n up to here, then steps that grow with n: thousands of allocations are those of migrations,
// of loops over rows and of libcurl, which repeat themselves.
constexpr int64_t kEachUpTo = 500;
constexpr int64_t kEachUpToWhenSlow = 50;
constexpr int64_t kGrowth = 20;  // afterwards n, n + n / 20, ...

int64_t Next(int64_t n, int64_t each_up_to) { return n < each_up_to ? n + 1 : n + n / kGrowth; }

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

// They commit piece by piece, and what was committed stays.
bool CommitsInPieces(const std::string& name) {
  return name == "ol_engine_run" || name == "ol_prospects_import_csv";
}

class AllocationSweep : public testing::Test {
 protected:
  struct Sum {
    int64_t undisturbed = 0, reached = 0, failed = 0, no_memory = 0;
  };

  // A right call of `function`, with the n-th allocation failing. False when it did not come to n.
  bool FailAt(const Function& function, int64_t n, bool and_all_after, Sum* sum) {
    if (function.name() == "ol_engine_run") MakeWork();
    const std::unique_ptr<Prepared> call = function.Right(*world_);
    const int64_t live = ol_live_handles();
    (void)watch_->Changed();
    Outcome outcome;
    const Allocations counts = CountAllocations(n, and_all_after, [&] { outcome = call->Call(); });
    const auto expect = [&](bool holds, const std::string& what) {
      if (holds) return;
      problems_.push_back("allocation " + std::to_string(n) +
                          (and_all_after ? " and later: " : ": ") + what + ": " +
                          ol_code_name(outcome.code) + " " + outcome.err.message);
    };
    expect(outcome.broken.empty(), outcome.broken);
    sum->reached = std::max(sum->reached, counts.seen);
    sum->failed += counts.failed > 0;
    if (outcome.has_error && outcome.code != OL_OK) {
      ++sum->no_memory;
      expect(counts.failed > 0, "failed by itself");
      expect(outcome.code == OL_NOMEM, "is not OL_NOMEM");
      expect(ol_live_handles() == live, "left a handle");
      expect(CommitsInPieces(function.name()) || !watch_->Changed(), "wrote all the same");
      const Outcome again = call->Call();
      expect(again.code == OL_OK, std::string("does not succeed afterwards: ") + again.err.message);
    }
    call->FreeResults();
    expect(StillUsable(), "the engine is not usable afterwards");
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

  bool AuditIntact() {
    ol_audit_report report{};
    report.struct_size = sizeof(report);
    return ol_audit_verify(world_->engine, &report, nullptr) == OL_OK && report.intact == 1;
  }

  void ExpectNoLeak(const std::string& name) {
#if defined(__SANITIZE_ADDRESS__)
    EXPECT_EQ(__lsan_do_recoverable_leak_check(), 0) << name;
#else
    (void)name;
#endif
  }

  int64_t CountUndisturbed(const Function& function) {
    if (function.name() == "ol_engine_run") MakeWork();
    const std::unique_ptr<Prepared> call = function.Right(*world_);
    return CountAllocations(0, false, [&] { call->Call(); }).seen;
  }

  // A world for each function: what one leaves behind would make the next one's loops longer.
  void Renew() {
    watch_.reset();
    world_.reset();
    world_ = std::make_unique<World>();
    watch_ = std::make_unique<CommitWatch>(world_->path);
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<CommitWatch> watch_;
  std::vector<std::string> problems_;
};

TEST_F(AllocationSweep, EachFunctionSurvivesEachFailure) {
  int64_t all_failures = 0;
  for (const auto& function : EveryFunction()) {
    const std::string& name = function->name();
    const auto started = std::chrono::steady_clock::now();
    Renew();
    Sum sum;
    (void)CountUndisturbed(*function);  // fills caches
    sum.undisturbed = CountUndisturbed(*function);
    const bool slow = name == "ol_engine_run" || name == "ol_engine_open";
    const int64_t each_up_to = slow ? kEachUpToWhenSlow : kEachUpTo;
    // To the end of a call in which nothing failed any more, and no less far than one undisturbed.
    int64_t n = 1;
    while (FailAt(*function, n, false, &sum) || n <= sum.undisturbed) {
      n = Next(n, each_up_to);
    }
    for (n = 1; n <= sum.undisturbed; n = std::max(n + 1, n + sum.undisturbed / 12)) {
      FailAt(*function, n, true, &sum);
    }
    const size_t shown = std::min<size_t>(problems_.size(), 5);
    for (size_t i = 0; i < shown; ++i) ADD_FAILURE() << name << ": " << problems_[i];
    EXPECT_EQ(problems_.size(), 0u) << name;
    problems_.clear();
    // Hash tables and connections make the number vary by a few.
    EXPECT_GE(sum.reached * 100, sum.undisturbed * 99)
        << name << ": not every allocation was reached";
    EXPECT_TRUE(AuditIntact()) << name;
    ExpectNoLeak(name);
    all_failures += sum.failed;
    std::cout << std::setw(33) << std::left << name << " undisturbed " << std::setw(6)
              << sum.undisturbed << " reached " << std::setw(6) << sum.reached << " failed "
              << std::setw(5) << sum.failed << " OL_NOMEM " << std::setw(5) << sum.no_memory
              << " s "
              << std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                                  started)
                     .count()
              << (sum.undisturbed > each_up_to ? "  (in steps after " : "")
              << (sum.undisturbed > each_up_to ? std::to_string(each_up_to) + ")" : "")
              << std::endl;
  }
  EXPECT_GT(all_failures, 2000) << "the hooks are not in place";
}

TEST_F(AllocationSweep, HooksSeeEveryLibrary) {
  Renew();
  const auto seen = [&](const std::string& name) -> int64_t {
    for (const auto& function : EveryFunction()) {
      if (function->name() == name) return CountUndisturbed(*function);
    }
    return 0;
  };
  EXPECT_GT(seen("ol_policy_evaluate"), 10) << "operator new, RapidJSON";
  EXPECT_GT(seen("ol_engine_open"), 500) << "SQLite";
  EXPECT_GT(seen("ol_engine_run"), 100) << "libcurl";
}

TEST_F(AllocationSweep, EveryExportedFunctionIsInTheTable) {
  EXPECT_EQ(EveryFunction().size(), ExportedFunctions().size());
}

}  // namespace
}  // namespace onlyleads::tests

int main(int argc, char** argv) {
  onlyleads::tests::TakeOverAllocations();
  // In memory where there is such a place: the sweep is about failures, not about the disk.
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
