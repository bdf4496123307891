// A person of rare words and numbers goes through everything that can happen to a person. Before an
// erasure they stand only where the register says that personal data stands; after it no piece of
// a word stands anywhere: in no table, no file that the process could write, the key's included, no
// line of the log, nothing that is handed out. The provider's own folder alone is not searched.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/contract_end.h"
#include "src/engine/identity.h"
#include "src/engine/import.h"
#include "src/engine/ledger.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "src/storage/registry.h"
#include "tests/support/full_person.h"
#include "tests/support/outreach.h"
#include "tests/support/trace_search.h"

namespace onlyleads::tests {
namespace {

const std::string kFirst = RareWord("first"), kLast = RareWord("last"),
                  kCompany = RareWord("company"), kTitle = RareWord("title"),
                  kIndustry = RareWord("industry"), kCity = RareWord("city"),
                  kMail = RareWord("mail"), kSlug = RareWord("slug"), kReply = RareWord("reply"),
                  kProvider = "ACoAA" + RareWord("provider");

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

std::string TextOf(const base::Table& table) {
  std::string text;
  for (int64_t row = 0; row < table.rows(); ++row) {
    for (size_t i = 0; i < table.columns().size(); ++i) {
      const base::Table::Cell& cell = table.at(row, static_cast<int>(i));
      if (const auto* own = std::get_if<std::string>(&cell)) absl::StrAppend(&text, *own, "\n");
      if (const auto* number = std::get_if<int64_t>(&cell)) absl::StrAppend(&text, *number, "\n");
    }
  }
  return text;
}

bool Any(const std::vector<std::string>& traces, const std::string& where) {
  return std::any_of(traces.begin(), traces.end(), [&](const std::string& trace) {
    return absl::StartsWith(trace, where + ": ");
  });
}

class Canary : public ::testing::Test {
 protected:
  // Whatever looks for a place for its files finds the folder that is searched: SQLite asks once,
  // before the first database is opened.
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDir>();
    for (const char* name : {"SQLITE_TMPDIR", "TMPDIR", "HOME"}) {
      ASSERT_EQ(::setenv(name, folder_->path().c_str(), 1), 0);
    }
    std::filesystem::current_path(folder_->path());
  }
  static void TearDownTestSuite() {
    std::filesystem::current_path("/");
    folder_.reset();
  }

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
  // A value of its own into every column that can hold one.
  void FillEverything() {
    auto session = world_.engine().Enter();
    Expect(session->db(), FillLivePerson(session->db(), world_.org(), person_, world_.sender()),
           35);
  }
  void FillDeleted() {
    auto session = world_.engine().Enter();
    Expect(session->db(), FillDeletedPerson(session->db(), world_.org(), person_), 2);
  }
  void Expect(storage::Connection* db, const std::vector<RareValue>& values, size_t at_least) {
    EXPECT_GE(values.size(), at_least);
    for (const RareValue& value : values) {
      const std::string dump = Dump(db, value.column.substr(0, value.column.find('.')));
      EXPECT_NE(dump.find(value.cell), std::string::npos) << value.column << ": was not filled";
      EXPECT_NE(Search({}, {value}).In(dump), "") << value.column << ": the search finds nothing";
      values_.push_back(value);
    }
  }
  void Erase() { ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), person_).ok()); }
  // What the C ABI does after each verb.
  void Record() { EXPECT_TRUE(engine::FlushLedger(world_.engine()).ok()); }
  // Their identifier went into a digest that keeps them away.
  bool IsBlocked() {
    auto session = world_.engine().Enter();
    const auto blocked =
        engine::IsBlocked(*session, world_.org(), 1, RareWord("identifiers.value"));
    return blocked.ok() && *blocked;
  }
  std::string DumpOf(const std::string& table) {
    auto session = world_.engine().Enter();
    return Dump(session->db(), table);
  }
  using Look = std::function<void(const std::string& where, std::string_view bytes)>;

  void LookIntoTables(const Look& look) {
    std::vector<std::string> tables;
    {
      auto session = world_.engine().Enter();
      auto c = session->db()->Query("SELECT name FROM sqlite_master WHERE type = 'table'", {});
      while (*c->Next()) tables.emplace_back(c->Text(0));
    }
    EXPECT_GT(tables.size(), 20u);
    for (const std::string& table : tables) look(table, DumpOf(table));
  }
  void LookIntoFiles(const Look& look) const {
    std::set<std::string> names;
    std::filesystem::recursive_directory_iterator entry(folder_->path());
    for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
      const std::string name = entry->path().filename();
      if (entry->is_directory() && absl::StartsWith(name, "sandbox-")) {
        entry.disable_recursion_pending();  // what the provider keeps is the provider's
        continue;
      }
      if (!entry->is_regular_file()) continue;
      look("name of " + name, name);
      names.insert(name);
      look(name, ReadFile(entry->path()));
    }
    for (const char* end : {"", "-wal", ".key", ".ledger"}) {
      EXPECT_EQ(names.count(std::string("leads.db") + end), 1u) << end << " was not searched";
    }
    EXPECT_GT(std::filesystem::file_size(world_.database() + ".ledger"), 1000u)
        << "nothing was written: the search means nothing";
    // Temporary files that lost their name at once and are still written to.
    for (const auto& open : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(open.path(), gone);
      if (absl::EndsWith(target, " (deleted)")) look(target, ReadFile(open.path()));
    }
  }
  // To the host's log, as the audit, and as the organization's export.
  void LookIntoWhatIsHandedOut(const Look& look) {
    EXPECT_FALSE(world_.log().empty()) << "nothing was logged: the search means nothing";
    for (const std::string& line : world_.log()) look("log", line);
    std::string page;
    do {
      const auto audit = engine::ListAudit(world_.engine(), world_.org(), page, 100);
      ASSERT_TRUE(audit.ok()) << audit.status();
      EXPECT_GT(audit->rows(), 0);
      look("audit", TextOf(*audit));
      page = audit->next_page();
    } while (!page.empty());
    const std::string path = world_.database() + ".export";
    ASSERT_TRUE(engine::ExportOrganization(world_.engine(), world_.org(), path, {}).ok());
    look("export", ReadFile(path));
    std::filesystem::remove(path);
  }
  // Where a value or a piece of a word stands.
  std::vector<std::string> Traces() {
    const Search search(words_, values_);
    std::vector<std::string> traces;
    const Look look = [&](const std::string& where, std::string_view bytes) {
      const std::string found = search.In(bytes);
      if (!found.empty()) traces.push_back(where + ": " + found);
    };
    LookIntoFiles(look);
    LookIntoTables(look);
    LookIntoWhatIsHandedOut(look);
    return traces;
  }

  static inline std::unique_ptr<TempDir> folder_;  // of everything that the process may write
  Outreach world_{{}, true};
  std::vector<std::string> words_;
  std::vector<RareValue> values_;
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
  EXPECT_NE(search.In("id 7A6A6A78-0000"), "");
  EXPECT_EQ(search.In("id 7a6a6b78-0000"), "");
}

TEST_F(Canary, EveryColumnOfTheRegisterIsFilledOrListedWithAReason) {
  LiveThroughEverything();
  FillEverything();
  ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person_).ok());
  FillDeleted();
  std::set<std::string> filled;
  for (const RareValue& value : values_) filled.insert(value.column);
  for (const storage::Column& column : storage::Registry()) {
    const std::string name = std::string(column.table) + "." + std::string(column.column);
    const std::string why = WhyNotFilled(column);
    EXPECT_NE(filled.count(name) > 0, !why.empty()) << name << ": " << why;
  }
  EXPECT_EQ(StaleReasons(), std::vector<std::string>{});
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
  Record();
  const std::vector<std::string> before = Traces();
  for (const char* where : {"prospects", "outbox", "leads.db-wal", "export"}) {
    EXPECT_TRUE(Any(before, where)) << where << ": the search finds nothing";
  }
  for (const char* where : {"log", "audit", "leads.db.ledger", "leads.db.key"}) {
    EXPECT_FALSE(Any(before, where)) << where;
  }
  const auto copy = engine::AccessProspect(world_.engine(), world_.org(), person_);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_NE(Search(words_, values_).In(TextOf(*copy)), "");
  Erase();
  EXPECT_EQ(Traces(), std::vector<std::string>{}) << "at once, nobody reads the database";
  Record();
  EXPECT_EQ(world_.Run().residue_pending, 0);
  EXPECT_EQ(Traces(), std::vector<std::string>{});
  EXPECT_TRUE(IsBlocked()) << "what went into the digests was not what was searched for";
  const auto gone = engine::AccessProspect(world_.engine(), world_.org(), person_);
  EXPECT_EQ(base::CodeOf(gone.status()), base::ErrorCode::kNotFound);
  for (const base::Id& other : others_) {
    EXPECT_TRUE(engine::GetProspect(world_.engine(), world_.org(), other).ok());
  }
}

TEST_F(Canary, StandsNowhereInTheClearAfterDeletionAndPurge) {
  LiveThroughEverything();
  FillEverything();
  ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person_).ok());
  Record();
  EXPECT_EQ(Traces(), std::vector<std::string>{}) << "the copy that stays is sealed";
  const auto copy = engine::AccessProspect(world_.engine(), world_.org(), person_);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_NE(Search(words_, values_).In(TextOf(*copy)), "") << "nothing was sealed";
  FillDeleted();
  ASSERT_TRUE(Any(Traces(), "deleted_prospects"));
  world_.Advance(31 * base::kDayUs);
  world_.Run();
  EXPECT_EQ(DumpOf("deleted_prospects"), "");
  Record();
  EXPECT_EQ(Traces(), std::vector<std::string>{});
}

TEST_F(Canary, StandsNowhereWhenADeletedPersonIsErased) {
  LiveThroughEverything();
  FillEverything();
  ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person_).ok());
  FillDeleted();
  ASSERT_TRUE(Any(Traces(), "deleted_prospects"));
  Erase();
  Record();
  EXPECT_EQ(Traces(), std::vector<std::string>{});
  EXPECT_TRUE(IsBlocked());
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
