#include "src/engine/delivery.h"

#include <gtest/gtest.h>

#include <thread>

#include "src/base/error.h"
#include "src/base/time.h"
#include "src/engine/organizations.h"
#include "src/engine/sending.h"
#include "src/storage/organization_store.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::kDayUs;
using base::kHourUs;
using States = std::map<std::string, int>;

// One person in a campaign, and a sandbox that misbehaves on command.
class Delivery : public ::testing::Test {
 protected:
  Delivery() : people_(world_.AddPeople(1)), campaign_(world_.AddCampaign()) {
    world_.EnrollAll(campaign_, people_);
  }
  void Fault(const std::string& rule) {
    EXPECT_NE(world_.sandbox().Post("/sandbox/faults", "[" + rule + "]"), "");
  }
  std::string State() { return world_.EnrollmentState(campaign_, people_[0]); }
  base::Id MessageId() { return std::get<base::Id>(Message(0)); }
  std::string Outcome() { return std::get<std::string>(Message(7)); }
  base::Table::Cell Message(int column) {
    return engine::ListOutbox(world_.engine(), world_.org(), "", 10)->at(0, column);
  }

  Outreach world_;
  std::vector<base::Id> people_;
  base::Id campaign_;
};

TEST_F(Delivery, ARefusalForGoodEndsTheSequenceWithItsReason) {
  Fault(R"({"name":"f","match":{"route":"invite"},
            "action":{"type":"error","slug":"invalid_recipient"}})");
  EXPECT_EQ(world_.Run().not_sent, 1);
  EXPECT_EQ(world_.OutboxStates(), (States{{"not_sent", 1}}));
  EXPECT_EQ(State(), "stopped 0 invalid_recipient");
  world_.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
}

TEST_F(Delivery, AnInvitationToAConnectionIsProgressNotAnEnd) {
  Fault(R"({"name":"f","match":{"route":"invite"},
            "action":{"type":"error","slug":"already_connected"}})");
  EXPECT_EQ(world_.Run().not_sent, 1);
  EXPECT_EQ(State(), "active 1 ");
  EXPECT_EQ(world_.LedgerSize(), 0);
}

TEST_F(Delivery, AProfileThatIsGoneEndsTheSequenceWithItsReason) {
  Fault(R"({"name":"f","match":{"route":"profile"},
            "action":{"type":"error","slug":"resource_not_found"}})");
  EXPECT_EQ(world_.Run().not_sent, 1);
  EXPECT_EQ(State(), "stopped 0 resource_not_found");
  world_.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
}

TEST_F(Delivery, AProviderThatCannotBeReachedIsTriedEightTimesAndThenAPersonDecides) {
  world_.Run({.max_ms = 0, .max_calls = 1});  // the profile alone
  world_.sandbox().Stop();
  int runs = 0;
  while (world_.OutboxStates() == States{{"queued", 1}} && ++runs < 20) {
    EXPECT_EQ(Outcome(), runs == 1 ? "" : "connect_failed");
    const engine::RunReport report = world_.Run();
    EXPECT_EQ(report.not_sent, 1);
    if (report.parked == 0) world_.Advance(report.next_due_us - world_.now_us());
  }
  EXPECT_EQ(runs, 8);
  EXPECT_EQ(world_.OutboxStates(), (States{{"parked", 1}}));
  EXPECT_EQ(State(), "parked 0 connect_failed");
}

TEST_F(Delivery, AProfileThatCannotBeReadSaysWhyUntilItCan) {
  Fault(R"({"name":"f","match":{"route":"profile"},"times":2,
            "action":{"type":"status","status":503}})");
  world_.Run();
  EXPECT_EQ(world_.OutboxStates(), (States{{"queued", 1}}));
  EXPECT_EQ(Outcome(), "http_503");
  world_.RunUntil(kMonday + kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(Outcome(), "sent");
}

// Whoever stands between us and the provider may answer in its name.
TEST_F(Delivery, ARefusalWithoutACodeStopsTheSenderUnderItsStatus) {
  Fault(R"({"name":"f","match":{"route":"profile"},"times":1,
            "action":{"type":"status","status":401,"body":"<html>Sign in</html>"}})");
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  const auto senders = engine::ListSenders(world_.engine(), world_.org());
  EXPECT_EQ(std::get<std::string>(senders->at(0, 7)), "stopped");
  EXPECT_EQ(std::get<std::string>(senders->at(0, 9)), "http_401");
  ASSERT_TRUE(engine::ResumeSender(world_.engine(), world_.org(), world_.sender()).ok());
  world_.RunUntil(kMonday + 4 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
}

TEST_F(Delivery, WhatWasCancelledInFlightAndNotSentStaysCancelled) {
  Fault(R"({"name":"h","match":{"route":"invite"},"action":{"type":"hold","when":"before"}},
           {"name":"t","match":{"route":"invite"},"action":{"type":"throttle"}})");
  std::thread run([&] { EXPECT_TRUE(engine::Run(world_.engine(), {}).ok()); });
  while (world_.sandbox().Get("/sandbox/held?wait_ms=100").find("route") == std::string::npos) {
  }
  EXPECT_EQ(*engine::CancelMessage(world_.engine(), world_.org(), MessageId()),
            engine::CancelAnswer::kInFlight);
  world_.sandbox().Post("/sandbox/release", R"({"name":"h"})");
  run.join();
  EXPECT_EQ(world_.OutboxStates(), (States{{"cancelled", 1}}));
  world_.RunUntil(kMonday + 5 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
}

TEST_F(Delivery, AnAnswerThatComesAfterTheLooksGaveTheMessageUpStillCounts) {
  Fault(R"({"name":"h","match":{"route":"invite"},"action":{"type":"hold","when":"before"}})");
  std::thread run([&] { EXPECT_TRUE(engine::Run(world_.engine(), {}).ok()); });
  while (world_.sandbox().Get("/sandbox/held?wait_ms=100").find("route") == std::string::npos) {
  }
  const auto other = world_.OpenEngine();
  for (int i = 0; i < 6; ++i) {
    world_.Advance(10 * base::kMinuteUs);
    EXPECT_TRUE(engine::Run(*other, {}).ok());
  }
  EXPECT_EQ(world_.OutboxStates(), (States{{"unknown", 1}}));
  world_.Advance(kDayUs);
  EXPECT_TRUE(engine::Run(*other, {.max_ms = 0, .max_calls = 1}).ok());
  EXPECT_EQ(world_.OutboxStates(), (States{{"queued", 1}}));
  world_.sandbox().Post("/sandbox/release", R"({"name":"h"})");
  run.join();
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  world_.RunUntil(kMonday + 3 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
}

// Read from a cache: what was accepted shows up hours later, behind the first three looks.
TEST_F(Delivery, WhatAListingShowsOnlyHoursLaterIsNotSentTwice) {
  world_.RunUntil(kMonday + kHourUs);
  world_.Accept(0);
  const int invited = world_.LedgerSize();
  world_.sandbox().Post("/sandbox/behaviour", R"({"read_lag_ms":21600000})");
  Fault(R"({"name":"c","match":{"route":"start_chat"},"times":1,
            "action":{"type":"cut","after_acceptance":true}})");
  world_.RunUntil(kMonday + 4 * kHourUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}, {"unknown", 1}}))
      << "not seen, not given up";
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 2}}));
  EXPECT_EQ(world_.LedgerSize(), invited + 1);
  auto session = world_.engine().Enter();
  EXPECT_EQ(storage::QueryInt(session->db(),
                              "SELECT max(data_categories) FROM disclosures WHERE purpose = "
                              "'reconcile'",
                              {})
                ->value_or(0),
            1)
      << "a listing of the account discloses nobody";
}

TEST_F(Delivery, WhoMayNotBeInvitedYetKeepsTheOthersWaitingOnce) {
  const auto others = world_.AddPeople(1);
  world_.EnrollAll(campaign_, others);
  Fault(R"({"name":"f","match":{"route":"invite","provider_id":"ACoAATest1000"},"times":-1,
            "action":{"type":"error","slug":"cannot_resend_yet"}})");
  world_.RunUntil(kMonday + 10 * kDayUs);
  EXPECT_EQ(world_.EnrollmentState(campaign_, others[0]), "waiting 1 ");
  EXPECT_EQ(world_.LedgerSize(), 1);
  const std::string faults = world_.sandbox().Get("/sandbox/faults");
  EXPECT_NE(faults.find(R"("hits":1)"), std::string::npos) << faults;
}

TEST_F(Delivery, AnOrganizationThatCannotBeReadKeepsNobodyWaiting) {
  const auto other = engine::CreateOrganization(world_.engine(), {.name = "Broken Ltd"});
  ASSERT_TRUE(other.ok());
  {
    auto session = world_.engine().Enter();
    // Its campaign came from elsewhere and is no JSON; it is due before the other's.
    for (const std::string sql :
         {"INSERT INTO members SELECT $1, member_id, name, email, created_at_us FROM members "
          "WHERE org_id = $2",
          "INSERT INTO senders (org_id, sender_id, member_id, account_ref, name, base_url, "
          "api_key_sealed, webhook_header, webhook_secret_sealed, premium, zone, work_start_min, "
          "work_end_min, work_days, invitations_per_day, invitations_per_week, messages_per_day, "
          "messages_per_week, profiles_per_day, profiles_per_week, min_gap_us, state, "
          "created_at_us) SELECT $1, sender_id, member_id, account_ref, name, base_url, "
          "api_key_sealed, webhook_header, webhook_secret_sealed, premium, zone, work_start_min, "
          "work_end_min, work_days, invitations_per_day, invitations_per_week, messages_per_day, "
          "messages_per_week, profiles_per_day, profiles_per_week, min_gap_us, state, "
          "created_at_us FROM senders WHERE org_id = $2",
          "INSERT INTO prospects SELECT $1, prospect_id, first_name, last_name, company, title, "
          "industry, city, country, recipient_type, attributes, source, lawful_basis, "
          "obtained_at_us, NULL, created_at_us, updated_at_us FROM prospects WHERE org_id = $2",
          "INSERT INTO person_facts (org_id, prospect_id, version, suppressed_email, "
          "suppressed_linkedin) SELECT $1, prospect_id, 1, 0, 0 FROM prospects WHERE org_id = $2",
          "INSERT INTO campaigns SELECT $1, campaign_id, sender_id, NULL, name, '{', 1 FROM "
          "campaigns WHERE org_id = $2",
          "INSERT INTO enrollments SELECT $1, prospect_id, campaign_id, state, step, 0, reason, "
          "1, 1 FROM enrollments WHERE org_id = $2",
          "INSERT INTO org_due (org_id, next_due_us) SELECT $1, 0 WHERE $2 IS NOT NULL ON CONFLICT "
          "DO UPDATE SET next_due_us = 0"}) {
      const auto done = session->db()->Run(sql, {*other, world_.org()});
      ASSERT_TRUE(done.ok()) << done.status() << sql;
    }
  }
  const engine::RunReport report = world_.Run();
  EXPECT_EQ(report.organizations_failed, 1);
  EXPECT_EQ(report.sent, 1);
  ASSERT_FALSE(world_.log().empty());
  EXPECT_NE(world_.log().back().find(ToString(*other)), std::string::npos) << world_.log().back();
  EXPECT_EQ(world_.Run().organizations_failed, 0) << "not before an hour is over";
  world_.Advance(kHourUs);
  EXPECT_EQ(world_.Run().organizations_failed, 1);
}

TEST_F(Delivery, AKeyThatALookIsRefusedWithStopsTheSenderAndKeepsTheQuestion) {
  Fault(
      R"({"name":"lost","match":{"route":"invite"},"action":{"type":"cut","after_acceptance":true}},
           {"name":"key","match":{"route":"sent_invitations"},"times":1,
            "action":{"type":"error","slug":"missing_credentials"}})");
  world_.RunUntil(kMonday + kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"unknown", 1}}));
  const auto senders = engine::ListSenders(world_.engine(), world_.org());
  EXPECT_EQ(std::get<std::string>(senders->at(0, 9)), "missing_credentials");
  ASSERT_TRUE(engine::ResumeSender(world_.engine(), world_.org(), world_.sender()).ok());
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world_.LedgerSize(), 1);
}

TEST_F(Delivery, AnotherOrganizationsWrongKeyStopsThatOneAlone) {
  const auto other = engine::CreateOrganization(world_.engine(), {.name = "Other Ltd"});
  const auto member = engine::AddMember(world_.engine(), *other, "Bob", "");
  engine::NewSender sender;
  sender.member_id = *member;
  sender.account_id = kAccount;
  sender.base_url = "http://127.0.0.1:9";
  sender.api_key = "wrong";
  sender.webhook_secret = kSecret;
  const auto elsewhere = engine::ConnectSender(world_.engine(), *other, sender);
  EXPECT_EQ(base::CodeOf(elsewhere.status()), base::ErrorCode::kConflict);
  sender.base_url = world_.sandbox().base_url() + "/";
  const auto connected = engine::ConnectSender(world_.engine(), *other, sender);
  ASSERT_TRUE(connected.ok()) << connected.status();
  {
    auto session = world_.engine().Enter();
    ASSERT_TRUE(storage::StopSender(session->db(), *other, *connected, "missing_credentials").ok());
  }
  const auto state = [&](const base::Id& org) {
    const auto senders = engine::ListSenders(world_.engine(), org);
    return std::get<std::string>(senders->at(0, 7)) + " " +
           std::get<std::string>(senders->at(0, 9));
  };
  EXPECT_EQ(state(*other), "stopped missing_credentials");
  EXPECT_EQ(state(world_.org()), "active ");
  ASSERT_TRUE(engine::ResumeSender(world_.engine(), *other, *connected).ok());
  EXPECT_EQ(state(*other), "active ");
}

TEST_F(Delivery, AProviderThatRefusesTheKeyStopsTheSenderAndNotTheAccount) {
  Fault(R"({"name":"f","match":{"route":"profile"},"times":1,
            "action":{"type":"error","slug":"missing_credentials"}})");
  world_.Run();
  const auto senders = engine::ListSenders(world_.engine(), world_.org());
  EXPECT_EQ(std::get<std::string>(senders->at(0, 9)), "missing_credentials");
  auto session = world_.engine().Enter();
  EXPECT_EQ(
      storage::QueryInt(session->db(),
                        "SELECT count(*) FROM external_accounts WHERE stop_reason IS NULL", {})
          ->value_or(0),
      1);
}

TEST_F(Delivery, AClockThatJumpsAheadAndBackFreesNoLimit) {
  auto session = world_.engine().Enter();
  const base::Id account = world_.sender(), one = session->NewId(), two = session->NewId();
  ASSERT_TRUE(session->db()
                  ->Run("INSERT INTO external_accounts VALUES ($1, 'unipile', 'other', 0, NULL, 0)",
                        {account})
                  .ok());
  ASSERT_TRUE(storage::InsertUse(session->db(), account, "message", kMonday, one).ok());
  ASSERT_TRUE(
      storage::InsertUse(session->db(), account, "message", kMonday + 20 * kDayUs, two).ok());
  EXPECT_EQ(storage::LoadUses(session->db(), account, "message", 10)->size(), 2u);
}

// The intent must lie outside the database before a call starts; where it cannot, none does.
TEST(DeliveryLedger, NothingLeavesWhileTheLedgerCannotBeWritten) {
  Outreach world;
  world.EnrollAll(world.AddCampaign(), world.AddPeople(2));
  world.Run({.max_ms = 0, .max_calls = -1});
  world.CloseEngine();
  bool broken = false;
  std::vector<std::string> frames;
  engine::OpenOptions options = world.Options();
  options.new_ledger = true;
  options.host.ledger_append = [&](std::string_view frame) {
    if (broken) return base::Error(base::ErrorCode::kCallbackFailed, "host.ledger_append");
    frames.emplace_back(frame);
    return absl::OkStatus();
  };
  options.host.ledger_read = [&](int64_t from, const base::Host::PutFrame& put) {
    for (size_t i = static_cast<size_t>(from); i < frames.size(); ++i) {
      OL_RETURN_IF_ERROR(put(frames[i]));
    }
    return absl::OkStatus();
  };
  const auto engine = engine::Engine::Open(std::move(options));
  ASSERT_TRUE(engine.ok()) << engine.status();
  // Broken from the first claim on: what run flushes at its start is nothing new.
  ASSERT_TRUE(engine::Run(**engine, {.max_ms = 0, .max_calls = -1}).ok());
  broken = true;
  const auto run = engine::Run(**engine, {});
  EXPECT_EQ(base::CodeOf(run.status()), base::ErrorCode::kCallbackFailed);
  EXPECT_EQ(world.LedgerSize(), 0);
  broken = false;
  world.Advance(kHourUs);
  ASSERT_TRUE(engine::Run(**engine, {}).ok());
  world.Advance(kDayUs);
  ASSERT_TRUE(engine::Run(**engine, {}).ok());
  EXPECT_EQ(world.LedgerSize(), 2);
}

}  // namespace
}  // namespace onlyleads::tests
