#include "src/domain/import/portable.h"

#include "src/base/text.h"
#include "src/domain/import/mapping.h"

namespace onlyleads::domain {
namespace {

// The quotes in a name are not for looks: a doubled quote in the first line tells every reader that
// guesses (csv::DetectLayout does) that no backslash further down escapes anything.
constexpr std::string_view kHeader[kPortableColumns] = {"First name",
                                                        "Last name",
                                                        "Company",
                                                        "Title",
                                                        "Industry",
                                                        "City",
                                                        "Country",
                                                        "Email",
                                                        "LinkedIn",
                                                        "Member ID",
                                                        "Sales Navigator ID",
                                                        "Email \"opt-out\"",
                                                        "Objected to marketing",
                                                        "Processing restricted"};

bool IsKeptUnderItsName(Field field) {
  return field == Field::kCustom || field == Field::kLocation || field == Field::kFullName ||
         field == Field::kBirthDate || field == Field::kAge;
}

void Join(std::string_view value, std::string* cell) {
  if (!cell->empty()) cell->append("; ");
  cell->append(value);
}

std::string Flag(bool value) { return value ? "yes" : ""; }

}  // namespace

std::vector<std::string> PortableHeader(const std::set<std::string>& attributes) {
  std::vector<std::string> header(std::begin(kHeader), std::end(kHeader));
  for (const std::string& name : attributes) {
    const auto mapping = MapHeader({base::GuardFormula(name)}, {});
    const bool kept = mapping.ok() && IsKeptUnderItsName(mapping->fields[0]);
    header.push_back(kept ? name : std::string(kAttributePrefix) + name);
  }
  return header;
}

std::vector<std::string> PortableRecord(const PortablePerson& person,
                                        const std::set<std::string>& attributes) {
  std::string emails, linkedin, member_ids, sales_navigator_ids;
  for (const Identifier& id : person.identifiers) {
    switch (id.kind) {
      case IdentifierKind::kEmail:
        Join(id.value, &emails);
        break;
      case IdentifierKind::kLinkedinPublicId:
        Join("https://www.linkedin.com/in/" + base::PercentEncode(id.value), &linkedin);
        break;
      case IdentifierKind::kLinkedinMemberId:
        Join(id.value, &member_ids);
        break;
      case IdentifierKind::kSalesNavigatorId:
        Join(id.value, &sales_navigator_ids);
        break;
    }
  }
  for (const std::string& address : person.contact_points) Join(address, &emails);
  std::vector<std::string> cells(person.fields.begin(), person.fields.end());
  for (std::string* cell : {&emails, &linkedin, &member_ids, &sales_navigator_ids}) {
    cells.push_back(std::move(*cell));
  }
  for (const bool flag : {person.email_opt_out, person.objected, person.restricted}) {
    cells.push_back(Flag(flag));
  }
  for (const std::string& name : attributes) {
    const auto it = person.attributes.find(name);
    cells.push_back(it == person.attributes.end() ? std::string() : it->second);
  }
  return cells;
}

}  // namespace onlyleads::domain
