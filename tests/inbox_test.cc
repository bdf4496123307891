// Whom an opt-out reaches: every record of the human who wrote, by whatever the event names them,
// also when the sender it was written to is gone.
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "src/base/time.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

class OptOut : public ::testing::Test {
 protected:
  bool Objected(const std::string& email) {
    const auto id = engine::FindProspect(world_.engine(), world_.org(), email, "");
    EXPECT_TRUE(id.ok()) << id.status();
    const auto row = engine::GetProspect(world_.engine(), world_.org(), *id);
    EXPECT_TRUE(row.ok()) << row.status();
    for (size_t column = 0; column < row->columns().size(); ++column) {
      if (row->columns()[column].name != "objected_at_us") continue;
      const auto* at = std::get_if<int64_t>(&row->at(0, column));
      return at != nullptr && *at > 0;
    }
    ADD_FAILURE() << "no column tells of an objection";
    return false;
  }

  Outreach world_;
};

TEST_F(OptOut, ReachesEveryRecordOfWhoWrote) {
  world_.AddPeople(1);
  world_.AddRecord("ACoAATest1000", "other@company.example");
  const auto report = world_.Ingest(world_.MessageEvent(0, "STOP", false, "m1"));
  EXPECT_EQ(report.opt_outs, 1);
  EXPECT_EQ(report.replies, 1);
  EXPECT_TRUE(Objected("p0@company.example"));
  EXPECT_TRUE(Objected("other@company.example"));
}

TEST_F(OptOut, CountsWhenTheSenderWasDisconnectedBefore) {
  world_.AddPeople(1);
  ASSERT_TRUE(engine::DisconnectSender(world_.engine(), world_.org(), world_.sender()).ok());
  EXPECT_EQ(world_.Ingest(world_.MessageEvent(0, "STOP", false, "m1")).opt_outs, 1);
  EXPECT_TRUE(Objected("p0@company.example"));
}

TEST_F(OptOut, CountsWhenOnlyTheChatTellsWhoWrote) {
  world_.AddPeople(1);
  world_.Ingest(world_.MessageEvent(0, "Tell me more.", false, "m1"));
  EXPECT_FALSE(Objected("p0@company.example"));
  const std::string of_nobody =
      absl::StrReplaceAll(world_.MessageEvent(0, "STOP", false, "m2"),
                          {{"ACoAATest1000", "ACoAAOther"}, {"person-0", "somebody-else"}});
  EXPECT_EQ(world_.Ingest(of_nobody).opt_outs, 1);
  EXPECT_TRUE(Objected("p0@company.example"));
}

TEST_F(OptOut, IsNotWhatWeWroteWhereNobodyIsNamed) {
  const auto people = world_.AddPeople(1);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.Run();
  world_.Accept(0);
  world_.RunUntil(kMonday + base::kDayUs);
  const auto ledger = world_.LedgerCounts();
  ASSERT_EQ(ledger.size(), 2u);
  world_.Ingest(world_.MessageEvent(0, "Tell me more.", false, "m1"));  // now the chat is known
  const std::string echo = absl::StrReplaceAll(world_.MessageEvent(0, "Thanks P0.", false, "m2"),
                                               {{"ACoAATest1000", "ACoAAOther"},
                                                {"person-0", "somebody-else"},
                                                {"\"is_sender\":false,", ""}});
  const auto report = world_.Ingest(echo);
  EXPECT_EQ(report.replies, 0);
  EXPECT_EQ(report.opt_outs, 0);
}

TEST_F(OptOut, OfOneInAGroupIsNobodyElses) {
  world_.AddPeople(2);
  // The flag is missing; three attendees make a group.
  const auto in_group = [&](int i, const std::string& text, const std::string& id) {
    return absl::StrReplaceAll(
        world_.MessageEvent(i, text, false, id),
        {{"\"chat_of_" + std::to_string(i) + "\"", "\"group\""},
         {"\"attendees\":[", R"("attendees":[{"attendee_provider_id":"ACoAAThird"},)"}});
  };
  world_.Ingest(in_group(0, "Hello all.", "m1"));
  EXPECT_EQ(world_.Ingest(in_group(1, "STOP", "m2")).opt_outs, 1);
  EXPECT_TRUE(Objected("p1@company.example"));
  EXPECT_FALSE(Objected("p0@company.example"));
}

TEST_F(OptOut, OfAStrangerCountsWhenAListBringsThemLater) {
  world_.AddPeople(1);
  const std::string of_stranger =
      absl::StrReplaceAll(world_.MessageEvent(0, "STOP", false, "m1"),
                          {{"ACoAATest1000", "ACoAAStranger"}, {"person-0", "a-stranger"}});
  EXPECT_EQ(world_.Ingest(of_stranger).replies, 0);
  EXPECT_FALSE(Objected("p0@company.example"));
  world_.AddRecord("ACoAAStranger", "by-id@company.example");
  EXPECT_TRUE(Objected("by-id@company.example"));
}

TEST_F(OptOut, FindsWhoWroteByTheAddressOfTheirProfile) {
  world_.AddPeople(1);
  const std::string by_url =
      absl::StrReplaceAll(world_.MessageEvent(0, "STOP", false, "m1"),
                          {{"ACoAATest1000", "AEMAAOther"},
                           {"\"attendee_public_identifier\":\"person-0\"",
                            "\"attendee_profile_url\":\"https://www.linkedin.com/in/person-0/\""}});
  ASSERT_NE(by_url.find("attendee_profile_url"), std::string::npos) << by_url;
  EXPECT_EQ(world_.Ingest(by_url).opt_outs, 1);
  EXPECT_TRUE(Objected("p0@company.example"));
}

}  // namespace
}  // namespace onlyleads::tests
