// What happens at open when the database is an older copy of what the ledger tells of: it is
// recognised, what it does not know is replayed before anybody reads it, and its senders look
// before they send.
#ifndef ONLYLEADS_SRC_ENGINE_RESTORE_H_
#define ONLYLEADS_SRC_ENGINE_RESTORE_H_

#include "src/engine/engine.h"

namespace onlyleads::engine {

// kLedgerBehind when the sink lacks what this database wrote, kLedgerForked when another copy goes
// on with it, kLedgerCorrupt for a damaged frame. Changes nothing on error.
absl::Status CheckLineage(Engine& engine);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RESTORE_H_
