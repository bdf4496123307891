#include "src/domain/signals.h"

#include <algorithm>
#include <cmath>

#include "src/base/time.h"

namespace onlyleads::domain {

std::optional<SignalKind> ParseSignalKind(std::string_view name) {
  for (size_t i = 0; i < kSignalKindNames.size(); ++i) {
    if (kSignalKindNames[i] == name) return static_cast<SignalKind>(i);
  }
  return std::nullopt;
}

double DecayedPoints(const SignalWeight& weight, const std::vector<Signal>& signals,
                     int64_t now_us) {
  std::vector<int64_t> ages;
  for (const Signal& signal : signals) {
    if (signal.kind == weight.kind) ages.push_back(std::max<int64_t>(0, now_us - signal.at_us));
  }
  // A sum of doubles depends on its order; oldest first also loses the fewest digits.
  std::sort(ages.begin(), ages.end(), std::greater<>());
  const double half_life_us = weight.half_life_days * static_cast<double>(base::kDayUs);
  double sum = 0;
  for (const int64_t age : ages) {
    sum += weight.points * std::exp2(-static_cast<double>(age) / half_life_us);
  }
  return std::min(sum, weight.max_points);
}

}  // namespace onlyleads::domain
