// The made-up LinkedIn behind the sandbox; see world.h. Every record carries at_us, and whatever is
// due by then happens before the record does, both the first time and when the log is replayed.
#include "world.h"

#include <algorithm>
#include <cstdio>

#include "text.h"
#include "wire.h"

namespace onlyleads_sandbox {
namespace {

std::string Numbered(const char* prefix, size_t number, int width) {
  char out[64];
  std::snprintf(out, sizeof(out), "%s%0*zu", prefix, width, number);
  return out;
}

void ReadRange(const JsonValue& record, const char* key, int64_t* low, int64_t* high) {
  const JsonValue* range = Find(record, key);
  if (range == nullptr || !range->IsArray() || range->Size() != 2) return;
  if (!(*range)[0].IsInt64() || !(*range)[1].IsInt64()) return;
  *low = (*range)[0].GetInt64();
  *high = (*range)[1].GetInt64();
}

}  // namespace

void World::Apply(const JsonValue& record) {
  AdvanceTo(GetInt(record, "at_us", now_us_));
  const std::string kind = GetString(record, "kind");
  if (!kind.empty()) return ApplyEntry(record, kind);
  const std::string op = GetString(record, "op");
  const Pair pair{GetString(record, "account_id"), GetString(record, "provider_id")};
  if (op == "account") return ApplyAccount(record);
  if (op == "people") return ApplyPeople(record);
  if (op == "behaviour") return ApplyBehaviour(record);
  if (op == "accept") return AcceptInvitation(pair);
  if (op == "reply") return Reply(pair, GetString(record, "text"));
  if (op == "webhook") return webhooks_.Put(record);
  if (op == "webhook_removed") return webhooks_.Remove(GetString(record, "id"));
  const auto event_id = static_cast<uint64_t>(GetInt(record, "event"));
  if (op == "delivered") return webhooks_.MarkDelivered(GetString(record, "webhook"), event_id);
  if (op == "undelivered") return webhooks_.MarkFailed(GetString(record, "webhook"), event_id);
  if (op == "clock") {
    AdvanceTo(GetInt(record, "now_us", now_us_));
    live_ = GetBool(record, "live", live_);
    live_offset_us_ = GetInt(record, "offset_us", live_offset_us_);
  }
}

void World::AdvanceTo(int64_t now_us) {
  while (!scheduled_.empty() && scheduled_.begin()->first.first <= now_us) {
    const auto next = scheduled_.begin();
    now_us_ = std::max(now_us_, next->first.first);
    const Plan plan = next->second;
    scheduled_.erase(next);
    if (plan.is_reply) {
      Reply(plan.pair, plan.text);
    } else {
      AcceptInvitation(plan.pair);
    }
  }
  now_us_ = std::max(now_us_, now_us);
}

void World::ApplyEntry(const JsonValue& entry, const std::string& kind) {
  ledger_.push_back(ToJson(entry));
  const Pair pair{GetString(entry, "account_id"), GetString(entry, "provider_id")};
  people_.Put(people_.Imagine(pair.second), std::nullopt);
  if (kind == "invitation") return AddInvitation(entry, pair);
  Chat& chat = EnsureChat(pair);
  Message message;
  message.id = GetString(entry, "id");
  message.text = GetString(entry, "text");
  message.subject = GetString(entry, "subject");
  message.inmail = GetBool(entry, "inmail");
  message.is_sender = true;
  if (message.inmail && chat.messages.empty()) {
    chat.inmail = true;
    chat.subject = message.subject;
  }
  AddMessage(&chat, std::move(message), behaviour_.echo_own_sends);
  PlanReply(pair);
}

void World::ApplyAccount(const JsonValue& record) {
  const std::string id = GetString(record, "account_id");
  const bool is_new = accounts_.count(id) == 0;
  Account& account = accounts_[id];
  const std::string before = account.status;
  account.id = id;
  if (is_new) account.created_us = now_us_;
  account.api_key = GetString(record, "api_key", account.api_key);
  account.provider_id = GetString(record, "provider_id", account.provider_id);
  account.public_identifier = GetString(record, "public_identifier", account.public_identifier);
  account.name = GetString(record, "name", account.name);
  account.status = GetString(record, "status", account.status);
  account.premium = GetBool(record, "premium", account.premium);
  if (account.name.empty()) account.name = "Account " + id;
  if (!is_new && account.status == before) return;
  const std::string what = is_new ? "CREATION_SUCCESS" : account.status;
  webhooks_.Enqueue("account_status", id, now_us_,
                    [&](const std::string&) { return AccountStatusPayload(account, what); });
}

void World::ApplyPeople(const JsonValue& record) {
  const JsonValue* list = Find(record, "people");
  if (list == nullptr || !list->IsArray()) return;
  for (const JsonValue& item : list->GetArray()) {
    Person person;
    person.public_identifier = AsciiLower(GetString(item, "public_identifier"));
    person.provider_id = GetString(item, "provider_id");
    if (person.provider_id.empty()) {
      person.provider_id = people_.Imagine(person.public_identifier).provider_id;
    }
    person.name = GetString(item, "name");
    const JsonValue* missing = Find(item, "missing");
    people_.Put(person,
                missing == nullptr ? std::nullopt : std::optional<bool>(GetBool(item, "missing")));
    for (const std::string& account_id : GetStrings(item, "connected_to")) {
      AddRelation({account_id, person.provider_id}, now_us_);
    }
  }
}

void World::ApplyBehaviour(const JsonValue& record) {
  Behaviour& b = behaviour_;
  const bool starts_over = Find(record, "seed") || Find(record, "reply_probability") ||
                           Find(record, "replies") || Find(record, "max_replies");
  if (starts_over) replies_planned_.clear();
  b.seed = GetString(record, "seed", b.seed);
  b.accept_probability = GetDouble(record, "accept_probability", b.accept_probability);
  b.reply_probability = GetDouble(record, "reply_probability", b.reply_probability);
  ReadRange(record, "accept_delay_us", &b.accept_min_us, &b.accept_max_us);
  ReadRange(record, "reply_delay_us", &b.reply_min_us, &b.reply_max_us);
  b.max_replies = GetInt(record, "max_replies", b.max_replies);
  b.read_lag_us = GetInt(record, "read_lag_ms", b.read_lag_us / 1000) * 1000;
  b.echo_own_sends = GetBool(record, "echo_own_sends", b.echo_own_sends);
  const JsonValue* replies = Find(record, "replies");
  if (replies == nullptr || !replies->IsArray()) return;
  b.replies.clear();
  for (const JsonValue& reply : replies->GetArray()) {
    b.replies.emplace_back(GetString(reply, "text"), GetDouble(reply, "weight", 1));
  }
}

void World::AddInvitation(const JsonValue& entry, const Pair& pair) {
  Invitation invitation;
  invitation.id = GetString(entry, "id");
  invitation.account_id = pair.first;
  invitation.provider_id = pair.second;
  invitation.text = GetString(entry, "text");
  invitation.at_us = now_us_;
  pending_[pair] = invitations_.size();
  invitations_.push_back(std::move(invitation));
  PlanAcceptance(pair);
}

void World::AddRelation(const Pair& pair, int64_t at_us) {
  if (!related_.emplace(pair, relations_.size()).second) return;
  relations_.push_back({pair.first, pair.second, at_us});
}

Chat& World::EnsureChat(const Pair& pair) {
  const auto known = chat_with_.find(pair);
  if (known != chat_with_.end()) return chats_[known->second];
  const std::string id = NextChatId();
  Chat& chat = chats_[id];
  chat.id = id;
  chat.provider_chat_id = "2-" + Base64Encode("thread" + Hex(Hash({pair.first, pair.second})));
  chat.account_id = pair.first;
  chat.provider_id = pair.second;
  chat_with_[pair] = id;
  chat_by_provider_chat_[chat.provider_chat_id] = id;
  return chat;
}

void World::AddMessage(Chat* chat, Message message, bool announce) {
  if (message.id.empty()) message.id = NextMessageId();
  message.chat_id = chat->id;
  message.account_id = chat->account_id;
  message.sender_id =
      message.is_sender ? accounts_[chat->account_id].provider_id : chat->provider_id;
  message.at_us = now_us_;
  chat->messages.push_back(messages_.size());
  message_by_id_[message.id] = messages_.size();
  messages_.push_back(std::move(message));
  if (!announce) return;
  const Message& added = messages_.back();
  webhooks_.Enqueue("message_received", chat->account_id, now_us_, [&](const std::string& name) {
    return MessageReceivedPayload(*this, *chat, added, name);
  });
}

void World::AcceptInvitation(const Pair& pair) {
  const auto found = pending_.find(pair);
  if (found == pending_.end()) return;
  Invitation& invitation = invitations_[found->second];
  invitation.pending = false;
  pending_.erase(found);
  ++accepted_;
  AddRelation(pair, now_us_);
  webhooks_.Enqueue("new_relation", pair.first, now_us_, [&](const std::string& name) {
    return NewRelationPayload(people_.Imagine(pair.second), pair.first, name);
  });
  if (invitation.text.empty()) return;
  Message note;
  note.text = invitation.text;
  note.is_sender = true;
  AddMessage(&EnsureChat(pair), std::move(note), true);
}

void World::Reply(const Pair& pair, const std::string& text) {
  people_.Put(people_.Imagine(pair.second), std::nullopt);
  Chat& chat = EnsureChat(pair);
  Message message;
  message.text = text;
  message.inmail = chat.inmail;
  message.subject = chat.subject;
  AddMessage(&chat, std::move(message), true);
}

void World::PlanAcceptance(const Pair& pair) {
  const Behaviour& b = behaviour_;
  if (Fraction(Hash({b.seed, pair.first, pair.second, "accept"})) >= b.accept_probability) return;
  const int64_t delay = Between(Hash({b.seed, pair.first, pair.second, "accept delay"}),
                                b.accept_min_us, b.accept_max_us);
  scheduled_[{now_us_ + delay, next_plan_++}] = {false, pair, ""};
}

void World::PlanReply(const Pair& pair) {
  const Behaviour& b = behaviour_;
  int64_t& planned = replies_planned_[pair];
  if (planned >= b.max_replies) return;
  const std::string turn = std::to_string(planned);
  if (Fraction(Hash({b.seed, pair.first, pair.second, "reply", turn})) >= b.reply_probability) {
    return;
  }
  ++planned;
  const int64_t delay = Between(Hash({b.seed, pair.first, pair.second, "reply delay", turn}),
                                b.reply_min_us, b.reply_max_us);
  scheduled_[{now_us_ + delay, next_plan_++}] = {true, pair, ReplyText(pair, turn)};
}

std::string World::ReplyText(const Pair& pair, const std::string& turn) const {
  double total = 0;
  for (const auto& [text, weight] : behaviour_.replies) total += weight;
  double draw =
      total * Fraction(Hash({behaviour_.seed, pair.first, pair.second, "reply text", turn}));
  for (const auto& [text, weight] : behaviour_.replies) {
    if (draw < weight) return text;
    draw -= weight;
  }
  return behaviour_.replies.empty() ? "Thanks for your message." : behaviour_.replies.back().first;
}

const Account* World::FindAccount(const std::string& id) const {
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : &it->second;
}

const Chat* World::FindChat(const std::string& id) const {
  const auto it = chats_.find(id);
  if (it != chats_.end()) return &it->second;
  const auto alias = chat_by_provider_chat_.find(id);
  return alias == chat_by_provider_chat_.end() ? nullptr : &chats_.find(alias->second)->second;
}

const Chat* World::FindChatWith(const Pair& pair) const {
  const auto it = chat_with_.find(pair);
  return it == chat_with_.end() ? nullptr : &chats_.find(it->second)->second;
}

const Invitation* World::FindPending(const Pair& pair) const {
  const auto it = pending_.find(pair);
  return it == pending_.end() ? nullptr : &invitations_[it->second];
}

const Message* World::FindMessage(const std::string& id) const {
  const auto it = message_by_id_.find(id);
  return it == message_by_id_.end() ? nullptr : &messages_[it->second];
}

std::optional<int64_t> World::NextPlanUs() const {
  if (scheduled_.empty()) return std::nullopt;
  return scheduled_.begin()->first.first;
}

std::string World::NextInvitationId() const { return Numbered("72", invitations_.size() + 1, 17); }

std::string World::NextChatId() const { return Numbered("chat_", chats_.size() + 1, 12); }

std::string World::NextMessageId() const { return Numbered("msg_", messages_.size() + 1, 12); }

}  // namespace onlyleads_sandbox
