// The call itself and what is recorded of its outcome: sent, not sent, or unknown. Unknown is a
// state of its own and never sent again before the provider was asked.
#ifndef ONLYLEADS_SRC_ENGINE_DELIVERY_H_
#define ONLYLEADS_SRC_ENGINE_DELIVERY_H_

#include "src/engine/claim.h"
#include "src/engine/engine.h"
#include "src/engine/run.h"
#include "src/providers/transport.h"
#include "src/providers/unipile/errors.h"

namespace onlyleads::engine {

// The only send: hands the dispatch's request to the transport. A call starts only while it can end
// before the lease does; otherwise, or when the transport refuses, it counts as not started.
// Returns the reply in that case, nullopt when one will come from Poll.
std::optional<providers::HttpReply> Send(Engine& engine, uint64_t request_id, Dispatch* dispatch);

// Records what came of it, in a transaction of its own, and counts it in `report`.
absl::Status RecordOutcome(Engine& engine, const Dispatch& dispatch,
                           const providers::HttpReply& reply, RunReport* report);

// Stops the sender, or the provider account for everybody who sends through it, when the answer of
// a write or a read says that our key or the account is at fault; logged. Other answers stop
// nothing.
absl::Status StopIfAtFault(Session& session, const base::Id& org_id, const base::Id& sender_id,
                           const base::Id& account_ref, providers::unipile::ErrorClass cls,
                           std::string_view slug);

// A message of unknown outcome turns out to have been sent.
absl::Status SettleSent(Session& session, const base::Id& org_id, storage::MessageRow message,
                        std::string_view remote_id, std::string_view chat_id);
// ... or not: queued again for the next day, parked after too many attempts.
absl::Status SettleNotSent(Session& session, const base::Id& org_id, storage::MessageRow message,
                           RunReport* report);
// Claims whose lease ended without an outcome (a killed process): unknown from now on.
absl::StatusOr<int64_t> ExpireLeases(Session& session, const base::Id& org_id);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_DELIVERY_H_
