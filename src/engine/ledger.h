// The ledger outside the database: what must survive the restore of an older copy leaves the
// database in frames that have a place before they are written, so that the database is never
// behind the sink unless it is an older copy. The host's sink is called outside every lock and
// transaction of this engine. docs/adr/0003 has the protocol.
#ifndef ONLYLEADS_SRC_ENGINE_LEDGER_H_
#define ONLYLEADS_SRC_ENGINE_LEDGER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"
#include "src/storage/ledger_file.h"
#include "src/storage/ledger_store.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {

// Where a frame lies, or is to lie: how much lies before it.
struct LedgerPlace {
  int64_t frames = 0;
  int64_t bytes = 0;
  std::string tail_mac;  // of the frame before; empty at the start
};

// The sink: the host's, or the file beside the database. One thread of one process at a time.
class Ledger {
 public:
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(const OpenOptions& options);

  // Frames from `place` on. kLedgerBehind when the sink ends before it, kLedgerForked when what
  // lies before it is another's.
  absl::StatusOr<std::vector<std::string>> ReadFrom(Engine& engine, const LedgerPlace& place);
  absl::Status Append(Engine& engine, const LedgerPlace& place, std::string_view frame);
  // What was appended is durable.
  absl::Status Sync();
  // An empty sink in place of this one; a host brings it itself.
  absl::Status StartOver(Engine& engine);
  // Lets go of the file. Under mutex(); nothing may follow.
  void Close() {
    if (file_) file_->Close();
  }

  std::mutex& mutex() { return mutex_; }
  // Between processes.
  absl::StatusOr<storage::FileLock> LockOut(const OpenOptions& options) const;

  // The newest frame known to lie in the sink; frames up to it leave the database with the next
  // reservation. Under mutex().
  int64_t written = 0;

  // What a verb answers whose record found no memory: made while there is some.
  const absl::Status pending = OutOfMemory();

 private:
  static absl::Status OutOfMemory();

  std::unique_ptr<storage::LedgerFile> file_;  // null: the host's
  std::mutex mutex_;
};

// Once this is OK, everything that committed before it is in the sink. Not under the engine's lock.
absl::Status FlushLedger(Engine& engine);
// Lets go of frames that were flushed. While one is kept, the sink may lack it: a crash may have
// come before it was written. So a copy of the database that keeps none knows that it was.
absl::Status ForgetWritten(Engine& engine);
// FlushLedger after a verb that committed: kLedgerPending where the sink's trouble is this
// machine's, want of memory included. Never throws bad_alloc, which would say that nothing was
// stored.
absl::Status FlushLedgerAfterVerb(Engine& engine);

LedgerPlace PlaceOf(const storage::WaitingFrame& waiting);
// What lies at a frame's place already must be that frame: a crash came after it was written, or
// another process wrote it. Anything else was written by another copy.
absl::Status ExpectFrame(const storage::WaitingFrame& waiting, std::string_view found);
absl::Status LedgerForked();

// Notes an objection under an identifier of whoever objected, because an older copy may know them
// under another id or not at all. Inside the transaction of the objection, or of the identifier.
absl::Status NoteObjection(Session& session, const base::Id& org_id,
                           const storage::IdentifierRow& identifier, std::string_view reason,
                           int64_t at_us);

// One row: frames, waiting, restored_at_us, senders_held.
absl::StatusOr<base::Table> DescribeLineage(Engine& engine);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_LEDGER_H_
