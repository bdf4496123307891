// Wraps the callbacks of host.h. Re-entry and locks are the engine's business: it calls the host
// through Engine::CallHost.
#include "src/capi/host.h"

#include "src/capi/host_transport.h"
#include "src/capi/neck.h"

namespace onlyleads::capi {

absl::StatusOr<base::Host> HostFromC(const ol_host* in) {
  base::Host host = base::SystemHost();
  OL_ASSIGN_OR_RETURN(const ol_host given, ReadStruct(in, "host"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "host.reserved0"));
  if (given.ledger_append != nullptr) return BadArgument("host.ledger_append", "must be NULL");
  void* const ctx = given.ctx;
  if (given.now_us != nullptr) {
    host.now_us = [ctx, now_us = given.now_us]() -> absl::StatusOr<int64_t> {
      int64_t now = 0;
      if (now_us(ctx, &now) == 0) return now;
      return base::Error(ErrorCode::kCallbackFailed, "host.now_us reported failure");
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
  return host;
}

absl::StatusOr<std::unique_ptr<providers::Transport>> TransportFromC(const ol_host* in) {
  OL_ASSIGN_OR_RETURN(const ol_host given, ReadStruct(in, "host"));
  return HostTransport::FromC(given.transport);
}

}  // namespace onlyleads::capi
