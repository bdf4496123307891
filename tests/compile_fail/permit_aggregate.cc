// A permit is no aggregate: braces build none.
// expect: private|no matching|could not convert
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

#ifdef CONTROL
Refusal Try() { return {onlyleads::domain::ReasonCode::kDenyObjected, {}}; }
#else
Permit Try() { return {Processing{}, Decision{}, 0}; }
#endif
