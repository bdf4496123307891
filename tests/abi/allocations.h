// Every allocation of this process goes through here, so that a test can let the n-th one of its
// thread fail: operator new (RapidJSON uses it too), SQLite, libcurl and OpenSSL. Not covered:
// malloc called directly by utf8proc and libidn2, whose failures the library turns into bad_alloc.
#ifndef ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_
#define ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_

#include <array>
#include <cstdint>
#include <vector>

namespace onlyleads::tests {

// Before anything else in main: SQLite, libcurl and OpenSSL take their functions only once.
void TakeOverAllocations();

enum Library { kNew, kSqlite, kCurl, kOpenSsl, kLibraries };

struct Allocations {
  int64_t seen = 0;
  int64_t failed = 0;
  std::array<int64_t, kLibraries> by{};  // of seen
};

// Counts the allocations that f makes on this thread and lets number fail_at (from 1) fail, and
// with and_all_after every later one too; 0: none.
template <typename F>
Allocations CountAllocations(int64_t fail_at, bool and_all_after, F&& f);

// The same undisturbed; *stacks gets one number for each allocation, equal for those that were
// asked for in the same place by the same callers.
template <typename F>
Allocations RecordAllocations(std::vector<uint64_t>* stacks, F&& f);

namespace internal {
struct State {
  bool armed = false;
  bool and_all_after = false;
  int64_t fail_at = 0;
  std::vector<uint64_t>* stacks = nullptr;
  Allocations counts;
};
State& ThreadState();

template <typename F>
Allocations Watch(const State& as, F&& f) {
  State& state = ThreadState();
  state = as;
  state.armed = true;
  f();
  state.armed = false;
  return state.counts;
}
}  // namespace internal

template <typename F>
Allocations CountAllocations(int64_t fail_at, bool and_all_after, F&& f) {
  return internal::Watch({false, and_all_after, fail_at, nullptr, {}}, f);
}

template <typename F>
Allocations RecordAllocations(std::vector<uint64_t>* stacks, F&& f) {
  return internal::Watch({false, false, 0, stacks, {}}, f);
}

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_
