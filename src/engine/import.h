// Importing a file: reads it in chunks, resolves each row by the pure rules, commits in batches
// with the position, so that a killed import goes on where its last batch ended.
#ifndef ONLYLEADS_SRC_ENGINE_IMPORT_H_
#define ONLYLEADS_SRC_ENGINE_IMPORT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "src/base/limits.h"
#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct ImportOptions {
  std::string source;
  std::string lawful_basis;
  std::string mapping_json;
  std::string on_existing = "fill";
  int batch_rows = base::kImportBatchRows;
  // Rows, bytes read, bytes in all; false stops with kCancelled. Runs without the lock. What it
  // says of a file that is done already does not count.
  std::function<bool(int64_t rows, int64_t bytes, int64_t total_bytes)> progress;
};

struct ImportReport {
  base::Id import_id;
  bool resumed = false;
  int64_t rows = 0;
  int64_t created = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
  int64_t suppressed = 0;
  int64_t rejected = 0;
  int64_t opt_outs = 0;
};

// Only a regular file: a pipe cannot be read twice. kConflict when the file changes while it is
// imported, or when another process imports it at the same time; every batch committed before that
// holds, and the same file started again goes on.
absl::StatusOr<ImportReport> ImportCsv(Engine& engine, const base::Id& org_id,
                                       const std::string& path, const ImportOptions& options);
// line, column, reason. The page token is the last line.
absl::StatusOr<base::Table> ImportRejects(Engine& engine, const base::Id& org_id,
                                          const base::Id& import_id, const std::string& page_token,
                                          int limit);
// JSON: encoding, delimiter, header_row, header, rows, mapping. limit < 0: every row.
absl::StatusOr<std::string> PreviewCsv(const std::string& path, int64_t limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_IMPORT_H_
