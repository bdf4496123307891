// The C++ face: values, exceptions and lifetimes over the C ABI. Black box: public headers only.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::Engine;
using onlyleads::EngineOptions;
using onlyleads::Error;
using onlyleads::Id;
using onlyleads::Workspace;
using onlyleads::tests::TempDir;

class FaceTest : public ::testing::Test {
 protected:
  Engine Open(EngineOptions options = {}) { return Engine::open(dir_.path("leads.db"), options); }
  TempDir dir_;
};

TEST_F(FaceTest, ErrorCarriesCodeNameAndFlags) {
  const Engine engine = Open();
  try {
    engine.workspace(Id::from_string("01890000-0000-7000-8000-000000000001"));
    FAIL() << "an organization that does not exist was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), OL_NOT_FOUND);
    EXPECT_STREQ(error.code_name(), "OL_NOT_FOUND");
    EXPECT_TRUE(error.callers_fault());
    EXPECT_FALSE(error.retryable());
    EXPECT_FALSE(error.outcome_unknown());
  }
}

TEST_F(FaceTest, OptionsReachTheEngine) {
  const Engine engine = Open();
  onlyleads::OrganizationOptions options;
  options.external_ref = "crm-7";
  options.country = "FR";
  const Workspace ws = engine.create_organization("Bleu SARL", options);
  const Workspace again = engine.create_organization("Bleu SARL", options);
  EXPECT_EQ(ws.org_id(), again.org_id());
  const onlyleads::Rows rows = engine.organizations();
  ASSERT_EQ(rows.size(), 1);
  for (const onlyleads::Row row : rows) {
    EXPECT_EQ(row.text("name"), "Bleu SARL");
    EXPECT_EQ(row.text("country"), "FR");
    EXPECT_EQ(row.id("org_id"), ws.org_id());
    EXPECT_THROW(row.text("no_such_column"), Error);
    EXPECT_THROW(row.integer("name"), Error);
  }
}

TEST_F(FaceTest, ExceptionOfTheClockComesOutAsItself) {
  struct Stopped : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  bool stop = false;
  EngineOptions options;
  options.host.now_us = [&]() -> int64_t {
    if (stop) throw Stopped("no more time");
    return 1'700'000'000'000'000;
  };
  const Engine engine = Open(options);
  stop = true;
  EXPECT_THROW(engine.organizations(), Stopped);
  stop = false;
  EXPECT_EQ(engine.organizations().size(), 0);
}

TEST_F(FaceTest, RandomBytesMakeTheIdsAndTheirExceptionComesOutAsItself) {
  struct Drained : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  bool drained = false;
  size_t drawn = 0;
  std::mt19937 bits(7);
  EngineOptions options;
  options.host.random = [&](void* out, size_t size) {
    if (drained) throw Drained("no entropy");
    drawn += size;
    std::generate_n(static_cast<unsigned char*>(out), size, std::ref(bits));
  };
  const Engine engine = Open(options);
  drained = true;
  EXPECT_THROW(engine.create_organization("Acme"), Drained);
  drained = false;
  EXPECT_EQ(engine.organizations().size(), 0);
  EXPECT_NE(engine.create_organization("Acme").org_id(),
            engine.create_organization("Bolt").org_id());
  EXPECT_GT(drawn, 0u);
}

TEST_F(FaceTest, ClockThatEntersItsEngineGetsMisuseAndPassesItOn) {
  const Engine* inside = nullptr;
  EngineOptions options;
  options.host.now_us = [&]() -> int64_t {
    if (inside != nullptr) inside->organizations();
    return 1'700'000'000'000'000;
  };
  const Engine engine = Open(options);
  inside = &engine;
  try {
    engine.organizations();
    FAIL() << "a callback entered its engine";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), OL_MISUSE);
  }
}

TEST_F(FaceTest, WorkspaceKeepsClockAndEngineAlive) {
  auto calls = std::make_shared<int>(0);
  Workspace ws = [&] {
    EngineOptions options;
    options.host.now_us = [calls]() -> int64_t { return 1'700'000'000'000'000 + ++*calls; };
    return Open(options).create_organization("Acme Ltd");
  }();
  const int before = *calls;
  EXPECT_EQ(ws.prospects().count(), 0);
  EXPECT_GT(*calls, before);
}

TEST_F(FaceTest, ClosedEngineRefuses) {
  const Engine engine = Open();
  const Workspace ws = engine.create_organization("Acme Ltd");
  engine.close();
  try {
    ws.prospects().count();
    FAIL() << "a closed engine worked";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), OL_MISUSE);
  }
}

TEST_F(FaceTest, NothingIsLeftAliveWhenAllObjectsAreGone) {
  const int64_t before = ol_live_handles();
  {
    const Engine engine = Open();
    const Workspace ws = engine.create_organization("Acme Ltd");
    const onlyleads::Rows rows = engine.organizations();
    EXPECT_EQ(ol_live_handles(), before + 3);
  }
  EXPECT_EQ(ol_live_handles(), before);
}

TEST_F(FaceTest, ImportThatNamesNoSourceIsRefused) {
  const Workspace ws = Open().create_organization("Acme Ltd");
  EXPECT_THROW(ws.prospects().import_csv(dir_.path("none.csv"), {}), Error);
}

TEST(FaceIds, IsAValue) {
  const Id a = Id::from_string("01890000-0000-7000-8000-000000000001");
  const Id b = Id::from_string("01890000-0000-7000-8000-000000000002");
  EXPECT_LT(a, b);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, Id::from_string(a.to_string()));
  EXPECT_TRUE(Id().is_none());
  EXPECT_EQ((std::set<Id>{a, b, a}).size(), 2u);
  EXPECT_EQ((std::unordered_set<Id>{a, b, a}).size(), 2u);
  EXPECT_THROW(Id::from_string("01890000"), Error);
}

TEST(FaceSpans, TakeWhateverHasItsElementsInARow) {
  const auto sum = [](onlyleads::Span<int> numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), static_cast<int>(numbers.size()) * 100);
  };
  const std::vector<int> vector = {1, 2, 3};
  const std::array<int, 2> array = {4, 5};
  const int own[] = {6, 7};
  EXPECT_EQ(sum(vector), 306);
  EXPECT_EQ(sum(array), 209);
  EXPECT_EQ(sum(own), 213);
  EXPECT_EQ(sum({vector.data() + 1, 2}), 205);
  EXPECT_EQ(sum({8, 9, 10}), 327);
  EXPECT_EQ(sum({}), 0);
  EXPECT_EQ(sum(onlyleads::Span<int>(vector)), 306);
  static_assert(!std::is_convertible_v<std::vector<long>, onlyleads::Span<int>>);
  static_assert(!std::is_convertible_v<std::set<int>, onlyleads::Span<int>>);
}

TEST_F(FaceTest, PeopleAreTakenFromAnyMemory) {
  const Workspace ws = Open().create_organization("Acme");
  const Id nobody = Id::from_string("01890000-0000-7000-8000-000000000001");
  const std::array<Id, 2> array = {nobody, nobody};
  for (const onlyleads::Span<Id> people : {onlyleads::Span<Id>(array), onlyleads::Span<Id>()}) {
    try {
      ws.campaigns().enroll(nobody, people);
      FAIL() << "a campaign that does not exist";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), OL_NOT_FOUND);
    }
  }
}

TEST(FaceStringList, ReadsEveryEscape) {
  using onlyleads::detail::StringList;
  EXPECT_TRUE(StringList::read("[]").empty());
  EXPECT_TRUE(StringList::read("").empty());
  const std::vector<std::string> expected = {"a@b.example", "q\"\\/\n\t",
                                             "\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac"};
  EXPECT_EQ(StringList::read(R"(["a@b.example","q\"\\\/\n\t","\u00e9\ud83d\ude00\u20ac"])"),
            expected);
  StringList::read(R"(["cut off \u12)");
  StringList::read(R"(["cut off \)");
}

TEST(FacePolicy, EvaluatesWithoutAnEngine) {
  EXPECT_NE(onlyleads::policy::evaluate(R"({"recipient_country": "DE"})").find("DENY"),
            std::string::npos);
  EXPECT_THROW(onlyleads::policy::evaluate("[]"), Error);
}

}  // namespace
