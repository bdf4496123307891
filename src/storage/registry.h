// Every column of the schema: which data it holds, for what, how long, under which name a person
// receives it, and what erasure does to it. Erasure runs from this table, and a test compares it
// with the live catalog, so that no column can be forgotten.
#ifndef ONLYLEADS_SRC_STORAGE_REGISTRY_H_
#define ONLYLEADS_SRC_STORAGE_REGISTRY_H_

#include <string_view>

#include "absl/types/span.h"

namespace onlyleads::storage {

struct Column {
  std::string_view table;
  std::string_view column;
  // identity, contact, employment, location, preference, inference, relationship, content, other:
  // personal data of a prospect. account: the customer's people. pseudonym: keyed digests.
  // secret: sealed. technical: ids, codes, counters.
  std::string_view category;
  std::string_view purpose;    // a purpose id of the rules, or operate, suppression, accountability
  std::string_view retention;  // a retention class id
  std::string_view export_name;  // empty: not part of a person's export
  std::string_view erasure;      // delete_row, set_null, keep
};

absl::Span<const Column> Registry();

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_REGISTRY_H_
