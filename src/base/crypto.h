// Digests, keyed digests, sealing and the operating system's randomness, over OpenSSL.
// Keys never leave this file's callers as text; Seal binds a ciphertext to its context.
#ifndef ONLYLEADS_SRC_BASE_CRYPTO_H_
#define ONLYLEADS_SRC_BASE_CRYPTO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onlyleads::base {

using Digest = std::array<uint8_t, 32>;

inline std::string_view AsView(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest Sha256(std::string_view data);
// HMAC-SHA256.
Digest KeyedDigest(std::string_view key, std::string_view data);
// Compares in time that depends on the lengths only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);
// Fills from the operating system's generator.
absl::Status OsRandom(void* out, size_t size);

// Incremental SHA-256, for files.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void Update(std::string_view data);
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// AES-256-GCM with a random nonce in front. `context` is authenticated, not stored.
absl::StatusOr<std::string> Seal(const Digest& key, std::string_view context,
                                 std::string_view plain);
absl::StatusOr<std::string> Unseal(const Digest& key, std::string_view context,
                                   std::string_view sealed);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_CRYPTO_H_
