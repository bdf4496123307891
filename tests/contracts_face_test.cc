// Signals, mandates, the usage log and the end of a contract through the C++ face, and their
// batches through C as older and newer callers fill them. Black box: public headers only.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::Engine;
using onlyleads::Error;
using onlyleads::Id;
using onlyleads::Rows;
using onlyleads::Workspace;

constexpr int64_t kNowUs = 1'795'428'000'000'000;
constexpr int64_t kDayUs = 86'400'000'000;

int32_t CodeOf(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.code();
  }
  return OL_OK;
}

class Contracts : public ::testing::Test {
 protected:
  Contracts() : engine_(Open()), ws_(engine_.create_organization("Acme Ltd")) {
    const std::string path = dir_.path("people.csv");
    std::ofstream(path) << "First Name,LinkedIn URL\nAnn,https://www.linkedin.com/in/ann-test\n";
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    ws_.prospects().import_csv(path, how);
    ann_ = ws_.prospects().find_by_linkedin("ann-test")->id;
    member_ = ws_.members().add("Ada Example");
  }
  Engine Open() {
    onlyleads::EngineOptions options;
    options.host.now_us = [] { return kNowUs; };
    return Engine::open(dir_.path("leads.db"), options);
  }
  onlyleads::tests::TempDir dir_;
  Engine engine_;
  Workspace ws_;
  Id ann_, member_;
};

TEST_F(Contracts, SignalsAreRecordedListedAndWeighed) {
  const Rows answers = ws_.signals().record(
      {{ann_, "comment", kNowUs - 7 * kDayUs, "page", "r1", "https://example.com/p"},
       {ann_, "comment", 0, "page", "r1", ""}});
  EXPECT_EQ(answers[0].text("disposition"), "recorded");
  EXPECT_EQ(answers[1].text("disposition"), "duplicate");
  EXPECT_EQ(answers[0].id("signal_id"), answers[1].id("signal_id"));
  const Rows list = ws_.signals().list(ann_);
  ASSERT_EQ(list.size(), 1);
  EXPECT_EQ(list[0].integer("at_us"), kNowUs - 7 * kDayUs);
  ws_.scoring().run(R"({"signals": [{"kind": "comment", "points": 8, "half_life_days": 7}]})");
  EXPECT_EQ(ws_.scoring().top(1)[0].real("score"), 4);
  EXPECT_TRUE(ws_.prospects().restrict(ann_).empty());
  EXPECT_TRUE(ws_.scoring().top(1).empty());
  EXPECT_EQ(ws_.prospects().get(ann_).restricted_at_us, kNowUs);
  EXPECT_EQ(ws_.signals().record({{ann_, "visit", 0, "page", "", ""}})[0].text("reason"),
            "restricted");
  ws_.prospects().lift_restriction(ann_);
  EXPECT_EQ(ws_.prospects().get(ann_).restricted_at_us, 0);
}

TEST_F(Contracts, MandatesComeWithTheSenderAndEndWithARevocation) {
  onlyleads::SenderOptions sender;
  sender.member_id = member_;
  sender.account_id = "acc";
  sender.base_url = "http://127.0.0.1:9";
  sender.api_key = "key";
  sender.webhook_secret = "secret";
  sender.mandate_scope = "linkedin_message";
  const Id id = ws_.senders().connect(sender);
  ASSERT_EQ(ws_.mandates().list().size(), 1);
  EXPECT_EQ(ws_.mandates().list()[0].text("scope"), "linkedin_message");
  onlyleads::MandateOptions options{member_,        id, "", "terms 1", std::string(64, '0'), "doc",
                                    kNowUs - kDayUs};
  const Id mandate = ws_.mandates().record(options);
  EXPECT_TRUE(ws_.mandates().revoke(mandate).empty());
  const Rows list = ws_.mandates().list();
  ASSERT_EQ(list.size(), 2);
  EXPECT_TRUE(list[0].is_null("revoked_at_us"));
  EXPECT_EQ(list[1].integer("given_at_us"), kNowUs - kDayUs);
  EXPECT_EQ(list[1].integer("revoked_at_us"), kNowUs);
  options.text_digest = "short";
  EXPECT_EQ(CodeOf([&] { ws_.mandates().record(options); }), OL_INVALID_ARGUMENT);
  EXPECT_TRUE(ws_.senders().disconnect(id).empty());
  sender.mandate_scope = "email";
  EXPECT_EQ(CodeOf([&] { ws_.senders().connect(sender); }), OL_INVALID_ARGUMENT);
  EXPECT_EQ(ws_.senders().list()[0].text("state"), "disconnected") << "half of it was written";
  ws_.senders().release(id);
  EXPECT_EQ(ws_.senders().list()[0].text("state"), "disconnected") << "no stop is a hold";
  ws_.senders().resume(id);
  EXPECT_EQ(ws_.senders().list()[0].text("state"), "active");
}

TEST_F(Contracts, UsageIsRecordedAllOrNone) {
  EXPECT_EQ(ws_.usage().record(
                {{member_, 0, "2001:DB8::1", "b", "/"}, {member_, kNowUs - 1, "", "", ""}}),
            2);
  EXPECT_EQ(ws_.usage().list()[0].text("ip"), "2001:db8::1");
  EXPECT_EQ(CodeOf([&] {
              ws_.usage().record({{member_, 0, "", "", ""}, {member_, 0, "x", "", ""}});
            }),
            OL_INVALID_ARGUMENT);
  EXPECT_EQ(ws_.usage().list().size(), 2);
}

TEST_F(Contracts, AnOrganizationIsExportedAndDeletedAndItsProgressMayThrow) {
  engine_.set_subscription(ws_.org_id(), kNowUs);
  EXPECT_EQ(engine_.organizations()[0].integer("active_until_us"), kNowUs);
  engine_.set_subscription(ws_.org_id(), OL_NEVER);
  EXPECT_TRUE(engine_.organizations()[0].is_null("account_data_until_us"));
  const std::string path = dir_.path("acme.jsonl");
  EXPECT_THROW(
      engine_.export_organization(
          ws_.org_id(), path, [](int64_t, int64_t) -> bool { throw std::runtime_error("enough"); }),
      std::runtime_error);
  int64_t told = 0;
  const int64_t rows = engine_.export_organization(ws_.org_id(), path, [&](int64_t done, int64_t) {
    told = done;
    return true;
  });
  EXPECT_GT(rows, 5);
  EXPECT_GT(told, 5);
  EXPECT_EQ(CodeOf([&] { engine_.export_organization(ws_.org_id(), path); }), OL_ALREADY_EXISTS);
  EXPECT_EQ(CodeOf([&] {
              engine_.delete_organization(ws_.org_id(), [&](int64_t, int64_t) {
                engine_.organizations();  // entering from a callback
                return true;
              });
            }),
            OL_MISUSE);
  EXPECT_GT(engine_.delete_organization(ws_.org_id()), 3);
  EXPECT_TRUE(engine_.organizations().empty());
  EXPECT_EQ(CodeOf([&] { engine_.delete_organization(ws_.org_id()); }), OL_NOT_FOUND);
}

// Through C: the stride of a batch is the caller's.
class Batches : public ::testing::Test {
 protected:
  Batches() {
    const std::string path = dir_.path("leads.db");
    EXPECT_EQ(ol_engine_open({path.data(), path.size()}, nullptr, &engine_, nullptr), OL_OK);
    EXPECT_EQ(ol_organization_create(engine_, {"a", 1}, nullptr, &ws_, nullptr), OL_OK);
    EXPECT_EQ(ol_member_add(ws_, {"m", 1}, {}, &member_, nullptr), OL_OK);
  }
  ~Batches() override {
    ol_workspace_free(ws_);
    ol_engine_free(engine_);
  }
  int32_t Record(const void* rows, size_t count, size_t size) {
    return ol_usage_record(ws_, static_cast<const ol_usage*>(rows), count, size, &done_, &err_);
  }
  onlyleads::tests::TempDir dir_;
  ol_engine* engine_ = nullptr;
  ol_workspace* ws_ = nullptr;
  ol_id member_{};
  int64_t done_ = 0;
  ol_error err_{};
};

struct Newer {
  ol_usage known;
  int64_t unknown;
};

TEST_F(Batches, OfANewerCallerAreTakenWhenTheirTailsAreZero) {
  Newer rows[2] = {};
  for (Newer& row : rows) row.known.member_id = member_;
  EXPECT_EQ(Record(rows, 2, sizeof(Newer)), OL_OK);
  EXPECT_EQ(done_, 2);
  rows[1].unknown = 1;
  EXPECT_EQ(Record(rows, 2, sizeof(Newer)), OL_INVALID_ARGUMENT);
  EXPECT_EQ(std::strncmp(err_.message, "usage[1]", 8), 0) << err_.message;
}

TEST_F(Batches, OfAnOlderCallerAreExtendedWithZeros) {
  struct Older {
    ol_id member_id;
    int64_t at_us;
  } rows[3] = {{member_, 0}, {member_, 5}, {member_, 0}};
  EXPECT_EQ(Record(rows, 3, sizeof(Older)), OL_OK);
  EXPECT_EQ(done_, 3);
}

TEST_F(Batches, OfNonsenseAreRefusedByName) {
  ol_usage row{};
  row.member_id = member_;
  EXPECT_EQ(Record(nullptr, 1, sizeof(row)), OL_INVALID_ARGUMENT);
  EXPECT_EQ(Record(&row, 1, 0), OL_INVALID_ARGUMENT);
  EXPECT_EQ(Record(&row, 1, 71), OL_INVALID_ARGUMENT);
  EXPECT_EQ(Record(&row, 10'001, sizeof(row)), OL_LIMIT);
  EXPECT_EQ(Record(nullptr, 0, sizeof(row)), OL_OK);
  row.browser = {"\xff", 1};
  EXPECT_EQ(Record(&row, 1, sizeof(row)), OL_INVALID_UTF8);
  EXPECT_EQ(std::string(err_.message).rfind("usage[0].browser", 0), 0u) << err_.message;
  ol_rows* out = nullptr;
  EXPECT_EQ(ol_signals_record(ws_, nullptr, 0, sizeof(ol_signal), &out, &err_), OL_OK);
  EXPECT_EQ(ol_rows_count(out), 0);
  ol_rows_free(out);
}

}  // namespace
