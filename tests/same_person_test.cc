// One human in two records of an organization, by public identifier and by member id: the records
// are two until a sender resolves the first, and then whatever is said of one holds for both.
#include <gtest/gtest.h>

#include "src/base/time.h"
#include "src/engine/campaigns.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::kDayUs;
using States = std::map<std::string, int>;

class SamePerson : public ::testing::Test {
 protected:
  SamePerson() {
    named_ = world_.AddPeople(1).front();
    numbered_ = world_.AddRecord("ACoAATest1000", "other@company.example");
  }

  // The first record's provider id is known from here on.
  void Resolve() {
    world_.EnrollAll(world_.AddCampaign(), {named_});
    world_.Run();
    ASSERT_EQ(world_.LedgerSize(), 1);
  }

  Outreach world_;
  base::Id named_, numbered_;
};

TEST_F(SamePerson, IsReachedOncePerStepThroughEitherRecord) {
  world_.EnrollAll(world_.AddCampaign(), {numbered_, named_});
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}, {"cancelled", 1}}));
}

TEST_F(SamePerson, WhoObjectedInTheResolvedRecordIsNotWrittenToThroughTheOther) {
  Resolve();
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), named_).ok());
  const auto table =
      engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign("strict"), {numbered_});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(std::get<std::string>(table->at(0, 2)), "DENY_OBJECTED");
}

TEST_F(SamePerson, WhoObjectedByMemberIdIsNotWrittenToOnceTheOtherRecordIsResolved) {
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), numbered_).ok());
  world_.EnrollAll(world_.AddCampaign(), {named_});
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  EXPECT_EQ(world_.OutboxStates(), (States{{"cancelled", 1}}));
}

TEST_F(SamePerson, WhoWasErasedByMemberIdIsNotWrittenToThroughTheOther) {
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), numbered_).ok());
  world_.EnrollAll(world_.AddCampaign(), {named_});
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
}

TEST_F(SamePerson, AnErasureReachesTheProviderIdThatWasResolved) {
  Resolve();
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), named_).ok());
  const auto table =
      engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign("strict"), {numbered_});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(std::get<int64_t>(table->at(0, 1)), 0);
}

}  // namespace
}  // namespace onlyleads::tests
