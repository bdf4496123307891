// The shapes of Unipile V1; see wire.h. Members, their order and their types follow the vendor's
// documentation and captured replies; what the sandbox does not model has the value that an
// uneventful account shows.
#include "wire.h"

#include "clock.h"
#include "text.h"

namespace onlyleads_sandbox {
namespace {

std::string ProfileUrl(const std::string& public_identifier, const std::string& provider_id) {
  return "https://www.linkedin.com/in/" +
         (public_identifier.empty() ? provider_id : public_identifier);
}

std::string AttendeeId(const std::string& provider_id) {
  return "att_" + Hex(Hash({"attendee", provider_id}));
}

std::string MemberNumber(const std::string& provider_id) {
  return std::to_string(100000 + Hash({"member", provider_id}) % 900000000);
}

std::string AttendeeJson(const std::string& provider_id, const std::string& public_identifier,
                         const std::string& name, const char* distance) {
  return Json()
      .Begin()
      .Field("attendee_id", AttendeeId(provider_id))
      .Field("attendee_provider_id", provider_id)
      .Field("attendee_name", name)
      .Field("attendee_profile_url", ProfileUrl(public_identifier, provider_id))
      .Begin("attendee_specifics")
      .Field("provider", "LINKEDIN")
      .Field("member_urn", "urn:li:member:" + MemberNumber(provider_id))
      .Field("occupation", "Head of Sales at Sample AG")
      .Field("is_company", false)
      .Field("network_distance", distance)
      .End()
      .Nullable("attendee_public_identifier", public_identifier)
      .End()
      .Take();
}

std::vector<std::string> Folder(bool inmail) {
  return {"INBOX", inmail ? "INBOX_LINKEDIN_SALES_NAVIGATOR" : "INBOX_LINKEDIN_CLASSIC"};
}

std::string RelativeDate(int64_t age_us) {
  constexpr int64_t kDayUs = 86400000000;
  const int64_t days = age_us / kDayUs;
  if (days == 0) return "Sent today";
  return "Sent " + std::to_string(days) + (days == 1 ? " day ago" : " days ago");
}

}  // namespace

std::string RenderAccount(const Account& account) {
  Json out;
  out.Begin()
      .Field("object", "Account")
      .Field("id", account.id)
      .Field("type", "LINKEDIN")
      .Field("name", account.name)
      .Field("created_at", FormatTime(account.created_us))
      .Begin("connection_params")
      .Begin("im")
      .Field("id", account.provider_id)
      .Nullable("publicIdentifier", account.public_identifier)
      .Field("username", account.name)
      .Field("connection_method", "credentials")
      .Null("premiumId")
      .Null("premiumContractId")
      .BeginArray("premiumFeatures");
  if (account.premium) out.Item("premium");
  out.EndArray()
      .BeginArray("organizations")
      .EndArray()
      .Null("proxy")
      .End()
      .End()
      .Null("current_signature")
      .BeginArray("signatures")
      .EndArray()
      .BeginArray("groups")
      .EndArray()
      .BeginArray("sources")
      .Begin()
      .Field("id", account.id + "_MESSAGING")
      .Field("status", account.status)
      .End()
      .EndArray()
      .End();
  return out.Take();
}

std::string RenderOwner(const Account& account) {
  Person owner;
  owner.name = account.name;
  return Json()
      .Begin()
      .Field("object", "AccountOwnerProfile")
      .Field("provider", "LINKEDIN")
      .Field("provider_id", account.provider_id)
      .Nullable("public_identifier", account.public_identifier)
      .Field("first_name", owner.FirstName())
      .Field("last_name", owner.LastName())
      .Field("premium", account.premium)
      .End()
      .Take();
}

std::string RenderProfile(const World& world, const Account& account, const Person& person) {
  const World::Pair pair{account.id, person.provider_id};
  const bool related = world.Related(pair);
  const Invitation* invitation = world.FindPending(pair);
  Json out;
  out.Begin()
      .Field("object", "UserProfile")
      .Field("provider", "LINKEDIN")
      .Field("provider_id", person.provider_id)
      .Nullable("public_identifier", person.public_identifier)
      .Field("member_urn", MemberNumber(person.provider_id))
      .Field("first_name", person.FirstName())
      .Field("last_name", person.LastName())
      .Field("headline", "Head of Sales at Sample AG")
      .BeginArray("websites")
      .EndArray()
      .Field("is_open_profile", false)
      .Field("is_premium", false)
      .Field("can_send_inmail", account.premium)
      .Field("is_relationship", related)
      .Field("is_self", person.provider_id == account.provider_id);
  if (invitation != nullptr && world.Visible(invitation->at_us)) {
    out.Begin("invitation").Field("type", "SENT").Field("status", "PENDING").End();
  }
  out.Field("network_distance", related ? "FIRST_DEGREE" : "SECOND_DEGREE")
      .Field("follower_count", 812)
      .Field("connections_count", 500)
      .Field("shared_connections_count", 4)
      .Field("public_profile_url", ProfileUrl(person.public_identifier, person.provider_id))
      .Null("profile_picture_url")
      .BeginArray("throttled_sections")
      .EndArray()
      .End();
  return out.Take();
}

std::string RenderInvitation(const World& world, const Invitation& invitation) {
  const Person person = world.people().Imagine(invitation.provider_id);
  const Account& account = *world.FindAccount(invitation.account_id);
  return Json()
      .Begin()
      .Field("object", "InvitationSent")
      .Field("id", invitation.id)
      .Field("invited_user", person.name)
      .Field("invited_user_id", person.provider_id)
      .Nullable("invited_user_public_id", person.public_identifier)
      .Field("invited_user_description", "Head of Sales at Sample AG")
      .Null("invited_user_profile_picture_url")
      .Field("date", RelativeDate(world.now() - invitation.at_us))
      .Field("parsed_datetime", FormatTime(invitation.at_us))
      .Nullable("invitation_text", invitation.text)
      .Begin("inviter")
      .Field("inviter_name", account.name)
      .Field("inviter_id", account.provider_id)
      .Nullable("inviter_public_identifier", account.public_identifier)
      .Field("inviter_description", "Founder")
      .End()
      .End()
      .Take();
}

std::string RenderRelation(const World& world, const Relation& relation) {
  const Person person = world.people().Imagine(relation.provider_id);
  return Json()
      .Begin()
      .Field("object", "UserRelation")
      .Field("connection_urn", "urn:li:fsd_connection:" + person.provider_id)
      .Field("created_at", relation.at_us / 1000)
      .Field("first_name", person.FirstName())
      .Field("last_name", person.LastName())
      .Field("member_id", person.provider_id)
      .Field("member_urn", "urn:li:fsd_profile:" + person.provider_id)
      .Field("headline", "Head of Sales at Sample AG")
      .Nullable("public_identifier", person.public_identifier)
      .Field("public_profile_url", ProfileUrl(person.public_identifier, person.provider_id))
      .Null("profile_picture_url")
      .End()
      .Take();
}

std::string RenderChat(const Chat& chat, const Message& last, bool with_last) {
  Json out;
  out.Begin()
      .Field("object", "Chat")
      .Field("id", chat.id)
      .Field("account_id", chat.account_id)
      .Field("account_type", "LINKEDIN")
      .Field("provider_id", chat.provider_chat_id)
      .Field("attendee_provider_id", chat.provider_id)
      .Null("name")
      .Field("type", 0)
      .Field("timestamp", FormatTime(last.at_us))
      .Field("unread", last.is_sender ? 0 : 1)
      .Field("unread_count", last.is_sender ? 0 : 1)
      .Field("archived", 0)
      .Field("pinned", 0)
      .Null("muted_until")
      .Field("read_only", 0)
      .BeginArray("disabledFeatures")
      .EndArray()
      .Nullable("subject", chat.subject)
      .Null("organization_id")
      .Null("mailbox_id")
      .Nullable("content_type", chat.inmail ? "inmail" : "")
      .Strings("folder", Folder(chat.inmail));
  if (with_last) out.Raw("lastMessage", RenderMessage(chat, last));
  return out.End().Take();
}

std::string RenderMessage(const Chat& chat, const Message& message) {
  return Json()
      .Begin()
      .Field("object", "Message")
      .Field("id", message.id)
      .Field("chat_id", message.chat_id)
      .Field("account_id", message.account_id)
      .Field("provider_id", "2-" + Hex(Hash({message.id})))
      .Field("chat_provider_id", chat.provider_chat_id)
      .Field("text", message.text)
      .Field("is_sender", message.is_sender ? 1 : 0)
      .Field("sender_id", message.sender_id)
      .Field("sender_attendee_id", AttendeeId(message.sender_id))
      .Field("message_type", message.inmail ? "INMAIL" : "MESSAGE")
      .Field("attendee_type", "MEMBER")
      .Field("attendee_distance", 1)
      .Field("timestamp", FormatTime(message.at_us))
      .Field("seen", 0)
      .Begin("seen_by")
      .End()
      .Field("delivered", 1)
      .Field("edited", 0)
      .Field("hidden", 0)
      .Field("deleted", 0)
      .Field("is_event", 0)
      .BeginArray("reactions")
      .EndArray()
      .BeginArray("attachments")
      .EndArray()
      .Nullable("subject", message.subject)
      .Null("behavior")
      .Field("original", "{}")
      .End()
      .Take();
}

std::string RenderWebhook(const World& world, const Webhook& webhook) {
  Json out;
  out.Begin().Field("object", "Webhook").Field("id", webhook.id).BeginArray("account_ids");
  for (const std::string& id : webhook.account_ids) {
    const Account* account = world.FindAccount(id);
    out.Begin().Field("id", id).Field("name", account == nullptr ? "" : account->name);
    out.Field("type", "LINKEDIN").End();
  }
  out.EndArray()
      .Field("enabled", webhook.enabled)
      .Field("name", webhook.name)
      .Field("request_url", webhook.url)
      .Field("format", "json")
      .BeginArray("headers");
  for (const auto& [key, value] : webhook.headers) {
    out.Begin().Field("key", key).Field("value", value).End();
  }
  out.EndArray().BeginArray("data").EndArray().Strings("events", webhook.events);
  return out.Field("type", "AUTO").End().Take();
}

std::string MessageReceivedPayload(const World& world, const Chat& chat, const Message& message,
                                   const std::string& webhook_name) {
  const Account& account = *world.FindAccount(chat.account_id);
  const Person person = world.people().Imagine(chat.provider_id);
  const char* distance =
      world.Related({account.id, person.provider_id}) ? "DISTANCE_1" : "DISTANCE_2";
  const std::string self =
      AttendeeJson(account.provider_id, account.public_identifier, account.name, "DISTANCE_1");
  const std::string other =
      AttendeeJson(person.provider_id, person.public_identifier, person.name, distance);
  return Json()
      .Begin()
      .Field("event", "message_received")
      .Field("account_id", account.id)
      .Field("account_type", "LINKEDIN")
      .Begin("account_info")
      .Field("type", "LINKEDIN")
      .Field("feature", message.inmail ? "sales_navigator" : "classic")
      .Field("user_id", account.provider_id)
      .End()
      .Field("webhook_name", webhook_name)
      .Field("chat_id", chat.id)
      .BeginArray("attendees")
      .Raw(self)
      .Raw(other)
      .EndArray()
      .Raw("sender", message.is_sender ? self : other)
      .Field("subject", message.subject)
      .Field("message", message.text)
      .Field("message_id", message.id)
      .Field("timestamp", FormatTime(message.at_us))
      .BeginArray("attachments")
      .EndArray()
      .Field("is_sender", message.is_sender)
      .Field("provider_chat_id", chat.provider_chat_id)
      .Field("provider_message_id", "2-" + Hex(Hash({message.id})))
      .Field("is_event", 0)
      .Field("chat_pinned", 0)
      .Null("quoted")
      .Null("reply_to")
      .Field("is_forwarded", false)
      .Nullable("chat_content_type", chat.inmail ? "inmail" : "")
      .Field("message_type", message.inmail ? "INMAIL" : "MESSAGE")
      .Field("is_group", false)
      .Strings("folder", Folder(chat.inmail))
      .Null("event_type")
      .End()
      .Take();
}

std::string NewRelationPayload(const Person& person, const std::string& account_id,
                               const std::string& webhook_name) {
  return Json()
      .Begin()
      .Field("event", "new_relation")
      .Field("account_id", account_id)
      .Field("account_type", "LINKEDIN")
      .Field("webhook_name", webhook_name)
      .Field("user_full_name", person.name)
      .Field("user_provider_id", person.provider_id)
      .Nullable("user_public_identifier", person.public_identifier)
      .Field("user_profile_url", ProfileUrl(person.public_identifier, person.provider_id))
      .Null("user_picture_url")
      .End()
      .Take();
}

std::string AccountStatusPayload(const Account& account, const std::string& message) {
  return Json()
      .Begin()
      .Begin("AccountStatus")
      .Field("account_id", account.id)
      .Field("account_type", "LINKEDIN")
      .Field("message", message)
      .End()
      .End()
      .Take();
}

}  // namespace onlyleads_sandbox
