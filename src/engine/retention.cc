#include "src/engine/retention.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/base/abseil.h"
#include "src/base/crypto.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/domain/organizations.h"
#include "src/domain/retention.h"
#include "src/engine/audit.h"
#include "src/engine/contract_end.h"
#include "src/engine/residue.h"
#include "src/engine/retention_steps.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

constexpr int kStepRows = 500;             // of one transaction
constexpr int64_t kMaxSweepRows = 20'000;  // of one sweep; the next run goes on
constexpr int kMaxSweepOrganizations = 1000;
constexpr int64_t kPlanLifeUs = base::kDayUs;
constexpr int kMaxInactiveDays = 36'500;

// ---- the token: what was planned, signed, so that a run can do no more ----

struct Plan {
  Cutoff cutoff;
  std::vector<int64_t> due;  // per rule
};

std::string MacOf(const Session& session, const base::Id& org_id, std::string_view text) {
  const base::Digest mac =
      base::KeyedDigest(base::AsView(session.keys().current().audit),
                        absl::StrCat("retention plan ", ToString(org_id), " ", base::ToAbsl(text)));
  return absl::BytesToHexString(base::ToAbsl(base::AsView(mac).substr(0, 16)));
}

std::string TokenOf(const Session& session, const Plan& plan) {
  std::string text =
      absl::StrCat("rp1.", plan.cutoff.as_of_us, ".", plan.cutoff.inactive_days, ".");
  for (size_t i = 0; i < plan.due.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : "-", plan.due[i]);
  }
  return absl::StrCat(text, ".", MacOf(session, plan.cutoff.org_id, text));
}

absl::StatusOr<Plan> ParseToken(const Session& session, const base::Id& org_id,
                                const std::string& token) {
  const absl::Status foreign =
      Error(ErrorCode::kInvalidArgument, "plan_token: is no plan of this organization");
  const size_t dot = token.rfind('.');
  if (dot == std::string::npos) return foreign;
  const std::string text = token.substr(0, dot);
  if (!base::ConstantTimeEquals(token.substr(dot + 1), MacOf(session, org_id, text))) {
    return foreign;
  }
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  Plan plan;
  plan.cutoff.org_id = org_id;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &plan.cutoff.as_of_us) ||
      !absl::SimpleAtoi(parts[2], &plan.cutoff.inactive_days)) {
    return foreign;
  }
  for (const absl::string_view count : absl::StrSplit(parts[3], '-')) {
    if (!absl::SimpleAtoi(count, &plan.due.emplace_back())) return foreign;
  }
  // A database opened by a newer version may know more rules than the plan did.
  const int64_t age_us = session.now_us() - plan.cutoff.as_of_us;
  if (age_us < 0 || age_us > kPlanLifeUs || plan.due.size() != Rules().size()) {
    return Error(ErrorCode::kConflict, "plan_token: the plan is stale; make a new one");
  }
  return plan;
}

absl::StatusOr<Plan> OpenPlan(Engine& engine, const base::Id& org_id, const std::string& token) {
  Plan plan;
  {
    OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(plan, ParseToken(session, org_id, token));
  }
  for (size_t i = 0; i < plan.due.size(); ++i) {
    OL_ASSIGN_OR_RETURN(const DueCount now, CountDue(engine, plan.cutoff, Rules()[i]));
    if (now.due > plan.due[i]) {
      return Error(ErrorCode::kConflict, "plan_token: the plan is stale; make a new one");
    }
  }
  return plan;
}

Table PlanTable() {
  return Table({{"retention_class", ColumnType::kText},
                {"rule", ColumnType::kText},
                {"table", ColumnType::kText},
                {"period", ColumnType::kText},
                {"due", ColumnType::kInt},
                {"held", ColumnType::kInt},
                {"oldest_us", ColumnType::kInt},
                {"plan_token", ColumnType::kText}});
}

std::string PeriodOf(const Rule& rule, const domain::RetentionClass& of, int inactive_days) {
  return rule.kind == RuleKind::kInactive ? absl::StrCat("P", inactive_days, "D")
                                          : std::string(of.period);
}

// ---- removing ----

absl::StatusOr<Step> TakeStep(Engine& engine, const Cutoff& cutoff, const Rule& rule,
                              const base::Id& after, int limit) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const Step step, RemoveDue(session, cutoff, rule, after, limit));
  if (step.removed > 0) {
    OL_RETURN_IF_ERROR(WriteAudit(
        session, cutoff.org_id, "system", "retention.remove", {},
        absl::StrCat("{\"class\":\"", base::ToAbsl(rule.retention_class), "\",\"table\":\"",
                     base::ToAbsl(rule.table), "\",\"rows\":", step.removed, "}")));
  }
  OL_RETURN_IF_ERROR(transaction.Commit());
  return step;
}

// The organization, unless it is held or not over; true when nothing of it is left to do. kConflict
// while messages are on their way: they keep it until the run has recorded how they ended.
absl::StatusOr<bool> DrainAccount(Engine& engine, const Cutoff& cutoff, const Rule& rule,
                                  int64_t* budget, int64_t* removed, const WorkProgress& progress) {
  OL_ASSIGN_OR_RETURN(const DueCount count, CountDue(engine, cutoff, rule));
  if (count.due == 0) return true;
  if (*budget <= 0) return false;
  const absl::StatusOr<int64_t> rows =
      RemoveEndedOrganization(engine, cutoff.org_id, cutoff.as_of_us, progress);
  const ErrorCode code = base::CodeOf(rows.status());
  // Held, or a customer again, since the count was taken; or gone by another hand.
  if (code == ErrorCode::kDenied || code == ErrorCode::kNotFound) return true;
  OL_RETURN_IF_ERROR(rows.status());
  *removed += *rows;
  *budget -= *rows;
  return true;
}

// Until the rule has nothing left (true) or `budget` is used up (false).
absl::StatusOr<bool> Drain(Engine& engine, const Cutoff& cutoff, const Rule& rule, int64_t* budget,
                           int64_t* removed, const WorkProgress& progress) {
  if (rule.kind == RuleKind::kAccount) {
    return DrainAccount(engine, cutoff, rule, budget, removed, progress);
  }
  base::Id after;
  while (*budget > 0) {
    const int limit = static_cast<int>(std::min<int64_t>(kStepRows, *budget));
    OL_ASSIGN_OR_RETURN(const Step step, TakeStep(engine, cutoff, rule, after, limit));
    *removed += step.removed;
    *budget -= step.removed;
    if (step.last) return true;
    after = step.after;
    OL_RETURN_IF_ERROR(TellProgress(engine, progress, *removed, 0));
  }
  return false;
}

// When something falls due next. Logs, which come all the time, go at most once an hour; what a
// hold keeps is looked at again after a day.
absl::Status SetNextSweep(Session& session, const base::Id& org_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto organization, storage::LoadOrganization(db, org_id));
  if (!organization) return absl::OkStatus();  // swept away itself
  const int64_t now_us = session.now_us();
  int64_t next_us = now_us + domain::kLogPeriodUs;
  for (const storage::LogTable& table : storage::LogTables()) {
    OL_ASSIGN_OR_RETURN(const auto oldest, storage::OldestLog(db, table, org_id));
    if (!oldest) continue;
    const int64_t due_us = *oldest + domain::kLogPeriodUs;
    const int64_t again_us = now_us + (due_us <= now_us ? base::kDayUs : base::kHourUs);
    next_us = std::min(next_us, std::max(due_us, again_us));
  }
  OL_ASSIGN_OR_RETURN(const auto deletion, storage::OldestDeletion(db, org_id));
  if (deletion) {
    const int64_t due_us = *deletion + domain::kPurgeDelayUs;
    next_us = std::min(next_us, due_us <= now_us ? now_us + base::kDayUs : due_us);
  }
  if (organization->active_until_us) {
    const int64_t due_us = domain::AccountDataUntilUs(*organization->active_until_us);
    next_us = std::min(next_us, due_us <= now_us ? now_us + base::kDayUs : due_us);
  }
  return storage::SetRetentionDue(db, org_id, next_us);
}

absl::StatusOr<bool> SweepOne(Engine& engine, const base::Id& org_id, int64_t* budget,
                              int64_t* removed) {
  Cutoff cutoff{org_id, 0, domain::kInactiveDays};
  {
    OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
    cutoff.as_of_us = session.now_us();
  }
  for (const Rule& rule : Rules()) {
    // Who is inactive is the customer's to say: a plan names them.
    if (rule.kind == RuleKind::kInactive) continue;
    const auto drained = Drain(engine, cutoff, rule, budget, removed, nullptr);
    // Messages on their way keep an organization: it is looked at again after a day.
    if (base::CodeOf(drained.status()) == ErrorCode::kConflict) continue;
    OL_RETURN_IF_ERROR(drained.status());
    if (!*drained) return false;
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_RETURN_IF_ERROR(SetNextSweep(session, org_id));
  return true;
}

}  // namespace

absl::StatusOr<Table> PlanRetention(Engine& engine, const base::Id& org_id, int inactive_days) {
  if (inactive_days < 0 || inactive_days > kMaxInactiveDays) {
    return Error(ErrorCode::kInvalidArgument, "inactive_days: must be 0 to 36500");
  }
  Plan plan{{org_id, 0, inactive_days == 0 ? domain::kInactiveDays : inactive_days}, {}};
  {
    OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
    plan.cutoff.as_of_us = session.now_us();
  }
  std::vector<DueCount> counts;
  const CallScope call(engine);
  for (const Rule& rule : Rules()) {
    OL_RETURN_IF_ERROR(CheckCancelled(engine));
    OL_ASSIGN_OR_RETURN(counts.emplace_back(), CountDue(engine, plan.cutoff, rule));
    plan.due.push_back(counts.back().due);
  }
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  const std::string token = TokenOf(session, plan);
  Table table = PlanTable();
  for (size_t i = 0; i < counts.size(); ++i) {
    const Rule& rule = Rules()[i];
    const domain::RetentionClass& of = *domain::FindRetentionClass(rule.retention_class);
    Table::Cell oldest;
    if (counts[i].oldest_us) oldest = *counts[i].oldest_us;
    table.Add({std::string(of.id), std::string(of.rule), std::string(rule.table),
               PeriodOf(rule, of, plan.cutoff.inactive_days), counts[i].due, counts[i].held, oldest,
               token});
  }
  return table;
}

absl::StatusOr<RetentionReport> RunRetention(Engine& engine, const base::Id& org_id,
                                             const std::string& plan_token, int64_t max_rows,
                                             const WorkProgress& progress) {
  if (max_rows < 0) return Error(ErrorCode::kInvalidArgument, "max_rows: must not be negative");
  const CallScope call(engine);
  OL_ASSIGN_OR_RETURN(const Plan plan, OpenPlan(engine, org_id, plan_token));
  int64_t planned = 0;
  for (const int64_t due : plan.due) planned += due;
  RetentionReport report;
  // Each rule counts for itself; the host hears of the whole run.
  WorkProgress of_run;
  if (progress) {
    of_run = [&](int64_t, int64_t) {
      return progress(report.people + report.deleted + report.logs, planned);
    };
  }
  int64_t budget = max_rows == 0 ? INT64_MAX : max_rows;
  int64_t account_rows = 0;
  report.done = true;
  for (const Rule& rule : Rules()) {
    int64_t* const removed = rule.kind == RuleKind::kInactive  ? &report.people
                             : rule.kind == RuleKind::kDeleted ? &report.deleted
                             : rule.kind == RuleKind::kLogs    ? &report.logs
                                                               : &account_rows;
    OL_ASSIGN_OR_RETURN(const bool drained,
                        Drain(engine, plan.cutoff, rule, &budget, removed, of_run));
    report.done = report.done && drained;
  }
  report.accounts = account_rows > 0 ? 1 : 0;
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_RETURN_IF_ERROR(ClearResidue(session.db()).status());
  return report;
}

absl::StatusOr<Sweep> SweepDue(Engine& engine) {
  std::vector<base::Id> organizations;
  {
    OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(organizations, storage::LoadRetentionDue(session.db(), session.now_us(),
                                                                 kMaxSweepOrganizations));
  }
  Sweep sweep;
  sweep.more = organizations.size() == kMaxSweepOrganizations;
  int64_t budget = kMaxSweepRows;
  for (const base::Id& org_id : organizations) {
    OL_ASSIGN_OR_RETURN(const bool drained, SweepOne(engine, org_id, &budget, &sweep.rows));
    sweep.more = sweep.more || !drained;
  }
  return sweep;
}

absl::StatusOr<int64_t> NextPurgeUs(const Session& session) {
  const int64_t now_us = session.now_us();
  OL_ASSIGN_OR_RETURN(const auto deleted_at_us,
                      storage::NextDeletion(session.db(), now_us - domain::kPurgeDelayUs));
  OL_ASSIGN_OR_RETURN(const auto ended_us, storage::NextAccountEnd(session.db(), now_us));
  int64_t next_us = INT64_MAX;
  if (deleted_at_us) next_us = *deleted_at_us + domain::kPurgeDelayUs;
  if (ended_us) next_us = std::min(next_us, domain::AccountDataUntilUs(*ended_us));
  return next_us;
}

}  // namespace onlyleads::engine
