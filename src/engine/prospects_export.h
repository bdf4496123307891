// The people of an organization as a CSV file that people can open and the import can read back.
#ifndef ONLYLEADS_SRC_ENGINE_PROSPECTS_EXPORT_H_
#define ONLYLEADS_SRC_ENGINE_PROSPECTS_EXPORT_H_

#include <cstdint>
#include <string>

#include "src/engine/long_work.h"

namespace onlyleads::engine {

// Into a new file; how many people. One consistent state: the database as it was when it began.
absl::StatusOr<int64_t> ExportProspectsCsv(Engine& engine, const base::Id& org_id,
                                           const std::string& path, const WorkProgress& progress);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_PROSPECTS_EXPORT_H_
