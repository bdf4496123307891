// The copy of everything that is stored about one person, with what the law wants said beside it
// (GDPR 15). Driven by the column register: a column with an export name is in it.
#ifndef ONLYLEADS_SRC_ENGINE_ACCESS_H_
#define ONLYLEADS_SRC_ENGINE_ACCESS_H_

#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

// One JSON document; audited. kNotFound for whom nothing is stored, or nothing any more. For a
// deleted person the copy made when they were deleted.
absl::StatusOr<base::Table> AccessProspect(Engine& engine, const base::Id& org_id,
                                           const base::Id& prospect_id);

// The document inside the caller's transaction; kNotFound when the person is not live.
absl::StatusOr<std::string> WriteCopy(Session& session, const base::Id& org_id,
                                      const base::Id& prospect_id);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_ACCESS_H_
