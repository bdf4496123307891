// People: counting, finding, reading. Importing and rights have files of their own.
#ifndef ONLYLEADS_SRC_ENGINE_PROSPECTS_H_
#define ONLYLEADS_SRC_ENGINE_PROSPECTS_H_

#include <cstdint>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

absl::StatusOr<int64_t> CountProspects(Engine& engine, const base::Id& org_id);
// By address or LinkedIn URL / public identifier / member id; one of both. The nil id when none.
absl::StatusOr<base::Id> FindProspect(Engine& engine, const base::Id& org_id,
                                      const std::string& email, const std::string& linkedin);
absl::StatusOr<base::Table> GetProspect(Engine& engine, const base::Id& org_id,
                                        const base::Id& prospect_id);
absl::StatusOr<base::Table> ListProspects(Engine& engine, const base::Id& org_id,
                                          const std::string& page_token, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_PROSPECTS_H_
