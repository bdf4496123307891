// What verbs that work through a whole organization share: telling the host how far they are, and
// reading one state of the database while the engine works on.
#ifndef ONLYLEADS_SRC_ENGINE_LONG_WORK_H_
#define ONLYLEADS_SRC_ENGINE_LONG_WORK_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "src/engine/engine.h"

namespace onlyleads::engine {

// Rows done and rows in all; false stops. Called without lock or writing transaction.
using WorkProgress = std::function<bool(int64_t done, int64_t total)>;

// kCancelled when somebody asked the engine to end what it does.
absl::Status CheckCancelled(Engine& engine);

// kCancelled when the host wants no more of it.
absl::Status TellProgress(Engine& engine, const WorkProgress& progress, int64_t done,
                          int64_t total);

// A reading transaction on a connection of its own, ended on every way out.
class Snapshot {
 public:
  static absl::StatusOr<Snapshot> Begin(const Engine& engine);
  storage::Connection* db() const { return db_.get(); }

 private:
  explicit Snapshot(std::unique_ptr<storage::Connection> db) : db_(std::move(db)) {}
  std::unique_ptr<storage::Connection> db_;
};

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_LONG_WORK_H_
