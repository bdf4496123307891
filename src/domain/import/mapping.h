// Which column of a file feeds which field of a prospect. Headers are compared by base::FoldKey, so
// case, spaces, underscores, punctuation and accents do not count ("E-Mail Adresse" is
// "emailadresse"). Knows headers only, never a cell.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_MAPPING_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_MAPPING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onlyleads::domain {

enum class Field : int32_t {
  kCustom = 0,  // kept as a custom attribute under the column's name
  kIgnored,     // not imported (an explicit mapping to "")
  kFirstName,
  kLastName,
  kFullName,  // split only where first and last name are both empty
  kCompany,
  kTitle,
  kIndustry,
  kCity,
  kCountry,
  kLocation,  // a combined place: a custom attribute, fills neither city nor country
  // Several columns may feed each of these; every one of them is read.
  kEmail,
  kLinkedinUrl,       // any LinkedIn URL or id; the cell decides which identifier it is
  kLinkedinPublicId,  // the same, and a slug alone is one too
  kMemberId,          // read like kLinkedinUrl
  kSalesNavigatorId,  // read like kLinkedinUrl
  kEmailOptOut,
  kObjected,    // to direct marketing as such: an opt-out of every channel
  kRestricted,  // processing is restricted (GDPR 18)
  kBirthDate,
  kAge,
};

// "first_name", "last_name", "full_name", "company", "title", "industry", "city", "country",
// "location", "email", "linkedin", "linkedin_public_id", "member_id", "sales_navigator_id",
// "email_opt_out", "objected", "restricted", "birth_date", "age", "custom"; "" for kIgnored.
std::string_view FieldName(Field field);
std::optional<Field> FieldFromName(std::string_view name);

// Header of a column -> field name. Ordered, because errors name the first offender.
using ExplicitMapping = std::map<std::string, std::string>;

// What our own export puts before the name of an attribute that would mean something else.
inline constexpr std::string_view kAttributePrefix = "attribute: ";

struct Mapping {
  std::vector<Field> fields;  // one per column of the header
  // What a column's cells are called as custom attributes and in rejects: the header without outer
  // white space and kAttributePrefix, "column 7" where it is empty, "name (2)" where it repeats.
  std::vector<std::string> names;

  // "column 7" beyond the header.
  std::string ColumnName(size_t column) const;
};

// Synonyms decide for every column that `wanted` does not name. Where two columns feed one of the
// single-valued fields (names, company, title, industry, city, country), the first non-empty cell
// in column order wins and the others are kept as custom attributes. `wanted` wins: it is compared
// with the header exactly first, then by FoldKey, and applies to every column of that name; when it
// gives a single-valued field to a column, no other column feeds that field by synonym. Columns of
// identifiers and opt-out flags that it does not name are still read, because an address that
// nobody reads is an opt-out that nobody keeps.
//
// "Name", "Nom", "Naam" are the last name beside a first-name column and the full name without one;
// "Nombre" and "Nome" are the first name beside a last-name column and the full name without one.
//
// kInvalidArgument, naming it, for a column that the header does not have and for an unknown field.
absl::StatusOr<Mapping> MapHeader(const std::vector<std::string>& header,
                                  const ExplicitMapping& wanted);

// kMappingMissing when no column can identify anybody.
absl::Status RequireIdentifier(const Mapping& mapping);

// How many cells are headers that MapHeader would understand (csv::KnownHeaders).
int CountKnownHeaders(const std::vector<std::string_view>& cells, const ExplicitMapping& wanted);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_MAPPING_H_
