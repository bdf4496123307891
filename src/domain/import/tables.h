// The data files of the import as tables; the code behind is generated at build time by
// cmake/compile_import_tables.py from src/domain/import/data.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_TABLES_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_TABLES_H_

#include <span>
#include <string_view>

namespace onlyleads::domain {

struct CountryName {
  std::string_view name;
  std::string_view code;  // ISO 3166-1 alpha-2
};

// Lower-case local parts of role mailboxes, sorted by bytes.
std::span<const std::string_view> RoleLocalParts();
// Names as people write them, several to a country.
std::span<const CountryName> CountryNames();
// Alpha-2 and alpha-3 codes.
std::span<const CountryName> CountryCodes();

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_TABLES_H_
