// Every exported function, called wrongly in every way its arguments allow, and rightly in every
// place where it may or may not be called: a clear error, never a crash, and no handle left over.
// Meant for ASan and UBSan, which see what a crash would be. Black box: public headers only.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include "tests/abi/every_function.h"

namespace onlyleads::tests {
namespace {

class Misuse : public ::testing::Test {
 protected:
  void SetUp() override {
    live_before_ = ol_live_handles();
    world_ = std::make_unique<World>();
  }
  void TearDown() override {
    world_.reset();
    EXPECT_EQ(ol_live_handles(), live_before_);
  }
  // Right calls of every function, made ready.
  std::vector<std::pair<const Function*, std::unique_ptr<Prepared>>> PrepareAll() {
    std::vector<std::pair<const Function*, std::unique_ptr<Prepared>>> all;
    for (const auto& function : EveryFunction()) {
      all.emplace_back(function.get(), function->Right(*world_));
    }
    return all;
  }

  std::unique_ptr<World> world_;
  int64_t live_before_ = 0;
};

// Empty when the outcome is what is expected, else what is wrong with it.
std::string Judge(const Wrong& wrong, const Outcome& outcome) {
  if (!outcome.broken.empty()) return outcome.broken;
  if (!outcome.has_code || wrong.expect == Expect::kNoCrash) return "";
  const int32_t primary = OL_PRIMARY(outcome.code);
  const std::string message = outcome.err.message;
  const bool named = !outcome.has_error || message.find(wrong.parameter) != std::string::npos;
  if (outcome.code == OL_INTERNAL) return "an error inside the library: " + message;
  switch (wrong.expect) {
    case Expect::kSuccess:
      return outcome.code == OL_OK ? "" : "failed: " + message;
    case Expect::kNamed:
      if (primary != OL_INVALID_ARGUMENT && primary != OL_LIMIT) return "code: " + message;
      return named ? "" : "the message does not name it: " + message;
    case Expect::kMisuse:
      if (outcome.code != OL_MISUSE) return "is not OL_MISUSE: " + message;
      return named ? "" : "the message does not name it: " + message;
    default:
      return outcome.code == OL_OK ? "succeeded" : "";
  }
}

// Empty when a right call had the code it should have there.
std::string Judge(const Function& function, const Outcome& outcome, int32_t refused) {
  if (!outcome.broken.empty()) return function.name() + ": " + outcome.broken;
  const int32_t expected = function.enters_engine() ? refused : OL_OK;
  if (!outcome.has_error || outcome.code == expected) return "";
  return function.name() + ": " + ol_code_name(outcome.code) + ": " + outcome.err.message;
}

TEST_F(Misuse, TableHoldsEveryExportedFunction) {
  std::vector<std::string> listed = ExportedFunctions(), held;
  for (const auto& function : EveryFunction()) held.push_back(function->name());
  std::sort(listed.begin(), listed.end());
  std::sort(held.begin(), held.end());
  EXPECT_GE(listed.size(), 72u);
  EXPECT_EQ(listed, held) << "tests/abi/every_function.cc needs an entry for each";
}

TEST_F(Misuse, RightArgumentsSucceed) {
  for (auto& [function, call] : PrepareAll()) {
    EXPECT_EQ(Judge(*function, call->Call(), OL_OK), "");
  }
}

TEST_F(Misuse, EachWrongArgumentIsAnErrorThatNamesIt) {
  size_t calls = 0;
  for (const auto& function : EveryFunction()) {
    for (Wrong& wrong : function->EachWrong(*world_)) {
      const Outcome outcome = wrong.call->Call();
      EXPECT_EQ(Judge(wrong, outcome), "") << function->name() << ": " << wrong.parameter << ": "
                                           << wrong.what << ": " << ol_code_name(outcome.code);
      ++calls;
    }
  }
  std::cout << calls << " wrong calls\n";
  EXPECT_GT(calls, 500u);
}

TEST_F(Misuse, AnyThreadMayCall) {
  auto all = PrepareAll();
  std::thread([&] {
    for (auto& [function, call] : all) EXPECT_EQ(Judge(*function, call->Call(), OL_OK), "");
  }).join();
}

TEST_F(Misuse, WorkspaceOfAFreedEngineGoesOn) {
  ol_engine* engine = world_->OpenEngine();
  ol_workspace* workspace = world_->OpenWorkspace(engine);
  std::swap(world_->workspace, workspace);
  ol_engine_free(engine);
  for (auto& [function, call] : PrepareAll()) {
    EXPECT_EQ(Judge(*function, call->Call(), OL_OK), "");
  }
  std::swap(world_->workspace, workspace);
  ol_workspace_free(workspace);
}

TEST_F(Misuse, ClosedEngineRefusesEveryCallThatEntersIt) {
  auto all = PrepareAll();
  ol_error err;
  ASSERT_EQ(ol_engine_close(world_->engine, &err), OL_OK) << err.message;
  for (auto& [function, call] : all) {
    const bool closes = function->name() == "ol_engine_close";
    EXPECT_EQ(Judge(*function, call->Call(), closes ? OL_OK : OL_MISUSE), "");
  }
  EXPECT_EQ(ol_engine_close(world_->engine, &err), OL_OK) << "closing twice is fine";
}

TEST_F(Misuse, ForkedChildIsRefusedWhateverEntersTheEngine) {
  auto all = PrepareAll();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int wrong = 0;
    for (auto& [function, call] : all) {
      // The import's file is the child's business, a database of its own too.
      const std::string verdict = Judge(*function, call->Call(), OL_FORKED);
      if (verdict.empty()) continue;
      std::cerr << "in the child: " << verdict << "\n";
      ++wrong;
    }
    ol_engine_free(world_->engine);
    ::_exit(wrong == 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  for (auto& [function, call] : PrepareAll()) {
    EXPECT_EQ(Judge(*function, call->Call(), OL_OK), "") << "in the parent afterwards";
  }
}

// ---- from inside a callback ----

class Reentry : public Misuse {
 protected:
  // Calls everything from within the callback that `hook` is, which `trigger` makes run.
  template <typename F>
  void CallAllWithin(std::function<void()> World::*hook, F trigger) {
    world_->close_main = true;
    auto all = PrepareAll();
    world_->close_main = false;
    bool ran = false;
    (*world_).*hook = [&] {
      if (std::exchange(ran, true)) return;
      for (auto& [function, call] : all) {
        EXPECT_EQ(Judge(*function, call->Call(), OL_MISUSE), "");
      }
    };
    trigger();
    (*world_).*hook = nullptr;
    EXPECT_TRUE(ran) << "the callback did not run";
    // And the engine is as it was.
    for (auto& [function, call] : PrepareAll()) {
      EXPECT_EQ(Judge(*function, call->Call(), OL_OK), "") << "afterwards";
    }
  }
  int32_t Count(ol_workspace* workspace) {
    int64_t count = 0;
    return ol_prospects_count(workspace, &count, nullptr);
  }
};

TEST_F(Reentry, ClockMayNotEnterItsEngine) {
  CallAllWithin(&World::in_clock, [&] { EXPECT_EQ(Count(world_->workspace), OL_OK); });
}

TEST_F(Reentry, RandomnessMayNotEnterItsEngine) {
  CallAllWithin(&World::in_random, [&] { EXPECT_EQ(Count(world_->workspace), OL_OK); });
}

TEST_F(Reentry, LogMayNotEnterItsEngine) {
  world_->QueueMessage();
  CallAllWithin(&World::in_log, [&] {
    ol_run_report report{};
    report.struct_size = sizeof(report);
    ol_error err;
    EXPECT_EQ(ol_engine_run(world_->engine, nullptr, &report, &err), OL_OK) << err.message;
    EXPECT_GT(report.calls, 0);
  });
}

struct ProgressState {
  std::vector<std::pair<const Function*, std::unique_ptr<Prepared>>> calls;
  bool ran = false;
};

TEST_F(Reentry, ProgressMayNotEnterItsEngine) {
  world_->close_main = true;
  ProgressState state{PrepareAll(), false};
  world_->close_main = false;
  const std::string file = world_->WriteCsv(5), source = "test", basis = "legitimate_interests";
  ol_import_options options{};
  options.struct_size = sizeof(options);
  options.source = Str(source);
  options.lawful_basis = Str(basis);
  options.progress_ctx = &state;
  options.progress = [](void* ctx, int64_t, int64_t, int64_t) -> int32_t {
    auto* progress = static_cast<ProgressState*>(ctx);
    if (std::exchange(progress->ran, true)) return 0;
    for (auto& [function, call] : progress->calls) {
      EXPECT_EQ(Judge(*function, call->Call(), OL_MISUSE), "");
    }
    return 0;
  };
  ol_import_report report{};
  report.struct_size = sizeof(report);
  ol_error err;
  // One of the calls within is ol_engine_cancel, which is allowed there and does what it says.
  const int32_t code =
      ol_prospects_import_csv(world_->workspace, Str(file), &options, &report, &err);
  EXPECT_TRUE(code == OL_OK || code == OL_CANCELLED) << err.message;
  EXPECT_TRUE(state.ran);
  EXPECT_EQ(Count(world_->workspace), OL_OK);
}

// A's clock enters B, whose clock enters A: A is still in its callback.
TEST_F(Reentry, EngineIsNotEnteredThroughAnotherOne) {
  World other;
  bool inside = false;
  int32_t other_code = -1, back_code = -1;
  other.in_clock = [&] {
    if (inside) back_code = Count(world_->workspace);
  };
  world_->in_clock = [&] {
    if (std::exchange(inside, true)) return;
    other_code = Count(other.workspace);
    inside = false;
  };
  EXPECT_EQ(Count(world_->workspace), OL_OK);
  world_->in_clock = nullptr;
  EXPECT_EQ(other_code, OL_OK) << "another engine may be entered";
  EXPECT_EQ(back_code, OL_MISUSE);
  EXPECT_EQ(Count(world_->workspace), OL_OK);
}

}  // namespace
}  // namespace onlyleads::tests
