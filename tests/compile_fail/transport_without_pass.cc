// No request reaches a transport without leave to disclose.
// expect: no matching function|too few arguments
#include "src/providers/transport.h"

using onlyleads::domain::EgressPass;
using onlyleads::providers::HttpRequest;
using onlyleads::providers::Transport;

void Try(Transport& transport, EgressPass pass, HttpRequest request) {
#ifdef CONTROL
  (void)transport.Submit(std::move(pass), std::move(request));
#else
  (void)transport.Submit(std::move(request));
#endif
}
