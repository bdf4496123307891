// Page tokens and sizes of the list verbs. A token is the id of the last row.
#ifndef ONLYLEADS_SRC_ENGINE_PAGING_H_
#define ONLYLEADS_SRC_ENGINE_PAGING_H_

#include <string_view>

#include "src/base/error.h"
#include "src/base/id.h"
#include "src/base/limits.h"

namespace onlyleads::engine {

inline constexpr int kDefaultPageRows = 1000;

inline absl::StatusOr<base::Id> ParsePageId(std::string_view token) {
  if (token.empty()) return base::Id{};
  const auto id = base::ParseId(token);
  if (!id) return base::Error(base::ErrorCode::kInvalidArgument, "page_token: is none of ours");
  return *id;
}

inline absl::StatusOr<int> PageSize(int limit) {
  if (limit == 0) return kDefaultPageRows;
  if (limit < 0 || limit > base::kMaxPageRows) {
    return base::Error(base::ErrorCode::kLimit, "limit: must be 1 to kMaxPageRows");
  }
  return limit;
}

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_PAGING_H_
