// One permission cannot become two.
// expect: deleted
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

void Try(Permit permit) {
#ifdef CONTROL
  Permit other(std::move(permit));
#else
  Permit other(permit);
#endif
  (void)other;
}
