// Unipile's API as the sandbox serves it; see unipile_routes.h.
#include "unipile_routes.h"

#include "errors.h"
#include "text.h"

namespace onlyleads_sandbox {
namespace {

struct Route {
  const char* method;
  const char* path;  // * stands for one segment
  const char* name;
  bool is_write;  // a send: recorded as an attempt
};

constexpr Route kRoutes[] = {
    {"GET", "accounts", "accounts", false},
    {"GET", "accounts/*", "account", false},
    {"GET", "users/me", "me", false},
    {"GET", "users/relations", "relations", false},
    {"GET", "users/invite/sent", "sent_invitations", false},
    {"POST", "users/invite", "invite", true},
    {"GET", "users/*", "profile", false},
    {"GET", "chats", "chats", false},
    {"POST", "chats", "start_chat", true},
    {"GET", "chats/*", "chat", false},
    {"GET", "chats/*/messages", "chat_messages", false},
    {"POST", "chats/*/messages", "send_message", true},
    {"GET", "messages", "messages", false},
    {"GET", "messages/*", "message", false},
    {"GET", "webhooks", "webhooks", false},
    {"POST", "webhooks", "create_webhook", false},
    {"DELETE", "webhooks/*", "delete_webhook", false},
};

bool PathMatches(const Route& route, const std::vector<std::string>& path) {
  const auto pattern = Split(route.path, '/');
  if (pattern.size() != path.size()) return false;
  for (size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] != "*" && pattern[i] != path[i]) return false;
  }
  return true;
}

bool BeforeAcceptance(const FaultAction& action) {
  if (action.type == "throttle") return true;
  const bool either = action.type == "error" || action.type == "status" || action.type == "cut";
  return either && !action.after_acceptance;
}

// Every text becomes a number and every number a text.
void SwapTypes(JsonValue* value, rapidjson::Document::AllocatorType& allocator) {
  if (value->IsObject()) {
    auto member = value->MemberBegin();
    for (auto left = value->MemberCount(); left > 0; --left) {
      SwapTypes(&(member++)->value, allocator);
    }
  } else if (value->IsArray()) {
    for (JsonValue& item : value->GetArray()) SwapTypes(&item, allocator);
  } else if (value->IsNumber()) {
    value->SetString("seven", allocator);
  } else {
    value->SetInt(7);
  }
}

void Garble(const FaultAction& action, Reply* reply) {
  if (reply->status >= 300) return;
  rapidjson::Document document;
  if (action.how == "truncated") {
    reply->body.resize(reply->body.size() / 2);
  } else if (action.how == "wrong_types" && ParseJson(reply->body, &document)) {
    SwapTypes(&document, document.GetAllocator());
    reply->body = ToJson(document);
  } else {
    reply->body = "This is not the JSON you are looking for.";
  }
}

void NullIds(Reply* reply) {
  rapidjson::Document document;
  if (reply->status >= 300 || !ParseJson(reply->body, &document) || !document.IsObject()) return;
  // By count: comparing two of RapidJSON's mutable iterators is ambiguous in C++20.
  auto member = document.MemberBegin();
  for (auto left = document.MemberCount(); left > 0; --left, ++member) {
    const std::string_view name(member->name.GetString(), member->name.GetStringLength());
    const bool is_id = name.size() > 3 && name.substr(name.size() - 3) == "_id";
    if (is_id) member->value.SetNull();
  }
  reply->body = ToJson(document);
}

void ApplyFault(const FaultAction& action, const std::string& instance, Reply* reply) {
  if (action.type == "cut") {
    reply->cut = true;
    reply->reset = action.reset;
  } else if (action.type == "status") {
    reply->status = action.status;
    reply->body = action.body;
    reply->content_type = action.content_type;
  } else if (action.type == "garble") {
    Garble(action, reply);
  } else if (action.type == "null_ids") {
    NullIds(reply);
  } else {
    const bool throttle = action.type == "throttle";
    const ErrorKind& kind = *FindError(throttle ? "too_many_requests" : action.slug);
    reply->status = kind.status;
    reply->body = ErrorBody(kind, instance);
    if (action.retry_after_s >= 0) {
      reply->headers.emplace_back("Retry-After", std::to_string(action.retry_after_s));
    }
  }
}

Reply ToReply(const Outcome& outcome) {
  Reply reply;
  reply.status = outcome.status;
  reply.body = outcome.body;
  return reply;
}

}  // namespace

std::string Call::Query(const char* name) const { return request->get_param_value(name); }

std::string Call::Form(const char* name) const { return request->get_file_value(name).content; }

Outcome Call::Refuse(std::string_view slug) const {
  const ErrorKind& kind = *FindError(slug);
  return {kind.status, ErrorBody(kind, instance), std::string(slug), 0};
}

bool Call::Owns(const Account& account) const {
  return account.api_key.empty() ? server_key : account.api_key == api_key;
}

const Account* Call::Find(const World& world, const std::string& account_id) const {
  const Account* account = world.FindAccount(account_id);
  return account != nullptr && Owns(*account) ? account : nullptr;
}

bool UnipileApi::Identify(Call* call) {
  RequestFacts& facts = call->facts;
  facts.method = call->request->method;
  for (const Route& route : kRoutes) {
    if (facts.method != route.method || !PathMatches(route, call->path)) continue;
    facts.route = route.name;
    facts.is_write = route.is_write;
    break;
  }
  if (facts.route.empty()) return false;
  const std::string type = call->request->get_header_value("Content-Type");
  if (type.find("application/json") != std::string::npos) {
    call->json_ok = ParseJson(call->request->body, &call->json) && call->json.IsObject();
  }
  if (facts.route == "invite" && call->json_ok) {
    facts.account_id = GetString(call->json, "account_id");
    facts.provider_id = GetString(call->json, "provider_id");
  } else if (facts.route == "start_chat") {
    facts.account_id = call->Form("account_id");
    facts.provider_id = call->Form("attendees_ids");
  } else if (facts.route == "account") {
    facts.account_id = call->path[1];
  } else {
    facts.account_id = call->Query("account_id");
  }
  return true;
}

bool UnipileApi::Authorized(Call* call) {
  call->api_key = call->request->get_header_value("X-API-KEY");
  call->server_key = call->api_key == api_key_;
  if (call->server_key) return true;
  if (call->api_key.empty()) return false;
  for (const auto& [id, account] : store_->world().accounts()) {
    if (account.api_key == call->api_key) return true;
  }
  return false;
}

Reply UnipileApi::Handle(const httplib::Request& request, std::vector<std::string> path) {
  Call call;
  call.request = &request;
  call.path = std::move(path);
  call.instance = request.path;
  if (!ValidUtf8(call.instance)) call.instance.clear();
  const bool known = Identify(&call);
  bool authorized = false;
  RequestFacts& facts = call.facts;
  {
    std::lock_guard<std::mutex> lock(store_->mutex());
    authorized = Authorized(&call);
    const World& world = store_->world();
    const bool in_chat = facts.route == "send_message" || facts.route == "chat_messages";
    if (const Chat* chat = in_chat ? world.FindChat(call.path[1]) : nullptr) {
      facts.account_id = chat->account_id;
      facts.provider_id = chat->provider_id;
    }
    if (facts.route == "profile")
      facts.provider_id = world.people().Imagine(call.path[1]).provider_id;
    if (!ValidUtf8(facts.account_id)) facts.account_id.clear();
    if (!ValidUtf8(facts.provider_id)) facts.provider_id.clear();
    if (facts.is_write) {
      Attempt attempt;
      attempt.method = facts.method;
      attempt.route = facts.route;
      attempt.account_id = facts.account_id;
      attempt.provider_id = facts.provider_id;
      attempt.at_us = store_->Now();
      facts.request_seq = store_->requests().Open(attempt);
    } else if (known) {
      store_->requests().CountRead(facts.route);
    }
  }
  if (!authorized || !known) {
    const Outcome refusal = call.Refuse(authorized ? "resource_not_found" : "missing_credentials");
    Reply reply = ToReply(refusal);
    Finish(call, refusal, reply, "");
    return reply;
  }

  const FaultPlan plan = faults_->Match(facts);
  Reply reply;
  Outcome outcome;
  if (!faults_->Wait(plan, /*after_acceptance=*/false, facts)) {
    reply.cut = true;
    return reply;
  }
  if (plan.answer && BeforeAcceptance(*plan.answer)) {
    ApplyFault(*plan.answer, call.instance, &reply);
  } else {
    outcome = facts.is_write ? WriteRoute(call, store_) : ReadRoute(call, store_);
    reply = ToReply(outcome);
    if (plan.answer) ApplyFault(*plan.answer, call.instance, &reply);
  }
  Finish(call, outcome, reply, plan.Name());
  faults_->Wait(plan, /*after_acceptance=*/true, facts);
  return reply;
}

void UnipileApi::Finish(const Call& call, const Outcome& outcome, const Reply& reply,
                        const std::string& fault) {
  if (!call.facts.is_write) return;
  std::lock_guard<std::mutex> lock(store_->mutex());
  Attempt& attempt = store_->requests().at(call.facts.request_seq);
  attempt.outcome = outcome.ledger_seq != 0 ? "accepted"
                    : outcome.slug.empty()  ? "fault"
                                            : "refused";
  attempt.slug = outcome.slug;
  attempt.fault = fault;
  attempt.status = reply.cut ? 0 : reply.status;
  attempt.ledger_seq = outcome.ledger_seq;
  store_->Commit(LogFile::kTrace, Requests::Render(attempt));
}

}  // namespace onlyleads_sandbox
