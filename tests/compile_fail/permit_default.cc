// There is no empty permit to fill in later.
// expect: no matching
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

void Try(Permit given) {
#ifdef CONTROL
  Permit permit = std::move(given);
#else
  Permit permit;
#endif
  (void)permit;
}
