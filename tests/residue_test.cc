// Erased people among many: their rows moved between pages while the lists were filled and filled
// anew, and what is left of a row in the free space of a page is a trace as well.
#include "src/engine/residue.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

constexpr int kPeople = 1500, kErased = 100;

std::string Word(int i) { return "qzx" + std::to_string(700'000 + i * 37) + "wvk"; }
std::string Email(int i) { return "p" + Word(i) + "@firm.example"; }

class Residue : public ::testing::Test {
 protected:
  // Everybody in an order of their own, with a note as long as chance has it.
  void Import(int from, int to, uint32_t seed, const std::string& on_existing) {
    std::mt19937 bits(seed);
    std::vector<int> order;
    for (int i = from; i < to; ++i) order.push_back(i);
    std::shuffle(order.begin(), order.end(), bits);
    const std::string path = dir_.path("people.csv");
    std::ofstream file(path);
    file << "First Name,Last Name,Email,Company,Note\n";
    for (const int i : order) {
      file << "F" << Word(i) << ",L" << Word(i) << "," << Email(i) << ",C" << Word(i) << ",N"
           << Word(i) << std::string(bits() % 900, 'x') << "\n";
    }
    file.close();
    engine::ImportOptions options;
    options.source = "test";
    options.lawful_basis = "legitimate_interests";
    options.on_existing = on_existing;
    const auto report = engine::ImportCsv(world_.engine(), world_.org(), path, options);
    ASSERT_TRUE(report.ok()) << report.status();
  }
  int Traces() {
    std::string bytes;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream file(world_.database() + suffix, std::ios::binary);
      std::stringstream text;
      text << file.rdbuf();
      bytes += text.str();
    }
    int found = 0;
    for (int i = 0; i < kErased; ++i) {
      found += bytes.find(Word(i * 7)) != std::string::npos;
    }
    return found;
  }

  TempDir dir_;
  Outreach world_;
};

TEST_F(Residue, IsNotClearBeforeTheFreeSpaceOfPagesIs) {
  Import(0, kPeople / 2, 1, "fill");
  Import(0, kPeople, 2, "fill");
  Import(0, kPeople, 3, "overwrite");
  EXPECT_EQ(Traces(), kErased) << "the search finds who is there";
  for (int i = 0; i < kErased; ++i) {
    const auto id = engine::FindProspect(world_.engine(), world_.org(), Email(i * 7), "");
    ASSERT_TRUE(id.ok()) << id.status();
    ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), *id).ok());
  }
  world_.Run();
  const auto residue = engine::GetResidue(world_.engine());
  ASSERT_TRUE(residue.ok()) << residue.status();
  EXPECT_EQ(residue->pending, 0);
  EXPECT_EQ(Traces(), 0);
}

TEST_F(Residue, OfManyInARowIsLeftToTheNextRun) {
  Import(0, 4 * kPeople, 1, "fill");
  world_.Run();
  ASSERT_GT(std::filesystem::file_size(world_.database()), uintmax_t{4} << 20);
  for (int i = 0; i < 20; ++i) {
    const auto id = engine::FindProspect(world_.engine(), world_.org(), Email(i * 7), "");
    ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), *id).ok());
  }
  EXPECT_GT(engine::GetResidue(world_.engine())->pending, 0) << "not each of them rebuilt";
  EXPECT_EQ(world_.Run().residue_pending, 0);
}

TEST_F(Residue, RebuildingEndsWithACancelAndTheNextRunMakesItGood) {
  Import(0, kPeople, 1, "fill");
  const auto cancel = [this](std::string_view sql) {
    if (sql == "VACUUM") world_.engine().Cancel();
  };
  world_.engine().Enter()->db()->set_statement_hook(cancel);
  const auto id = engine::FindProspect(world_.engine(), world_.org(), Email(0), "");
  {
    const engine::CallScope call(world_.engine());
    ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), *id).ok());
  }
  EXPECT_EQ(engine::GetResidue(world_.engine())->pending, 1);
  world_.engine().Enter()->db()->set_statement_hook({});
  EXPECT_EQ(world_.Run().residue_pending, 0);
}

TEST_F(Residue, IsWaitedForWithoutFillingTheLogWhileSomebodyReads) {
  Import(0, kPeople, 1, "fill");
  world_.Run();
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(world_.database().c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM prospects", nullptr, nullptr, nullptr),
      SQLITE_OK);
  const auto id = engine::FindProspect(world_.engine(), world_.org(), Email(0), "");
  ASSERT_TRUE(id.ok()) << id.status();
  const auto log_bytes = [&] { return std::filesystem::file_size(world_.database() + "-wal"); };
  const uintmax_t before = log_bytes();
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), *id).ok());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world_.Run().residue_pending, 1);
  constexpr uintmax_t kOwnWrites = 512 * 1024;  // of the removal and five runs; a copy is 2 MB
  EXPECT_LT(log_bytes(), before + kOwnWrites);
  sqlite3_close(reader);
  EXPECT_EQ(world_.Run().residue_pending, 0);
}

}  // namespace
}  // namespace onlyleads::tests
