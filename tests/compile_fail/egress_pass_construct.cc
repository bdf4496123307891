// Leave to disclose comes from the register and from nothing else.
// expect: private
#include "src/domain/egress.h"

using onlyleads::domain::Authorize;
using onlyleads::domain::Disclosure;
using onlyleads::domain::EgressPass;
using onlyleads::domain::SubProcessor;

void Try(const SubProcessor& row, const Disclosure& disclosure) {
#ifdef CONTROL
  auto pass = Authorize(row, disclosure, 0);
#else
  EgressPass pass(disclosure, 0);
#endif
  (void)pass;
  (void)row;
}
