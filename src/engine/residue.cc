#include "src/engine/residue.h"

#include <chrono>
#include <new>

namespace onlyleads::engine {

namespace {

// A verb that removes one person does not wait for the rebuilding of more than this.
constexpr int64_t kRebuiltAtOnceBytes = 16 * 1024 * 1024;
// Up to here every removal rebuilds; above, rebuilding takes a twentieth of the time at most.
constexpr int64_t kSmallBytes = 4 * 1024 * 1024;
constexpr int kPauses = 19;

}  // namespace

absl::StatusOr<storage::Residue> ClearResidue(storage::Connection* db) {
  OL_ASSIGN_OR_RETURN(storage::Residue residue, storage::LoadResidue(db));
  if (residue.pending == 0) return residue;
  // First whether the log can be cleared: while somebody reads, each try would add a copy of the
  // whole database to it.
  OL_ASSIGN_OR_RETURN(const bool unread, db->ClearLog());
  if (!unread) return residue;
  OL_ASSIGN_OR_RETURN(const bool rebuilt, db->Rebuild());
  if (!rebuilt) return residue;
  OL_ASSIGN_OR_RETURN(const bool cleared, db->ClearLog());
  if (!cleared) return residue;
  // Only what was counted before the log was cleared: another process may have removed more since.
  OL_RETURN_IF_ERROR(storage::SubtractResidue(db, residue.pending));
  return storage::LoadResidue(db);
}

void ClearResidueIfPossible(Engine& engine, storage::Connection* db) noexcept {
  using Clock = std::chrono::steady_clock;
  try {
    const auto size = db->Bytes();
    if (!size.ok() || *size > kRebuiltAtOnceBytes) return;
    const Clock::time_point begin = Clock::now();
    if (*size > kSmallBytes && begin < engine.rebuild_not_before) return;
    (void)ClearResidue(db);
    const Clock::time_point end = Clock::now();
    engine.rebuild_not_before = end + kPauses * (end - begin);
  } catch (const std::bad_alloc&) {
    return;
  }
}

absl::StatusOr<storage::Residue> GetResidue(Engine& engine) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  return storage::LoadResidue(session.db());
}

}  // namespace onlyleads::engine
