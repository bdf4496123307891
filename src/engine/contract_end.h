// What the end of a contract asks for: the organization's data handed back, and deleted.
#ifndef ONLYLEADS_SRC_ENGINE_CONTRACT_END_H_
#define ONLYLEADS_SRC_ENGINE_CONTRACT_END_H_

#include <cstdint>
#include <string>

#include "src/engine/long_work.h"

namespace onlyleads::engine {

// Everything of the organization as JSON Lines in a new file; how many rows. One consistent state:
// the database as it was when the export began.
absl::StatusOr<int64_t> ExportOrganization(Engine& engine, const base::Id& org_id,
                                           const std::string& path, const WorkProgress& progress);

// Removes everything but the audit's chain, in bounded transactions; how many rows. Stopped or
// killed, it goes on when called again.
absl::StatusOr<int64_t> DeleteOrganization(Engine& engine, const base::Id& org_id,
                                           const WorkProgress& progress);
// The same as part of a longer verb, to which a cancel that came before belongs: only while its
// account data may not be kept any more as of `as_of_us`. kDenied when a customer came back.
absl::StatusOr<int64_t> RemoveEndedOrganization(Engine& engine, const base::Id& org_id,
                                                int64_t as_of_us, const WorkProgress& progress);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_CONTRACT_END_H_
