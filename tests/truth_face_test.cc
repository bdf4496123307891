// The ten exports, imported in order into one empty organization, equal truth.json; through the C++
// face alone. truth.json comes as tables from compile_truth.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"
#include "truth_tables.h"

namespace {

using onlyleads::ImportReport;
using onlyleads::Prospect;
using onlyleads::Prospects;
using onlyleads::Row;
using onlyleads::Rows;

std::map<std::string, int64_t> ReasonsOf(const Prospects& prospects, const ImportReport& report) {
  std::map<std::string, int64_t> reasons;
  std::string token;
  do {
    const Rows page = prospects.import_rejects(report.import_id, token, 3);
    for (const Row row : page) ++reasons[std::string(row.text("reason"))];
    token = page.next_page();
  } while (!token.empty());
  return reasons;
}

void ExpectFile(const Prospects& prospects, const truth_file& file) {
  SCOPED_TRACE(file.name);
  onlyleads::ImportOptions how;
  how.source = "export";
  how.lawful_basis = "legitimate_interests";
  int64_t told = 0;
  how.progress = [&](int64_t rows, int64_t, int64_t) {
    told = rows;
    return true;
  };
  const ImportReport report =
      prospects.import_csv(std::string(ONLYLEADS_TEST_DATA "/exports/") + file.name, how);
  EXPECT_EQ(report.rows, file.data_rows);
  EXPECT_EQ(report.created, file.created);
  EXPECT_EQ(report.updated, file.updated);
  EXPECT_EQ(report.unchanged, file.unchanged);
  EXPECT_EQ(report.suppressed, 0);
  EXPECT_EQ(report.rejected, file.rejected);
  EXPECT_EQ(report.opt_outs, file.opt_outs);
  EXPECT_EQ(told, file.data_rows);
  std::map<std::string, int64_t> reasons;
  for (const truth_reason* reason = file.reasons; reason->name != nullptr; ++reason) {
    reasons[reason->name] = reason->count;
  }
  EXPECT_EQ(ReasonsOf(prospects, report), reasons);
}

std::string OrEmpty(const char* text) { return text == nullptr ? "" : text; }

bool Shows(const Prospect& person, const std::string& kind, const std::string& value) {
  if (kind == "email") {
    return std::count(person.emails.begin(), person.emails.end(), value) == 1;
  }
  // A profile is shown as a percent-encoded URL; that it is theirs is what finding them says.
  if (kind == "slug") return !person.linkedin.empty();
  return value == (kind == "urn" ? person.member_id : person.sales_navigator_id);
}

void ExpectPerson(const Prospects& prospects, const truth_person& expected) {
  for (const char* const* identifier = expected.identifiers; *identifier != nullptr; ++identifier) {
    SCOPED_TRACE(*identifier);
    const std::string kind = std::string(*identifier).substr(0, std::string(*identifier).find(':'));
    const std::string value = *identifier + kind.size() + 1;
    const auto found =
        kind == "email" ? prospects.find_by_email(value) : prospects.find_by_linkedin(value);
    ASSERT_TRUE(found.has_value());
    const Prospect& person = *found;
    EXPECT_TRUE(Shows(person, kind, value));
    EXPECT_EQ(person.first_name, OrEmpty(expected.first));
    EXPECT_EQ(person.last_name, OrEmpty(expected.last));
    EXPECT_EQ(person.company, OrEmpty(expected.company));
    EXPECT_EQ(person.title, OrEmpty(expected.title));
    EXPECT_EQ(person.industry, OrEmpty(expected.industry));
    EXPECT_EQ(person.city, OrEmpty(expected.city));
    EXPECT_EQ(person.country, OrEmpty(expected.country));
  }
}

TEST(FaceTruth, EveryFileAndPerson) {
  const onlyleads::tests::TempDir dir;
  const onlyleads::Engine engine = onlyleads::Engine::open(dir.path("leads.db"));
  const onlyleads::Workspace ws = engine.create_organization("Acme Ltd");
  for (const truth_file& file : kFiles) ExpectFile(ws.prospects(), file);
  EXPECT_EQ(ws.prospects().count(), kDistinctPeople);
  for (const truth_person& person : kPeople) ExpectPerson(ws.prospects(), person);
}

}  // namespace
