#include "src/domain/organizations.h"

#include "absl/time/time.h"

namespace onlyleads::domain {

int64_t AccountDataUntilUs(int64_t active_until_us) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::Time end = absl::FromUnixMicros(active_until_us);
  const absl::CivilSecond second = absl::ToCivilSecond(end, utc);
  const absl::CivilMonth month = absl::CivilMonth(second) + 12;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const int day = second.day() > last.day() ? last.day() : second.day();
  const absl::CivilSecond later(month.year(), month.month(), day, second.hour(), second.minute(),
                                second.second());
  return absl::ToUnixMicros(absl::FromCivil(later, utc) + (end - absl::FromCivil(second, utc)));
}

}  // namespace onlyleads::domain
