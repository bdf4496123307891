// Scoring everybody of an organization with a scorecard.
#ifndef ONLYLEADS_SRC_ENGINE_SCORING_H_
#define ONLYLEADS_SRC_ENGINE_SCORING_H_

#include <cstdint>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

// How many were scored; people who objected or are restricted are not.
absl::StatusOr<int64_t> RunScoring(Engine& engine, const base::Id& org_id,
                                   const std::string& scorecard_json);
absl::StatusOr<base::Table> TopScores(Engine& engine, const base::Id& org_id, int limit,
                                      bool with_linkedin);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_SCORING_H_
