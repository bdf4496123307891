#include "src/base/time.h"

#include "src/base/abseil.h"
#include "src/base/error.h"

namespace onlyleads::base {

std::string FormatIsoMs(int64_t at_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMicros(at_us), absl::UTCTimeZone());
}

std::optional<int64_t> ParseIso(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &error)) return std::nullopt;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  return absl::ToUnixMicros(time);
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(ToAbsl(text), &day)) return std::nullopt;
  return day;
}

absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(std::string(name), &zone)) {
    return Error(ErrorCode::kTimeZone,
                 "time zone is not an IANA name, or zone data is missing (see TZDIR)");
  }
  return zone;
}

}  // namespace onlyleads::base
