#include "src/storage/signal_store.h"

namespace onlyleads::storage {

absl::Status InsertSignal(Connection* db, const base::Id& org_id, const SignalRow& row,
                          int64_t now_us) {
  const Value ref = row.external_ref.empty() ? Value(nullptr) : Value(row.external_ref);
  return db
      ->Run(
          "INSERT INTO signals (org_id, prospect_id, signal_id, kind, at_us, external_ref, source, "
          "url, recorded_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {org_id, row.prospect_id, row.signal_id, domain::Name(row.kind), row.at_us, ref,
           row.source, row.url, now_us})
      .status();
}

absl::StatusOr<std::optional<SignalOwner>> FindSignalByRef(Connection* db, const base::Id& org_id,
                                                           std::string_view external_ref) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT signal_id, prospect_id, kind FROM signals WHERE org_id = "
                                "$1 AND external_ref = $2",
                                {org_id, external_ref}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return SignalOwner{cursor.Id(0), cursor.Id(1), std::string(cursor.Text(2))};
}

absl::StatusOr<std::vector<domain::Signal>> LoadSignals(Connection* db, const base::Id& org_id,
                                                        const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT kind, at_us FROM signals WHERE org_id = $1 AND prospect_id = $2",
                {org_id, prospect_id}));
  std::vector<domain::Signal> signals;
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (!row) return signals;
    // The schema keeps other kinds out.
    if (const auto kind = domain::ParseSignalKind(cursor.Text(0))) {
      signals.push_back({*kind, cursor.Int(1)});
    }
  }
}

absl::StatusOr<std::optional<std::string>> FindRemoval(Connection* db, const base::Id& org_id,
                                                       const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT verb FROM audit_entries WHERE org_id = $1 AND subject_id = $2 AND verb IN "
                "('prospect.erase', 'prospect.delete', 'prospect.purge') ORDER BY verb <> "
                "'prospect.erase' LIMIT 1",
                {org_id, prospect_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return std::string(cursor.Text(0));
}

}  // namespace onlyleads::storage
