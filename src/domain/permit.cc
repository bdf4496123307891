// The one place where a Permit is made. Keep it this short: whoever reads it must see at a glance
// that nothing but an allowing decision leads to the constructor.
#include "src/domain/permit.h"

#include "absl/time/time.h"

namespace onlyleads::domain {

std::variant<Permit, Refusal> Decide(const Processing& processing, const SendFacts& facts,
                                     int64_t now_us) {
  SendFacts current = facts;
  current.channel = processing.channel;
  current.as_of = absl::ToCivilDay(absl::FromUnixMicros(now_us), absl::UTCTimeZone());
  const Decision decision = Evaluate(current);
  if (!decision.allowed) return Refusal{decision.reason, decision.trace};
  return Permit(processing, decision, now_us);
}

}  // namespace onlyleads::domain
