// One permission cannot replace another and stay.
// expect: deleted
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

void Try(Permit& permit, Permit& other) {
#ifdef CONTROL
  other = std::move(permit);
#else
  other = permit;
#endif
}
