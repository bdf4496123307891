// Retention classes: which rule of the decision pack each follows, what starts its clock and how
// long it runs. Every column of the register names one of these. Pure: periods, no clock.
#ifndef ONLYLEADS_SRC_DOMAIN_RETENTION_H_
#define ONLYLEADS_SRC_DOMAIN_RETENTION_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "src/base/time.h"

namespace onlyleads::domain {

struct RetentionClass {
  std::string_view id;
  std::string_view rule;  // id of the rule under `retention` of the pack; empty: no personal data
  std::string_view trigger;  // what starts the clock
  std::string_view period;   // ISO 8601, or "indefinite"
  int64_t period_us;         // 0: nothing falls due by time
};

absl::Span<const RetentionClass> RetentionClasses();
// Null when there is none of that id.
const RetentionClass* FindRetentionClass(std::string_view id);

inline constexpr int64_t kLogPeriodUs = 90 * base::kDayUs;
inline constexpr int64_t kPurgeDelayUs = 30 * base::kDayUs;
inline constexpr int64_t kAccountPeriodUs = 365 * base::kDayUs;
// The rules leave the limit of inactivity to the customer and suggest 24 months.
inline constexpr int kInactiveDays = 730;

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_RETENTION_H_
