#include "src/storage/log_store.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {
namespace {

LogTable Make(std::string_view table, std::string_view instant, std::string_view where) {
  const absl::string_view t = base::ToAbsl(table), at = base::ToAbsl(instant);
  const std::string from = absl::StrCat(" FROM ", t, " WHERE ", base::ToAbsl(where));
  return {table, absl::StrCat("SELECT count(*), min(", at, ")", from),
          absl::StrCat("SELECT max(at) FROM (SELECT ", at, " AS at", from, " ORDER BY ", at,
                       " LIMIT $3)"),
          absl::StrCat("DELETE", from)};
}

// An account's uses belong to whoever sends through it; a file's rejects are as old as its import.
std::optional<LogTable> Special(std::string_view table) {
  if (table == "account_uses") {
    return Make(table, "used_at_us",
                "account_ref IN (SELECT account_ref FROM senders WHERE org_id = $1) AND action IN "
                "('invitation', 'message', 'profile') AND used_at_us <= $2");
  }
  if (table == "import_rejects") {
    LogTable rejects =
        Make(table, "line",
             "org_id = $1 AND import_id IN (SELECT import_id FROM imports WHERE org_id = $1 AND "
             "finished_at_us <= $2)");
    rejects.count =
        "SELECT count(*), min(i.finished_at_us) FROM imports i JOIN import_rejects r ON r.org_id = "
        "i.org_id AND r.import_id = i.import_id WHERE i.org_id = $1 AND i.finished_at_us <= $2";
    // One whole import at a time: the oldest that has any.
    rejects.bound =
        "SELECT min(i.finished_at_us) FROM imports i WHERE i.org_id = $1 AND i.finished_at_us <= "
        "$2 AND $3 > 0 AND EXISTS (SELECT 1 FROM import_rejects r WHERE r.org_id = i.org_id AND "
        "r.import_id = i.import_id)";
    return rejects;
  }
  return std::nullopt;
}

std::vector<LogTable> FindLogTables() {
  std::vector<LogTable> tables;
  std::string_view last;
  for (const Column& column : Registry()) {
    if (column.retention != "logs" || column.table == last) continue;
    if (auto special = Special(column.table)) {
      tables.push_back(*std::move(special));
      last = column.table;
    } else if (absl::EndsWith(base::ToAbsl(column.column), "at_us")) {
      tables.push_back(
          Make(column.table, column.column,
               absl::StrCat("org_id = $1 AND ", base::ToAbsl(column.column), " <= $2")));
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
