#include "src/engine/ledger.h"

#include <new>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/engine/identity.h"
#include "src/engine/listing.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;
using storage::Lineage;
using storage::WaitingFrame;

constexpr int kFramesAtOnce = 64;

absl::Status Behind() {
  return Error(ErrorCode::kLedgerBehind,
               "ledger: host.ledger_read lacks what this database wrote: put it back, or begin a "
               "new one with OL_OPEN_NEW_LEDGER");
}

}  // namespace

absl::Status LedgerForked() {
  return Error(ErrorCode::kLedgerForked,
               "ledger: another copy of this database goes on with it: use that copy, or give this "
               "one a ledger of its own with OL_OPEN_NEW_LEDGER");
}

LedgerPlace PlaceOf(const WaitingFrame& waiting) {
  std::string before = waiting.frame.substr(16, domain::kLedgerMacBytes);
  if (waiting.seq == 1) before.clear();
  return {waiting.seq - 1, waiting.start_byte, std::move(before)};
}

absl::Status ExpectFrame(const WaitingFrame& waiting, std::string_view found) {
  return waiting.frame == found ? absl::OkStatus() : LedgerForked();
}

namespace {

// Gives the oldest notes a place. False when there were none.
absl::StatusOr<bool> Reserve(Session& session, int64_t written) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_RETURN_IF_ERROR(storage::DeleteFrames(db, written));
  OL_ASSIGN_OR_RETURN(const auto notes, storage::LoadNotes(db, domain::kLedgerFrameNotes));
  if (notes.first.empty()) return false;
  OL_ASSIGN_OR_RETURN(Lineage lineage, storage::LoadLineage(db));
  const std::string frame = domain::EncodeLedgerFrame(
      session.keys().current().ledger, lineage.frames + 1, lineage.tail_mac, notes.first);
  OL_RETURN_IF_ERROR(storage::InsertFrame(db, {lineage.frames + 1, lineage.bytes, frame}));
  OL_RETURN_IF_ERROR(storage::DeleteNotes(db, notes.second));
  ++lineage.frames;
  lineage.bytes += static_cast<int64_t>(frame.size());
  lineage.tail_mac = domain::LedgerMac(frame);
  OL_RETURN_IF_ERROR(storage::SaveLineage(db, lineage));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return true;
}

// Frames that wait, after what is noted got its place.
absl::StatusOr<std::vector<WaitingFrame>> TakeWaiting(Engine& engine) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  const int64_t written = engine.ledger().written;
  OL_ASSIGN_OR_RETURN(const bool waits, storage::LedgerWaits(session.db(), written));
  std::vector<WaitingFrame> frames;
  if (waits) {
    bool more = true;
    while (more) {
      OL_ASSIGN_OR_RETURN(more, Reserve(session, written));
    }
    OL_ASSIGN_OR_RETURN(frames, storage::LoadFrames(session.db(), written, kFramesAtOnce));
  }
  return frames;
}

absl::Status AppendAll(Engine& engine, const std::vector<WaitingFrame>& waiting) {
  Ledger& ledger = engine.ledger();
  OL_ASSIGN_OR_RETURN(const storage::FileLock lock, ledger.LockOut(engine.options()));
  OL_ASSIGN_OR_RETURN(const auto found, ledger.ReadFrom(engine, PlaceOf(waiting.front())));
  for (size_t i = 0; i < waiting.size(); ++i) {
    OL_RETURN_IF_ERROR(i < found.size()
                           ? ExpectFrame(waiting[i], found[i])
                           : ledger.Append(engine, PlaceOf(waiting[i]), waiting[i].frame));
  }
  return ledger.Sync();
}

}  // namespace

absl::Status Ledger::OutOfMemory() {
  return Error(ErrorCode::kLedgerPending, "stored, not yet in the ledger; out of memory");
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(const OpenOptions& options) {
  const bool append = static_cast<bool>(options.host.ledger_append);
  if (append != static_cast<bool>(options.host.ledger_read)) {
    return Error(ErrorCode::kInvalidArgument,
                 "host.ledger_append, host.ledger_read: give both or neither");
  }
  auto ledger = std::make_unique<Ledger>();
  if (!append) {
    OL_ASSIGN_OR_RETURN(ledger->file_, storage::LedgerFile::Open(options.path + ".ledger"));
  }
  return ledger;
}

absl::StatusOr<storage::FileLock> Ledger::LockOut(const OpenOptions& options) const {
  return storage::FileLock::Take(options.path + (file_ ? ".ledger" : ".ledger-lock"),
                                 options.busy_timeout_ms);
}

absl::StatusOr<std::vector<std::string>> Ledger::ReadFrom(Engine& engine,
                                                          const LedgerPlace& place) {
  if (file_) {
    OL_ASSIGN_OR_RETURN(const std::string before, file_->MacBefore(place.bytes));
    if (before != place.tail_mac) return LedgerForked();
    return file_->ReadFrom(place.bytes);
  }
  std::vector<std::string> frames;
  // With the frame before, by which the place is known again.
  const bool any_before = place.frames > 0;
  OL_RETURN_IF_ERROR(engine.CallHost([&] {
    return engine.options().host.ledger_read(place.frames - (any_before ? 1 : 0),
                                             [&](std::string_view frame) {
                                               frames.emplace_back(frame);
                                               return absl::OkStatus();
                                             });
  }));
  if (!any_before) return frames;
  if (frames.empty()) return Behind();
  if (domain::LedgerMac(frames.front()) != place.tail_mac) return LedgerForked();
  frames.erase(frames.begin());
  return frames;
}

absl::Status Ledger::Append(Engine& engine, const LedgerPlace& place, std::string_view frame) {
  if (file_) return file_->WriteAt(place.bytes, frame);
  return engine.CallHost([&] { return engine.options().host.ledger_append(frame); });
}

absl::Status Ledger::Sync() { return file_ ? file_->Sync() : absl::OkStatus(); }

absl::Status Ledger::StartOver(Engine& engine) {
  if (file_) return file_->StartOver();
  OL_ASSIGN_OR_RETURN(const auto frames, ReadFrom(engine, {}));
  if (frames.empty()) return absl::OkStatus();
  return Error(ErrorCode::kInvalidArgument,
               "host.ledger_read: must be empty with OL_OPEN_NEW_LEDGER");
}

absl::Status FlushLedger(Engine& engine) {
  Ledger& ledger = engine.ledger();
  std::lock_guard<std::mutex> lock(ledger.mutex());
  while (true) {
    OL_ASSIGN_OR_RETURN(const auto waiting, TakeWaiting(engine));
    if (waiting.empty()) return absl::OkStatus();
    OL_RETURN_IF_ERROR(AppendAll(engine, waiting));
    ledger.written = waiting.back().seq;
  }
}

absl::Status ForgetWritten(Engine& engine) {
  const int64_t written = engine.ledger().written;
  if (written == 0) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_RETURN_IF_ERROR(storage::DeleteFrames(session.db(), written));
  return transaction.Commit();
}

absl::Status FlushLedgerAfterVerb(Engine& engine) {
  try {
    absl::Status status = FlushLedger(engine);
    const auto primary = static_cast<ErrorCode>(static_cast<int32_t>(base::CodeOf(status)) & 0xff);
    if (primary == ErrorCode::kNoMemory) return engine.ledger().pending;
    // Misuse: the engine was closed meanwhile; who opens it next writes the record.
    const bool waits =
        primary == ErrorCode::kIo || primary == ErrorCode::kBusy || primary == ErrorCode::kMisuse;
    if (!waits) return base::AfterTheFact(std::move(status));
    return Error(ErrorCode::kLedgerPending,
                 absl::StrCat("stored, not yet in the ledger; ", status.message()));
  } catch (const std::bad_alloc&) {
    return engine.ledger().pending;
  }
}

absl::Status NoteObjection(Session& session, const base::Id& org_id,
                           const storage::IdentifierRow& identifier, std::string_view reason,
                           int64_t at_us) {
  const auto key = CurrentKey(session, identifier.kind, identifier.value);
  domain::LedgerRecord note;
  note.kind = "objection";
  note.org_id = org_id;
  note.digest = base::AsView(key.digest);
  note.number = key.kind;
  note.key_generation = key.generation;
  note.normalisation_version = base::kNormalisationVersion;
  note.channel = "all";
  note.code = reason;
  note.at_us = at_us;
  return storage::InsertNote(session.db(), note);
}

absl::StatusOr<base::Table> DescribeLineage(Engine& engine) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT frames, (SELECT count(*) FROM ledger_pending) + (SELECT count(*) FROM ledger_frames "
      "WHERE seq > $1), restored_at_us, (SELECT count(*) FROM senders WHERE reconcile_from_us IS "
      "NOT NULL) FROM ledger_lineage",
      {engine.ledger().written});
  base::Table table({{"frames", base::ColumnType::kInt},
                     {"waiting", base::ColumnType::kInt},
                     {"restored_at_us", base::ColumnType::kInt},
                     {"senders_held", base::ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  return table;
}

}  // namespace onlyleads::engine
