#include "src/engine/contract_end.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/domain/organizations.h"
#include "src/engine/audit.h"
#include "src/engine/new_file.h"
#include "src/engine/residue.h"
#include "src/storage/migrations.h"
#include "src/storage/organization_data.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;
using storage::OwnedTable;

constexpr int kDeleteBatch = 2000;
constexpr int64_t kExportChunk = 1000;

absl::StatusOr<int64_t> CountAll(storage::Connection* db, const std::vector<OwnedTable>& tables,
                                 const base::Id& org_id, bool for_deletion) {
  int64_t total = 0;
  for (const OwnedTable& table : tables) {
    if (for_deletion && table.outlives_deletion) continue;
    OL_ASSIGN_OR_RETURN(const int64_t rows, storage::CountOwned(db, table, org_id));
    total += rows;
  }
  return total;
}

std::string Line(const std::function<void(base::JsonWriter*)>& fill) {
  base::JsonWriter json;
  json.BeginObject();
  fill(&json);
  json.EndObject();
  return json.Take() + "\n";
}

// The accounts behind the organization's senders: shared with others, so no table of its own.
absl::StatusOr<std::string> AccountLines(storage::Connection* db, const base::Id& org_id,
                                         int64_t* rows) {
  OL_ASSIGN_OR_RETURN(const auto senders, storage::LoadSenders(db, org_id));
  std::string lines;
  for (const storage::SenderRow& sender : senders) {
    ++*rows;
    absl::StrAppend(&lines, Line([&](base::JsonWriter* json) {
      json->Field("table", "external_accounts").Key("row").BeginObject();
      json->Field("account_ref", ToString(sender.account_ref));
      json->Field("provider", sender.provider);
      json->Field("account_id", sender.account_id).EndObject();
    }));
  }
  return lines;
}

// In one transaction: nothing more goes out for this organization, and the audit says why. With
// `ended_as_of_us` only where its account data may not be kept any more by then.
absl::Status StopForDeletion(Session& session, const base::Id& org_id,
                             std::optional<int64_t> ended_as_of_us) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const auto organization, storage::LoadOrganization(db, org_id));
  if (!organization) return Error(ErrorCode::kNotFound, "org_id: no such organization");
  OL_ASSIGN_OR_RETURN(const bool held, storage::HasHolds(db, org_id, session.now_us()));
  if (held) return Error(ErrorCode::kDenied, "DENY_ERASURE_LEGAL_HOLD: a hold keeps this data");
  if (ended_as_of_us &&
      !domain::AccountDataIsOver(organization->active_until_us, *ended_as_of_us)) {
    return Error(ErrorCode::kDenied, "org_id: its subscription has not ended long enough ago");
  }
  const int64_t end =
      std::min(organization->active_until_us.value_or(session.now_us()), session.now_us());
  OL_RETURN_IF_ERROR(storage::SetActiveUntil(db, org_id, end).status());
  OL_RETURN_IF_ERROR(
      db->Run("UPDATE senders SET state = 'disconnected' WHERE org_id = $1", {org_id}).status());
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "organization.delete", {}));
  OL_RETURN_IF_ERROR(transaction.Commit());
  OL_ASSIGN_OR_RETURN(
      const auto in_flight,
      storage::QueryInt(db, "SELECT count(*) FROM outbox WHERE org_id = $1 AND state = 'in_flight'",
                        {org_id}));
  if (in_flight.value_or(0) == 0) return absl::OkStatus();
  return Error(ErrorCode::kConflict,
               "org_id: messages are being sent; sending has stopped, delete again when run has "
               "recorded how they ended");
}

absl::StatusOr<int64_t> DeleteBatch(Engine& engine, const OwnedTable& table,
                                    const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const int64_t rows,
                      storage::DeleteOwned(session.db(), table, org_id, kDeleteBatch));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return rows;
}

// What others wrote meanwhile goes with the organization itself, in one transaction.
absl::StatusOr<int64_t> DeleteRest(Engine& engine, const std::vector<OwnedTable>& tables,
                                   const base::Id& org_id, int64_t deleted) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  for (const OwnedTable& table : tables) {
    if (table.outlives_deletion) continue;
    OL_ASSIGN_OR_RETURN(const int64_t rows, storage::DeleteOwned(db, table, org_id, -1));
    deleted += rows;
  }
  OL_RETURN_IF_ERROR(storage::DeleteUnusedAccounts(db).status());
  // In the installation's own chain: the organization is nobody's to look into any more.
  OL_RETURN_IF_ERROR(WriteAudit(session, base::Id{}, "system", "organization.delete", org_id,
                                absl::StrCat("{\"rows\":", deleted, "}")));
  OL_RETURN_IF_ERROR(storage::AddResidue(db, 1, session.now_us()));
  OL_RETURN_IF_ERROR(transaction.Commit());
  ClearResidueIfPossible(engine, db);
  return deleted;
}

}  // namespace

absl::StatusOr<int64_t> ExportOrganization(Engine& engine, const base::Id& org_id,
                                           const std::string& path, const WorkProgress& progress) {
  if (path.empty()) return Error(ErrorCode::kInvalidArgument, "path: is empty");
  const CallScope call(engine);
  int64_t now_us = 0;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(const auto known, storage::LoadOrganization(session.db(), org_id));
    if (!known) return Error(ErrorCode::kNotFound, "org_id: no such organization");
    now_us = session.now_us();
  }
  OL_ASSIGN_OR_RETURN(NewFile file, NewFile::Create(path, "path"));
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(storage::Transaction transaction,
                        storage::Transaction::Begin(session.db()));
    OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "organization.export", {}));
    OL_RETURN_IF_ERROR(transaction.Commit());
  }
  // A connection of its own: the engine works on while a long export reads one state.
  OL_ASSIGN_OR_RETURN(const Snapshot snapshot, Snapshot::Begin(engine));
  OL_ASSIGN_OR_RETURN(std::vector<OwnedTable> tables, storage::OwnedTables(snapshot.db()));
  std::reverse(tables.begin(), tables.end());  // what others refer to comes first
  OL_ASSIGN_OR_RETURN(const int64_t total, CountAll(snapshot.db(), tables, org_id, false));
  OL_RETURN_IF_ERROR(file.Write(Line([&](base::JsonWriter* json) {
    json->Field("format", "onlyleads.organization")
        .Field("version", 1)
        .Field("schema", storage::Migrations().back().version)
        .Field("org_id", ToString(org_id))
        .Field("exported_at_us", now_us);
  })));
  int64_t rows = 0;
  for (const OwnedTable& table : tables) {
    const std::string prefix = absl::StrCat("{\"table\":\"", table.name, "\",\"row\":");
    OL_RETURN_IF_ERROR(storage::ReadOwned(snapshot.db(), table, org_id, [&](std::string_view json) {
      if (rows++ % kExportChunk == 0) {
        OL_RETURN_IF_ERROR(TellProgress(engine, progress, rows - 1, total));
      }
      return file.Write(prefix + std::string(json) + "}\n");
    }));
  }
  OL_ASSIGN_OR_RETURN(const std::string accounts, AccountLines(snapshot.db(), org_id, &rows));
  OL_RETURN_IF_ERROR(file.Write(accounts));
  // Without this line the file is not whole.
  OL_RETURN_IF_ERROR(file.Write(
      Line([&](base::JsonWriter* json) { json->Field("end", true).Field("rows", rows); })));
  OL_RETURN_IF_ERROR(TellProgress(engine, progress, total, total));
  OL_RETURN_IF_ERROR(file.Finish());
  return rows;
}

namespace {

absl::StatusOr<int64_t> Remove(Engine& engine, const base::Id& org_id,
                               std::optional<int64_t> ended_as_of_us,
                               const WorkProgress& progress) {
  std::vector<OwnedTable> tables;
  int64_t total = 0;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_RETURN_IF_ERROR(StopForDeletion(session, org_id, ended_as_of_us));
    OL_ASSIGN_OR_RETURN(tables, storage::OwnedTables(session.db()));
    OL_ASSIGN_OR_RETURN(total, CountAll(session.db(), tables, org_id, true));
  }
  int64_t deleted = 0;
  for (const OwnedTable& table : tables) {
    // The organization's own row is the last, in the transaction that accounts for it.
    if (table.outlives_deletion || table.name == "organizations") continue;
    int64_t rows = kDeleteBatch;
    while (rows == kDeleteBatch) {
      OL_RETURN_IF_ERROR(TellProgress(engine, progress, deleted, total));
      OL_ASSIGN_OR_RETURN(rows, DeleteBatch(engine, table, org_id));
      deleted += rows;
    }
  }
  return DeleteRest(engine, tables, org_id, deleted);
}

}  // namespace

absl::StatusOr<int64_t> DeleteOrganization(Engine& engine, const base::Id& org_id,
                                           const WorkProgress& progress) {
  const CallScope call(engine);
  return Remove(engine, org_id, std::nullopt, progress);
}

absl::StatusOr<int64_t> RemoveEndedOrganization(Engine& engine, const base::Id& org_id,
                                                int64_t as_of_us, const WorkProgress& progress) {
  return Remove(engine, org_id, as_of_us, progress);
}

}  // namespace onlyleads::engine
