// Carries queued webhook events to their receivers over HTTP. "Pull" webhooks are delivered when a
// control call asks for it, "push" webhooks by a background thread as soon as something is due.
// An event leaves its queue only after exactly HTTP 200; the outcome is logged after every attempt.
#ifndef ONLYLEADS_SANDBOX_WEBHOOK_DELIVERY_H_
#define ONLYLEADS_SANDBOX_WEBHOOK_DELIVERY_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "store.h"

namespace onlyleads_sandbox {

struct DeliveryReport {
  uint64_t delivered = 0;
  uint64_t failed = 0;
};

class WebhookDelivery {
 public:
  explicit WebhookDelivery(Store* store) : store_(store) {}
  ~WebhookDelivery() { Stop(); }

  void Start();
  void Stop();
  // Tries everything that is due once, at most `max` events. One caller at a time.
  DeliveryReport Deliver(uint64_t max, bool push_only);

 private:
  enum class Result { kDelivered, kFailed, kRefused };

  void PushLoop();
  Result DeliverOne(const std::string& webhook_id, uint64_t event_id);

  Store* store_;
  std::mutex one_at_a_time_;
  bool stopping_ = false;  // under the store's lock
  std::thread thread_;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_WEBHOOK_DELIVERY_H_
