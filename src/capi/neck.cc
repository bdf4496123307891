// The neck's conversions and checks. Messages name arguments, never their content.
#include "src/capi/neck.h"

#include <array>

#include "src/base/abseil.h"
#include "src/base/limits.h"
#include "src/base/text.h"

namespace onlyleads::capi {
namespace {

constexpr int kDefaultPageRows = 1000;

template <typename Handle>
absl::Status CheckMark(const Handle* handle, uint32_t mark, std::string_view name) {
  if (handle == nullptr) return BadArgument(name, "must not be NULL");
  const uint32_t found = handle->mark.load(std::memory_order_acquire);
  if (found == mark) return absl::OkStatus();
  return base::Error(
      ErrorCode::kMisuse,
      std::string(name) + (found == kFreedMark ? ": was freed" : ": is another kind of handle"));
}

}  // namespace

int32_t Fill(ol_error* err, ErrorCode code, uint32_t flags, std::string_view message) noexcept {
  const int32_t number = static_cast<int32_t>(code);
  if (err == nullptr) return number;
  size_t size = std::min<size_t>(message.size(), OL_ERROR_MESSAGE_SIZE - 1);
  // A cut must not leave half a character behind.
  while (size < message.size() && size > 0 && (message[size] & 0xc0) == 0x80) --size;
  *err = ol_error{};
  err->code = number;
  err->flags = flags;
  std::copy_n(message.data(), size, err->message);
  return number;
}

int32_t Report(ol_error* err, const absl::Status& status) {
  if (status.ok()) return Fill(err, ErrorCode::kOk, 0, {});
  const base::ErrorInfo info = base::InfoOf(status);
  return Fill(err, info.code, info.flags, base::FromAbsl(status.message()));
}

absl::Status BadArgument(std::string_view name, std::string_view what) {
  return base::Error(ErrorCode::kInvalidArgument, std::string(name) + ": " + std::string(what));
}

absl::Status Check(const ol_engine* engine) { return CheckMark(engine, kEngineMark, "engine"); }

absl::Status Check(const ol_workspace* workspace) {
  return CheckMark(workspace, kWorkspaceMark, "workspace");
}

absl::Status Check(const ol_rows* rows) { return CheckMark(rows, kRowsMark, "rows"); }

bool IsAlive(const ol_engine* engine) noexcept {
  return engine != nullptr && engine->mark.load(std::memory_order_acquire) == kEngineMark;
}

bool IsAlive(const ol_workspace* workspace) noexcept {
  return workspace != nullptr && workspace->mark.load(std::memory_order_acquire) == kWorkspaceMark;
}

absl::StatusOr<std::string> Bytes(ol_str bytes, std::string_view name) {
  if (bytes.data == nullptr && bytes.size != 0) return BadArgument(name, "size without data");
  if (bytes.size == 0) return std::string();
  return std::string(bytes.data, bytes.size);
}

absl::StatusOr<std::string> Text(ol_str text, std::string_view name) {
  OL_ASSIGN_OR_RETURN(std::string result, Bytes(text, name));
  if (base::IsStorableUtf8(result)) return result;
  return base::Error(ErrorCode::kInvalidUtf8,
                     std::string(name) + ": not UTF-8, or it contains U+0000");
}

absl::StatusOr<int> PageLimit(int32_t limit) {
  if (limit < 0) return BadArgument("limit", "must not be negative");
  if (limit > base::kMaxPageRows) {
    return base::Error(ErrorCode::kLimit, "limit: above kMaxPageRows (10000)");
  }
  return limit == 0 ? kDefaultPageRows : limit;
}

absl::Status RequireZero(uint64_t value, std::string_view name) {
  return value == 0 ? absl::OkStatus() : BadArgument(name, "must be zero");
}

absl::StatusOr<bool> Flag(int32_t value, std::string_view name) {
  if (value != 0 && value != 1) return BadArgument(name, "must be 0 or 1");
  return value == 1;
}

absl::Status CheckStructSize(uint32_t size, std::string_view name) {
  if (size >= 8 && size <= kMaxStructBytes && size % 8 == 0) return absl::OkStatus();
  return BadArgument(name, "struct_size is not set to the size of the struct");
}

absl::Status CheckStructTail(const void* in, size_t known, size_t size, std::string_view name) {
  const unsigned char* bytes = static_cast<const unsigned char*>(in);
  for (size_t i = known; i < size; ++i) {
    if (bytes[i] != 0) return BadArgument(name, "sets a field that this version does not know");
  }
  return absl::OkStatus();
}

absl::Status CheckBatch(const void* rows, size_t count, size_t row_size, std::string_view name) {
  if (row_size < 8 || row_size > kMaxStructBytes || row_size % 8 != 0) {
    return BadArgument("row_size", "is not the size of one row");
  }
  if (rows == nullptr && count > 0) return BadArgument(name, "must not be NULL");
  if (count <= base::kMaxBatchRows) return absl::OkStatus();
  return base::Error(ErrorCode::kLimit,
                     std::string(name) + ": more rows than kMaxBatchRows (10000)");
}

Place<ol_rows*>::Place() : table_(std::make_shared<Table>()) {
  rows_ = Pool<ol_rows>::Instance().Take(kRowsMark);
  rows_->table = table_;
}

absl::Status Place<ol_rows*>::Give(absl::StatusOr<Table> table, ol_rows** out) {
  OL_RETURN_IF_ERROR(table.status());
  *table_ = *std::move(table);
  *out = std::exchange(rows_, nullptr);
  return absl::OkStatus();
}

absl::Status Place<ol_workspace*>::Give(std::shared_ptr<engine::Engine> engine,
                                        const absl::StatusOr<Id>& org_id, ol_workspace** out) {
  OL_RETURN_IF_ERROR(org_id.status());
  workspace_->engine = std::move(engine);
  workspace_->org_id = *org_id;
  *out = std::exchange(workspace_, nullptr);
  return absl::OkStatus();
}

absl::Status Give(absl::StatusOr<Id> id, ol_id* out) {
  OL_RETURN_IF_ERROR(id.status());
  *out = ToC(*id);
  return absl::OkStatus();
}

absl::StatusOr<engine::WorkProgress> ProgressFromC(const ol_work_options* in) {
  OL_ASSIGN_OR_RETURN(const ol_work_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "options.reserved0"));
  if (given.progress == nullptr) return engine::WorkProgress();
  return engine::WorkProgress([given](int64_t done, int64_t total) {
    return given.progress(given.progress_ctx, done, total) == 0;
  });
}

}  // namespace onlyleads::capi
