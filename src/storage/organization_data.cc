#include "src/storage/organization_data.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/abseil.h"
#include "src/base/json.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {
namespace {

constexpr std::string_view kOrganizations = "organizations";

absl::StatusOr<std::vector<std::string>> Texts(Connection* db, std::string_view sql,
                                               std::string_view table) {
  return Collect(db->Query(sql, {table}),
                 [](const Cursor& cursor) { return std::string(cursor.Text(0)); });
}

std::vector<OwnedTable> RegisteredTables() {
  std::set<std::string_view> owned;
  for (const Column& column : Registry()) {
    if (column.column == "org_id") owned.insert(column.table);
  }
  std::vector<OwnedTable> tables;
  for (const Column& column : Registry()) {
    if (owned.count(column.table) == 0) continue;
    if (tables.empty() || tables.back().name != column.table) {
      tables.push_back({std::string(column.table), {}, {}, false});
      tables.back().outlives_deletion =
          column.table == "audit_entries" || column.table == "audit_heads" ||
          column.table == "audit_anchors" || column.table == "ledger_pending";
    }
    // What is sealed opens nowhere else: it is nothing the customer could use.
    if (column.category != "secret") tables.back().columns.emplace_back(column.column);
  }
  return tables;
}

std::string_view Cell(const Cursor& cursor, int column) { return cursor.Text(2 * column + 1); }

void WriteCell(const Cursor& cursor, int column, base::JsonWriter* json) {
  const std::string_view type = Cell(cursor, column);
  const int value = 2 * column;
  if (type == "null") {
    json->Null();
  } else if (type == "integer") {
    json->Int(cursor.Int(value));
  } else if (type == "real") {
    json->Double(cursor.Double(value));
  } else if (type == "text") {
    json->String(cursor.Text(value));
  } else if (const auto id = base::IdFromBytes(cursor.Bytes(value))) {
    json->String(ToString(*id));
  } else {
    json->String(absl::BytesToHexString(base::ToAbsl(cursor.Bytes(value))));
  }
}

}  // namespace

absl::StatusOr<std::vector<OwnedTable>> OwnedTables(Connection* db) {
  std::vector<OwnedTable> waiting = RegisteredTables();
  std::map<std::string, std::vector<std::string>> parents;
  for (OwnedTable& table : waiting) {
    OL_ASSIGN_OR_RETURN(
        table.key,
        Texts(db, "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", table.name));
    OL_ASSIGN_OR_RETURN(parents[table.name],
                        Texts(db, "SELECT \"table\" FROM pragma_foreign_key_list($1)", table.name));
  }
  std::vector<OwnedTable> ordered;
  while (!waiting.empty()) {
    const auto referred = [&](const OwnedTable& table) {
      return std::any_of(waiting.begin(), waiting.end(), [&](const OwnedTable& other) {
        const auto& names = parents[other.name];
        return other.name != table.name &&
               std::find(names.begin(), names.end(), table.name) != names.end();
      });
    };
    // Those that nothing refers to any more; organizations when it is alone, because its children
    // are not all bound to it by a key.
    const auto free = std::find_if(waiting.begin(), waiting.end(), [&](const OwnedTable& table) {
      return !referred(table) && (table.name != kOrganizations || waiting.size() == 1);
    });
    if (free == waiting.end()) {
      return base::Error(base::ErrorCode::kInternal, "tables refer to each other in a circle");
    }
    ordered.push_back(std::move(*free));
    waiting.erase(free);
  }
  return ordered;
}

absl::StatusOr<int64_t> CountOwned(Connection* db, const OwnedTable& table,
                                   const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> count,
      QueryInt(db, absl::StrCat("SELECT count(*) FROM ", table.name, " WHERE org_id = $1"),
               {org_id}));
  return count.value_or(0);
}

absl::Status ReadOwned(Connection* db, const OwnedTable& table, const base::Id& org_id,
                       const std::function<absl::Status(std::string_view json)>& take) {
  std::vector<std::string> selected;
  for (const std::string& column : table.columns) {
    selected.push_back(absl::StrCat(column, ", typeof(", column, ")"));
  }
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query(absl::StrCat("SELECT ", absl::StrJoin(selected, ", "), " FROM ", table.name,
                             " WHERE org_id = $1 ORDER BY ", absl::StrJoin(table.key, ", ")),
                {org_id}));
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (!row) return absl::OkStatus();
    base::JsonWriter json;
    json.BeginObject();
    for (size_t i = 0; i < table.columns.size(); ++i) {
      json.Key(table.columns[i]);
      WriteCell(cursor, static_cast<int>(i), &json);
    }
    json.EndObject();
    OL_RETURN_IF_ERROR(take(json.Take()));
  }
}

absl::StatusOr<int64_t> DeleteOwned(Connection* db, const OwnedTable& table, const base::Id& org_id,
                                    int limit) {
  const std::string key = absl::StrJoin(table.key, ", ");
  return db->Run(absl::StrCat("DELETE FROM ", table.name, " WHERE (", key, ") IN (SELECT ", key,
                              " FROM ", table.name, " WHERE org_id = $1 LIMIT $2)"),
                 {org_id, limit});
}

absl::StatusOr<int64_t> DeleteUnusedAccounts(Connection* db) {
  return db->Run(
      "DELETE FROM external_accounts WHERE NOT EXISTS (SELECT 1 FROM senders s WHERE "
      "s.account_ref = external_accounts.account_ref)",
      {});
}

}  // namespace onlyleads::storage
