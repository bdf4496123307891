// Webhooks: an event is whole or ignored, can be stored, and is the same event however its JSON is
// written; the shared secret is demanded in every value of its header.
#include <string>
#include <string_view>

#include "src/base/json.h"
#include "src/base/text.h"
#include "src/providers/unipile/webhook.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using fuzz::Claim;
using providers::unipile::HeaderSecretMatches;
using providers::unipile::InboundEvent;
using providers::unipile::InboundKind;
using providers::unipile::ParseWebhook;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = Upper(c);
  return out;
}

void CheckSecret(fuzz::Input* input) {
  const std::string secret(input->UntilZero());
  providers::Headers headers;
  bool found = false, equal = true;
  for (int count = input->Byte() % 4; count > 0; --count) {
    const uint8_t choice = input->Byte();
    // Names that differ by case, and values that differ by little, are the cases that matter.
    const std::string name = (choice & 1) != 0 ? std::string(input->UntilZero()) : "unipile-AUTH";
    std::string value = secret;
    if ((choice & 2) != 0) value += '\0';
    if ((choice & 4) != 0) value = input->UntilZero();
    headers.emplace_back(name, value);
    if (Upper(name) != "UNIPILE-AUTH") continue;
    found = true;
    equal &= value == secret;
  }
  const bool expected = !secret.empty() && found && equal;
  Claim(HeaderSecretMatches(headers, providers::unipile::kSecretHeader, secret) == expected,
        "the secret matches when every value of the header is the secret");
}

void CheckWhole(const InboundEvent& event) {
  const bool ignored = event.kind == InboundKind::kIgnored;
  Claim(ignored == event.dedupe_key.empty(), "an event has a key, an ignored one has none");
  Claim(ignored || !event.account_id.empty(), "an event belongs to an account");
  Claim(event.kind != InboundKind::kNewRelation || !event.counterpart_provider_id.empty() ||
            !event.counterpart_public_identifier.empty(),
        "a relation names somebody");
  for (const std::string* text :
       {&event.account_id, &event.chat_id, &event.message_id, &event.text,
        &event.counterpart_provider_id, &event.counterpart_public_identifier}) {
    Claim(base::IsStorableUtf8(*text), "an event's texts can be stored");
  }
}

bool SameEvent(const InboundEvent& a, const InboundEvent& b) {
  // Without an id of its own a message is told by its bytes, which differ here.
  const bool same_key = a.message_id.empty() || a.dedupe_key == b.dedupe_key;
  return same_key && a.kind == b.kind && a.account_id == b.account_id && a.chat_id == b.chat_id &&
         a.message_id == b.message_id && a.text == b.text && a.is_sender == b.is_sender &&
         a.is_event == b.is_event && a.is_group == b.is_group &&
         a.has_attachments == b.has_attachments && a.at_us == b.at_us &&
         a.counterpart_provider_id == b.counterpart_provider_id &&
         a.counterpart_public_identifier == b.counterpart_public_identifier;
}

}  // namespace
}  // namespace onlyleads

// The body up to a zero byte, then secret and headers.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const std::string_view body = input.UntilZero();
  CheckSecret(&input);

  const auto event = ParseWebhook(body);
  const auto document = base::JsonDocument::Parse(body);
  fuzz::Claim(event.ok() == (document.ok() && document->root().IsObject()),
              "a JSON object is a webhook, nothing else is");
  if (!event.ok()) return 0;
  CheckWhole(*event);
  const auto again = ParseWebhook(body);
  fuzz::Claim(again->dedupe_key == event->dedupe_key, "a delivery repeated has the same key");
  const auto rewritten = ParseWebhook(" " + document->root().Dump() + "\r\n");
  fuzz::Claim(rewritten.ok() && SameEvent(*event, *rewritten),
              "an event does not depend on how its JSON is written");
  return 0;
}
