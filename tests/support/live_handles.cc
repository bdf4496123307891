// Linked into a test program of the public API: each of its tests gives back every handle that it
// took. Memory of handles is never returned, so LeakSanitizer alone would not tell.
#include <gtest/gtest.h>

#include "onlyleads/onlyleads.h"

namespace {

class LiveHandles : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { before_ = ol_live_handles(); }
  void OnTestEnd(const testing::TestInfo&) override {
    EXPECT_EQ(ol_live_handles(), before_) << "handles that the test took and did not free";
  }

  int64_t before_ = 0;
};

// The listeners own it.
[[maybe_unused]] const bool listens = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new LiveHandles);
  return true;
}();

}  // namespace
