// Nothing goes out from an account whose member has not agreed to it, or not any more.
#include "src/engine/mandates.h"

#include <gtest/gtest.h>

#include "src/base/time.h"
#include "src/engine/audit.h"
#include "src/engine/organizations.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::CodeOf;
using base::ErrorCode;
using base::Table;

const std::string kDigest(64, 'a');

class Mandates : public ::testing::Test {
 protected:
  Mandates() : people_(world_.AddPeople(2)) {}

  Table List() { return *engine::ListMandates(world_.engine(), world_.org(), "", 0); }
  base::Id Newest() {
    const Table list = List();
    return std::get<base::Id>(list.at(list.rows() - 1, 0));
  }
  base::Id Member() { return std::get<base::Id>(List().at(0, 2)); }
  Table Revoke(const base::Id& mandate) {
    auto table = engine::RevokeMandate(world_.engine(), world_.org(), mandate);
    EXPECT_TRUE(table.ok()) << table.status();
    return *std::move(table);
  }
  absl::StatusOr<base::Id> Record(const std::string& scope) {
    return engine::RecordMandate(world_.engine(), world_.org(),
                                 {Member(), world_.sender(), scope, "terms 3", kDigest, "doc 7"});
  }
  void Queue() {
    campaign_ = world_.AddCampaign();
    world_.EnrollAll(campaign_, people_);
    world_.Run({.max_calls = -1});
    ASSERT_EQ(world_.OutboxStates()["queued"], 2);
  }

  Outreach world_;
  std::vector<base::Id> people_;
  base::Id campaign_;
};

TEST_F(Mandates, OfEveryChannelComesWithTheConnection) {
  const Table list = List();
  ASSERT_EQ(list.rows(), 1);
  EXPECT_EQ(std::get<std::string>(list.at(0, 3)), "linkedin_invite_note,linkedin_message");
  EXPECT_EQ(std::get<std::string>(list.at(0, 4)), "hosted_auth");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(list.at(0, 9)));
}

TEST_F(Mandates, OnceRevokedStopEveryClaimAndGoOnWithTheNext) {
  Queue();
  EXPECT_EQ(Revoke(Newest()).rows(), 0);
  EXPECT_EQ(world_.OutboxStates()["parked"], 2);
  EXPECT_EQ(world_.EnrollmentState(campaign_, people_[0]), "parked 0 no_mandate");
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  ASSERT_TRUE(Record("").ok());
  EXPECT_EQ(world_.EnrollmentState(campaign_, people_[0]), "sending 0 ");
  world_.RunUntil(kMonday + 2 * base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 2);
  EXPECT_EQ(world_.OutboxStates()["sent"], 2);
}

TEST_F(Mandates, AreNeededToQueueAStepToo) {
  Revoke(Newest());
  const base::Id campaign = world_.AddCampaign();
  world_.EnrollAll(campaign, people_);
  const engine::RunReport report = world_.Run();
  EXPECT_EQ(report.parked, 2);
  EXPECT_EQ(report.calls, 0);
  EXPECT_EQ(world_.EnrollmentState(campaign, people_[1]), "parked 0 no_mandate");
  EXPECT_TRUE(world_.OutboxStates().empty());
  ASSERT_TRUE(Record("linkedin_message").ok());
  world_.Run();
  EXPECT_EQ(world_.EnrollmentState(campaign, people_[1]), "parked 0 no_mandate")
      << "another channel's mandate is none";
  ASSERT_TRUE(Record("linkedin_invite_note").ok());
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 2);
}

TEST_F(Mandates, CoverTheirChannelsAlone) {
  ASSERT_TRUE(Record("linkedin_invite_note").ok());
  Revoke(std::get<base::Id>(List().at(0, 0)));
  Queue();
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 2) << "invitations are covered";
  world_.Accept(0);
  world_.RunUntil(kMonday + 2 * base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 2) << "messages are not";
  EXPECT_EQ(world_.EnrollmentState(campaign_, people_[0]), "parked 1 no_mandate");
}

TEST_F(Mandates, NameWhatWasOnItsWayWhenRevokedAndItIsNeverTriedAgain) {
  world_.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"invite"},"times":9,"action":{"type":"cut"}}])");
  Queue();
  world_.Run();
  ASSERT_EQ(world_.OutboxStates()["unknown"], 2);
  const Table open = Revoke(Newest());
  ASSERT_EQ(open.rows(), 2);
  EXPECT_EQ(std::get<std::string>(open.at(0, 2)), "linkedin_invite_note");
  world_.RunUntil(kMonday + 20 * base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  EXPECT_EQ(world_.OutboxStates()["queued"], 0);
}

TEST_F(Mandates, GiveWayToTheOneOfANewConnection) {
  Queue();
  ASSERT_TRUE(engine::DisconnectSender(world_.engine(), world_.org(), world_.sender()).ok());
  engine::NewSender sender;
  sender.member_id = Member();
  sender.account_id = kAccount;
  sender.base_url = world_.sandbox().base_url();
  sender.api_key = testing::Sandbox::ApiKey();
  sender.webhook_secret = kSecret;
  sender.min_gap_us = 0;
  sender.mandate_scope = "linkedin_message";
  sender.mandate_version = "terms 4";
  sender.mandate_digest = kDigest;
  sender.mandate_evidence = "doc 8";
  ASSERT_TRUE(engine::ConnectSender(world_.engine(), world_.org(), sender).ok());
  const Table list = List();
  ASSERT_EQ(list.rows(), 2);
  EXPECT_EQ(std::get<int64_t>(list.at(0, 9)), kMonday) << "the earlier one has ended";
  EXPECT_EQ(std::get<std::string>(list.at(1, 3)), "linkedin_message");
  EXPECT_EQ(std::get<std::string>(list.at(1, 5)), kDigest);
  EXPECT_EQ(world_.OutboxStates()["parked"], 2) << "queued invitations lost their cover";
}

TEST_F(Mandates, OfADisconnectedSenderLetNothingOut) {
  Queue();
  const auto open = engine::DisconnectSender(world_.engine(), world_.org(), world_.sender());
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->rows(), 0);
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  EXPECT_EQ(world_.OutboxStates()["queued"], 2);
}

// The second lock: the schema refuses what the engine would not do.
TEST_F(Mandates, AreAskedForByTheSchemaItself) {
  Queue();
  auto session = world_.engine().Enter();
  ASSERT_TRUE(session->db()->Script("DELETE FROM mandate_channels").ok());
  EXPECT_EQ(CodeOf(session->db()->Script("UPDATE outbox SET state = 'in_flight'")),
            ErrorCode::kConflict);
}

TEST_F(Mandates, AreRefusedByArgument) {
  engine::NewMandate good{Member(), world_.sender(), "", "terms", kDigest, ""};
  const auto code = [&](auto spoil) {
    engine::NewMandate mandate = good;
    spoil(&mandate);
    const absl::Status status =
        engine::RecordMandate(world_.engine(), world_.org(), mandate).status();
    return std::string(status.message()).substr(0, status.message().find(':'));
  };
  EXPECT_EQ(code([](auto* m) { m->scope = "email"; }), "scope");
  EXPECT_EQ(code([](auto* m) { m->scope = "linkedin_message,linkedin_message"; }), "scope");
  EXPECT_EQ(code([](auto* m) { m->text_version = ""; }), "text_version");
  EXPECT_EQ(code([](auto* m) { m->text_digest = "abc"; }), "text_digest");
  EXPECT_EQ(code([](auto* m) { m->text_digest = std::string(64, 'z'); }), "text_digest");
  EXPECT_EQ(code([](auto* m) { m->given_at_us = kMonday + base::kHourUs; }), "given_at_us");
  EXPECT_EQ(code([](auto* m) { m->member_id = m->sender_id; }), "member_id");
  EXPECT_EQ(code([](auto* m) { m->sender_id = m->member_id; }), "sender_id");
  EXPECT_EQ(code([](auto* m) { m->evidence_ref.assign(600, 'x'); }), "evidence_ref");
  EXPECT_EQ(List().rows(), 1);
  EXPECT_EQ(CodeOf(engine::RevokeMandate(world_.engine(), world_.org(), world_.sender()).status()),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace onlyleads::tests
