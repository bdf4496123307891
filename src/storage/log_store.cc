#include "src/storage/log_store.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/text.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {
namespace {

constexpr std::string_view kClasses[] = {"logs", "usage"};

LogTable Make(const Column& of, std::string_view instant, std::string_view whose) {
  const absl::string_view at = base::ToAbsl(instant);
  const std::string from =
      absl::StrCat(" FROM ", base::ToAbsl(of.table), " WHERE ", base::ToAbsl(whose));
  const std::string old = absl::StrCat(from, " AND ", at, " <= $2");
  return {of.table,
          of.retention,
          absl::StrCat("SELECT min(", at, ")", from),
          absl::StrCat("SELECT count(*), min(", at, ")", old),
          absl::StrCat("SELECT max(at) FROM (SELECT ", at, " AS at", old, " ORDER BY ", at,
                       " LIMIT $3)"),
          absl::StrCat("DELETE", old)};
}

// A file's rejects are as old as its import, also one that never came to its end, and go with all
// of it.
LogTable ImportRejects(const Column& of) {
  const std::string with_rejects =
      "SELECT min(coalesce(i.finished_at_us, i.started_at_us)) FROM imports i WHERE i.org_id = $1 "
      "AND EXISTS (SELECT 1 FROM "
      "import_rejects r WHERE r.org_id = i.org_id AND r.import_id = i.import_id)";
  return {of.table,
          of.retention,
          with_rejects,
          "SELECT count(*), min(coalesce(i.finished_at_us, i.started_at_us)) FROM imports i JOIN "
          "import_rejects r ON r.org_id "
          "= i.org_id AND r.import_id = i.import_id WHERE i.org_id = $1 AND "
          "coalesce(i.finished_at_us, i.started_at_us) <= $2",
          absl::StrCat(with_rejects,
                       " AND coalesce(i.finished_at_us, i.started_at_us) <= $2 AND $3 > 0"),
          "DELETE FROM import_rejects WHERE org_id = $1 AND import_id IN (SELECT import_id FROM "
          "imports WHERE org_id = $1 AND coalesce(finished_at_us, started_at_us) <= $2)"};
}

std::optional<LogTable> Special(const Column& of) {
  if (of.table == "import_rejects") return ImportRejects(of);
  if (of.table != "account_uses") return std::nullopt;
  // An account's uses belong to whoever sends through it.
  return Make(of, "used_at_us",
              "account_ref IN (SELECT account_ref FROM senders WHERE org_id = $1) AND action IN "
              "('invitation', 'message', 'profile')");
}

std::vector<LogTable> FindLogTables() {
  std::vector<LogTable> tables;
  std::string_view last;
  for (const Column& column : Registry()) {
    if (!base::IsOneOf(column.retention, kClasses) || column.table == last) continue;
    if (auto special = Special(column)) {
      tables.push_back(*std::move(special));
      last = column.table;
    } else if (absl::EndsWith(base::ToAbsl(column.column), "at_us")) {
      tables.push_back(Make(column, column.column, "org_id = $1"));
      last = column.table;
    }
  }
  return tables;
}

}  // namespace

const std::vector<LogTable>& LogTables() {
  static const std::vector<LogTable>* const kTables = new std::vector<LogTable>(FindLogTables());
  return *kTables;
}

absl::StatusOr<std::optional<int64_t>> OldestLog(Connection* db, const LogTable& table,
                                                 const base::Id& org_id) {
  return QueryInt(db, table.oldest, {org_id});
}

absl::StatusOr<LogCount> CountLogs(Connection* db, const LogTable& table, const base::Id& org_id,
                                   int64_t until_us) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, db->Query(table.count, {org_id, until_us}));
  OL_RETURN_IF_ERROR(cursor.Next().status());
  return LogCount{cursor.Int(0), cursor.IntOrNull(1)};
}

absl::StatusOr<int64_t> DeleteLogs(Connection* db, const LogTable& table, const base::Id& org_id,
                                   int64_t until_us, int limit) {
  OL_ASSIGN_OR_RETURN(const std::optional<int64_t> bound,
                      QueryInt(db, table.bound, {org_id, until_us, limit}));
  if (!bound) return 0;
  return db->Run(table.remove, {org_id, *bound});
}

}  // namespace onlyleads::storage
