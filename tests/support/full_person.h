// A person with something in every column of the register that can hold personal text: each gets a
// word of its own. A column that is added to the register is filled without anybody's doing.
#ifndef ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_
#define ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_

#include <map>
#include <string>

#include "src/base/id.h"
#include "src/storage/connection.h"

namespace onlyleads::tests {

// A word of 12 letters out of q, x, z and j, the same for the same name: no piece of four letters
// of it stands in any other text.
std::string RareWord(const std::string& name);

// "table.column" to the word that stands there now. Columns whose values the schema lists (CHECK
// ... IN) can hold no personal text and are left out. Fails the test when a row cannot be made.
std::map<std::string, std::string> FillEveryColumn(storage::Connection* db, const base::Id& org_id,
                                                   const base::Id& prospect_id,
                                                   const base::Id& sender_id);

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_
