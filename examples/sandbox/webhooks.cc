// Registered webhooks and their queues; see webhooks.h.
#include "webhooks.h"

#include <algorithm>

#include "text.h"

namespace onlyleads_sandbox {
namespace {

std::string SourceOf(const std::string& event) {
  if (event == "new_relation") return "users";
  if (event == "account_status") return "account_status";
  return "messaging";
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

bool Webhook::Wants(const std::string& event, const std::string& account_id) const {
  if (!enabled) return false;
  if (!account_ids.empty() && !Contains(account_ids, account_id)) return false;
  if (!source.empty() && source != SourceOf(event)) return false;
  // account_status has its own names for transitions; whoever listens to the source gets them all.
  return events.empty() || source == "account_status" || Contains(events, event);
}

std::vector<uint64_t> Webhook::Due(int64_t now_us) const {
  std::vector<std::pair<std::pair<uint64_t, uint64_t>, uint64_t>> keyed;
  for (const auto& [event_id, event] : queue) {
    if (event.due_us > now_us) continue;
    const uint64_t key = reorder ? Hash({seed, "order", std::to_string(event_id)})
                                 : static_cast<uint64_t>(event.due_us);
    keyed.push_back({{key, event_id}, event_id});
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<uint64_t> ids;
  ids.reserve(keyed.size());
  for (const auto& entry : keyed) ids.push_back(entry.second);
  return ids;
}

void WebhookBook::Put(const JsonValue& record) {
  const std::string id = GetString(record, "id");
  const bool is_new = webhooks_.count(id) == 0;
  Webhook& webhook = webhooks_[id];
  if (is_new) {
    ++next_webhook_;
    webhook.id = id;
  }
  webhook.name = GetString(record, "name", webhook.name);
  webhook.url = GetString(record, "url", webhook.url);
  webhook.source = GetString(record, "source", webhook.source);
  webhook.seed = GetString(record, "seed", webhook.seed);
  webhook.duplicate_probability =
      GetDouble(record, "duplicate_probability", webhook.duplicate_probability);
  webhook.late_probability = GetDouble(record, "late_probability", webhook.late_probability);
  webhook.late_min_us = GetInt(record, "late_min_us", webhook.late_min_us);
  webhook.late_max_us = GetInt(record, "late_max_us", webhook.late_max_us);
  webhook.reorder = GetBool(record, "reorder", webhook.reorder);
  webhook.push = GetBool(record, "push", webhook.push);
  webhook.enabled = GetBool(record, "enabled", webhook.enabled);
  if (Find(record, "events") != nullptr) webhook.events = GetStrings(record, "events");
  if (Find(record, "account_ids") != nullptr) {
    webhook.account_ids = GetStrings(record, "account_ids");
  }
  const JsonValue* headers = Find(record, "headers");
  if (headers == nullptr || !headers->IsArray()) return;
  webhook.headers.clear();
  for (const JsonValue& header : headers->GetArray()) {
    webhook.headers.emplace_back(GetString(header, "key"), GetString(header, "value"));
  }
}

void WebhookBook::Enqueue(const std::string& event, const std::string& account_id, int64_t at_us,
                          const std::function<std::string(const std::string& webhook_name)>& body) {
  for (auto& [id, webhook] : webhooks_) {
    if (!webhook.Wants(event, account_id)) continue;
    const std::string key = std::to_string(next_event_);
    const bool twice = Fraction(Hash({webhook.seed, "twice", key})) < webhook.duplicate_probability;
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
      const std::string draw = key + "/" + std::to_string(copy);
      WebhookEvent queued;
      queued.id = next_event_++;
      queued.due_us = at_us;
      if (Fraction(Hash({webhook.seed, "late", draw})) < webhook.late_probability) {
        queued.due_us +=
            Between(Hash({webhook.seed, "delay", draw}), webhook.late_min_us, webhook.late_max_us);
      }
      queued.body = body(webhook.name);
      webhook.queue.emplace(queued.id, std::move(queued));
    }
  }
}

void WebhookBook::MarkDelivered(const std::string& webhook_id, uint64_t event_id) {
  const auto it = webhooks_.find(webhook_id);
  if (it == webhooks_.end() || it->second.queue.erase(event_id) == 0) return;
  ++it->second.delivered;
}

void WebhookBook::MarkFailed(const std::string& webhook_id, uint64_t event_id) {
  const auto it = webhooks_.find(webhook_id);
  if (it == webhooks_.end()) return;
  const auto event = it->second.queue.find(event_id);
  if (event == it->second.queue.end()) return;
  if (++event->second.tries < kMaxTries) return;
  it->second.queue.erase(event);
  ++it->second.lost;
}

const Webhook* WebhookBook::FindByName(const std::string& name) const {
  for (const auto& [id, webhook] : webhooks_) {
    if (webhook.name == name) return &webhook;
  }
  return nullptr;
}

uint64_t WebhookBook::pending() const {
  uint64_t count = 0;
  for (const auto& [id, webhook] : webhooks_) count += webhook.queue.size();
  return count;
}

uint64_t WebhookBook::due(int64_t now_us) const {
  uint64_t count = 0;
  for (const auto& [id, webhook] : webhooks_) {
    for (const auto& [event_id, event] : webhook.queue) count += event.due_us <= now_us ? 1 : 0;
  }
  return count;
}

uint64_t WebhookBook::lost() const {
  uint64_t count = 0;
  for (const auto& [id, webhook] : webhooks_) count += webhook.lost;
  return count;
}

std::optional<int64_t> WebhookBook::NextPushUs() const {
  std::optional<int64_t> next;
  for (const auto& [id, webhook] : webhooks_) {
    if (!webhook.push) continue;
    for (const auto& [event_id, event] : webhook.queue) {
      if (!next || event.due_us < *next) next = event.due_us;
    }
  }
  return next;
}

}  // namespace onlyleads_sandbox
