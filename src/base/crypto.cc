#include "src/base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <cerrno>
#include <new>

#include "src/base/error.h"

namespace onlyleads::base {
namespace {

constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;

const unsigned char* Bytes(std::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* ctx) const { EVP_CIPHER_CTX_free(ctx); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

// What is asked of OpenSSL here is always valid, so a failure is a want of memory. A digest that
// was not computed must never be taken for one: erased people are recognised by digests.
void NeedMemory(bool done) {
  if (!done) throw std::bad_alloc();
}

}  // namespace

Digest Sha256(std::string_view data) {
  Digest out;
  NeedMemory(SHA256(Bytes(data), data.size(), out.data()) != nullptr);
  return out;
}

Digest KeyedDigest(std::string_view key, std::string_view data) {
  Digest out;
  unsigned int size = 0;
  NeedMemory(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(data), data.size(),
                  out.data(), &size) != nullptr);
  return out;
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

absl::Status OsRandom(void* out, size_t size) {
  auto* p = static_cast<unsigned char*>(out);
  while (size > 0) {
    const ssize_t n = getrandom(p, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error(ErrorCode::kIo, "the operating system gives no random bytes");
    p += n;
    size -= static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

struct Sha256Stream::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(md); }
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  NeedMemory(context_->md != nullptr &&
             EVP_DigestInit_ex(context_->md, EVP_sha256(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Update(std::string_view data) {
  NeedMemory(EVP_DigestUpdate(context_->md, data.data(), data.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest out;
  unsigned int size = 0;
  NeedMemory(EVP_DigestFinal_ex(context_->md, out.data(), &size) == 1);
  return out;
}

absl::StatusOr<std::string> Seal(const Digest& key, std::string_view context,
                                 std::string_view plain) {
  std::string out(kNonceSize + plain.size() + kTagSize, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  OL_RETURN_IF_ERROR(OsRandom(bytes, kNonceSize));
  CipherContext ctx(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok =
      ctx != nullptr &&
      EVP_EncryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes) == 1 &&
      EVP_EncryptUpdate(ctx.get(), nullptr, &size, Bytes(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(ctx.get(), bytes + kNonceSize, &size, Bytes(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(ctx.get(), bytes + kNonceSize + plain.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, kTagSize,
                          bytes + kNonceSize + plain.size()) == 1;
  NeedMemory(ok);
  return out;
}

absl::StatusOr<std::string> Unseal(const Digest& key, std::string_view context,
                                   std::string_view sealed) {
  if (sealed.size() < kNonceSize + kTagSize) {
    return Error(ErrorCode::kCorrupt, "a sealed secret is too short");
  }
  const std::string_view body = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string out(body.size(), '\0');
  CipherContext ctx(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ready =
      ctx != nullptr &&
      EVP_DecryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, key.data(), Bytes(sealed)) == 1 &&
      EVP_DecryptUpdate(ctx.get(), nullptr, &size, Bytes(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(ctx.get(), reinterpret_cast<unsigned char*>(out.data()), &size, Bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1;
  NeedMemory(ready);
  // The tag is judged last: only here can a wrong key show.
  const bool opens =
      EVP_DecryptFinal_ex(ctx.get(), reinterpret_cast<unsigned char*>(out.data()) + body.size(),
                          &size) == 1;
  if (!opens) return Error(ErrorCode::kKeyMismatch, "a sealed secret does not open under this key");
  return out;
}

}  // namespace onlyleads::base
