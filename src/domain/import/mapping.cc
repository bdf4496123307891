// Synonyms are a table (synonyms.cc); here is what the columns mean together.
#include "src/domain/import/mapping.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/domain/import/synonyms.h"

namespace onlyleads::domain {
namespace {

constexpr size_t kMaxHeaderBytes = 256;  // longer cells are no column names

struct NamedField {
  Field field;
  std::string_view name;
};

constexpr NamedField kFieldNames[] = {
    {Field::kCustom, "custom"},
    {Field::kIgnored, ""},
    {Field::kFirstName, "first_name"},
    {Field::kLastName, "last_name"},
    {Field::kFullName, "full_name"},
    {Field::kCompany, "company"},
    {Field::kTitle, "title"},
    {Field::kIndustry, "industry"},
    {Field::kCity, "city"},
    {Field::kCountry, "country"},
    {Field::kLocation, "location"},
    {Field::kEmail, "email"},
    {Field::kLinkedinUrl, "linkedin"},
    {Field::kLinkedinPublicId, "linkedin_public_id"},
    {Field::kMemberId, "member_id"},
    {Field::kSalesNavigatorId, "sales_navigator_id"},
    {Field::kEmailOptOut, "email_opt_out"},
    {Field::kObjected, "objected"},
    {Field::kRestricted, "restricted"},
    {Field::kBirthDate, "birth_date"},
    {Field::kAge, "age"},
};

// Words that are a part of the name or all of it, depending on the columns beside them.
constexpr std::string_view kLastOrFull[] = {"name", "nom", "naam"};
constexpr std::string_view kFirstOrFull[] = {"nombre", "nombres", "nome"};

using FieldMap = std::unordered_map<std::string, Field>;

const FieldMap& SynonymMap() {
  static const auto* const map = new FieldMap([] {
    FieldMap made;
    for (const Synonyms& entry : HeaderSynonyms()) {
      for (const absl::string_view key :
           absl::StrSplit(base::ToAbsl(entry.keys), ' ', absl::SkipEmpty())) {
        made.emplace(std::string(key), entry.field);
      }
    }
    return made;
  }());
  return *map;
}

std::string HeaderKey(std::string_view header) {
  return header.size() > kMaxHeaderBytes ? std::string() : base::FoldKey(header);
}

bool IsSingleValued(Field field) { return field >= Field::kFirstName && field <= Field::kCountry; }

bool Has(const std::vector<Field>& fields, Field field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// Names that repeat are numbered. Each name remembers its last number, because thousands of columns
// may share one. An attribute of our own export goes by its own name, also beside a column that is
// called so: that one is no attribute.
std::vector<std::string> UniqueNames(const std::vector<std::string>& header) {
  std::vector<std::string> names;
  std::set<std::string> taken, taken_by_attributes;
  std::map<std::string, int> numbers;
  for (size_t i = 0; i < header.size(); ++i) {
    std::string name(base::UndoFormulaGuard(base::Trim(header[i])));
    const bool ours = name.starts_with(kAttributePrefix) && name.size() > kAttributePrefix.size();
    if (ours) name.erase(0, kAttributePrefix.size());
    if (name.empty()) name = absl::StrCat("column ", i + 1);
    std::string unique = name;
    if (ours && taken_by_attributes.insert(name).second) {
      names.push_back(std::move(unique));
      continue;
    }
    if (!taken.insert(unique).second) {
      int& number = numbers.emplace(name, 1).first->second;
      do {
        unique = absl::StrCat(name, " (", ++number, ")");
      } while (!taken.insert(unique).second);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

// The columns that an explicit mapping names: those with exactly this header, or else with this
// key.
std::vector<size_t> ColumnsNamed(const std::vector<std::string>& header, std::string_view name) {
  std::vector<size_t> exact, folded;
  const std::string key = base::FoldKey(name);
  for (size_t i = 0; i < header.size(); ++i) {
    if (base::Trim(header[i]) == base::Trim(name)) exact.push_back(i);
    if (!key.empty() && HeaderKey(header[i]) == key) folded.push_back(i);
  }
  return exact.empty() ? folded : exact;
}

void ResolveNameColumns(const std::vector<std::string>& keys, const std::vector<bool>& fixed,
                        std::vector<Field>* fields) {
  const bool has_first = Has(*fields, Field::kFirstName);
  const bool has_last = Has(*fields, Field::kLastName);
  const bool has_full = Has(*fields, Field::kFullName);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (fixed[i]) continue;
    if (base::IsOneOf(keys[i], kLastOrFull)) {
      if (has_first && !has_last) (*fields)[i] = Field::kLastName;
      if (!has_first && !has_full) (*fields)[i] = Field::kFullName;
    } else if (base::IsOneOf(keys[i], kFirstOrFull)) {
      if (has_last && !has_first) (*fields)[i] = Field::kFirstName;
      if (!has_last && !has_full) (*fields)[i] = Field::kFullName;
    }
  }
}

}  // namespace

std::string_view FieldName(Field field) {
  for (const NamedField& entry : kFieldNames) {
    if (entry.field == field) return entry.name;
  }
  return "";
}

std::optional<Field> FieldFromName(std::string_view name) {
  for (const NamedField& entry : kFieldNames) {
    if (entry.name == name) return entry.field;
  }
  return std::nullopt;
}

std::string Mapping::ColumnName(size_t column) const {
  return column < names.size() ? names[column] : absl::StrCat("column ", column + 1);
}

absl::StatusOr<Mapping> MapHeader(const std::vector<std::string>& header,
                                  const ExplicitMapping& wanted) {
  Mapping mapping;
  mapping.names = UniqueNames(header);
  mapping.fields.assign(header.size(), Field::kCustom);
  std::vector<bool> fixed(header.size(), false);
  for (const auto& [name, field_name] : wanted) {
    const std::optional<Field> field = FieldFromName(field_name);
    if (!field) {
      return base::Error(base::ErrorCode::kInvalidArgument,
                         "mapping names the unknown field \"" + field_name + "\"");
    }
    const std::vector<size_t> columns = ColumnsNamed(header, name);
    if (columns.empty()) {
      return base::Error(base::ErrorCode::kInvalidArgument,
                         "mapping names the column \"" + name + "\", which the file does not have");
    }
    for (size_t column : columns) {
      mapping.fields[column] = *field;
      fixed[column] = true;
    }
  }
  const std::vector<Field> given = mapping.fields;
  std::vector<std::string> keys;
  for (size_t i = 0; i < header.size(); ++i) {
    keys.push_back(HeaderKey(header[i]));
    const auto it = SynonymMap().find(keys[i]);
    if (fixed[i] || it == SynonymMap().end()) continue;
    if (IsSingleValued(it->second) && Has(given, it->second)) continue;
    mapping.fields[i] = it->second;
  }
  ResolveNameColumns(keys, fixed, &mapping.fields);
  return mapping;
}

absl::Status RequireIdentifier(const Mapping& mapping) {
  for (const Field field : mapping.fields) {
    if (field >= Field::kEmail && field <= Field::kSalesNavigatorId) return absl::OkStatus();
  }
  return base::Error(base::ErrorCode::kMappingMissing,
                     "path: no column of the file can identify anybody: none is an e-mail address, "
                     "a LinkedIn URL or a LinkedIn id; pass a mapping");
}

int CountKnownHeaders(const std::vector<std::string_view>& cells, const ExplicitMapping& wanted) {
  int known = 0;
  for (const std::string_view cell : cells) {
    const std::string key = HeaderKey(cell);
    if (key.empty()) continue;
    const bool named = std::any_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
      return base::FoldKey(entry.first) == key;
    });
    if (named || SynonymMap().contains(key) || base::IsOneOf(key, kLastOrFull) ||
        base::IsOneOf(key, kFirstOrFull)) {
      ++known;
    }
  }
  return known;
}

}  // namespace onlyleads::domain
