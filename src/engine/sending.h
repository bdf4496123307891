// Reading and cancelling what is queued, on its way, sent or open.
#ifndef ONLYLEADS_SRC_ENGINE_SENDING_H_
#define ONLYLEADS_SRC_ENGINE_SENDING_H_

#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

enum class CancelAnswer : int32_t { kCancelled = 1, kAlreadySent = 2, kInFlight = 3 };

absl::StatusOr<base::Table> ListOutbox(Engine& engine, const base::Id& org_id,
                                       const std::string& page_token, int limit);
absl::StatusOr<CancelAnswer> CancelMessage(Engine& engine, const base::Id& org_id,
                                           const base::Id& message_id);
absl::StatusOr<base::Table> FindInLedger(Engine& engine, const base::Id& org_id,
                                         const std::string& identifier);
absl::StatusOr<base::Table> ListDecisions(Engine& engine, const base::Id& org_id,
                                          const base::Id& prospect_id);
absl::StatusOr<base::Table> ListDisclosures(Engine& engine, const base::Id& org_id,
                                            const base::Id& prospect_id);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_SENDING_H_
