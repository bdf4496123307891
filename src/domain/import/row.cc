// Cell by cell through the mapping; every cell ends in a field, an identifier, a flag or an
// attribute, so that nothing is lost silently.
#include "src/domain/import/row.h"

#include <algorithm>
#include <tuple>

#include "src/base/limits.h"
#include "src/base/text.h"
#include "src/domain/import/countries.h"
#include "src/domain/import/person_cells.h"

namespace onlyleads::domain {
namespace {

class RowBuilder {
 public:
  RowBuilder(const Mapping& mapping, absl::CivilDay today) : mapping_(mapping), today_(today) {}

  void AddCell(size_t column, std::string_view raw) {
    const std::string_view cell = base::UndoFormulaGuard(base::Trim(raw));
    if (cell.empty()) return;
    const Field field = column < mapping_.fields.size() ? mapping_.fields[column] : Field::kCustom;
    switch (field) {
      case Field::kIgnored:
        return;
      case Field::kEmail:
        return AddEmails(column, cell);
      case Field::kLinkedinUrl:
      case Field::kLinkedinPublicId:
      case Field::kMemberId:
      case Field::kSalesNavigatorId:
        return AddLinkedin(column, cell, field == Field::kLinkedinPublicId);
      case Field::kEmailOptOut:
        row_.opt_out_flag |= IsOptOutFlag(cell);
        return;
      case Field::kObjected:
        row_.objected |= IsOptOutFlag(cell);
        row_.opt_out_flag |= row_.objected;
        return;
      case Field::kRestricted:
        row_.restricted |= IsOptOutFlag(cell);
        return;
      case Field::kBirthDate:
        if (IsBirthDateUnder18(cell, today_)) SetReject(RejectReason::kUnder18, column);
        return Keep(column, cell);
      case Field::kAge:
        if (IsAgeUnder18(cell)) SetReject(RejectReason::kUnder18, column);
        return Keep(column, cell);
      case Field::kFullName:
        if (full_name_.empty()) full_name_ = cell;
        return Keep(column, cell);
      case Field::kCustom:
      case Field::kLocation:
        return Keep(column, cell);
      default:
        return AddField(column, cell, field);
    }
  }

  void SetReject(RejectReason reason, std::optional<size_t> column) {
    if (row_.reject) return;
    row_.reject = Reject{reason, column ? mapping_.ColumnName(*column) : std::string()};
  }

  // A row of another width may have lost or gained a delimiter: nobody knows in which cell a yes
  // stands then. One that only leaves out the empty cells at its end has no yes.
  void CheckFlags(const std::vector<std::string_view>& cells) {
    const size_t width = mapping_.fields.size();
    if (cells.size() == width) return;
    const bool beyond =
        std::any_of(cells.begin() + std::min(width, cells.size()), cells.end(),
                    [](std::string_view cell) { return !base::Trim(cell).empty(); });
    if (!beyond && std::none_of(cells.begin(), cells.end(), HoldsPlainYes)) return;
    for (const Field field : mapping_.fields) {
      row_.objected |= field == Field::kObjected;
      row_.restricted |= field == Field::kRestricted;
      row_.opt_out_flag |= field == Field::kObjected || field == Field::kEmailOptOut;
    }
  }

  ProspectRow Finish(uint64_t line) {
    row_.line = line;
    std::string& first = Slot(PersonField::kFirstName);
    std::string& last = Slot(PersonField::kLastName);
    if (first.empty() && last.empty() && !full_name_.empty()) {
      std::tie(first, last) = SplitFullName(full_name_);
    }
    const bool named = !first.empty() || !last.empty();
    if (named && !Slot(PersonField::kCompany).empty()) {
      row_.recipient_type = RecipientType::kCorporateNamed;
    }
    return std::move(row_);
  }

 private:
  std::string& Slot(PersonField field) { return row_.fields[static_cast<size_t>(field)]; }

  void Keep(size_t column, std::string_view cell) {
    if (!CheckLength(column, cell)) return;
    row_.attributes.emplace_back(mapping_.ColumnName(column), std::string(cell));
  }

  bool CheckLength(size_t column, std::string_view value) {
    if (value.size() <= base::kMaxFieldBytes) return true;
    SetReject(RejectReason::kValueTooLong, column);
    return false;
  }

  void AddField(size_t column, std::string_view cell, Field field) {
    if (!CheckLength(column, cell)) return;
    std::string value(cell);
    if (field == Field::kCountry) {
      const std::optional<std::string> code = CountryCode(cell);
      if (!code) return Keep(column, cell);
      value = *code;
    }
    std::string& slot = Slot(PersonFieldOf(field));
    if (slot.empty()) {
      slot = std::move(value);
    } else if (slot != value) {
      Keep(column, cell);
    }
  }

  static PersonField PersonFieldOf(Field field) {
    switch (field) {
      case Field::kFirstName:
        return PersonField::kFirstName;
      case Field::kLastName:
        return PersonField::kLastName;
      case Field::kCompany:
        return PersonField::kCompany;
      case Field::kTitle:
        return PersonField::kTitle;
      case Field::kIndustry:
        return PersonField::kIndustry;
      case Field::kCity:
        return PersonField::kCity;
      default:
        return PersonField::kCountry;
    }
  }

  void AddEmails(size_t column, std::string_view cell) {
    if (!CheckLength(column, cell)) return;
    EmailCell emails = ParseEmailCell(cell);
    for (std::string& address : emails.addresses) {
      if (!IsRoleMailbox(address)) {
        AddIdentifier(column, {IdentifierKind::kEmail, std::move(address)});
      } else if (std::find(row_.contact_points.begin(), row_.contact_points.end(), address) ==
                 row_.contact_points.end()) {
        row_.contact_points.push_back(std::move(address));
      }
    }
    if (emails.malformed && !row_.malformed_email_column) {
      row_.malformed_email_column = mapping_.ColumnName(column);
    }
  }

  void AddLinkedin(size_t column, std::string_view cell, bool bare_public_id) {
    if (!CheckLength(column, cell)) return;
    bool found = false;
    for (std::string_view rest = cell; !rest.empty();) {
      const size_t end = rest.find_first_of("; \t\r\n");
      if (auto id = ParseLinkedin(rest.substr(0, end), bare_public_id)) {
        AddIdentifier(column, *std::move(id));
        found = true;
      }
      if (end == rest.npos) break;
      rest.remove_prefix(end + 1);
    }
    if (!found) Keep(column, cell);
  }

  void AddIdentifier(size_t column, Identifier id) {
    for (const RowIdentifier& known : row_.identifiers) {
      if (known.id == id) return;
    }
    row_.identifiers.push_back({std::move(id), mapping_.ColumnName(column)});
  }

  const Mapping& mapping_;
  const absl::CivilDay today_;
  ProspectRow row_;
  std::string full_name_;
};

RejectReason ReasonOf(csv::Problem problem) {
  switch (problem) {
    case csv::Problem::kNone:
      return RejectReason::kNone;
    case csv::Problem::kUnclosedQuote:
      return RejectReason::kUnclosedQuote;
    case csv::Problem::kCellTooLong:
      return RejectReason::kCellTooLong;
    case csv::Problem::kRowTooLong:
      return RejectReason::kRowTooLong;
    case csv::Problem::kTooManyColumns:
      return RejectReason::kTooManyColumns;
  }
  return RejectReason::kNone;
}

}  // namespace

std::string_view RejectReasonName(RejectReason reason) {
  static constexpr std::string_view kNames[] = {"",
                                                "no_identifier",
                                                "invalid_email",
                                                "conflict",
                                                "under_18",
                                                "invalid_text",
                                                "unclosed_quote",
                                                "cell_too_long",
                                                "row_too_long",
                                                "too_many_columns",
                                                "value_too_long"};
  return kNames[static_cast<size_t>(reason)];
}

ProspectRow BuildRow(const csv::Record& record, const Mapping& mapping, absl::CivilDay today) {
  RowBuilder builder(mapping, today);
  if (record.problem != csv::Problem::kNone) {
    builder.SetReject(ReasonOf(record.problem), std::nullopt);
  }
  if (record.invalid_cell) builder.SetReject(RejectReason::kInvalidText, *record.invalid_cell);
  for (size_t i = 0; i < record.cells.size(); ++i) builder.AddCell(i, record.cells[i]);
  if (record.problem == csv::Problem::kNone) builder.CheckFlags(record.cells);
  return builder.Finish(record.begin.line);
}

}  // namespace onlyleads::domain
