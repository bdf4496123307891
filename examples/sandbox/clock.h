// The sandbox's time: microseconds since 1970 UTC, written as Unipile writes it (exactly three
// digits of milliseconds and Z). The clock itself lives in the world, since it is part of what a
// restart restores; here are its notation and the system's time, which only main and store ask.
#ifndef ONLYLEADS_SANDBOX_CLOCK_H_
#define ONLYLEADS_SANDBOX_CLOCK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace onlyleads_sandbox {

std::string FormatTime(int64_t us);
// Only YYYY-MM-DDTHH:MM:SS.sssZ of a real date.
std::optional<int64_t> ParseTime(std::string_view text);
// What --now takes: the form above, the same without milliseconds, or a count of microseconds.
std::optional<int64_t> ParseNowOption(std::string_view text);
int64_t SystemNowUs();

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_CLOCK_H_
