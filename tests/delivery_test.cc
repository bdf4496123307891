#include "src/engine/delivery.h"

#include <gtest/gtest.h>

#include <thread>

#include "src/base/error.h"
#include "src/base/time.h"
#include "src/engine/sending.h"
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
  EXPECT_EQ(world_.OutboxStates(), (States{{"queued", 1}}));
  world_.sandbox().Post("/sandbox/release", R"({"name":"h"})");
  run.join();
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  world_.RunUntil(kMonday + 3 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
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
