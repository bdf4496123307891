// The rules of the import: the ten exports against their truth with an in-memory store, and each
// rule alone.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/domain/import/countries.h"
#include "src/domain/import/preview.h"
#include "src/domain/import/resolve.h"
#include "tests/import_support.h"

namespace onlyleads {
namespace {

using namespace domain;  // NOLINT: the test is about nothing else
using tests::DataPath;
using tests::FromString;
using tests::ReadFile;

constexpr absl::CivilDay kToday(2026, 11, 23);

struct Counts {
  int64_t rows = 0, opt_outs = 0;
  std::map<std::string, int64_t> dispositions, reasons;
};

// What storage and the engine do with plans, in maps.
class MemoryStore {
 public:
  struct Person {
    PersonFields fields;
    std::set<std::string> identifiers;
    std::string public_id, member_id;
  };

  Plan Apply(const ProspectRow& row, OnExisting on_existing = OnExisting::kFill) {
    Known known;
    for (const RowIdentifier& identifier : row.identifiers) {
      const std::string key = Key(identifier.id);
      const auto it = owners.find(key);
      known.identifiers.push_back(
          {it == owners.end() ? std::nullopt : std::optional(it->second), blocked.contains(key)});
    }
    if (const auto owner = SoleOwner(known.identifiers)) {
      const Person& person = people.at(*owner);
      known.person = KnownPerson{*owner, person.fields, person.public_id, person.member_id};
    }
    Plan plan = Resolve(row, known, on_existing);
    for (const std::string& address : plan.suppress_email) suppressed.insert(address);
    if (plan.disposition >= Disposition::kSuppressed) return plan;
    const base::Id id = plan.person ? *plan.person : Fresh();
    Person& person = people[id];
    for (const auto& [field, value] : plan.set_fields) {
      person.fields[static_cast<size_t>(field)] = value;
    }
    for (const Identifier& identifier : plan.add_identifiers) {
      owners[Key(identifier)] = id;
      person.identifiers.insert(Key(identifier));
      if (identifier.kind == IdentifierKind::kLinkedinPublicId) person.public_id = identifier.value;
      if (identifier.kind == IdentifierKind::kLinkedinMemberId) person.member_id = identifier.value;
    }
    return plan;
  }

  static std::string Key(const Identifier& id) {
    static constexpr const char* kPrefix[] = {"", "email:", "slug:", "urn:", "nav:"};
    return kPrefix[static_cast<size_t>(id.kind)] + id.value;
  }

  std::map<base::Id, Person> people;
  std::map<std::string, base::Id> owners;
  std::set<std::string> blocked, suppressed;

 private:
  base::Id Fresh() { return base::MakeId(++next_ * 1000, {}); }
  int64_t next_ = 0;
};

Counts Import(const csv::ReadAt& source, size_t chunk_bytes, MemoryStore* store) {
  Counts counts;
  const auto layout = DetectImportLayout(source, {});
  EXPECT_TRUE(layout.ok()) << layout.status();
  EXPECT_TRUE(RequireIdentifier(layout->mapping).ok());
  csv::RecordReader reader(source, layout->csv.dialect, layout->csv.data, chunk_bytes);
  csv::Record record;
  while (*reader.Next(&record)) {
    const Plan plan = store->Apply(BuildRow(record, layout->mapping, kToday));
    ++counts.rows;
    counts.opt_outs += plan.opt_out;
    ++counts.dispositions[std::string(DispositionName(plan.disposition))];
    if (plan.disposition == Disposition::kRejected) {
      ++counts.reasons[std::string(RejectReasonName(plan.reject.reason))];
    }
  }
  return counts;
}

void ExpectPerson(const MemoryStore& store, base::JsonValue want) {
  std::set<std::string> identifiers;
  for (size_t i = 0; i < want["identifiers"].size(); ++i) {
    identifiers.emplace(*want["identifiers"].at(i).AsString());
  }
  const auto owner = store.owners.find(*identifiers.begin());
  ASSERT_NE(owner, store.owners.end()) << *identifiers.begin();
  const MemoryStore::Person& person = store.people.at(owner->second);
  EXPECT_EQ(person.identifiers, identifiers);
  static constexpr const char* kKeys[] = {"first",    "last", "company", "title",
                                          "industry", "city", "country"};
  for (size_t i = 0; i < kPersonFieldCount; ++i) {
    EXPECT_EQ(person.fields[i], want.StringOr(kKeys[i], "")) << kKeys[i];
  }
}

class Truth : public ::testing::TestWithParam<size_t> {};

TEST_P(Truth, IsWhatTheTenExportsGive) {
  auto truth = base::JsonDocument::Parse(ReadFile(DataPath("exports/truth.json")));
  ASSERT_TRUE(truth.ok());
  MemoryStore store;
  for (size_t i = 0; i < truth->root()["files"].size(); ++i) {
    const base::JsonValue want = truth->root()["files"].at(i);
    const std::string file = want.StringOr("file", "");
    SCOPED_TRACE(file);
    Counts counts = Import(FromString(ReadFile(DataPath("exports/" + file))), GetParam(), &store);
    EXPECT_EQ(counts.rows, want.IntOr("data_rows", -1));
    for (const char* name : {"created", "updated", "unchanged", "rejected"}) {
      EXPECT_EQ(counts.dispositions[name], want.IntOr(name, -1)) << name;
    }
    EXPECT_EQ(counts.opt_outs, want.IntOr("opt_outs", -1));
    std::map<std::string, int64_t> reasons;
    want["reasons"].ForEachMember([&](std::string_view reason, base::JsonValue count) {
      reasons[std::string(reason)] = *count.AsInt();
    });
    EXPECT_EQ(counts.reasons, reasons);
  }
  EXPECT_EQ(static_cast<int64_t>(store.people.size()), truth->root().IntOr("distinct_people", -1));
  const base::JsonValue people = truth->root()["people"];
  EXPECT_EQ(people.size(), 30u);
  for (size_t i = 0; i < people.size(); ++i) ExpectPerson(store, people.at(i));
  EXPECT_TRUE(store.suppressed.contains("sales@edge-labs.example"));
}

INSTANTIATE_TEST_SUITE_P(ChunkBytes, Truth, ::testing::Values(1, 7, 64 * 1024));

ProspectRow RowOf(const std::string& header, const std::string& line,
                  const ExplicitMapping& wanted = {}) {
  const csv::ReadAt source = FromString(header + "\n" + line + "\n");
  const auto layout = DetectImportLayout(source, wanted);
  EXPECT_TRUE(layout.ok()) << layout.status();
  csv::RecordReader reader(source, layout->csv.dialect, layout->csv.data);
  csv::Record record;
  EXPECT_TRUE(*reader.Next(&record));
  return BuildRow(record, layout->mapping, kToday);
}

std::string FieldOf(const ProspectRow& row, PersonField field) {
  return row.fields[static_cast<size_t>(field)];
}

std::vector<std::string> KeysOf(const ProspectRow& row) {
  std::vector<std::string> keys;
  for (const RowIdentifier& id : row.identifiers) keys.push_back(MemoryStore::Key(id.id));
  return keys;
}

TEST(Emails, AreNormalisedToOneForm) {
  const std::map<std::string, std::string> cases = {
      {"  Ann.Example@A.EXAMPLE ", "ann.example@a.example"},
      {"mailto:ann@a.example", "ann@a.example"},
      {"Ann@Bücher.example", "ann@xn--bcher-kva.example"},
      {"o'hara+x@a-b.example", "o'hara+x@a-b.example"},
      {"\u00a0ann@a.example\u200b", "ann@a.example"}};
  for (const auto& [text, want] : cases) EXPECT_EQ(NormalizeEmail(text), want) << text;
}

TEST(Emails, AreMalformedWhenTheyBreakTheSyntax) {
  const std::string cases[] = {"ann",
                               "ann@",
                               "@a.example",
                               "ann@@a.example",
                               "ann@a",
                               "a b@c.example",
                               ".ann@a.example",
                               "ann.@a.example",
                               "a..b@c.example",
                               "ann@a..example",
                               "ann@-a.example",
                               "ann@a.example.",
                               "ann@a_b.example",
                               "ann@[127.0.0.1]",
                               "ann@127.0.0.1",
                               "\"a b\"@c.example",
                               "ann@a.example/x",
                               "ann@a b.example",
                               "ann(x)@a.example",
                               std::string(65, 'a') + "@a.example",
                               "ann@" + std::string(64, 'a') + ".example",
                               "an\u200bn@a.example",
                               std::string("a\0b@a.example", 13)};
  for (const std::string& text : cases) EXPECT_EQ(NormalizeEmail(text), std::nullopt) << text;
}

TEST(Emails, MayBeSeveralInACellAndWearNames) {
  const EmailCell cell = ParseEmailCell("a@x.example; B@x.example,a@x.example\nnobody");
  EXPECT_EQ(cell.addresses, (std::vector<std::string>{"a@x.example", "b@x.example"}));
  EXPECT_TRUE(cell.malformed);
  const EmailCell named = ParseEmailCell("\"Example, Ann\" <ann@x.example>, Bo <bo@x.example>");
  EXPECT_EQ(named.addresses, (std::vector<std::string>{"ann@x.example", "bo@x.example"}));
  EXPECT_FALSE(named.malformed);
  EXPECT_FALSE(ParseEmailCell(" n/a ").malformed);
}

TEST(RoleMailboxes, AreTheListedOnesAndNobodyElse) {
  for (const char* address : {"info@x.example", "sales+eu@x.example", "noreply@x.example"}) {
    EXPECT_TRUE(IsRoleMailbox(address)) << address;
  }
  for (const char* address : {"ann@x.example", "information.ann@x.example", "m.sales@x.example"}) {
    EXPECT_FALSE(IsRoleMailbox(address)) << address;
  }
}

TEST(Emails, MayBePartedByBlanksSlashesAndBars) {
  for (const char* cell :
       {"a@x.example / b@x.example", "a@x.example b@x.example", "a@x.example|b@x.example"}) {
    const EmailCell parsed = ParseEmailCell(cell);
    EXPECT_FALSE(parsed.malformed) << cell;
    EXPECT_EQ(parsed.addresses.size(), 2u) << cell;
  }
  EXPECT_TRUE(ParseEmailCell("ann lee@@x.example").malformed);
}

TEST(Linkedin, CutsAnEncodedTail) {
  for (const char* url : {"https://www.linkedin.com/in/m%c3%bcller%2F",
                          "https://www.linkedin.com/in/m%C3%BCller%3Ftrk%3Dx"}) {
    const auto identifier = ParseLinkedin(url);
    ASSERT_TRUE(identifier) << url;
    EXPECT_EQ(identifier->value, "müller");
  }
}

TEST(Linkedin, GivesTheIdentifierOfEachForm) {
  const std::map<std::string, std::string> cases = {
      {"https://www.linkedin.com/in/ann-example-1", "slug:ann-example-1"},
      {"HTTP://UK.LinkedIn.com/in/ANN-Example-1/?utm=x#top", "slug:ann-example-1"},
      {"linkedin.com/in/ann/de", "slug:ann"},
      {"//linkedin.com/in/ann", "slug:ann"},
      {"www.linkedin.com/mwlite/in/ann", "slug:ann"},
      {"linkedin.com/in/ann.\u00a0..", "slug:ann"},
      {"https://es.linkedin.com/in/JOSÉ-x", "slug:josé-x"},
      {"https://es.linkedin.com/in/jos%C3%A9-x", "slug:josé-x"},
      {"https://es.linkedin.com/in/jose%CC%81-x", "slug:josé-x"},
      {"/in/ann", "slug:ann"},
      {"https://www.linkedin.com/in/ACoAAbcD123", "urn:ACoAAbcD123"},
      {"https://www.linkedin.com/in/ACwAAbcD123", "nav:ACwAAbcD123"},
      {"https://www.linkedin.com/sales/lead/ACwAAbcD123,NAME_SEARCH,x", "nav:ACwAAbcD123"},
      {"https://www.linkedin.com/sales/people/ACwAAbcD123%2CNAME_SEARCH", "nav:ACwAAbcD123"},
      {"urn:li:fsd_profile:ACoAAbcD123", "urn:ACoAAbcD123"},
      {"urn:li:fs_salesProfile:(ACwAAbcD123,NAME_SEARCH,x)", "nav:ACwAAbcD123"},
      {"ACoAAbcD123", "urn:ACoAAbcD123"}};
  for (const auto& [text, want] : cases) {
    const auto id = ParseLinkedin(text);
    ASSERT_TRUE(id.has_value()) << text;
    EXPECT_EQ(MemoryStore::Key(*id), want) << text;
  }
}

TEST(Linkedin, SeesNobodyInWhatIsNoProfile) {
  for (const char* text :
       {"https://www.linkedin.com/company/acme", "https://www.linkedin.com/in/", "ann-example",
        "https://evil-linkedin.com/in/ann", "https://linkedin.com.evil.example/in/ann",
        "https://www.linkedin.com/pub/ann-example/1/2/3", "https://www.linkedin.com/in/%ff",
        "https://www.linkedin.com/in/a%2", "https://www.linkedin.com/sales/lead/x", "",
        "https://x.example/?u=linkedin.com/in/ann", "https://www.linkedin.com/school/x/"}) {
    EXPECT_EQ(ParseLinkedin(text), std::nullopt) << text;
  }
  EXPECT_EQ(MemoryStore::Key(*ParseLinkedin("Ann-Example", true)), "slug:ann-example");
}

TEST(Countries, AreKnownInThreeLanguagesAndByCode) {
  const std::map<std::string, std::string> cases = {{"Germany", "DE"},
                                                    {"deutschland", "DE"},
                                                    {"Allemagne", "DE"},
                                                    {"DEU", "DE"},
                                                    {"de", "DE"},
                                                    {"UK", "GB"},
                                                    {"England", "GB"},
                                                    {"Royaume Uni", "GB"},
                                                    {"U.S.A.", "US"},
                                                    {"Etats-Unis", "US"},
                                                    {"Vereinigte Staaten", "US"},
                                                    {"The Netherlands", "NL"},
                                                    {"Holland", "NL"},
                                                    {"Österreich", "AT"},
                                                    {"Oesterreich", "AT"},
                                                    {"COTE D'IVOIRE", "CI"},
                                                    {"Türkei", "TR"},
                                                    {"Trinidad & Tobago", "TT"},
                                                    {"Schweiz", "CH"},
                                                    {"NA", "NA"},
                                                    {"Großbritannien", "GB"},
                                                    {"Grossbritannien", "GB"},
                                                    {"South Korea", "KR"},
                                                    {"Tschechien", "CZ"}};
  for (const auto& [text, want] : cases) EXPECT_EQ(CountryCode(text), want) << text;
  for (const char* text : {"Narnia", "N/A", "", "-", "Berlin, Germany", "XX"}) {
    EXPECT_EQ(CountryCode(text), std::nullopt) << text;
  }
}

TEST(Mapping, UnderstandsHeadersHoweverTheyAreSpelled) {
  const auto mapping =
      MapHeader({"VORNAME", "nach_name", "E-Mail Adresse", "Work Email", "Person Linkedin Url",
                 "vmid", "Email Status", "Company Country", "Has Opted Out Of Email"},
                {});
  ASSERT_TRUE(mapping.ok());
  EXPECT_EQ(mapping->fields,
            (std::vector<Field>{Field::kFirstName, Field::kLastName, Field::kEmail, Field::kEmail,
                                Field::kLinkedinUrl, Field::kMemberId, Field::kCustom,
                                Field::kCustom, Field::kEmailOptOut}));
}

TEST(Mapping, TakesNameForWhatTheColumnsBesideItLeave) {
  EXPECT_EQ(MapHeader({"Vorname", "Name"}, {})->fields[1], Field::kLastName);
  EXPECT_EQ(MapHeader({"Name", "Email"}, {})->fields[0], Field::kFullName);
  EXPECT_EQ(MapHeader({"First Name", "Last Name", "Name"}, {})->fields[2], Field::kCustom);
  EXPECT_EQ(MapHeader({"Nombre", "Apellidos"}, {})->fields[0], Field::kFirstName);
}

TEST(Mapping, LetsAnExplicitOneWin) {
  const std::vector<std::string> header = {"Company", "Employer", "Kontakt", "Email"};
  const auto mapping =
      MapHeader(header, {{"Employer", "company"}, {"kontakt", "linkedin"}, {"Email", ""}});
  ASSERT_TRUE(mapping.ok());
  EXPECT_EQ(mapping->fields, (std::vector<Field>{Field::kCustom, Field::kCompany,
                                                 Field::kLinkedinUrl, Field::kIgnored}));
  for (const ExplicitMapping& bad :
       {ExplicitMapping{{"Nowhere", "email"}}, ExplicitMapping{{"Email", "e-mail"}}}) {
    EXPECT_EQ(base::CodeOf(MapHeader(header, bad).status()), base::ErrorCode::kInvalidArgument);
  }
}

TEST(Mapping, MissesWhenNoColumnIdentifiesAnybody) {
  const auto mapping = MapHeader({"First Name", "Company"}, {});
  EXPECT_EQ(base::CodeOf(RequireIdentifier(*mapping)), base::ErrorCode::kMappingMissing);
}

TEST(Mapping, NamesColumnsUniquely) {
  EXPECT_EQ(MapHeader({"a", "", " a "}, {})->names,
            (std::vector<std::string>{"a", "column 2", "a (2)"}));
}

TEST(Rows, UndoOneApostropheBeforeAFormula) {
  const ProspectRow row = RowOf("First Name,Last Name,Email",
                                "\"'=HYPERLINK(\"\"http://x.example\"\")\",'n Name,''=a@x.example");
  EXPECT_EQ(FieldOf(row, PersonField::kFirstName), "=HYPERLINK(\"http://x.example\")");
  EXPECT_EQ(FieldOf(row, PersonField::kLastName), "'n Name");
}

TEST(Rows, SplitAFullNameOnlyWhenNothingElseNamesThePerson) {
  const std::map<std::string, std::pair<std::string, std::string>> cases = {
      {"Ann van der Example", {"Ann", "van der Example"}},
      {"Example, Ann", {"Ann", "Example"}},
      {"Dr. Ann Example", {"Ann", "Example"}},
      {"Ann Example, PhD", {"Ann", "Example"}},
      {"Ann", {"Ann", ""}},
      {"Dr.", {"Dr.", ""}}};
  for (const auto& [name, want] : cases) EXPECT_EQ(SplitFullName(name), want) << name;
  const ProspectRow row = RowOf("Full Name;First Name;Email", "Ann Example;Bo;a@x.example");
  EXPECT_EQ(FieldOf(row, PersonField::kFirstName), "Bo");
  EXPECT_EQ(FieldOf(row, PersonField::kLastName), "");
}

TEST(Rows, LoseNoCellSilently) {
  const ProspectRow longer = RowOf("Email,Country,LinkedIn,Company,Company Name",
                                   "a@x.example,Narnia,https://linkedin.com/company/x,A,B,extra");
  using Attribute = std::pair<std::string, std::string>;
  EXPECT_EQ(longer.attributes,
            (std::vector<Attribute>{{"Country", "Narnia"},
                                    {"LinkedIn", "https://linkedin.com/company/x"},
                                    {"Company Name", "B"},
                                    {"column 6", "extra"}}));
  const ProspectRow shorter = RowOf("Email,Company,Title", "a@x.example");
  EXPECT_EQ(KeysOf(shorter), (std::vector<std::string>{"email:a@x.example"}));
}

TEST(Rows, CountAFlagUnlessItPlainlySaysNo) {
  for (const char* yes : {"TRUE", "yes", "1", "ja", "Oui", "x", "✓", "2025-03-01", "1.0"}) {
    EXPECT_TRUE(IsOptOutFlag(yes)) << yes;
  }
  for (const char* no : {"FALSE", "no", "0", "", "Nein", "n/a", "-", "0.0", "non"}) {
    EXPECT_FALSE(IsOptOutFlag(no)) << no;
  }
}

TEST(Rows, CountAFlagThatMayStandInAnotherCell) {
  const std::string header = "Email,First Name,Last Name,Opt out";
  EXPECT_FALSE(RowOf(header, "a@x.example,Ann,Lee,").opt_out_flag);
  EXPECT_TRUE(RowOf(header, "a@x.example,Ann Lee,yes").opt_out_flag);
  EXPECT_TRUE(RowOf(header, "a@x.example;Ann;Lee;yes").opt_out_flag);
  EXPECT_TRUE(RowOf(header, "a@x.example,,Ann,Lee,yes").opt_out_flag);
  EXPECT_TRUE(RowOf(header + ",Note", "a@x.example,Ann Lee,yes,").opt_out_flag);
  EXPECT_TRUE(RowOf("Email,Company,Opt out,Note", "a@x.example,South,,yes,").opt_out_flag);
  EXPECT_FALSE(RowOf(header, "a@x.example,Ann,Lee,no,,").opt_out_flag);
  EXPECT_FALSE(RowOf(header, "a@x.example,Ann").opt_out_flag) << "leaves empty cells out";
  EXPECT_TRUE(RowOf("Email,Company,Objected to marketing", "a@x.example,yes").objected);
  EXPECT_TRUE(RowOf("Email,Company,Processing restricted", "a@x.example,yes").restricted);
}

TEST(Rows, RejectChildrenAndDamageButKeepTheirOptOut) {
  const std::string header = "Email,Age,Date of Birth,Unsubscribed";
  EXPECT_EQ(RowOf(header, "a@x.example,17,,").reject->reason, RejectReason::kUnder18);
  EXPECT_EQ(RowOf(header, "a@x.example,,2009-01-01,").reject->column, "Date of Birth");
  EXPECT_EQ(RowOf(header, "a@x.example,,24.11.2008,").reject->reason, RejectReason::kUnder18);
  EXPECT_FALSE(RowOf(header, "a@x.example,18,23.11.2008,").reject.has_value());
  const ProspectRow row = RowOf(header, std::string("a@x.example,\0,,yes", 18));
  ASSERT_TRUE(row.reject.has_value());
  EXPECT_EQ(row.reject->reason, RejectReason::kInvalidText);
  EXPECT_EQ(row.reject->column, "Age");
  MemoryStore store;
  EXPECT_TRUE(store.Apply(row).opt_out);
  EXPECT_TRUE(store.suppressed.contains("a@x.example"));
}

TEST(Rows, RefuseAValueThatCannotBeStoredWhole) {
  const ProspectRow row =
      RowOf("Email,Note", "a@x.example," + std::string(base::kMaxFieldBytes + 1, 'x'));
  EXPECT_EQ(row.reject->reason, RejectReason::kValueTooLong);
  EXPECT_EQ(row.reject->column, "Note");
}

TEST(Rows, AreCorporateOnlyWithANamedPersonAndACompany) {
  const std::string header = "Email,First Name,Company";
  EXPECT_EQ(RowOf(header, "a@x.example,Ann,X").recipient_type, RecipientType::kCorporateNamed);
  EXPECT_EQ(RowOf(header, "a@x.example,,X").recipient_type, RecipientType::kUnknown);
  EXPECT_EQ(RowOf(header, "a@x.example,Ann,").recipient_type, RecipientType::kUnknown);
}

const char kHeader[] = "Email,LinkedIn,Company,Opt out";

TEST(Resolve, SuppressesTheRowOfATombstoneEvenIfAnotherIdentifierIsKnown) {
  MemoryStore store;
  store.Apply(RowOf(kHeader, ",linkedin.com/in/ann,,"));
  store.blocked.insert("email:a@x.example");
  const Plan plan = store.Apply(RowOf(kHeader, "a@x.example,linkedin.com/in/ann,X,yes"));
  EXPECT_EQ(plan.disposition, Disposition::kSuppressed);
  EXPECT_TRUE(plan.add_identifiers.empty() && plan.set_fields.empty() && !plan.store_attributes);
  EXPECT_EQ(plan.suppress_email, (std::vector<std::string>{"a@x.example"}));
}

TEST(Resolve, SuppressesTheAddressOfAFlaggedRowWhateverBecomesOfIt) {
  MemoryStore store;
  const Plan role = store.Apply(RowOf(kHeader, "info@x.example,,,1"));
  EXPECT_EQ(role.reject.reason, RejectReason::kNoIdentifier);
  EXPECT_TRUE(role.opt_out);
  EXPECT_TRUE(store.suppressed.contains("info@x.example"));
  const Plan malformed = store.Apply(RowOf(kHeader, "x@@y,,,1"));
  EXPECT_EQ(malformed.reject.reason, RejectReason::kInvalidEmail);
  EXPECT_EQ(malformed.reject.column, "Email");
  EXPECT_FALSE(malformed.opt_out);
}

TEST(Resolve, RejectsWhatCannotBeOnePerson) {
  MemoryStore store;
  store.Apply(RowOf(kHeader, "a@x.example,linkedin.com/in/ann,,"));
  store.Apply(RowOf(kHeader, "b@x.example,,,"));
  for (const char* line : {"b@x.example,linkedin.com/in/ann,,", "a@x.example,linkedin.com/in/bo,,",
                           ",linkedin.com/in/c linkedin.com/in/d,,"}) {
    const Plan plan = store.Apply(RowOf(kHeader, line));
    EXPECT_EQ(plan.reject.reason, RejectReason::kConflict) << line;
    EXPECT_EQ(plan.reject.column, "LinkedIn") << line;
  }
  EXPECT_EQ(store.people.size(), 2u);
}

TEST(Resolve, FillsSkipsOrOverwritesAsTold) {
  MemoryStore store;
  store.Apply(RowOf(kHeader, "a@x.example,,X,"));
  const ProspectRow other = RowOf(kHeader, "a@x.example,,Y,");
  EXPECT_EQ(store.Apply(other).disposition, Disposition::kUnchanged);
  EXPECT_EQ(store.people.begin()->second.fields[2], "X");
  EXPECT_EQ(store.Apply(RowOf(kHeader, "a@x.example,linkedin.com/in/ann,,"), OnExisting::kSkip)
                .disposition,
            Disposition::kUnchanged);
  EXPECT_EQ(store.people.begin()->second.public_id, "");
  EXPECT_EQ(store.Apply(other, OnExisting::kOverwrite).disposition, Disposition::kUpdated);
  EXPECT_EQ(store.people.begin()->second.fields[2], "Y");
  EXPECT_EQ(store.Apply(other, OnExisting::kOverwrite).disposition, Disposition::kUnchanged);
}

}  // namespace
}  // namespace onlyleads
