// The C ABI of engine.h: opening, running, cancelling and closing.
#include "onlyleads/engine.h"

#include "src/base/limits.h"
#include "src/capi/host.h"
#include "src/capi/neck.h"
#include "src/engine/organizations.h"
#include "src/engine/run.h"

namespace onlyleads::capi {
namespace {

absl::StatusOr<engine::OpenOptions> OptionsFromC(ol_str path, const ol_engine_options* in) {
  OL_ASSIGN_OR_RETURN(const ol_engine_options given, ReadStruct(in, "options"));
  if ((given.flags & ~OL_OPEN_NEW_LEDGER) != 0) return BadArgument("options.flags", "unknown bits");
  engine::OpenOptions options;
  options.new_ledger = (given.flags & OL_OPEN_NEW_LEDGER) != 0;
  OL_ASSIGN_OR_RETURN(options.path, Text(path, "path"));
  if (options.path.empty()) return BadArgument("path", "must not be empty");
  OL_ASSIGN_OR_RETURN(options.key, Bytes(given.key, "options.key"));
  OL_ASSIGN_OR_RETURN(std::string profile, Text(given.profile, "options.profile"));
  if (!profile.empty()) options.profile = std::move(profile);
  OL_ASSIGN_OR_RETURN(options.host, HostFromC(given.host));
  OL_ASSIGN_OR_RETURN(options.transport, TransportFromC(given.host));
  if (given.busy_timeout_ms < 0) {
    return BadArgument("options.busy_timeout_ms", "must not be negative");
  }
  if (given.max_call_ms < 0) return BadArgument("options.max_call_ms", "must not be negative");
  if (given.busy_timeout_ms > 0) options.busy_timeout_ms = given.busy_timeout_ms;
  if (given.max_call_ms > 0) options.max_call_ms = given.max_call_ms;
  return options;
}

absl::StatusOr<engine::RunOptions> OptionsFromC(const ol_run_options* in) {
  OL_ASSIGN_OR_RETURN(const ol_run_options given, ReadStruct(in, "options"));
  OL_RETURN_IF_ERROR(RequireZero(given.reserved0, "options.reserved0"));
  if (given.max_ms < 0 || given.max_ms > base::kMaxRunMs) {
    return BadArgument("options.max_ms", "must be 0 to 31,536,000,000 (365 days)");
  }
  if (given.max_calls < OL_RUN_NO_CALLS) {
    return BadArgument("options.max_calls", "must not be below OL_RUN_NO_CALLS");
  }
  return engine::RunOptions{given.max_ms, given.max_calls};
}

ol_run_report ReportToC(const engine::RunReport& report) {
  ol_run_report result{};
  result.calls = report.calls;
  result.sent = report.sent;
  result.not_sent = report.not_sent;
  result.unknown = report.unknown;
  result.settled = report.settled;
  result.parked = report.parked;
  result.enqueued = report.enqueued;
  result.refused = report.refused;
  result.sealed = report.sealed;
  result.next_due_us = report.next_due_us;
  result.subscriptions_ended = report.subscriptions_ended;
  result.purged = report.purged;
  result.residue_pending = report.residue_pending;
  result.organizations_failed = report.organizations_failed;
  return result;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;

int32_t ol_engine_open(ol_str path, const ol_engine_options* options, ol_engine** out,
                       ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Clear(out));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(engine::OpenOptions open, capi::OptionsFromC(path, options));
    OL_ASSIGN_OR_RETURN(auto opened, engine::Engine::Open(std::move(open)));
    ol_engine* handle = capi::Pool<ol_engine>::Instance().Take(capi::kEngineMark);
    handle->engine = std::move(opened);
    *out = handle;
    return absl::OkStatus();
  });
}

int32_t ol_engine_close(ol_engine* handle, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    const std::shared_ptr<engine::Engine> held = handle->engine;
    return held->Close();
  });
}

void ol_engine_free(ol_engine* handle) { capi::FreeHandle(handle, capi::kEngineMark); }

int32_t ol_engine_run(ol_engine* handle, const ol_run_options* options, ol_run_report* report,
                      ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::ClearStruct(report, "report"));
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const engine::RunOptions run, capi::OptionsFromC(options));
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    OL_ASSIGN_OR_RETURN(const engine::RunReport done, engine::Run(*held, run));
    capi::WriteStruct(report, capi::ReportToC(done));
    return absl::OkStatus();
  });
}

void ol_engine_cancel(ol_engine* handle) {
  if (capi::IsAlive(handle)) handle->engine->Cancel();
}

int32_t ol_engine_last_instant(ol_engine* handle, int64_t* out_us, ol_error* err) {
  return capi::EngineVerb(handle, out_us, err,
                          [](engine::Engine& e) { return engine::LastInstant(e); });
}

int32_t ol_engine_lineage(ol_engine* handle, ol_rows** out, ol_error* err) {
  return capi::EngineVerb(handle, out, err,
                          [](engine::Engine& e) { return engine::DescribeLineage(e); });
}

int32_t ol_engine_sub_processors(ol_engine* handle, ol_rows** out, ol_error* err) {
  return capi::EngineVerb(handle, out, err,
                          [](engine::Engine& e) { return engine::ListSubProcessors(e); });
}
