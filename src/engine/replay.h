// Applies what the ledger tells to a database that does not know it: erasures, objections,
// suppressions, ended sequences, what was sent. Inside the caller's transaction; twice is harmless.
// Knows neither the sink nor frames' places.
#ifndef ONLYLEADS_SRC_ENGINE_REPLAY_H_
#define ONLYLEADS_SRC_ENGINE_REPLAY_H_

#include <cstdint>
#include <vector>

#include "src/domain/ledger.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct ReplayCount {
  int64_t records = 0;
  int64_t erased = 0;
};

absl::StatusOr<ReplayCount> Replay(Session& session,
                                   const std::vector<domain::LedgerFrame>& frames);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_REPLAY_H_
