// Threads for the HTTP server; see task_queue.h. Threads are never retired: their number is the
// largest number of connections that were open at once, bounded by kMaxThreads.
#include "task_queue.h"

#include <utility>

namespace onlyleads_sandbox {
namespace {

constexpr size_t kMaxThreads = 1024;

}  // namespace

void GrowingTaskQueue::enqueue(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() > idle_ && threads_.size() < kMaxThreads) {
      threads_.emplace_back([this] { Work(); });
    }
  }
  wake_.notify_one();
}

void GrowingTaskQueue::shutdown() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void GrowingTaskQueue::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    --idle_;
    if (tasks_.empty()) return;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace onlyleads_sandbox
