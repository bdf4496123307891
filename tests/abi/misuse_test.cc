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
    world_ = std::make_unique<World>(Parts());
  }
  // What the host of this test's world does itself.
  virtual uint32_t Parts() const { return 0; }
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

// ---- the host's ledger ----

class LedgerReentry : public Reentry {
 protected:
  void Trigger() {
    ol_rows* rows = nullptr;
    ol_error err;
    EXPECT_EQ(ol_prospects_object(world_->workspace, world_->person, &rows, &err), OL_OK)
        << err.message;
    ol_rows_free(rows);
  }
  uint32_t Parts() const override { return World::kLedger; }
};

TEST_F(LedgerReentry, AppendMayNotEnterItsEngine) {
  CallAllWithin(&World::in_ledger_append, [&] { Trigger(); });
}

TEST_F(LedgerReentry, ReadMayNotEnterItsEngine) {
  CallAllWithin(&World::in_ledger_read, [&] { Trigger(); });
}

// ---- the host's transport ----

class TransportReentry : public Reentry {
 protected:
  uint32_t Parts() const override { return World::kTransport; }
  // One of the calls within is ol_engine_cancel, which is allowed there and does what it says.
  void Trigger() {
    ol_error err;
    const int32_t code = ol_engine_run(world_->engine, nullptr, nullptr, &err);
    EXPECT_TRUE(code == OL_OK || code == OL_CANCELLED) << err.message;
  }
};

TEST_F(TransportReentry, SubmitMayNotEnterItsEngine) {
  CallAllWithin(&World::in_submit, [&] { Trigger(); });
}

TEST_F(TransportReentry, PollMayNotEnterItsEngine) {
  CallAllWithin(&World::in_poll, [&] { Trigger(); });
}

TEST_F(TransportReentry, CancelMayNotEnterItsEngine) {
  CallAllWithin(&World::in_cancel, [&] {
    world_->silent = true;
    world_->in_submit = [&] { ol_engine_cancel(world_->engine); };
    ol_error err;
    EXPECT_EQ(ol_engine_run(world_->engine, nullptr, nullptr, &err), OL_CANCELLED) << err.message;
    world_->in_submit = nullptr;
    world_->silent = false;
  });
}

// ---- progress of long work ----

class ProgressReentry : public Reentry {
 protected:
  static int32_t Told(void* ctx, int64_t, int64_t) {
    auto* world = static_cast<World*>(ctx);
    if (world->in_progress) world->in_progress();
    return 0;
  }
  ol_work_options Work() {
    ol_work_options options{};
    options.struct_size = sizeof(options);
    options.progress = &Told;
    options.progress_ctx = world_.get();
    return options;
  }
  // `work` is done, unless one of the calls within, ol_engine_cancel, stopped it.
  template <typename F>
  void CallAllWithinProgress(F work) {
    CallAllWithin(&World::in_progress, [&] {
      ol_error err;
      const int32_t code = work(&err);
      EXPECT_TRUE(code == OL_OK || code == OL_CANCELLED) << err.message;
    });
  }
  int32_t Import(ol_workspace* workspace, int people, ol_error* err) {
    const std::string file = world_->WriteCsv(people), source = "test",
                      basis = "legitimate_interests";
    ol_import_options options{};
    options.struct_size = sizeof(options);
    options.source = Str(source);
    options.lawful_basis = Str(basis);
    options.progress_ctx = world_.get();
    options.progress = [](void* ctx, int64_t rows, int64_t bytes, int64_t) {
      return Told(ctx, rows, bytes);
    };
    ol_import_report report{};
    report.struct_size = sizeof(report);
    return ol_prospects_import_csv(workspace, Str(file), &options, &report, err);
  }
  // With people of its own, so that the world's stay.
  ol_workspace* OtherOrganization(int people) {
    const std::string name = "Other Ltd";
    ol_workspace* other = nullptr;
    ol_error err;
    EXPECT_EQ(ol_organization_create(world_->engine, Str(name), nullptr, &other, &err), OL_OK);
    EXPECT_EQ(Import(other, people, &err), OL_OK) << err.message;
    return other;
  }
};

TEST_F(ProgressReentry, OfAnImportMayNotEnterItsEngine) {
  CallAllWithinProgress([&](ol_error* err) { return Import(world_->workspace, 5, err); });
}

TEST_F(ProgressReentry, OfAnExportMayNotEnterItsEngine) {
  CallAllWithinProgress([&](ol_error* err) {
    const std::string path = world_->dir.path("all.jsonl");
    const ol_work_options options = Work();
    int64_t rows = 0;
    return ol_organization_export(world_->engine, world_->org, Str(path), &options, &rows, err);
  });
}

TEST_F(ProgressReentry, OfAnExportOfPeopleMayNotEnterItsEngine) {
  CallAllWithinProgress([&](ol_error* err) {
    const std::string path = world_->dir.path("everybody.csv");
    const ol_work_options options = Work();
    int64_t rows = 0;
    return ol_prospects_export_csv(world_->workspace, Str(path), &options, &rows, err);
  });
}

TEST_F(ProgressReentry, OfADeletionMayNotEnterItsEngine) {
  ol_workspace* other = OtherOrganization(5);
  const ol_id org_id = ol_workspace_org_id(other);
  ol_workspace_free(other);
  CallAllWithinProgress([&](ol_error* err) {
    const ol_work_options options = Work();
    int64_t rows = 0;
    return ol_organization_delete(world_->engine, org_id, &options, &rows, err);
  });
}

TEST_F(ProgressReentry, OfRetentionMayNotEnterItsEngine) {
  ol_workspace* other = OtherOrganization(600);  // more than one transaction takes
  CallAllWithinProgress([&](ol_error* err) {
    const int64_t now_us = world_->now_us;
    world_->now_us = now_us + int64_t{3} * 86'400 * 1'000'000;
    ol_rows* plan = nullptr;
    ol_str token{};
    int32_t code = ol_retention_plan(other, 1, &plan, err);
    EXPECT_EQ(ol_rows_text(plan, 0, ol_rows_columns(plan) - 1, &token), OL_OK);
    ol_retention_options options{};
    options.struct_size = sizeof(options);
    options.progress = &Told;
    options.progress_ctx = world_.get();
    if (code == OL_OK) code = ol_retention_run(other, token, &options, nullptr, err);
    ol_rows_free(plan);
    world_->now_us = now_us;
    return code;
  });
  ol_workspace_free(other);
}

// ---- structs of the host, which no function takes by itself ----

// Bytes of a struct as a caller of another version lays it out, in a block that ends where it ends.
template <typename T>
std::unique_ptr<char[]> OfSize(const T& from, uint32_t size) {
  std::unique_ptr<char[]> block(new char[size]());
  std::memcpy(block.get(), &from, std::min<size_t>(size, sizeof(T)));
  std::memcpy(block.get(), &size, sizeof(size));
  return block;
}

// Calls `read` with what older callers give: fields they lack may be required.
template <typename T, typename Read>
void ReadAsOlder(const T& right, const Read& read) {
  for (uint32_t size = 8; size < sizeof(T); size += 8) {
    SCOPED_TRACE(size);
    const auto older = OfSize(right, size);
    const int32_t code = read(reinterpret_cast<const T*>(older.get()));
    EXPECT_TRUE(code == OL_OK || code == OL_INVALID_ARGUMENT || code == OL_NOT_FOUND)
        << ol_code_name(code);
  }
}

// And with a longer one that holds a field nobody knows, then with one whose tail is empty.
template <typename T, typename Read>
void ReadAsNewer(const T& right, const Read& read) {
  const auto newer = OfSize(right, sizeof(T) + 64);
  newer[sizeof(T) + 40] = 1;
  EXPECT_EQ(read(reinterpret_cast<const T*>(newer.get())), OL_INVALID_ARGUMENT);
  newer[sizeof(T) + 40] = 0;
  EXPECT_EQ(read(reinterpret_cast<const T*>(newer.get())), OL_OK);
}

class HostStructs : public Misuse {
 protected:
  int32_t OpenWith(const ol_host* host, const std::string& what) {
    ol_engine_options options{};
    options.struct_size = sizeof(options);
    options.host = host;
    ol_engine* engine = nullptr;
    ol_error err{};
    const int32_t code = ol_engine_open(Str(path_), &options, &engine, &err);
    if (code != OL_OK) {
      EXPECT_EQ(engine, nullptr);
      EXPECT_NE(std::string(err.message).find(what), std::string::npos) << err.message;
    }
    ol_engine_free(engine);
    return code;
  }

  TempDir dir_;
  const std::string path_ = dir_.path("leads.db");
};

TEST_F(HostStructs, OfOtherVersionsAreRead) {
  ol_transport transport{};
  transport.struct_size = sizeof(transport);
  transport.submit = [](void*, const ol_http_request*, int64_t, int64_t) -> int32_t { return 1; };
  transport.poll = [](void*, int64_t, ol_http_deliver, void*) -> int32_t { return 0; };
  transport.cancel = [](void*, uint64_t) -> int32_t { return 0; };
  ol_host host{};
  host.struct_size = sizeof(host);
  const auto open = [&](const ol_host* given) { return OpenWith(given, "host"); };
  const auto open_with = [&](const ol_transport* given) {
    host.transport = given;
    return OpenWith(&host, "host.transport");
  };
  ReadAsOlder(host, open);
  ReadAsNewer(host, open);
  ReadAsOlder(transport, open_with);
  ReadAsNewer(transport, open_with);
}

TEST_F(HostStructs, OfTheAnswersOfOtherVersionsAreRead) {
  World world(World::kTransport);
  int answers = 0;
  world.before_deliver = [&](ol_http_deliver deliver, void* sink, const ol_http_completion& done) {
    if (++answers > 1) return;
    const auto give = [&](const ol_http_completion* given) { return deliver(sink, given); };
    ol_http_completion of_nobody = done;
    of_nobody.id += 1000;
    ReadAsOlder(of_nobody, give);
    const auto newer = OfSize(done, sizeof(done) + 64);
    EXPECT_EQ(give(reinterpret_cast<const ol_http_completion*>(newer.get())), OL_OK);
  };
  EXPECT_EQ(ol_engine_run(world.engine, nullptr, nullptr, nullptr), OL_OK);
  EXPECT_GT(answers, 0);
}

TEST_F(HostStructs, AnAnswerThatCannotBeReadEndsItsRequestAsUnknown) {
  World world(World::kTransport);
  int answers = 0;
  world.before_deliver = [&](ol_http_deliver deliver, void* sink, const ol_http_completion& done) {
    const auto newer = OfSize(done, sizeof(done) + 64);
    newer[sizeof(done) + 40] = 1;  // a field that nobody knows
    const auto* unreadable = reinterpret_cast<const ol_http_completion*>(newer.get());
    ol_http_completion unset = done;
    unset.struct_size = 0;
    EXPECT_EQ(deliver(sink, ++answers % 2 == 1 ? unreadable : &unset), OL_INVALID_ARGUMENT);
    EXPECT_EQ(deliver(sink, &done), OL_NOT_FOUND) << "nobody waits for it any more";
  };
  ol_run_report report{};
  report.struct_size = sizeof(report);
  EXPECT_EQ(ol_engine_run(world.engine, nullptr, &report, nullptr), OL_OK);
  EXPECT_GT(answers, 0);
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
