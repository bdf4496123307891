// Every column of the schema: which data it holds, for what, how long, under which name a person
// receives it, and what erasure does to it. Erasure runs from this table, and a test compares it
// with the live catalog, so that no column can be forgotten.
#ifndef ONLYLEADS_SRC_STORAGE_REGISTRY_H_
#define ONLYLEADS_SRC_STORAGE_REGISTRY_H_

#include <string_view>
#include <vector>

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
  std::string_view erasure;      // delete_row, set_null, set_empty (bytes), keep
};

absl::Span<const Column> Registry();

// Whose row is it? A person's rows are found by their id in `key` ("prospect_id", or "subject_id"
// in the audit), or by a keyed digest of an identifier ("digest" with a kind, "person_digest").
struct PersonTable {
  std::string_view table;
  std::string_view key;
  bool by_digest = false;
  std::vector<const Column*> columns;  // all of the table's, in the register's order
};

// Every table of an organization that holds rows about people, from the register.
const std::vector<PersonTable>& PersonTables();

// True for categories of personal data of a prospect; false for codes, ids, digests, the customer's
// own people.
bool IsPersonal(const Column& column);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_REGISTRY_H_
