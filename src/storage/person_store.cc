#include "src/storage/person_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"

namespace onlyleads::storage {
namespace {

std::vector<const Column*> ExportedColumns(const PersonTable& table) {
  std::vector<const Column*> columns;
  for (const Column* column : table.columns) {
    if (!column->export_name.empty()) columns.push_back(column);
  }
  return columns;
}

bool HasKind(const PersonTable& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const Column* column) { return column->column == "kind"; });
}

// Each column with its type: the register does not know it, and a NULL differs from a 0.
std::string SelectOf(const PersonTable& table, const std::vector<const Column*>& columns) {
  std::string sql = "SELECT ";
  for (const Column* column : columns) {
    const absl::string_view name = base::ToAbsl(column->column);
    absl::StrAppend(&sql, column == columns.front() ? "" : ", ", name, ", typeof(", name, ")");
  }
  absl::StrAppend(&sql, " FROM ", base::ToAbsl(table.table), " WHERE org_id = $1 AND ",
                  base::ToAbsl(table.key), " = $2");
  // `kind` exists beside a digest only where the digest alone does not lead the key.
  if (table.by_digest && HasKind(table)) absl::StrAppend(&sql, " AND kind = $3");
  return sql;
}

ExportedValue Read(const Cursor& cursor, int i, const Column* column) {
  ExportedValue value{column, {}};
  const std::string_view type = cursor.Text(i + 1);
  if (type == "integer") value.value = cursor.Int(i);
  if (type == "real") value.value = cursor.Double(i);
  if (type == "text") value.value = std::string(cursor.Text(i));
  if (type == "blob") value.value = ExportedValue::Binary{std::string(cursor.Bytes(i))};
  return value;
}

absl::Status Append(absl::StatusOr<Cursor> query, const std::vector<const Column*>& columns,
                    std::vector<ExportedRow>* rows) {
  OL_RETURN_IF_ERROR(query.status());
  Cursor cursor = *std::move(query);
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (!more) return absl::OkStatus();
    ExportedRow row;
    for (size_t i = 0; i < columns.size(); ++i) {
      row.push_back(Read(cursor, static_cast<int>(2 * i), columns[i]));
    }
    rows->push_back(std::move(row));
  }
}

}  // namespace

absl::StatusOr<std::vector<ExportedRow>> ExportRows(Connection* db, const PersonTable& table,
                                                    const base::Id& org_id,
                                                    const base::Id& prospect_id,
                                                    const std::vector<KeyedIdentifier>& keys) {
  std::vector<ExportedRow> rows;
  const std::vector<const Column*> columns = ExportedColumns(table);
  if (columns.empty()) return rows;
  const std::string sql = SelectOf(table, columns);
  if (!table.by_digest) {
    OL_RETURN_IF_ERROR(Append(db->Query(sql, {org_id, prospect_id}), columns, &rows));
    return rows;
  }
  for (const KeyedIdentifier& key : keys) {
    const Blob digest{base::AsView(key.digest)};
    OL_RETURN_IF_ERROR(Append(HasKind(table) ? db->Query(sql, {org_id, digest, key.kind})
                                             : db->Query(sql, {org_id, digest}),
                              columns, &rows));
  }
  return rows;
}

}  // namespace onlyleads::storage
