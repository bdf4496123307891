// What single cells say about a person beyond plain text: age, birth date. See row.h for the rules.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_

#include <string_view>

#include "absl/time/civil_time.h"

namespace onlyleads::domain {

bool IsAgeUnder18(std::string_view cell);
bool IsBirthDateUnder18(std::string_view cell, absl::CivilDay today);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_PERSON_CELLS_H_
