// The C ABI under misuse: NULL, freed and foreign handles, wrong sizes, re-entry, fork, threads.
// Black box: public headers only.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "onlyleads/onlyleads.h"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::tests::TempDir;

ol_str Str(const char* text) { return {text, std::strlen(text)}; }

class CapiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    live_before_ = ol_live_handles();
    path_ = dir_.path("leads.db");
    engine_ = Open(nullptr);
    ASSERT_NE(engine_, nullptr) << err_.message;
    ASSERT_EQ(ol_organization_create(engine_, Str("Acme Ltd"), nullptr, &workspace_, &err_), OL_OK)
        << err_.message;
  }
  void TearDown() override {
    ol_workspace_free(workspace_);
    ol_engine_free(engine_);
    EXPECT_EQ(ol_live_handles(), live_before_);
  }
  ol_engine* Open(const ol_host* host) {
    ol_engine_options options{};
    options.struct_size = sizeof(options);
    options.host = host;
    ol_engine* engine = nullptr;
    ol_engine_open(Str(path_.c_str()), &options, &engine, &err_);
    return engine;
  }
  bool MessageNames(const char* word) const {
    return std::strstr(err_.message, word) != nullptr && (err_.flags & OL_ERROR_CALLERS_FAULT) != 0;
  }

  TempDir dir_;
  std::string path_;
  ol_error err_{};
  ol_engine* engine_ = nullptr;
  ol_workspace* workspace_ = nullptr;
  int64_t live_before_ = 0;
};

TEST_F(CapiTest, NullOutIsNamedForEveryVerbThatGivesSomething) {
  const ol_id id{};
  const ol_str empty{};
  const std::vector<int32_t> codes = {
      ol_engine_open(Str(path_.c_str()), nullptr, nullptr, &err_),
      ol_engine_last_instant(engine_, nullptr, &err_),
      ol_engine_sub_processors(engine_, nullptr, &err_),
      ol_organization_create(engine_, Str("x"), nullptr, nullptr, &err_),
      ol_organization_list(engine_, nullptr, &err_),
      ol_workspace_open(engine_, id, nullptr, &err_),
      ol_member_add(workspace_, Str("x"), empty, nullptr, &err_),
      ol_sender_list(workspace_, nullptr, &err_),
      ol_prospects_count(workspace_, nullptr, &err_),
      ol_prospects_find(workspace_, empty, empty, nullptr, &err_),
      ol_prospects_get(workspace_, id, nullptr, &err_),
      ol_prospects_list(workspace_, empty, 0, nullptr, &err_),
      ol_prospects_object(workspace_, id, nullptr, &err_),
      ol_prospects_erase(workspace_, id, nullptr, &err_),
      ol_import_rejects(workspace_, id, empty, 0, nullptr, &err_),
      ol_csv_preview(Str("x"), 1, nullptr, &err_),
      ol_scoring_run(workspace_, Str("{}"), nullptr, &err_),
      ol_scoring_top(workspace_, 1, 0, nullptr, &err_),
      ol_policy_evaluate(Str("{}"), nullptr, &err_),
      ol_campaign_create(workspace_, Str("{}"), empty, nullptr, &err_),
      ol_campaign_list(workspace_, nullptr, &err_),
      ol_campaign_enroll(workspace_, id, &id, 1, nullptr, &err_),
      ol_campaign_enrollments(workspace_, id, empty, 0, nullptr, &err_),
      ol_campaign_render(workspace_, id, id, 0, nullptr, &err_),
      ol_outbox_list(workspace_, empty, 0, nullptr, &err_),
      ol_outbox_cancel(workspace_, id, nullptr, &err_),
      ol_ledger_find(workspace_, Str("x"), nullptr, &err_),
      ol_decision_list(workspace_, id, nullptr, &err_),
      ol_disclosure_list(workspace_, id, nullptr, &err_),
      ol_inbox_list(workspace_, empty, 0, nullptr, &err_),
      ol_audit_list(workspace_, empty, 0, nullptr, &err_),
  };
  for (size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(codes[i], OL_INVALID_ARGUMENT) << i;
  EXPECT_TRUE(MessageNames("out")) << err_.message;
  EXPECT_EQ(ol_audit_verify(engine_, nullptr, &err_), OL_INVALID_ARGUMENT);
  EXPECT_TRUE(MessageNames("report"));
}

TEST_F(CapiTest, NullHandlesAreErrorsAndZeroTheResult) {
  int64_t count = 7;
  EXPECT_EQ(ol_prospects_count(nullptr, &count, &err_), OL_INVALID_ARGUMENT);
  EXPECT_TRUE(MessageNames("workspace"));
  EXPECT_EQ(count, 0);
  ol_rows* rows = reinterpret_cast<ol_rows*>(&count);
  EXPECT_EQ(ol_organization_list(nullptr, &rows, &err_), OL_INVALID_ARGUMENT);
  EXPECT_EQ(rows, nullptr);
  EXPECT_EQ(ol_engine_run(nullptr, nullptr, nullptr, &err_), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_engine_close(nullptr, &err_), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_inbox_ingest(nullptr, Str("unipile"), nullptr, 0, {}, nullptr, nullptr),
            OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_relation_add(nullptr, {}, {}, nullptr), OL_INVALID_ARGUMENT);
  ol_engine_free(nullptr);
  ol_workspace_free(nullptr);
  ol_rows_free(nullptr);
  ol_engine_cancel(nullptr);
  const ol_id none = ol_workspace_org_id(nullptr);
  const ol_id zero{};
  EXPECT_EQ(std::memcmp(&none, &zero, sizeof(none)), 0);
}

TEST_F(CapiTest, ErrorIsFilledInEveryFieldAlsoOnSuccess) {
  std::memset(&err_, 0xee, sizeof(err_));
  int64_t count = 0;
  ASSERT_EQ(ol_prospects_count(workspace_, &count, &err_), OL_OK);
  const ol_error zero{};
  EXPECT_EQ(std::memcmp(&err_, &zero, sizeof(err_)), 0);
}

TEST_F(CapiTest, FreedHandlesAreMisuse) {
  ol_workspace* workspace = nullptr;
  ASSERT_EQ(ol_workspace_open(engine_, ol_workspace_org_id(workspace_), &workspace, &err_), OL_OK);
  ol_workspace_free(workspace);
  const int64_t live = ol_live_handles();
  ol_workspace_free(workspace);
  EXPECT_EQ(ol_live_handles(), live) << "a handle was freed twice";
  int64_t count = 0;
  EXPECT_EQ(ol_prospects_count(workspace, &count, &err_), OL_MISUSE);
  EXPECT_TRUE(MessageNames("freed")) << err_.message;

  ol_rows* rows = nullptr;
  ASSERT_EQ(ol_organization_list(engine_, &rows, &err_), OL_OK);
  ol_rows_free(rows);
  ol_rows_free(rows);
  EXPECT_EQ(ol_rows_count(rows), 0);
}

TEST_F(CapiTest, HandleOfAnotherKindIsMisuse) {
  int64_t count = 0;
  EXPECT_EQ(ol_prospects_count(reinterpret_cast<ol_workspace*>(engine_), &count, &err_), OL_MISUSE);
  EXPECT_EQ(ol_engine_close(reinterpret_cast<ol_engine*>(workspace_), &err_), OL_MISUSE);
}

TEST_F(CapiTest, WorkspaceAndRowsOutliveTheEngineHandle) {
  ol_engine* engine = Open(nullptr);
  ol_workspace* workspace = nullptr;
  ASSERT_EQ(ol_workspace_open(engine, ol_workspace_org_id(workspace_), &workspace, &err_), OL_OK);
  ol_rows* rows = nullptr;
  ASSERT_EQ(ol_organization_list(engine, &rows, &err_), OL_OK);
  ol_engine_free(engine);
  int64_t count = -1;
  EXPECT_EQ(ol_prospects_count(workspace, &count, &err_), OL_OK) << err_.message;
  EXPECT_EQ(count, 0);
  ol_workspace_free(workspace);
  ol_str name;
  ASSERT_EQ(ol_rows_text(rows, 0, 1, &name), OL_OK);
  EXPECT_EQ(std::string(name.data, name.size), "Acme Ltd");
  ol_rows_free(rows);
}

TEST_F(CapiTest, ClosingLetsGoOfEveryFileAndLeavesNoLog) {
  const auto open_files = [&] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;  // the directory's own descriptor
      const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
      count += target.rfind(path_, 0) == 0 ? 1 : 0;
    }
    return count;
  };
  EXPECT_GE(open_files(), 3) << "database, log, ledger";
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
  ASSERT_EQ(ol_engine_close(engine_, &err_), OL_OK);
  EXPECT_EQ(open_files(), 0);
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
}

TEST_F(CapiTest, EveryCallAfterCloseIsMisuse) {
  EXPECT_EQ(ol_engine_close(engine_, &err_), OL_OK);
  EXPECT_EQ(ol_engine_close(engine_, &err_), OL_OK);
  int64_t number = 0;
  EXPECT_EQ(ol_prospects_count(workspace_, &number, &err_), OL_MISUSE);
  EXPECT_EQ(ol_engine_last_instant(engine_, &number, &err_), OL_MISUSE);
  EXPECT_EQ(ol_engine_run(engine_, nullptr, nullptr, &err_), OL_MISUSE);
}

TEST_F(CapiTest, TextThatIsNotUtf8NamesTheArgument) {
  ol_id id;
  EXPECT_EQ(ol_member_add(workspace_, {"\xff\xfe", 2}, {}, &id, &err_), OL_INVALID_UTF8);
  EXPECT_TRUE(MessageNames("name")) << err_.message;
  EXPECT_EQ(ol_member_add(workspace_, Str("Ann"), {"a\0b", 3}, &id, &err_), OL_INVALID_UTF8);
  EXPECT_TRUE(MessageNames("email")) << err_.message;
  EXPECT_EQ(ol_member_add(workspace_, {nullptr, 4}, {}, &id, &err_), OL_INVALID_ARGUMENT);
}

TEST_F(CapiTest, UnsetStructSizeIsRefused) {
  ol_run_options options{};
  EXPECT_EQ(ol_engine_run(engine_, &options, nullptr, &err_), OL_INVALID_ARGUMENT);
  EXPECT_TRUE(MessageNames("struct_size")) << err_.message;
  ol_audit_report report{};
  EXPECT_EQ(ol_audit_verify(engine_, &report, &err_), OL_INVALID_ARGUMENT);
  report.struct_size = 0xcccccccc;
  EXPECT_EQ(ol_audit_verify(engine_, &report, &err_), OL_INVALID_ARGUMENT);
}

TEST_F(CapiTest, OlderCallersShorterStructIsExtendedWithZeros) {
  ol_organization_options options{};
  options.struct_size = 24;  // up to external_ref
  options.external_ref = Str("crm-1");
  options.country = {"not read", 8};
  ol_workspace* workspace = nullptr;
  EXPECT_EQ(ol_organization_create(engine_, Str("Old Ltd"), &options, &workspace, &err_), OL_OK)
      << err_.message;
  ol_workspace_free(workspace);
}

TEST_F(CapiTest, NewerCallersTailIsTakenOnlyWhenZero) {
  struct Newer {
    ol_organization_options known;
    uint64_t added;
  } options{};
  options.known.struct_size = sizeof(options);
  ol_workspace* workspace = nullptr;
  EXPECT_EQ(ol_organization_create(engine_, Str("New"), &options.known, &workspace, &err_), OL_OK);
  ol_workspace_free(workspace);
  options.added = 1;
  EXPECT_EQ(ol_organization_create(engine_, Str("New"), &options.known, &workspace, &err_),
            OL_INVALID_ARGUMENT);
  EXPECT_EQ(workspace, nullptr);
}

TEST_F(CapiTest, ReportIsWrittenOnlyAsFarAsItsCallersVersionReaches) {
  struct {
    ol_run_report report;
    uint64_t guard;
  } older;
  std::memset(&older, 0x5a, sizeof(older));
  older.report.struct_size = 16;  // up to calls
  ol_run_options none{};
  none.struct_size = sizeof(none);
  none.max_calls = OL_RUN_NO_CALLS;
  none.max_ms = 100;
  ASSERT_EQ(ol_engine_run(engine_, &none, &older.report, &err_), OL_OK) << err_.message;
  EXPECT_EQ(older.report.calls, 0);
  EXPECT_EQ(older.report.sent, 0x5a5a5a5a5a5a5a5a);
}

TEST_F(CapiTest, ReservedFieldsMustBeZero) {
  ol_host host{};
  host.struct_size = sizeof(host);
  host.reserved0 = 1;
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.reserved0")) << err_.message;
  ol_run_options options{};
  options.struct_size = sizeof(options);
  options.reserved0 = 1;
  EXPECT_EQ(ol_engine_run(engine_, &options, nullptr, &err_), OL_INVALID_ARGUMENT);
}

TEST_F(CapiTest, HalfATransportIsRefusedByNameOfWhatIsMissing) {
  ol_host host{};
  host.struct_size = sizeof(host);
  ol_transport transport{};
  host.transport = &transport;
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.transport")) << "without a size";
  transport.struct_size = sizeof(transport);
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.transport.submit")) << err_.message;
  transport.submit = [](void*, const ol_http_request*, int64_t, int64_t) -> int32_t { return 0; };
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.transport.poll")) << err_.message;
  transport.poll = [](void*, int64_t, ol_http_deliver, void*) -> int32_t { return 0; };
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.transport.cancel")) << err_.message;
  transport.cancel = [](void*, uint64_t) -> int32_t { return 0; };
  transport.max_concurrent = 1025;
  EXPECT_EQ(Open(&host), nullptr);
  EXPECT_TRUE(MessageNames("host.transport.max_concurrent")) << err_.message;
}

TEST_F(CapiTest, PageLimitsAreBounded) {
  ol_rows* rows = nullptr;
  EXPECT_EQ(ol_prospects_list(workspace_, {}, -1, &rows, &err_), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_prospects_list(workspace_, {}, 10001, &rows, &err_), OL_LIMIT);
  EXPECT_EQ(ol_campaign_enroll(workspace_, {}, nullptr, 1, &rows, &err_), OL_INVALID_ARGUMENT);
}

TEST_F(CapiTest, RowsAnswerWrongPositionsAndTypesWithErrors) {
  ol_rows* rows = nullptr;
  ASSERT_EQ(ol_organization_list(engine_, &rows, &err_), OL_OK);
  ASSERT_EQ(ol_rows_count(rows), 1);
  const int32_t columns = ol_rows_columns(rows);
  ol_str text{"x", 1};
  int64_t number = 5;
  EXPECT_EQ(ol_rows_text(rows, 1, 1, &text), OL_INVALID_ARGUMENT);
  EXPECT_EQ(text.size, 0u);
  EXPECT_EQ(ol_rows_text(rows, -1, 1, &text), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_rows_text(rows, 0, columns, &text), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_rows_int(rows, 0, 1, &number), OL_INVALID_ARGUMENT);
  EXPECT_EQ(number, 0);
  EXPECT_EQ(ol_rows_text(rows, 0, 1, nullptr), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ol_rows_is_null(rows, 9, 0), 1);
  EXPECT_EQ(ol_rows_column_type(rows, -1), 0);
  EXPECT_EQ(ol_rows_column_name(rows, columns).size, 0u);
  EXPECT_EQ(ol_rows_column_type(rows, 0), OL_TYPE_ID);
  ol_rows_free(rows);
}

TEST(CapiIds, TextFormIsReadBackAndNothingElseIs) {
  ol_id id;
  for (int i = 0; i < 16; ++i) id.bytes[i] = static_cast<uint8_t>(i * 17);
  char text[OL_ID_TEXT_SIZE];
  ol_id_to_text(&id, text);
  EXPECT_STREQ(text, "00112233-4455-6677-8899-aabbccddeeff");
  ol_id back;
  EXPECT_EQ(ol_id_from_text(Str(text), &back), OL_OK);
  EXPECT_EQ(std::memcmp(&id, &back, sizeof(id)), 0);
  for (const char* wrong :
       {"", "x", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeffa",
        "0011223304455-6677-8899-aabbccddeeff"}) {
    EXPECT_EQ(ol_id_from_text(Str(wrong), &back), OL_INVALID_ARGUMENT) << wrong;
  }
}

TEST(CapiCodes, EveryCodeHasItsName) {
  EXPECT_STREQ(ol_code_name(OL_BUSY), "OL_BUSY");
  EXPECT_STREQ(ol_code_name(OL_SCHEMA_CHANGED), "OL_SCHEMA_CHANGED");
  EXPECT_STREQ(ol_code_name(12345), "OL_UNKNOWN_CODE");
  for (int code = 0; code <= 20; ++code) {
    EXPECT_STRNE(ol_code_name(code), "OL_UNKNOWN_CODE") << code;
  }
}

// ---- the host ----

struct Reentry {
  ol_engine* engine = nullptr;
  ol_workspace* workspace = nullptr;
  int32_t clock_code = OL_OK;
  int32_t close_code = OL_OK;
};

TEST_F(CapiTest, CallbackThatEntersItsEngineIsRefused) {
  Reentry state;
  ol_host host{};
  host.struct_size = sizeof(host);
  host.ctx = &state;
  host.now_us = [](void* ctx, int64_t* now_us) -> int32_t {
    Reentry* reentry = static_cast<Reentry*>(ctx);
    *now_us = 1'700'000'000'000'000;
    if (reentry->engine == nullptr) return 0;
    int64_t count = 0;
    reentry->clock_code = ol_prospects_count(reentry->workspace, &count, nullptr);
    reentry->close_code = ol_engine_close(reentry->engine, nullptr);
    return 0;
  };
  ol_engine* engine = Open(&host);
  ASSERT_NE(engine, nullptr) << err_.message;
  ol_workspace* workspace = nullptr;
  ASSERT_EQ(ol_workspace_open(engine, ol_workspace_org_id(workspace_), &workspace, &err_), OL_OK);
  state.workspace = workspace;
  state.engine = engine;
  int64_t count = -1;
  EXPECT_EQ(ol_prospects_count(workspace, &count, &err_), OL_OK) << err_.message;
  EXPECT_EQ(state.clock_code, OL_MISUSE);
  EXPECT_EQ(state.close_code, OL_MISUSE);
  ol_workspace_free(workspace);
  ol_engine_free(engine);
}

TEST_F(CapiTest, FailingCallbackFailsTheCallAndTheNextOneWorks) {
  bool fail = false;
  ol_host host{};
  host.struct_size = sizeof(host);
  host.ctx = &fail;
  host.now_us = [](void* ctx, int64_t* now_us) -> int32_t {
    *now_us = 1'700'000'000'000'000;
    return *static_cast<bool*>(ctx) ? 1 : 0;
  };
  ol_engine* engine = Open(&host);
  ASSERT_NE(engine, nullptr) << err_.message;
  ol_rows* rows = nullptr;
  fail = true;
  EXPECT_EQ(ol_organization_list(engine, &rows, &err_), OL_CALLBACK_FAILED);
  EXPECT_EQ(rows, nullptr);
  fail = false;
  EXPECT_EQ(ol_organization_list(engine, &rows, &err_), OL_OK);
  ol_rows_free(rows);
  ol_engine_free(engine);
}

TEST_F(CapiTest, EngineInAForkedChildAnswersForked) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int64_t count = 0;
    const bool refused = ol_prospects_count(workspace_, &count, nullptr) == OL_FORKED &&
                         ol_engine_close(engine_, nullptr) == OL_FORKED;
    // Freeing in the child must leave the parent's database alone.
    ol_workspace_free(workspace_);
    ol_engine_free(engine_);
    ol_rows* rows = nullptr;
    ol_csv_preview(Str("/nonexistent"), 1, &rows, nullptr);
    _exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  int64_t count = -1;
  EXPECT_EQ(ol_prospects_count(workspace_, &count, &err_), OL_OK) << err_.message;
}

TEST_F(CapiTest, ThreadsShareAnEngine) {
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        ol_rows* rows = nullptr;
        if (ol_organization_list(engine_, &rows, nullptr) != OL_OK) ++failures;
        ol_rows_free(rows);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures.load(), 0);
}

// The host's context may go when close has returned: no callback is under way then, and none comes.
TEST_F(CapiTest, CloseWaitsForTheCallThatIsInACallback) {
  struct Clock {
    std::atomic<bool> armed{false}, inside{false}, release{false};
  } clock;
  ol_host host{};
  host.struct_size = sizeof(host);
  host.ctx = &clock;
  host.now_us = [](void* ctx, int64_t* now_us) -> int32_t {
    auto* self = static_cast<Clock*>(ctx);
    *now_us = 1'795'424'400'000'000;
    if (!self->armed.exchange(false)) return 0;
    self->inside.store(true);
    while (!self->release.load()) std::this_thread::yield();
    return 0;
  };
  ol_engine* engine = Open(&host);
  ASSERT_NE(engine, nullptr) << err_.message;
  const auto list = [engine] {
    ol_rows* rows = nullptr;
    const int32_t code = ol_organization_list(engine, &rows, nullptr);
    ol_rows_free(rows);
    return code;
  };
  int32_t listed = -1;
  clock.armed.store(true);
  std::thread lists([&] { listed = list(); });
  while (!clock.inside.load()) std::this_thread::yield();
  std::atomic<bool> closed{false};
  std::thread closes([&] {
    EXPECT_EQ(ol_engine_close(engine, nullptr), OL_OK);
    closed.store(true);
  });
  while (list() != OL_MISUSE) std::this_thread::yield();  // refused: closing has begun
  EXPECT_FALSE(closed.load());
  clock.release.store(true);
  lists.join();
  closes.join();
  EXPECT_EQ(listed, OL_OK);
  ol_engine_free(engine);
}

TEST_F(CapiTest, AChildMayFreeRowsWhateverThreadsOfItsParentDid) {
  std::atomic<bool> stop{false};
  const auto list = [&] {
    ol_rows* rows = nullptr;
    EXPECT_EQ(ol_organization_list(engine_, &rows, nullptr), OL_OK);
    return rows;
  };
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&] {
      ol_rows* rows = nullptr;
      ol_error err;
      while (!stop.load()) {
        ol_policy_evaluate(Str("{}"), &rows, &err);
        ol_rows_free(rows);
      }
    });
  }
  ol_rows* const inherited = list();
  for (int i = 0; i < 100; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(60);
      ol_rows_free(inherited);
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "it waited for a thread that the child does not have";
  }
  stop.store(true);
  for (std::thread& other : others) other.join();
  ol_rows_free(inherited);
}

TEST_F(CapiTest, CancelWithoutARunningCallDoesNothing) {
  ol_engine_cancel(engine_);
  ol_run_options none{};
  none.struct_size = sizeof(none);
  none.max_calls = OL_RUN_NO_CALLS;
  none.max_ms = 100;
  EXPECT_EQ(ol_engine_run(engine_, &none, nullptr, &err_), OL_OK) << err_.message;
}

TEST(CapiPolicy, GermanyWithoutConsentIsDeniedAndAnUnknownKeyIsNamed) {
  ol_rows* rows = nullptr;
  ol_error err;
  ASSERT_EQ(ol_policy_evaluate(Str(R"({"recipient_country": "DE"})"), &rows, &err), OL_OK)
      << err.message;
  ol_str json;
  ASSERT_EQ(ol_rows_text(rows, 0, 0, &json), OL_OK);
  EXPECT_NE(std::string(json.data, json.size).find(R"("verdict":"DENY")"), std::string::npos);
  ol_rows_free(rows);
  EXPECT_EQ(OL_PRIMARY(ol_policy_evaluate(Str(R"({"recipient_cuntry": "DE"})"), &rows, &err)),
            OL_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(err.message, "recipient_cuntry"), nullptr) << err.message;
  EXPECT_EQ(ol_policy_evaluate(Str("{"), &rows, &err), OL_INVALID_JSON);
  EXPECT_EQ(rows, nullptr);
}

}  // namespace
