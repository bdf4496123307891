// A caller's ol_host as the base::Host that the engine works with.
#ifndef ONLYLEADS_SRC_CAPI_HOST_H_
#define ONLYLEADS_SRC_CAPI_HOST_H_

#include <memory>

#include "onlyleads/host.h"
#include "src/base/host.h"
#include "src/providers/transport.h"

namespace onlyleads::capi {

// Members that are NULL take the default; NULL takes all of them. A callback that reports failure
// becomes kCallbackFailed.
absl::StatusOr<base::Host> HostFromC(const ol_host* host);

// The host's own transport; NULL when it has none.
absl::StatusOr<std::unique_ptr<providers::Transport>> TransportFromC(const ol_host* host);

}  // namespace onlyleads::capi

#endif  // ONLYLEADS_SRC_CAPI_HOST_H_
