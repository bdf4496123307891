#include "src/engine/holds.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "src/base/error.h"
#include "src/engine/audit.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/storage/prospect_store.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;

constexpr size_t kMaxReasonBytes = 64;

// A code, because the audit repeats it and nothing erases it there.
bool IsCode(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReasonBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '_' || absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

absl::Status RequireSubject(const Session& session, const base::Id& org_id,
                            const base::Id& prospect_id) {
  if (prospect_id.is_nil()) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(session.db(), org_id, prospect_id));
  if (facts) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(const auto deleted, storage::LoadDeleted(session.db(), org_id, prospect_id));
  if (deleted) return absl::OkStatus();
  return Error(ErrorCode::kNotFound, "prospect_id: no such person");
}

}  // namespace

absl::StatusOr<base::Id> PlaceHold(Engine& engine, const base::Id& org_id,
                                   const base::Id& prospect_id, const std::string& reason,
                                   int64_t until_us) {
  if (!IsCode(reason)) {
    return Error(ErrorCode::kInvalidArgument,
                 "reason: must be a code of 1 to 64 lower-case letters, digits and underscores");
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  if (until_us != 0 && until_us <= session.now_us()) {
    return Error(ErrorCode::kInvalidArgument, "until_us: is not in the future");
  }
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_RETURN_IF_ERROR(RequireSubject(session, org_id, prospect_id));
  storage::HoldRow row{session.NewId(), prospect_id, reason, std::nullopt};
  if (until_us != 0) {
    row.until_us = until_us;
    OL_RETURN_IF_ERROR(storage::TouchRetentionDue(db, org_id, until_us));
  }
  OL_RETURN_IF_ERROR(storage::InsertHold(db, org_id, row, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "hold.place", prospect_id,
                                "{\"reason\":\"" + reason + "\"}"));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return row.hold_id;
}

absl::Status ReleaseHold(Engine& engine, const base::Id& org_id, const base::Id& hold_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(
      const auto known,
      storage::QueryInt(db, "SELECT count(*) FROM holds WHERE org_id = $1 AND hold_id = $2",
                        {org_id, hold_id}));
  if (known.value_or(0) == 0) return Error(ErrorCode::kNotFound, "hold_id: no such hold");
  OL_ASSIGN_OR_RETURN(const bool released,
                      storage::ReleaseHold(db, org_id, hold_id, session.now_us()));
  if (!released) return absl::OkStatus();
  // What waited for this is due by its original clock.
  OL_RETURN_IF_ERROR(storage::TouchRetentionDue(db, org_id, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "hold.release", hold_id));
  return transaction.Commit();
}

absl::StatusOr<base::Table> ListHolds(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  base::Table table({{"hold_id", ColumnType::kId},
                     {"prospect_id", ColumnType::kId},
                     {"reason", ColumnType::kText},
                     {"placed_at_us", ColumnType::kInt},
                     {"until_us", ColumnType::kInt},
                     {"released_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(
      ReadRows(session.db()->Query("SELECT hold_id, prospect_id, reason, placed_at_us, until_us, "
                                   "released_at_us FROM holds WHERE org_id = $1 AND hold_id > $2 "
                                   "ORDER BY hold_id LIMIT $3",
                                   {org_id, after, size}),
               &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

}  // namespace onlyleads::engine
