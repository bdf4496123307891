// Every attempt to write, whatever became of it: a second attempt must be visible even when it was
// refused or answered by a fault. Also counts reads by route (of this run only).
// Part of the store, under its lock.
#ifndef ONLYLEADS_SANDBOX_REQUESTS_H_
#define ONLYLEADS_SANDBOX_REQUESTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "json.h"

namespace onlyleads_sandbox {

struct Attempt {
  uint64_t seq = 0;
  std::string method;
  std::string route;
  std::string account_id;
  std::string provider_id;
  int64_t at_us = 0;
  std::string outcome = "open";  // open, accepted, refused, fault
  std::string slug;              // of the refusal
  std::string fault;             // name of the rule that shaped the answer
  int status = 0;                // answered; 0 when the connection was cut
  uint64_t ledger_seq = 0;       // of the entry, when accepted
};

class Requests {
 public:
  // The record of a finished attempt, or an accepted ledger entry whose record a crash swallowed.
  void Restore(const JsonValue& record);
  uint64_t Open(Attempt attempt);
  Attempt& at(uint64_t seq) { return attempts_[seq]; }
  void CountRead(const std::string& route) { ++reads_[route]; }

  static std::string Render(const Attempt& attempt);
  std::string RenderAll(uint64_t after) const;

 private:
  std::map<uint64_t, Attempt> attempts_;
  std::map<std::string, uint64_t> reads_;
  uint64_t last_ = 0;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_REQUESTS_H_
