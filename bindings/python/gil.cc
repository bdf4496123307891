#include "gil.h"

#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace onlyleads::python {
namespace {

// Of the whole process, and never destroyed: threads may stop in here for good.
struct Exit {
  std::mutex mutex;
  std::condition_variable none_takes;
  int taking = 0;
  bool begun = false;
  std::thread::id exiting;
};

Exit& TheExit() {
  static Exit* const kExit = [] {
    static auto* const kForked = new Exit;
    // Of a forked child's threads there is one, and it takes nothing.
    pthread_atfork([] { kForked->mutex.lock(); }, [] { kForked->mutex.unlock(); },
                   [] {
                     kForked->taking = 0;
                     kForked->mutex.unlock();
                   });
    return kForked;
  }();
  return *kExit;
}

// With the lock. Threads that are taking it at this moment still get it; later ones stop.
void BeginExit() {
  Exit& exit = TheExit();
  std::unique_lock<std::mutex> lock(exit.mutex);
  exit.begun = true;
  exit.exiting = std::this_thread::get_id();
  lock.unlock();
  PyThreadState* const state = PyEval_SaveThread();
  lock.lock();
  exit.none_takes.wait(lock, [&] { return exit.taking == 0; });
  lock.unlock();
  PyEval_RestoreThread(state);
}

}  // namespace

Taking::Taking() {
  Exit& exit = TheExit();
  std::unique_lock<std::mutex> lock(exit.mutex);
  if (exit.begun && exit.exiting != std::this_thread::get_id()) {
    lock.unlock();
    while (true) ::pause();
  }
  ++exit.taking;
}

Taking::~Taking() {
  Exit& exit = TheExit();
  const std::lock_guard<std::mutex> lock(exit.mutex);
  if (--exit.taking == 0) exit.none_takes.notify_all();
}

void BindExit(pybind11::module_& m) {
  m.def("begin_exit", &BeginExit, "begin_exit()\n--\n\nLets no other thread take the lock again.");
  pybind11::module_::import("atexit").attr("register")(m.attr("begin_exit"));
}

}  // namespace onlyleads::python
