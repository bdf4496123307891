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
  int64_t failed_at = 0;                 // the number of the first that failed
  uint64_t failed_stack = 0;             // of the last that failed, as in Watch::stacks
  std::array<int64_t, kLibraries> by{};  // of seen
};

struct Watch {
  int64_t fail_at = 0;         // the number of the allocation that fails, from 1; 0: none
  bool and_all_after = false;  // every later one fails, too
  uint64_t fail_stack = 0;     // instead of a number: the first from this stack; 0: none
  // Gets one number for each allocation, equal for those that were asked for in the same place by
  // the same callers, as far up as the function that counts.
  std::vector<uint64_t>* stacks = nullptr;
};

// Counts the allocations that f makes on this thread and lets some of them fail.
template <typename F>
Allocations CountAllocations(const Watch& watch, F&& f);

namespace internal {
struct State {
  bool armed = false;
  Watch watch;
  const void* top = nullptr;  // of the stack: the frame of the function that counts
  Allocations counts;
};
State& ThreadState();
}  // namespace internal

template <typename F>
Allocations CountAllocations(const Watch& watch, F&& f) {
  internal::State& state = internal::ThreadState();
  state = {true, watch, __builtin_frame_address(0), {}};
  f();
  state.armed = false;
  return state.counts;
}

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_ABI_ALLOCATIONS_H_
