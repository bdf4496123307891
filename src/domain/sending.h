// When a sender may act: rolling windows, working hours in an IANA zone, the gap between writes.
// Pure; a time that passed without an action is never caught up.
#ifndef ONLYLEADS_SRC_DOMAIN_SENDING_H_
#define ONLYLEADS_SRC_DOMAIN_SENDING_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace onlyleads::domain {

// The earliest instant >= now_us at which one more use keeps `limit` uses in any `window_us`.
// `uses_us` are the past uses, newest first, at least the `limit` newest of them.
int64_t WindowOpensAt(const std::vector<int64_t>& uses_us, int limit, int64_t window_us,
                      int64_t now_us);

struct WorkingHours {
  absl::TimeZone zone;
  int start_min = 0;      // after local midnight
  int end_min = 24 * 60;  // exclusive
  uint32_t days = 0x7f;   // bit 0 Monday
};

// now_us when inside working hours, else the next start. A start in a DST gap moves forward.
int64_t WorkStartsAt(const WorkingHours& hours, int64_t now_us);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_SENDING_H_
