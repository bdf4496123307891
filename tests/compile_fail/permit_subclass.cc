// Nothing derives from a permit to make one of its own.
// expect: final
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

#ifdef CONTROL
struct Forged : Refusal {};
#else
struct Forged : Permit {
  using Permit::Permit;
};
#endif
