#include "src/storage/ledger_store.h"

namespace onlyleads::storage {
namespace {

Value IdOrNull(const base::Id& id) { return id.is_nil() ? Value(nullptr) : Value(id); }

}  // namespace

absl::Status BeginLedger(Connection* db, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO ledger_pending (kind, org_id, number, key_generation, "
          "normalisation_version, channel, code, at_us) SELECT 'genesis', installation_id, 0, 0, "
          "0, '', '', $1 FROM installation WHERE (SELECT frames FROM ledger_lineage) = 0 AND NOT "
          "EXISTS (SELECT 1 FROM ledger_pending WHERE kind = 'genesis')",
          {now_us})
      .status();
}

absl::StatusOr<Lineage> LoadLineage(Connection* db) {
  OL_ASSIGN_OR_RETURN(
      Cursor c,
      db->Query("SELECT frames, bytes, tail_mac, restored_at_us FROM ledger_lineage", {}));
  OL_ASSIGN_OR_RETURN(const bool row, c.Next());
  if (!row) return base::Error(base::ErrorCode::kCorrupt, "the ledger's lineage row is gone");
  return Lineage{c.Int(0), c.Int(1), std::string(c.Bytes(2)), c.IntOrNull(3)};
}

absl::Status SaveLineage(Connection* db, const Lineage& lineage) {
  return db
      ->Run("UPDATE ledger_lineage SET frames = $1, bytes = $2, tail_mac = $3, restored_at_us = $4",
            {lineage.frames, lineage.bytes, Blob{lineage.tail_mac}, lineage.restored_at_us})
      .status();
}

absl::StatusOr<bool> LedgerWaits(Connection* db, int64_t written) {
  OL_ASSIGN_OR_RETURN(const auto waits,
                      QueryInt(db,
                               "SELECT EXISTS (SELECT 1 FROM ledger_pending) OR EXISTS (SELECT 1 "
                               "FROM ledger_frames WHERE seq > $1)",
                               {written}));
  return waits.value_or(0) != 0;
}

absl::Status InsertFrame(Connection* db, const WaitingFrame& frame) {
  return db
      ->Run("INSERT INTO ledger_frames (seq, start_byte, frame) VALUES ($1, $2, $3)",
            {frame.seq, frame.start_byte, Blob{frame.frame}})
      .status();
}

absl::StatusOr<std::vector<WaitingFrame>> LoadFrames(Connection* db, int64_t after, int limit) {
  return Collect(db->Query("SELECT seq, start_byte, frame FROM ledger_frames WHERE seq > $1 "
                           "ORDER BY seq LIMIT $2",
                           {after, limit}),
                 [](const Cursor& c) {
                   return WaitingFrame{c.Int(0), c.Int(1), std::string(c.Bytes(2))};
                 });
}

absl::Status DeleteFrames(Connection* db, int64_t up_to) {
  return db->Run("DELETE FROM ledger_frames WHERE seq <= $1", {up_to}).status();
}

absl::Status InsertNote(Connection* db, const domain::LedgerRecord& r) {
  const Value digest = r.digest.empty() ? Value(nullptr) : Value(Blob{r.digest});
  return db
      ->Run(
          "INSERT INTO ledger_pending (kind, org_id, prospect_id, message_id, campaign_id, "
          "sender_id, digest, number, key_generation, normalisation_version, channel, code, at_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
          {r.kind, IdOrNull(r.org_id), IdOrNull(r.prospect_id), IdOrNull(r.message_id),
           IdOrNull(r.campaign_id), IdOrNull(r.sender_id), digest, r.number, r.key_generation,
           r.normalisation_version, r.channel, r.code, r.at_us})
      .status();
}

absl::StatusOr<std::pair<std::vector<domain::LedgerRecord>, int64_t>> LoadNotes(Connection* db,
                                                                                int limit) {
  OL_ASSIGN_OR_RETURN(
      Cursor c,
      db->Query("SELECT pending_id, kind, org_id, prospect_id, message_id, campaign_id, sender_id, "
                "digest, number, key_generation, normalisation_version, channel, code, at_us FROM "
                "ledger_pending ORDER BY pending_id LIMIT $1",
                {limit}));
  std::vector<domain::LedgerRecord> notes;
  int64_t last = 0;
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, c.Next());
    if (!row) return std::pair(std::move(notes), last);
    last = c.Int(0);
    notes.push_back({std::string(c.Text(1)), c.Id(2), c.Id(3), c.Id(4), c.Id(5), c.Id(6),
                     std::string(c.Bytes(7)), c.Int(8), c.Int(9), c.Int(10),
                     std::string(c.Text(11)), std::string(c.Text(12)), c.Int(13)});
  }
}

absl::Status DeleteNotes(Connection* db, int64_t up_to) {
  return db->Run("DELETE FROM ledger_pending WHERE pending_id <= $1", {up_to}).status();
}

absl::StatusOr<int64_t> LastNote(Connection* db) {
  OL_ASSIGN_OR_RETURN(const auto last,
                      QueryInt(db, "SELECT max(pending_id) FROM ledger_pending", {}));
  return last.value_or(0);
}

absl::Status DeleteNotesAfter(Connection* db, int64_t after) {
  return db->Run("DELETE FROM ledger_pending WHERE pending_id > $1", {after}).status();
}

absl::StatusOr<std::optional<AuditAnchor>> LoadAnchor(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(Cursor c,
                      db->Query("SELECT seq, hash FROM audit_anchors WHERE org_id = $1", {org_id}));
  OL_ASSIGN_OR_RETURN(const bool row, c.Next());
  if (!row) return std::nullopt;
  return AuditAnchor{c.Int(0), std::string(c.Bytes(1))};
}

absl::Status SaveAnchor(Connection* db, const base::Id& org_id, const AuditAnchor& anchor) {
  return db
      ->Run(
          "INSERT INTO audit_anchors (org_id, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (org_id) "
          "DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
          {org_id, anchor.seq, Blob{anchor.hash}})
      .status();
}

absl::Status HoldSenders(Connection* db, int64_t from_us, int64_t now_us) {
  // The earlier of two restores is the one to look back to.
  OL_RETURN_IF_ERROR(db->Run("UPDATE senders SET reconcile_from_us = "
                             "min(coalesce(reconcile_from_us, $1), $1), reconcile_due_us = $2",
                             {from_us, now_us})
                         .status());
  return db
      ->Run(
          "INSERT INTO org_due (org_id, next_due_us) SELECT DISTINCT org_id, $1 FROM senders "
          "WHERE true ON CONFLICT (org_id) DO UPDATE SET next_due_us = min(next_due_us, "
          "excluded.next_due_us)",
          {now_us})
      .status();
}

absl::Status ReleaseSender(Connection* db, const base::Id& org_id, const base::Id& sender_id) {
  return db
      ->Run(
          "UPDATE senders SET reconcile_from_us = NULL, reconcile_due_us = NULL WHERE org_id = $1 "
          "AND sender_id = $2",
          {org_id, sender_id})
      .status();
}

absl::Status DelaySender(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                         int64_t due_us) {
  return db
      ->Run("UPDATE senders SET reconcile_due_us = $3 WHERE org_id = $1 AND sender_id = $2",
            {org_id, sender_id, due_us})
      .status();
}

absl::StatusOr<std::optional<int64_t>> HeldSenderDue(Connection* db, const base::Id& org_id) {
  return QueryInt(
      db,
      "SELECT min(s.reconcile_due_us) FROM senders s JOIN external_accounts a ON "
      "a.account_ref = s.account_ref WHERE s.org_id = $1 AND s.reconcile_from_us IS NOT "
      "NULL AND s.state = 'active' AND s.stop_reason IS NULL AND a.stop_reason IS NULL",
      {org_id});
}

}  // namespace onlyleads::storage
