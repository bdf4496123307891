#include "src/domain/sending.h"

#include <algorithm>

#include "src/base/time.h"

namespace onlyleads::domain {
namespace {

int64_t LocalMinute(absl::CivilDay day, int minute, const absl::TimeZone& zone) {
  const absl::CivilMinute civil = absl::CivilMinute(day) + minute;
  // In a gap, `trans` is the first instant after it; in an overlap, `pre` is the first of the two.
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(civil));
  const absl::Time time = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
  return absl::ToUnixMicros(time);
}

int DayBit(absl::CivilDay day) { return (static_cast<int>(absl::GetWeekday(day))); }

}  // namespace

int64_t WindowOpensAt(const std::vector<int64_t>& uses_us, int limit, int64_t window_us,
                      int64_t now_us) {
  if (limit <= 0) return INT64_MAX;
  if (static_cast<int>(uses_us.size()) < limit) return now_us;
  return std::max(now_us, uses_us[static_cast<size_t>(limit) - 1] + window_us);
}

int64_t WorkStartsAt(const WorkingHours& hours, int64_t now_us) {
  if ((hours.days & 0x7f) == 0) return INT64_MAX;
  absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(now_us), hours.zone);
  for (int i = 0; i <= 8; ++i, ++day) {
    if ((hours.days & (1u << DayBit(day))) == 0) continue;
    const int64_t start = LocalMinute(day, hours.start_min, hours.zone);
    const int64_t end = LocalMinute(day, hours.end_min, hours.zone);
    if (now_us < end && start < end) return std::max(now_us, start);
  }
  return INT64_MAX;
}

}  // namespace onlyleads::domain
