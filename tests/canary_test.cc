// A person of rare words goes through everything that can happen to a person. Before an erasure
// their words stand only where the register says that personal data stands; after it no piece of a
// word stands anywhere: in no table, no file beside the database, no line of the log.
#include <gtest/gtest.h>

#include <bitset>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/time.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "src/storage/registry.h"
#include "tests/support/full_person.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

const std::string kFirst = RareWord("first"), kLast = RareWord("last"),
                  kCompany = RareWord("company"), kTitle = RareWord("title"),
                  kIndustry = RareWord("industry"), kCity = RareWord("city"),
                  kMail = RareWord("mail"), kSlug = RareWord("slug"), kReply = RareWord("reply"),
                  kProvider = "ACoAA" + RareWord("provider");

// Every way in which a piece of a word may stand in bytes.
class Search {
 public:
  explicit Search(std::vector<std::string> words) : words_(std::move(words)) {
    for (const std::string& word : words_) {
      for (size_t i = 0; i + 4 <= word.size(); ++i) {
        pieces_.insert(word.substr(i, 4));
        first_.set(static_cast<unsigned char>(word[i]));
      }
      // Base64 at each alignment, without the characters that the neighbours share.
      for (size_t shift = 0; shift < 3; ++shift) {
        const std::string text = absl::Base64Escape(std::string(shift, 'a') + word);
        const size_t begin = shift == 0 ? 0 : 4;
        base64_.push_back(text.substr(begin, (shift + word.size()) / 3 * 4 - begin));
      }
    }
  }

  // What stands there, or nothing.
  std::string In(std::string_view bytes) const {
    std::string found = Pieces(bytes, 1);
    if (found.empty()) found = Pieces(bytes, 2);  // UTF-16, either order
    if (found.empty()) found = Pieces(Unescaped(bytes), 1);
    if (!found.empty()) return found;
    for (const std::string& text : base64_) {
      if (bytes.find(text) != std::string_view::npos) return text;
    }
    return "";
  }

 private:
  std::string Pieces(std::string_view bytes, size_t step) const {
    std::string piece(4, ' ');
    for (size_t i = 0; i + 3 * step < bytes.size(); ++i) {
      if (!first_[static_cast<unsigned char>(bytes[i])]) continue;
      bool gaps_are_zero = true;
      for (size_t k = 0; k < 4; ++k) {
        piece[k] = bytes[i + k * step];
        if (step == 2 && k < 3) gaps_are_zero &= bytes[i + k * step + 1] == '\0';
      }
      if (gaps_are_zero && pieces_.count(piece) > 0) return piece;
    }
    return "";
  }
  // \u0071 becomes q.
  static std::string Unescaped(std::string_view bytes) {
    std::string text;
    for (size_t i = 0; i < bytes.size(); ++i) {
      const bool escape = bytes.substr(i, 4) == "\\u00" && i + 6 <= bytes.size() &&
                          std::isxdigit(static_cast<unsigned char>(bytes[i + 4])) != 0 &&
                          std::isxdigit(static_cast<unsigned char>(bytes[i + 5])) != 0;
      if (!escape) {
        text += bytes[i];
        continue;
      }
      text += static_cast<char>(std::stoi(std::string(bytes.substr(i + 4, 2)), nullptr, 16));
      i += 5;
    }
    return text;
  }

  std::vector<std::string> words_;
  std::unordered_set<std::string> pieces_;
  std::bitset<256> first_;  // letters that a piece begins with
  std::vector<std::string> base64_;
};

// Every cell of a table, decoded.
std::string Dump(storage::Connection* db, const std::string& table) {
  std::string text;
  int columns = 0;
  {
    auto c = db->Query("SELECT count(*) FROM pragma_table_info($1)", {table});
    EXPECT_TRUE(*c->Next());
    columns = static_cast<int>(c->Int(0));
  }
  auto c = db->Query("SELECT * FROM " + table, {});
  EXPECT_TRUE(c.ok()) << table;
  while (*c->Next()) {
    for (int i = 0; i < columns; ++i)
      absl::StrAppend(&text, absl::string_view(c->Bytes(i).data(), c->Bytes(i).size()), "\n");
  }
  return text;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

class Canary : public ::testing::Test {
 protected:
  Canary() {
    words_ = {kFirst, kLast, kCompany, kTitle, kIndustry, kCity, kMail, kSlug, kReply, kProvider};
    words_.back() = kProvider.substr(5);
    others_ = world_.AddPeople(2);
    const std::string csv = world_.database() + ".csv";
    std::ofstream(csv) << "First Name,Last Name,Company,Title,Industry,City,Email,LinkedIn "
                          "URL,Country\n"
                       << kFirst << "," << kLast << "," << kCompany << "," << kTitle << ","
                       << kIndustry << "," << kCity << "," << kMail
                       << "@company.example,https://www.linkedin.com/in/" << kSlug << ",US\n"
                       << kFirst << "," << kLast << "," << kCompany << "," << kTitle << ","
                       << kIndustry << "," << kCity << "," << kMail << " at nowhere,,US\n";
    world_.sandbox().Post("/sandbox/people", R"({"public_identifier":")" + kSlug +
                                                 R"(","provider_id":")" + kProvider + R"("})");
    engine::ImportOptions options;
    options.source = "test";
    options.lawful_basis = "legitimate_interests";
    EXPECT_TRUE(engine::ImportCsv(world_.engine(), world_.org(), csv, options).ok());
    std::filesystem::remove(csv);  // the host's own file
    const auto found = engine::FindProspect(world_.engine(), world_.org(), "", kSlug);
    EXPECT_TRUE(found.ok() && !found->is_nil());
    person_ = *found;
    campaign_ = world_.AddCampaign();
  }

  std::string Event(const std::string& name, const std::string& extra) const {
    return R"({"event":")" + name + R"(","account_id":"acc_test",)" + extra + "}";
  }
  std::string Message(const std::string& text, bool own, const std::string& id) const {
    const std::string self = R"({"attendee_provider_id":"ACoAATestSelf"})";
    const std::string other = R"({"attendee_provider_id":")" + kProvider +
                              R"(","attendee_public_identifier":")" + kSlug + R"("})";
    return Event("message_received",
                 R"("chat_id":"chat_1","message_id":")" + id + R"(","message":")" + text +
                     R"(","is_sender":)" + (own ? "true" : "false") +
                     R"(,"account_info":{"type":"LINKEDIN","user_id":"ACoAATestSelf"},"sender":)" +
                     (own ? self : other) + R"(,"attendees":[)" + self + "," + other + "]");
  }
  // Faults included, so that errors are recorded as well.
  void LiveThroughEverything() {
    world_.EnrollAll(campaign_, {person_});
    world_.sandbox().Post("/sandbox/faults", R"([
      {"name":"a","match":{"route":"profile"},"action":{"type":"error","slug":"provider_error"}},
      {"name":"b","match":{"route":"invite"},"action":{"type":"throttle"}},
      {"name":"c","match":{"route":"start_chat"},"action":{"type":"cut","after_acceptance":true}}])");
    world_.RunUntil(kMonday + 6 * base::kHourUs);
    world_.sandbox().Post("/sandbox/accept",
                          R"({"account_id":"acc_test","public_identifier":")" + kSlug + R"("})");
    world_.Ingest(Event("new_relation", R"("user_provider_id":")" + kProvider +
                                            R"(","user_public_identifier":")" + kSlug + R"(")"));
    world_.RunUntil(kMonday + 2 * base::kDayUs);
    EXPECT_EQ(world_.OutboxStates()["sent"], 2);
    world_.Ingest(Message("I am out of office, " + kReply, false, "m1"));
    world_.Ingest(Message("STOP, says " + kReply, false, "m2"));
    EXPECT_TRUE(engine::SealAudit(world_.engine()).ok());
  }
  // A word of its own into every column that can hold one.
  void FillEverything() {
    auto session = world_.engine().Enter();
    const auto filled = FillEveryColumn(session->db(), world_.org(), person_, world_.sender());
    for (const auto& [column, word] : filled) {
      words_.push_back(word);
      EXPECT_NE(Search({word}).In(Dump(session->db(), column.substr(0, column.find('.')))), "")
          << column << ": was not filled, or the search finds nothing";
    }
    EXPECT_GT(filled.size(), 20u);
  }
  std::string DumpOf(const std::string& table) {
    auto session = world_.engine().Enter();
    return Dump(session->db(), table);
  }
  // Where a piece of a word stands: tables, files of the folder, the log.
  std::vector<std::string> Traces() {
    const Search search(words_);
    std::vector<std::string> traces;
    const auto look = [&](const std::string& where, std::string_view bytes) {
      const std::string found = search.In(bytes);
      if (!found.empty()) traces.push_back(where + ": " + found);
    };
    std::vector<std::string> tables;
    {
      auto session = world_.engine().Enter();
      auto c = session->db()->Query("SELECT name FROM sqlite_master WHERE type = 'table'", {});
      while (*c->Next()) tables.emplace_back(c->Text(0));
    }
    EXPECT_GT(tables.size(), 20u);
    for (const std::string& table : tables) look(table, DumpOf(table));
    int files = 0;
    const auto folder = std::filesystem::path(world_.database()).parent_path();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      look(entry.path().filename(), ReadFile(entry.path()));
    }
    EXPECT_GE(files, 2);
    EXPECT_GT(std::filesystem::file_size(world_.database() + ".ledger"), 1000u)
        << "nothing was written: the search means nothing";
    EXPECT_FALSE(world_.log().empty()) << "nothing was logged: the search means nothing";
    for (const std::string& line : world_.log()) look("log", line);
    return traces;
  }

  Outreach world_;
  std::vector<std::string> words_;
  std::vector<base::Id> others_;
  base::Id person_;
  base::Id campaign_;
};

TEST_F(Canary, SearchFindsEachDisguise) {
  const Search search({"qxzjjxqzzxqj"});
  std::string le, be, json;
  for (const char c : std::string("zjjx")) {
    le += std::string(1, c) + '\0';
    be += '\0' + std::string(1, c);
    absl::StrAppendFormat(&json, "\\u00%02x", c);
  }
  for (const std::string& text : {std::string("..zjjx.."), "a" + le, be + "b", json}) {
    EXPECT_NE(search.In(text), "") << text;
  }
  for (const char* before : {"", "1", "12", "123"}) {
    EXPECT_NE(search.In(absl::Base64Escape(absl::StrCat(before, "qxzjjxqzzxqj", "after"))), "")
        << before;
  }
  EXPECT_EQ(search.In("zjj xqz qx"), "");
}

TEST_F(Canary, StandsNowhereButInThePersonsOwnTables) {
  LiveThroughEverything();
  const Search search(words_);
  for (const char* table :
       {"prospects", "identifiers", "outbox", "inbox_messages", "sender_profiles"}) {
    EXPECT_NE(search.In(DumpOf(table)), "") << table << ": the search finds nothing anywhere";
  }
  std::vector<std::string> tables;
  for (const storage::Column& column : storage::Registry()) {
    if (tables.empty() || tables.back() != column.table) tables.emplace_back(column.table);
  }
  for (const std::string& table : tables) {
    bool personal = false;
    for (const storage::Column& column : storage::Registry()) {
      personal = personal || (column.table == table && storage::IsPersonal(column));
    }
    if (!personal) {
      EXPECT_EQ(search.In(DumpOf(table)), "") << table;
    }
  }
  ASSERT_FALSE(world_.log().empty()) << "nothing was logged: the search means nothing";
  for (const std::string& line : world_.log()) EXPECT_EQ(search.In(line), "") << line;
}

TEST_F(Canary, StandsNowhereAtAllAfterErasure) {
  LiveThroughEverything();
  FillEverything();
  ASSERT_FALSE(Traces().empty());
  ASSERT_TRUE(engine::AccessProspect(world_.engine(), world_.org(), person_).ok());
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), person_).ok());
  EXPECT_EQ(Traces(), std::vector<std::string>{}) << "at once, nobody reads the database";
  EXPECT_EQ(world_.Run().residue_pending, 0);
  EXPECT_EQ(Traces(), std::vector<std::string>{});
  for (const base::Id& other : others_) {
    EXPECT_TRUE(engine::GetProspect(world_.engine(), world_.org(), other).ok());
  }
}

TEST_F(Canary, StandsNowhereInTheClearAfterDeletionAndPurge) {
  LiveThroughEverything();
  FillEverything();
  ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person_).ok());
  EXPECT_EQ(Traces(), std::vector<std::string>{}) << "the copy that stays is sealed";
  world_.Advance(31 * base::kDayUs);
  world_.Run();
  EXPECT_EQ(DumpOf("deleted_prospects"), "");
  EXPECT_EQ(Traces(), std::vector<std::string>{});
}

TEST_F(Canary, StandsInNoErrorMessage) {
  LiveThroughEverything();
  engine::Engine& engine = world_.engine();
  const base::Id nobody = *base::IdFromBytes("0123456789abcdef");
  const absl::Status errors[] = {
      engine::Ingest(engine, "unipile", {{"unipile-auth", "wrong"}}, Message(kFirst, false, "m3"))
          .status(),
      engine::Ingest(engine, "unipile", {{"unipile-auth", kSecret}}, "{\"" + kFirst + "\":" + kSlug)
          .status(),
      engine::Ingest(engine, kSlug, {}, "{}").status(),
      engine::FindInLedger(engine, world_.org(), kFirst + " " + kLast).status(),
      engine::ListOutbox(engine, world_.org(), kFirst + "." + kLast, 10).status(),
      engine::ObjectProspect(engine, world_.org(), nobody).status(),
      engine::CreateCampaign(engine, world_.org(), "{\"" + kFirst + "\":1}", "").status(),
      engine::ImportCsv(engine, world_.org(), "/nonexistent/" + kSlug + ".csv", {}).status()};
  const Search search(words_);
  for (const absl::Status& error : errors) {
    EXPECT_FALSE(error.ok());
    EXPECT_EQ(search.In(error.ToString()), "") << error;
  }
}

}  // namespace
}  // namespace onlyleads::tests
