// The import through the engine: the ten exports against their truth, resuming after a kill, what
// was erased or opted out, and what is refused.
#include "src/engine/import.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "tests/import_support.h"
#include "tests/support/temp_dir.h"

namespace onlyleads::engine {
namespace {

using base::CodeOf;
using base::ErrorCode;
using base::Id;
using tests::DataPath;
using tests::ReadFile;

constexpr char kHeader[] = "Email,LinkedIn,First Name,Company,Opt out\n";

std::string Counts(const ImportReport& r) {
  std::string text;
  for (int64_t n :
       {r.rows, r.created, r.updated, r.unchanged, r.suppressed, r.rejected, r.opt_outs}) {
    text += std::to_string(n) + " ";
  }
  return text;
}

std::string Text(const base::Table& table, const std::string& column, int64_t row = 0) {
  for (size_t i = 0; i < table.columns().size(); ++i) {
    if (table.columns()[i].name != column) continue;
    const auto* text = std::get_if<std::string>(&table.at(row, static_cast<int>(i)));
    return text != nullptr ? *text : "no text";
  }
  return "no column";
}

OpenOptions OptionsAt(const std::string& path) {
  OpenOptions options;
  options.path = path;
  return options;
}

std::shared_ptr<Engine> OpenAt(const std::string& path) {
  auto engine = Engine::Open(OptionsAt(path));
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

Id Organization(Engine& engine, const std::string& ref = "acme") {
  auto id = CreateOrganization(engine, {.name = ref, .external_ref = ref});
  EXPECT_TRUE(id.ok()) << id.status();
  return *id;
}

ImportOptions Options(int batch_rows = base::kImportBatchRows) {
  ImportOptions options;
  options.source = "test file";
  options.lawful_basis = "legitimate_interests";
  options.batch_rows = batch_rows;
  return options;
}

class ImportTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& text, const std::string& name = "in.csv") {
    std::ofstream(dir_.path(name), std::ios::binary) << text;
    return dir_.path(name);
  }
  void Reopen() {
    engine_.reset();
    engine_ = OpenAt(db_);
  }
  ImportReport Import(const std::string& path, const ImportOptions& options = Options()) {
    auto report = ImportCsv(*engine_, org_, path, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : ImportReport{};
  }
  ImportReport ImportText(const std::string& rows, const ImportOptions& options = Options()) {
    return Import(Write(kHeader + rows), options);
  }
  absl::Status Refused(const std::string& path, const ImportOptions& options = Options()) {
    return ImportCsv(*engine_, org_, path, options).status();
  }
  Id Find(const std::string& email, const std::string& linkedin = "") {
    auto id = FindProspect(*engine_, org_, email, linkedin);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.ok() ? *id : Id{};
  }
  storage::FactsRow Facts(const Id& prospect_id) {
    auto session = engine_->Enter();
    auto facts = storage::LoadFacts(session->db(), org_, prospect_id);
    EXPECT_TRUE(facts.ok() && facts->has_value());
    return facts->value_or(storage::FactsRow{});
  }
  bool IsSuppressed(const std::string& email) {
    auto session = engine_->Enter();
    return *IsSuppressedFor(*session, org_, 1, email, "email");
  }
  int64_t Number(const std::string& sql) {
    auto session = engine_->Enter();
    return storage::QueryInt(session->db(), sql, {})->value_or(-1);
  }

  tests::TempDir dir_;
  const std::string db_ = dir_.path("a.db");
  std::shared_ptr<Engine> engine_ = OpenAt(db_);
  const Id org_ = Organization(*engine_);
};

std::set<std::string> IdentifiersOf(const base::Table& person) {
  std::set<std::string> ids;
  const auto emails = base::JsonDocument::Parse(Text(person, "emails"));
  for (size_t i = 0; i < emails->root().size(); ++i) {
    ids.insert("email:" + std::string(*emails->root().at(i).AsString()));
  }
  const std::string url = Text(person, "linkedin");
  if (!url.empty()) ids.insert("slug:" + *base::PercentDecode(url.substr(url.rfind('/') + 1)));
  if (!Text(person, "member_id").empty()) ids.insert("urn:" + Text(person, "member_id"));
  const std::string navigator = Text(person, "sales_navigator_id");
  if (!navigator.empty()) ids.insert("nav:" + navigator);
  return ids;
}

void ExpectPerson(Engine& engine, const Id& org, base::JsonValue want) {
  std::set<std::string> identifiers;
  for (size_t i = 0; i < want["identifiers"].size(); ++i) {
    identifiers.emplace(*want["identifiers"].at(i).AsString());
  }
  std::optional<base::Table> person;
  for (const std::string& id : identifiers) {
    SCOPED_TRACE(id);
    const std::string value = id.substr(id.find(':') + 1);
    const bool email = id.starts_with("email:");
    const auto found = FindProspect(engine, org, email ? value : "", email ? "" : value);
    ASSERT_TRUE(found.ok()) << found.status();
    auto got = GetProspect(engine, org, *found);
    ASSERT_TRUE(got.ok()) << got.status();
    person = *std::move(got);
    EXPECT_EQ(IdentifiersOf(*person), identifiers);
  }
  static constexpr const char* kKeys[][2] = {
      {"first", "first_name"},  {"last", "last_name"}, {"company", "company"}, {"title", "title"},
      {"industry", "industry"}, {"city", "city"},      {"country", "country"}};
  for (const auto& [key, column] : kKeys) {
    EXPECT_EQ(Text(*person, column), want.StringOr(key, "")) << key;
  }
}

std::map<std::string, int64_t> Reasons(Engine& engine, const Id& org, const Id& import) {
  std::map<std::string, int64_t> reasons;
  std::string token;
  do {
    const auto page = ImportRejects(engine, org, import, token, 2);
    EXPECT_TRUE(page.ok()) << page.status();
    for (int64_t i = 0; i < page->rows(); ++i) ++reasons[Text(*page, "reason", i)];
    token = page->next_page();
  } while (!token.empty());
  return reasons;
}

TEST_F(ImportTest, GivesWhatTheTruthOfTheTenExportsSays) {
  const auto truth = base::JsonDocument::Parse(ReadFile(DataPath("exports/truth.json")));
  ASSERT_TRUE(truth.ok());
  int64_t suppressed_people = 0;
  for (size_t i = 0; i < truth->root()["files"].size(); ++i) {
    const base::JsonValue want = truth->root()["files"].at(i);
    const std::string file = want.StringOr("file", "");
    SCOPED_TRACE(file);
    const ImportReport report = Import(DataPath("exports/" + file), Options(7));
    std::string counts;
    for (const char* name :
         {"data_rows", "created", "updated", "unchanged", "-", "rejected", "opt_outs"}) {
      counts += std::to_string(want.IntOr(name, 0)) + " ";
    }
    EXPECT_EQ(Counts(report), counts);
    std::map<std::string, int64_t> reasons;
    want["reasons"].ForEachMember([&](std::string_view reason, base::JsonValue count) {
      reasons[std::string(reason)] = *count.AsInt();
    });
    EXPECT_EQ(Reasons(*engine_, org_, report.import_id), reasons);
    if (file.starts_with("salesforce")) {
      suppressed_people = Number("SELECT count(*) FROM person_facts WHERE suppressed_email = 1");
    }
  }
  EXPECT_EQ(*CountProspects(*engine_, org_), truth->root().IntOr("distinct_people", -1));
  EXPECT_EQ(suppressed_people, 15);
  const base::JsonValue people = truth->root()["people"];
  ASSERT_EQ(people.size(), 30u);
  for (size_t i = 0; i < people.size(); ++i) ExpectPerson(*engine_, org_, people.at(i));
  EXPECT_TRUE(IsSuppressed("sales@edge-labs.example"));
  EXPECT_TRUE(IsSuppressed("edge4@edge-labs.example"));
  EXPECT_TRUE(Facts(Find("edge4@edge-labs.example")).suppressed_email);

  const int64_t facts = Number("SELECT sum(version) FROM person_facts");
  const int64_t writes = Number("SELECT sum(updated_at_us) FROM prospects");
  for (size_t i = 0; i < truth->root()["files"].size(); ++i) {
    const base::JsonValue want = truth->root()["files"].at(i);
    const ImportReport again = Import(DataPath("exports/" + want.StringOr("file", "")));
    EXPECT_FALSE(again.resumed);
    EXPECT_EQ(again.created + again.updated + again.suppressed, 0);
    EXPECT_EQ(again.unchanged, want.IntOr("data_rows", 0) - again.rejected);
  }
  EXPECT_EQ(*CountProspects(*engine_, org_), truth->root().IntOr("distinct_people", -1));
  EXPECT_EQ(Number("SELECT sum(version) FROM person_facts"), facts);
  EXPECT_EQ(Number("SELECT sum(updated_at_us) FROM prospects"), writes);
}

TEST_F(ImportTest, NamesLineColumnAndReasonOfARejectedRow) {
  const ImportReport report = ImportText(
      "a@x.example,linkedin.com/in/ann,\"An\nn\",X,\n"
      ",,Nobody,X,\n"
      "x@@y,,,X,\n"
      "b@x.example,,,X,\n"
      "b@x.example,linkedin.com/in/ann,,X,\n");
  EXPECT_EQ(Counts(report), "5 2 0 0 0 3 0 ");
  const auto rejects = ImportRejects(*engine_, org_, report.import_id, "", 0);
  ASSERT_TRUE(rejects.ok()) << rejects.status();
  std::string all;
  for (int64_t i = 0; i < rejects->rows(); ++i) {
    all += std::to_string(std::get<int64_t>(rejects->at(i, 0))) + " " +
           Text(*rejects, "column", i) + " " + Text(*rejects, "reason", i) + "\n";
  }
  EXPECT_EQ(all, "4  no_identifier\n5 Email invalid_email\n7 LinkedIn conflict\n");
  EXPECT_EQ(CodeOf(ImportRejects(*engine_, org_, report.import_id, "x", 0).status()),
            ErrorCode::kInvalidArgument);
  const Id other = Organization(*engine_, "other");
  EXPECT_EQ(CodeOf(ImportRejects(*engine_, other, report.import_id, "", 0).status()),
            ErrorCode::kNotFound);
}

TEST_F(ImportTest, KeepsOutWhomAnErasureOrTheInstallationRemembers) {
  {
    auto session = engine_->Enter();
    storage::Connection* db = session->db();
    ASSERT_TRUE(
        storage::InsertTombstone(db, org_, CurrentKey(*session, 2, "ann"), session->now_us()).ok());
    const auto key = CurrentKey(*session, 1, "info@gone.example");
    ASSERT_TRUE(db->Run("INSERT INTO installation_suppressions (kind, digest, key_generation, "
                        "normalisation_version, reason, created_at_us) VALUES ($1, $2, 1, 1, "
                        "'test', 1)",
                        {key.kind, storage::Blob{base::AsView(key.digest)}})
                    .ok());
  }
  const std::string rows =
      "new@x.example,https://linkedin.com/in/ANN/,Ann,X,\n"
      "c@@x.example,,Cid,X,\n"
      "d@x.example;info@gone.example,,Di,X,yes\n"
      "e@x.example,,Eve,X,\n";
  EXPECT_EQ(Counts(ImportText(rows)), "4 1 0 0 2 1 1 ");
  EXPECT_EQ(*CountProspects(*engine_, org_), 1);
  EXPECT_TRUE(Find("new@x.example").is_nil());
  EXPECT_TRUE(Find("d@x.example").is_nil());
  EXPECT_TRUE(IsSuppressed("d@x.example"));
  EXPECT_EQ(Number("SELECT count(*) FROM contact_points"), 0);
  // A tombstone is one organization's, an installation's suppression is everybody's.
  const Id other = Organization(*engine_, "other");
  const auto theirs = ImportCsv(*engine_, other, dir_.path("in.csv"), Options());
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_EQ(Counts(*theirs), "4 2 0 0 1 1 1 ");
}

TEST_F(ImportTest, SuppressesThePersonWhoeverBringsTheAddressAndWhenever) {
  ImportText("gone@x.example,,,,1\n,linkedin.com/in/ann,Ann,X,\n");
  const Id ann = Find("", "ann");
  EXPECT_FALSE(Facts(ann).suppressed_email);
  // The address was its own person's; now another, unflagged row brings one that is suppressed.
  ImportText("info@y.example,,,,yes\nlater@y.example,,,,\n");
  {
    auto session = engine_->Enter();
    ASSERT_TRUE(storage::InsertSuppression(session->db(), org_,
                                           CurrentKey(*session, 1, "f@y.example"), "all", "test", 1)
                    .ok());
  }
  EXPECT_EQ(Counts(ImportText("f@y.example,linkedin.com/in/ann,Ann,X,\n")), "1 0 1 0 0 0 0 ");
  EXPECT_TRUE(Facts(ann).suppressed_email);
  EXPECT_TRUE(Facts(ann).suppressed_linkedin);
  EXPECT_EQ(Facts(ann).objected_at_us, 1) << "an objection is a person's again";
  EXPECT_GT(Facts(ann).version, 1);
  // A flag on a shared mailbox is the flag of the person of that row, and of nobody else.
  ImportText("info@y.example,linkedin.com/in/bo,Bo,Y,\n");
  EXPECT_FALSE(Facts(Find("", "bo")).suppressed_email);
  ImportText("info@y.example,linkedin.com/in/cy,Cy,Y,true\n");
  EXPECT_TRUE(Facts(Find("", "cy")).suppressed_email);
  EXPECT_FALSE(Facts(Find("", "bo")).suppressed_email);
  // Flagged rows count even when the row itself is refused or skipped.
  EXPECT_EQ(Counts(ImportText("later@y.example,linkedin.com/in/bo,,,x\n")), "1 0 0 0 0 1 1 ");
  EXPECT_TRUE(Facts(Find("later@y.example")).suppressed_email);
  EXPECT_FALSE(Facts(Find("", "bo")).suppressed_email);
  ImportOptions skip = Options();
  skip.on_existing = "skip";
  EXPECT_EQ(Counts(ImportText("unknown@y.example,linkedin.com/in/bo,,,x\n", skip)),
            "1 0 0 1 0 0 1 ");
  EXPECT_TRUE(Facts(Find("", "bo")).suppressed_email);
  EXPECT_TRUE(Find("unknown@y.example").is_nil());
}

TEST_F(ImportTest, ProvesEveryBitFromIdentifiersAndSuppressions) {
  ImportText("a@x.example,,,,1\ninfo@x.example,linkedin.com/in/b,,,1\nc@x.example,,,,\n");
  const auto people = ListProspects(*engine_, org_, "", 0);
  ASSERT_EQ(people->rows(), 3);
  int flagged = 0;
  for (int64_t i = 0; i < people->rows(); ++i) {
    const Id id = std::get<Id>(people->at(i, 0));
    const bool bit = Facts(id).suppressed_email;
    auto session = engine_->Enter();
    bool derived = false;
    const auto rows = storage::LoadIdentifiers(session->db(), org_, id);
    for (const storage::IdentifierRow& row : *rows) {
      derived |= *IsSuppressedFor(*session, org_, row.kind, row.value, "email");
    }
    EXPECT_EQ(bit, derived);
    flagged += bit;
  }
  EXPECT_EQ(flagged, 2);
}

TEST_F(ImportTest, MergesAttributesAndTheRecipientType) {
  const auto get = [&] { return *GetProspect(*engine_, org_, Find("a@x.example")); };
  Import(Write("Email,Note,column 4\na@x.example,one,four,extra\n"));
  EXPECT_EQ(Text(get(), "recipient_type"), "unknown");
  EXPECT_EQ(Text(get(), "attributes"),
            R"j({"Note":"one","column 4":"four","column 4 (2)":"extra"})j");
  Import(Write("Email,Note,First Name,Company,Team\na@x.example,two,Ann,X,t\"1\"\n"));
  EXPECT_EQ(Text(get(), "recipient_type"), "corporate_named");
  EXPECT_EQ(Text(get(), "attributes"),
            R"j({"Note":"one","column 4":"four","column 4 (2)":"extra","Team":"t\"1\""})j");
  ImportOptions overwrite = Options();
  overwrite.on_existing = "overwrite";
  Import(Write("Email,Note\na@x.example,three\n"), overwrite);
  EXPECT_EQ(Text(get(), "attributes"),
            R"j({"Note":"three","column 4":"four","column 4 (2)":"extra","Team":"t\"1\""})j");
  EXPECT_EQ(Text(get(), "source"), "test file");
  EXPECT_EQ(Text(get(), "lawful_basis"), "legitimate_interests");
}

TEST_F(ImportTest, KeepsOrganizationsApart) {
  ImportText("a@x.example,,Ann,X,1\n");
  const Id other = Organization(*engine_, "other");
  EXPECT_EQ(*CountProspects(*engine_, other), 0);
  EXPECT_TRUE(FindProspect(*engine_, other, "a@x.example", "")->is_nil());
  EXPECT_EQ(CodeOf(GetProspect(*engine_, other, Find("a@x.example")).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(ListProspects(*engine_, other, "", 0)->rows(), 0);
  const auto theirs =
      ImportCsv(*engine_, other, Write(std::string(kHeader) + "a@x.example\n"), Options());
  EXPECT_EQ(theirs->created, 1);
  const Id person = *FindProspect(*engine_, other, "a@x.example", "");
  auto session = engine_->Enter();
  EXPECT_FALSE((*storage::LoadFacts(session->db(), other, person))->suppressed_email);
}

// Rows of every disposition, flags among them.
std::string MixedRows(int count) {
  std::string rows = kHeader;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i * 7 % 40);
    if (i % 5 == 4) {
      rows += ",,\"multi\nline\",X,\n";
    } else {
      rows += "p" + n + "@x.example," + (i % 3 == 0 ? "linkedin.com/in/p" + n : "") + ",P" + n +
              ",X," + (i % 9 == 0 ? "yes" : "") + "\n";
    }
  }
  return rows;
}

struct Totals {
  std::string counts;
  int64_t people = 0, identifiers = 0, flagged = 0, suppressions = 0, rejects = 0, audits = 0;
  bool operator==(const Totals&) const = default;
};

Totals TotalsOf(Engine& engine, const ImportReport& report) {
  auto session = engine.Enter();
  const auto number = [&](const char* sql) {
    return storage::QueryInt(session->db(), sql, {})->value_or(-1);
  };
  return {Counts(report),
          number("SELECT count(*) FROM prospects"),
          number("SELECT count(*) FROM identifiers"),
          number("SELECT count(*) FROM person_facts WHERE suppressed_email = 1"),
          number("SELECT count(*) FROM suppressions"),
          number("SELECT count(*) FROM import_rejects"),
          number("SELECT count(*) FROM audit_entries WHERE verb LIKE 'import.%'")};
}

// Imports in a process of its own that is killed when told for the `k`th time; false when it
// ended before that.
bool ImportUntilKilled(const std::string& db, const Id& org, const std::string& path, int k) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto engine = OpenAt(db);
    ImportOptions options = Options(5);
    options.progress = [&k](int64_t, int64_t, int64_t) {
      if (--k == 0) ::kill(::getpid(), SIGKILL);
      return true;
    };
    const auto report = ImportCsv(*engine, org, path, options);
    ::_exit(report.ok() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

TEST_F(ImportTest, GoesOnAfterAKillAtAnyBatchAndReportsTheWholeFileOnce) {
  const std::string path = Write(MixedRows(60));
  const Totals want = TotalsOf(*engine_, Import(path, Options(5)));
  EXPECT_EQ(want.audits, 2);
  EXPECT_GT(want.flagged, 0);
  for (int k = 1; k <= 12; ++k) {
    SCOPED_TRACE(k);
    const std::string db = dir_.path("k" + std::to_string(k) + ".db");
    const Id org = Organization(*OpenAt(db));
    ASSERT_TRUE(ImportUntilKilled(db, org, path, k));
    const auto engine = OpenAt(db);
    {
      auto session = engine->Enter();
      EXPECT_EQ(*storage::QueryInt(session->db(), "SELECT rows FROM imports", {}), 5 * k);
    }
    const auto report = ImportCsv(*engine, org, path, Options());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(TotalsOf(*engine, *report), want);
    EXPECT_FALSE(ImportCsv(*engine, org, path, Options())->resumed);
  }
}

TEST_F(ImportTest, SurvivesBeingKilledAtEveryBatchOfOneImport) {
  const std::string path = Write(MixedRows(60));
  const Totals want = TotalsOf(*engine_, Import(path, Options(5)));
  const std::string db = dir_.path("again.db");
  const Id org = Organization(*OpenAt(db));
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(ImportUntilKilled(db, org, path, 1));
  const auto engine = OpenAt(db);
  EXPECT_EQ(TotalsOf(*engine, *ImportCsv(*engine, org, path, Options())), want);
}

TEST_F(ImportTest, KeepsTheOptOutOfABatchThatWasCommittedBeforeTheKill) {
  const std::string path = Write(std::string(kHeader) +
                                 "a@x.example,,,,1\nb@x.example,,,,\nc@x.example,,,,\n"
                                 "d@x.example,,,,\ne@x.example,,,,\nf@x.example,,,,\n");
  ASSERT_TRUE(ImportUntilKilled(db_, org_, path, 1));
  Reopen();
  EXPECT_TRUE(IsSuppressed("a@x.example"));
  EXPECT_TRUE(Facts(Find("a@x.example")).suppressed_email);
  EXPECT_TRUE(Find("f@x.example").is_nil());
}

TEST_F(ImportTest, StopsWhenToldAndGoesOnWhenStartedAgain) {
  const std::string path = Write(MixedRows(20));
  ImportOptions options = Options(5);
  int64_t told = 0;
  options.progress = [&](int64_t rows, int64_t bytes, int64_t total) {
    told = rows;
    EXPECT_LE(bytes, total);
    EXPECT_EQ(CodeOf(CountProspects(*engine_, org_).status()), ErrorCode::kMisuse);
    return rows < 10;
  };
  EXPECT_EQ(CodeOf(Refused(path, options)), ErrorCode::kCancelled);
  EXPECT_EQ(told, 10);
  options.progress = [&](int64_t rows, int64_t, int64_t) {
    if (rows == 15) engine_->Cancel();
    return true;
  };
  EXPECT_EQ(CodeOf(Refused(path, options)), ErrorCode::kCancelled);
  const ImportReport report = Import(path, Options(5));
  EXPECT_TRUE(report.resumed);
  EXPECT_EQ(report.rows, 20);
  EXPECT_EQ(Number("SELECT count(*) FROM imports"), 1);
}

TEST_F(ImportTest, DoesNotGoOnWithOtherOptionsOrAnotherFile) {
  ImportOptions options = Options(5);
  options.progress = [](int64_t, int64_t, int64_t) { return false; };
  EXPECT_EQ(CodeOf(Refused(Write(MixedRows(20)), options)), ErrorCode::kCancelled);
  ImportOptions other = Options();
  other.source = "elsewhere";
  EXPECT_FALSE(Import(Write(MixedRows(20)), other).resumed);
  EXPECT_FALSE(Import(Write(MixedRows(21))).resumed);
  EXPECT_TRUE(Import(Write(MixedRows(20), "moved.csv")).resumed);
}

TEST_F(ImportTest, LetsOnlyOneOfTwoRunningImportsCount) {
  const std::string path = Write(MixedRows(60));
  const auto second = OpenAt(db_);
  ImportOptions options = Options(5);
  ImportReport theirs;
  options.progress = [&](int64_t rows, int64_t, int64_t) {
    if (rows == 10) theirs = *ImportCsv(*second, org_, path, Options(7));
    return true;
  };
  EXPECT_EQ(CodeOf(Refused(path, options)), ErrorCode::kConflict);
  EXPECT_TRUE(theirs.resumed);
  EXPECT_EQ(theirs.rows, 60);
  EXPECT_EQ(Number("SELECT rows FROM imports"), 60);
}

TEST_F(ImportTest, StopsWhenTheFileChangesUnderneath) {
  const std::string path = Write(MixedRows(20));
  ImportOptions options = Options(5);
  options.progress = [&](int64_t rows, int64_t, int64_t) {
    if (rows == 10) std::ofstream(path, std::ios::app) << "z@x.example,,,,\n";
    return true;
  };
  EXPECT_EQ(CodeOf(Refused(path, options)), ErrorCode::kConflict);
  EXPECT_EQ(Number("SELECT rows FROM imports"), 10);
  EXPECT_TRUE(Find("z@x.example").is_nil());
  EXPECT_TRUE(Import(Write(MixedRows(20))).resumed);
}

TEST_F(ImportTest, RefusesWhatIsNoFileOfPeopleAndStoresNothing) {
  const auto expect = [&](const std::string& path, ErrorCode code) {
    const absl::Status status = Refused(path);
    EXPECT_EQ(CodeOf(status), code) << path << " " << status;
    EXPECT_EQ(status.message().find(dir_.path()), absl::string_view::npos);
  };
  expect(dir_.path("missing.csv"), ErrorCode::kIo);
  expect(dir_.path(), ErrorCode::kIo);
  expect("", ErrorCode::kInvalidArgument);
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  expect(dir_.path("pipe"), ErrorCode::kIo);
  expect(Write(""), ErrorCode::kMappingMissing);
  expect(Write("\n \n\r\n"), ErrorCode::kMappingMissing);
  expect(Write("First Name,Company\nAnn,X\n"), ErrorCode::kMappingMissing);
  std::string garbage;
  for (int i = 0; i < 20000; ++i) garbage += static_cast<char>((i * 7919 + i / 251) % 256);
  expect(Write(garbage), ErrorCode::kMappingMissing);
  EXPECT_EQ(Number("SELECT count(*) FROM imports"), 0);
  EXPECT_EQ(Counts(ImportText("")), "0 0 0 0 0 0 0 ");
}

TEST_F(ImportTest, NamesTheOptionThatIsWrong) {
  const std::string path = Write(std::string(kHeader) + "a@x.example,,,,\n");
  const auto expect = [&](const ImportOptions& options, ErrorCode code, const std::string& name) {
    const absl::Status status = Refused(path, options);
    EXPECT_EQ(CodeOf(status), code) << name;
    EXPECT_NE(status.message().find(name), absl::string_view::npos) << status;
  };
  ImportOptions options = Options();
  options.source = "  ";
  expect(options, ErrorCode::kInvalidArgument, "source");
  options.source = std::string(base::kMaxNameBytes + 1, 's');
  expect(options, ErrorCode::kLimit, "source");
  options = Options();
  options.lawful_basis = "because";
  expect(options, ErrorCode::kInvalidArgument, "lawful_basis");
  options = Options();
  options.on_existing = "replace";
  expect(options, ErrorCode::kInvalidArgument, "on_existing");
  options = Options();
  options.mapping_json = "{";
  expect(options, ErrorCode::kInvalidJson, "mapping_json");
  options.mapping_json = R"({"Email":1})";
  expect(options, ErrorCode::kInvalidArgument, "mapping_json");
  options.mapping_json = R"({"Nowhere":"email"})";
  expect(options, ErrorCode::kInvalidArgument, "Nowhere");
  options.mapping_json = R"({"Company":"title"})";
  EXPECT_TRUE(ImportCsv(*engine_, org_, path, options).ok());
  EXPECT_EQ(CodeOf(ImportCsv(*engine_, Id{}, path, Options()).status()), ErrorCode::kNotFound);
}

TEST_F(ImportTest, FindsByEitherAndListsPageByPage) {
  ImportText(
      "a@x.example;info@x.example,https://linkedin.com/in/jos%C3%A9,José,X,\n"
      "b@x.example,,Bo,X,\nc@x.example,,Cy,X,\n");
  const Id jose = Find(" A@X.example");
  EXPECT_EQ(Find("", "https://de.linkedin.com/in/JOSÉ?x"), jose);
  EXPECT_EQ(Find("", "josé"), jose);
  EXPECT_TRUE(Find("info@x.example").is_nil());
  EXPECT_TRUE(Find("nobody@x.example").is_nil());
  for (const auto& [email, linkedin] :
       {std::pair("", ""), std::pair("a@x.example", "josé"), std::pair("no address", ""),
        std::pair("", "https://x.example/y/z")}) {
    EXPECT_EQ(CodeOf(FindProspect(*engine_, org_, email, linkedin).status()),
              ErrorCode::kInvalidArgument);
  }
  const auto person = GetProspect(*engine_, org_, jose);
  EXPECT_EQ(Text(*person, "linkedin"), "https://www.linkedin.com/in/jos%C3%A9");
  EXPECT_EQ(Text(*person, "emails"), R"(["a@x.example"])");
  EXPECT_EQ(Text(*person, "contact_points"), R"(["info@x.example"])");
  EXPECT_EQ(Text(*person, "attributes"), "{}");
  const auto first = ListProspects(*engine_, org_, "", 2);
  EXPECT_EQ(first->rows(), 2);
  const auto rest = ListProspects(*engine_, org_, first->next_page(), 2);
  EXPECT_EQ(rest->rows(), 1);
  EXPECT_EQ(rest->next_page(), "");
  EXPECT_LT(std::get<Id>(first->at(1, 0)), std::get<Id>(rest->at(0, 0)));
}

TEST_F(ImportTest, PreviewsWithoutAnEngine) {
  const auto json = PreviewCsv(DataPath("exports/excel_de_semicolon.csv"), 2);
  ASSERT_TRUE(json.ok()) << json.status();
  const auto preview = base::JsonDocument::Parse(*json);
  const base::JsonValue root = preview->root();
  EXPECT_EQ(root.StringOr("encoding", ""), "cp1252");
  EXPECT_EQ(root.StringOr("delimiter", ""), ";");
  EXPECT_EQ(root["rows"].size(), 2u);
  EXPECT_EQ(root["rows"].at(0).size(), root["header"].size());
  EXPECT_EQ(root["mapping"].size(), root["header"].size());
  EXPECT_EQ(root.IntOr("header_row", 0), 1);
  const auto all = PreviewCsv(DataPath("exports/excel_de_semicolon.csv"), -1);
  EXPECT_EQ(base::JsonDocument::Parse(*all)->root()["rows"].size(), 51u);
  EXPECT_EQ(CodeOf(PreviewCsv(dir_.path("none"), 1).status()), ErrorCode::kIo);
}

int64_t PeakBytes() {
  struct rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

TEST_F(ImportTest, TakesNoMoreMemoryForALongerFile) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "freed memory stays in the sanitizer's quarantine";
#endif
  std::string rows(kHeader);
  const std::string tail = ",,\"" + std::string(300, 'n') + "\",X,\n";
  for (int i = 0; i < 3000; ++i) rows += "a" + std::to_string(i) + "@x.example" + tail;
  Import(Write(rows));
  const int64_t before = PeakBytes();
  {
    std::ofstream file(dir_.path("long.csv"), std::ios::binary);
    file << kHeader;
    for (int i = 0; i < 200'000; ++i) file << "a" << i % 3000 << "@x.example" << tail;
  }
  EXPECT_EQ(Import(dir_.path("long.csv")).unchanged, 200'000);
  // The file has 65 MB.
  EXPECT_LT(PeakBytes() - before, 16 * 1024 * 1024);
}

TEST_F(ImportTest, EndsOnAFileThatStopsInsideAQuotedCell) {
  for (const char* text : {"Email,N\na@x.example,\"N\n", "Email,N\r\na@x.example,\"\r\n",
                           "Email,N\r\"a@x.example\r", "Email,N\n\"a@x.example\n"}) {
    const ImportReport report = Import(Write(text, "cut.csv"));
    EXPECT_EQ(report.rows, 1) << text;
    EXPECT_EQ(report.rejected, 1) << text;
  }
}

TEST_F(ImportTest, IsNotDoneBeforeTheHostWasToldOfTheLastRows) {
  const std::string path = Write("Email\na@x.example\nb@x.example\n");
  ImportOptions stopping = Options();
  stopping.progress = [](int64_t, int64_t bytes, int64_t total) { return bytes < total; };
  EXPECT_EQ(base::CodeOf(ImportCsv(*engine_, org_, path, stopping).status()),
            base::ErrorCode::kCancelled);
  const ImportReport report = Import(path);
  EXPECT_TRUE(report.resumed);
  EXPECT_EQ(report.created, 2);
}

}  // namespace
}  // namespace onlyleads::engine
