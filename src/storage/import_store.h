// Rows of imports: where each stands, what it counted, what it rejected. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_IMPORT_STORE_H_
#define ONLYLEADS_SRC_STORAGE_IMPORT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/crypto.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

struct ImportCounts {
  int64_t rows = 0;
  int64_t created = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
  int64_t suppressed = 0;
  int64_t rejected = 0;
  int64_t opt_outs = 0;
};

struct ImportRow {
  base::Id import_id;
  bool running = false;
  int64_t byte_offset = 0;
  int64_t next_line = 0;
  ImportCounts counts;
};

struct NewImport {
  base::Digest file_digest{};
  base::Digest options_digest{};
  std::string source;
  std::string lawful_basis;
};

// The import of this very file with these very options that was not finished.
absl::StatusOr<std::optional<ImportRow>> FindRunningImport(Connection* db, const base::Id& org_id,
                                                           const base::Digest& file_digest,
                                                           const base::Digest& options_digest);
absl::StatusOr<std::optional<ImportRow>> LoadImport(Connection* db, const base::Id& org_id,
                                                    const base::Id& import_id);
absl::Status InsertImport(Connection* db, const base::Id& org_id, const NewImport& input,
                          const ImportRow& row, int64_t now_us);
// Position and counts; `row.running` false finishes it.
absl::Status SaveImport(Connection* db, const base::Id& org_id, const ImportRow& row,
                        int64_t now_us);

struct RejectRow {
  int64_t line = 0;
  std::string column;
  std::string reason;
};

absl::Status InsertReject(Connection* db, const base::Id& org_id, const base::Id& import_id,
                          int64_t line, std::string_view column, std::string_view reason);
// After line `after`, in file order.
absl::StatusOr<std::vector<RejectRow>> LoadRejects(Connection* db, const base::Id& org_id,
                                                   const base::Id& import_id, int64_t after,
                                                   int limit);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_IMPORT_STORE_H_
