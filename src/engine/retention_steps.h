// The bounded steps that a plan counts and a run or sweep takes: each looks at a few rows in key
// order and removes those that are due and not held, in the caller's transaction. An organization
// goes otherwise (contract_end.h); here it is only counted.
#ifndef ONLYLEADS_SRC_ENGINE_RETENTION_STEPS_H_
#define ONLYLEADS_SRC_ENGINE_RETENTION_STEPS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/engine/engine.h"
#include "src/storage/log_store.h"

namespace onlyleads::engine {

// What is due is judged as of `as_of_us`, and whoever was held at any time since then is held.
struct Cutoff {
  base::Id org_id;
  int64_t as_of_us = 0;
  int inactive_days = 0;
};

enum class RuleKind { kInactive, kDeleted, kLogs, kAccount };
struct Rule {
  RuleKind kind;
  std::string_view retention_class;
  std::string_view table;
  const storage::LogTable* log = nullptr;
};
const std::vector<Rule>& Rules();

struct DueCount {
  int64_t due = 0;
  int64_t held = 0;
  std::optional<int64_t> oldest_us;
};
// Reads page by page, letting go of the engine between pages.
absl::StatusOr<DueCount> CountDue(Engine& engine, const Cutoff& cutoff, const Rule& rule);

struct Step {
  int64_t removed = 0;
  base::Id after;  // where the next step goes on
  bool last = false;
};
// At most `limit` rows (rows of one log instant go together). Inside a transaction. Not for
// kAccount.
absl::StatusOr<Step> RemoveDue(Session& session, const Cutoff& cutoff, const Rule& rule,
                               const base::Id& after, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RETENTION_STEPS_H_
