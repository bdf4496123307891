#include "src/base/time.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "src/base/abseil.h"
#include "src/base/error.h"

namespace onlyleads::base {
namespace {

constexpr size_t kMaxZoneBytes = 64;

// The loader opens absolute paths, climbs out of the zone directory and knows names of its own with
// a colon; a pipe under such a path would hang it.
bool IsZoneName(std::string_view name) {
  const auto is_part = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' ||
           c == '/';
  };
  return !name.empty() && name.size() <= kMaxZoneBytes && name[0] != '/' &&
         std::all_of(name.begin(), name.end(), is_part);
}

}  // namespace

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
  if (!IsZoneName(name) || !absl::LoadTimeZone(std::string(name), &zone)) {
    return Error(ErrorCode::kTimeZone,
                 "time zone is not an IANA name, or zone data is missing (see TZDIR)");
  }
  return zone;
}

}  // namespace onlyleads::base
