// Misbehaviour on command; see faults.h.
#include "faults.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>

#include "errors.h"
#include "text.h"

namespace onlyleads_sandbox {
namespace {

// A misspelt route would be a fault that never happens, and a test that passes for nothing.
bool KnownRoute(const std::string& route) {
  constexpr std::string_view kRoutes[] = {
      "any",        "any_write",    "any_read",       "invite",
      "start_chat", "send_message", "profile",        "sent_invitations",
      "relations",  "messages",     "message",        "chat_messages",
      "chats",      "chat",         "accounts",       "account",
      "me",         "webhooks",     "create_webhook", "delete_webhook"};
  return std::find(std::begin(kRoutes), std::end(kRoutes), route) != std::end(kRoutes);
}

bool Waits(const std::string& type) { return type == "delay" || type == "hold"; }

std::string ReadAction(const JsonValue& rule, FaultAction* action) {
  const JsonValue* value = Find(rule, "action");
  if (value == nullptr) return "action is missing";
  // {"action":"cut", ...} keeps its parameters beside it, {"action":{"type":"cut", ...}} inside.
  const JsonValue& from = value->IsObject() ? *value : rule;
  action->type = value->IsObject() ? GetString(*value, "type") : GetString(rule, "action");
  action->after_acceptance =
      GetBool(from, "after_acceptance") || GetString(from, "when") == "after";
  action->reset = GetBool(from, "reset");
  action->ms = GetInt(from, "ms");
  action->retry_after_s = GetInt(from, "retry_after_s", -1);
  action->status = static_cast<int>(GetInt(from, "status"));
  action->slug = GetString(from, "slug");
  action->body = GetString(from, "body", "<html><body>Bad Gateway</body></html>");
  action->content_type = GetString(from, "content_type", "text/html");
  action->how = GetString(from, "how", "not_json");
  const std::string& type = action->type;
  if (type == "delay") return action->ms > 0 ? "" : "delay needs ms";
  if (type == "error") return FindError(action->slug) ? "" : "unknown slug";
  if (type == "status") {
    return action->status >= 200 && action->status <= 599 ? "" : "status needs 200 to 599";
  }
  if (type == "garble") {
    const std::string& how = action->how;
    return how == "not_json" || how == "wrong_types" || how == "truncated" ? "" : "unknown how";
  }
  const bool known = type == "hold" || type == "throttle" || type == "cut" || type == "null_ids";
  return known ? "" : "unknown action";
}

}  // namespace

std::string FaultPlan::Name() const {
  if (answer) return answer->name;
  return waits.empty() ? "" : waits.front().name;
}

bool Faults::Rule::Matches(const RequestFacts& facts) const {
  const bool route_matches = route == "any" || (route == "any_write" && facts.is_write) ||
                             (route == "any_read" && !facts.is_write) || route == facts.route;
  return route_matches && (method.empty() || method == facts.method) &&
         (account_id.empty() || account_id == facts.account_id) &&
         (provider_id.empty() || provider_id == facts.provider_id);
}

bool Faults::Rule::Fires() {
  ++matched;
  if (times >= 0 && fired >= static_cast<uint64_t>(times)) return false;
  if (matched % static_cast<uint64_t>(every) != 0) return false;
  const uint64_t draw = Hash({seed, action.name, std::to_string(matched)});
  if (Fraction(draw) >= probability) return false;
  ++fired;
  return true;
}

std::string Faults::ReadRule(const JsonValue& item, Rule* rule) {
  if (!item.IsObject()) return "a rule must be an object";
  std::string error = ReadAction(item, &rule->action);
  if (!error.empty()) return error;
  rule->action.name = GetString(item, "name", rule->action.type);
  rule->times = GetInt(item, "times", 1);
  rule->every = GetInt(item, "every", 1);
  if (rule->every < 1) return "every must be 1 or more";
  rule->probability = GetDouble(item, "probability", 1);
  rule->seed = GetString(item, "seed", std::to_string(GetInt(item, "seed")));
  rule->route = "any";
  const JsonValue* match = Find(item, "match");
  if (match == nullptr) return "";
  rule->method = GetString(*match, "method");
  rule->route = GetString(*match, "route", "any");
  if (!KnownRoute(rule->route)) return "unknown route";
  rule->account_id = GetString(*match, "account_id");
  rule->provider_id = GetString(*match, "provider_id");
  return "";
}

std::string Faults::Add(const JsonValue& document) {
  std::vector<const JsonValue*> items = {&document};
  if (document.IsArray()) {
    items.clear();
    for (const JsonValue& item : document.GetArray()) items.push_back(&item);
  }
  std::vector<Rule> rules(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    std::string error = ReadRule(*items[i], &rules[i]);
    if (!error.empty()) return error;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  rules_.insert(rules_.end(), rules.begin(), rules.end());
  return "";
}

void Faults::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  rules_.clear();
}

std::string Faults::Render() {
  std::lock_guard<std::mutex> lock(mutex_);
  Json out;
  out.Begin().BeginArray("faults");
  for (const Rule& rule : rules_) {
    out.Begin()
        .Field("name", rule.action.name)
        .Field("action", rule.action.type)
        .Field("route", rule.route)
        .Field("times", rule.times)
        .Field("matched", rule.matched)
        .Field("hits", rule.fired)
        .End();
  }
  return out.EndArray().End().Take();
}

FaultPlan Faults::Match(const RequestFacts& facts) {
  std::lock_guard<std::mutex> lock(mutex_);
  FaultPlan plan;
  for (Rule& rule : rules_) {
    const bool wait = Waits(rule.action.type);
    if ((!wait && plan.answer) || !rule.Matches(facts) || !rule.Fires()) continue;
    if (wait) {
      plan.waits.push_back(rule.action);
    } else {
      plan.answer = rule.action;
    }
  }
  return plan;
}

bool Faults::Wait(const FaultPlan& plan, bool after_acceptance, const RequestFacts& facts) {
  for (const FaultAction& action : plan.waits) {
    if (action.after_acceptance != after_acceptance) continue;
    std::unique_lock<std::mutex> lock(mutex_);
    if (action.type == "delay") {
      changed_.wait_for(lock, std::chrono::milliseconds(action.ms), [this] { return stopping_; });
      continue;
    }
    const auto held =
        held_.insert(held_.end(), {action.name, facts, after_acceptance, /*released=*/false});
    changed_.notify_all();
    changed_.wait(lock, [&] { return stopping_ || held->released; });
    held_.erase(held);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  return !stopping_;
}

size_t Faults::Release(const std::string& name) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t count = 0;
  for (HeldRequest& held : held_) {
    if (held.released || (!name.empty() && held.name != name)) continue;
    held.released = true;
    ++count;
  }
  changed_.notify_all();
  return count;
}

std::string Faults::Held(int64_t wait_ms) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto waiting = [this] {
    for (const HeldRequest& held : held_) {
      if (!held.released) return true;
    }
    return false;
  };
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                    [&] { return stopping_ || waiting(); });
  Json out;
  out.Begin().BeginArray("held");
  for (const HeldRequest& held : held_) {
    if (held.released) continue;
    out.Begin()
        .Field("name", held.name)
        .Field("when", held.after_acceptance ? "after" : "before")
        .Field("route", held.facts.route)
        .Field("request_seq", held.facts.request_seq)
        .Field("account_id", held.facts.account_id)
        .Field("provider_id", held.facts.provider_id)
        .End();
  }
  return out.EndArray().End().Take();
}

void Faults::Shutdown() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

}  // namespace onlyleads_sandbox
