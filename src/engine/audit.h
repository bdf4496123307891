// Writing audit entries inside transactions, sealing them into chains, verifying the chains.
#ifndef ONLYLEADS_SRC_ENGINE_AUDIT_H_
#define ONLYLEADS_SRC_ENGINE_AUDIT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

// One entry in the running transaction. `detail` is JSON of codes and counts, never personal data.
absl::Status WriteAudit(Session& session, const base::Id& org_id, std::string_view actor,
                        std::string_view verb, const base::Id& subject_id,
                        std::string_view detail = "{}");

// Seals what is unsealed, a batch per transaction; how many entries.
absl::StatusOr<int64_t> SealAudit(Engine& engine);

struct AuditReport {
  bool intact = true;
  int64_t sealed = 0;
  int64_t unsealed = 0;
  int64_t overdue = 0;
  int64_t first_bad_seq = 0;
  base::Id first_bad_org;
  std::string problem;
};

absl::StatusOr<AuditReport> VerifyAudit(Engine& engine);
absl::StatusOr<base::Table> ListAudit(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_AUDIT_H_
