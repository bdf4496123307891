// What was decided stays: accessors give no way to write.
// expect: read-only|const-qualified|not assignable
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

void Try(Permit& permit) {
#ifdef CONTROL
  Processing processing = permit.processing();
  processing.step = 1;
#else
  permit.processing().step = 1;
#endif
}
