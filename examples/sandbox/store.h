// The one place that changes the world: a record goes to the log first and, once it is on disk, is
// applied to the world, under one lock. So nothing is answered that a restart would not remember.
// Lock mutex() around everything else here; never call out (HTTP, waiting) while holding it.
#ifndef ONLYLEADS_SANDBOX_STORE_H_
#define ONLYLEADS_SANDBOX_STORE_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "ledger.h"
#include "requests.h"
#include "world.h"

namespace onlyleads_sandbox {

class Store {
 public:
  // Replays the log. Without `now_us` the clock is the restored one, or the system's if there is
  // none. "" or what went wrong.
  std::string Open(const std::string& directory, std::optional<int64_t> now_us);

  std::mutex& mutex() { return mutex_; }
  const World& world() const { return world_; }
  Requests& requests() { return requests_; }

  // The sandbox's time; what was due has happened when it returns.
  int64_t Now();
  // Moves the clock forward; false when `now_us` is in the past or the disk refuses.
  bool SetClock(int64_t now_us);
  // Stamps `object` with the time that Now() last gave (a live clock that moved in between could
  // let something happen after the caller looked), logs it, applies it. False: nothing happened.
  bool Commit(LogFile file, const std::string& object);
  // Notified after every change; wait on it with mutex().
  std::condition_variable& changed() { return changed_; }

 private:
  void Restore(const JsonValue& record);

  std::mutex mutex_;
  std::condition_variable changed_;
  Log log_;
  World world_;
  Requests requests_;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_STORE_H_
