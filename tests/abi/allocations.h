// Every allocation of this process goes through here, so that a test can let the n-th one of its
// thread fail: operator new (RapidJSON uses it too), SQLite, libcurl and OpenSSL. Not covered:
// malloc called directly by utf8proc and libidn2, whose failures the library turns into bad_alloc.
#ifndef ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_
#define ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_

#include <cstdint>

namespace onlyleads::tests {

// Before anything else in main: SQLite, libcurl and OpenSSL take their functions only once.
void TakeOverAllocations();

struct Allocations {
  int64_t seen = 0;
  int64_t failed = 0;
};

// Counts the allocations that f makes on this thread and lets number fail_at (from 1) fail, and
// with and_all_after every later one too; 0: none.
template <typename F>
Allocations CountAllocations(int64_t fail_at, bool and_all_after, F&& f);

namespace internal {
struct State {
  bool armed = false;
  bool and_all_after = false;
  int64_t fail_at = 0;
  Allocations counts;
};
State& ThreadState();
}  // namespace internal

template <typename F>
Allocations CountAllocations(int64_t fail_at, bool and_all_after, F&& f) {
  internal::State& state = internal::ThreadState();
  state = {true, and_all_after, fail_at, {}};
  f();
  state.armed = false;
  return state.counts;
}

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_
