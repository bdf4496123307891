#include "src/storage/import_store.h"

namespace onlyleads::storage {
namespace {

absl::StatusOr<std::optional<ImportRow>> ReadOne(absl::StatusOr<Cursor> queried) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, std::move(queried));
  OL_ASSIGN_OR_RETURN(const bool found, cursor.Next());
  if (!found) return std::nullopt;
  ImportRow row;
  row.import_id = cursor.Id(0);
  row.running = cursor.Text(1) == "running";
  row.byte_offset = cursor.Int(2);
  row.next_line = cursor.Int(3);
  row.counts = {cursor.Int(4), cursor.Int(5), cursor.Int(6), cursor.Int(7),
                cursor.Int(8), cursor.Int(9), cursor.Int(10)};
  return row;
}

}  // namespace

absl::StatusOr<std::optional<ImportRow>> FindRunningImport(Connection* db, const base::Id& org_id,
                                                           const base::Digest& file_digest,
                                                           const base::Digest& options_digest) {
  return ReadOne(
      db->Query("SELECT import_id, state, byte_offset, next_line, rows, created, updated, "
                "unchanged, suppressed, rejected, opt_outs FROM imports WHERE org_id = $1 AND "
                "file_digest = $2 AND options_digest = $3 AND state = 'running' ORDER BY import_id "
                "LIMIT 1",
                {org_id, Blob{base::AsView(file_digest)}, Blob{base::AsView(options_digest)}}));
}

absl::StatusOr<std::optional<ImportRow>> LoadImport(Connection* db, const base::Id& org_id,
                                                    const base::Id& import_id) {
  return ReadOne(
      db->Query("SELECT import_id, state, byte_offset, next_line, rows, created, updated, "
                "unchanged, suppressed, rejected, opt_outs FROM imports WHERE org_id = $1 AND "
                "import_id = $2",
                {org_id, import_id}));
}

absl::Status InsertImport(Connection* db, const base::Id& org_id, const NewImport& input,
                          const ImportRow& row, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO imports (org_id, import_id, file_digest, options_digest, source, "
          "lawful_basis, state, byte_offset, next_line, rows, created, updated, unchanged, "
          "suppressed, rejected, opt_outs, started_at_us) VALUES ($1, $2, $3, $4, $5, $6, "
          "'running', $7, $8, 0, 0, 0, 0, 0, 0, 0, $9)",
          {org_id, row.import_id, Blob{base::AsView(input.file_digest)},
           Blob{base::AsView(input.options_digest)}, input.source, input.lawful_basis,
           row.byte_offset, row.next_line, now_us})
      .status();
}

absl::Status SaveImport(Connection* db, const base::Id& org_id, const ImportRow& row,
                        int64_t now_us) {
  const ImportCounts& counts = row.counts;
  const std::optional<int64_t> finished_at_us =
      row.running ? std::nullopt : std::optional<int64_t>(now_us);
  return db
      ->Run(
          "UPDATE imports SET state = $3, byte_offset = $4, next_line = $5, rows = $6, created = "
          "$7, updated = $8, unchanged = $9, suppressed = $10, rejected = $11, opt_outs = $12, "
          "finished_at_us = $13 WHERE org_id = $1 AND import_id = $2",
          {org_id, row.import_id, row.running ? "running" : "done", row.byte_offset, row.next_line,
           counts.rows, counts.created, counts.updated, counts.unchanged, counts.suppressed,
           counts.rejected, counts.opt_outs, finished_at_us})
      .status();
}

absl::Status InsertReject(Connection* db, const base::Id& org_id, const base::Id& import_id,
                          int64_t line, std::string_view column, std::string_view reason) {
  return db
      ->Run(
          "INSERT INTO import_rejects (org_id, import_id, line, column_name, reason) VALUES ($1, "
          "$2, $3, $4, $5)",
          {org_id, import_id, line, column, reason})
      .status();
}

absl::StatusOr<std::vector<RejectRow>> LoadRejects(Connection* db, const base::Id& org_id,
                                                   const base::Id& import_id, int64_t after,
                                                   int limit) {
  return Collect(
      db->Query("SELECT line, column_name, reason FROM import_rejects WHERE org_id = $1 AND "
                "import_id = $2 AND line > $3 ORDER BY line LIMIT $4",
                {org_id, import_id, after, limit}),
      [](const Cursor& cursor) {
        return RejectRow{cursor.Int(0), std::string(cursor.Text(1)), std::string(cursor.Text(2))};
      });
}

}  // namespace onlyleads::storage
