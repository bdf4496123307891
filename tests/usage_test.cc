// The usage log takes what is well formed, all or none, and tells nobody else.
#include "src/engine/usage.h"

#include <gtest/gtest.h>

#include "src/base/network.h"
#include "src/base/time.h"
#include "src/engine/audit.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::CanonicalIp;
using base::CodeOf;
using base::ErrorCode;
using base::Table;
using engine::NewUsage;

TEST(CanonicalIp, TakesAddressesOnly) {
  EXPECT_EQ(CanonicalIp("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(CanonicalIp("2001:DB8:0:0::1"), "2001:db8::1");
  EXPECT_EQ(CanonicalIp("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  for (const std::string_view bad : {"", " ", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]",
                                     "fe80::1%eth0", "localhost", "192.0.2.1 ", "1.2.3.4/8"}) {
    EXPECT_EQ(CanonicalIp(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(CanonicalIp(std::string_view("1.2.3.4\0x", 9)), std::nullopt);
}

class Usage : public ::testing::Test {
 protected:
  Usage() : member_(*engine::AddMember(world_.engine(), world_.org(), "Ben Example", "")) {}
  NewUsage Visit() { return {member_, 0, "192.0.2.7", "Zyxbrowser/1.0", "/campaigns"}; }
  absl::StatusOr<int64_t> Record(const std::vector<NewUsage>& usage) {
    return engine::RecordUsage(world_.engine(), world_.org(), usage);
  }
  Table List(const std::string& token = "", int limit = 0) {
    return *engine::ListUsage(world_.engine(), world_.org(), token, limit);
  }
  Outreach world_;
  base::Id member_;
};

TEST_F(Usage, IsListedAsRecordedPageByPage) {
  EXPECT_EQ(*Record({Visit(), Visit(), Visit()}), 3);
  EXPECT_EQ(*Record({}), 0);
  const Table page = List("", 2);
  ASSERT_EQ(page.rows(), 2);
  EXPECT_EQ(std::get<int64_t>(page.at(0, 2)), kMonday);
  EXPECT_EQ(std::get<std::string>(page.at(0, 3)), "192.0.2.7");
  EXPECT_EQ(std::get<std::string>(page.at(0, 5)), "/campaigns");
  EXPECT_EQ(List(page.next_page(), 2).rows(), 1);
}

TEST_F(Usage, OfABadRowNamesItAndLeavesNothing) {
  const auto error = [&](auto spoil) {
    std::vector<NewUsage> batch = {Visit(), Visit()};
    spoil(&batch[1]);
    const absl::Status status = Record(batch).status();
    EXPECT_EQ(std::string(status.message()).find("Zyx"), std::string::npos) << status;
    return std::string(status.message()).substr(0, status.message().find(':'));
  };
  EXPECT_EQ(error([](NewUsage* u) { u->ip = "192.0.2"; }), "usage[1].ip");
  EXPECT_EQ(error([](NewUsage* u) { u->at_us = kMonday + base::kHourUs; }), "usage[1].at_us");
  EXPECT_EQ(error([](NewUsage* u) { u->browser.assign(513, 'x'); }), "usage[1].browser");
  EXPECT_EQ(error([](NewUsage* u) { u->page.assign(2049, 'x'); }), "usage[1].page");
  EXPECT_EQ(error([&](NewUsage* u) { u->member_id = world_.org(); }), "usage[1].member_id");
  EXPECT_EQ(CodeOf(Record(std::vector<NewUsage>(10'001, Visit())).status()), ErrorCode::kLimit);
  EXPECT_EQ(List().rows(), 0);
}

TEST_F(Usage, StandsInNoLogAndNoAudit) {
  ASSERT_TRUE(Record({Visit()}).ok());
  world_.Run();
  const auto audit = engine::ListAudit(world_.engine(), world_.org(), "", 0);
  for (int64_t row = 0; row < audit->rows(); ++row) {
    EXPECT_EQ(std::get<std::string>(audit->at(row, 5)).find("192.0.2.7"), std::string::npos);
  }
  for (const std::string& line : world_.log()) EXPECT_EQ(line.find("Zyx"), std::string::npos);
}

}  // namespace
}  // namespace onlyleads::tests
