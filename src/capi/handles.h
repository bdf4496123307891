// The handles the ABI gives out. Their memory is never returned to the system but kept for the next
// handle of the kind, oldest first: so a freed or wrong handle can be recognised by its mark
// instead of being read after free. Freeing takes a short lock and never waits for work; an engine
// whose last handle goes is closed by the next call that may block.
#ifndef ONLYLEADS_SRC_CAPI_HANDLES_H_
#define ONLYLEADS_SRC_CAPI_HANDLES_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::capi {

inline constexpr uint32_t kEngineMark = 0x4f4c4501;
inline constexpr uint32_t kWorkspaceMark = 0x4f4c5702;
inline constexpr uint32_t kRowsMark = 0x4f4c5203;
inline constexpr uint32_t kFreedMark = 0x4f4c0000;

// Handles alive in this process, of every kind.
std::atomic<int64_t>& LiveHandles();

// Takes the last reference of an engine and closes it later: closing may wait for a disk.
void Retire(std::shared_ptr<engine::Engine> engine);
// Closes what was retired in this process; called on entry to verbs that may block.
void CloseRetired();

// All handles of one kind; lives until the process ends.
template <typename Handle>
class Pool {
 public:
  static Pool& Instance() {
    static Pool* const kPool = [] {
      auto* pool = new Pool;
      // Another thread may be in here when the process forks: the child must find the lock free.
      static Pool* const kForked = pool;
      pthread_atfork([] { kForked->mutex_.lock(); }, [] { kForked->mutex_.unlock(); },
                     [] { kForked->mutex_.unlock(); });
      return pool;
    }();
    return *kPool;
  }

  Handle* Take(uint32_t mark) {
    std::lock_guard<std::mutex> lock(mutex_);
    Handle* handle = nullptr;
    if (free_.size() > kQuarantine) {
      handle = free_.front();
      free_.pop_front();
    } else {
      handle = &handles_.emplace_back();
    }
    handle->mark.store(mark, std::memory_order_release);
    LiveHandles().fetch_add(1);
    return handle;
  }

  // False when the handle is not alive: freed twice, or of another kind.
  bool Release(Handle* handle, uint32_t mark) {
    if (!handle->mark.compare_exchange_strong(mark, kFreedMark)) return false;
    LiveHandles().fetch_sub(1);
    handle->Drop();
    std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(handle);
    return true;
  }

 private:
  // This many handles stay unused after they were freed, so that a stale one is noticed.
  static constexpr size_t kQuarantine = 64;

  std::mutex mutex_;
  std::deque<Handle> handles_;
  std::deque<Handle*> free_;
};

}  // namespace onlyleads::capi

struct ol_engine {
  std::atomic<uint32_t> mark{onlyleads::capi::kFreedMark};
  std::shared_ptr<onlyleads::engine::Engine> engine;

  void Drop() { onlyleads::capi::Retire(std::move(engine)); }
};

struct ol_workspace {
  std::atomic<uint32_t> mark{onlyleads::capi::kFreedMark};
  std::shared_ptr<onlyleads::engine::Engine> engine;
  onlyleads::base::Id org_id;

  void Drop() { onlyleads::capi::Retire(std::move(engine)); }
};

struct ol_rows {
  std::atomic<uint32_t> mark{onlyleads::capi::kFreedMark};
  // Shared with the Arrow streams made of it.
  std::shared_ptr<const onlyleads::base::Table> table;

  void Drop() { table.reset(); }
};

namespace onlyleads::capi {

// What every *_free does. NULL, a handle of another kind and one that was freed are left alone. Out
// of memory here costs the handle's few bytes, nothing else.
template <typename Handle>
void FreeHandle(Handle* handle, uint32_t mark) noexcept {
  if (handle == nullptr) return;
  try {
    Pool<Handle>::Instance().Release(handle, mark);
  } catch (...) {
    return;
  }
}

}  // namespace onlyleads::capi

#endif  // ONLYLEADS_SRC_CAPI_HANDLES_H_
