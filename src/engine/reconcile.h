// Asking the provider about messages of unknown outcome: sent ones settle, absent ones are looked
// for again and only then count as not sent.
#ifndef ONLYLEADS_SRC_ENGINE_RECONCILE_H_
#define ONLYLEADS_SRC_ENGINE_RECONCILE_H_

#include <functional>

#include "src/domain/egress.h"
#include "src/engine/engine.h"
#include "src/engine/run.h"
#include "src/providers/transport.h"

namespace onlyleads::engine {

// Makes one read and waits for its reply; the budget of calls is the caller's.
using Fetch = std::function<absl::StatusOr<providers::HttpReply>(domain::EgressPass pass,
                                                                 providers::HttpRequest request)>;

// Looks for every open message of the organization that is due. Returns how many were looked for.
absl::StatusOr<int64_t> ReconcileDue(Engine& engine, const base::Id& org_id, const Fetch& fetch,
                                     RunReport* report);

// Looks on behalf of senders that a restored copy may not send with: once nothing of a sender is
// open and the provider was asked about every message the copy believes unsent, the sender is
// released.
absl::Status ReleaseHeldSenders(Engine& engine, const base::Id& org_id, const Fetch& fetch,
                                RunReport* report);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RECONCILE_H_
