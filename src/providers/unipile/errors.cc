// The error table and its fallbacks. A row is added when a slug's class differs from what its HTTP
// status says, or when the slug is documented: the table is the list of what we have read.
#include "src/providers/unipile/errors.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/base/abseil.h"
#include "src/base/json.h"
#include "src/base/time.h"

namespace onlyleads::providers::unipile {
namespace {

using base::kDayUs;
using base::kSecondUs;

constexpr ErrorClass F = ErrorClass::kFinal;
constexpr ErrorClass A = ErrorClass::kAccount;
constexpr ErrorClass K = ErrorClass::kConfig;
constexpr ErrorClass L = ErrorClass::kLimited;
constexpr ErrorClass R = ErrorClass::kRetry;
constexpr ErrorClass D = ErrorClass::kInDoubt;

constexpr size_t kMaxSlugBytes = 64;
constexpr int64_t kMaxBackoffUs = 6 * base::kHourUs;
constexpr int64_t kMaxPauseUs = 30 * kDayUs;

struct Rule {
  std::string_view slug;
  ErrorClass cls;
  Special special = Special::kNone;
  int64_t pause_us = 0;
  bool doubles = false;
  int server_status = 0;  // the one server error under which this row is a refusal all the same
};

constexpr Rule kRules[] = {
    // 400
    {"invalid_parameters", F},
    {"malformed_request", F},
    {"missing_parameters", F},
    {"invalid_url", F},
    {"unescaped_characters", F},
    {"too_many_characters", F},
    {"content_too_large", F},
    {"limit_too_high", F},
    {"invalid_request", F},
    {"invalid_action", F},
    // 401. A wrong key says nothing about the account, so its user is not asked to reconnect.
    {"missing_credentials", K},
    {"disconnected_account", A},
    {"expired_credentials", A},
    {"invalid_credentials", A},
    {"disconnected_feature", A},
    {"multiple_sessions", A},
    {"checkpoint_error", A},
    {"invalid_checkpoint_solution", A},
    {"captcha_not_supported", A},
    {"wrong_account", A},
    {"expired_link", A},
    {"invalid_proxy_credentials", A},
    {"insufficient_privileges", F},
    // 403
    {"account_restricted", A, Special::kHumanDecision},
    {"account_mismatch", A},
    {"session_mismatch", A},
    {"unknown_authentication_context", A},
    {"action_required", A},
    {"feature_not_subscribed", F},
    {"subscription_required", F},
    {"insufficient_permissions", F},
    {"resource_access_restricted", F},
    // 404, 415
    {"resource_not_found", F},
    {"invalid_resource_identifier", F},
    {"unsupported_media_type", F},
    // 422
    {"invalid_account", A},
    {"already_connected", F, Special::kAlreadyConnected},
    {"already_invited_recently", F, Special::kInvitationPending},
    {"action_already_performed", F, Special::kInvitationPending},
    // Sources disagree whether these are per person or per account: both pause.
    {"cannot_resend_yet", L, Special::kNotYet, kDayUs},
    {"cannot_resend_within_24hrs", L, Special::kNone, kDayUs},
    {"limit_exceeded", L, Special::kNone, 7 * kDayUs},
    {"insufficient_credits", L, Special::kNone, kDayUs},
    {"connection_limit_reached", A},
    {"invalid_recipient", F},
    {"blocked_recipient", F},
    {"user_unreachable", F},
    {"no_connection_with_recipient", F},
    {"cannot_invite_attendee", F},
    {"unprocessable_entity", F},
    {"invalid_message", F},
    {"invalid_post", F},
    {"not_allowed_inmail", F},
    {"comments_disabled", F},
    {"cant_send_message", F},
    {"unauthorized", F},
    {"invalid_thread", F},
    {"payment_error", F},
    // 425, 429
    {"auth_in_progress", R, Special::kNone, 30 * kSecondUs},
    {"too_many_requests", L, Special::kNone, kFirstBackoffUs, true},
    // 408 and 500 to 507. A 504 was seen after the message had gone out; over-limit shows as 500.
    {"request_timeout", D},
    {"unexpected_error", D},
    {"provider_error", D},
    {"authentication_intent_error", A, Special::kNone, 0, false, 500},
    {"feature_not_implemented", F, Special::kNone, 0, false, 501},
    {"no_client_session", R, Special::kNone, kFirstBackoffUs, true, 503},
    {"no_channel", R, Special::kNone, kFirstBackoffUs, true, 503},
    {"no_handler", R, Special::kNone, kFirstBackoffUs, true, 503},
    {"network_down", R, Special::kNone, kFirstBackoffUs, true, 503},
    {"service_unavailable", D},
    {"proxy_error", D},
};

// For slugs nobody has told us of, and for bodies that are no JSON.
Rule RuleOfStatus(int status) {
  switch (status) {
    case 401:
    case 403:
      // Neither our key nor this one request is known to be at fault: stop the one account.
      return {"", A};
    case 425:
      return {"", R, Special::kNone, 30 * kSecondUs};
    case 429:
      return {"", L, Special::kNone, kFirstBackoffUs, true};
    case 408:
    case 409:
    case 421:
    case 499:
      // Said by whatever stands between, of a request that may have gone on.
      return {"", D};
    case 501:
      return {"", F};
    default:
      // The API knows no redirects; whatever answered may have passed the request on.
      return {"", status >= 400 && status < 500 ? F : D};
  }
}

Rule Find(std::string_view slug, int status) {
  // A server error may follow the effect, and a gateway may put another's words under its own
  // status: only the very status that a row was documented with makes a refusal of it there.
  const Rule fallback = RuleOfStatus(status);
  for (const Rule& rule : kRules) {
    if (rule.slug != slug) continue;
    const bool doubtful = fallback.cls == D || status >= 500;
    return doubtful && rule.server_status != status ? fallback : rule;
  }
  return fallback;
}

std::optional<int64_t> RetryAfterUs(const HttpReply& reply, int64_t now_us) {
  const std::optional<std::string_view> value = FindHeader(reply.headers, "retry-after");
  if (!value) return std::nullopt;
  uint32_t seconds = 0;
  if (absl::SimpleAtoi(base::ToAbsl(*value), &seconds)) {
    return std::min<int64_t>(seconds * kSecondUs, kMaxPauseUs);
  }
  absl::Time at;
  std::string ignored;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", base::ToAbsl(*value), &at, &ignored)) {
    return std::nullopt;
  }
  // A date may lie at the end of time, where plain numbers would overflow.
  return std::clamp<int64_t>(absl::ToInt64Microseconds(at - absl::FromUnixMicros(now_us)), 0,
                             kMaxPauseUs);
}

}  // namespace

std::string SlugOf(std::string_view type) {
  const size_t cut = type.find_last_of("/.");
  if (cut != std::string_view::npos) type.remove_prefix(cut + 1);
  if (type.empty() || type.size() > kMaxSlugBytes) return {};
  std::string slug(type);
  for (char& c : slug) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return {};
  }
  return slug;
}

bool IsOfTheStatus(std::string_view slug) { return slug.starts_with("http_"); }

Verdict Classify(const HttpReply& reply, bool is_write, int64_t now_us) {
  Verdict verdict;
  if (reply.completion != Completion::kComplete) {
    const bool unknown = reply.completion == Completion::kUnknown && is_write;
    verdict.cls = unknown ? D : R;
    verdict.slug = reply.error;
  } else {
    if (auto document = base::JsonDocument::Parse(reply.body); document.ok()) {
      verdict.slug = SlugOf(document->root().StringOr("type", ""));
    }
    // What is stopped, and why, is told by this code: it is never empty.
    if (verdict.slug.empty()) verdict.slug = absl::StrCat("http_", reply.status);
    const Rule rule = Find(verdict.slug, reply.status);
    verdict.cls = rule.cls == D && !is_write ? R : rule.cls;
    verdict.special = rule.special;
    verdict.pause_us = rule.pause_us;
    verdict.doubles = rule.doubles;
  }
  if (verdict.cls == R && verdict.pause_us == 0) {
    verdict.pause_us = kFirstBackoffUs;
    verdict.doubles = true;
  }
  if (verdict.cls != L && verdict.cls != R) return verdict;
  if (const std::optional<int64_t> after = RetryAfterUs(reply, now_us)) {
    verdict.pause_us = verdict.doubles ? *after : std::max(verdict.pause_us, *after);
    verdict.doubles = false;
  }
  return verdict;
}

int64_t BackoffUs(int attempt, uint32_t jitter) {
  int64_t wait_us = kFirstBackoffUs;
  for (int i = 0; i < attempt && wait_us < kMaxBackoffUs; ++i) wait_us *= 2;
  wait_us = std::min(wait_us, kMaxBackoffUs);
  const double fraction = static_cast<double>(jitter) / std::numeric_limits<uint32_t>::max();
  return wait_us + static_cast<int64_t>(static_cast<double>(wait_us) / 4 * fraction);
}

}  // namespace onlyleads::providers::unipile
