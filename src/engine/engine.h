// The engine: one database, its keys, the host and the transport, behind one lock. Verbs live in
// the file of their capability and work through a Session. Callbacks of the host never run under
// the lock or inside a transaction.
#ifndef ONLYLEADS_SRC_ENGINE_ENGINE_H_
#define ONLYLEADS_SRC_ENGINE_ENGINE_H_

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "src/base/crypto.h"
#include "src/base/host.h"
#include "src/base/id.h"
#include "src/providers/transport.h"
#include "src/storage/connection.h"
#include "src/storage/keyring.h"

namespace onlyleads::engine {

struct OpenOptions {
  std::string path;
  std::string key;                 // empty: the key file beside the database
  std::string profile = "strict";  // or "balanced"
  base::Host host = base::SystemHost();
  std::unique_ptr<providers::Transport> transport;  // NULL: libcurl
  int busy_timeout_ms = 10'000;
  int max_call_ms = 120'000;
  bool new_ledger = false;  // leave the ledger that was and begin one
};

class Ledger;
class Session;

class Engine {
 public:
  static absl::StatusOr<std::shared_ptr<Engine>> Open(OpenOptions options);
  ~Engine();

  // A call begins on this thread, where it may enter and the engine is not being closed, and ends.
  absl::Status Arrive();
  void Leave();
  // Waits for the calls under way. Later ones are kMisuse. Idempotent.
  absl::Status Close();
  // Any thread, never blocks, also in a signal handler: every call under way ends with kCancelled
  // where it asks next. One that begins later is not meant.
  void Cancel() { cancels_.fetch_add(1); }
  // Whether Cancel came since the calling thread's outermost CallScope of this engine began.
  bool IsCancelled() const;

  // Whether a verb may begin on this thread now. Before it takes anything that the call in whose
  // callback it may be holds: a cancel, the ledger, the transport.
  absl::Status MayEnter() const { return Check(); }
  // Checks the handle, reads the clock and randomness, then takes the lock.
  absl::StatusOr<Session> Enter();
  // Calls f as a host callback: no lock is held, and entering this engine from within is kMisuse.
  template <typename F>
  auto CallHost(F f) {
    CallbackScope scope(this);
    return f();
  }

  // Keeps a line for the host's log until no lock is held; codes only, no personal data.
  void Log(base::LogLevel level, std::string line);
  // Hands kept lines to the host. Not under the lock.
  void FlushLog();

  const OpenOptions& options() const { return options_; }
  const storage::Keyring& keys() const { return *keys_; }
  providers::Transport& transport() { return *transport_; }
  Ledger& ledger() { return *ledger_; }
  // Write transactions committed so far.
  int64_t commits() const { return connection_->commits(); }
  // Only one thread at a time drives the transport; others skip provider work.
  std::mutex& transport_mutex() { return transport_mutex_; }
  // When a removal may rebuild the database again (residue.h). Under the lock.
  std::chrono::steady_clock::time_point rebuild_not_before;
  // Never the same twice for this transport: a reply that comes after its run gave up is nobody
  // else's.
  uint64_t NewRequestId() { return ++last_request_; }
  // An invariant broke: every later call answers kBroken.
  absl::Status Break(std::string_view what);

 private:
  friend class Session;
  friend class CallScope;
  void BeginCall() const;
  static void EndCall() noexcept;
  class CallbackScope {
   public:
    explicit CallbackScope(const Engine* engine);
    ~CallbackScope();

   private:
    const Engine* outer_;
  };

  // Under the lock.
  base::Id NextId(int64_t now_us, std::array<uint8_t, 10> random);

  explicit Engine(OpenOptions options);
  absl::Status Check() const;

  OpenOptions options_;
  pid_t pid_ = 0;
  std::mutex mutex_;
  std::mutex transport_mutex_;
  std::unique_ptr<storage::Connection> connection_;
  std::unique_ptr<storage::Keyring> keys_;
  std::unique_ptr<providers::Transport> transport_;
  std::unique_ptr<Ledger> ledger_;
  std::atomic<uint64_t> last_request_{0};
  std::mutex log_mutex_;
  std::vector<std::pair<base::LogLevel, std::string>> log_lines_;
  int64_t id_ms_ = 0;
  uint16_t id_counter_ = 0;
  // Atomics and no mutex: a child that was forked meanwhile must be able to ask.
  std::atomic<int> inside_{0};
  std::atomic<bool> closing_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> broken_{false};
  std::atomic<uint64_t> cancels_{0};
};

// While one lives, the calling thread is inside a call of the engine. They nest; the outermost of
// an engine counts.
class CallScope {
 public:
  explicit CallScope(const Engine& engine);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
};

// The engine's lock with what was read before it was taken: the instant and a seed for ids.
class Session {
 public:
  Session(Session&&) noexcept = default;

  storage::Connection* db() const { return engine_->connection_.get(); }
  Engine& engine() const { return *engine_; }
  const storage::Keyring& keys() const { return engine_->keys(); }
  int64_t now_us() const { return now_us_; }
  // A fresh id from the seed; never the same twice.
  base::Id NewId();

 private:
  friend class Engine;
  Session(Engine* engine, std::unique_lock<std::mutex> lock, int64_t now_us, base::Digest seed)
      : engine_(engine), lock_(std::move(lock)), now_us_(now_us), seed_(seed) {}

  Engine* engine_;
  std::unique_lock<std::mutex> lock_;
  int64_t now_us_;
  base::Digest seed_;
  uint64_t ids_ = 0;
};

// The instant of the newest thing stored, 0 when there is none.
absl::StatusOr<int64_t> LastInstant(Engine& engine);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_ENGINE_H_
