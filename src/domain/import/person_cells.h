// What single cells say about a person beyond plain text: age, birth date, flags that slipped into
// them. See row.h for the rules.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_

#include <string_view>

#include "absl/time/civil_time.h"

namespace onlyleads::domain {

bool IsAgeUnder18(std::string_view cell);
bool IsBirthDateUnder18(std::string_view cell, absl::CivilDay today);
// Whether a flag may stand in this cell of another name: yes, true, x, 1 and the like as a word of
// it, or between delimiters that were not seen as such.
bool HoldsPlainYes(std::string_view cell);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_
