// Live-handle counter and the closing of engines whose last handle went.
#include "src/capi/handles.h"

#include <unistd.h>

#include <utility>
#include <vector>

namespace onlyleads::capi {
namespace {

struct Retired {
  pid_t pid;
  std::shared_ptr<engine::Engine> engine;
};

struct Graveyard {
  std::mutex mutex;
  std::vector<Retired> engines;
};

Graveyard& TheGraveyard() {
  static Graveyard* const kGraveyard = [] {
    static auto* const kForked = new Graveyard;
    pthread_atfork([] { kForked->mutex.lock(); }, [] { kForked->mutex.unlock(); },
                   [] { kForked->mutex.unlock(); });
    return kForked;
  }();
  return *kGraveyard;
}

}  // namespace

std::atomic<int64_t>& LiveHandles() {
  static std::atomic<int64_t> count{0};
  return count;
}

void Retire(std::shared_ptr<engine::Engine> engine) {
  // Only the last reference closes; whoever shares the engine keeps it open.
  if (!engine) return;
  Graveyard& graveyard = TheGraveyard();
  std::lock_guard<std::mutex> lock(graveyard.mutex);
  graveyard.engines.push_back({getpid(), std::move(engine)});
}

void CloseRetired() {
  Graveyard& graveyard = TheGraveyard();
  std::vector<Retired> mine;
  {
    std::lock_guard<std::mutex> lock(graveyard.mutex);
    if (graveyard.engines.empty()) return;
    // A forked child must not close its parent's connections: SQLite would take the parent's locks
    // for its own.
    for (size_t i = graveyard.engines.size(); i-- > 0;) {
      if (graveyard.engines[i].pid != getpid()) continue;
      mine.push_back(std::move(graveyard.engines[i]));
      graveyard.engines.erase(graveyard.engines.begin() + static_cast<ptrdiff_t>(i));
    }
  }
  mine.clear();
}

}  // namespace onlyleads::capi
