// A page of results: typed columns, owned values, a token for the next page. Holds nothing of the
// database, so it can outlive it. What the neck hands out as ol_rows.
#ifndef ONLYLEADS_SRC_BASE_TABLE_H_
#define ONLYLEADS_SRC_BASE_TABLE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "src/base/id.h"

namespace onlyleads::base {

enum class ColumnType : int32_t { kText = 1, kInt = 2, kDouble = 3, kId = 4 };

class Table {
 public:
  using Cell = std::variant<std::monostate, std::string, int64_t, double, Id>;
  struct Column {
    std::string name;
    ColumnType type;
  };

  Table() = default;
  Table(std::initializer_list<Column> columns) : columns_(columns) {}

  // A document: one row with one text column "json".
  static Table Json(std::string document) {
    Table table({{"json", ColumnType::kText}});
    table.cells_.emplace_back(std::move(document));
    return table;
  }

  // One cell per column, in order; a monostate is NULL. Values are copied by what they hold, never
  // as variants: libstdc++ 12 destroys a variant whose copying ran out of memory as if it held one.
  void Add(std::initializer_list<Cell> row) {
    for (const Cell& cell : row) {
      std::visit([this](const auto& value) { cells_.emplace_back(value); }, cell);
    }
  }
  void Add(std::vector<Cell>&& row) {
    for (Cell& cell : row) cells_.push_back(std::move(cell));
  }

  const std::vector<Column>& columns() const { return columns_; }
  int64_t rows() const {
    return columns_.empty() ? 0 : static_cast<int64_t>(cells_.size() / columns_.size());
  }
  // Both in range.
  const Cell& at(int64_t row, int column) const {
    return cells_[static_cast<size_t>(row) * columns_.size() + static_cast<size_t>(column)];
  }

  const std::string& next_page() const { return next_page_; }
  void set_next_page(std::string token) { next_page_ = std::move(token); }

 private:
  std::vector<Column> columns_;
  std::vector<Cell> cells_;
  std::string next_page_;
};

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_TABLE_H_
