// Rows of the ledger's way out of the database: notes, frames that wait, and how far the sink goes
// as this database knows it. Also what a restored copy keeps: anchors of audit chains and senders
// that may only look. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_LEDGER_STORE_H_
#define ONLYLEADS_SRC_STORAGE_LEDGER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/domain/ledger.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

struct Lineage {
  int64_t frames = 0;
  int64_t bytes = 0;
  std::string tail_mac;  // empty before the first frame
  std::optional<int64_t> restored_at_us;

  bool operator==(const Lineage&) const = default;
};

// The note that says whose ledger this is, before all others.
absl::Status BeginLedger(Connection* db, int64_t now_us);

absl::StatusOr<Lineage> LoadLineage(Connection* db);
absl::Status SaveLineage(Connection* db, const Lineage& lineage);

// A frame with its place.
struct WaitingFrame {
  int64_t seq = 0;
  int64_t start_byte = 0;
  std::string frame;
};

// Whether a note or a frame behind `written` waits.
absl::StatusOr<bool> LedgerWaits(Connection* db, int64_t written);
absl::Status InsertFrame(Connection* db, const WaitingFrame& frame);
absl::StatusOr<std::vector<WaitingFrame>> LoadFrames(Connection* db, int64_t after, int limit);
absl::Status DeleteFrames(Connection* db, int64_t up_to);

absl::Status InsertNote(Connection* db, const domain::LedgerRecord& record);
// The oldest notes and the id of the last of them.
absl::StatusOr<std::pair<std::vector<domain::LedgerRecord>, int64_t>> LoadNotes(Connection* db,
                                                                                int limit);
absl::Status DeleteNotes(Connection* db, int64_t up_to);
absl::StatusOr<int64_t> LastNote(Connection* db);
absl::Status DeleteNotesAfter(Connection* db, int64_t after);

struct AuditAnchor {
  int64_t seq = 0;
  std::string hash;
};
absl::StatusOr<std::optional<AuditAnchor>> LoadAnchor(Connection* db, const base::Id& org_id);
absl::Status SaveAnchor(Connection* db, const base::Id& org_id, const AuditAnchor& anchor);

// Every sender may only look, for what happened since `from_us`.
absl::Status HoldSenders(Connection* db, int64_t from_us, int64_t now_us);
absl::Status ReleaseSender(Connection* db, const base::Id& org_id, const base::Id& sender_id);
absl::Status DelaySender(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                         int64_t due_us);
// When a held sender that could look is due; nullopt when there is none.
absl::StatusOr<std::optional<int64_t>> HeldSenderDue(Connection* db, const base::Id& org_id);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_LEDGER_STORE_H_
