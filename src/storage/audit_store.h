// Rows of the audit: entries, their place in the chain, the signed heads. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_AUDIT_STORE_H_
#define ONLYLEADS_SRC_STORAGE_AUDIT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct AuditRow {
  base::Id entry_id;
  int64_t at_us = 0;
  std::string actor;
  std::string verb;
  base::Id subject_id;  // nil: none
  std::string detail;
  int64_t seq = 0;  // 0: unsealed
  std::string hash;
};

struct AuditHead {
  int64_t seq = 0;
  std::string hash;
  std::string mac;
};

absl::Status InsertAudit(Connection* db, const base::Id& org_id, const AuditRow& row);
// In entry order.
absl::StatusOr<std::vector<AuditRow>> LoadUnsealed(Connection* db, const base::Id& org_id,
                                                   int limit);
// Sealed entries after `seq`, in chain order.
absl::StatusOr<std::vector<AuditRow>> LoadSealed(Connection* db, const base::Id& org_id,
                                                 int64_t seq, int limit);
// Entries after `after` in entry order.
absl::StatusOr<std::vector<AuditRow>> LoadAudit(Connection* db, const base::Id& org_id,
                                                const base::Id& after, int limit);
absl::Status SealEntry(Connection* db, const base::Id& org_id, const base::Id& entry_id,
                       int64_t seq, std::string_view hash);
absl::StatusOr<std::optional<AuditHead>> LoadHead(Connection* db, const base::Id& org_id);
absl::Status SaveHead(Connection* db, const base::Id& org_id, const AuditHead& head,
                      int64_t now_us);
// Organizations, and whatever has entries or a head; the nil id is the installation's own chain.
absl::StatusOr<std::vector<base::Id>> LoadAuditedOrganizations(Connection* db);
absl::StatusOr<std::vector<base::Id>> LoadUnsealedOrganizations(Connection* db);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_AUDIT_STORE_H_
