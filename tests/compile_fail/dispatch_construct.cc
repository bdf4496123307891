// A dispatch comes from a committed claim and from nothing else.
// expect: private
#include "src/engine/claim.h"

using onlyleads::domain::EgressPass;
using onlyleads::engine::Dispatch;
using onlyleads::storage::MessageRow;
using onlyleads::storage::SenderRow;

void Try(EgressPass pass, const SenderRow& sender, Dispatch dispatch) {
#ifdef CONTROL
  Dispatch other(std::move(dispatch));
  (void)pass;
  (void)sender;
#else
  Dispatch other(Dispatch::Kind::kMessage, {}, MessageRow{}, sender, std::move(pass));
#endif
  (void)other;
}
