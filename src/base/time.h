// Instants as int64 microseconds since 1970 UTC, calendar dates, and IANA zones. Reads no clock.
// Zones come from absl::TimeZone; a time in a DST gap moves forward, one in an overlap is the
// first.
#ifndef ONLYLEADS_SRC_BASE_TIME_H_
#define ONLYLEADS_SRC_BASE_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace onlyleads::base {

inline constexpr int64_t kSecondUs = 1'000'000;
inline constexpr int64_t kMinuteUs = 60 * kSecondUs;
inline constexpr int64_t kHourUs = 60 * kMinuteUs;
inline constexpr int64_t kDayUs = 24 * kHourUs;
// 9000-01-01: beyond it the sums of calendars leave what microseconds can hold.
inline constexpr int64_t kLatestInstantUs = 221'845'392'000'000'000;

// "2026-11-23T10:15:02.123Z": UTC with exactly three digits of milliseconds.
std::string FormatIsoMs(int64_t at_us);
// Any RFC 3339 form; nullopt when it is none.
std::optional<int64_t> ParseIso(std::string_view text);
// "2026-11-23".
std::optional<absl::CivilDay> ParseDay(std::string_view text);
// kTimeZone error that names TZDIR when the zone cannot be loaded.
absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_TIME_H_
