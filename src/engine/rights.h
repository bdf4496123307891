// What a person may demand of their data: to object, to restrict its use, to be erased.
#ifndef ONLYLEADS_SRC_ENGINE_RIGHTS_H_
#define ONLYLEADS_SRC_ENGINE_RIGHTS_H_

#include <optional>
#include <string_view>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

// All three return what was already on its way: message_id, channel, started_at_us.
absl::StatusOr<base::Table> ObjectProspect(Engine& engine, const base::Id& org_id,
                                           const base::Id& prospect_id);
absl::StatusOr<base::Table> RestrictProspect(Engine& engine, const base::Id& org_id,
                                             const base::Id& prospect_id);
absl::StatusOr<base::Table> EraseProspect(Engine& engine, const base::Id& org_id,
                                          const base::Id& prospect_id);

// Ends a restriction, if there is one. What it stopped stays stopped.
absl::Status LiftRestriction(Engine& engine, const base::Id& org_id, const base::Id& prospect_id);

// The objection inside a running transaction, with the facts lock: objected from now on, nothing
// queued left, every enrollment stopped for `reason`. What was on its way, or nullopt when there is
// no such person.
absl::StatusOr<std::optional<base::Table>> RecordObjection(Session& session, const base::Id& org_id,
                                                           const base::Id& prospect_id,
                                                           std::string_view actor,
                                                           std::string_view reason);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RIGHTS_H_
