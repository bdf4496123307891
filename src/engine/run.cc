#include "src/engine/run.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/time.h"
#include "src/engine/audit.h"
#include "src/engine/claim.h"
#include "src/engine/decide.h"
#include "src/engine/delivery.h"
#include "src/engine/enqueue.h"
#include "src/engine/ledger.h"
#include "src/engine/reconcile.h"
#include "src/engine/residue.h"
#include "src/engine/retention.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int64_t kPollMs = 100;
constexpr int kDueOrganizations = 1000;

class Runner {
 public:
  Runner(Engine& engine, const RunOptions& options)
      : engine_(engine),
        options_(options),
        transport_lock_(engine.transport_mutex(), std::defer_lock),
        started_(std::chrono::steady_clock::now()) {}

  absl::StatusOr<RunReport> Run() {
    // Another thread of this engine is at it: the rest of the work needs no transport.
    calls_allowed_ = options_.max_calls >= 0 && transport_lock_.try_lock();
    absl::Status status = Work();
    // Whoever keeps the database from us would have us wait for what is left as long again.
    if (base::CodeOf(status) != ErrorCode::kBusy) status.Update(Settle());
    engine_.FlushLog();
    OL_RETURN_IF_ERROR(status);
    return report_;
  }

 private:
  bool OutOfTime() const {
    if (options_.max_ms <= 0) return false;
    return std::chrono::steady_clock::now() - started_ >=
           std::chrono::milliseconds(options_.max_ms);
  }
  int64_t CallsLeft() const {
    if (!calls_allowed_ || OutOfTime()) return 0;
    return options_.max_calls == 0 ? INT64_MAX : options_.max_calls - report_.calls;
  }
  absl::Status CheckCancelled() {
    if (!engine_.IsCancelled()) return absl::OkStatus();
    return Error(ErrorCode::kCancelled, "run was cancelled");
  }

  absl::Status Work() {
    // Nothing is claimed before everything known is in the ledger.
    OL_RETURN_IF_ERROR(FlushLedger(engine_));
    for (int pass = 0; pass < base::kMaxEventPasses && !OutOfTime(); ++pass) {
      OL_ASSIGN_OR_RETURN(const std::vector<base::Id> organizations, DueOrganizations());
      const RunReport before = report_;
      for (const base::Id& org_id : organizations) {
        OL_RETURN_IF_ERROR(CheckCancelled());
        OL_RETURN_IF_ERROR(Excuse(org_id, Prepare(org_id)));
      }
      OL_RETURN_IF_ERROR(SendRound(organizations));
      for (const base::Id& org_id : organizations) {
        if (!IsLeftOut(org_id)) OL_RETURN_IF_ERROR(Excuse(org_id, SetNextDue(org_id)));
      }
      worked_ = worked_ || Progress(before);
      if (!Progress(before)) return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // Nothing of one organization keeps the others waiting: where something of it cannot be read, it
  // is left out for an hour, and the log says so. Other errors come back.
  absl::Status Excuse(const base::Id& org_id, const absl::Status& status) {
    const ErrorCode code = base::CodeOf(status);
    constexpr ErrorCode kItsOwn[] = {ErrorCode::kTimeZone,    ErrorCode::kCorrupt,
                                     ErrorCode::kKeyMismatch, ErrorCode::kInvalidArgument,
                                     ErrorCode::kInvalidJson, ErrorCode::kMissingVariable};
    const bool its_own =
        std::find(std::begin(kItsOwn), std::end(kItsOwn), code) != std::end(kItsOwn);
    if (status.ok() || !its_own) return status;
    if (!left_out_.insert(org_id).second) return absl::OkStatus();
    ++report_.organizations_failed;
    engine_.Log(base::LogLevel::kError,
                absl::StrCat("organization ", ToString(org_id), " is left out of this run: error ",
                             static_cast<int32_t>(code)));
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    return storage::SetDue(session.db(), org_id, session.now_us() + base::kHourUs);
  }
  bool IsLeftOut(const base::Id& org_id) const { return left_out_.count(org_id) > 0; }

  bool Progress(const RunReport& before) const {
    return report_.calls != before.calls || report_.enqueued != before.enqueued ||
           report_.refused != before.refused || report_.settled != before.settled ||
           report_.unknown != before.unknown;
  }

  absl::StatusOr<std::vector<base::Id>> DueOrganizations() {
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    OL_ASSIGN_OR_RETURN(storage::Cursor cursor,
                        session.db()->Query("SELECT org_id FROM org_due WHERE next_due_us <= $1 "
                                            "ORDER BY next_due_us LIMIT $2",
                                            {session.now_us(), kDueOrganizations}));
    std::vector<base::Id> ids;
    while (true) {
      OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
      if (!row) return ids;
      ids.push_back(cursor.Id(0));
    }
  }

  // What needs no provider first, then the open questions: a settled send moves its person on.
  absl::Status Prepare(const base::Id& org_id) {
    {
      OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
      OL_ASSIGN_OR_RETURN(const int64_t expired, ExpireLeases(session, org_id));
      report_.unknown += expired;
    }
    if (CallsLeft() > 0) {
      const Fetch fetch = [this](domain::EgressPass pass, providers::HttpRequest request) {
        return FetchOne(std::move(pass), std::move(request));
      };
      OL_RETURN_IF_ERROR(ReconcileDue(engine_, org_id, fetch, &report_).status());
      OL_RETURN_IF_ERROR(ReleaseHeldSenders(engine_, org_id, fetch, &report_));
    }
    EnqueueCount count;
    do {
      OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
      OL_ASSIGN_OR_RETURN(count, EnqueueDue(session, org_id));
      report_.enqueued += count.enqueued;
      report_.refused += count.refused;
      report_.parked += count.parked;
    } while (count.handled > 0);
    return absl::OkStatus();
  }

  // The transport may be the host's own: what it does happens inside a callback.
  absl::Status Poll(std::vector<providers::HttpReply>* replies) {
    return engine_.CallHost([&] { return engine_.transport().Poll(kPollMs, replies); });
  }
  void Cancel(uint64_t id) {
    engine_.CallHost([&] { engine_.transport().Cancel(id); });
  }

  // A read on its own; nothing else is in flight while an open question is asked.
  absl::StatusOr<providers::HttpReply> FetchOne(domain::EgressPass pass,
                                                providers::HttpRequest request) {
    ++report_.calls;
    const uint64_t id = engine_.NewRequestId();
    request.id = id;
    OL_RETURN_IF_ERROR(engine_.transport().Submit(std::move(pass), std::move(request)));
    absl::Status cancelled;
    while (true) {
      std::vector<providers::HttpReply> replies;
      OL_RETURN_IF_ERROR(Poll(&replies));
      for (providers::HttpReply& reply : replies) {
        if (reply.id != id) continue;
        OL_RETURN_IF_ERROR(cancelled);
        return std::move(reply);
      }
      if (!cancelled.ok()) continue;
      cancelled = CheckCancelled();
      if (!cancelled.ok()) Cancel(id);
    }
  }

  absl::Status SendRound(const std::vector<base::Id>& organizations) {
    absl::Status status;
    bool look = true;
    while (true) {
      if (status.ok()) status = CheckCancelled();
      // All there is room for; then nothing changes until an answer comes.
      while (look && status.ok()) {
        look = false;
        for (const base::Id& org_id : organizations) {
          if (IsLeftOut(org_id)) continue;
          auto claimed = ClaimAndSend(org_id);
          status = Excuse(org_id, claimed.status());
          if (!status.ok()) break;
          look = look || (claimed.ok() && *claimed);
        }
      }
      if (!status.ok()) CancelInFlight();
      if (in_flight_.empty()) return status;
      const size_t before = in_flight_.size();
      // What is on its way is always recorded, whatever happened here.
      status.Update(PollAndRecord());
      look = in_flight_.size() < before;
    }
  }

  void CancelInFlight() {
    for (const auto& [id, dispatch] : in_flight_) Cancel(id);
  }

  absl::StatusOr<bool> ClaimAndSend(const base::Id& org_id) {
    const int64_t slots = std::min<int64_t>(CallsLeft(), engine_.transport().free_slots());
    if (slots <= 0) return false;
    ClaimResult result;
    {
      OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
      OL_ASSIGN_OR_RETURN(result, ClaimQueued(session, org_id, static_cast<int>(slots)));
    }
    report_.refused += result.refused;
    // No call starts before its intent lies outside the database: were an older copy put back, the
    // ledger tells it.
    absl::Status status;
    if (!result.dispatches.empty()) status = FlushLedger(engine_);
    if (!status.ok()) return GiveBack(result.dispatches, status);
    // Claimed is claimed: a trouble with one is no reason to leave the others to their leases.
    for (Dispatch& dispatch : result.dispatches) {
      ++report_.calls;
      const uint64_t id = engine_.NewRequestId();
      const auto refused = Send(engine_, id, &dispatch);
      if (refused) {
        status.Update(RecordOutcome(engine_, dispatch, *refused, &report_));
      } else {
        in_flight_.emplace(id, std::move(dispatch));
      }
    }
    OL_RETURN_IF_ERROR(status);
    return !result.dispatches.empty();
  }

  // Claims whose calls never start.
  absl::Status GiveBack(const std::vector<Dispatch>& dispatches, absl::Status status) {
    providers::HttpReply not_started;
    not_started.completion = providers::Completion::kNotStarted;
    not_started.error = "ledger_unavailable";
    for (const Dispatch& dispatch : dispatches) {
      (void)RecordOutcome(engine_, dispatch, not_started, &report_);  // the lease tells of it too
    }
    return status;
  }

  absl::Status PollAndRecord() {
    if (in_flight_.empty()) return absl::OkStatus();
    std::vector<providers::HttpReply> replies;
    absl::Status status = Poll(&replies);
    const bool broken = !status.ok();
    for (const providers::HttpReply& reply : replies) {
      auto it = in_flight_.find(reply.id);
      if (it == in_flight_.end()) continue;
      status.Update(RecordOutcome(engine_, it->second, reply, &report_));
      in_flight_.erase(it);
    }
    if (broken) in_flight_.clear();  // the leases tell of the rest
    return status;
  }

  absl::Status SetNextDue(const base::Id& org_id) {
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    OL_ASSIGN_OR_RETURN(storage::Transaction transaction,
                        storage::Transaction::Begin(session.db()));
    // What an ended subscription holds back waits for its renewal, not for time.
    OL_ASSIGN_OR_RETURN(const bool subscribed, IsSubscribed(session, org_id));
    OL_ASSIGN_OR_RETURN(const int64_t timed,
                        subscribed ? storage::NextTimedWork(session.db(), org_id, session.now_us())
                                   : storage::NextOpenQuestion(session.db(), org_id));
    OL_ASSIGN_OR_RETURN(const int64_t queued, QueuedOpensAt(session, org_id));
    OL_ASSIGN_OR_RETURN(const auto held, storage::HeldSenderDue(session.db(), org_id));
    OL_RETURN_IF_ERROR(
        storage::SetDue(session.db(), org_id, std::min({timed, queued, held.value_or(INT64_MAX)})));
    return transaction.Commit();
  }

  absl::Status Settle() {
    Sweep sweep;
    if (!engine_.IsCancelled()) {
      OL_ASSIGN_OR_RETURN(sweep, SweepDue(engine_));
    }
    report_.purged = sweep.rows;
    OL_ASSIGN_OR_RETURN(report_.sealed, SealAudit(engine_));
    OL_RETURN_IF_ERROR(FlushLedger(engine_));
    OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
    OL_ASSIGN_OR_RETURN(const storage::Residue residue, ClearResidue(session.db()));
    report_.residue_pending = residue.pending;
    if (worked_) {
      OL_RETURN_IF_ERROR(session.db()
                             ->Run("UPDATE installation SET last_instant_us = "
                                   "max(last_instant_us, $1)",
                                   {session.now_us()})
                             .status());
    }
    OL_ASSIGN_OR_RETURN(
        const auto ended,
        storage::QueryInt(session.db(),
                          "SELECT count(*) FROM organizations o JOIN org_due d ON d.org_id = "
                          "o.org_id WHERE o.active_until_us <= $1",
                          {session.now_us()}));
    report_.subscriptions_ended = ended.value_or(0);
    OL_ASSIGN_OR_RETURN(
        const auto due,
        storage::QueryInt(session.db(), "SELECT min(next_due_us) FROM org_due", {}));
    OL_ASSIGN_OR_RETURN(const int64_t purge_us, NextPurgeUs(session));
    report_.next_due_us = std::min(due.value_or(INT64_MAX), purge_us);
    if (sweep.more) report_.next_due_us = session.now_us();
    return absl::OkStatus();
  }

  Engine& engine_;
  const RunOptions options_;
  std::unique_lock<std::mutex> transport_lock_;
  const std::chrono::steady_clock::time_point started_;
  bool calls_allowed_ = false;
  bool worked_ = false;
  std::map<uint64_t, Dispatch> in_flight_;
  std::set<base::Id> left_out_;
  RunReport report_;
};

}  // namespace

absl::StatusOr<RunReport> Run(Engine& engine, const RunOptions& options) {
  OL_RETURN_IF_ERROR(engine.MayEnter());
  const CallScope call(engine);
  return Runner(engine, options).Run();
}

}  // namespace onlyleads::engine
