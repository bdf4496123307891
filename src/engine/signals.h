// Recording and listing what people did: a batch is taken whole or not at all.
#ifndef ONLYLEADS_SRC_ENGINE_SIGNALS_H_
#define ONLYLEADS_SRC_ENGINE_SIGNALS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct NewSignal {
  base::Id prospect_id;
  std::string kind;
  int64_t at_us = 0;  // 0: now
  std::string external_ref;
  std::string source;
  std::string url;
};

// One row each, in the order given: prospect_id, signal_id, disposition (recorded, duplicate,
// refused), reason. An error names the row and the field, and then nothing was written.
absl::StatusOr<base::Table> RecordSignals(Engine& engine, const base::Id& org_id,
                                          const std::vector<NewSignal>& signals);
absl::StatusOr<base::Table> ListSignals(Engine& engine, const base::Id& org_id,
                                        const base::Id& prospect_id, const std::string& page_token,
                                        int limit);

// A reply that came in is a signal of its person, in the running transaction; not of somebody whose
// data may no longer be used for scoring.
absl::Status RecordReplySignal(Session& session, const base::Id& org_id,
                               const base::Id& prospect_id, int64_t at_us);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_SIGNALS_H_
