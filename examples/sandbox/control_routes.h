// The sandbox's own API under /sandbox: who exists, what time it is, how people behave, what goes
// wrong, and what was accepted. JSON both ways, no key; described in README.md.
#ifndef ONLYLEADS_SANDBOX_CONTROL_ROUTES_H_
#define ONLYLEADS_SANDBOX_CONTROL_ROUTES_H_

#include <httplib.h>

#include <string>
#include <vector>

#include "faults.h"
#include "store.h"
#include "unipile_routes.h"
#include "webhook_delivery.h"

namespace onlyleads_sandbox {

class ControlApi {
 public:
  ControlApi(Store* store, Faults* faults, WebhookDelivery* delivery)
      : store_(store), faults_(faults), delivery_(delivery) {}

  // `name` is what follows /sandbox/, e.g. "clock" or "webhooks/deliver".
  Reply Handle(const httplib::Request& request, const std::string& name);

 private:
  Reply Get(const httplib::Request& request, const std::string& name);
  Reply Post(const std::string& name, const JsonValue& body);

  Reply Ledger(uint64_t after);
  Reply Clock();
  Reply State();
  Reply PutAccount(const JsonValue& body);
  Reply PutPeople(const JsonValue& body);
  Reply MoveClock(const JsonValue& body);
  Reply PutBehaviour(const JsonValue& body);
  Reply Accept(const JsonValue& body);
  Reply Answer(const JsonValue& body);
  Reply AddFaults(const JsonValue& body);
  Reply Release(const JsonValue& body);
  Reply PutWebhook(const JsonValue& body);
  Reply SetMode(const JsonValue& body);
  Reply Deliver(const JsonValue& body);
  // The person that provider_id or public_identifier of the body names; empty: neither is there.
  std::string PersonId(const JsonValue& body) const;
  Reply CommitPair(const char* op, const JsonValue& body, const std::string& provider_id);

  Store* store_;
  Faults* faults_;
  WebhookDelivery* delivery_;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_CONTROL_ROUTES_H_
