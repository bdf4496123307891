// A person with a value of their own in every column of the register that can hold one: a word, a
// number, a blob. A column that is added to the register is filled without anybody's doing; one
// that cannot be filled has to be listed in full_person.cc with the reason.
#ifndef ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_
#define ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_

#include <map>
#include <string>
#include <vector>

#include "src/base/id.h"
#include "src/storage/connection.h"
#include "src/storage/registry.h"

namespace onlyleads::tests {

// A word out of q, x, z and j, the same for the same name: no piece of four letters of it stands in
// any other text.
std::string RareWord(const std::string& name, size_t letters = 12);

struct RareValue {
  std::string column;  // "table.column"
  std::string cell;    // stands in the decoded cell
  std::string word;    // TEXT and BLOB: each four letters count. Numbers have none
  // A number as it may stand in bytes: big and little endian, decimal, an instant. Each counts
  // whole: four bytes of a number are no rarity.
  std::vector<std::string> forms;
};

// What stands in the columns of a live person now. Fails the test when a row cannot be made or a
// column that is not listed cannot be filled.
std::vector<RareValue> FillLivePerson(storage::Connection* db, const base::Id& org_id,
                                      const base::Id& prospect_id, const base::Id& sender_id);
// The same for the tables that know deleted people only.
std::vector<RareValue> FillDeletedPerson(storage::Connection* db, const base::Id& org_id,
                                         const base::Id& prospect_id);

// Why a column holds no rare value; empty for those that are filled.
std::string WhyNotFilled(const storage::Column& column);
// Lines of the list that fit no column of the register.
std::vector<std::string> StaleReasons();

// The words of a live person alone: "table.column" to the word that stands there now.
std::map<std::string, std::string> FillEveryColumn(storage::Connection* db, const base::Id& org_id,
                                                   const base::Id& prospect_id,
                                                   const base::Id& sender_id);

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_FULL_PERSON_H_
