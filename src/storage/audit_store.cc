#include "src/storage/audit_store.h"

namespace onlyleads::storage {
namespace {

absl::StatusOr<std::vector<AuditRow>> ReadRows(absl::StatusOr<Cursor> query) {
  return Collect(std::move(query), [](const Cursor& c) {
    return AuditRow{.entry_id = c.Id(0),
                    .at_us = c.Int(1),
                    .actor = std::string(c.Text(2)),
                    .verb = std::string(c.Text(3)),
                    .subject_id = c.Id(4),
                    .detail = std::string(c.Text(5)),
                    .seq = c.Int(6),
                    .hash = std::string(c.Bytes(7))};
  });
}

absl::StatusOr<std::vector<base::Id>> ReadIds(absl::StatusOr<Cursor> query) {
  return Collect(std::move(query), [](const Cursor& cursor) { return cursor.Id(0); });
}

}  // namespace

absl::Status InsertAudit(Connection* db, const base::Id& org_id, const AuditRow& row) {
  const Value subject = row.subject_id.is_nil() ? Value(nullptr) : Value(row.subject_id);
  return db
      ->Run(
          "INSERT INTO audit_entries (org_id, entry_id, at_us, actor, verb, subject_id, detail) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {org_id, row.entry_id, row.at_us, row.actor, row.verb, subject, row.detail})
      .status();
}

absl::StatusOr<std::vector<AuditRow>> LoadUnsealed(Connection* db, const base::Id& org_id,
                                                   int limit) {
  // The plus keeps the planner from the primary key, under which it would read the whole chain.
  return ReadRows(
      db->Query("SELECT entry_id, at_us, actor, verb, subject_id, detail, seq, hash FROM "
                "audit_entries WHERE +org_id = $1 AND seq IS NULL ORDER BY entry_id LIMIT $2",
                {org_id, limit}));
}

absl::StatusOr<std::vector<AuditRow>> LoadSealed(Connection* db, const base::Id& org_id,
                                                 int64_t seq, int limit) {
  return ReadRows(
      db->Query("SELECT entry_id, at_us, actor, verb, subject_id, detail, seq, hash FROM "
                "audit_entries WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                {org_id, seq, limit}));
}

absl::StatusOr<std::vector<AuditRow>> LoadAudit(Connection* db, const base::Id& org_id,
                                                const base::Id& after, int limit) {
  return ReadRows(
      db->Query("SELECT entry_id, at_us, actor, verb, subject_id, detail, seq, hash FROM "
                "audit_entries WHERE org_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3",
                {org_id, after, limit}));
}

absl::Status SealEntry(Connection* db, const base::Id& org_id, const base::Id& entry_id,
                       int64_t seq, std::string_view hash) {
  return db
      ->Run("UPDATE audit_entries SET seq = $3, hash = $4 WHERE org_id = $1 AND entry_id = $2",
            {org_id, entry_id, seq, Blob{hash}})
      .status();
}

absl::StatusOr<std::optional<AuditHead>> LoadHead(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT seq, hash, mac FROM audit_heads WHERE org_id = $1", {org_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return AuditHead{cursor.Int(0), std::string(cursor.Bytes(1)), std::string(cursor.Bytes(2))};
}

absl::Status SaveHead(Connection* db, const base::Id& org_id, const AuditHead& head,
                      int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO audit_heads (org_id, seq, hash, mac, sealed_at_us) VALUES ($1, $2, $3, "
          "$4, $5) ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, "
          "mac = excluded.mac, sealed_at_us = excluded.sealed_at_us",
          {org_id, head.seq, Blob{head.hash}, Blob{head.mac}, now_us})
      .status();
}

absl::StatusOr<std::vector<base::Id>> LoadAuditedOrganizations(Connection* db) {
  return ReadIds(db->Query(
      "SELECT org_id FROM audit_heads UNION SELECT org_id FROM audit_entries UNION SELECT "
      "org_id FROM organizations ORDER BY 1",
      {}));
}

absl::StatusOr<std::vector<base::Id>> LoadUnsealedOrganizations(Connection* db) {
  return ReadIds(
      db->Query("SELECT DISTINCT org_id FROM audit_entries WHERE seq IS NULL ORDER BY 1", {}));
}

}  // namespace onlyleads::storage
