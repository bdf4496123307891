// What an answer of Unipile means for the caller: one table from error slug or HTTP status to a
// class, a special treatment and a pause. Pure. Unknown slugs fall back to their HTTP status.
// Source: Unipile's error pages (https://developer.unipile.com/docs); the classes are our reading.
#ifndef ONLYLEADS_SRC_PROVIDERS_UNIPILE_ERRORS_H_
#define ONLYLEADS_SRC_PROVIDERS_UNIPILE_ERRORS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "src/providers/transport.h"

namespace onlyleads::providers::unipile {

enum class ErrorClass {
  kNone,     // no error
  kFinal,    // F: this request will never succeed
  kAccount,  // A: the account's user must act; stop that account
  kConfig,   // K: our key or address is wrong; stop everything
  kLimited,  // L: nothing was sent; pause the account
  kRetry,    // R: nothing was sent; retry with backoff
  kInDoubt,  // D: it may have happened; reconcile
};

enum class Special {
  kNone,
  kAlreadyConnected,   // the person is a connection: move on as if accepted
  kInvitationPending,  // an invitation seems to be out already: reconcile with the sent ones
  kHumanDecision,  // the network restricted the account: nothing automatic until a human decides
  kNotYet,         // not this person for a while (see kNotYetUs), besides the account's pause
};

struct Verdict {
  ErrorClass cls = ErrorClass::kNone;
  Special special = Special::kNone;
  std::string slug;      // lower-case letters, digits and _ only; empty when there was none
  int64_t pause_us = 0;  // how long to wait at least; 0 when the class has no waiting
  bool doubles = false;  // `pause_us` is the first of a doubling series (see BackoffUs)
};

inline constexpr int64_t kFirstBackoffUs = 60'000'000;
// LinkedIn takes no second invitation to a person for three weeks after one was withdrawn. Tried
// every day, one person would pause the account for good.
inline constexpr int64_t kNotYetUs = 21LL * 24 * 3600 * 1'000'000;

// The slug of "errors/<slug>" or of the older "api.Error.<kind>.<slug>"; empty for what is no slug,
// so that text of the provider never passes for a code.
std::string SlugOf(std::string_view type);

// Whether a code is the status' own ("http_401"), because the answer had none.
bool IsOfTheStatus(std::string_view slug);

// For a reply that is no success. `is_write` turns in-doubt into retry for reads. `now_us` is
// needed for a Retry-After that names a date; it lengthens a pause, and replaces a doubling one.
Verdict Classify(const HttpReply& reply, bool is_write, int64_t now_us);

// 60 s doubling with each failed attempt (0 is the first), at most 6 h, plus up to a quarter of
// itself by `jitter` (a random number from the caller).
int64_t BackoffUs(int attempt, uint32_t jitter);

}  // namespace onlyleads::providers::unipile

#endif  // ONLYLEADS_SRC_PROVIDERS_UNIPILE_ERRORS_H_
