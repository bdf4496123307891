// One record of a file as a prospect: fields, identifiers, contact points, opt-out flag. Pure and
// without memory of other rows; whether the row is new, known or in conflict is resolve.h's.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_ROW_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_ROW_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "src/domain/csv/parser.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/import/mapping.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

// The seven fields that a row can fill, in this order everywhere.
enum class PersonField : int32_t {
  kFirstName = 0,
  kLastName,
  kCompany,
  kTitle,
  kIndustry,
  kCity,
  kCountry,  // ISO 3166-1 alpha-2
};
inline constexpr size_t kPersonFieldCount = 7;
using PersonFields = std::array<std::string, kPersonFieldCount>;

enum class RejectReason : int32_t {
  kNone = 0,
  kNoIdentifier,  // nothing in the row identifies anybody
  kInvalidEmail,  // the only identifier offered is a malformed address
  kConflict,      // see resolve.h
  kUnder18,       // an age or birth-date column says so
  kInvalidText,   // a cell whose bytes are no text in the file's encoding, or U+0000
  kUnclosedQuote,
  kCellTooLong,     // base::kMaxCellBytes
  kRowTooLong,      // base::kMaxRowBytes
  kTooManyColumns,  // base::kMaxColumns
  kValueTooLong,    // base::kMaxFieldBytes, one value that would be stored
};

// "no_identifier", "invalid_email", "conflict", "under_18", "invalid_text", "unclosed_quote",
// "cell_too_long", "row_too_long", "too_many_columns", "value_too_long"; "" for kNone.
std::string_view RejectReasonName(RejectReason reason);

// What a report says of a rejected row; never cell text.
struct Reject {
  RejectReason reason = RejectReason::kNone;
  std::string column;  // its header; empty where it is none
};

struct RowIdentifier {
  Identifier id;
  std::string column;  // the header of the cell that it came from
};

struct ProspectRow {
  uint64_t line = 0;  // physical line where the record starts
  PersonFields fields;
  std::vector<RowIdentifier> identifiers;   // in column order, no repetition
  std::vector<std::string> contact_points;  // role mailboxes, normal form
  bool opt_out_flag = false;
  bool objected = false;    // an opt-out of every channel; opt_out_flag is set too
  bool restricted = false;  // whoever is stored or known comes under restriction
  std::optional<std::string> malformed_email_column;            // of the first malformed address
  std::vector<std::pair<std::string, std::string>> attributes;  // column name, cell
  RecipientType recipient_type = RecipientType::kUnknown;
  // Set when the row cannot be imported whatever is known. Identifiers and the flag are filled even
  // then, as far as cells could be read, because an opt-out counts whatever becomes of its row.
  std::optional<Reject> reject;
};

// The rules:
// * Cells lose outer white space, and one leading apostrophe before = + - @ (how spreadsheets and
//   exports disarm formulas).
// * A row shorter than the header has empty cells at its end. Cells beyond the header are kept as
//   attributes "column N".
// * A full name is split only where first and last name are both empty: "Last, First" at its comma;
//   otherwise the first word is the first name, the rest the last name. Titles in front (Dr.,
//   Prof., Mr, Frau, ...) are left out. The cell itself is kept as an attribute.
// * Kept as attributes under their column's name: custom columns, locations, full names, birth
//   dates and ages, a country that maps to no code, a LinkedIn cell that names no person, and the
//   second value of a single-valued field.
// * Opt-out: any non-empty flag that is not plainly negative (false, f, no, n, 0, off, nein, non,
//   faux, falsch, nee, falso, subscribed, active, a dash, n/a, none, null) counts, because a
//   misread yes is the worse mistake. With several flag columns, one is enough. In a row with text
//   beyond the header, or with another number of cells than the header and a plain yes in any of
//   them, every flag counts: its cells may stand under other names than their own. Objections and
//   restrictions are read the same way.
// * Under 18: an age of 0 to 17, or a birth date (YYYY-MM-DD, or day and month in either order
//   before the year) of which any reading is less than 18 years before `today`.
ProspectRow BuildRow(const csv::Record& record, const Mapping& mapping, absl::CivilDay today);

// Exposed for other doors to the same data (forms, APIs).
bool IsOptOutFlag(std::string_view cell);
std::pair<std::string, std::string> SplitFullName(std::string_view name);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_ROW_H_
