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

TEST(ClassifyReply, SeesARefusalHoweverItIsWritten) {
  for (const char* text : {"stop \U0001F64F",
                           "STOP\U0001F6D1",
                           "S\u200bTOP",
                           "ST\u00adOP",
                           "\u202eSTOP\u202c",
                           "\uff33\uff34\uff2f\uff30",
                           "\u0405TOP",
                           "S\u0336T\u0336O\u0336P\u0336",
                           "S.T.O.P.",
                           "STOP STOP STOP",
                           "<p>STOP</p>",
                           "<div>Stop<br></div>",
                           "STOP&nbsp;",
                           "&lt;STOP&gt;",
                           "STOP\n\nSent from my iPhone",
                           "STOP\n--\nAnn Tester\nCEO, Acme GmbH",
                           "Not interested, please stop",
                           "No thank you. Stop.",
                           "please stop it",
                           "I said stop",
                           "Hi Ada, stop please",
                           "STOP. Ann Tester",
                           "I don't want to hear from you again",
                           "Do not reach out again",
                           "Stop bothering me",
                           "I no longer wish to be contacted",
                           "I'd like to opt out of this",
                           "Desabonnez moi",
                           "arretez",
                           "Arretez de m'ecrire",
                           "Loeschen Sie meine Daten",
                           "Bitte loeschen",
                           "usun mnie",
                           "Prosze nie pisac",
                           "No me contactes",
                           "darme de baja por favor",
                           "non scrivermi più",
                           "Parem de me contactar",
                           "停止",
                           "отписаться",
                           "Out of office. Please stop writing to me."}) {
    EXPECT_TRUE(StopsSending(ClassifyReply(text))) << text;
  }
}

TEST(ClassifyReply, LeavesOrdinaryWordsAlone) {
  for (const char* text :
       {"I can't stop thinking about it, let's talk", "Let's stop by your office on Tuesday",
        "Don't stop!", "It is a non-stop flight", "In the end, yes: send me the offer",
        "Happy to talk. End of the month?", "Please stop by our booth", "We never stop learning",
        "Could you remove the second page and send it again?", "Thanks, this is useful & clear",
        "Gerne, Dienstag passt", "Oui, avec plaisir", "Sì, mi interessa", "Ja graag, bel me",
        "Chętnie porozmawiam", "Claro, hablamos el martes", "I am a < b person, 3 > 2"}) {
    EXPECT_EQ(ClassifyReply(text), ReplyLabel::kReply) << text;
  }
}

TEST(ClassifyReply, TakesEmptyAndHugeText) {
  EXPECT_EQ(ClassifyReply(""), ReplyLabel::kReply);
  EXPECT_EQ(ClassifyReply(std::string(1 << 20, 'x')), ReplyLabel::kReply);
}

}  // namespace
}  // namespace onlyleads::domain
