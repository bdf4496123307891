// When data is over: a plan says what is past its period, a run removes that and nothing else, and
// a sweep removes by itself what needs no decision. Holds keep all of it off.
#ifndef ONLYLEADS_SRC_ENGINE_RETENTION_H_
#define ONLYLEADS_SRC_ENGINE_RETENTION_H_

#include <cstdint>
#include <string>

#include "src/base/table.h"
#include "src/engine/engine.h"
#include "src/engine/long_work.h"

namespace onlyleads::engine {

// A dry run: one row per class and table with what is due, what a hold keeps and the plan's token.
// `inactive_days` 0: the default.
absl::StatusOr<base::Table> PlanRetention(Engine& engine, const base::Id& org_id,
                                          int inactive_days);

struct RetentionReport {
  bool done = false;     // nothing of the plan is left but what is held
  int64_t people = 0;    // inactive ones
  int64_t deleted = 0;   // deleted ones, for good
  int64_t logs = 0;      // rows of logs
  int64_t accounts = 0;  // 1: the organization itself
};

// Removes what the plan named, as of the plan's instant. `max_rows` 0: all of it. kInvalidArgument
// for a token that is not of this organization, kConflict for one that is stale, kCancelled when
// `progress` (rows so far and planned) wants no more: the same plan goes on.
absl::StatusOr<RetentionReport> RunRetention(Engine& engine, const base::Id& org_id,
                                             const std::string& plan_token, int64_t max_rows,
                                             const WorkProgress& progress);

struct Sweep {
  int64_t rows = 0;
  bool more = false;  // the bound of one sweep was reached
};
// Deleted people, logs and organizations past their period, of every organization that is due.
absl::StatusOr<Sweep> SweepDue(Engine& engine);
// When the next deleted person or organization falls due; INT64_MAX: none. Logs wait for no one.
absl::StatusOr<int64_t> NextPurgeUs(const Session& session);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_RETENTION_H_
