// A country cell to its ISO 3166-1 alpha-2 code. Knows names in English, German and French (from
// Debian's iso-codes, plus names in common use) and the alpha-2 and alpha-3 codes.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_COUNTRIES_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_COUNTRIES_H_

#include <optional>
#include <string>
#include <string_view>

namespace onlyleads::domain {

// Case, accents, spaces and punctuation do not count for names; a code must be the whole cell
// ("NA" is Namibia, "N/A" is nothing). A leading "the" and "&" for "and" are understood. Nullopt
// for what maps to no code.
std::optional<std::string> CountryCode(std::string_view text);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_COUNTRIES_H_
