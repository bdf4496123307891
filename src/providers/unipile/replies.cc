// Reads Unipile's replies. Any 2xx is a success of a read: its pages and SDKs disagree on 200 and
// 201. A write has succeeded only where the answer is the documented one.
#include "src/providers/unipile/replies.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "src/base/json.h"
#include "src/base/time.h"
#include "src/providers/unipile/requests.h"

namespace onlyleads::providers::unipile {
namespace {

using base::JsonDocument;
using base::JsonValue;

// Of one page, of which at most 250 are asked for.
constexpr size_t kMaxItems = 1000;

bool IsSuccess(const HttpReply& reply) {
  return reply.completion == Completion::kComplete && reply.status >= 200 && reply.status < 300;
}

// Ids come as strings; a number is taken as its digits.
std::string IdOr(JsonValue object, std::string_view key) {
  const JsonValue value = object[key];
  if (value.IsInt()) return std::to_string(*value.AsInt());
  std::string id = object.StringOr(key, "");
  if (!IsPathPart(id)) id.clear();
  return id;
}

bool HasId(JsonValue object, std::string_view key) { return !IdOr(object, key).empty(); }

// Null and absent are told apart from what is of another type than documented. A look that took the
// latter for "nothing" would conclude "not sent" from an answer it did not understand.
bool AreTexts(JsonValue object, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return object[key].IsNull() || object[key].IsString();
  });
}
bool AreIds(JsonValue object, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return object[key].IsInt() || AreTexts(object, {key});
  });
}
bool AreFlags(JsonValue object, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return object[key].IsNull() || object[key].AsBool().has_value();
  });
}

// An error in the API's own shape, whatever the status line above it says.
bool SaysError(JsonValue root) {
  return root.IntOr("status", 0) >= 400 && !root.StringOr("type", "").empty();
}

int64_t InstantOf(JsonValue object, std::string_view key) {
  return base::ParseIso(object.StringOr(key, "")).value_or(0);
}

int DistanceOf(std::string_view name) {
  if (name == "FIRST_DEGREE" || name == "DISTANCE_1") return 1;
  if (name == "SECOND_DEGREE" || name == "DISTANCE_2") return 2;
  if (name == "THIRD_DEGREE" || name == "DISTANCE_3") return 3;
  return name == "OUT_OF_NETWORK" ? 4 : 0;
}

InvitationState InvitationOf(JsonValue invitation) {
  const std::string status = invitation.StringOr("status", "");
  if (status == "IGNORED") return InvitationState::kIgnored;
  if (status == "WITHDRAWN") return InvitationState::kWithdrawn;
  if (status != "PENDING") return InvitationState::kNone;
  return invitation.StringOr("type", "") == "RECEIVED" ? InvitationState::kReceived
                                                       : InvitationState::kPending;
}

Verdict Unreadable() {
  Verdict verdict;
  verdict.cls = ErrorClass::kRetry;
  verdict.slug = "unreadable_reply";
  verdict.pause_us = kFirstBackoffUs;
  verdict.doubles = true;
  return verdict;
}

// Runs `fill` over the root object of a success; anything else, or a fill that says false, is a
// verdict.
template <typename T, typename Fill>
ReadResult<T> ParseRead(const HttpReply& reply, int64_t now_us, Fill fill) {
  ReadResult<T> result;
  if (!IsSuccess(reply)) {
    result.verdict = Classify(reply, /*is_write=*/false, now_us);
    return result;
  }
  auto document = JsonDocument::Parse(reply.body);
  T value;
  if (!document.ok() || !document->root().IsObject() || SaysError(document->root()) ||
      !fill(document->root(), &value)) {
    result.verdict = Unreadable();
    return result;
  }
  result.value = std::move(value);
  return result;
}

// A reply without items, or with one that cannot be read, is no shorter list: a look that saw
// nothing would count as "not there". A cursor of another type would cut the rest off.
template <typename T, typename Fill>
ReadResult<ListPage<T>> ParseList(const HttpReply& reply, int64_t now_us, Fill fill) {
  return ParseRead<ListPage<T>>(reply, now_us, [&](JsonValue root, ListPage<T>* page) {
    const JsonValue items = root["items"];
    if (items.size() > kMaxItems) return false;
    for (size_t i = 0; i < items.size(); ++i) {
      T item;
      if (!items.at(i).IsObject() || !fill(items.at(i), &item)) return false;
      page->items.push_back(std::move(item));
    }
    page->cursor = root.StringOr("cursor", "");
    return items.IsArray() && AreTexts(root, {"cursor"});
  });
}

// The documented answers to writes. Their ids may be null although it was sent; an answer that has
// an id needs no name.
bool SaysSent(int status, JsonValue root) {
  if (status != 200 && status != 201) return false;
  const std::string object = root.StringOr("object", "");
  return object == "ChatStarted" || object == "MessageSent" || object == "UserInvitationSent" ||
         HasId(root, "chat_id") || HasId(root, "message_id") || HasId(root, "invitation_id");
}

WriteResult Sent(JsonValue root) {
  WriteResult result;
  result.outcome = WriteOutcome::kSent;
  result.chat_id = IdOr(root, "chat_id");
  result.remote_id = IdOr(root, "message_id");
  if (result.remote_id.empty()) result.remote_id = IdOr(root, "invitation_id");
  result.usage_percent = static_cast<int>(std::clamp<int64_t>(root.IntOr("usage", 0), 0, 100));
  return result;
}

}  // namespace

WriteResult ParseWriteReply(const HttpReply& reply, int64_t now_us) {
  WriteResult result;
  if (!IsSuccess(reply)) {
    Verdict verdict = Classify(reply, /*is_write=*/true, now_us);
    result.outcome =
        verdict.cls == ErrorClass::kInDoubt ? WriteOutcome::kUnknown : WriteOutcome::kNotSent;
    result.cls = verdict.cls;
    result.special = verdict.special;
    result.slug = std::move(verdict.slug);
    result.retry_after_us = verdict.pause_us;
    result.doubles = verdict.doubles;
    return result;
  }
  // Anything else did not come from the API, or does not say that it was done: a gateway answered,
  // or a queue took it, and only asking tells.
  auto document = JsonDocument::Parse(reply.body);
  const bool readable = document.ok() && document->root().IsObject();
  if (readable && !SaysError(document->root()) && SaysSent(reply.status, document->root())) {
    return Sent(document->root());
  }
  result.cls = ErrorClass::kInDoubt;
  if (readable) result.slug = SlugOf(document->root().StringOr("type", ""));
  if (result.slug.empty()) result.slug = "unreadable_reply";
  return result;
}

ReadResult<Profile> ParseProfile(const HttpReply& reply, int64_t now_us) {
  return ParseRead<Profile>(reply, now_us, [](JsonValue root, Profile* profile) {
    profile->provider_id = IdOr(root, "provider_id");
    profile->public_identifier = root.StringOr("public_identifier", "");
    profile->invitation = InvitationOf(root["invitation"]);
    profile->network_distance = DistanceOf(root.StringOr("network_distance", ""));
    profile->connected = profile->network_distance == 1 || root.BoolOr("is_relationship", false);
    const JsonValue invitation = root["invitation"];
    return HasId(root, "provider_id") && AreTexts(root, {"network_distance"}) &&
           AreFlags(root, {"is_relationship"}) && (invitation.IsNull() || invitation.IsObject()) &&
           AreTexts(invitation, {"status", "type"});
  });
}

ReadResult<ListPage<RemoteMessage>> ParseMessages(const HttpReply& reply, int64_t now_us) {
  return ParseList<RemoteMessage>(reply, now_us, [](JsonValue item, RemoteMessage* message) {
    message->id = IdOr(item, "id");
    message->chat_id = IdOr(item, "chat_id");
    message->text = item.StringOr("text", "");
    message->sender_id = IdOr(item, "sender_id");
    message->is_sender = item.BoolOr("is_sender", false);
    message->deleted = item.BoolOr("deleted", false);
    message->is_event = item.BoolOr("is_event", false);
    message->at_us = InstantOf(item, "timestamp");
    // Whose message it is and what it says must be told: null text is none, a missing one is not.
    return HasId(item, "id") && item.Has("text") && item["is_sender"].AsBool().has_value() &&
           AreIds(item, {"chat_id"}) && AreTexts(item, {"text"}) &&
           AreFlags(item, {"deleted", "is_event"});
  });
}

ReadResult<ListPage<RemoteChat>> ParseChats(const HttpReply& reply, int64_t now_us) {
  return ParseList<RemoteChat>(reply, now_us, [](JsonValue item, RemoteChat* chat) {
    *chat = {IdOr(item, "id"), IdOr(item, "attendee_provider_id")};
    return HasId(item, "id") && AreIds(item, {"attendee_provider_id"});
  });
}

ReadResult<ListPage<RemoteInvitation>> ParseSentInvitations(const HttpReply& reply,
                                                            int64_t now_us) {
  return ParseList<RemoteInvitation>(reply, now_us, [](JsonValue item, RemoteInvitation* sent) {
    *sent = {IdOr(item, "id"), IdOr(item, "invited_user_id"),
             item.StringOr("invited_user_public_id", "")};
    const bool names_somebody =
        HasId(item, "invited_user_id") || !item.StringOr("invited_user_public_id", "").empty();
    return HasId(item, "id") && names_somebody && AreIds(item, {"invited_user_id"}) &&
           AreTexts(item, {"invited_user_public_id"});
  });
}

}  // namespace onlyleads::providers::unipile
