// What Unipile's reading routes answer, and the registration of webhooks. Lists are newest first;
// a cursor is opaque base64 of the whole query and a position, so it is sent back alone.
#include <algorithm>
#include <functional>
#include <optional>

#include "clock.h"
#include "text.h"
#include "unipile_routes.h"
#include "wire.h"

namespace onlyleads_sandbox {
namespace {

struct Query {
  int64_t limit = 100;
  int64_t position = -1;  // only items before this index; -1: from the newest
  std::string account_id;
  std::string sender_id;
  std::string scope;  // the chat of a message list
  std::optional<int64_t> before_ms;
  std::optional<int64_t> after_ms;

  bool InTime(int64_t at_us) const {
    const int64_t at_ms = at_us / 1000;
    return (!before_ms || at_ms < *before_ms) && (!after_ms || at_ms > *after_ms);
  }
};

bool ReadTime(const Call& call, const char* name, std::optional<int64_t>* out) {
  if (!call.request->has_param(name)) return true;
  const auto us = ParseTime(call.Query(name));
  if (us) *out = *us / 1000;
  return us.has_value();
}

bool ReadLimit(const std::string& text, int64_t most, int64_t* limit) {
  if (text.empty() || text.size() > 6) return false;
  if (text.find_first_not_of("0123456789") != std::string::npos) return false;
  *limit = std::stoll(text);
  return *limit >= 1 && *limit <= most;
}

bool ReadCursor(const Call& call, const std::string& scope, Query* query) {
  const auto bytes = Base64Decode(call.Query("cursor"));
  rapidjson::Document state;
  if (!bytes || !ParseJson(*bytes, &state) || !state.IsObject()) return false;
  if (GetString(state, "route") != call.facts.route || GetString(state, "scope") != scope) {
    return false;
  }
  const std::string account_id = GetString(state, "account_id");
  if (call.request->has_param("account_id") && call.Query("account_id") != account_id) return false;
  query->account_id = account_id;
  query->sender_id = GetString(state, "sender_id");
  query->limit = GetInt(state, "limit");
  query->position = GetInt(state, "position");
  if (Find(state, "before")) query->before_ms = GetInt(state, "before");
  if (Find(state, "after")) query->after_ms = GetInt(state, "after");
  return query->limit > 0 && query->position >= 0;
}

bool ReadQuery(const Call& call, int64_t fallback, int64_t most, const std::string& scope,
               Query* query) {
  query->limit = fallback;
  query->scope = scope;
  if (call.request->has_param("cursor")) {
    // Either limit or cursor, never both.
    return !call.request->has_param("limit") && ReadCursor(call, scope, query);
  }
  query->account_id = call.Query("account_id");
  query->sender_id = call.Query("sender_id");
  if (!ValidUtf8(query->account_id) || !ValidUtf8(query->sender_id)) return false;
  if (call.request->has_param("limit") && !ReadLimit(call.Query("limit"), most, &query->limit)) {
    return false;
  }
  return ReadTime(call, "before", &query->before_ms) && ReadTime(call, "after", &query->after_ms);
}

std::string NextCursor(const Call& call, const Query& query, int64_t position) {
  Json state;
  state.Begin()
      .Field("route", call.facts.route)
      .Field("scope", query.scope)
      .Field("account_id", query.account_id)
      .Field("sender_id", query.sender_id)
      .Field("limit", query.limit)
      .Field("position", position);
  if (query.before_ms) state.Field("before", *query.before_ms);
  if (query.after_ms) state.Field("after", *query.after_ms);
  return Base64Encode(state.End().Take());
}

// One page of items whose indexes `candidates` lists, newest first.
Outcome Page(const Call& call, const Query& query, const char* object,
             const std::vector<size_t>& candidates,
             const std::function<std::string(size_t)>& render) {
  Json out;
  out.Begin().Field("object", object).BeginArray("items");
  int64_t count = 0;
  int64_t last = -1;
  bool more = false;
  for (const size_t index : candidates) {
    if (query.position >= 0 && static_cast<int64_t>(index) >= query.position) continue;
    more = count == query.limit;
    if (more) break;
    out.Raw(render(index));
    last = static_cast<int64_t>(index);
    ++count;
  }
  out.EndArray().Nullable("cursor", more ? NextCursor(call, query, last) : "");
  return {200, out.End().Take(), "", 0};
}

// The accounts a list is about: the named ones, or all that the key owns. None: a refusal.
bool SelectAccounts(const Call& call, const World& world, const std::string& names,
                    std::vector<std::string>* ids) {
  if (!names.empty()) {
    *ids = Split(names, ',');
    return std::all_of(ids->begin(), ids->end(),
                       [&](const std::string& id) { return call.Find(world, id) != nullptr; });
  }
  for (const auto& [id, account] : world.accounts()) {
    if (call.Owns(account)) ids->push_back(id);
  }
  return true;
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Outcome Accounts(const Call& call, const World& world) {
  Query query;
  if (!ReadQuery(call, 100, 250, "", &query)) return call.Refuse("invalid_parameters");
  std::vector<const Account*> accounts;
  for (const auto& [id, account] : world.accounts()) {
    if (call.Owns(account)) accounts.push_back(&account);
  }
  std::vector<size_t> candidates;
  for (size_t i = accounts.size(); i-- > 0;) candidates.push_back(i);
  return Page(call, query, "AccountList", candidates,
              [&](size_t i) { return RenderAccount(*accounts[i]); });
}

Outcome Profile(const Call& call, Store* store, const Account& account) {
  const World& world = store->world();
  const std::string& identifier = call.path[1];
  if (identifier.empty() || !ValidUtf8(identifier)) {
    return call.Refuse("invalid_resource_identifier");
  }
  if (identifier == account.provider_id || AsciiLower(identifier) == account.public_identifier) {
    Person self{account.provider_id, account.public_identifier, account.name, false};
    return {200, RenderProfile(world, account, self), "", 0};
  }
  if (world.people().Find(identifier) == nullptr) {
    const Person made_up = world.people().Imagine(identifier);
    Json record;
    record.Begin().Field("op", "people").BeginArray("people").Begin();
    record.Field("provider_id", made_up.provider_id);
    record.Field("public_identifier", made_up.public_identifier).End().EndArray().End();
    if (!store->Commit(LogFile::kTrace, record.Take())) return call.Refuse("unexpected_error");
  }
  const Person& person = *world.people().Find(identifier);
  if (person.missing) return call.Refuse("resource_not_found");
  return {200, RenderProfile(world, account, person), "", 0};
}

Outcome SentInvitations(const Call& call, const World& world) {
  Query query;
  if (!ReadQuery(call, 10, 100, "", &query)) return call.Refuse("invalid_parameters");
  const auto& all = world.invitations();
  std::vector<size_t> candidates;
  for (size_t i = all.size(); i-- > 0;) {
    const bool listed = all[i].pending && all[i].account_id == query.account_id;
    if (listed && world.Visible(all[i].at_us)) candidates.push_back(i);
  }
  return Page(call, query, "InvitationList", candidates,
              [&](size_t i) { return RenderInvitation(world, all[i]); });
}

Outcome Relations(const Call& call, const World& world) {
  Query query;
  if (!ReadQuery(call, 100, 1000, "", &query)) return call.Refuse("invalid_parameters");
  const auto& all = world.relations();
  std::vector<size_t> candidates;
  for (size_t i = all.size(); i-- > 0;) {
    if (all[i].account_id == query.account_id) candidates.push_back(i);
  }
  return Page(call, query, "UserRelationsList", candidates,
              [&](size_t i) { return RenderRelation(world, all[i]); });
}

// The newest message of the chat that the read lag does not hide.
std::optional<size_t> LastVisible(const World& world, const Chat& chat) {
  for (size_t i = chat.messages.size(); i-- > 0;) {
    if (world.Visible(world.messages()[chat.messages[i]].at_us)) return chat.messages[i];
  }
  return std::nullopt;
}

Outcome Chats(const Call& call, const World& world) {
  Query query;
  if (!ReadQuery(call, 100, 250, "", &query)) return call.Refuse("invalid_parameters");
  std::vector<std::string> ids;
  if (!SelectAccounts(call, world, query.account_id, &ids)) return call.Refuse("invalid_account");
  std::vector<size_t> candidates;
  for (const auto& [id, chat] : world.chats()) {
    const auto last = LastVisible(world, chat);
    if (!last || !Contains(ids, chat.account_id)) continue;
    if (query.InTime(world.messages()[*last].at_us)) candidates.push_back(*last);
  }
  std::sort(candidates.rbegin(), candidates.rend());
  return Page(call, query, "ChatList", candidates, [&](size_t i) {
    const Message& last = world.messages()[i];
    return RenderChat(*world.FindChat(last.chat_id), last, /*with_last=*/false);
  });
}

Outcome OneChat(const Call& call, const World& world) {
  const Chat* chat = world.FindChat(call.path[1]);
  if (chat == nullptr || call.Find(world, chat->account_id) == nullptr) {
    return call.Refuse("resource_not_found");
  }
  const auto last = LastVisible(world, *chat);
  if (!last) return call.Refuse("resource_not_found");
  return {200, RenderChat(*chat, world.messages()[*last], /*with_last=*/true), "", 0};
}

Outcome Messages(const Call& call, const World& world) {
  const Chat* chat = nullptr;
  if (call.facts.route == "chat_messages") {
    chat = world.FindChat(call.path[1]);
    if (chat == nullptr || call.Find(world, chat->account_id) == nullptr) {
      return call.Refuse("resource_not_found");
    }
  }
  Query query;
  if (!ReadQuery(call, 100, 250, chat == nullptr ? "" : chat->id, &query)) {
    return call.Refuse("invalid_parameters");
  }
  std::vector<std::string> ids;
  const std::string named = chat == nullptr ? query.account_id : chat->account_id;
  if (!SelectAccounts(call, world, named, &ids)) return call.Refuse("invalid_account");
  const auto& all = world.messages();
  const size_t size = chat == nullptr ? all.size() : chat->messages.size();
  std::vector<size_t> candidates;
  for (size_t i = size; i-- > 0;) {
    const size_t index = chat == nullptr ? i : chat->messages[i];
    const Message& message = all[index];
    // Messages are in order of time: nothing older can follow.
    if (query.after_ms && message.at_us / 1000 <= *query.after_ms) break;
    if (!query.InTime(message.at_us) || !world.Visible(message.at_us)) continue;
    if (!query.sender_id.empty() && message.sender_id != query.sender_id) continue;
    if (Contains(ids, message.account_id)) candidates.push_back(index);
  }
  return Page(call, query, "MessageList", candidates,
              [&](size_t i) { return RenderMessage(*world.FindChat(all[i].chat_id), all[i]); });
}

Outcome OneMessage(const Call& call, const World& world) {
  const Message* message = world.FindMessage(call.path[1]);
  const bool shown = message != nullptr && world.Visible(message->at_us) &&
                     call.Find(world, message->account_id) != nullptr;
  if (!shown) return call.Refuse("resource_not_found");
  return {200, RenderMessage(*world.FindChat(message->chat_id), *message), "", 0};
}

Outcome Webhooks(const World& world) {
  Json out;
  out.Begin().Field("object", "WebhookList").BeginArray("items");
  for (const auto& [id, webhook] : world.webhooks().all()) out.Raw(RenderWebhook(world, webhook));
  out.EndArray().Null("cursor");
  return {200, out.End().Take(), "", 0};
}

Outcome CreateWebhook(const Call& call, Store* store) {
  if (!call.json_ok) return call.Refuse("malformed_request");
  const std::string source = GetString(call.json, "source");
  const std::string url = GetString(call.json, "request_url");
  if (source.empty() || url.empty()) return call.Refuse("missing_parameters");
  if (source != "messaging" && source != "users" && source != "account_status") {
    return call.Refuse("invalid_parameters");
  }
  if (url.substr(0, 7) != "http://" && url.substr(0, 8) != "https://") {
    return call.Refuse("invalid_url");
  }
  const World& world = store->world();
  for (const std::string& id : GetStrings(call.json, "account_ids")) {
    if (call.Find(world, id) == nullptr) return call.Refuse("invalid_account");
  }
  const std::string id = world.webhooks().NextId();
  std::vector<std::string> events = GetStrings(call.json, "events");
  if (events.empty() && source == "messaging") events = {"message_received"};
  if (events.empty() && source == "users") events = {"new_relation"};
  Json record;
  record.Begin()
      .Field("op", "webhook")
      .Field("id", id)
      .Field("name", GetString(call.json, "name"))
      .Field("url", url)
      .Field("source", source)
      .Field("enabled", GetBool(call.json, "enabled", true))
      .Strings("events", events)
      .Strings("account_ids", GetStrings(call.json, "account_ids"));
  const JsonValue* headers = Find(call.json, "headers");
  if (headers != nullptr) record.Raw("headers", ToJson(*headers));
  if (!store->Commit(LogFile::kJournal, record.End().Take())) {
    return call.Refuse("unexpected_error");
  }
  Json body;
  body.Begin().Field("object", "WebhookCreated").Field("webhook_id", id).End();
  return {201, body.Take(), "", 0};
}

Outcome DeleteWebhook(const Call& call, Store* store) {
  if (store->world().webhooks().all().count(call.path[1]) == 0) {
    return call.Refuse("resource_not_found");
  }
  Json record;
  record.Begin().Field("op", "webhook_removed").Field("id", call.path[1]).End();
  if (!store->Commit(LogFile::kJournal, record.Take())) return call.Refuse("unexpected_error");
  return {200, Json().Begin().Field("object", "WebhookDeleted").End().Take(), "", 0};
}

// Routes that read one account's view, which account_id must name.
Outcome AccountView(const Call& call, Store* store) {
  const World& world = store->world();
  const std::string& route = call.facts.route;
  const std::string account_id = call.Query("account_id");
  if (account_id.empty()) return call.Refuse("missing_parameters");
  const Account* account = call.Find(world, account_id);
  if (account == nullptr) return call.Refuse("invalid_account");
  if (route == "me") return {200, RenderOwner(*account), "", 0};
  if (route == "profile") return Profile(call, store, *account);
  if (route == "relations") return Relations(call, world);
  return SentInvitations(call, world);
}

}  // namespace

Outcome ReadRoute(const Call& call, Store* store) {
  std::lock_guard<std::mutex> lock(store->mutex());
  store->Now();
  const World& world = store->world();
  const std::string& route = call.facts.route;
  if (route == "accounts") return Accounts(call, world);
  if (route == "account") {
    const Account* account = call.Find(world, call.path[1]);
    if (account == nullptr) return call.Refuse("resource_not_found");
    return {200, RenderAccount(*account), "", 0};
  }
  if (route == "chats") return Chats(call, world);
  if (route == "chat") return OneChat(call, world);
  if (route == "messages" || route == "chat_messages") return Messages(call, world);
  if (route == "message") return OneMessage(call, world);
  if (route == "webhooks") return Webhooks(world);
  if (route == "create_webhook") return CreateWebhook(call, store);
  if (route == "delete_webhook") return DeleteWebhook(call, store);
  return AccountView(call, store);
}

}  // namespace onlyleads_sandbox
