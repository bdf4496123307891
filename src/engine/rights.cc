#include "src/engine/rights.h"

#include <algorithm>
#include <vector>

#include "src/base/error.h"
#include "src/domain/retention.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/ledger.h"
#include "src/engine/progress.h"
#include "src/engine/residue.h"
#include "src/storage/campaign_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

using base::Error;
using base::ErrorCode;
using base::Table;

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

absl::StatusOr<std::optional<Table>> RecordObjection(Session& session, const base::Id& org_id,
                                                     const base::Id& prospect_id,
                                                     std::string_view actor,
                                                     std::string_view reason,
                                                     std::optional<int64_t> at_us) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return std::nullopt;
  const int64_t objected_us = at_us.value_or(session.now_us());
  OL_RETURN_IF_ERROR(storage::SetObjected(db, org_id, prospect_id, objected_us));
  OL_ASSIGN_OR_RETURN(const auto identifiers,
                      storage::LoadKnownIdentifiers(db, org_id, prospect_id));
  for (const storage::IdentifierRow& identifier : identifiers) {
    OL_RETURN_IF_ERROR(NoteObjection(session, org_id, identifier, reason, objected_us));
  }
  OL_ASSIGN_OR_RETURN(Table on_their_way, StopProcessing(session, org_id, prospect_id, reason));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, actor, "prospect.object", prospect_id));
  return on_their_way;
}

absl::Status KeepRestriction(Session& session, const base::Id& org_id, const base::Id& prospect_id,
                             int64_t at_us) {
  OL_ASSIGN_OR_RETURN(const auto identifiers,
                      storage::LoadKnownIdentifiers(session.db(), org_id, prospect_id));
  for (const storage::IdentifierRow& identifier : identifiers) {
    OL_RETURN_IF_ERROR(storage::InsertRestriction(
        session.db(), org_id, CurrentKey(session, identifier.kind, identifier.value), at_us));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Table>> RecordRestriction(Session& session, const base::Id& org_id,
                                                       const base::Id& prospect_id,
                                                       std::string_view actor,
                                                       std::optional<int64_t> at_us) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return std::nullopt;
  const int64_t restricted_us = at_us.value_or(session.now_us());
  OL_RETURN_IF_ERROR(storage::SetRestricted(db, org_id, prospect_id, restricted_us));
  OL_RETURN_IF_ERROR(KeepRestriction(session, org_id, prospect_id, restricted_us));
  OL_ASSIGN_OR_RETURN(Table on_their_way,
                      StopProcessing(session, org_id, prospect_id, "restricted"));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, actor, "prospect.restrict", prospect_id));
  return on_their_way;
}

absl::StatusOr<Table> RestrictProspect(Engine& engine, const base::Id& org_id,
                                       const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(std::optional<Table> on_their_way,
                      RecordRestriction(session, org_id, prospect_id, "member"));
  if (!on_their_way) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(transaction.Commit());
  return *std::move(on_their_way);
}

absl::Status LiftRestriction(Engine& engine, const base::Id& org_id, const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(storage::SetRestricted(db, org_id, prospect_id, std::nullopt));
  OL_ASSIGN_OR_RETURN(const auto keys, AllKeysOf(session, org_id, prospect_id));
  for (const storage::KeyedIdentifier& key : keys) {
    OL_RETURN_IF_ERROR(storage::DeleteRestriction(db, org_id, key));
  }
  OL_RETURN_IF_ERROR(
      WriteAudit(session, org_id, "member", "prospect.lift_restriction", prospect_id));
  return transaction.Commit();
}

namespace {

// Somebody who was deleted and not yet purged is not written to when they come back with a file.
absl::StatusOr<std::optional<Table>> ObjectDeleted(Session& session, const base::Id& org_id,
                                                   const base::Id& prospect_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto deleted, storage::LoadDeleted(db, org_id, prospect_id));
  if (!deleted) return std::nullopt;
  OL_ASSIGN_OR_RETURN(const auto keys, storage::LoadDeletedKeys(db, org_id, prospect_id));
  for (const storage::KeyedIdentifier& key : keys) {
    OL_RETURN_IF_ERROR(
        storage::InsertSuppression(db, org_id, key, "all", "objected", session.now_us()).status());
  }
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "prospect.object", prospect_id));
  return WithdrawMessages(session, org_id, prospect_id, "deleted");
}

}  // namespace

absl::StatusOr<Table> ObjectProspect(Engine& engine, const base::Id& org_id,
                                     const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(std::optional<Table> on_their_way,
                      RecordObjection(session, org_id, prospect_id, "member", "objected"));
  if (!on_their_way) {
    OL_ASSIGN_OR_RETURN(on_their_way, ObjectDeleted(session, org_id, prospect_id));
  }
  if (!on_their_way) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(transaction.Commit());
  return *std::move(on_their_way);
}

namespace {

using Keys = std::vector<storage::KeyedIdentifier>;

absl::Status RefuseHeld(const Session& session, const base::Id& org_id,
                        const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const bool held,
                      storage::IsHeld(session.db(), org_id, prospect_id, session.now_us()));
  if (!held) return absl::OkStatus();
  return Error(ErrorCode::kDenied, "DENY_ERASURE_LEGAL_HOLD: a hold keeps this person's data");
}

absl::StatusOr<Keys> KeysOf(const Session& session, const base::Id& org_id,
                            const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const auto identifiers,
                      storage::LoadKnownIdentifiers(session.db(), org_id, prospect_id));
  Keys keys;
  for (const storage::IdentifierRow& identifier : identifiers) {
    keys.push_back(CurrentKey(session, identifier.kind, identifier.value));
  }
  return keys;
}

// Objection and restriction outlive the person's data: whoever comes back with a file is not
// written to.
absl::Status KeepFacts(Session& session, const base::Id& org_id, const base::Id& prospect_id,
                       const Keys& keys) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, prospect_id));
  if (!facts) return absl::OkStatus();
  if (facts->restricted_at_us) {
    OL_RETURN_IF_ERROR(KeepRestriction(session, org_id, prospect_id, *facts->restricted_at_us));
  }
  std::vector<std::string_view> channels;
  if (facts->objected_at_us) {
    channels = {"all"};
  } else {
    if (facts->suppressed_email) channels.push_back("email");
    if (facts->suppressed_linkedin) channels.push_back("linkedin");
  }
  for (const storage::KeyedIdentifier& key : keys) {
    for (const std::string_view channel : channels) {
      OL_RETURN_IF_ERROR(
          storage::InsertSuppression(db, org_id, key, channel, "objected_before",
                                     facts->objected_at_us.value_or(session.now_us()))
              .status());
    }
  }
  return absl::OkStatus();
}

// Out of every table, with nothing queued left; what was already on its way comes back.
absl::StatusOr<Table> RemoveRows(Session& session, const base::Id& org_id,
                                 const base::Id& prospect_id, std::string_view outcome) {
  OL_ASSIGN_OR_RETURN(Table on_their_way, StopProcessing(session, org_id, prospect_id, outcome));
  OL_RETURN_IF_ERROR(storage::EraseByRegistry(session.db(), org_id, prospect_id));
  return on_their_way;
}

// Off with the person, with a tombstone for each key.
absl::StatusOr<Table> EraseOne(Session& session, const base::Id& org_id,
                               const base::Id& prospect_id, const Keys& keys) {
  OL_RETURN_IF_ERROR(RefuseHeld(session, org_id, prospect_id));
  for (const storage::KeyedIdentifier& key : keys) {
    OL_RETURN_IF_ERROR(storage::InsertTombstone(session.db(), org_id, key, session.now_us()));
  }
  OL_ASSIGN_OR_RETURN(Table on_their_way, RemoveRows(session, org_id, prospect_id, "erased"));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "prospect.erase", prospect_id));
  return on_their_way;
}

absl::Status CommitRemoval(Session& session, int64_t removals, storage::Transaction* transaction) {
  OL_RETURN_IF_ERROR(storage::AddResidue(session.db(), removals, session.now_us()));
  OL_RETURN_IF_ERROR(transaction->Commit());
  ClearResidueIfPossible(session.engine(), session.db());
  return absl::OkStatus();
}

std::string SealContext(const base::Id& org_id, const base::Id& prospect_id) {
  return "deleted:" + ToString(org_id) + ToString(prospect_id);
}

}  // namespace

absl::StatusOr<Table> EraseProspect(Engine& engine, const base::Id& org_id,
                                    const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool live, storage::BumpFacts(db, org_id, prospect_id));
  Keys keys;
  if (live) {
    OL_ASSIGN_OR_RETURN(keys, KeysOf(session, org_id, prospect_id));
  } else {
    OL_ASSIGN_OR_RETURN(const auto deleted, storage::LoadDeleted(db, org_id, prospect_id));
    if (!deleted) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
    OL_ASSIGN_OR_RETURN(keys, storage::LoadDeletedKeys(db, org_id, prospect_id));
  }
  OL_ASSIGN_OR_RETURN(Table on_their_way, EraseOne(session, org_id, prospect_id, keys));
  // Copies of the same person from before they came back with another list.
  OL_ASSIGN_OR_RETURN(const std::vector<base::Id> earlier, FindDeleted(session, org_id, keys));
  for (const base::Id& copy : earlier) {
    OL_ASSIGN_OR_RETURN(const Keys of_copy, storage::LoadDeletedKeys(db, org_id, copy));
    OL_RETURN_IF_ERROR(EraseOne(session, org_id, copy, of_copy).status());
  }
  OL_RETURN_IF_ERROR(
      CommitRemoval(session, 1 + static_cast<int64_t>(earlier.size()), &transaction));
  return on_their_way;
}

absl::StatusOr<Table> DeleteProspect(Engine& engine, const base::Id& org_id,
                                     const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db, org_id, prospect_id));
  if (!known) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(RefuseHeld(session, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(const Keys keys, KeysOf(session, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(const std::string copy, WriteCopy(session, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(const std::string sealed, base::Seal(session.keys().current().seal,
                                                           SealContext(org_id, prospect_id), copy));
  OL_RETURN_IF_ERROR(KeepFacts(session, org_id, prospect_id, keys));
  OL_ASSIGN_OR_RETURN(Table on_their_way, RemoveRows(session, org_id, prospect_id, "deleted"));
  OL_RETURN_IF_ERROR(
      storage::InsertDeleted(db, org_id, {prospect_id, session.now_us(), sealed}, keys));
  OL_RETURN_IF_ERROR(
      storage::TouchRetentionDue(db, org_id, session.now_us() + domain::kPurgeDelayUs));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "prospect.delete", prospect_id));
  OL_RETURN_IF_ERROR(CommitRemoval(session, 1, &transaction));
  return on_their_way;
}

absl::StatusOr<std::vector<base::Id>> FindDeleted(
    const Session& session, const base::Id& org_id,
    const std::vector<storage::KeyedIdentifier>& keys) {
  std::vector<base::Id> found;
  std::vector<storage::KeyedIdentifier> open = keys;
  while (!open.empty()) {
    const storage::KeyedIdentifier key = open.back();
    open.pop_back();
    OL_ASSIGN_OR_RETURN(const auto copies, storage::FindDeletedBy(session.db(), org_id, key));
    for (const base::Id& copy : copies) {
      if (std::find(found.begin(), found.end(), copy) != found.end()) continue;
      found.push_back(copy);
      OL_ASSIGN_OR_RETURN(const auto more, storage::LoadDeletedKeys(session.db(), org_id, copy));
      open.insert(open.end(), more.begin(), more.end());
    }
  }
  return found;
}

absl::StatusOr<std::string> OpenDeleted(const Session& session, const base::Id& org_id,
                                        const storage::DeletedRow& row) {
  const std::string context = SealContext(org_id, row.prospect_id);
  for (const storage::Keyring::Generation& generation : session.keys().all()) {
    auto document = base::Unseal(generation.seal, context, row.document_sealed);
    if (document.ok()) return document;
  }
  return Error(ErrorCode::kCorrupt, "the copy of a deleted person cannot be opened");
}

absl::StatusOr<bool> PurgeProspect(Session& session, const base::Id& org_id,
                                   const base::Id& prospect_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const bool live, storage::BumpFacts(db, org_id, prospect_id));
  if (live) {
    OL_ASSIGN_OR_RETURN(const Keys keys, KeysOf(session, org_id, prospect_id));
    OL_RETURN_IF_ERROR(KeepFacts(session, org_id, prospect_id, keys));
  } else {
    OL_ASSIGN_OR_RETURN(const auto deleted, storage::LoadDeleted(db, org_id, prospect_id));
    if (!deleted) return false;
  }
  OL_RETURN_IF_ERROR(RemoveRows(session, org_id, prospect_id, "purged").status());
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "prospect.purge", prospect_id));
  return true;
}

}  // namespace onlyleads::engine
