// The people as a file: what the import makes of it again, what a spreadsheet would run in it, who
// stays unreachable behind it, and that a failed export leaves none.
#include "src/engine/prospects_export.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/import.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "tests/import_support.h"
#include "tests/support/temp_dir.h"

namespace onlyleads::engine {
namespace {

using base::CodeOf;
using base::ErrorCode;
using base::Id;
using tests::ReadFile;

constexpr char kHeaderLine[] =
    "\"First name\",\"Last "
    "name\",\"Company\",\"Title\",\"Industry\",\"City\",\"Country\",\"Email\","
    "\"LinkedIn\",\"Member ID\",\"Sales Navigator ID\",\"Email \"\"opt-out\"\"\","
    "\"Objected to marketing\",\"Processing restricted\"";

// What one person is, apart from ids and instants that the importing side has its own of.
using Portrait = std::map<std::string, std::string>;

class ProspectsExport : public ::testing::Test {
 protected:
  ProspectsExport() {
    OpenOptions options;
    options.path = dir_.path("a.db");
    engine_ = *Engine::Open(std::move(options));
    org_ = *CreateOrganization(*engine_, {.name = "from", .external_ref = "from"});
    other_ = *CreateOrganization(*engine_, {.name = "to", .external_ref = "to"});
  }

  ImportReport Import(const Id& org, const std::string& path) {
    ImportOptions options;
    options.source = "test file";
    options.lawful_basis = "legitimate_interests";
    auto report = ImportCsv(*engine_, org, path, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : ImportReport{};
  }
  void ImportText(const std::string& text) {
    const std::string path = dir_.path("in" + std::to_string(files_++) + ".csv");
    std::ofstream(path, std::ios::binary) << text;
    const ImportReport report = Import(org_, path);
    ASSERT_EQ(report.created, report.rows);
  }
  std::string Export(const Id& org) {
    const std::string path = dir_.path("out" + std::to_string(files_++) + ".csv");
    const auto people = ExportProspectsCsv(*engine_, org, path, {});
    EXPECT_TRUE(people.ok()) << people.status();
    EXPECT_EQ(people.value_or(-1), *CountProspects(*engine_, org));
    return path;
  }
  std::vector<Portrait> People(const Id& org) {
    const base::Table table = *ListProspects(*engine_, org, "", 0);
    std::vector<Portrait> people;
    for (int64_t row = 0; row < table.rows(); ++row) {
      Portrait& person = people.emplace_back();
      for (size_t i = 0; i < table.columns().size(); ++i) {
        const std::string& name = table.columns()[i].name;
        const base::Table::Cell& cell = table.at(row, static_cast<int>(i));
        if (name == "attributes") {
          AddAttributes(std::get<std::string>(cell), &person);
        } else if (const auto* text = std::get_if<std::string>(&cell)) {
          person[name] = *text;
        } else if (name == "objected_at_us" || name == "restricted_at_us") {
          person[name] = std::holds_alternative<int64_t>(cell) ? "yes" : "no";
        }
      }
    }
    return people;
  }
  Id Find(const Id& org, const std::string& linkedin) {
    return *FindProspect(*engine_, org, "", linkedin);
  }
  storage::FactsRow Facts(const Id& org, const std::string& linkedin) {
    const Id person = Find(org, linkedin);
    auto session = engine_->Enter();  // the lock: nothing below may take it again
    return **storage::LoadFacts(session->db(), org, person);
  }
  int64_t Number(const std::string& sql) {
    auto session = engine_->Enter();
    return storage::QueryInt(session->db(), sql, {})->value_or(-1);
  }
  static bool Exists(const std::string& path) {
    struct stat info;
    return stat(path.c_str(), &info) == 0;
  }

  tests::TempDir dir_;
  std::shared_ptr<Engine> engine_;
  Id org_, other_;
  int files_ = 0;

 private:
  static void AddAttributes(const std::string& json, Portrait* person) {
    const auto document = base::JsonDocument::Parse(json);
    document->root().ForEachMember([&](std::string_view name, base::JsonValue value) {
      (*person)["attribute " + std::string(name)] = *value.AsString();
    });
  }
};

TEST_F(ProspectsExport, ReadBackGivesTheSamePeople) {
  ImportText(
      "First Name,Last Name,Company,Title,Industry,City,Country,Email,Email 2,LinkedIn,vmid,"
      "Sales Navigator ID,Full Name,Region,Favourite colour\n"
      "\"Ann, the 1st\",\"O\"\"Neill\",\"Line\r\nbreak \\\"\", Ltd\",Head,Tools,München,DE,"
      "z@x.example,a@x.example,linkedin.com/in/ann-%C3%A9,ACoAAAbcdefghijklmnopqrstuvwxyz012345678,"
      "ACwAAAbcdefghijklmnopqrstuvwxyz012345678,Ann O'Neill,Süden,\"blue; green\"\n"
      "李,雷,\"back\\slash\\\",,,,XX-land,li@x.example,info@x.example,,,,,,'quoted'\n"
      ",,,,,,,only@x.example,,,,,,,\n");
  const std::string path = Export(org_);
  const ImportReport report = Import(other_, path);
  EXPECT_EQ(report.created, 3);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.opt_outs, 0);
  std::vector<Portrait> before = People(org_), after = People(other_);
  EXPECT_EQ(before[1]["attribute Country"], "XX-land") << "a cell that named no country";
  EXPECT_EQ(before, after);
  EXPECT_EQ(before[0]["company"], "Line\r\nbreak \\\", Ltd");
  EXPECT_EQ(before[0]["emails"], R"(["a@x.example","z@x.example"])");
  EXPECT_EQ(before[1]["contact_points"], R"(["info@x.example"])");
  EXPECT_EQ(before[0]["attribute Favourite colour"], "blue; green");

  const ImportReport again = Import(org_, path);
  EXPECT_EQ(again.unchanged, 3) << "into the organization it came from it tells nothing new";
}

TEST_F(ProspectsExport, AnAttributeNeverBecomesAnIdentifier) {
  std::ofstream(dir_.path("in.csv")) << "Email,Email 2\nann@x.example,boss@x.example\n";
  ImportOptions options;
  options.source = "test file";
  options.lawful_basis = "legitimate_interests";
  options.mapping_json = R"({"Email 2":"custom"})";
  ASSERT_TRUE(ImportCsv(*engine_, org_, dir_.path("in.csv"), options).ok());
  Import(other_, Export(org_));
  const Portrait person = People(other_).at(0);
  EXPECT_EQ(person.at("emails"), R"(["ann@x.example"])");
  EXPECT_EQ(person.at("attribute Email 2"), "boss@x.example");
  Import(org_, Export(other_));
  EXPECT_EQ(People(org_).size(), 1u);
}

TEST_F(ProspectsExport, DisarmsEveryFormulaAndTheImportTakesItBack) {
  const std::vector<std::string> formulas = {"=1+1", "+1",  "-1",  "@SUM(A1)",
                                             "\t=1", "\rx", "'=1", "''-2"};
  std::string text = "Email,First Name,Company,'=HYPERLINK(1)\n";
  for (size_t i = 0; i < formulas.size(); ++i) {
    const std::string cell = "\"'" + formulas[i] + "\"";
    text += "p" + std::to_string(i) + "@x.example," + cell + "," + cell + "," + cell + "\n";
  }
  ImportText(text);
  const std::string path = Export(org_);
  const std::string bytes = ReadFile(path);
  for (const std::string& formula : formulas) {
    EXPECT_NE(bytes.find("\"'" + formula + "\""), bytes.npos) << formula;
  }
  EXPECT_NE(bytes.find("\"'=HYPERLINK(1)\""), bytes.npos);
  for (const char c : std::string_view("=+-@\t\r")) {
    EXPECT_EQ(bytes.find(std::string(",\"") + c), bytes.npos) << int{c};
    EXPECT_EQ(bytes.find(std::string("\n\"") + c), bytes.npos) << int{c};
  }
  Import(other_, path);
  EXPECT_EQ(People(org_), People(other_));
  const std::vector<Portrait> people = People(other_);
  ASSERT_EQ(people.size(), formulas.size());
  for (size_t i = 0; i < formulas.size(); ++i) {
    EXPECT_EQ(people[i].at("company"), formulas[i]);
    EXPECT_EQ(people[i].at("attribute =HYPERLINK(1)"), formulas[i]);
  }
}

TEST_F(ProspectsExport, RefusalsTravelWithTheFile) {
  ImportText(
      "First Name,Email,LinkedIn,Opt out\n"
      "Ann,,linkedin.com/in/ann,\nBea,bea@x.example,linkedin.com/in/bea,\n"
      "Cem,cem@x.example,linkedin.com/in/cem,yes\nDan,dan@x.example,linkedin.com/in/dan,\n");
  ASSERT_TRUE(ObjectProspect(*engine_, org_, Find(org_, "ann")).ok());
  ASSERT_TRUE(RestrictProspect(*engine_, org_, Find(org_, "bea")).ok());
  const ImportReport report = Import(other_, Export(org_));
  EXPECT_EQ(report.opt_outs, 2) << "Ann and Cem";
  EXPECT_TRUE(Facts(other_, "ann").objected_at_us.has_value());
  EXPECT_TRUE(Facts(other_, "ann").suppressed_linkedin);
  EXPECT_TRUE(Facts(other_, "ann").suppressed_email);
  EXPECT_TRUE(Facts(other_, "bea").restricted_at_us.has_value());
  EXPECT_FALSE(Facts(other_, "bea").objected_at_us.has_value());
  EXPECT_TRUE(Facts(other_, "cem").suppressed_email);
  EXPECT_FALSE(Facts(other_, "cem").objected_at_us.has_value());
  EXPECT_FALSE(Facts(other_, "dan").suppressed_email);
  EXPECT_FALSE(Facts(other_, "dan").restricted_at_us.has_value());
  EXPECT_EQ(People(org_), People(other_));
}

TEST_F(ProspectsExport, AnObjectionReachesWhoIsKnownAndWhoComesLater) {
  ImportText("First Name,Email,LinkedIn\nAnn,ann@x.example,linkedin.com/in/ann\n");
  const std::string harmless = Export(org_);
  ASSERT_TRUE(ObjectProspect(*engine_, org_, Find(org_, "ann")).ok());
  const std::string objecting = Export(org_);
  Import(other_, harmless);
  ASSERT_FALSE(Facts(other_, "ann").objected_at_us.has_value());
  EXPECT_EQ(Import(other_, objecting).opt_outs, 1);
  const auto objected_at_us = Facts(other_, "ann").objected_at_us;
  ASSERT_TRUE(objected_at_us.has_value());
  Import(other_, Export(org_));
  EXPECT_EQ(Facts(other_, "ann").objected_at_us, objected_at_us) << "the first instant stays";

  ASSERT_TRUE(DeleteProspect(*engine_, other_, Find(other_, "ann")).ok());
  EXPECT_EQ(Import(other_, harmless).rows, 1);
  EXPECT_TRUE(Facts(other_, "ann").suppressed_linkedin);
  // Objected again from what deletion left: the suppression is an objection in the next file too.
  const std::string bytes = ReadFile(Export(other_));
  EXPECT_NE(bytes.find("\"yes\",\"yes\",\"\"\r\n"), bytes.npos) << bytes;
}

TEST_F(ProspectsExport, WithoutPeopleIsTheHeaderAlone) {
  const std::string path = Export(org_);
  EXPECT_EQ(ReadFile(path), std::string(kHeaderLine) + "\r\n");
  EXPECT_EQ(Import(other_, path).rows, 0);
}

TEST_F(ProspectsExport, IsReadableByItsOwnerAloneAndAuditedInCounts) {
  ImportText("First Name,Email\nAnn,ann@x.example\nBea,bea@x.example\n");
  struct stat info;
  ASSERT_EQ(stat(Export(org_).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(Number("SELECT count(*) FROM audit_entries WHERE verb = 'prospects.export' AND "
                   "detail = '{\"people\":2}'"),
            1);
}

TEST_F(ProspectsExport, LeavesOutWhoWasDeletedAndOtherOrganizations) {
  ImportText("First Name,LinkedIn\nAnn,linkedin.com/in/ann\nBea,linkedin.com/in/bea\n");
  ASSERT_TRUE(DeleteProspect(*engine_, org_, Find(org_, "ann")).ok());
  const std::string bytes = ReadFile(Export(org_));
  EXPECT_EQ(bytes.find("Ann"), bytes.npos);
  EXPECT_NE(bytes.find("Bea"), bytes.npos);
  EXPECT_EQ(ReadFile(Export(other_)), std::string(kHeaderLine) + "\r\n");
}

TEST_F(ProspectsExport, LeavesNoFileWhenItFailsAndTouchesNone) {
  ImportText("First Name,Email\nAnn,ann@x.example\n");
  const auto code = [&](const std::string& path, const WorkProgress& progress = {}) {
    return CodeOf(ExportProspectsCsv(*engine_, org_, path, progress).status());
  };
  std::ofstream(dir_.path("there.csv")) << "mine";
  EXPECT_EQ(code(dir_.path("there.csv")), ErrorCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(dir_.path("there.csv")), "mine");
  EXPECT_EQ(code("/dev/full"), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(dir_.path("missing") + "/a.csv"), ErrorCode::kIo);
  EXPECT_EQ(code(""), ErrorCode::kInvalidArgument);
  for (const int64_t stop_at : {0, 1}) {
    const std::string path = dir_.path("cancelled.csv");
    EXPECT_EQ(code(path,
                   [&](int64_t done, int64_t total) {
                     EXPECT_EQ(total, 1);
                     EXPECT_TRUE(Exists(path));
                     return done != stop_at;
                   }),
              ErrorCode::kCancelled);
    EXPECT_FALSE(Exists(path));
  }
  EXPECT_EQ(
      CodeOf(ExportProspectsCsv(*engine_, Find(org_, "nobody"), dir_.path("b.csv"), {}).status()),
      ErrorCode::kNotFound);
  EXPECT_FALSE(Exists(dir_.path("b.csv")));
}

}  // namespace
}  // namespace onlyleads::engine
