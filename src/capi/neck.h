// What every function of the C ABI does before and after its verb: check handles and arguments by
// name, turn C text and structs into values, turn a Status into a code and an ol_error. No
// exception passes the neck, and nothing is decided here.
#ifndef ONLYLEADS_SRC_CAPI_NECK_H_
#define ONLYLEADS_SRC_CAPI_NECK_H_

#include <algorithm>
#include <concepts>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "onlyleads/onlyleads.h"
#include "src/base/error.h"
#include "src/base/id.h"
#include "src/base/table.h"
#include "src/capi/handles.h"
#include "src/engine/engine.h"
#include "src/engine/ledger.h"
#include "src/engine/long_work.h"

namespace onlyleads::capi {

using base::ErrorCode;
using base::Id;
using base::Table;

// ---- out: codes and errors ----

// Fills every field of err (NULL is fine) without allocating; returns the code.
int32_t Fill(ol_error* err, ErrorCode code, uint32_t flags, std::string_view message) noexcept;
int32_t Report(ol_error* err, const absl::Status& status);

// Runs f, which returns a Status, and reports it.
template <typename F>
int32_t Guard(ol_error* err, F&& f) noexcept {
  try {
    return Report(err, f());
  } catch (const std::bad_alloc&) {
    return Fill(err, ErrorCode::kNoMemory, 0, "out of memory");
  } catch (...) {
    return Fill(err, ErrorCode::kInternal, 0, "unexpected exception inside the library");
  }
}

// kInvalidArgument whose message is "<name>: <what>".
absl::Status BadArgument(std::string_view name, std::string_view what);

// ---- in: handles, text, numbers ----

absl::Status Check(const ol_engine* engine);
absl::Status Check(const ol_workspace* workspace);
absl::Status Check(const ol_rows* rows);
// As Check, but touches nothing else: safe in a signal handler.
bool IsAlive(const ol_engine* engine) noexcept;
bool IsAlive(const ol_workspace* workspace) noexcept;
// NULL is an error that names the argument; anything else is zeroed, so that a failed call leaves
// no garbage behind.
template <typename T>
absl::Status Clear(T* out, std::string_view name = "out") {
  if (out == nullptr) return BadArgument(name, "must not be NULL");
  *out = T{};
  return absl::OkStatus();
}

// Valid UTF-8 without U+0000, or kInvalidUtf8 that names the argument.
absl::StatusOr<std::string> Text(ol_str text, std::string_view name);
// Any bytes.
absl::StatusOr<std::string> Bytes(ol_str bytes, std::string_view name);
// Rows per page: 0 is 1000.
absl::StatusOr<int> PageLimit(int32_t limit);
absl::Status RequireZero(uint64_t value, std::string_view name);
// 0 or 1.
absl::StatusOr<bool> Flag(int32_t value, std::string_view name);

inline Id FromC(const ol_id& id) {
  Id result;
  std::memcpy(result.bytes.data(), id.bytes, sizeof(id.bytes));
  return result;
}
inline ol_id ToC(const Id& id) {
  ol_id result;
  std::memcpy(result.bytes, id.bytes.data(), sizeof(result.bytes));
  return result;
}
inline ol_str ToC(std::string_view text) { return {text.data(), text.size()}; }

// ---- structs that grow ----

// No struct of the ABI is larger, in this version or a later one: a size beyond it is garbage.
inline constexpr uint32_t kMaxStructBytes = 4096;
absl::Status CheckStructSize(uint32_t size, std::string_view name);
absl::Status CheckStructTail(const void* in, size_t known, size_t size, std::string_view name);
absl::Status CheckBatch(const void* rows, size_t count, size_t row_size, std::string_view name);

// An older caller's shorter struct is extended with zeros; a newer caller's longer one is taken
// only when what this version does not know is zero. NULL gives all defaults.
template <typename T>
absl::StatusOr<T> ReadStruct(const T* in, std::string_view name) {
  T result{};
  if (in == nullptr) return result;
  OL_RETURN_IF_ERROR(CheckStructSize(in->struct_size, name));
  OL_RETURN_IF_ERROR(CheckStructTail(in, sizeof(T), in->struct_size, name));
  std::memcpy(static_cast<void*>(&result), in, std::min<size_t>(in->struct_size, sizeof(T)));
  return result;
}

absl::StatusOr<engine::WorkProgress> ProgressFromC(const ol_work_options* in);

// Before the verb: is there room to report into? Zeroes it.
template <typename T>
absl::Status ClearStruct(T* out, std::string_view name) {
  if (out == nullptr) return absl::OkStatus();
  const uint32_t size = out->struct_size;
  OL_RETURN_IF_ERROR(CheckStructSize(size, name));
  std::memset(static_cast<void*>(out), 0, size);
  out->struct_size = size;
  return absl::OkStatus();
}

// After it: as much as the caller's version has room for.
template <typename T>
void WriteStruct(T* out, T value) {
  if (out == nullptr) return;
  value.struct_size = out->struct_size;
  std::memcpy(static_cast<void*>(out), &value, std::min<size_t>(out->struct_size, sizeof(T)));
}

// The rows of a batch, each extended or checked like one struct. Errors name batch and row.
template <typename T>
absl::StatusOr<std::vector<T>> ReadBatch(const T* rows, size_t count, size_t row_size,
                                         std::string_view name) {
  OL_RETURN_IF_ERROR(CheckBatch(rows, count, row_size, name));
  std::vector<T> result(count);
  const char* row = reinterpret_cast<const char*>(rows);
  for (size_t i = 0; i < count; ++i, row += row_size) {
    OL_RETURN_IF_ERROR(CheckStructTail(row, sizeof(T), row_size,
                                       std::string(name) + "[" + std::to_string(i) + "]"));
    std::memcpy(static_cast<void*>(&result[i]), row, std::min(row_size, sizeof(T)));
  }
  return result;
}

// ---- results ----

// Hands a value out; out was checked by Clear.
absl::Status Give(absl::StatusOr<Id> id, ol_id* out);
template <std::integral Number>
absl::Status Give(absl::StatusOr<Number> number, Number* out) {
  OL_RETURN_IF_ERROR(number.status());
  *out = *number;
  return absl::OkStatus();
}
// Where a verb's result goes, taken before the verb runs: once it has committed nothing can fail
// for want of memory, and no effect stays untold.
template <typename Out>
class Place {
 public:
  template <typename T>
  absl::Status Give(absl::StatusOr<T> value, Out* out) {
    return capi::Give(std::move(value), out);
  }
};

template <>
class Place<ol_rows*> {
 public:
  Place();
  ~Place() { FreeHandle(rows_, kRowsMark); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  absl::Status Give(absl::StatusOr<Table> table, ol_rows** out);

 private:
  std::shared_ptr<Table> table_;
  ol_rows* rows_ = nullptr;
};

template <>
class Place<ol_workspace*> {
 public:
  Place() : workspace_(Pool<ol_workspace>::Instance().Take(kWorkspaceMark)) {}
  ~Place() { FreeHandle(workspace_, kWorkspaceMark); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  // On an organization of this engine.
  absl::Status Give(std::shared_ptr<engine::Engine> engine, const absl::StatusOr<Id>& org_id,
                    ol_workspace** out);

 private:
  ol_workspace* workspace_;
};

// An engine while one call is inside it: kept alive, and not closed.
class Held {
 public:
  static absl::StatusOr<Held> Take(std::shared_ptr<engine::Engine> engine) {
    OL_RETURN_IF_ERROR(engine->Arrive());
    return Held(std::move(engine));
  }
  Held(Held&&) noexcept = default;
  ~Held() {
    if (engine_ != nullptr) engine_->Leave();
  }
  engine::Engine& operator*() const { return *engine_; }
  engine::Engine* operator->() const { return engine_.get(); }
  const std::shared_ptr<engine::Engine>& shared() const { return engine_; }

 private:
  explicit Held(std::shared_ptr<engine::Engine> engine) : engine_(std::move(engine)) {}
  std::shared_ptr<engine::Engine> engine_;
};

// Does f(), a verb of this engine that returns a Status or StatusOr. What it committed is in the
// ledger outside the database when this is OK.
template <typename F>
auto Recorded(engine::Engine& engine, F&& f) -> decltype(f()) {
  const int64_t before = engine.commits();
  auto result = f();
  if (engine.commits() == before) return result;
  absl::Status recorded = engine::FlushLedgerAfterVerb(engine);
  if (result.ok() && !recorded.ok()) return recorded;
  return result;
}

// ---- the shape of a verb: zero the result, check the handle, do it, hand the result over ----

// f(engine) returns a StatusOr of what Give can hand to out.
template <typename Out, typename F>
int32_t EngineVerb(ol_engine* handle, Out* out, ol_error* err, F&& f) noexcept {
  return Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(Clear(out));
    OL_RETURN_IF_ERROR(Check(handle));
    CloseRetired();
    OL_ASSIGN_OR_RETURN(const Held held, Held::Take(handle->engine));
    Place<Out> place;
    return place.Give(Recorded(*held, [&] { return f(*held); }), out);
  });
}

// f(engine, org_id) likewise.
template <typename Out, typename F>
int32_t Verb(ol_workspace* handle, Out* out, ol_error* err, F&& f) noexcept {
  return Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(Clear(out));
    OL_RETURN_IF_ERROR(Check(handle));
    CloseRetired();
    OL_ASSIGN_OR_RETURN(const Held held, Held::Take(handle->engine));
    const Id org_id = handle->org_id;
    Place<Out> place;
    return place.Give(Recorded(*held, [&] { return f(*held, org_id); }), out);
  });
}

// f(engine, org_id, page_token, limit) returns a page.
template <typename F>
int32_t PageVerb(ol_workspace* handle, ol_str page_token, int32_t limit, ol_rows** out,
                 ol_error* err, F&& f) noexcept {
  return Verb(handle, out, err,
              [&](engine::Engine& engine, const Id& org_id) -> absl::StatusOr<Table> {
                OL_ASSIGN_OR_RETURN(const std::string token, Text(page_token, "page_token"));
                OL_ASSIGN_OR_RETURN(const int rows, PageLimit(limit));
                return f(engine, org_id, token, rows);
              });
}

// f(engine, org_id) returns what is written into *report, as far as the caller's version has room.
template <typename T, typename F>
int32_t ReportVerb(ol_workspace* handle, T* report, ol_error* err, F&& f) noexcept {
  return Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(ClearStruct(report, "report"));
    OL_RETURN_IF_ERROR(Check(handle));
    CloseRetired();
    OL_ASSIGN_OR_RETURN(const Held held, Held::Take(handle->engine));
    const Id org_id = handle->org_id;
    OL_ASSIGN_OR_RETURN(const T done,
                        Recorded(*held, [&]() -> absl::StatusOr<T> { return f(*held, org_id); }));
    WriteStruct(report, done);
    return absl::OkStatus();
  });
}

// f(engine, org_id) returns a Status; there is nothing to hand over.
template <typename F>
int32_t Verb(ol_workspace* handle, ol_error* err, F&& f) noexcept {
  return Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(Check(handle));
    CloseRetired();
    OL_ASSIGN_OR_RETURN(const Held held, Held::Take(handle->engine));
    const Id org_id = handle->org_id;
    return Recorded(*held, [&]() -> absl::Status { return f(*held, org_id); });
  });
}

}  // namespace onlyleads::capi

#endif  // ONLYLEADS_SRC_CAPI_NECK_H_
