// People as records of a file that the import reads back by its headers alone: the counterpart of
// mapping.h and row.h, and no rule of its own beyond what those understand.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_PORTABLE_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_PORTABLE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/domain/import/row.h"

namespace onlyleads::domain {

struct PortablePerson {
  PersonFields fields;
  std::vector<Identifier> identifiers;
  std::vector<std::string> contact_points;
  bool email_opt_out = false;
  bool objected = false;
  bool restricted = false;
  std::map<std::string, std::string> attributes;
};

// How many columns stand before those of the attributes.
inline constexpr size_t kPortableColumns = 14;

// An attribute whose name the import would take for an identifier, a field or a flag has
// "attribute: " before it there: it must never become one.
std::vector<std::string> PortableHeader(const std::set<std::string>& attributes);
// Cells for the header of the same names. Several addresses or ids share a cell.
std::vector<std::string> PortableRecord(const PortablePerson& person,
                                        const std::set<std::string>& attributes);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_PORTABLE_H_
