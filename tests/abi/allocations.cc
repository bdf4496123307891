#include "tests/abi/allocations.h"

#include <curl/curl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <unwind.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <new>

namespace onlyleads::tests {
namespace internal {

State& ThreadState() {
  static thread_local State state;
  return state;
}

}  // namespace internal

namespace {

// One number for the return addresses of the frames between two, neither of which counts: whether
// an allocation is counted or fails must not show in it.
uint64_t StackBetween(const void* bottom, const void* top) {
  struct Sum {
    uintptr_t bottom, top;
    uint64_t hash, without_last;
  } sum = {reinterpret_cast<uintptr_t>(bottom), reinterpret_cast<uintptr_t>(top), 0, 0};
  _Unwind_Backtrace(
      [](_Unwind_Context* frame, void* out) {
        auto* so_far = static_cast<Sum*>(out);
        if (_Unwind_GetCFA(frame) <= so_far->bottom) return _URC_NO_REASON;
        if (_Unwind_GetCFA(frame) > so_far->top) return _URC_NORMAL_STOP;
        so_far->without_last = so_far->hash;
        so_far->hash = (so_far->hash ^ _Unwind_GetIP(frame)) * 0x9e3779b97f4a7c15u;
        so_far->hash ^= so_far->hash >> 29;
        return _URC_NO_REASON;
      },
      &sum);
  return sum.without_last;
}

bool MustFail(Library library) {
  internal::State& state = internal::ThreadState();
  if (!state.armed) return false;
  const Watch& watch = state.watch;
  const int64_t number = ++state.counts.seen;
  ++state.counts.by[library];
  bool fails = watch.fail_at != 0 &&
               (watch.and_all_after ? number >= watch.fail_at : number == watch.fail_at);
  const bool searches = watch.fail_stack != 0 && state.counts.failed == 0;
  if (!fails && !searches && watch.stacks == nullptr) return false;
  state.armed = false;  // what follows may allocate
  const uint64_t stack = StackBetween(__builtin_frame_address(0), state.top);
  if (watch.stacks != nullptr) watch.stacks->push_back(stack);
  fails = fails || (searches && stack == watch.fail_stack);
  if (fails) {
    if (++state.counts.failed == 1) state.counts.failed_at = number;
    state.counts.failed_stack = stack;
  }
  state.armed = true;
  return fails;
}

template <Library library>
void* Allocate(size_t size) {
  return MustFail(library) ? nullptr : std::malloc(size == 0 ? 1 : size);
}
template <Library library>
void* Reallocate(void* old, size_t size) {
  return MustFail(library) ? nullptr : std::realloc(old, size);
}
void Release(void* block) { std::free(block); }

void* CurlAllocateZeroed(size_t count, size_t size) {
  return MustFail(kCurl) ? nullptr : std::calloc(count, size);
}
char* CurlDuplicate(const char* text) { return MustFail(kCurl) ? nullptr : ::strdup(text); }

void* SslAllocate(size_t size, const char*, int) { return Allocate<kOpenSsl>(size); }
void* SslReallocate(void* old, size_t size, const char*, int) {
  return Reallocate<kOpenSsl>(old, size);
}
void SslRelease(void* block, const char*, int) { Release(block); }

void* SqliteAllocate(int size) { return Allocate<kSqlite>(static_cast<size_t>(size)); }
void* SqliteReallocate(void* old, int size) {
  return Reallocate<kSqlite>(old, static_cast<size_t>(size));
}
int SqliteSize(void* block) {
  return block == nullptr ? 0 : static_cast<int>(::malloc_usable_size(block));
}
int SqliteRoundUp(int size) { return (size + 7) & ~7; }
int SqliteInit(void*) { return SQLITE_OK; }
void SqliteShutdown(void*) {}

void* New(size_t size) {
  void* block = Allocate<kNew>(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* NewAligned(size_t size, std::align_val_t alignment) {
  const auto to = static_cast<size_t>(alignment);
  void* block = MustFail(kNew) ? nullptr : std::aligned_alloc(to, (size + to - 1) / to * to);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

void TakeOverAllocations() {
  static const sqlite3_mem_methods kMethods = {SqliteAllocate, Release,       SqliteReallocate,
                                               SqliteSize,     SqliteRoundUp, SqliteInit,
                                               SqliteShutdown, nullptr};
  const bool taken =
      CRYPTO_set_mem_functions(SslAllocate, SslReallocate, SslRelease) == 1 &&
      sqlite3_config(SQLITE_CONFIG_MALLOC, &kMethods) == SQLITE_OK &&
      // Small blocks come from the same place as large ones.
      sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK &&
      curl_global_init_mem(CURL_GLOBAL_DEFAULT, Allocate<kCurl>, Release, Reallocate<kCurl>,
                           CurlDuplicate, CurlAllocateZeroed) == CURLE_OK;
  if (taken) return;
  std::cerr << "an allocator was in use already\n";
  std::abort();
}

}  // namespace onlyleads::tests

void* operator new(size_t size) { return onlyleads::tests::New(size); }
void* operator new[](size_t size) { return onlyleads::tests::New(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return onlyleads::tests::Allocate<onlyleads::tests::kNew>(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return onlyleads::tests::Allocate<onlyleads::tests::kNew>(size);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return onlyleads::tests::NewAligned(size, alignment);
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return onlyleads::tests::NewAligned(size, alignment);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
void operator delete[](void* block, size_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, size_t, std::align_val_t) noexcept { std::free(block); }
