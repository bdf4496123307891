// Misbehaviour on command: an ordered list of rules, each matching requests and doing something to
// them or to their answers; and the place where held requests wait until they are released.
// Thread-safe on its own, since held requests must not hold the store's lock. Not restored at
// start.
#ifndef ONLYLEADS_SANDBOX_FAULTS_H_
#define ONLYLEADS_SANDBOX_FAULTS_H_

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "json.h"

namespace onlyleads_sandbox {

// What a rule can look at.
struct RequestFacts {
  std::string method;
  std::string route;
  bool is_write = false;
  std::string account_id;
  std::string provider_id;
  uint64_t request_seq = 0;  // 0 for reads
};

struct FaultAction {
  std::string type;  // delay, hold, throttle, error, status, cut, garble, null_ids
  std::string name;  // of the rule
  bool after_acceptance = false;
  bool reset = false;  // cut with RST instead of FIN
  int64_t ms = 0;
  int64_t retry_after_s = -1;
  int status = 0;
  std::string slug;
  std::string body;
  std::string content_type;
  std::string how;  // garble: not_json, wrong_types, truncated
};

// What happens to one request: every delay and hold that fired, and the first other action.
struct FaultPlan {
  std::vector<FaultAction> waits;
  std::optional<FaultAction> answer;

  std::string Name() const;
};

class Faults {
 public:
  // "" or what is wrong with the document (one rule or a list); nothing is added then.
  std::string Add(const JsonValue& document);
  void Clear();
  std::string Render();

  FaultPlan Match(const RequestFacts& facts);
  // Waits as the plan says for this side of the acceptance. False when the server is stopping: what
  // was not accepted by then must not be.
  bool Wait(const FaultPlan& plan, bool after_acceptance, const RequestFacts& facts);

  // Lets held requests go on: those of one rule, or all when `name` is empty. How many.
  size_t Release(const std::string& name);
  // Waits up to `wait_ms` for a held request, then lists them.
  std::string Held(int64_t wait_ms);
  void Shutdown();

 private:
  struct Rule {
    std::string method;
    std::string route;
    std::string account_id;
    std::string provider_id;
    FaultAction action;
    int64_t times = 1;
    int64_t every = 1;
    double probability = 1;
    std::string seed;
    uint64_t matched = 0;
    uint64_t fired = 0;

    bool Matches(const RequestFacts& facts) const;
    bool Fires();
  };
  struct HeldRequest {
    std::string name;
    RequestFacts facts;
    bool after_acceptance = false;
    bool released = false;
  };

  static std::string ReadRule(const JsonValue& item, Rule* rule);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Rule> rules_;
  std::list<HeldRequest> held_;
  bool stopping_ = false;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_FAULTS_H_
