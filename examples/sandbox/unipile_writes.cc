// What Unipile's writing routes decide: invite, start a chat, send a message. Whatever is accepted
// here is on disk in the ledger before the function returns.
#include "text.h"
#include "unipile_routes.h"

namespace onlyleads_sandbox {
namespace {

constexpr size_t kNoteUnitsPremium = 300;
constexpr size_t kNoteUnitsFree = 200;

// Who writes to whom, once both are known to be able to.
struct Target {
  const Account* account = nullptr;
  Person person;
  std::string refusal;  // slug
};

std::string AccountRefusal(const Account* account) {
  if (account == nullptr) return "invalid_account";
  if (account->Disconnected()) return "disconnected_account";
  if (account->status != "OK") return "no_client_session";
  return "";
}

Target FindTarget(const Call& call, const World& world, const std::string& account_id,
                  const std::string& provider_id) {
  Target target;
  target.account = call.Find(world, account_id);
  target.refusal = AccountRefusal(target.account);
  if (!target.refusal.empty()) return target;
  target.person = world.people().Imagine(provider_id);
  // A public identifier is no address, even of somebody known.
  const bool addressed = target.person.provider_id == provider_id;
  if (!addressed || target.person.missing || provider_id == target.account->provider_id) {
    target.refusal = "invalid_recipient";
  }
  return target;
}

Json& BeginEntry(Json* out, const World& world, const char* kind, const Call& call) {
  return out->Begin()
      .Field("seq", world.NextLedgerSeq())
      .Field("kind", kind)
      .Field("request_seq", call.facts.request_seq);
}

Outcome Invite(const Call& call, Store* store) {
  if (call.request->get_header_value("Content-Type").find("application/json") ==
      std::string::npos) {
    return call.Refuse("unsupported_media_type");
  }
  if (!call.json_ok) return call.Refuse("malformed_request");
  for (const char* name : {"account_id", "provider_id", "message", "user_email"}) {
    const JsonValue* value = Find(call.json, name);
    if (value != nullptr && !value->IsString()) return call.Refuse("invalid_parameters");
  }
  const std::string account_id = GetString(call.json, "account_id");
  const std::string provider_id = GetString(call.json, "provider_id");
  const std::string note = GetString(call.json, "message");
  if (account_id.empty() || provider_id.empty()) return call.Refuse("missing_parameters");

  std::lock_guard<std::mutex> lock(store->mutex());
  store->Now();
  const World& world = store->world();
  const Target target = FindTarget(call, world, account_id, provider_id);
  if (!target.refusal.empty()) return call.Refuse(target.refusal);
  const size_t most = target.account->premium ? kNoteUnitsPremium : kNoteUnitsFree;
  if (Utf16Units(note) > most) return call.Refuse("too_many_characters");
  const World::Pair pair{account_id, provider_id};
  if (world.Related(pair)) return call.Refuse("already_connected");
  if (world.FindPending(pair) != nullptr) return call.Refuse("already_invited_recently");

  const std::string id = world.NextInvitationId();
  const uint64_t seq = world.NextLedgerSeq();
  Json entry;
  BeginEntry(&entry, world, "invitation", call)
      .Field("account_id", account_id)
      .Field("provider_id", provider_id)
      .Nullable("public_identifier", target.person.public_identifier)
      .Null("chat_id")
      .Field("id", id)
      .Field("text", note)
      .End();
  if (!store->Commit(LogFile::kLedger, entry.Take())) return call.Refuse("unexpected_error");
  const std::string body =
      Json().Begin().Field("object", "UserInvitationSent").Field("invitation_id", id).End().Take();
  return {201, body, "", seq};
}

// The part that a new chat and a further message share: the text becomes an entry and a message.
Outcome SendText(const Call& call, Store* store, const Person& person,
                 const std::string& account_id, bool inmail) {
  const World& world = store->world();
  const bool starts = call.facts.route == "start_chat";
  const Chat* chat = world.FindChatWith({account_id, person.provider_id});
  const std::string chat_id = chat == nullptr ? world.NextChatId() : chat->id;
  const std::string id = world.NextMessageId();
  const uint64_t seq = world.NextLedgerSeq();
  Json entry;
  BeginEntry(&entry, world, starts ? "chat" : "message", call)
      .Field("account_id", account_id)
      .Field("provider_id", person.provider_id)
      .Nullable("public_identifier", person.public_identifier)
      .Field("chat_id", chat_id)
      .Field("id", id)
      .Field("text", call.Form("text"))
      .Field("subject", inmail ? call.Form("subject") : "")
      .Field("inmail", inmail)
      .Field("new_chat", chat == nullptr)
      .Field("attachments", static_cast<uint64_t>(call.request->files.count("attachments")))
      .End();
  if (!store->Commit(LogFile::kLedger, entry.Take())) return call.Refuse("unexpected_error");
  Json body;
  body.Begin().Field("object", starts ? "ChatStarted" : "MessageSent");
  if (starts) body.Field("chat_id", chat_id);
  return {201, body.Field("message_id", id).End().Take(), "", seq};
}

std::string FormRefusal(const Call& call) {
  if (!call.request->is_multipart_form_data()) return "unsupported_media_type";
  for (const auto& [name, part] : call.request->files) {
    if (name != "attachments" && !ValidUtf8(part.content)) return "invalid_parameters";
  }
  return call.Form("text").empty() ? "missing_parameters" : "";
}

Outcome StartChat(const Call& call, Store* store) {
  const std::string malformed = FormRefusal(call);
  if (!malformed.empty()) return call.Refuse(malformed);
  const std::string account_id = call.Form("account_id");
  const std::string provider_id = call.Form("attendees_ids");
  if (account_id.empty() || provider_id.empty()) return call.Refuse("missing_parameters");
  if (call.request->files.count("attendees_ids") > 1) return call.Refuse("feature_not_implemented");
  const std::string inmail = call.Form("linkedin[inmail]");
  const std::string api = call.Form("linkedin[api]");
  const bool bad_inmail = !inmail.empty() && inmail != "true" && inmail != "false";
  const bool bad_api =
      !api.empty() && api != "classic" && api != "recruiter" && api != "sales_navigator";
  if (bad_inmail || bad_api) return call.Refuse("invalid_parameters");

  std::lock_guard<std::mutex> lock(store->mutex());
  store->Now();
  const World& world = store->world();
  const Target target = FindTarget(call, world, account_id, provider_id);
  if (!target.refusal.empty()) return call.Refuse(target.refusal);
  if (!world.Related({account_id, provider_id}) && inmail != "true") {
    return call.Refuse("no_connection_with_recipient");
  }
  return SendText(call, store, target.person, account_id, inmail == "true");
}

Outcome SendMessage(const Call& call, Store* store) {
  const std::string malformed = FormRefusal(call);
  if (!malformed.empty()) return call.Refuse(malformed);
  std::lock_guard<std::mutex> lock(store->mutex());
  store->Now();
  const World& world = store->world();
  const Chat* chat = world.FindChat(call.path[1]);
  const Account* account = chat == nullptr ? nullptr : call.Find(world, chat->account_id);
  if (account == nullptr) return call.Refuse("resource_not_found");
  const std::string refusal = AccountRefusal(account);
  if (!refusal.empty()) return call.Refuse(refusal);
  const Person person = world.people().Imagine(chat->provider_id);
  if (person.missing) return call.Refuse("user_unreachable");
  return SendText(call, store, person, account->id, chat->inmail);
}

}  // namespace

Outcome WriteRoute(const Call& call, Store* store) {
  if (call.facts.route == "invite") return Invite(call, store);
  if (call.facts.route == "start_chat") return StartChat(call, store);
  return SendMessage(call, store);
}

}  // namespace onlyleads_sandbox
