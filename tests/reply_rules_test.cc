#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "src/domain/inbox.h"

namespace onlyleads::domain {
namespace {

std::vector<std::vector<std::string>> ReadTsv(const std::string& name) {
  std::ifstream file(std::string(ONLYLEADS_TEST_DATA) + "/replies/" + name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
    rows.push_back(cells);
  }
  return rows;
}

TEST(ClassifyReply, StopsForEveryRefusalAndForNothingElse) {
  const auto rows = ReadTsv("phrases.tsv");
  ASSERT_GT(rows.size(), 90u);
  for (const auto& row : rows) {
    const bool stops = StopsSending(ClassifyReply(row[2]));
    EXPECT_EQ(stops, row[1] == "opt_out" || row[1] == "privacy_request")
        << row[1] << ": " << row[2];
    if (row[1] == "out_of_office") {
      EXPECT_EQ(ClassifyReply(row[2]), ReplyLabel::kAutoReply) << row[2];
    }
  }
}

TEST(ClassifyReply, KnowsTheKeywords) {
  for (const auto& row : ReadTsv("sms_optout_keywords.tsv")) {
    EXPECT_EQ(ClassifyReply(row[0]), ReplyLabel::kOptOut) << row[0];
    EXPECT_EQ(ClassifyReply(" " + row[0] + "! "), ReplyLabel::kOptOut) << row[0];
  }
}

TEST(ClassifyReply, TakesEmptyAndHugeText) {
  EXPECT_EQ(ClassifyReply(""), ReplyLabel::kReply);
  EXPECT_EQ(ClassifyReply(std::string(1 << 20, 'x')), ReplyLabel::kReply);
}

}  // namespace
}  // namespace onlyleads::domain
