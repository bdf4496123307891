// Rights and retention through the C++ face. Black box: public headers only.
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::Error;
using onlyleads::Id;

constexpr int64_t kDayUs = 86'400'000'000;

class RightsFace : public ::testing::Test {
 protected:
  RightsFace() : engine_(Open()), ws_(engine_.create_organization("Acme Ltd")) {
    const std::string path = dir_.path("people.csv");
    std::ofstream(path) << "First Name,Email,Country\nAnn,ann@company.example,GB\n"
                           "Bob,bob@company.example,GB\n";
    onlyleads::ImportOptions how;
    how.source = "fair";
    how.lawful_basis = "legitimate_interests";
    ws_.prospects().import_csv(path, how);
    ann_ = ws_.prospects().find_by_email("ann@company.example")->id;
  }
  onlyleads::Engine Open() {
    onlyleads::EngineOptions options;
    options.host.now_us = [this] { return now_us_; };
    return onlyleads::Engine::open(dir_.path("leads.db"), options);
  }
  template <typename F>
  int32_t CodeOf(F f) {
    try {
      f();
    } catch (const Error& error) {
      return error.code();
    }
    return OL_OK;
  }

  onlyleads::tests::TempDir dir_;
  int64_t now_us_ = 1'795'428'000'000'000;
  onlyleads::Engine engine_;
  onlyleads::Workspace ws_;
  Id ann_;
};

TEST_F(RightsFace, AccessIsADocumentUntilTheDeletedPersonIsPurged) {
  EXPECT_NE(ws_.rights().access(ann_).find("ann@company.example"), std::string::npos);
  EXPECT_EQ(ws_.prospects().remove(ann_).size(), 0);
  EXPECT_EQ(CodeOf([&] { ws_.prospects().get(ann_); }), OL_NOT_FOUND);
  EXPECT_NE(ws_.rights().access(ann_).find("ann@company.example"), std::string::npos);
  const int64_t due_us = engine_.run().next_due_us;
  EXPECT_EQ(due_us, now_us_ + 30 * kDayUs);
  now_us_ = due_us;
  EXPECT_EQ(engine_.run().purged, 1);
  EXPECT_EQ(CodeOf([&] { ws_.rights().access(ann_); }), OL_NOT_FOUND);
  EXPECT_EQ(engine_.residue().pending, 0);
}

TEST_F(RightsFace, HoldsRefuseErasureAndAreListed) {
  const Id hold = ws_.holds().place(ann_, "claim");
  const Id all = ws_.holds().place(Id(), "audit", now_us_ + 1);
  EXPECT_EQ(CodeOf([&] { ws_.prospects().erase(ann_); }), OL_DENIED);
  const onlyleads::Rows holds = ws_.holds().list();
  ASSERT_EQ(holds.size(), 2);
  EXPECT_EQ(holds[0].id("hold_id"), hold);
  EXPECT_EQ(holds[1].id("hold_id"), all);
  EXPECT_TRUE(holds[1].is_null("prospect_id"));
  now_us_ += 1;
  ws_.holds().release(hold);
  ws_.prospects().erase(ann_);
}

TEST_F(RightsFace, ARunIsBoundToItsPlanAndCarriesExceptionsThrough) {
  now_us_ += 800 * kDayUs;
  const onlyleads::Rows plan = ws_.retention().plan();
  EXPECT_EQ(plan[0].integer("due"), 2);
  onlyleads::RetentionOptions options;
  options.max_rows = 1;
  options.progress = [](int64_t, int64_t) -> bool { throw std::runtime_error("mine"); };
  EXPECT_THROW(ws_.retention().run(plan, options), std::runtime_error);
  const onlyleads::RetentionReport rest = ws_.retention().run(plan);
  EXPECT_TRUE(rest.done);
  EXPECT_EQ(rest.people, 1);
  now_us_ += 2 * kDayUs;
  EXPECT_EQ(CodeOf([&] { ws_.retention().run(plan); }), OL_CONFLICT);
  EXPECT_EQ(CodeOf([&] { ws_.retention().run("rp1"); }), OL_INVALID_ARGUMENT);
}

}  // namespace
