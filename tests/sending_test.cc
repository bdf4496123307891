#include "src/engine/sending.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "src/base/error.h"
#include "src/base/time.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::kDayUs;
using base::kHourUs;
using States = std::map<std::string, int>;

int Most(const std::map<std::string, int>& counts) {
  int most = 0;
  for (const auto& [key, count] : counts) most = std::max(most, count);
  return most;
}

TEST(Sending, WalksThroughInvitationMessageAndFollowUp) {
  Outreach world;
  const auto people = world.AddPeople(1);
  const base::Id campaign = world.AddCampaign();
  world.EnrollAll(campaign, people);
  const engine::RunReport first = world.Run();
  EXPECT_EQ(first.sent, 1);
  EXPECT_EQ(first.calls, 2) << "the profile, for the provider id, then the invitation";
  EXPECT_EQ(world.EnrollmentState(campaign, people[0]), "waiting 1 ");
  world.Accept(0);
  EXPECT_EQ(world.EnrollmentState(campaign, people[0]), "active 1 ");
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.EnrollmentState(campaign, people[0]), "completed 3 ");
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3}}));
  EXPECT_EQ(world.LedgerCounts(), (std::map<std::string, int>{
                                      {"invitation ACoAATest1000 Hi P0, reply STOP to opt out.", 1},
                                      {"chat ACoAATest1000 Thanks P0.", 1},
                                      {"message ACoAATest1000 Following up, P0.", 1}}));
}

TEST(Sending, KeepsTheRollingLimitsAndWorkingHours) {
  Outreach world;
  const auto people = world.AddPeople(70);
  world.EnrollAll(world.AddCampaign(), people);
  world.Run();
  EXPECT_EQ(world.LedgerSize(), 30) << "invitations_per_day";
  world.RunUntil(kMonday + kDayUs - 1);
  EXPECT_EQ(world.LedgerSize(), 30);
  world.RunUntil(kMonday + 2 * kDayUs - 1);
  EXPECT_EQ(world.LedgerSize(), 60);
  world.RunUntil(kMonday + 3 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 70);
}

TEST(Sending, WaitsUntilWorkStarts) {
  Outreach world;
  world.Advance(12 * kHourUs);
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  const engine::RunReport report = world.Run();
  EXPECT_EQ(report.calls, 0);
  EXPECT_EQ(report.next_due_us, kMonday + kDayUs);
}

TEST(Sending, RefusesAtEnrollmentByReasonCode) {
  Outreach world;
  const auto germans = world.AddPeople(1, "DE");
  const base::Id campaign = world.AddCampaign();
  const auto table = engine::Enroll(world.engine(), world.org(), campaign, germans);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(std::get<int64_t>(table->at(0, 1)), 0);
  EXPECT_EQ(std::get<std::string>(table->at(0, 2)), "DENY_OPT_IN_REQUIRED");
  EXPECT_EQ(world.Run().calls, 0);
}

TEST(Sending, StopsAtTheClaimWhenThePersonObjectedAfterQueueing) {
  Outreach world;
  const auto people = world.AddPeople(2);
  world.EnrollAll(world.AddCampaign(), people);
  EXPECT_EQ(world.Run({.max_ms = 0, .max_calls = -1}).enqueued, 2);
  ASSERT_TRUE(engine::ObjectProspect(world.engine(), world.org(), people[0]).ok());
  world.Run();
  EXPECT_EQ(world.LedgerSize(), 1);
  EXPECT_EQ(world.OutboxStates(), (States{{"cancelled", 1}, {"sent", 1}}));
}

TEST(Sending, AThrottledAccountPausesAndThenSendsOnce) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post("/sandbox/faults",
                       R"([{"name":"t","match":{"route":"invite"},"action":{"type":"throttle"}}])");
  EXPECT_EQ(world.Run().not_sent, 1);
  EXPECT_EQ(world.OutboxStates(), (States{{"queued", 1}}));
  world.RunUntil(kMonday + kHourUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world.LedgerSize(), 1);
}

TEST(Sending, AnAccountThatIsThrottledForDaysParksNothing) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post("/sandbox/faults", R"([{"name":"t","match":{"route":"invite"},"times":12,
                       "action":{"type":"throttle","retry_after_s":7200}}])");
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"queued", 1}}));
  world.RunUntil(kMonday + 8 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world.LedgerSize(), 1);
}

TEST(Sending, AProfileThatNeverAnswersParksItsMessageAlone) {
  Outreach world;
  const auto people = world.AddPeople(2);
  world.EnrollAll(world.AddCampaign(), people);
  world.sandbox().Post("/sandbox/faults",
                       R"([{"name":"p","match":{"route":"profile","provider_id":"ACoAATest1000"},
                       "times":-1,"action":{"type":"status","status":502,"body":"<html>"}}])");
  world.RunUntil(kMonday + 3 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"parked", 1}, {"sent", 1}}));
}

class AfterAcceptance : public ::testing::TestWithParam<const char*> {};

TEST_P(AfterAcceptance, AnUnknownOutcomeIsAskedForAndNeverRepeated) {
  Outreach world;
  const base::Id campaign = world.AddCampaign();
  const auto people = world.AddPeople(1);
  world.EnrollAll(campaign, people);
  world.sandbox().Post("/sandbox/faults", std::string(R"([{"name":"f","match":{"route":"any_write"},
    "times":3,"every":1,"action":)") + GetParam() +
                                              "}]");
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"unknown", 1}}));
  world.RunUntil(kMonday + kHourUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
  world.Accept(0);
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3}}));
  EXPECT_EQ(world.LedgerSize(), 3);
  EXPECT_EQ(Most(world.LedgerCounts()), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, AfterAcceptance,
    ::testing::Values(R"({"type":"cut","after_acceptance":true})",
                      R"({"type":"error","slug":"provider_error","after_acceptance":true})",
                      R"({"type":"error","slug":"request_timeout","after_acceptance":true})",
                      R"({"type":"status","status":502,"body":"<html>","after_acceptance":true})",
                      R"({"type":"garble","how":"not_json"})"));

TEST(Sending, AnUnknownThatNeverArrivedIsSentTheNextDay) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":false}}])");
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"unknown", 1}}));
  world.RunUntil(kMonday + 12 * kHourUs);
  EXPECT_EQ(world.LedgerSize(), 0) << "not the same hour";
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 1);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
}

TEST(Sending, NullIdsStillMeanSent) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"n","match":{"route":"any_write"},"times":-1,"action":"null_ids"}])");
  EXPECT_EQ(world.Run().sent, 1);
  world.Accept(0);
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 3);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3}}));
}

TEST(Sending, ADisconnectedAccountStopsItsSenderAndLosesNothing) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(3));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"d","match":{"route":"invite"},"action":{"type":"error","slug":"disconnected_account"}}])");
  world.RunUntil(kMonday + kDayUs);
  EXPECT_EQ(world.OutboxStates()["sent"] + world.OutboxStates()["queued"], 3);
  EXPECT_GE(world.OutboxStates()["queued"], 1);
  const auto senders = engine::ListSenders(world.engine(), world.org());
  EXPECT_EQ(std::get<std::string>(senders->at(0, 9)), "disconnected_account");
  ASSERT_EQ(world.log().size(), 1u);
  EXPECT_EQ(world.log()[0],
            "sender " + ToString(world.sender()) + " stopped: disconnected_account");
  ASSERT_TRUE(engine::ResumeSender(world.engine(), world.org(), world.sender()).ok());
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3}}));
}

engine::NewSender SameSender(Outreach& world) {
  const auto senders = engine::ListSenders(world.engine(), world.org());
  engine::NewSender sender;
  sender.member_id = std::get<base::Id>(senders->at(0, 1));
  sender.account_id = kAccount;
  sender.base_url = world.sandbox().base_url();
  sender.api_key = testing::Sandbox::ApiKey();
  sender.webhook_secret = kSecret;
  sender.premium = true;
  sender.min_gap_us = 0;
  return sender;
}

TEST(Sending, AReconnectedAccountGoesOnWhereItStopped) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(3));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"d","match":{"route":"invite"},"action":{"type":"error","slug":"disconnected_account"}}])");
  world.RunUntil(kMonday + base::kHourUs);
  ASSERT_GE(world.OutboxStates()["queued"], 1);
  const auto again = engine::ConnectSender(world.engine(), world.org(), SameSender(world));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, world.sender());
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 3}}));
  EXPECT_EQ(
      base::CodeOf(engine::ConnectSender(world.engine(), world.org(), SameSender(world)).status()),
      base::ErrorCode::kAlreadyExists);
}

TEST(Sending, TwoOrganizationsOnOneAccountShareItsWindow) {
  Outreach world;
  engine::Engine& engine = world.engine();
  auto people = world.AddPeople(40);
  people.resize(20);
  const base::Id campaign = world.AddCampaign();
  world.EnrollAll(campaign, people);
  const auto other = engine::CreateOrganization(engine, {.name = "Other Ltd", .external_ref = ""});
  engine::NewSender sender = SameSender(world);
  sender.member_id = *engine::AddMember(engine, *other, "Bob Example", "bob@other.example");
  const auto sender_id = engine::ConnectSender(engine, *other, sender);
  ASSERT_TRUE(sender_id.ok()) << sender_id.status();
  const std::string csv = world.database() + ".csv";
  std::ofstream file(csv);
  file << "First Name,Last Name,Company,LinkedIn URL,Country\n";
  for (int i = 20; i < 40; ++i) {
    file << "P" << i << ",Test,Firm,https://www.linkedin.com/in/person-" << i << ",US\n";
  }
  file.close();
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  ASSERT_TRUE(engine::ImportCsv(engine, *other, csv, options).ok());
  std::string spec;
  {
    auto session = engine.Enter();
    auto c = session->db()->Query("SELECT spec FROM campaigns WHERE campaign_id = $1", {campaign});
    ASSERT_TRUE(*c->Next());
    spec = c->Text(0);
  }
  spec.replace(spec.find(ToString(world.sender())), ToString(world.sender()).size(),
               ToString(*sender_id));
  const auto theirs = engine::CreateCampaign(engine, *other, spec, "");
  std::vector<base::Id> others;
  for (int i = 20; i < 40; ++i) {
    others.push_back(*engine::FindProspect(engine, *other, "", "person-" + std::to_string(i)));
  }
  ASSERT_TRUE(engine::Enroll(engine, *other, *theirs, others).ok());
  world.RunUntil(kMonday + kDayUs - 1);
  EXPECT_EQ(world.LedgerSize(), 30) << "invitations_per_day, of both together";
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 40);
}

TEST(Sending, ADisconnectedSendersOpenMessagesSettleWhenItIsBack) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":true}}])");
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"unknown", 1}}));
  ASSERT_TRUE(engine::DisconnectSender(world.engine(), world.org(), world.sender()).ok());
  world.Advance(kHourUs);
  EXPECT_GT(world.Run().next_due_us, world.now_us()) << "there is nobody who could ask";
  ASSERT_TRUE(engine::ConnectSender(world.engine(), world.org(), SameSender(world)).ok());
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world.LedgerSize(), 1);
}

TEST(Sending, ARunWithoutCallsForgetsNoOpenQuestion) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":true}}])");
  world.Run();
  world.Advance(kHourUs);
  EXPECT_LE(world.Run({.max_ms = 0, .max_calls = -1}).next_due_us, world.now_us());
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
}

TEST(Sending, OutcomesThatCouldNotBeRecordedAreAskedFor) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(2));
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"h","match":{"route":"invite"},"times":-1,"action":{"type":"hold",)"
      R"("when":"after"}}])");
  const auto hasty = world.OpenEngine(/*busy_timeout_ms=*/1);
  absl::Status ran;
  std::thread run([&] { ran = engine::Run(*hasty, {}).status(); });
  while (world.LedgerSize() < 2) world.sandbox().Get("/sandbox/held?wait_ms=100");
  {
    const auto session = world.engine().Enter();
    const auto lock = storage::Transaction::Begin(session->db());
    ASSERT_TRUE(lock.ok());
    world.sandbox().Call("DELETE", "/sandbox/faults", "");
    world.sandbox().Post("/sandbox/release", "{}");
    run.join();
  }
  EXPECT_EQ(base::CodeOf(ran), base::ErrorCode::kBusy);
  EXPECT_EQ(world.OutboxStates(), (States{{"in_flight", 2}}));
  world.RunUntil(kMonday + kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 2}}));
  EXPECT_EQ(world.LedgerSize(), 2);
}

TEST(Inbox, AnOptOutStopsThePersonEverywhereAtOnce) {
  Outreach world;
  const auto people = world.AddPeople(2);
  const base::Id campaign = world.AddCampaign();
  world.EnrollAll(campaign, people);
  world.Run();
  world.Accept(0);
  world.Accept(1);
  const engine::InboxReport report =
      world.Ingest(world.MessageEvent(0, "Please stop contacting me.", false, "m1"));
  EXPECT_EQ(report.opt_outs, 1);
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.EnrollmentState(campaign, people[0]), "stopped 1 opt_out");
  EXPECT_EQ(world.EnrollmentState(campaign, people[1]), "completed 3 ");
  EXPECT_EQ(world.LedgerSize(), 4);
}

TEST(Inbox, AReplyEndsTheSequenceWithoutAnObjection) {
  Outreach world;
  const auto people = world.AddPeople(1);
  const base::Id campaign = world.AddCampaign();
  world.EnrollAll(campaign, people);
  world.Run();
  world.Accept(0);
  EXPECT_EQ(world.Ingest(world.MessageEvent(0, "Sounds good, call me.", false, "m1")).replies, 1);
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.EnrollmentState(campaign, people[0]), "stopped 1 replied");
  const auto again = engine::Enroll(world.engine(), world.org(), world.AddCampaign(), people);
  EXPECT_EQ(std::get<int64_t>(again->at(0, 1)), 1) << "a reply is no objection";
}

TEST(Inbox, TwiceLateAndOutOfOrderIsHarmless) {
  Outreach world;
  const auto people = world.AddPeople(1);
  const base::Id campaign = world.AddCampaign();
  // The acceptance comes before the invitation is known to have gone out.
  world.EnrollAll(campaign, people);
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":true}}])");
  world.Run();
  EXPECT_EQ(world.OutboxStates(), (States{{"unknown", 1}}));
  world.sandbox().Post("/sandbox/accept",
                       R"({"account_id":"acc_test","public_identifier":"person-0"})");
  EXPECT_EQ(world.Ingest(world.RelationEvent(0)).settled, 1);
  EXPECT_TRUE(world.Ingest(world.RelationEvent(0)).duplicate);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 1}}));
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 3);
}

TEST(Inbox, TheEchoOfOnesOwnMessageSettlesAnOpenOne) {
  Outreach world;
  const auto people = world.AddPeople(1);
  world.EnrollAll(world.AddCampaign(), people);
  world.Run();
  world.Accept(0);
  world.Advance(kHourUs);
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"start_chat"},"action":{"type":"cut","after_acceptance":true}}])");
  world.Run();
  EXPECT_EQ(world.OutboxStates()["unknown"], 1);
  EXPECT_EQ(world.Ingest(world.MessageEvent(0, "Thanks P0.\r\n", true, "m9")).settled, 1);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 2}}));
}

TEST(Inbox, AnEchoThatComesLaterThanOurPatienceStillSettles) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.Run();
  world.Accept(0);
  world.Advance(kHourUs);
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"start_chat"},"action":{"type":"cut","after_acceptance":true}}])");
  world.sandbox().Post("/sandbox/behaviour",
                       R"({"account_id":"acc_test","read_lag_ms":1000000000})");
  world.Run();
  world.RunUntil(kMonday + 20 * kHourUs);
  ASSERT_EQ(world.OutboxStates(), (States{{"sent", 1}, {"unknown", 1}}));
  world.Advance(kMonday + 26 * kHourUs - world.now_us());
  world.Run({.max_ms = 0, .max_calls = 1});
  ASSERT_EQ(world.OutboxStates(), (States{{"queued", 1}, {"sent", 1}})) << "not seen, so not sent";
  EXPECT_EQ(world.Ingest(world.MessageEvent(0, "Thanks P0.", true, "m9")).settled, 1);
  world.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world.OutboxStates(), (States{{"sent", 2}}));
  EXPECT_EQ(world.LedgerSize(), 2);
}

TEST(Inbox, AWrongSecretIsUnauthorizedAndChangesNothing) {
  Outreach world;
  const auto people = world.AddPeople(1);
  const std::string body = world.MessageEvent(0, "STOP", false, "m1");
  for (const engine::Headers& headers :
       {engine::Headers{}, engine::Headers{{"Unipile-Auth", "wrong"}},
        engine::Headers{{"Other", kSecret}}}) {
    const auto result = engine::Ingest(world.engine(), "unipile", headers, body);
    EXPECT_EQ(base::CodeOf(result.status()), base::ErrorCode::kUnauthorized);
  }
  EXPECT_EQ(world.Ingest(body).opt_outs, 1);
}

TEST(Erasure, KeepsThePersonOutAndTheLedgerProvable) {
  Outreach world;
  const auto people = world.AddPeople(1);
  world.EnrollAll(world.AddCampaign(), people);
  world.Run();
  ASSERT_TRUE(engine::EraseProspect(world.engine(), world.org(), people[0]).ok());
  EXPECT_EQ(*engine::CountProspects(world.engine(), world.org()), 0);
  EXPECT_EQ(base::CodeOf(engine::EraseProspect(world.engine(), world.org(), people[0]).status()),
            base::ErrorCode::kNotFound);
  world.Ingest(world.RelationEvent(0));
  world.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world.LedgerSize(), 1);
  const auto ledger = engine::FindInLedger(world.engine(), world.org(), "person-0");
  ASSERT_EQ(ledger->rows(), 1);
  EXPECT_EQ(std::get<std::string>(ledger->at(0, 4)), "sent");
}

TEST(Erasure, OfSomebodyWithAnOpenOutcomeAsksNobodyAboutThem) {
  Outreach world;
  const auto people = world.AddPeople(1);
  world.EnrollAll(world.AddCampaign(), people);
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"h","match":{"route":"invite"},"action":{"type":"hold","when":"after"}},
          {"name":"f","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":true}}])");
  std::thread run([&] { EXPECT_TRUE(engine::Run(world.engine(), {}).ok()); });
  while (world.sandbox().Get("/sandbox/held?wait_ms=100").find("route") == std::string::npos) {
  }
  const auto on_their_way = engine::EraseProspect(world.engine(), world.org(), people[0]);
  ASSERT_TRUE(on_their_way.ok());
  EXPECT_EQ(on_their_way->rows(), 1);
  world.sandbox().Post("/sandbox/release", R"({"name":"h"})");
  run.join();
  EXPECT_EQ(world.OutboxStates(), (States{{"unknown", 1}}));
  const auto told = engine::ListDisclosures(world.engine(), world.org(), people[0]);
  world.RunUntil(kMonday + 5 * kDayUs);
  const auto later = engine::ListDisclosures(world.engine(), world.org(), people[0]);
  EXPECT_EQ(later->rows(), told->rows());
  EXPECT_EQ(world.LedgerSize(), 1);
}

TEST(Audit, VerifiesAndNamesTheFirstDamage) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(5));
  world.Run();
  auto report = engine::VerifyAudit(world.engine());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->intact);
  EXPECT_GT(report->sealed, 10);
  EXPECT_EQ(report->unsealed, 0);
}

TEST(Ids, SortAsTheyWereMadeThoughTheClockStandsStill) {
  Outreach world;
  base::Id last;
  for (int round = 0; round < 3; ++round) {
    auto session = world.engine().Enter();
    ASSERT_TRUE(session.ok());
    for (int i = 0; i < 5000; ++i) {
      const base::Id id = session->NewId();
      ASSERT_LT(last, id);
      last = id;
    }
  }
}

}  // namespace
}  // namespace onlyleads::tests
