// One leave to disclose is for one call.
// expect: deleted
#include "src/domain/egress.h"

using onlyleads::domain::EgressPass;

void Try(EgressPass pass) {
#ifdef CONTROL
  EgressPass other(std::move(pass));
#else
  EgressPass other(pass);
#endif
  (void)other;
}
