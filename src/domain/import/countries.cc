// Lookup by folded key; the two maps are built once from the compiled table.
#include "src/domain/import/countries.h"

#include <unordered_map>

#include "src/base/text.h"
#include "src/domain/import/tables.h"

namespace onlyleads::domain {
namespace {

using CodeMap = std::unordered_map<std::string, std::string>;

const CodeMap& ByName() {
  static const auto* const map = new CodeMap([] {
    CodeMap made;
    for (const CountryName& row : CountryNames()) {
      made.emplace(base::FoldKey(row.name), std::string(row.code));
    }
    return made;
  }());
  return *map;
}

const CodeMap& ByCode() {
  static const auto* const map = new CodeMap([] {
    CodeMap made;
    for (const CountryName& row : CountryCodes()) {
      made.emplace(base::Lower(row.name), std::string(row.code));
    }
    return made;
  }());
  return *map;
}

std::optional<std::string> Find(const CodeMap& map, const std::string& key) {
  const auto it = map.find(key);
  if (it == map.end()) return std::nullopt;
  return it->second;
}

}  // namespace

std::optional<std::string> CountryCode(std::string_view text) {
  text = base::Trim(text);
  if (text.empty() || text.size() > 200) return std::nullopt;
  const std::string lower = base::Lower(text);
  if (auto code = Find(ByCode(), lower)) return code;
  const std::string key = base::FoldKey(text);
  // "N/A" folds to the letters of a code, but a folded key is only ever looked up among names.
  if (auto code = Find(ByName(), key)) return code;
  if (lower.starts_with("the ")) return Find(ByName(), base::FoldKey(lower.substr(4)));
  const size_t ampersand = lower.find('&');
  if (ampersand == std::string::npos) return std::nullopt;
  for (const std::string_view word : {" and ", " und ", " et "}) {
    std::string spelled = lower;
    spelled.replace(ampersand, 1, word);
    if (auto code = Find(ByName(), base::FoldKey(spelled))) return code;
  }
  return std::nullopt;
}

}  // namespace onlyleads::domain
