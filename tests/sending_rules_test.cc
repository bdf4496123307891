#include <gtest/gtest.h>

#include "src/base/time.h"
#include "src/domain/sending.h"

namespace onlyleads::domain {
namespace {

using base::kDayUs;

TEST(Window, OpensWhenTheOldestOfTheLimitLeavesIt) {
  EXPECT_EQ(WindowOpensAt({}, 2, kDayUs, 1000), 1000);
  EXPECT_EQ(WindowOpensAt({900}, 2, kDayUs, 1000), 1000);
  EXPECT_EQ(WindowOpensAt({900, 400}, 2, kDayUs, 1000), 400 + kDayUs);
  EXPECT_EQ(WindowOpensAt({900, 400}, 2, kDayUs, 500 + kDayUs), 500 + kDayUs);
  EXPECT_EQ(WindowOpensAt({}, 0, kDayUs, 1000), INT64_MAX);
}

int64_t At(const char* text) { return *base::ParseIso(text); }

TEST(WorkingHours, WaitsForTheNextWorkingDay) {
  WorkingHours hours{*base::LoadZone("Europe/London"), 9 * 60, 17 * 60, 0x1f};
  EXPECT_EQ(WorkStartsAt(hours, At("2026-11-23T10:00:00Z")), At("2026-11-23T10:00:00Z"));
  EXPECT_EQ(WorkStartsAt(hours, At("2026-11-23T17:00:00Z")), At("2026-11-24T09:00:00Z"));
  EXPECT_EQ(WorkStartsAt(hours, At("2026-11-27T18:00:00Z")), At("2026-11-30T09:00:00Z"));
  EXPECT_EQ(WorkStartsAt(hours, At("2026-07-06T03:00:00Z")), At("2026-07-06T08:00:00Z"));
}

TEST(WorkingHours, MovesForwardOutOfAGapAndTakesTheFirstOfAnOverlap) {
  // London, 29 March 2026: 01:00 to 02:00 does not exist; 25 October: 01:00 to 02:00 is there
  // twice.
  WorkingHours hours{*base::LoadZone("Europe/London"), 90, 17 * 60, 0x7f};
  EXPECT_EQ(WorkStartsAt(hours, At("2026-03-29T00:00:00Z")), At("2026-03-29T01:00:00Z"));
  EXPECT_EQ(WorkStartsAt(hours, At("2026-10-24T23:30:00Z")), At("2026-10-25T00:30:00Z"));
}

TEST(WorkingHours, NeverWithoutDays) {
  WorkingHours hours{absl::UTCTimeZone(), 0, 1440, 0};
  EXPECT_EQ(WorkStartsAt(hours, 0), INT64_MAX);
}

}  // namespace
}  // namespace onlyleads::domain
