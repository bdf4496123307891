#include "src/engine/long_work.h"

#include "src/base/error.h"
#include "src/storage/sqlite_connection.h"

namespace onlyleads::engine {

namespace {

absl::Status Cancelled() {
  return base::Error(base::ErrorCode::kCancelled, "the work on the organization was cancelled");
}

}  // namespace

absl::Status CheckCancelled(Engine& engine) {
  return engine.IsCancelled() ? Cancelled() : absl::OkStatus();
}

absl::Status TellProgress(Engine& engine, const WorkProgress& progress, int64_t done,
                          int64_t total) {
  OL_RETURN_IF_ERROR(CheckCancelled(engine));
  if (!progress || engine.CallHost([&] { return progress(done, total); })) return absl::OkStatus();
  return Cancelled();
}

absl::StatusOr<Snapshot> Snapshot::Begin(const Engine& engine) {
  OL_ASSIGN_OR_RETURN(auto db,
                      storage::OpenSqlite({.path = engine.options().path,
                                           .busy_timeout_ms = engine.options().busy_timeout_ms}));
  OL_RETURN_IF_ERROR(db->BeginRead());
  return Snapshot(std::move(db));
}

}  // namespace onlyleads::engine
