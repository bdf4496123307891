// Everything that is stored about one person, read table by table as the register lists it. Knows
// no table by name; what is not exported is not read.
#ifndef ONLYLEADS_SRC_STORAGE_PERSON_STORE_H_
#define ONLYLEADS_SRC_STORAGE_PERSON_STORE_H_

#include <string>
#include <variant>
#include <vector>

#include "src/storage/connection.h"
#include "src/storage/prospect_store.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {

struct ExportedValue {
  const Column* column = nullptr;
  // Text; bytes in the Binary wrapper.
  struct Binary {
    std::string bytes;
  };
  std::variant<std::monostate, int64_t, double, std::string, Binary> value;
};
using ExportedRow = std::vector<ExportedValue>;

// The person's rows of one table, only columns with an export name, in key order. `keys` are the
// digests of the person's identifiers, for tables that know them only so.
absl::StatusOr<std::vector<ExportedRow>> ExportRows(Connection* db, const PersonTable& table,
                                                    const base::Id& org_id,
                                                    const base::Id& prospect_id,
                                                    const std::vector<KeyedIdentifier>& keys);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_PERSON_STORE_H_
