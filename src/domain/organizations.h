// What the end of a customer's subscription means in time. Pure.
#ifndef ONLYLEADS_SRC_DOMAIN_ORGANIZATIONS_H_
#define ONLYLEADS_SRC_DOMAIN_ORGANIZATIONS_H_

#include <cstdint>
#include <optional>

namespace onlyleads::domain {

// nullopt: no end is known. The instant of the end itself is outside.
inline bool SubscriptionRuns(std::optional<int64_t> active_until_us, int64_t now_us) {
  return !active_until_us || now_us < *active_until_us;
}

// Until when account data may be kept after a subscription: the same instant of the day twelve
// calendar months later in UTC, the last day of a shorter month (retention class "account": P12M).
int64_t AccountDataUntilUs(int64_t active_until_us);
inline bool AccountDataIsOver(std::optional<int64_t> active_until_us, int64_t now_us) {
  return active_until_us && AccountDataUntilUs(*active_until_us) <= now_us;
}

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_ORGANIZATIONS_H_
