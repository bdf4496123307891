// The egress gate refuses a call for each term that can fail, by name, and a pass cannot be copied,
// made elsewhere or used twice.
#include "src/domain/egress.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/base/error.h"

namespace onlyleads::domain {
namespace {

constexpr int64_t kNow = 1'700'000'000'000'000;

static_assert(!std::is_copy_constructible_v<EgressPass>);
static_assert(!std::is_copy_assignable_v<EgressPass>);
static_assert(!std::is_default_constructible_v<EgressPass>);
static_assert(!std::is_constructible_v<EgressPass, Disclosure, int64_t>);
static_assert(std::is_nothrow_move_constructible_v<EgressPass>);

SubProcessor Row() { return UnipileSubProcessor(kNow - 1); }

Disclosure Call() {
  return {"unipile",
          EgressPurpose::kDeliver,
          {DataCategory::kNetworkIdentifier, DataCategory::kMessageText},
          "FR"};
}

SubProcessor American(std::string safeguard, std::string record) {
  SubProcessor row = Row();
  row.region = "US";
  row.safeguard = std::move(safeguard);
  row.transfer_record = std::move(record);
  return row;
}

Disclosure CallTo(std::string region) {
  Disclosure call = Call();
  call.region = std::move(region);
  return call;
}

std::string Denied(const SubProcessor& row, const Disclosure& call, int64_t now_us = kNow) {
  const auto pass = Authorize(row, call, now_us);
  if (pass.ok()) return "allowed";
  EXPECT_EQ(base::CodeOf(pass.status()), base::ErrorCode::kEgressDenied);
  return std::string(pass.status().message());
}

TEST(Egress, AllowsWhatTheRegisterCoversAndKeepsWhatLeft) {
  const auto pass = Authorize(Row(), Call(), kNow);
  ASSERT_TRUE(pass.ok()) << pass.status();
  EXPECT_EQ(pass->disclosure().sub_processor_id, "unipile");
  EXPECT_EQ(pass->disclosure().data_categories.bits(), Call().data_categories.bits());
  EXPECT_EQ(pass->authorised_at_us(), kNow);
  EXPECT_FALSE(pass->spent());
}

TEST(Egress, NamesTheTermThatFailed) {
  struct Case {
    const char* term;
    void (*spoil)(SubProcessor*, Disclosure*);
  };
  const std::vector<Case> cases = {
      {"sub_processor", [](SubProcessor*, Disclosure* d) { d->sub_processor_id = "other"; }},
      {"inactive", [](SubProcessor* r, Disclosure*) { r->active = false; }},
      {"not_yet_authorised", [](SubProcessor* r, Disclosure*) { r->authorised_from_us = 0; }},
      {"not_yet_authorised",
       [](SubProcessor* r, Disclosure*) { r->authorised_from_us = kNow + 1; }},
      {"unknown_purpose",
       [](SubProcessor* r, Disclosure* d) {
         d->purpose = static_cast<EgressPurpose>(1u << 30);
         r->purposes = PurposeSet::FromBits(~0u);
       }},
      {"purpose_not_covered",
       [](SubProcessor*, Disclosure* d) { d->purpose = EgressPurpose::kDraft; }},
      {"no_category", [](SubProcessor*, Disclosure* d) { d->data_categories = {}; }},
      {"category_not_covered",
       [](SubProcessor*, Disclosure* d) {
         d->data_categories = {DataCategory::kMessageText, DataCategory::kEmailAddress};
       }},
      {"region", [](SubProcessor*, Disclosure* d) { d->region = "US"; }},
      {"no_training_term", [](SubProcessor* r, Disclosure*) { r->no_training = false; }},
  };
  for (const Case& c : cases) {
    SubProcessor row = Row();
    Disclosure call = Call();
    c.spoil(&row, &call);
    EXPECT_EQ(Denied(row, call), c.term);
  }
}

TEST(Egress, WantsASafeguardAndItsRecordOutsideTheEea) {
  EXPECT_EQ(Denied(American("", ""), CallTo("US")), "missing_safeguard");
  EXPECT_EQ(Denied(American("DEROGATION_49", "T-1"), CallTo("US")), "missing_safeguard");
  EXPECT_EQ(Denied(American("EU_SCC", ""), CallTo("US")), "missing_transfer_record");
  EXPECT_EQ(Denied(American("EU_SCC", "T-1"), CallTo("US")), "allowed");
  EXPECT_EQ(Denied(American("ADEQUACY", "T-1"), CallTo("US")), "allowed");
  SubProcessor india = American("ADEQUACY", "T-1");
  india.region = "IN";
  EXPECT_EQ(Denied(india, CallTo("IN")), "missing_safeguard");
  for (const char* region : {"EU", "DE", "NO"}) {
    SubProcessor row = Row();
    row.region = region;
    EXPECT_EQ(Denied(row, CallTo(region)), "allowed") << region;
  }
}

TEST(Egress, StartsAtTheInstantOfAuthorisation) {
  EXPECT_EQ(Denied(UnipileSubProcessor(kNow), Call(), kNow - 1), "not_yet_authorised");
  EXPECT_EQ(Denied(UnipileSubProcessor(kNow), Call(), kNow), "allowed");
}

TEST(Egress, PassIsSpentWhenMovedFrom) {
  auto first = Authorize(Row(), Call(), kNow);
  ASSERT_TRUE(first.ok());
  EgressPass second = *std::move(first);
  EXPECT_FALSE(second.spent());
  EXPECT_TRUE(first->spent());  // NOLINT(bugprone-use-after-move): the claim
  second = *std::move(first);
  EXPECT_TRUE(second.spent());
}

TEST(Egress, PurposesRoundTripByNameAndNoneIsForSale) {
  for (uint32_t bit = 1; bit != 0; bit <<= 1) {
    const auto purpose = static_cast<EgressPurpose>(bit);
    if (PurposeName(purpose).empty()) continue;
    EXPECT_EQ(ParsePurpose(PurposeName(purpose)), purpose);
  }
  for (const char* name : {"", "sell", "advertise", "train_model"}) {
    EXPECT_FALSE(ParsePurpose(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace onlyleads::domain
