// The table of Unipile's errors; see errors.h. Bodies carry status, type, title, detail and
// instance. The detail never repeats what was sent.
#include "errors.h"

#include "json.h"

namespace onlyleads_sandbox {
namespace {

constexpr ErrorKind kErrors[] = {
    {"invalid_parameters", 400, ""},
    {"malformed_request", 400, ""},
    {"missing_parameters", 400, ""},
    {"invalid_url", 400, ""},
    {"unescaped_characters", 400, ""},
    {"too_many_characters", 400, ""},
    {"content_too_large", 400, ""},
    {"limit_too_high", 400, ""},
    {"invalid_request", 400, ""},
    {"invalid_action", 400, ""},
    {"missing_credentials", 401, ""},
    {"disconnected_account", 401, ""},
    {"expired_credentials", 401, ""},
    {"invalid_credentials", 401, ""},
    {"disconnected_feature", 401, ""},
    {"multiple_sessions", 401, ""},
    {"checkpoint_error", 401, ""},
    {"invalid_checkpoint_solution", 401, ""},
    {"captcha_not_supported", 401, ""},
    {"wrong_account", 401, ""},
    {"expired_link", 401, ""},
    {"invalid_proxy_credentials", 401, ""},
    {"insufficient_privileges", 401, ""},
    {"account_restricted", 403, ""},
    {"account_mismatch", 403, ""},
    {"session_mismatch", 403, ""},
    {"unknown_authentication_context", 403, ""},
    {"action_required", 403, ""},
    {"feature_not_subscribed", 403, ""},
    {"subscription_required", 403, ""},
    {"insufficient_permissions", 403, ""},
    {"resource_access_restricted", 403, ""},
    {"resource_not_found", 404, ""},
    {"invalid_resource_identifier", 404, ""},
    {"unsupported_media_type", 415, ""},
    {"invalid_account", 422, ""},
    {"invalid_recipient", 422, ""},
    {"blocked_recipient", 422, ""},
    {"user_unreachable", 422, ""},
    {"no_connection_with_recipient", 422, ""},
    {"cannot_invite_attendee", 422, ""},
    {"unprocessable_entity", 422, ""},
    {"invalid_message", 422, ""},
    {"invalid_post", 422, ""},
    {"not_allowed_inmail", 422, "InMail not allowed"},
    {"comments_disabled", 422, ""},
    {"cant_send_message", 422, ""},
    {"unauthorized", 422, ""},
    {"invalid_thread", 422, ""},
    {"payment_error", 422, ""},
    {"already_connected", 422, ""},
    {"already_invited_recently", 422, ""},
    {"action_already_performed", 422, ""},
    {"cannot_resend_yet", 422, ""},
    {"cannot_resend_within_24hrs", 422, ""},
    {"limit_exceeded", 422, ""},
    {"connection_limit_reached", 422, ""},
    {"insufficient_credits", 422, ""},
    {"auth_in_progress", 425, ""},
    {"too_many_requests", 429, ""},
    {"unexpected_error", 500, ""},
    {"provider_error", 500, ""},
    {"authentication_intent_error", 500, ""},
    {"feature_not_implemented", 501, "Not implemented"},
    {"no_client_session", 503, ""},
    {"no_channel", 503, ""},
    {"no_handler", 503, ""},
    {"network_down", 503, ""},
    {"service_unavailable", 503, ""},
    {"proxy_error", 503, ""},
    {"request_timeout", 504, ""},
};

std::string Title(const ErrorKind& kind) {
  if (!kind.title.empty()) return std::string(kind.title);
  std::string title(kind.slug);
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

}  // namespace

const ErrorKind* FindError(std::string_view slug) {
  for (const ErrorKind& kind : kErrors) {
    if (kind.slug == slug) return &kind;
  }
  return nullptr;
}

std::string ErrorBody(const ErrorKind& kind, std::string_view instance) {
  return Json()
      .Begin()
      .Field("status", kind.status)
      .Field("type", "errors/" + std::string(kind.slug))
      .Field("title", Title(kind))
      .Field("detail", "The sandbox refused this request.")
      .Field("instance", instance)
      .End()
      .Take();
}

}  // namespace onlyleads_sandbox
