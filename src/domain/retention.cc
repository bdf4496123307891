#include "src/domain/retention.h"

namespace onlyleads::domain {
namespace {

constexpr RetentionClass kClasses[] = {
    {"account", "account", "subscription_end", "P12M", kAccountPeriodUs},
    {"prospect_active", "prospect_active", "last_active_use", "P24M", kInactiveDays* base::kDayUs},
    {"prospect_soft_deleted", "prospect_soft_deleted", "soft_deleted_at", "P30D", kPurgeDelayUs},
    {"logs", "system_logs", "log_event_at", "P90D", kLogPeriodUs},
    // What members did in the host's product: personal data of the customer's people.
    {"usage", "system_logs", "log_event_at", "P90D", kLogPeriodUs},
    // Kept as long as a message to that identity is possible: without it an objection is forgotten.
    {"suppression", "suppression", "objection_at", "indefinite", 0},
    // Codes and ids that account for what was done (GDPR 5(2)); the chain of the audit breaks when
    // an entry is taken out.
    {"audit", "dsr_record", "closed_at", "indefinite", 0},
    {"installation", "", "", "indefinite", 0},
};

}  // namespace

absl::Span<const RetentionClass> RetentionClasses() { return kClasses; }

const RetentionClass* FindRetentionClass(std::string_view id) {
  for (const RetentionClass& one : kClasses) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

}  // namespace onlyleads::domain
