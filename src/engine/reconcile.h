// Asking the provider about messages of unknown outcome: sent ones settle, absent ones are looked
// for again and only then count as not sent.
#ifndef ONLYLEADS_SRC_ENGINE_RECONCILE_H_
#define ONLYLEADS_SRC_ENGINE_RECONCILE_H_

#include "src/engine/engine.h"
#include "src/engine/look.h"
#include "src/engine/run.h"

namespace onlyleads::engine {

// Looks for every open message of the organization that is due. Returns how many were looked for.
absl::StatusOr<int64_t> ReconcileDue(Engine& engine, const base::Id& org_id, const Reads& reads,
                                     RunReport* report);

// Looks on behalf of senders that a restored copy may not send with: once nothing of a sender is
// open and the provider was asked about every message the copy believes unsent, the sender is
// released.
absl::Status ReleaseHeldSenders(Engine& engine, const base::Id& org_id, const Reads& reads,
                                RunReport* report);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RECONCILE_H_
