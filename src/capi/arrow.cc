// The C ABI of arrow.h: one page as an Arrow C stream. A page is row by row, Arrow is column by
// column, so each value is copied once into buffers that then belong to the consumer. Whatever is
// handed out (stream, schema, batch and each child of them) owns what it needs, because Arrow lets
// a consumer move any of them away. No exception leaves a callback.
#include "onlyleads/arrow.h"

#include <cerrno>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "src/capi/neck.h"

namespace onlyleads::capi {
namespace {

using base::ColumnType;

// Text of one batch: offsets are 32 bits, and a consumer holds a batch at a time.
constexpr size_t kMaxBatchTextBytes = 16 * 1024 * 1024;

bool IsInstant(const Table::Column& column) {
  constexpr std::string_view kSuffix = "_us";
  const std::string_view name = column.name;
  return column.type == ColumnType::kInt && name.size() >= kSuffix.size() &&
         name.substr(name.size() - kSuffix.size()) == kSuffix;
}

const char* FormatOf(const Table::Column& column) {
  switch (column.type) {
    case ColumnType::kInt:
      return IsInstant(column) ? "tsu:UTC" : "l";
    case ColumnType::kDouble:
      return "g";
    default:
      return "u";
  }
}

// ---- what a schema and a batch have in common: children that may be moved away ----

// Owns the structs of the children; what of them is left is released with the parent.
template <typename Struct>
class Children {
 public:
  explicit Children(size_t count) : structs_(count), pointers_(count) {
    for (size_t i = 0; i < count; ++i) pointers_[i] = &structs_[i];
  }
  ~Children() {
    for (Struct& child : structs_) {
      if (child.release != nullptr) child.release(&child);
    }
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  Struct& operator[](size_t i) { return structs_[i]; }
  Struct** pointers() { return pointers_.data(); }
  int64_t size() const { return static_cast<int64_t>(structs_.size()); }

 private:
  std::vector<Struct> structs_;
  std::vector<Struct*> pointers_;
};

// The release callback of a struct whose private_data is a T.
template <typename Struct, typename T>
void Release(Struct* released) {
  delete static_cast<T*>(released->private_data);
  *released = Struct{};
}

// Hands `owned` to `out` as its private data.
template <typename Struct, typename T>
void Own(Struct* out, std::unique_ptr<T> owned) {
  out->private_data = owned.release();
  out->release = &Release<Struct, T>;
}

// ---- schema ----

struct FieldOwner {
  std::string name;
};

void MakeField(const Table::Column& column, ArrowSchema* out) {
  auto owner = std::make_unique<FieldOwner>(FieldOwner{column.name});
  *out = ArrowSchema{};
  out->format = FormatOf(column);
  out->name = owner->name.c_str();
  out->flags = ARROW_FLAG_NULLABLE;
  Own(out, std::move(owner));
}

void MakeSchema(const Table& table, ArrowSchema* out) {
  const std::vector<Table::Column>& columns = table.columns();
  auto children = std::make_unique<Children<ArrowSchema>>(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) MakeField(columns[i], &(*children)[i]);
  out->format = "+s";
  out->name = "";
  out->n_children = children->size();
  out->children = children->pointers();
  Own(out, std::move(children));
}

// ---- batches ----

// The buffers of one column. Text has offsets and data, everything else words of 8 bytes.
struct ColumnOwner {
  std::vector<uint8_t> validity;
  std::vector<int32_t> offsets;
  std::string text;
  std::vector<int64_t> integers;
  std::vector<double> doubles;
  const void* buffers[3] = {nullptr, nullptr, nullptr};
};

// Rows [first, last) of a page.
struct Span {
  int64_t first;
  int64_t last;
};

// Fills the buffers of one column over a span, and counts its nulls.
class ColumnBuilder {
 public:
  ColumnBuilder(const Table& table, Span span, int column)
      : table_(table),
        span_(span),
        column_(column),
        instant_(IsInstant(table.columns()[static_cast<size_t>(column)])),
        owner_(std::make_unique<ColumnOwner>()) {}

  void Build(ArrowArray* out) {
    const ColumnType type = table_.columns()[static_cast<size_t>(column_)].type;
    *out = ArrowArray{};
    switch (type) {
      case ColumnType::kInt:
        out->n_buffers = Words(&owner_->integers);
        break;
      case ColumnType::kDouble:
        out->n_buffers = Words(&owner_->doubles);
        break;
      case ColumnType::kId:
        out->n_buffers = Ids();
        break;
      default:
        out->n_buffers = Text();
    }
    out->length = span_.last - span_.first;
    out->null_count = nulls_;
    owner_->buffers[0] = nulls_ == 0 ? nullptr : owner_->validity.data();
    out->buffers = owner_->buffers;
    Own(out, std::move(owner_));
  }

 private:
  const Table::Cell& At(int64_t row) const { return table_.at(row, column_); }
  size_t Count() const { return static_cast<size_t>(span_.last - span_.first); }

  void Null(int64_t row) {
    if (owner_->validity.empty()) owner_->validity.assign((Count() + 7) / 8, 0xff);
    const size_t at = static_cast<size_t>(row - span_.first);
    owner_->validity[at / 8] &= static_cast<uint8_t>(~(1u << (at % 8)));
    ++nulls_;
  }

  template <typename T>
  int64_t Words(std::vector<T>* words) {
    words->reserve(Count() + 1);  // never empty: a buffer that is not absent must not be NULL
    for (int64_t row = span_.first; row < span_.last; ++row) {
      const T* value = std::get_if<T>(&At(row));
      const bool never =
          instant_ && value != nullptr && *value == std::numeric_limits<T>::max();  // OL_NEVER
      if (value == nullptr || never) Null(row);
      words->push_back(value == nullptr || never ? T{} : *value);
    }
    owner_->buffers[1] = words->data();
    return 2;
  }

  template <typename Append>
  int64_t Texts(Append append) {
    owner_->offsets.reserve(Count() + 1);
    owner_->offsets.push_back(0);
    for (int64_t row = span_.first; row < span_.last; ++row) {
      if (!append(At(row))) Null(row);
      // Fits: a span has kMaxBatchTextBytes of text, or is one cell, which is far below 2 GiB.
      owner_->offsets.push_back(static_cast<int32_t>(owner_->text.size()));
    }
    owner_->buffers[1] = owner_->offsets.data();
    owner_->buffers[2] = owner_->text.data();
    return 3;
  }
  int64_t Text() {
    return Texts([this](const Table::Cell& cell) {
      const std::string* value = std::get_if<std::string>(&cell);
      if (value != nullptr) owner_->text += *value;
      return value != nullptr;
    });
  }
  int64_t Ids() {
    owner_->text.reserve(Count() * (OL_ID_TEXT_SIZE - 1));
    return Texts([this](const Table::Cell& cell) {
      const Id* value = std::get_if<Id>(&cell);
      if (value == nullptr) return false;
      char text[OL_ID_TEXT_SIZE];
      const ol_id id = ToC(*value);
      ol_id_to_text(&id, text);
      owner_->text.append(text, OL_ID_TEXT_SIZE - 1);
      return true;
    });
  }

  const Table& table_;
  const Span span_;
  const int column_;
  const bool instant_;
  std::unique_ptr<ColumnOwner> owner_;
  int64_t nulls_ = 0;
};

// A batch of struct type; its own validity is absent, because a row is never null.
struct BatchOwner {
  explicit BatchOwner(size_t columns) : children(columns) {}
  Children<ArrowArray> children;
  const void* buffers[1] = {nullptr};
};

void MakeBatch(const Table& table, Span span, ArrowArray* out) {
  auto owner = std::make_unique<BatchOwner>(table.columns().size());
  for (int i = 0; i < static_cast<int>(table.columns().size()); ++i) {
    ColumnBuilder(table, span, i).Build(&owner->children[static_cast<size_t>(i)]);
  }
  out->length = span.last - span.first;
  out->n_buffers = 1;
  out->buffers = owner->buffers;
  out->n_children = owner->children.size();
  out->children = owner->children.pointers();
  Own(out, std::move(owner));
}

size_t TextBytes(const Table& table, int64_t row) {
  size_t bytes = 0;
  for (int i = 0; i < static_cast<int>(table.columns().size()); ++i) {
    if (const auto* text = std::get_if<std::string>(&table.at(row, i))) bytes += text->size();
  }
  return bytes;
}

// From `first` on as many rows as fit, at least one.
Span NextSpan(const Table& table, int64_t first) {
  int64_t last = first;
  for (size_t bytes = 0; last < table.rows(); ++last) {
    bytes += TextBytes(table, last);
    if (bytes > kMaxBatchTextBytes && last > first) break;
  }
  return {first, last};
}

// ---- the stream ----

class Stream {
 public:
  explicit Stream(std::shared_ptr<const Table> table) : table_(std::move(table)) {
    LiveHandles().fetch_add(1);
  }
  ~Stream() { LiveHandles().fetch_sub(1); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  static int GetSchema(ArrowArrayStream* self, ArrowSchema* out) noexcept {
    return Of(self).Fill(out, [&](Stream& stream) { MakeSchema(*stream.table_, out); });
  }
  static int GetNext(ArrowArrayStream* self, ArrowArray* out) noexcept {
    return Of(self).Fill(out, [&](Stream& stream) { stream.Next(out); });
  }
  static const char* GetLastError(ArrowArrayStream* self) noexcept { return Of(self).error_; }

 private:
  static Stream& Of(ArrowArrayStream* self) { return *static_cast<Stream*>(self->private_data); }

  void Next(ArrowArray* out) {
    if (next_row_ >= table_->rows()) return;
    const Span span = NextSpan(*table_, next_row_);
    MakeBatch(*table_, span, out);
    next_row_ = span.last;
  }

  // Runs f, which fills the zeroed out; an errno value for what went wrong.
  template <typename Out, typename F>
  int Fill(Out* out, F f) noexcept {
    error_ = "out: must not be NULL";
    if (out == nullptr) return EINVAL;
    *out = Out{};
    error_ = nullptr;
    try {
      f(*this);
      return 0;
    } catch (const std::bad_alloc&) {
      error_ = "out of memory";
      return ENOMEM;
    } catch (...) {
      error_ = "unexpected exception inside the library";
      return EIO;
    }
  }

  std::shared_ptr<const Table> table_;
  int64_t next_row_ = 0;
  const char* error_ = nullptr;
};

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;

int32_t ol_rows_to_arrow(const ol_rows* rows, ArrowArrayStream* out, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    OL_RETURN_IF_ERROR(capi::Check(rows));
    auto stream = std::make_unique<capi::Stream>(rows->table);
    out->get_schema = &capi::Stream::GetSchema;
    out->get_next = &capi::Stream::GetNext;
    out->get_last_error = &capi::Stream::GetLastError;
    capi::Own(out, std::move(stream));
    return absl::OkStatus();
  });
}
