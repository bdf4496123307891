// One claim cannot be sent twice.
// expect: deleted
#include "src/engine/claim.h"

using onlyleads::engine::Dispatch;

void Try(Dispatch dispatch) {
#ifdef CONTROL
  Dispatch other(std::move(dispatch));
#else
  Dispatch other(dispatch);
#endif
  (void)other;
}
