// A person of rare words goes through everything that can happen to a person; afterwards their
// words may stand only where the register says that personal data stands.
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/time.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/import.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

const char* const kWords[] = {"zyxgrace", "qwhopper", "vukcobol", "jylcaptain",       "xeqindustry",
                              "yjqtown",  "wvxmail",  "zqxslug",  "ACoAAZQXPROVIDER", "bqzreplied"};

// Every cell of a table as text, blobs as they are and in hex.
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
  return absl::AsciiStrToLower(text);
}

std::string WordIn(const std::string& text) {
  for (const char* word : kWords) {
    if (absl::StrContains(text, absl::AsciiStrToLower(word))) return word;
  }
  return "";
}

class Canary : public ::testing::Test {
 protected:
  Canary() {
    const std::string csv = world_.database() + ".csv";
    std::ofstream(csv) << "First Name,Last Name,Company,Title,Industry,City,Email,LinkedIn "
                          "URL,Country\n"
                          "Zyxgrace,Qwhopper,Vukcobol Ltd,Jylcaptain,Xeqindustry,Yjqtown,"
                          "wvxmail@company.example,https://www.linkedin.com/in/zqxslug,US\n"
                          "Zyxgrace,Qwhopper,Vukcobol Ltd,Jylcaptain,Xeqindustry,Yjqtown,"
                          "wvxmail at nowhere,,US\n";
    world_.sandbox().Post("/sandbox/people",
                          R"({"public_identifier":"zqxslug","provider_id":"ACoAAZQXPROVIDER"})");
    engine::ImportOptions options;
    options.source = "test";
    options.lawful_basis = "legitimate_interests";
    EXPECT_TRUE(engine::ImportCsv(world_.engine(), world_.org(), csv, options).ok());
    const auto found = engine::FindProspect(world_.engine(), world_.org(), "", "zqxslug");
    EXPECT_TRUE(found.ok() && !found->is_nil());
    person_ = *found;
    campaign_ = world_.AddCampaign();
  }

  std::string Event(const std::string& name, const std::string& extra) const {
    return R"({"event":")" + name + R"(","account_id":"acc_test",)" + extra + "}";
  }
  std::string Message(const std::string& text, bool own, const std::string& id) const {
    const std::string self = R"({"attendee_provider_id":"ACoAATestSelf"})";
    const std::string other =
        R"({"attendee_provider_id":"ACoAAZQXPROVIDER","attendee_public_identifier":"zqxslug"})";
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
                          R"({"account_id":"acc_test","public_identifier":"zqxslug"})");
    world_.Ingest(
        Event("new_relation",
              R"("user_provider_id":"ACoAAZQXPROVIDER","user_public_identifier":"zqxslug")"));
    world_.RunUntil(kMonday + 2 * base::kDayUs);
    EXPECT_EQ(world_.OutboxStates()["sent"], 2);
    world_.Ingest(Message("I am out of office, bqzreplied", false, "m1"));
    world_.Ingest(Message("STOP, says bqzreplied", false, "m2"));
    EXPECT_TRUE(engine::SealAudit(world_.engine()).ok());
  }
  std::string DumpOf(const std::string& table) {
    auto session = world_.engine().Enter();
    return Dump(session->db(), table);
  }

  Outreach world_;
  base::Id person_;
  base::Id campaign_;
};

TEST_F(Canary, StandsNowhereButInThePersonsOwnTables) {
  LiveThroughEverything();
  for (const char* table :
       {"prospects", "identifiers", "outbox", "inbox_messages", "sender_profiles"}) {
    EXPECT_NE(WordIn(DumpOf(table)), "") << table << ": the search finds nothing anywhere";
  }
  for (const char* table :
       {"audit_entries", "audit_heads",     "decisions",     "disclosures",
        "send_ledger",   "webhook_events",  "account_uses",  "external_accounts",
        "enrollments",   "campaigns",       "imports",       "import_rejects",
        "person_facts",  "suppressions",    "tombstones",    "installation_suppressions",
        "relations",     "org_due",         "organizations", "members",
        "senders",       "key_generations", "installation",  "ledger_pending",
        "ledger_frames", "ledger_lineage",  "audit_anchors"}) {
    EXPECT_EQ(WordIn(DumpOf(table)), "") << table;
  }
  ASSERT_FALSE(world_.log().empty()) << "nothing was logged: the search means nothing";
  for (const std::string& line : world_.log()) {
    EXPECT_EQ(WordIn(absl::AsciiStrToLower(line)), "") << line;
  }
}

TEST_F(Canary, StandsNowhereAtAllAfterErasure) {
  LiveThroughEverything();
  ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), person_).ok());
  world_.Run();
  std::vector<std::string> tables;
  {
    auto session = world_.engine().Enter();
    auto c = session->db()->Query("SELECT name FROM sqlite_master WHERE type = 'table'", {});
    while (*c->Next()) tables.emplace_back(c->Text(0));
  }
  EXPECT_GT(tables.size(), 20u);
  for (const std::string& table : tables) EXPECT_EQ(WordIn(DumpOf(table)), "") << table;
  // Not in the pages of the file either.
  std::ifstream file(world_.database(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(WordIn(absl::AsciiStrToLower(bytes)), "");
  std::ifstream wal(world_.database() + "-wal", std::ios::binary);
  const std::string log((std::istreambuf_iterator<char>(wal)), {});
  EXPECT_EQ(WordIn(absl::AsciiStrToLower(log)), "");
  // Nor in what outlives the database.
  std::ifstream ledger(world_.database() + ".ledger", std::ios::binary);
  const std::string frames((std::istreambuf_iterator<char>(ledger)), {});
  EXPECT_GT(frames.size(), 1000u) << "nothing was written: the search means nothing";
  EXPECT_EQ(WordIn(absl::AsciiStrToLower(frames)), "");
}

TEST_F(Canary, StandsInNoErrorMessage) {
  LiveThroughEverything();
  engine::Engine& engine = world_.engine();
  const base::Id nobody = *base::IdFromBytes("0123456789abcdef");
  const absl::Status errors[] = {
      engine::Ingest(engine, "unipile", {{"unipile-auth", "wrong"}},
                     Message("zyxgrace", false, "m3"))
          .status(),
      engine::Ingest(engine, "unipile", {{"unipile-auth", kSecret}}, "{\"zyxgrace\":zqxslug")
          .status(),
      engine::Ingest(engine, "zqxslug", {}, "{}").status(),
      engine::FindInLedger(engine, world_.org(), "zyxgrace qwhopper").status(),
      engine::ListOutbox(engine, world_.org(), "zyxgrace.qwhopper", 10).status(),
      engine::ObjectProspect(engine, world_.org(), nobody).status(),
      engine::CreateCampaign(engine, world_.org(), "{\"zyxgrace\":1}", "").status(),
      engine::ImportCsv(engine, world_.org(), "/nonexistent/zqxslug.csv", {}).status()};
  for (const absl::Status& error : errors) {
    EXPECT_FALSE(error.ok());
    EXPECT_EQ(WordIn(absl::AsciiStrToLower(error.ToString())), "") << error;
  }
}

}  // namespace
}  // namespace onlyleads::tests
