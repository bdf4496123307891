// Registered webhooks and what waits for them. Pure state, part of the world: queueing, lateness,
// duplicates and order follow from seeds, and outcomes of deliveries come in as log records, so a
// restart finds exactly the undelivered events. Who talks HTTP is webhook_delivery.
#ifndef ONLYLEADS_SANDBOX_WEBHOOKS_H_
#define ONLYLEADS_SANDBOX_WEBHOOKS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json.h"

namespace onlyleads_sandbox {

struct WebhookEvent {
  uint64_t id = 0;
  int64_t due_us = 0;
  std::string body;
  int tries = 0;
};

struct Webhook {
  std::string id;
  std::string name;
  std::string url;
  std::string source;               // messaging, users, account_status or empty for all
  std::vector<std::string> events;  // empty: the source's defaults
  std::vector<std::string> account_ids;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string seed;
  double duplicate_probability = 0;
  double late_probability = 0;
  int64_t late_min_us = 0;
  int64_t late_max_us = 0;
  bool reorder = false;
  bool push = false;
  bool enabled = true;
  uint64_t delivered = 0;
  uint64_t lost = 0;
  std::map<uint64_t, WebhookEvent> queue;

  bool Wants(const std::string& event, const std::string& account_id) const;
  // Ids of due events in the order of delivery.
  std::vector<uint64_t> Due(int64_t now_us) const;
};

// The first attempt and five retries; then the event is lost.
inline constexpr int kMaxTries = 6;

class WebhookBook {
 public:
  // Registers or, for a known id, changes the members that are present, keeping the queue.
  void Put(const JsonValue& record);
  void Remove(const std::string& id) { webhooks_.erase(id); }
  // `body` renders the event for a webhook's name.
  void Enqueue(const std::string& event, const std::string& account_id, int64_t at_us,
               const std::function<std::string(const std::string& webhook_name)>& body);
  void MarkDelivered(const std::string& webhook_id, uint64_t event_id);
  void MarkFailed(const std::string& webhook_id, uint64_t event_id);

  std::string NextId() const { return "we_" + std::to_string(100000 + next_webhook_); }
  const Webhook* FindByName(const std::string& name) const;
  const std::map<std::string, Webhook>& all() const { return webhooks_; }
  uint64_t pending() const;
  uint64_t due(int64_t now_us) const;
  uint64_t lost() const;
  // When the next event of a pushing webhook is due.
  std::optional<int64_t> NextPushUs() const;

 private:
  std::map<std::string, Webhook> webhooks_;
  uint64_t next_webhook_ = 1;
  uint64_t next_event_ = 1;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_WEBHOOKS_H_
