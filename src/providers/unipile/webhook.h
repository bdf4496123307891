// Webhooks of Unipile as values: message_received and new_relation; every other event is ignored,
// so that a new event of theirs never makes us refuse a delivery. Pure, and lenient in shape. V1
// signs nothing: the caller checks the shared-secret header before it parses.
#ifndef ONLYLEADS_SRC_PROVIDERS_UNIPILE_WEBHOOK_H_
#define ONLYLEADS_SRC_PROVIDERS_UNIPILE_WEBHOOK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "src/providers/transport.h"

namespace onlyleads::providers::unipile {

// The name Unipile's documentation uses for the shared-secret header.
inline constexpr std::string_view kSecretHeader = "Unipile-Auth";

enum class InboundKind { kIgnored, kMessage, kNewRelation };

struct InboundEvent {
  InboundKind kind = InboundKind::kIgnored;
  std::string account_id;
  std::string chat_id;     // kMessage
  std::string message_id;  // kMessage
  std::string text;        // kMessage; may be empty (attachments only)
  // The connected account wrote it, through us or elsewhere. When the payload leaves it open it is
  // false: taking an echo for a reply stops a sequence, the other mistake misses an opt-out.
  bool is_sender = false;
  bool is_event = false;  // a notice of the network, nobody's reply
  bool is_group = false;
  bool has_attachments = false;
  // The other person; empty for one's own message to a group.
  std::string counterpart_provider_id;
  std::string counterpart_public_identifier;
  std::string counterpart_profile_url;
  int64_t at_us = 0;  // 0 when the payload has no time (new_relation never has one)
  // Equal for two deliveries of one event. Contains identifiers: store it as a keyed digest.
  std::string dedupe_key;
};

// kInvalidJson for what is no JSON object, kLimit past kMaxWebhookBytes or kMaxJsonDepth.
absl::StatusOr<InboundEvent> ParseWebhook(std::string_view body);

// True when the header is there and every value it has equals `secret`. The time taken depends on
// lengths only; header names compare without case. An empty secret matches nothing.
bool HeaderSecretMatches(const Headers& headers, std::string_view name, std::string_view secret);

}  // namespace onlyleads::providers::unipile

#endif  // ONLYLEADS_SRC_PROVIDERS_UNIPILE_WEBHOOK_H_
