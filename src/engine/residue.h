// The second half of a removal: what was deleted logically may stand in the free space of pages
// until the database is rebuilt, and in the write-ahead log until no reader needs it. The count of
// such removals is stored, so that a later run, or the next open after a crash, makes it good.
#ifndef ONLYLEADS_SRC_ENGINE_RESIDUE_H_
#define ONLYLEADS_SRC_ENGINE_RESIDUE_H_

#include "src/engine/engine.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {

// Rebuilds the database and clears the log when something is pending and nobody reads; what is
// pending afterwards. Not inside a transaction.
absl::StatusOr<storage::Residue> ClearResidue(storage::Connection* db);

// The same where the database is small, at open and right after a removal was committed: that
// stands whatever becomes of its bytes now, and no trouble with them must say otherwise. Of many
// removals in a row few rebuild. What stays pending is the next run's.
void ClearResidueIfPossible(Engine& engine, storage::Connection* db) noexcept;

absl::StatusOr<storage::Residue> GetResidue(Engine& engine);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RESIDUE_H_
