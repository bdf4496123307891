#include "src/engine/restore.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/engine/audit.h"
#include "src/engine/ledger.h"
#include "src/engine/replay.h"
#include "src/engine/residue.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;
using domain::LedgerFrame;
using storage::Lineage;
using storage::WaitingFrame;

// Another process may give a frame its place while we look; more often than this it cannot.
constexpr int kMaxLooks = 100;

// What a look at database and sink gave.
struct Look {
  Lineage known;                     // where the database believes the sink ends
  Lineage end;                       // where it ends
  std::vector<LedgerFrame> unknown;  // what lies between
};

absl::Status DecodeInto(const Session& session, const std::vector<std::string>& frames, size_t from,
                        Look* look) {
  for (size_t i = from; i < frames.size(); ++i) {
    auto frame = domain::DecodeLedgerFrame(session.keys().current().ledger, frames[i]);
    if (!frame) {
      return Error(ErrorCode::kLedgerCorrupt,
                   "ledger: a frame is damaged, or was made with another key");
    }
    std::string before = look->end.tail_mac;
    before.resize(domain::kLedgerMacBytes, '\0');
    if (frame->seq != look->end.frames + 1 || frame->previous_mac != before) return LedgerForked();
    look->end.frames = frame->seq;
    look->end.bytes += static_cast<int64_t>(frames[i].size());
    look->end.tail_mac = frame->mac;
    look->unknown.push_back(*std::move(frame));
  }
  return absl::OkStatus();
}

absl::StatusOr<Look> LookAtSink(Engine& engine) {
  Look look;
  std::vector<WaitingFrame> waiting;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(look.known, storage::LoadLineage(session.db()));
    OL_ASSIGN_OR_RETURN(waiting, storage::LoadFrames(session.db(), 0, INT32_MAX));
  }
  look.end = look.known;
  const LedgerPlace place =
      waiting.empty() ? LedgerPlace{look.known.frames, look.known.bytes, look.known.tail_mac}
                      : PlaceOf(waiting.front());
  std::vector<std::string> found;
  {
    OL_ASSIGN_OR_RETURN(const storage::FileLock lock, engine.ledger().LockOut(engine.options()));
    OL_ASSIGN_OR_RETURN(found, engine.ledger().ReadFrom(engine, place));
  }
  for (size_t i = 0; i < std::min(found.size(), waiting.size()); ++i) {
    OL_RETURN_IF_ERROR(ExpectFrame(waiting[i], found[i]));
  }
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_RETURN_IF_ERROR(DecodeInto(session, found, waiting.size(), &look));
  return look;
}

// The first frame says whose ledger it is; a database that wrote none yet must be the same.
absl::Status CheckOwner(const Session& session, const Look& look) {
  if (look.known.frames > 0 || look.unknown.empty()) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(storage::Cursor c,
                      session.db()->Query("SELECT installation_id FROM installation", {}));
  OL_RETURN_IF_ERROR(c.Next().status());
  const auto& records = look.unknown.front().records;
  const bool ours = std::any_of(records.begin(), records.end(), [&](const auto& record) {
    return record.kind == "genesis" && record.org_id == c.Id(0);
  });
  if (ours) return absl::OkStatus();
  return Error(ErrorCode::kLedgerForked, "ledger: it belongs to another database");
}

// The newest instant of a copy: what came after it is unknown to it.
absl::StatusOr<int64_t> NewestInstant(const Session& session) {
  OL_ASSIGN_OR_RETURN(
      const auto instant,
      storage::QueryInt(session.db(),
                        "SELECT max((SELECT last_instant_us FROM installation), coalesce((SELECT "
                        "max(at_us) FROM audit_entries), 0))",
                        {}));
  return instant.value_or(session.now_us());
}

absl::Status NoteRestored(Session& session, std::string_view verb) {
  domain::LedgerRecord note;
  note.kind = "restored";
  note.at_us = session.now_us();
  OL_RETURN_IF_ERROR(storage::InsertNote(session.db(), note));
  OL_ASSIGN_OR_RETURN(const std::vector<base::Id> organizations,
                      storage::Collect(session.db()->Query("SELECT org_id FROM organizations", {}),
                                       [](const storage::Cursor& cursor) { return cursor.Id(0); }));
  for (const base::Id& org_id : organizations) {
    OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", verb, {}));
  }
  return absl::OkStatus();
}

// One transaction: a reader sees the copy before it, and nobody reads before open returns, or all
// of it. False when another process moved the ledger on since the look.
absl::StatusOr<bool> Restore(Engine& engine, Look look) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_RETURN_IF_ERROR(CheckOwner(session, look));
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const Lineage now_known, storage::LoadLineage(db));
  if (now_known != look.known) return false;
  OL_ASSIGN_OR_RETURN(const int64_t from_us, NewestInstant(session));
  OL_ASSIGN_OR_RETURN(const int64_t last_note, storage::LastNote(db));
  OL_ASSIGN_OR_RETURN(const ReplayCount count, Replay(session, look.unknown));
  // What replaying noted is in the sink already.
  OL_RETURN_IF_ERROR(storage::DeleteNotesAfter(db, last_note));
  OL_RETURN_IF_ERROR(storage::DeleteFrames(db, look.end.frames));
  OL_RETURN_IF_ERROR(storage::HoldSenders(db, from_us, session.now_us()));
  OL_RETURN_IF_ERROR(NoteRestored(session, "database.restore"));
  look.end.restored_at_us = session.now_us();
  OL_RETURN_IF_ERROR(storage::SaveLineage(db, look.end));
  if (count.erased > 0) {
    OL_RETURN_IF_ERROR(storage::AddResidue(db, count.erased, session.now_us()));
  }
  OL_RETURN_IF_ERROR(transaction.Commit());
  ClearResidueIfPossible(engine, db);
  engine.Log(base::LogLevel::kWarning,
             absl::StrCat("an older copy of the database was opened: ", count.records,
                          " ledger records replayed, ", count.erased,
                          " people erased again; its senders reconcile before they send"));
  return true;
}

absl::Status BeginNewLedger(Engine& engine) {
  {
    OL_ASSIGN_OR_RETURN(const storage::FileLock lock, engine.ledger().LockOut(engine.options()));
    OL_RETURN_IF_ERROR(engine.ledger().StartOver(engine));
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const int64_t from_us, NewestInstant(session));
  OL_RETURN_IF_ERROR(storage::DeleteFrames(db, INT64_MAX));
  OL_RETURN_IF_ERROR(storage::SaveLineage(db, {0, 0, "", session.now_us()}));
  OL_RETURN_IF_ERROR(storage::BeginLedger(db, session.now_us()));
  OL_RETURN_IF_ERROR(storage::HoldSenders(db, from_us, session.now_us()));
  OL_RETURN_IF_ERROR(NoteRestored(session, "database.new_ledger"));
  OL_RETURN_IF_ERROR(transaction.Commit());
  engine.Log(
      base::LogLevel::kWarning,
      "a new ledger was begun: what was sent or erased after the last copy is not known from "
      "it; senders reconcile before they send");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLineage(Engine& engine) {
  if (engine.options().new_ledger) return BeginNewLedger(engine);
  for (int i = 0; i < kMaxLooks; ++i) {
    OL_ASSIGN_OR_RETURN(Look look, LookAtSink(engine));
    if (look.unknown.empty()) return absl::OkStatus();
    OL_ASSIGN_OR_RETURN(const bool restored, Restore(engine, std::move(look)));
    if (restored) return absl::OkStatus();
  }
  return Error(ErrorCode::kBusy, "ledger: other processes keep writing to it");
}

}  // namespace onlyleads::engine
