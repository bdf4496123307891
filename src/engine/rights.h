// What a person may demand of their data, and how a person is removed: objecting, restricting,
// erasing on their demand, deleting on the customer's, purging when a period is over. The copy is
// access.h.
#ifndef ONLYLEADS_SRC_ENGINE_RIGHTS_H_
#define ONLYLEADS_SRC_ENGINE_RIGHTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {

// All three return what was already on its way: message_id, channel, started_at_us.
absl::StatusOr<base::Table> ObjectProspect(Engine& engine, const base::Id& org_id,
                                           const base::Id& prospect_id);
absl::StatusOr<base::Table> RestrictProspect(Engine& engine, const base::Id& org_id,
                                             const base::Id& prospect_id);
absl::StatusOr<base::Table> EraseProspect(Engine& engine, const base::Id& org_id,
                                          const base::Id& prospect_id);

// Out of every verb's reach but access and erasure; one sealed copy stays until the purge. No
// tombstones: it is the customer who tidies up. An objection is kept as suppressions.
absl::StatusOr<base::Table> DeleteProspect(Engine& engine, const base::Id& org_id,
                                           const base::Id& prospect_id);

// Deleted people, not yet purged, who had one of these identifiers, or share one with such.
absl::StatusOr<std::vector<base::Id>> FindDeleted(
    const Session& session, const base::Id& org_id,
    const std::vector<storage::KeyedIdentifier>& keys);
// The copy that was sealed when the person was deleted.
absl::StatusOr<std::string> OpenDeleted(const Session& session, const base::Id& org_id,
                                        const storage::DeletedRow& row);

// Removes a live or deleted person for good inside a running transaction, without tombstones but
// with their objection kept; the caller counts the residue. False when there is no such person.
absl::StatusOr<bool> PurgeProspect(Session& session, const base::Id& org_id,
                                   const base::Id& prospect_id);

// Ends a restriction, if there is one. What it stopped stays stopped.
absl::Status LiftRestriction(Engine& engine, const base::Id& org_id, const base::Id& prospect_id);

// Nothing more is sent to the person or computed about them, inside a running transaction; what was
// on its way.
absl::StatusOr<base::Table> StopProcessing(Session& session, const base::Id& org_id,
                                           const base::Id& prospect_id, std::string_view reason);
// The objection inside a running transaction, with the facts lock: objected since `at_us` or now,
// nothing queued left, every enrollment stopped for `reason`. What was on its way, or nullopt when
// there is no such person.
absl::StatusOr<std::optional<base::Table>> RecordObjection(Session& session, const base::Id& org_id,
                                                           const base::Id& prospect_id,
                                                           std::string_view actor,
                                                           std::string_view reason,
                                                           std::optional<int64_t> at_us = {});
// The restriction, in the same way.
absl::StatusOr<std::optional<base::Table>> RecordRestriction(Session& session,
                                                             const base::Id& org_id,
                                                             const base::Id& prospect_id,
                                                             std::string_view actor,
                                                             std::optional<int64_t> at_us = {});

// Keeps a person's restriction by their identifiers, inside a running transaction.
absl::Status KeepRestriction(Session& session, const base::Id& org_id, const base::Id& prospect_id,
                             int64_t at_us);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RIGHTS_H_
