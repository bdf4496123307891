// The C ABI of rows.h: typed reading of one page. Positions and types are checked here, so that no
// call can crash; nothing is converted between types.
#include "onlyleads/rows.h"

#include "src/capi/neck.h"

namespace onlyleads::capi {
namespace {

const Table* TableOf(const ol_rows* rows) {
  if (rows == nullptr || rows->mark.load(std::memory_order_acquire) != kRowsMark) return nullptr;
  return rows->table.get();
}

const Table::Column* ColumnOf(const ol_rows* rows, int32_t column) {
  const Table* table = TableOf(rows);
  if (table == nullptr || column < 0) return nullptr;
  const std::vector<Table::Column>& columns = table->columns();
  const size_t index = static_cast<size_t>(column);
  return index < columns.size() ? &columns[index] : nullptr;
}

const Table::Cell* CellOf(const ol_rows* rows, int64_t row, int32_t column) {
  if (ColumnOf(rows, column) == nullptr) return nullptr;
  const Table* table = TableOf(rows);
  return row >= 0 && row < table->rows() ? &table->at(row, column) : nullptr;
}

// The value when it is there and of this type.
template <typename T>
const T* ValueOf(const ol_rows* rows, int64_t row, int32_t column) {
  const Table::Cell* cell = CellOf(rows, row, column);
  return cell == nullptr ? nullptr : std::get_if<T>(cell);
}

template <typename Out, typename T>
int32_t Put(const T* value, Out* out) {
  if (out == nullptr) return OL_INVALID_ARGUMENT;
  *out = Out{};
  if (value == nullptr) return OL_INVALID_ARGUMENT;
  if constexpr (std::is_same_v<Out, T>) {
    *out = *value;
  } else {
    *out = ToC(*value);
  }
  return OL_OK;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;

int64_t ol_rows_count(const ol_rows* rows) {
  const capi::Table* table = capi::TableOf(rows);
  return table == nullptr ? 0 : table->rows();
}

int32_t ol_rows_columns(const ol_rows* rows) {
  const capi::Table* table = capi::TableOf(rows);
  return table == nullptr ? 0 : static_cast<int32_t>(table->columns().size());
}

ol_str ol_rows_column_name(const ol_rows* rows, int32_t column) {
  const capi::Table::Column* found = capi::ColumnOf(rows, column);
  return found == nullptr ? ol_str{} : capi::ToC(found->name);
}

int32_t ol_rows_column_type(const ol_rows* rows, int32_t column) {
  const capi::Table::Column* found = capi::ColumnOf(rows, column);
  return found == nullptr ? 0 : static_cast<int32_t>(found->type);
}

int32_t ol_rows_is_null(const ol_rows* rows, int64_t row, int32_t column) {
  const capi::Table::Cell* cell = capi::CellOf(rows, row, column);
  return cell == nullptr || std::holds_alternative<std::monostate>(*cell) ? 1 : 0;
}

int32_t ol_rows_text(const ol_rows* rows, int64_t row, int32_t column, ol_str* out) {
  return capi::Put(capi::ValueOf<std::string>(rows, row, column), out);
}

int32_t ol_rows_int(const ol_rows* rows, int64_t row, int32_t column, int64_t* out) {
  return capi::Put(capi::ValueOf<int64_t>(rows, row, column), out);
}

int32_t ol_rows_double(const ol_rows* rows, int64_t row, int32_t column, double* out) {
  return capi::Put(capi::ValueOf<double>(rows, row, column), out);
}

int32_t ol_rows_id(const ol_rows* rows, int64_t row, int32_t column, ol_id* out) {
  return capi::Put(capi::ValueOf<capi::Id>(rows, row, column), out);
}

ol_str ol_rows_next_page(const ol_rows* rows) {
  const capi::Table* table = capi::TableOf(rows);
  return table == nullptr ? ol_str{} : capi::ToC(table->next_page());
}

void ol_rows_free(ol_rows* rows) { capi::FreeHandle(rows, capi::kRowsMark); }
