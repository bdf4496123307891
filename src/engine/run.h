// The host's turn of the crank: due steps, claims and calls, open outcomes, sealing.
#ifndef ONLYLEADS_SRC_ENGINE_RUN_H_
#define ONLYLEADS_SRC_ENGINE_RUN_H_

#include <cstdint>
#include <limits>

#include "src/engine/engine.h"

namespace onlyleads::engine {

struct RunOptions {
  int64_t max_ms = 0;     // 0: no bound
  int64_t max_calls = 0;  // 0: no bound; negative: none
};

struct RunReport {
  int64_t calls = 0;
  int64_t sent = 0;
  int64_t not_sent = 0;
  int64_t unknown = 0;
  int64_t settled = 0;
  int64_t parked = 0;
  int64_t enqueued = 0;
  int64_t refused = 0;
  int64_t sealed = 0;
  int64_t purged = 0;                // rows that retention removed
  int64_t residue_pending = 0;       // removals whose bytes the log may still hold
  int64_t organizations_failed = 0;  // left out: something of theirs cannot be read
  int64_t subscriptions_ended = 0;   // organizations for which nothing is queued or sent any more
  int64_t next_due_us = std::numeric_limits<int64_t>::max();
};

absl::StatusOr<RunReport> Run(Engine& engine, const RunOptions& options);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RUN_H_
