// Only Decide() constructs a permit; an allowing Decision made by hand is not enough.
// expect: private
#include "src/domain/permit.h"

using onlyleads::domain::Decide;
using onlyleads::domain::Decision;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::domain::Refusal;
using onlyleads::domain::SendFacts;

void Try() {
#ifdef CONTROL
  auto permit = Decide(Processing{}, SendFacts{}, 0);
#else
  Permit permit(Processing{}, Decision{.allowed = true}, 0);
#endif
  (void)permit;
}
