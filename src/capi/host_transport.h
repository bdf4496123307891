// A host's ol_transport as a providers::Transport. Believes the host about fates and nothing else:
// every request ends in exactly one reply even when the host delivers twice, late, never, or
// nonsense. The callbacks run inside Poll and Cancel only, so that a batch is handed over whole.
#ifndef ONLYLEADS_SRC_CAPI_HOST_TRANSPORT_H_
#define ONLYLEADS_SRC_CAPI_HOST_TRANSPORT_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "onlyleads/transport.h"
#include "src/providers/transport.h"

namespace onlyleads::capi {

class HostTransport final : public providers::Transport {
 public:
  // NULL gives NULL: no transport of the host's.
  static absl::StatusOr<std::unique_ptr<HostTransport>> FromC(const ol_transport* transport);

  absl::Status Submit(domain::EgressPass pass, providers::HttpRequest request) override;
  absl::Status Poll(int64_t wait_ms, std::vector<providers::HttpReply>* out) override;
  void Cancel(uint64_t id) override;
  int free_slots() const override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Pending {
    providers::HttpRequest request;
    bool handed_over = false;
    bool cancelled = false;
    Clock::time_point deadline;  // when the host is no longer waited for
  };

  explicit HostTransport(const ol_transport& host) : host_(host) {}
  absl::Status HandOver();
  absl::Status Ask(int64_t wait_ms);
  void GiveUpOverdue();
  int32_t Take(const ol_http_completion* completion);
  // The one reply of a request; the host has no more say in it.
  void Finish(std::map<uint64_t, Pending>::iterator pending, providers::Completion fate,
              std::string_view error);
  void FinishAll(std::string_view error);
  static int32_t Deliver(void* self, const ol_http_completion* completion) noexcept;

  const ol_transport host_;
  std::map<uint64_t, Pending> pending_;
  std::vector<providers::HttpReply> finished_;
};

}  // namespace onlyleads::capi

#endif  // ONLYLEADS_SRC_CAPI_HOST_TRANSPORT_H_
