// The verbs of a workspace through the C++ face, against a real sandbox: what they return and what
// they leave. Black box: public headers only. Python's test_verbs.py asks for more.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/sandbox.h"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::CancelAnswer;
using onlyleads::Engine;
using onlyleads::Error;
using onlyleads::Id;
using onlyleads::InboxReport;
using onlyleads::Row;
using onlyleads::Rows;
using onlyleads::Workspace;

constexpr int64_t kMondayUs = 1'795'428'000'000'000;  // 2026-11-23T10:00:00Z
constexpr char kAccount[] = "acc1";
constexpr char kSecret[] = "webhook-secret";

class FaceVerbs : public ::testing::Test {
 protected:
  FaceVerbs()
      : started_(sandbox_.Start({"--now", std::to_string(kMondayUs), "--account", kAccount})),
        engine_(Open()),
        ws_(engine_.create_organization("Acme Ltd")) {
    EXPECT_TRUE(started_);
    sender_ = Connect(ws_);
  }
  // An orderly end would wait for the connections that the engine keeps.
  ~FaceVerbs() override { sandbox_.Kill(); }

  Engine Open() {
    onlyleads::EngineOptions options;
    options.profile = "balanced";
    options.host.now_us = [this] {
      if (cancel_within_) engine_.cancel();
      return *now_us_;
    };
    return Engine::open(dir_.path("leads.db"), options);
  }

  Id Connect(const Workspace& ws) {
    onlyleads::SenderOptions sender;
    sender.member_id = ws.members().add("Ada Example");
    sender.account_id = kAccount;
    sender.base_url = sandbox_.base_url();
    sender.api_key = onlyleads::testing::Sandbox::ApiKey();
    sender.webhook_secret = kSecret;
    sender.min_gap_s = OL_NO_GAP;
    return ws.senders().connect(sender);
  }

  onlyleads::ImportReport People(const Workspace& ws, const std::vector<std::string>& names) {
    const std::string path = dir_.path("people.csv");
    std::ofstream file(path);
    file << "First Name,Last Name,Company,Title,LinkedIn URL,Country\n";
    for (const std::string& name : names) {
      file << name << ",Test," << name << " Ltd,Head of Sales,https://www.linkedin.com/in/" << name
           << "-test,GB\n";
    }
    file.close();
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    return ws.prospects().import_csv(path, how);
  }

  Id Person(const Workspace& ws, const std::string& name) {
    const auto found = ws.prospects().find_by_linkedin(name + "-test");
    return found ? found->id : Id();
  }

  Id Campaign(const Workspace& ws, const Id& sender, const std::string& external_ref = {}) {
    return ws.campaigns().create(
        R"({"name": "Test", "sender_id": ")" + sender.to_string() + R"(", "lia_on_file": true,
            "role_related": true, "art14_in_template": true,
            "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
            "steps": [{"action": "invitation", "template": "Hi {{first_name}}"},
                      {"action": "message", "after": "acceptance", "template": "Thanks"}]})",
        external_ref);
  }

  void Enroll(const std::vector<std::string>& names) {
    std::vector<Id> ids;
    for (const std::string& name : names) ids.push_back(Person(ws_, name));
    for (const Row row : ws_.campaigns().enroll(Campaign(ws_, sender_), ids)) {
      EXPECT_EQ(row.integer("enrolled"), 1) << row.text("reason");
    }
  }

  InboxReport Relation(const std::string& name) {
    return engine_.ingest_webhook("unipile", {{"unipile-auth", kSecret}},
                                  R"({"event": "new_relation", "account_id": "acc1",
                                      "user_public_identifier": ")" +
                                      name + R"(-test"})");
  }

  InboxReport Reply(const std::string& name, const std::string& text) {
    const std::string person = R"({"attendee_provider_id": ")" + TargetOf(name) +
                               R"(", "attendee_public_identifier": ")" + name + R"(-test"})";
    return engine_.ingest_webhook(
        "unipile", {{"Unipile-Auth", kSecret}},
        R"({"event": "message_received", "account_id": "acc1", "chat_id": "c", "message_id": "m-)" +
            name + R"(", "message": ")" + text + R"(", "is_sender": false, "sender": )" + person +
            R"(, "attendees": [)" + person + R"(], "account_info": {"user_id": "ACoAA-acc1"}})");
  }

  std::string TargetOf(const std::string& name) {
    const Id person = Person(ws_, name);
    for (const Row row : ws_.outbox().list()) {
      if (row.id("prospect_id") == person) return std::string(row.text("target"));
    }
    return {};
  }

  std::map<Id, std::string> States() {
    std::map<Id, std::string> states;
    std::string token;
    do {
      const Rows page = ws_.outbox().list(token, 1);
      for (const Row row : page) states[row.id("prospect_id")] = row.text("state");
      token = page.next_page();
    } while (!token.empty());
    return states;
  }

  onlyleads::tests::TempDir dir_;
  onlyleads::testing::Sandbox sandbox_;
  std::shared_ptr<int64_t> now_us_ = std::make_shared<int64_t>(kMondayUs);
  // The clock, which every call reads, then asks for the call's end.
  bool cancel_within_ = false;
  bool started_;
  Engine engine_;
  Workspace ws_;
  Id sender_;
};

TEST_F(FaceVerbs, SequenceRunsFromInvitationToOptOut) {
  EXPECT_EQ(People(ws_, {"ann", "bea"}).created, 2);
  Enroll({"ann", "bea"});
  EXPECT_EQ(engine_.run().sent, 2);
  EXPECT_EQ(Relation("ann").connections, 1);
  EXPECT_EQ(Relation("ann").duplicate, true);
  const InboxReport report = Reply("ann", "Please stop contacting me.");
  EXPECT_EQ(report.replies, 1);
  EXPECT_EQ(report.opt_outs, 1);
  EXPECT_EQ(engine_.run().sent, 0) << "a message left after the opt-out";
  const Rows inbox = ws_.inbox().list();
  ASSERT_EQ(inbox.size(), 1);
  EXPECT_EQ(inbox[0].text("label"), "opt_out");
  EXPECT_EQ(inbox[0].id("prospect_id"), Person(ws_, "ann"));
  EXPECT_EQ(ws_.prospects().get(Person(ws_, "ann")).objected_at_us, kMondayUs);
  EXPECT_EQ(ws_.prospects().get(Person(ws_, "bea")).objected_at_us, 0);
  EXPECT_THROW(
      engine_.ingest_webhook("unipile", {}, R"({"event": "new_relation", "account_id": "acc1"})"),
      Error);
}

TEST_F(FaceVerbs, EveryLongCallEndsWhenAskedTo) {
  People(ws_, {"ann", "bea"});
  const std::string scorecard = R"({"factors": [{"name": "seniority", "field": "title",
                                                  "points": 1, "any_of": ["Head of"]}]})";
  EXPECT_EQ(ws_.scoring().run(scorecard), 2);
  const Id campaign = Campaign(ws_, sender_);
  std::vector<Id> ids(101, Person(ws_, "bea"));
  ids[0] = Person(ws_, "ann");
  const auto cancelled = [&](const auto& call) {
    cancel_within_ = true;
    int32_t code = OL_OK;
    try {
      call();
    } catch (const Error& error) {
      code = error.code();
    }
    cancel_within_ = false;
    return code == OL_CANCELLED;
  };
  EXPECT_TRUE(cancelled([&] { engine_.run(); }));
  EXPECT_TRUE(cancelled([&] { engine_.audit().verify(); }));
  EXPECT_TRUE(cancelled([&] { ws_.scoring().run(scorecard); }));
  EXPECT_TRUE(cancelled([&] { ws_.retention().plan(); }));
  EXPECT_TRUE(cancelled([&] { ws_.campaigns().enroll(campaign, ids); }));
  EXPECT_TRUE(cancelled([&] { ws_.prospects().export_csv(dir_.path("people-out.csv")); }));
  EXPECT_TRUE(cancelled([&] { engine_.delete_organization(ws_.org_id()); }));
  // What was there is there, and the same call goes on.
  EXPECT_EQ(ws_.scoring().top(10).size(), 2);
  EXPECT_TRUE(engine_.audit().verify().intact);
  const Rows answers = ws_.campaigns().enroll(campaign, ids);
  EXPECT_EQ(answers.size(), 101);
  EXPECT_EQ(answers[0].text("reason"), "already_enrolled");
}

// Two imports are inside when the cancel comes: neither takes it from the other.
TEST_F(FaceVerbs, ACancelEndsEveryCallThatIsUnderWay) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  std::map<std::string, int32_t> ended;
  const auto import = [&](const std::string& name) {
    const std::string path = dir_.path(name + ".csv");
    std::ofstream file(path);
    file << "First Name,LinkedIn URL\n";
    for (int i = 0; i < 9000; ++i) {
      file << name << ",https://www.linkedin.com/in/" << name << i << "\n";
    }
    file.close();
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    how.progress = [&](int64_t, int64_t, int64_t) {
      std::unique_lock<std::mutex> lock(mutex);
      if (++inside == 2) engine_.cancel();
      changed.notify_all();
      changed.wait(lock, [&] { return inside >= 2; });
      return true;
    };
    int32_t code = OL_OK;
    try {
      ws_.prospects().import_csv(path, how);
    } catch (const Error& error) {
      code = error.code();
    }
    const std::lock_guard<std::mutex> lock(mutex);
    ended[name] = code;
  };
  std::thread one(import, "one");
  std::thread two(import, "two");
  one.join();
  two.join();
  EXPECT_EQ(ended, (std::map<std::string, int32_t>{{"one", OL_CANCELLED}, {"two", OL_CANCELLED}}));
  EXPECT_EQ(inside, 2);
  People(ws_, {"ann"});  // a later one is not meant
}

TEST_F(FaceVerbs, CancelAndObjectionKeepQueuedMessagesIn) {
  People(ws_, {"ann", "bea", "cid"});
  Enroll({"ann", "bea", "cid"});
  onlyleads::RunOptions quiet;
  quiet.max_calls = OL_RUN_NO_CALLS;
  EXPECT_EQ(engine_.run(quiet).enqueued, 3);
  const Rows queued = ws_.outbox().list();
  ASSERT_EQ(queued.size(), 3);
  const Id first = queued[0].id("message_id");
  EXPECT_EQ(ws_.outbox().cancel(first), CancelAnswer::cancelled);
  EXPECT_TRUE(ws_.prospects().object(queued[1].id("prospect_id")).empty());
  EXPECT_EQ(engine_.run().sent, 1);
  EXPECT_EQ(ws_.outbox().cancel(queued[2].id("message_id")), CancelAnswer::already_sent);
  EXPECT_EQ(States(), (std::map<Id, std::string>{{queued[0].id("prospect_id"), "cancelled"},
                                                 {queued[1].id("prospect_id"), "cancelled"},
                                                 {queued[2].id("prospect_id"), "sent"}}));
  EXPECT_THROW(ws_.outbox().cancel(Person(ws_, "ann")), Error);
}

TEST_F(FaceVerbs, RecordsOfOneMessageAgreeAndOutliveItsPerson) {
  People(ws_, {"ann"});
  const Id ann = Person(ws_, "ann");
  Enroll({"ann"});
  engine_.run();
  std::multiset<std::string> stages;
  for (const Row row : ws_.decisions().list(ann)) {
    stages.emplace(row.text("stage"));
    EXPECT_EQ(row.text("reason"), "ALLOW_OPT_OUT_REGIME");
    EXPECT_EQ(row.integer("allowed"), 1);
  }
  EXPECT_EQ(stages, (std::multiset<std::string>{"claim", "claim", "enqueue", "enroll"}));
  ASSERT_FALSE(ws_.disclosures().list(ann).empty());
  EXPECT_EQ(ws_.disclosures().list(ann)[0].text("sub_processor_id"), "unipile");
  EXPECT_EQ(ws_.disclosures().list(ann)[0].text("data_categories"),
            "account_identifier,network_identifier");
  EXPECT_EQ(engine_.sub_processors()[0].text("purposes"),
            "deliver,reconcile,resolve_profile,collect_replies");
  EXPECT_TRUE(ws_.prospects().erase(ann).empty());
  EXPECT_THROW(ws_.prospects().get(ann), Error);
  EXPECT_EQ(People(ws_, {"ann"}).suppressed, 1);
  const Rows ledger = ws_.ledger().find("ann-test");
  ASSERT_EQ(ledger.size(), 1);
  EXPECT_EQ(ledger[0].text("outcome"), "sent");
  engine_.run();
  EXPECT_FALSE(ws_.audit().list().empty());
  const onlyleads::AuditReport audit = engine_.audit().verify();
  EXPECT_TRUE(audit.intact) << audit.problem;
  EXPECT_GT(audit.sealed, 0);
  EXPECT_TRUE(audit.first_bad_org.is_none());
}

TEST_F(FaceVerbs, CampaignsRenderAndListAndRelationsSkipTheInvitation) {
  People(ws_, {"ann"});
  const Id ann = Person(ws_, "ann");
  const Id campaign = Campaign(ws_, sender_, "crm-1");
  EXPECT_EQ(Campaign(ws_, sender_, "crm-1"), campaign);
  EXPECT_EQ(ws_.campaigns().list().size(), 1);
  const Rows text = ws_.campaigns().render(campaign, ann, 0);
  EXPECT_EQ(text[0].text("body"), "Hi ann");
  EXPECT_EQ(text[0].integer("utf16_units"), 6);
  EXPECT_EQ(text[0].integer("limit_units"), 200);
  EXPECT_THROW(ws_.campaigns().render(campaign, ann, 7), Error);
  ws_.relations().add(sender_, ann);
  sandbox_.Post("/sandbox/people",
                R"({"public_identifier": "ann-test", "connected_to": ["acc1"]})");
  EXPECT_EQ(ws_.campaigns().enroll(campaign, {ann})[0].integer("enrolled"), 1);
  EXPECT_EQ(engine_.run().sent, 1);
  const Rows enrollments = ws_.campaigns().enrollments(campaign);
  ASSERT_EQ(enrollments.size(), 1);
  EXPECT_EQ(enrollments[0].text("state"), "completed");
  ASSERT_EQ(ws_.outbox().list().size(), 1);
  EXPECT_EQ(ws_.outbox().list()[0].text("channel"), "linkedin_message");
}

TEST_F(FaceVerbs, ScoresAddUpAndAreOrdered) {
  People(ws_, {"ann", "bea"});
  ws_.prospects().object(Person(ws_, "bea"));
  EXPECT_EQ(ws_.scoring().run(R"({"factors": [{"name": "senior", "field": "title", "points": 30,
                                               "any_of": ["head of"]},
                                              {"name": "near", "field": "country", "points": 5,
                                               "any_of": ["GB"]}]})"),
            1);
  const Rows top = ws_.scoring().top(10, true);
  ASSERT_EQ(top.size(), 1);
  EXPECT_EQ(top[0].id("prospect_id"), Person(ws_, "ann"));
  EXPECT_EQ(top[0].real("score"), 35);
}

TEST_F(FaceVerbs, OrganizationsAreIsolated) {
  const Workspace other = engine_.create_organization("Other Ltd");
  Connect(other);
  People(ws_, {"ann"});
  People(other, {"ann"});
  const Id ours = Person(ws_, "ann");
  EXPECT_NE(ours, Person(other, "ann"));
  Enroll({"ann"});
  engine_.run();
  EXPECT_TRUE(other.outbox().list().empty());
  EXPECT_TRUE(other.ledger().find("ann-test").empty());
  EXPECT_TRUE(other.decisions().list(ours).empty());
  EXPECT_THROW(other.prospects().get(ours), Error);
  EXPECT_THROW(other.prospects().erase(ours), Error);
  EXPECT_THROW(Campaign(other, sender_), Error);
  EXPECT_EQ(other.senders().list().size(), 1);
}

}  // namespace
