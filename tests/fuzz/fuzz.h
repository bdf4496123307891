// What the fuzz targets share: a claim that ends the process when it is false, and a reader that
// takes decisions out of the input's bytes. Each target defines LLVMFuzzerTestOneInput, which
// libFuzzer calls while it searches and replay.cc calls over a corpus.
#ifndef ONLYLEADS_TESTS_FUZZ_FUZZ_H_
#define ONLYLEADS_TESTS_FUZZ_FUZZ_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace onlyleads::fuzz {

inline void Claim(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "claim does not hold: %s\n", claim);
  std::abort();
}

// Reads from the front; an exhausted input gives zeros, so that every input means something.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view Bytes(size_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }
  // Up to the next zero byte, which is taken too.
  std::string_view UntilZero() {
    const std::string_view bytes = Bytes(std::min(rest_.find('\0'), rest_.size()));
    Bytes(1);
    return bytes;
  }
  std::string_view Rest() { return Bytes(rest_.size()); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace onlyleads::fuzz

#endif  // ONLYLEADS_TESTS_FUZZ_FUZZ_H_
