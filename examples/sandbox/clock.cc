// The notation of the sandbox's time; see clock.h. A time that does not survive being read and
// written back unchanged (February 30th, 24:00) is refused, as the provider refuses it.
#include "clock.h"

#include <time.h>

#include <charconv>
#include <chrono>
#include <cstdio>

namespace onlyleads_sandbox {

std::string FormatTime(int64_t us) {
  int64_t seconds = us / 1000000;
  int64_t rest = us % 1000000;
  if (rest < 0) {
    rest += 1000000;
    --seconds;
  }
  const time_t time = seconds;
  struct tm parts {};
  gmtime_r(&time, &parts);
  char out[96];
  std::snprintf(out, sizeof(out), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(rest / 1000));
  return out;
}

std::optional<int64_t> ParseTime(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != kForm.size()) return std::nullopt;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return std::nullopt;
  }
  const auto number = [&](size_t at, size_t length) {
    int value = 0;
    for (size_t i = at; i < at + length; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  struct tm parts {};
  parts.tm_year = number(0, 4) - 1900;
  parts.tm_mon = number(5, 2) - 1;
  parts.tm_mday = number(8, 2);
  parts.tm_hour = number(11, 2);
  parts.tm_min = number(14, 2);
  parts.tm_sec = number(17, 2);
  const int64_t us = static_cast<int64_t>(timegm(&parts)) * 1000000 + int64_t{number(20, 3)} * 1000;
  if (FormatTime(us) != text) return std::nullopt;
  return us;
}

std::optional<int64_t> ParseNowOption(std::string_view text) {
  if (const auto exact = ParseTime(text)) return exact;
  if (text.size() == 20 && text.back() == 'Z') {
    return ParseTime(std::string(text.substr(0, 19)) + ".000Z");
  }
  int64_t us = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), us);
  if (error != std::errc() || end != text.data() + text.size() || us < 0) return std::nullopt;
  return us;
}

int64_t SystemNowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace onlyleads_sandbox
