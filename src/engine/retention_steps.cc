#include "src/engine/retention_steps.h"

#include <algorithm>

#include "src/base/time.h"
#include "src/domain/organizations.h"
#include "src/domain/retention.h"
#include "src/engine/long_work.h"
#include "src/engine/rights.h"
#include "src/storage/organization_store.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {
namespace {

constexpr int kPage = 1000;

int64_t UntilUs(const Cutoff& cutoff, RuleKind kind) {
  switch (kind) {
    case RuleKind::kInactive:
      return cutoff.as_of_us - cutoff.inactive_days * base::kDayUs;
    case RuleKind::kDeleted:
      return cutoff.as_of_us - domain::kPurgeDelayUs;
    case RuleKind::kLogs:
      return cutoff.as_of_us - domain::kLogPeriodUs;
    case RuleKind::kAccount:
      break;  // twelve months are no fixed number of days
  }
  return 0;
}

// People of one page, and those among them that are due.
struct Page {
  std::vector<storage::LastUse> due;
  base::Id after;
  bool last = false;
};

absl::StatusOr<Page> ReadPage(const Session& session, const Cutoff& cutoff, const Rule& rule,
                              const base::Id& after, int limit) {
  const int64_t until_us = UntilUs(cutoff, rule.kind);
  Page page;
  size_t read = 0;
  if (rule.kind == RuleKind::kDeleted) {
    OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadDeletedUntil(session.db(), cutoff.org_id,
                                                                   after, until_us, limit));
    for (const storage::DeletedRow& row : rows) {
      page.due.push_back({row.prospect_id, row.deleted_at_us});
    }
    read = rows.size();
    if (read > 0) page.after = rows.back().prospect_id;
  } else {
    OL_ASSIGN_OR_RETURN(auto rows,
                        storage::LoadLastUses(session.db(), cutoff.org_id, after, limit));
    read = rows.size();
    if (read > 0) page.after = rows.back().prospect_id;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(page.due),
                 [&](const storage::LastUse& row) { return row.used_at_us <= until_us; });
  }
  page.last = read < static_cast<size_t>(limit);
  return page;
}

absl::StatusOr<bool> Held(const Session& session, const Cutoff& cutoff, const base::Id& person) {
  return storage::IsHeld(session.db(), cutoff.org_id, person,
                         std::min(cutoff.as_of_us, session.now_us()));
}

absl::StatusOr<DueCount> CountDueLogs(Engine& engine, const Cutoff& cutoff, const Rule& rule) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(
      const storage::LogCount count,
      storage::CountLogs(session.db(), *rule.log, cutoff.org_id, UntilUs(cutoff, RuleKind::kLogs)));
  OL_ASSIGN_OR_RETURN(const bool held, Held(session, cutoff, {}));
  return held ? DueCount{0, count.rows, count.oldest_us} : DueCount{count.rows, 0, count.oldest_us};
}

// The organization itself: everything that is left of it falls due at once.
absl::StatusOr<DueCount> CountDueAccount(Engine& engine, const Cutoff& cutoff) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto row, storage::LoadOrganization(session.db(), cutoff.org_id));
  if (!row || !domain::AccountDataIsOver(row->active_until_us, cutoff.as_of_us)) return DueCount{};
  OL_ASSIGN_OR_RETURN(
      const bool held,
      storage::HasHolds(session.db(), cutoff.org_id, std::min(cutoff.as_of_us, session.now_us())));
  return DueCount{held ? 0 : 1, held ? 1 : 0, row->active_until_us};
}

}  // namespace

const std::vector<Rule>& Rules() {
  static const std::vector<Rule>* const kRules = [] {
    auto* rules =
        new std::vector<Rule>{{RuleKind::kInactive, "prospect_active", "prospects"},
                              {RuleKind::kDeleted, "prospect_soft_deleted", "deleted_prospects"}};
    for (const storage::LogTable& table : storage::LogTables()) {
      rules->push_back({RuleKind::kLogs, table.retention_class, table.table, &table});
    }
    rules->push_back({RuleKind::kAccount, "account", "organizations"});
    return rules;
  }();
  return *kRules;
}

absl::StatusOr<DueCount> CountDue(Engine& engine, const Cutoff& cutoff, const Rule& rule) {
  if (rule.kind == RuleKind::kLogs) return CountDueLogs(engine, cutoff, rule);
  if (rule.kind == RuleKind::kAccount) return CountDueAccount(engine, cutoff);
  DueCount count;
  Page page;
  while (!page.last) {
    OL_RETURN_IF_ERROR(CheckCancelled(engine));
    OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(page, ReadPage(session, cutoff, rule, page.after, kPage));
    for (const storage::LastUse& person : page.due) {
      OL_ASSIGN_OR_RETURN(const bool held, Held(session, cutoff, person.prospect_id));
      ++(held ? count.held : count.due);
      count.oldest_us = std::min(count.oldest_us.value_or(INT64_MAX), person.used_at_us);
    }
  }
  return count;
}

absl::StatusOr<Step> RemoveDue(Session& session, const Cutoff& cutoff, const Rule& rule,
                               const base::Id& after, int limit) {
  Step step;
  if (rule.kind == RuleKind::kLogs) {
    OL_ASSIGN_OR_RETURN(const bool held, Held(session, cutoff, {}));
    if (held) return Step{0, {}, true};
    OL_ASSIGN_OR_RETURN(step.removed, storage::DeleteLogs(session.db(), *rule.log, cutoff.org_id,
                                                          UntilUs(cutoff, RuleKind::kLogs), limit));
    step.last = step.removed == 0;
    // What members did is personal; the other logs hold codes and digests.
    if (step.removed > 0 && rule.retention_class == "usage") {
      OL_RETURN_IF_ERROR(storage::AddResidue(session.db(), step.removed, session.now_us()));
    }
    return step;
  }
  OL_ASSIGN_OR_RETURN(const Page page, ReadPage(session, cutoff, rule, after, limit));
  for (const storage::LastUse& person : page.due) {
    OL_ASSIGN_OR_RETURN(const bool held, Held(session, cutoff, person.prospect_id));
    if (held) continue;
    OL_ASSIGN_OR_RETURN(const bool removed,
                        PurgeProspect(session, cutoff.org_id, person.prospect_id));
    step.removed += removed ? 1 : 0;
  }
  step.after = page.after;
  step.last = page.last;
  if (step.removed > 0) {
    OL_RETURN_IF_ERROR(storage::AddResidue(session.db(), step.removed, session.now_us()));
  }
  return step;
}

}  // namespace onlyleads::engine
