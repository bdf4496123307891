#include "src/engine/engine.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/domain/egress.h"
#include "src/engine/audit.h"
#include "src/engine/ledger.h"
#include "src/engine/residue.h"
#include "src/engine/restore.h"
#include "src/providers/curl_transport.h"
#include "src/storage/ledger_store.h"
#include "src/storage/migrations.h"
#include "src/storage/outbox_store.h"
#include "src/storage/sqlite_connection.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

// The engines in whose callbacks this thread is, outermost first: a callback may enter another
// engine, whose callback must not come back.
thread_local std::vector<const Engine*> t_in_callback_of;

// The calls this thread is in, outermost first, each with the number of cancels that came before
// it.
thread_local std::vector<std::pair<const Engine*, uint64_t>> t_calls;

bool InCallbackOf(const Engine* engine) {
  return std::find(t_in_callback_of.begin(), t_in_callback_of.end(), engine) !=
         t_in_callback_of.end();
}

// First rows of an empty database.
absl::Status Furnish(storage::Connection* db, const base::Id& installation_id, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_RETURN_IF_ERROR(db->Run("INSERT INTO installation (one, installation_id, created_at_us, "
                             "last_instant_us) VALUES (1, $1, $2, $2) ON CONFLICT DO NOTHING",
                             {installation_id, now_us})
                         .status());
  OL_RETURN_IF_ERROR(storage::InsertSubProcessor(db, domain::UnipileSubProcessor(now_us)));
  OL_RETURN_IF_ERROR(storage::BeginLedger(db, now_us));
  return transaction.Commit();
}

}  // namespace

Engine::CallbackScope::CallbackScope(const Engine* engine) : outer_(engine) {
  t_in_callback_of.push_back(outer_);
}
Engine::CallbackScope::~CallbackScope() { t_in_callback_of.pop_back(); }

Engine::Engine(OpenOptions options) : options_(std::move(options)) {}
Engine::~Engine() = default;

absl::StatusOr<std::shared_ptr<Engine>> Engine::Open(OpenOptions options) {
  if (options.path.empty()) return Error(ErrorCode::kInvalidArgument, "path: is empty");
  if (absl::StartsWith(options.path, "postgresql://") ||
      absl::StartsWith(options.path, "postgres://")) {
    return Error(ErrorCode::kInvalidArgument, "path: Postgres is not supported yet");
  }
  if (options.profile != "strict" && options.profile != "balanced") {
    return Error(ErrorCode::kInvalidArgument, "profile: must be strict or balanced");
  }
  // By whatever name it is reached, a database has one key file and one ledger beside it.
  std::error_code unknown;
  const auto real = std::filesystem::weakly_canonical(options.path, unknown);
  if (!unknown) options.path = real.string();
  std::shared_ptr<Engine> engine(new Engine(std::move(options)));
  engine->pid_ = ::getpid();
  int64_t now_us = 0;
  base::Id installation_id;
  {
    CallbackScope scope(engine.get());
    OL_ASSIGN_OR_RETURN(now_us, engine->options_.host.now_us());
    OL_ASSIGN_OR_RETURN(installation_id, base::NewId(engine->options_.host, now_us));
  }
  OL_ASSIGN_OR_RETURN(
      engine->connection_,
      storage::OpenSqlite({.path = engine->options_.path,
                           .busy_timeout_ms = engine->options_.busy_timeout_ms,
                           .cancelled = [of = engine.get()] { return of->IsCancelled(); }}));
  storage::Connection* db = engine->connection_.get();
  OL_ASSIGN_OR_RETURN(const bool fresh, storage::Migrate(db, now_us));
  OL_ASSIGN_OR_RETURN(
      storage::Keyring keys,
      storage::Keyring::Open(db, engine->options_.key, engine->options_.path, fresh, now_us));
  engine->keys_ = std::make_unique<storage::Keyring>(std::move(keys));
  OL_RETURN_IF_ERROR(Furnish(db, installation_id, now_us));
  // Bytes that a crash left between an erasure and its end.
  ClearResidueIfPossible(*engine, db);
  engine->transport_ = std::move(engine->options_.transport);
  if (engine->transport_ == nullptr) {
    OL_ASSIGN_OR_RETURN(engine->transport_, providers::CurlTransport::Create({}));
  }
  OL_ASSIGN_OR_RETURN(engine->ledger_, Ledger::Open(engine->options_));
  OL_RETURN_IF_ERROR(CheckLineage(*engine));
  OL_RETURN_IF_ERROR(FlushLedger(*engine));
  OL_RETURN_IF_ERROR(ForgetWritten(*engine));
  engine->FlushLog();
  return engine;
}

absl::Status Engine::Check() const {
  if (InCallbackOf(this)) {
    return Error(ErrorCode::kMisuse, "a callback may not enter the engine that called it");
  }
  if (pid_ != ::getpid()) {
    return Error(ErrorCode::kForked, "the engine was opened before fork()");
  }
  if (closed_.load()) return Error(ErrorCode::kMisuse, "the engine is closed");
  if (broken_.load()) return Error(ErrorCode::kBroken, "an invariant of this engine broke");
  return absl::OkStatus();
}

absl::StatusOr<Session> Engine::Enter() {
  OL_RETURN_IF_ERROR(Check());
  int64_t now_us = 0;
  base::Digest seed;
  {
    CallbackScope scope(this);
    OL_ASSIGN_OR_RETURN(now_us, options_.host.now_us());
    OL_RETURN_IF_ERROR(options_.host.random(seed.data(), seed.size()));
  }
  std::unique_lock<std::mutex> lock(mutex_);
  // Closed or broken while this call waited for the lock.
  OL_RETURN_IF_ERROR(Check());
  return Session(this, std::move(lock), now_us, seed);
}

void Engine::BeginCall() const { t_calls.emplace_back(this, cancels_.load()); }
void Engine::EndCall() noexcept { t_calls.pop_back(); }

CallScope::CallScope(const Engine& engine) { engine.BeginCall(); }
CallScope::~CallScope() { Engine::EndCall(); }

bool Engine::IsCancelled() const {
  for (const auto& [engine, cancels_before] : t_calls) {
    if (engine == this) return cancels_.load() != cancels_before;
  }
  return false;
}

absl::Status Engine::Arrive() {
  OL_RETURN_IF_ERROR(Check());
  BeginCall();
  ++inside_;
  if (!closing_.load()) return absl::OkStatus();
  Leave();
  return Error(ErrorCode::kMisuse, "the engine is closed");
}

void Engine::Leave() {
  EndCall();
  if (--inside_ == 0) inside_.notify_all();
}

absl::Status Engine::Close() {
  if (InCallbackOf(this)) {
    return Error(ErrorCode::kMisuse, "a callback may not close the engine that called it");
  }
  if (pid_ != ::getpid()) {
    return Error(ErrorCode::kForked, "the engine was opened before fork()");
  }
  closing_.store(true);
  // A callback of the host may be under way: its context must not go before it has returned.
  for (int inside = inside_.load(); inside != 0; inside = inside_.load()) inside_.wait(inside);
  std::lock_guard<std::mutex> ledger_lock(ledger_->mutex());  // in the order of FlushLedger
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_.exchange(true)) return absl::OkStatus();
  absl::Status written = connection_->Script("PRAGMA wal_checkpoint(PASSIVE)");
  connection_->Close();
  ledger_->Close();
  return written;
}

void Engine::Log(base::LogLevel level, std::string line) {
  std::lock_guard<std::mutex> lock(log_mutex_);
  log_lines_.emplace_back(level, std::move(line));
}

void Engine::FlushLog() {
  std::vector<std::pair<base::LogLevel, std::string>> lines;
  {
    std::lock_guard<std::mutex> lock(log_mutex_);
    lines.swap(log_lines_);
  }
  CallbackScope scope(this);
  for (const auto& [level, line] : lines) options_.host.log(level, line);
}

absl::Status Engine::Break(std::string_view what) {
  broken_.store(true);
  Log(base::LogLevel::kError, absl::StrCat("engine broken: ", base::ToAbsl(what)));
  return Error(ErrorCode::kBroken, what);
}

base::Id Session::NewId() {
  const base::Digest digest = base::KeyedDigest(base::AsView(seed_), absl::StrCat("id ", ids_++));
  std::array<uint8_t, 10> random;
  std::copy_n(digest.begin(), random.size(), random.begin());
  return engine_->NextId(now_us_, random);
}

base::Id Engine::NextId(int64_t now_us, std::array<uint8_t, 10> random) {
  // A counter behind the millisecond (RFC 9562, 6.2): ids of one engine sort as they were made,
  // also when its clock stands still or steps back.
  constexpr uint16_t kCounterEnd = 1 << 12;
  const int64_t now_ms = now_us / 1000;
  if (now_ms > id_ms_) {
    id_ms_ = now_ms;
    id_counter_ = 0;
  } else if (++id_counter_ == kCounterEnd) {
    ++id_ms_;
    id_counter_ = 0;
  }
  random[0] = static_cast<uint8_t>(id_counter_ >> 8);
  random[1] = static_cast<uint8_t>(id_counter_);
  return base::MakeId(id_ms_ * 1000, random);
}

absl::StatusOr<int64_t> LastInstant(Engine& engine) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> instant,
      storage::QueryInt(session.db(),
                        "SELECT max((SELECT last_instant_us FROM installation), coalesce((SELECT "
                        "max(at_us) FROM audit_entries), 0))",
                        {}));
  return instant.value_or(0);
}

}  // namespace onlyleads::engine
