// Wraps the callbacks of host.h. Re-entry and locks are the engine's business: it calls the host
// through Engine::CallHost.
#include "src/capi/host.h"

#include <new>

#include "src/base/time.h"
#include "src/capi/host_transport.h"
#include "src/capi/neck.h"

namespace onlyleads::capi {

namespace {

// Carries frames from the host into the engine, and the engine's refusal of one back out.
struct Reading {
  const base::Host::PutFrame& put;
  absl::Status status;
  bool out_of_memory = false;
};

int32_t PutFrame(void* ctx, ol_str frame) {
  auto* reading = static_cast<Reading*>(ctx);
  if (reading == nullptr || (frame.data == nullptr && frame.size > 0)) return OL_INVALID_ARGUMENT;
  try {
    reading->status.Update(reading->put({frame.data, frame.size}));
  } catch (...) {  // above us are frames of the host, which may be C
    reading->out_of_memory = true;
    return OL_NOMEM;
  }
  return reading->status.ok() ? OL_OK : OL_CALLBACK_FAILED;
}

void SetLedger(const ol_host& given, base::Host* host) {
  void* const ctx = given.ctx;
  host->ledger_append = [ctx, append = given.ledger_append](std::string_view frame) {
    if (append(ctx, ToC(frame)) == 0) return absl::OkStatus();
    return base::Error(ErrorCode::kCallbackFailed, "host.ledger_append reported failure");
  };
  host->ledger_read = [ctx, read = given.ledger_read](int64_t from,
                                                      const base::Host::PutFrame& put) {
    Reading reading{put, absl::OkStatus()};
    const int32_t code = read(ctx, static_cast<uint64_t>(from), &PutFrame, &reading);
    if (reading.out_of_memory) throw std::bad_alloc();
    OL_RETURN_IF_ERROR(reading.status);
    if (code == 0) return absl::OkStatus();
    return base::Error(ErrorCode::kCallbackFailed, "host.ledger_read reported failure");
  };
}

}  // namespace

absl::StatusOr<base::Host> HostFromC(const ol_host* in) {
  base::Host host = base::SystemHost();
  OL_ASSIGN_OR_RETURN(const ol_host given, ReadStruct(in, "host"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "host.reserved0"));
  if ((given.ledger_append == nullptr) != (given.ledger_read == nullptr)) {
    return BadArgument("host.ledger_append", "goes together with host.ledger_read");
  }
  void* const ctx = given.ctx;
  if (given.now_us != nullptr) {
    host.now_us = [ctx, now_us = given.now_us]() -> absl::StatusOr<int64_t> {
      int64_t now = 0;
      if (now_us(ctx, &now) != 0) {
        return base::Error(ErrorCode::kCallbackFailed, "host.now_us reported failure");
      }
      if (now > 0 && now < base::kLatestInstantUs) return now;
      return base::Error(ErrorCode::kCallbackFailed,
                         "host.now_us: no instant between 1970 and 9000");
    };
  }
  if (given.random != nullptr) {
    host.random = [ctx, random = given.random](void* out, size_t size) {
      if (random(ctx, out, size) == 0) return absl::OkStatus();
      return base::Error(ErrorCode::kCallbackFailed, "host.random reported failure");
    };
  }
  if (given.log != nullptr) {
    host.log = [ctx, log = given.log](base::LogLevel level, std::string_view message) {
      log(ctx, static_cast<int32_t>(level), ToC(message));
    };
  }
  if (given.ledger_append != nullptr) SetLedger(given, &host);
  return host;
}

absl::StatusOr<std::unique_ptr<providers::Transport>> TransportFromC(const ol_host* in) {
  OL_ASSIGN_OR_RETURN(const ol_host given, ReadStruct(in, "host"));
  return HostTransport::FromC(given.transport);
}

}  // namespace onlyleads::capi
