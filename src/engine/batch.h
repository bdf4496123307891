// Checks that batches from the host share: names of rows and fields, instants, bounded text.
// Messages name row and field, never their content.
#ifndef ONLYLEADS_SRC_ENGINE_BATCH_H_
#define ONLYLEADS_SRC_ENGINE_BATCH_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/limits.h"

namespace onlyleads::engine {

// "signals[3].kind".
inline std::string RowField(std::string_view batch, size_t row, std::string_view field) {
  return absl::StrCat(base::ToAbsl(batch), "[", row, "].", base::ToAbsl(field));
}

inline absl::Status BadField(std::string_view name, std::string_view problem) {
  return base::Error(base::ErrorCode::kInvalidArgument,
                     absl::StrCat(base::ToAbsl(name), ": ", base::ToAbsl(problem)));
}

inline absl::Status CheckBatchSize(std::string_view batch, size_t rows) {
  if (rows <= base::kMaxBatchRows) return absl::OkStatus();
  return base::Error(base::ErrorCode::kLimit,
                     absl::StrCat(base::ToAbsl(batch), ": more rows than kMaxBatchRows"));
}

// `limit_name` is the bound's name in limits.h.
inline absl::Status CheckLength(std::string_view name, std::string_view value, size_t limit,
                                std::string_view limit_name) {
  if (value.size() <= limit) return absl::OkStatus();
  return base::Error(base::ErrorCode::kLimit,
                     absl::StrCat(base::ToAbsl(name), ": longer than ", base::ToAbsl(limit_name)));
}

// 0 becomes now; nothing from before 1970, and from the future only what clocks differ by.
inline absl::StatusOr<int64_t> PastInstant(std::string_view name, int64_t at_us, int64_t now_us) {
  if (at_us == 0) return now_us;
  if (at_us < 0) return BadField(name, "lies before 1970");
  if (at_us > now_us + base::kMaxSkewUs) return BadField(name, "lies in the future");
  return at_us;
}

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_BATCH_H_
