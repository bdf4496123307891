// What a person did that tells of interest, and how much of it is left after a while. Pure: ages
// come in, points go out; nothing here knows a clock or a person.
#ifndef ONLYLEADS_SRC_DOMAIN_SIGNALS_H_
#define ONLYLEADS_SRC_DOMAIN_SIGNALS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace onlyleads::domain {

enum class SignalKind : uint8_t { kReaction, kComment, kProfileView, kFollow, kReply, kVisit };

inline constexpr std::array<std::string_view, 6> kSignalKindNames = {
    "reaction", "comment", "profile_view", "follow", "reply", "visit"};

inline std::string_view Name(SignalKind kind) {
  return kSignalKindNames[static_cast<size_t>(kind)];
}
std::optional<SignalKind> ParseSignalKind(std::string_view name);

struct Signal {
  SignalKind kind;
  int64_t at_us;
};

// What a scorecard gives for one kind. All positive; max_points may be infinite.
struct SignalWeight {
  SignalKind kind;
  double points;
  double half_life_days;
  double max_points;
};

// The points of all signals of the weight's kind at `now_us`: each halves with every half-life, the
// sum is capped. Never negative, never more with time, and the same in whatever order they come. A
// signal from the future (a clock stepped back) counts as one of now.
double DecayedPoints(const SignalWeight& weight, const std::vector<Signal>& signals,
                     int64_t now_us);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_SIGNALS_H_
