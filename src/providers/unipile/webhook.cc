// Reads webhooks leniently: the documentation, its samples and captured deliveries disagree on
// types and nesting, and a delivery that we refuse is lost after five attempts.
#include "src/providers/unipile/webhook.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "src/base/crypto.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/base/time.h"
#include "src/providers/unipile/requests.h"

namespace onlyleads::providers::unipile {
namespace {

using base::JsonDocument;
using base::JsonValue;

// Below this a number of a timestamp is seconds, above it milliseconds (the year 5138 in seconds).
constexpr int64_t kMillisecondsFrom = 100'000'000'000;

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// The first non-empty string (or whole number) under one of the names. U+0000 is dropped: databases
// refuse it, and an opt-out must not be lost to it.
std::string FirstText(JsonValue object, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    const JsonValue value = object[name];
    std::string text = value.IsInt() ? std::to_string(*value.AsInt()) : object.StringOr(name, "");
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
    if (!text.empty()) return text;
  }
  return {};
}

// 0 for what is no time, or lies outside of the years 1970 to 9999.
int64_t InstantOf(JsonValue value) {
  constexpr int64_t kLatestUs = 253'402'300'799'999'999;
  int64_t at_us = 0;
  if (const auto number = value.AsInt()) {
    if (*number <= 0 || *number > kLatestUs / 1000) return 0;
    at_us = *number < kMillisecondsFrom ? *number * base::kSecondUs : *number * 1000;
  } else {
    at_us = base::ParseIso(value.AsString().value_or("")).value_or(0);
  }
  return at_us > 0 && at_us <= kLatestUs ? at_us : 0;
}

std::string ProviderIdOf(JsonValue attendee) {
  return FirstText(attendee, {"attendee_provider_id", "provider_id"});
}

void SetCounterpart(JsonValue attendee, InboundEvent* event) {
  event->counterpart_provider_id = ProviderIdOf(attendee);
  event->counterpart_public_identifier =
      FirstText(attendee, {"attendee_public_identifier", "public_identifier"});
  event->counterpart_profile_url = FirstText(attendee, {"attendee_profile_url", "profile_url"});
}

// Whoever of the attendees is not the account itself; nobody when several are.
JsonValue OtherAttendee(JsonValue attendees, std::string_view own_id) {
  JsonValue other;
  int others = 0;
  for (size_t i = 0; i < attendees.size(); ++i) {
    if (ProviderIdOf(attendees.at(i)) == own_id) continue;
    other = attendees.at(i);
    ++others;
  }
  return others == 1 ? other : JsonValue();
}

bool IsSender(JsonValue root, std::string_view own_id) {
  if (const auto flag = root["is_sender"].AsBool()) return *flag;
  return !own_id.empty() && ProviderIdOf(root["sender"]) == own_id;
}

// More than one person beside the account itself, whose id may not be told.
bool IsGroup(JsonValue attendees, std::string_view own_id) {
  std::set<std::string> others;
  for (size_t i = 0; i < attendees.size(); ++i) {
    std::string id = ProviderIdOf(attendees.at(i));
    if (!id.empty() && id != own_id) others.insert(std::move(id));
  }
  return others.size() > (own_id.empty() ? 2u : 1u);
}

bool HasAny(JsonValue attachments) {
  bool any = attachments.size() > 0;
  attachments.ForEachMember([&](std::string_view, JsonValue) { any = true; });
  return any;
}

// Parts cannot contain the separator's meaning: each is preceded by its length.
std::string DedupeKey(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (std::string_view part : parts) {
    key += std::to_string(part.size());
    key += ':';
    key += part;
  }
  return key;
}

void FillMessage(JsonValue root, std::string_view body, InboundEvent* event) {
  event->kind = InboundKind::kMessage;
  event->chat_id = FirstText(root, {"chat_id"});
  if (!IsPathPart(event->chat_id)) event->chat_id.clear();
  event->message_id = FirstText(root, {"message_id"});
  event->text = FirstText(root, {"message", "text"});
  event->is_event = root.BoolOr("is_event", false);
  event->has_attachments = HasAny(root["attachments"]);
  event->at_us = InstantOf(root["timestamp"]);

  const JsonValue sender = root["sender"];
  std::string own_id = FirstText(root["account_info"], {"user_id"});
  event->is_sender = IsSender(root, own_id);
  if (event->is_sender && own_id.empty()) own_id = ProviderIdOf(sender);
  event->is_group = root.BoolOr("is_group", false) || IsGroup(root["attendees"], own_id);
  SetCounterpart(event->is_sender ? OtherAttendee(root["attendees"], own_id) : sender, event);

  std::string identity = event->message_id;
  if (identity.empty()) identity = FirstText(root, {"provider_message_id"});
  // Without any id two deliveries can only be told apart by their bytes.
  if (identity.empty()) identity = base::AsView(base::Sha256(body));
  event->dedupe_key = DedupeKey({event->account_id, "message_received", identity});
}

// Flat as documented, or inside user{}, relation{} or data{} as some deliveries have it.
void FillRelation(JsonValue root, InboundEvent* event) {
  event->at_us = InstantOf(root["timestamp"]);
  for (JsonValue person : {root, root["user"], root["relation"], root["data"], root["data"]["user"],
                           root["relation"]["user"]}) {
    std::string& provider_id = event->counterpart_provider_id;
    std::string& public_identifier = event->counterpart_public_identifier;
    if (provider_id.empty()) {
      provider_id = FirstText(person, {"user_provider_id", "provider_id", "member_id"});
    }
    if (public_identifier.empty()) {
      public_identifier = FirstText(person, {"user_public_identifier", "public_identifier"});
    }
  }
  // Nobody is named: nothing to act on.
  if (event->counterpart_provider_id.empty() && event->counterpart_public_identifier.empty()) {
    return;
  }
  event->kind = InboundKind::kNewRelation;
  const std::string& identity = event->counterpart_provider_id.empty()
                                    ? event->counterpart_public_identifier
                                    : event->counterpart_provider_id;
  event->dedupe_key = DedupeKey({event->account_id, "new_relation", identity});
}

}  // namespace

absl::StatusOr<InboundEvent> ParseWebhook(std::string_view body) {
  OL_ASSIGN_OR_RETURN(const JsonDocument document,
                      JsonDocument::Parse(body, base::kMaxWebhookBytes, base::kMaxJsonDepth));
  const JsonValue root = document.root();
  if (!root.IsObject()) {
    return base::Error(base::ErrorCode::kInvalidJson, "webhook is no JSON object");
  }
  InboundEvent event;
  event.account_id = FirstText(root, {"account_id"});
  if (event.account_id.empty()) event.account_id = FirstText(root["data"], {"account_id"});
  // Without an account nobody's data can be meant.
  if (event.account_id.empty()) return event;
  const std::string name = FirstText(root, {"event"});
  if (name == "message_received") FillMessage(root, body, &event);
  if (name == "new_relation") FillRelation(root, &event);
  return event;
}

bool HeaderSecretMatches(const Headers& headers, std::string_view name, std::string_view secret) {
  if (secret.empty()) return false;
  bool found = false;
  bool equal = true;
  for (const auto& [key, value] : headers) {
    if (!EqualsIgnoringCase(key, name)) continue;
    found = true;
    equal &= base::ConstantTimeEquals(value, secret);
  }
  return found && equal;
}

}  // namespace onlyleads::providers::unipile
