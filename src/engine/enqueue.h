// Due steps become queued messages: rendered, decided, written under the permit, in one
// transaction.
#ifndef ONLYLEADS_SRC_ENGINE_ENQUEUE_H_
#define ONLYLEADS_SRC_ENGINE_ENQUEUE_H_

#include "src/engine/engine.h"

namespace onlyleads::engine {

struct EnqueueCount {
  int64_t enqueued = 0;
  int64_t refused = 0;
  int64_t parked = 0;   // steps that wait for the member's authorisation
  int64_t handled = 0;  // steps that were due; 0: nothing left
};

// One batch of an organization's due steps.
absl::StatusOr<EnqueueCount> EnqueueDue(Session& session, const base::Id& org_id);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_ENQUEUE_H_
