// Flags, names, ages and birth dates out of single cells. Doubtful readings fall on the side that
// protects the person: a flag counts, an ambiguous date is the younger one.
#include "src/domain/import/person_cells.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "src/base/abseil.h"
#include "src/base/text.h"
#include "src/domain/import/row.h"

namespace onlyleads::domain {
namespace {

bool IsHonorific(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "dr",  "prof", "professor", "mr",  "mrs", "ms",       "miss",   "mx",  "herr",  "frau",
      "sir", "dame", "dipling",   "ing", "mme", "monsieur", "madame", "mag", "dottor"};
  return base::IsOneOf(base::FoldKey(word), kWords);
}

bool IsSuffix(std::string_view text) {
  static constexpr std::string_view kWords[] = {"phd", "mba", "md",  "cpa", "cfa", "pmp", "esq",
                                                "jr",  "sr",  "ii",  "iii", "iv",  "msc", "bsc",
                                                "ma",  "ba",  "llm", "jd",  "rn",  "pe",  "cissp"};
  return base::IsOneOf(base::FoldKey(text), kWords);
}

std::optional<absl::CivilDay> Day(int year, int month, int day) {
  const absl::CivilDay made(year, month, day);
  if (made.year() != year || made.month() != month || made.day() != day) return std::nullopt;
  return made;
}

bool IsUnder18(std::optional<absl::CivilDay> birth, absl::CivilDay today) {
  if (!birth || *birth > today) return false;
  return absl::CivilDay(birth->year() + 18, birth->month(), birth->day()) > today;
}

}  // namespace

bool IsOptOutFlag(std::string_view cell) {
  static constexpr std::string_view kNegative[] = {
      "",     "false", "f",    "no",     "n",         "0",     "00",         "off",
      "nein", "non",   "faux", "falsch", "nee",       "falso", "subscribed", "active",
      "na",   "none",  "null", "nil",    "unchecked", "optin", "optedin"};
  const std::string lower = base::Lower(base::Trim(cell));
  if (lower == "✓" || lower == "✔" || lower == "☑" || lower == "☒" || lower == "✗") return true;
  if (lower == "☐") return false;
  double number = 0;
  if (absl::SimpleAtod(lower, &number)) return number != 0;
  // Only punctuation: a dash or dots stand for an empty cell.
  return !base::IsOneOf(base::FoldKey(lower), kNegative);
}

bool HoldsPlainYes(std::string_view cell) {
  static constexpr std::string_view kYes[] = {
      "yes", "y",    "true", "t",  "1",   "x",      "on",       "ja",          "wahr",
      "oui", "vrai", "si",   "sí", "tak", "optout", "optedout", "unsubscribed"};
  while (!cell.empty()) {
    const size_t end = std::min(cell.find_first_of(",;\t|\""), cell.size());
    const std::string word = base::FoldKey(base::Lower(base::Trim(cell.substr(0, end))));
    if (base::IsOneOf(word, kYes)) return true;
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return false;
}

std::pair<std::string, std::string> SplitFullName(std::string_view name) {
  name = base::Trim(name);
  if (const size_t comma = name.find(','); comma != name.npos) {
    const std::string_view left = base::Trim(name.substr(0, comma));
    const std::string_view right = base::Trim(name.substr(comma + 1));
    const std::string_view first_right = right.substr(0, right.find_first_of(", "));
    if (right.empty() || left.empty() || IsSuffix(first_right)) {
      return SplitFullName(left.empty() ? right : left);
    }
    return {std::string(right), std::string(left)};
  }
  std::vector<std::string> words =
      absl::StrSplit(base::ToAbsl(name), absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  while (words.size() > 1 && IsHonorific(words.front())) words.erase(words.begin());
  if (words.empty()) return {};
  std::string first = std::move(words.front());
  words.erase(words.begin());
  return {std::move(first), absl::StrJoin(words, " ")};
}

bool IsAgeUnder18(std::string_view cell) {
  double age = 0;
  return absl::SimpleAtod(base::ToAbsl(base::Trim(cell)), &age) && age >= 0 && age < 18;
}

bool IsBirthDateUnder18(std::string_view cell, absl::CivilDay today) {
  cell = base::Trim(cell);
  cell = cell.substr(0, cell.find_first_of("T "));
  const std::vector<std::string> parts =
      absl::StrSplit(base::ToAbsl(cell), absl::ByAnyChar("-./"), absl::SkipEmpty());
  int numbers[3] = {};
  if (parts.size() != 3) return false;
  for (size_t i = 0; i < 3; ++i) {
    if (parts[i].size() > 4 || !absl::SimpleAtoi(parts[i], &numbers[i])) return false;
  }
  const auto [a, b, c] = numbers;
  if (parts[0].size() == 4) return IsUnder18(Day(a, b, c), today);
  if (parts[2].size() != 4) return false;
  return IsUnder18(Day(c, b, a), today) || IsUnder18(Day(c, a, b), today);
}

}  // namespace onlyleads::domain
