// Transport over libcurl's multi interface: many calls at once without a thread of our own.
// Connections are kept alive and shared by reads. A write is never on the wire twice: libcurl
// repeats a request by itself when a kept connection turns out dead, and a server may have acted on
// the first copy; so writes take a fresh connection, and a second start of a write is refused.
// Knows nothing of any provider; headers (they carry keys) and bodies are never logged.
#ifndef ONLYLEADS_SRC_PROVIDERS_CURL_TRANSPORT_H_
#define ONLYLEADS_SRC_PROVIDERS_CURL_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/limits.h"
#include "src/providers/transport.h"

namespace onlyleads::providers {

struct CurlOptions {
  int max_concurrent = 8;
  // Body and headers of one reply together. Past it the call ends as kUnknown.
  size_t max_reply_bytes = base::kMaxReplyBytes;
  // PEM file of trusted authorities; empty for the system's.
  std::string ca_file;
  // Turned off, writes may use kept connections: fewer handshakes, but a connection that dies
  // underneath one leaves it unknown.
  bool fresh_connection_for_writes = true;
};

class CurlTransport final : public Transport {
 public:
  static absl::StatusOr<std::unique_ptr<CurlTransport>> Create(CurlOptions options = {});
  // Ends what is in flight without a reply.
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  absl::Status Submit(domain::EgressPass pass, HttpRequest request) override;
  absl::Status Poll(int64_t wait_ms, std::vector<HttpReply>* out) override;
  void Cancel(uint64_t id) override;
  int free_slots() const override;

 private:
  struct Impl;
  explicit CurlTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace onlyleads::providers

#endif  // ONLYLEADS_SRC_PROVIDERS_CURL_TRANSPORT_H_
