// Carries queued webhook events to their receivers; see webhook_delivery.h. The store's lock is
// never held while talking: a receiver may call the sandbox before it answers.
#include "webhook_delivery.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "text.h"

namespace onlyleads_sandbox {
namespace {

constexpr int kReplySeconds = 30;
constexpr auto kFirstPause = std::chrono::milliseconds(200);
constexpr auto kLongestPause = std::chrono::milliseconds(5000);

// "http://host:port" and "/path?query".
std::pair<std::string, std::string> SplitUrl(const std::string& url) {
  const size_t host = url.find("://");
  const size_t path = url.find('/', host == std::string::npos ? 0 : host + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

// The status, 0 for a connection that could not be made, -1 for anything else without a status.
int Post(const Webhook& webhook, const std::string& body) {
  const auto [origin, path] = SplitUrl(webhook.url);
  httplib::Client client(origin);
  if (!client.is_valid()) return 0;
  client.set_read_timeout(kReplySeconds);
  client.set_tcp_nodelay(true);
  httplib::Headers headers;
  std::string content_type;
  for (const auto& [key, value] : webhook.headers) {
    if (AsciiLower(key) == "content-type") {
      content_type = value;
    } else {
      headers.emplace(key, value);
    }
  }
  const auto result = client.Post(path, headers, body, content_type);
  if (result) return result->status;
  return result.error() == httplib::Error::Connection ? 0 : -1;
}

}  // namespace

void WebhookDelivery::Start() {
  thread_ = std::thread([this] { PushLoop(); });
}

void WebhookDelivery::Stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(store_->mutex());
    stopping_ = true;
  }
  store_->changed().notify_all();
  thread_.join();
}

DeliveryReport WebhookDelivery::Deliver(uint64_t max, bool push_only) {
  std::lock_guard<std::mutex> turn(one_at_a_time_);
  std::vector<std::pair<std::string, std::vector<uint64_t>>> work;
  {
    std::lock_guard<std::mutex> lock(store_->mutex());
    const int64_t now = store_->Now();
    for (const auto& [id, webhook] : store_->world().webhooks().all()) {
      if (!push_only || webhook.push) work.emplace_back(id, webhook.Due(now));
    }
  }
  DeliveryReport report;
  for (const auto& [webhook_id, events] : work) {
    for (const uint64_t event_id : events) {
      if (report.delivered + report.failed >= max) return report;
      const Result result = DeliverOne(webhook_id, event_id);
      ++(result == Result::kDelivered ? report.delivered : report.failed);
      // Nobody listens: the rest of this queue keeps its place.
      if (result == Result::kRefused) break;
    }
  }
  return report;
}

WebhookDelivery::Result WebhookDelivery::DeliverOne(const std::string& webhook_id,
                                                    uint64_t event_id) {
  Webhook target;
  std::string body;
  {
    std::lock_guard<std::mutex> lock(store_->mutex());
    const auto& all = store_->world().webhooks().all();
    const auto webhook = all.find(webhook_id);
    if (stopping_ || webhook == all.end()) return Result::kRefused;
    const auto event = webhook->second.queue.find(event_id);
    if (event == webhook->second.queue.end()) return Result::kRefused;
    target.url = webhook->second.url;
    target.headers = webhook->second.headers;
    body = event->second.body;
  }
  const int status = Post(target, body);
  if (status == 0) return Result::kRefused;
  const bool delivered = status == 200;
  std::lock_guard<std::mutex> lock(store_->mutex());
  store_->Commit(LogFile::kTrace, Json()
                                      .Begin()
                                      .Field("op", delivered ? "delivered" : "undelivered")
                                      .Field("webhook", webhook_id)
                                      .Field("event", event_id)
                                      .End()
                                      .Take());
  return delivered ? Result::kDelivered : Result::kFailed;
}

void WebhookDelivery::PushLoop() {
  auto pause = kFirstPause;
  std::unique_lock<std::mutex> lock(store_->mutex());
  while (!stopping_) {
    const int64_t now = store_->Now();
    const World& world = store_->world();
    const auto due = world.webhooks().NextPushUs();
    if (due && *due <= now) {
      lock.unlock();
      const DeliveryReport report = Deliver(UINT64_MAX, /*push_only=*/true);
      lock.lock();
      if (report.failed == 0) {
        pause = kFirstPause;
        continue;
      }
      store_->changed().wait_for(lock, pause, [this] { return stopping_; });
      pause = std::min(pause * 2, std::chrono::milliseconds(kLongestPause));
      continue;
    }
    // A live clock brings the next event by itself; a set one only by a command.
    std::optional<int64_t> next = due;
    const auto plan = world.NextPlanUs();
    if (plan && (!next || *plan < *next)) next = plan;
    if (world.live() && next) {
      store_->changed().wait_for(lock, std::chrono::microseconds(*next - now + 1));
    } else {
      store_->changed().wait(lock);
    }
  }
}

}  // namespace onlyleads_sandbox
