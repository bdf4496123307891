// Threads for the HTTP server: a request that is held on command keeps its thread for as long as a
// test likes, so the pool grows whenever no thread is free instead of letting control calls wait.
#ifndef ONLYLEADS_SANDBOX_TASK_QUEUE_H_
#define ONLYLEADS_SANDBOX_TASK_QUEUE_H_

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace onlyleads_sandbox {

class GrowingTaskQueue : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override;
  void shutdown() override;

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_TASK_QUEUE_H_
