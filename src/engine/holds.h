// Holds: why somebody's data stays although its period is over (GDPR 17(3)(e), 18(2)). A hold keeps
// deletion off; it permits no use, and objections and opt-outs work as ever.
#ifndef ONLYLEADS_SRC_ENGINE_HOLDS_H_
#define ONLYLEADS_SRC_ENGINE_HOLDS_H_

#include <cstdint>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

// `prospect_id` nil: everybody of the organization. `until_us` 0: until it is released.
absl::StatusOr<base::Id> PlaceHold(Engine& engine, const base::Id& org_id,
                                   const base::Id& prospect_id, const std::string& reason,
                                   int64_t until_us);
// Releasing twice is the same as once.
absl::Status ReleaseHold(Engine& engine, const base::Id& org_id, const base::Id& hold_id);
absl::StatusOr<base::Table> ListHolds(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_HOLDS_H_
