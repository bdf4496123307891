#include "src/engine/rights.h"

#include "src/base/error.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/progress.h"
#include "src/storage/campaign_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

using base::Error;
using base::ErrorCode;
using base::Table;

namespace {

// Nothing more is sent to the person or computed about them, in this transaction; what was on its
// way.
absl::StatusOr<Table> StopProcessing(Session& session, const base::Id& org_id,
                                     const base::Id& prospect_id, std::string_view reason) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(Table on_their_way, WithdrawMessages(session, org_id, prospect_id, reason));
  OL_RETURN_IF_ERROR(
      storage::StopEnrollments(db, org_id, prospect_id, reason, session.now_us()).status());
  OL_RETURN_IF_ERROR(
      db->Run("DELETE FROM scores WHERE org_id = $1 AND prospect_id = $2", {org_id, prospect_id})
          .status());
  return on_their_way;
}

}  // namespace

absl::StatusOr<std::optional<Table>> RecordObjection(Session& session, const base::Id& org_id,
                                                     const base::Id& prospect_id,
                                                     std::string_view actor,
                                                     std::string_view reason) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return std::nullopt;
  OL_RETURN_IF_ERROR(storage::SetObjected(db, org_id, prospect_id, session.now_us()));
  OL_ASSIGN_OR_RETURN(Table on_their_way, StopProcessing(session, org_id, prospect_id, reason));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, actor, "prospect.object", prospect_id));
  return on_their_way;
}

absl::StatusOr<Table> RestrictProspect(Engine& engine, const base::Id& org_id,
                                       const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(storage::SetRestricted(db, org_id, prospect_id, session.now_us()));
  OL_ASSIGN_OR_RETURN(Table on_their_way,
                      StopProcessing(session, org_id, prospect_id, "restricted"));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "prospect.restrict", prospect_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return on_their_way;
}

absl::Status LiftRestriction(Engine& engine, const base::Id& org_id, const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(storage::SetRestricted(db, org_id, prospect_id, std::nullopt));
  OL_RETURN_IF_ERROR(
      WriteAudit(session, org_id, "member", "prospect.lift_restriction", prospect_id));
  return transaction.Commit();
}

absl::StatusOr<Table> ObjectProspect(Engine& engine, const base::Id& org_id,
                                     const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(std::optional<Table> on_their_way,
                      RecordObjection(session, org_id, prospect_id, "member", "objected"));
  if (!on_their_way) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(transaction.Commit());
  return *std::move(on_their_way);
}

absl::StatusOr<Table> EraseProspect(Engine& engine, const base::Id& org_id,
                                    const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_ASSIGN_OR_RETURN(const auto identifiers, storage::LoadIdentifiers(db, org_id, prospect_id));
  for (const storage::IdentifierRow& identifier : identifiers) {
    OL_RETURN_IF_ERROR(storage::InsertTombstone(
        db, org_id, CurrentKey(session, identifier.kind, identifier.value), session.now_us()));
  }
  OL_ASSIGN_OR_RETURN(Table on_their_way, WithdrawMessages(session, org_id, prospect_id, "erased"));
  OL_RETURN_IF_ERROR(
      storage::StopEnrollments(db, org_id, prospect_id, "erased", session.now_us()).status());
  OL_RETURN_IF_ERROR(storage::EraseByRegistry(db, org_id, prospect_id));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "prospect.erase", prospect_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  // Best effort: the log keeps the old pages until no reader holds it.
  OL_ASSIGN_OR_RETURN(storage::Cursor checkpoint, db->Query("PRAGMA wal_checkpoint(TRUNCATE)", {}));
  OL_RETURN_IF_ERROR(checkpoint.Next().status());
  return on_their_way;
}

}  // namespace onlyleads::engine
