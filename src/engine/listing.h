// From a query to a page of results: one loop for every list verb.
#ifndef ONLYLEADS_SRC_ENGINE_LISTING_H_
#define ONLYLEADS_SRC_ENGINE_LISTING_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/table.h"
#include "src/storage/connection.h"

namespace onlyleads::engine {

// The cursor's rows as cells of the table's column types, appended to `table`. NULL is the empty
// text in a text column and an empty cell elsewhere.
inline absl::Status ReadRows(absl::StatusOr<storage::Cursor> query, base::Table* table) {
  OL_RETURN_IF_ERROR(query.status());
  storage::Cursor cursor = *std::move(query);
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (!row) return absl::OkStatus();
    std::vector<base::Table::Cell> cells;
    for (const base::Table::Column& column : table->columns()) {
      const int i = static_cast<int>(cells.size());
      if (column.type == base::ColumnType::kText) {
        cells.emplace_back(std::string(cursor.Text(i)));
      } else if (cursor.IsNull(i)) {
        cells.emplace_back();
      } else if (column.type == base::ColumnType::kInt) {
        cells.emplace_back(cursor.Int(i));
      } else if (column.type == base::ColumnType::kDouble) {
        cells.emplace_back(cursor.Double(i));
      } else {
        cells.emplace_back(cursor.Id(i));
      }
    }
    table->Add(std::move(cells));
  }
}

// A set of names as one cell: "deliver,reconcile".
inline std::string NameList(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ',';
    list += name;
  }
  return list;
}

// The id in a column of the page's last row: the token of the next page, when this one is full.
inline std::string LastId(const base::Table& table, int column) {
  return ToString(std::get<base::Id>(table.at(table.rows() - 1, column)));
}

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_LISTING_H_
