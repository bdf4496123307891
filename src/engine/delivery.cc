#include "src/engine/delivery.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/domain/campaigns.h"
#include "src/engine/audit.h"
#include "src/engine/decide.h"
#include "src/engine/progress.h"
#include "src/providers/unipile/errors.h"
#include "src/providers/unipile/reconcile.h"
#include "src/providers/unipile/replies.h"

namespace onlyleads::engine {
namespace {

namespace unipile = providers::unipile;
using storage::MessageRow;
using unipile::ErrorClass;
using unipile::Special;

constexpr int kMaxAttempts = 8;
constexpr int kExpireBatch = 200;

uint32_t Jitter(const base::Id& id) {
  uint32_t value = 0;
  for (size_t i = 12; i < 16; ++i) value = value << 8 | id.bytes[i];
  return value;
}

// Erased in the meantime: the answer is recorded, what identifies is not written again, and nobody
// is asked about a person we do not know any more.
absl::Status ForgetIfErased(Session& session, const base::Id& org_id, MessageRow* message) {
  OL_ASSIGN_OR_RETURN(const auto facts,
                      storage::LoadFacts(session.db(), org_id, message->prospect_id));
  if (facts) return absl::OkStatus();
  message->target.clear();
  message->chat_id.clear();
  message->remote_id.clear();
  if (message->state == "unknown") message->due_at_us = INT64_MAX;
  return absl::OkStatus();
}

absl::Status Write(Session& session, const base::Id& org_id, MessageRow message,
                   std::string_view ledger_outcome, std::optional<int64_t> sent_at_us) {
  OL_RETURN_IF_ERROR(ForgetIfErased(session, org_id, &message));
  OL_ASSIGN_OR_RETURN(const bool updated,
                      storage::UpdateMessage(session.db(), org_id, message, sent_at_us));
  if (!updated) return absl::OkStatus();  // claimed anew: that claim's outcome counts
  OL_RETURN_IF_ERROR(storage::SetLedgerOutcome(session.db(), org_id, message.message_id,
                                               ledger_outcome, session.now_us()));
  if (message.state == "queued" || message.state == "unknown") {
    OL_RETURN_IF_ERROR(storage::TouchDue(session.db(), org_id, message.due_at_us));
  }
  return WriteAudit(session, org_id, "system", "message." + message.state, message.message_id,
                    "{\"outcome\":\"" + message.outcome + "\"}");
}

// Certainly not sent and worth another try at `due_us`, unless somebody said no in the meantime.
absl::Status Requeue(Session& session, const base::Id& org_id, MessageRow message, int64_t due_us,
                     RunReport* report) {
  if (message.cancelled) {
    message.state = "cancelled";
  } else if (message.attempts >= kMaxAttempts) {
    message.state = "parked";
    ++report->parked;
    OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "parked", message.outcome));
  } else {
    message.state = "queued";
    message.due_at_us = due_us;
  }
  return Write(session, org_id, std::move(message), "not_sent", std::nullopt);
}

absl::Status RecordSent(Session& session, const base::Id& org_id, MessageRow message) {
  message.state = "sent";
  message.outcome = "sent";
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto person, storage::LoadProspect(db, org_id, message.prospect_id));
  if (person) {
    OL_RETURN_IF_ERROR(
        storage::SaveChat(db, org_id, message.prospect_id, message.sender_id, message.chat_id));
    OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign,
                        LoadCampaign(session, org_id, message.campaign_id));
    if (campaign.spec.art14_in_template) {
      OL_RETURN_IF_ERROR(
          storage::SetNoticeGiven(db, org_id, message.prospect_id, session.now_us()));
    }
  }
  OL_RETURN_IF_ERROR(Write(session, org_id, message, "sent", session.now_us()));
  return AdvanceAfterSent(session, org_id, message);
}

absl::Status RecordUnknown(Session& session, const base::Id& org_id, MessageRow message,
                           std::string_view outcome) {
  message.state = "unknown";
  message.outcome = outcome;
  message.looks = 0;
  message.due_at_us =
      unipile::NextLookUs(session.now_us(), 0).value_or(session.now_us() + base::kMinuteUs);
  return Write(session, org_id, std::move(message), "unknown", std::nullopt);
}

// This request will never succeed; a connection that exists already is progress all the same.
absl::Status RecordFinal(Session& session, const base::Id& org_id, MessageRow message,
                         const unipile::WriteResult& result, RunReport* report) {
  ++report->not_sent;
  message.state = "not_sent";
  if (result.special == Special::kAlreadyConnected) {
    OL_RETURN_IF_ERROR(
        RecordConnection(session, org_id, message.prospect_id, message.sender_id).status());
    OL_RETURN_IF_ERROR(Write(session, org_id, message, "not_sent", std::nullopt));
    return AdvanceAfterSent(session, org_id, message);
  }
  OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "stopped", message.outcome));
  return Write(session, org_id, std::move(message), "not_sent", std::nullopt);
}

absl::Status PauseOrStop(Session& session, const Dispatch& dispatch, ErrorClass cls,
                         std::string_view slug, int64_t pause_us, bool doubles) {
  OL_RETURN_IF_ERROR(StopIfAtFault(session, dispatch.org_id(), dispatch.message().sender_id,
                                   dispatch.account_ref(), cls, slug));
  if (cls != ErrorClass::kLimited) return absl::OkStatus();
  session.engine().Log(base::LogLevel::kWarning,
                       absl::StrCat("sender ", ToString(dispatch.message().sender_id),
                                    " paused: ", base::ToAbsl(slug)));
  const int64_t wait_us = doubles ? unipile::BackoffUs(static_cast<int>(dispatch.throttles()),
                                                       Jitter(dispatch.use_id()))
                                  : pause_us;
  return storage::PauseAccount(session.db(), dispatch.account_ref(), session.now_us() + wait_us,
                               dispatch.throttles() + 1);
}

// Not sent: the use of the window is given back.
absl::Status ReleaseUse(Session& session, const Dispatch& dispatch) {
  return storage::DeleteUse(session.db(), dispatch.account_ref(), UseName(dispatch.kind()),
                            dispatch.used_at_us(), dispatch.use_id());
}

absl::Status RecordWrite(Session& session, const Dispatch& dispatch, MessageRow message,
                         const providers::HttpReply& reply, RunReport* report) {
  const unipile::WriteResult result = unipile::ParseWriteReply(reply, session.now_us());
  const base::Id& org_id = dispatch.org_id();
  message.outcome = result.slug.empty() ? reply.error : result.slug;
  if (result.outcome == unipile::WriteOutcome::kSent) {
    ++report->sent;
    message.remote_id = result.remote_id;
    if (!result.chat_id.empty()) message.chat_id = result.chat_id;
    OL_RETURN_IF_ERROR(storage::ClearThrottles(session.db(), dispatch.account_ref()));
    return RecordSent(session, org_id, std::move(message));
  }
  if (result.outcome == unipile::WriteOutcome::kUnknown ||
      result.special == Special::kInvitationPending) {
    ++report->unknown;
    const std::string outcome = message.outcome;
    return RecordUnknown(session, org_id, std::move(message), outcome);
  }
  OL_RETURN_IF_ERROR(ReleaseUse(session, dispatch));
  OL_RETURN_IF_ERROR(PauseOrStop(session, dispatch, result.cls, message.outcome,
                                 result.retry_after_us, result.doubles));
  if (result.cls == ErrorClass::kFinal) {
    return RecordFinal(session, org_id, std::move(message), result, report);
  }
  ++report->not_sent;
  // The account's own stop or pause is no failed attempt of this message.
  if (result.cls != ErrorClass::kRetry) --message.attempts;
  const int64_t wait_us =
      result.special == Special::kNotYet ? unipile::kNotYetUs
      : result.cls == ErrorClass::kRetry
          ? std::max(result.retry_after_us,
                     unipile::BackoffUs(message.attempts - 1, Jitter(dispatch.use_id())))
          : 0;
  return Requeue(session, org_id, std::move(message), session.now_us() + wait_us, report);
}

absl::Status RecordProfile(Session& session, const Dispatch& dispatch, MessageRow message,
                           const providers::HttpReply& reply, RunReport* report) {
  const auto result = unipile::ParseProfile(reply, session.now_us());
  const base::Id& org_id = dispatch.org_id();
  if (message.state != "queued") return absl::OkStatus();  // cancelled or claimed meanwhile
  message.due_at_us = session.now_us();
  message.outcome = result.verdict.slug;
  if (result.value && !result.value->provider_id.empty()) {
    OL_RETURN_IF_ERROR(storage::SaveProviderId(session.db(), org_id, message.prospect_id,
                                               message.sender_id, result.value->provider_id,
                                               session.now_us()));
  } else if (result.verdict.cls == ErrorClass::kFinal) {
    ++report->not_sent;
    message.state = "not_sent";
    OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "stopped", message.outcome));
  } else {
    OL_RETURN_IF_ERROR(PauseOrStop(session, dispatch, result.verdict.cls, result.verdict.slug,
                                   result.verdict.pause_us, result.verdict.doubles));
    message.due_at_us += std::max(result.verdict.pause_us,
                                  unipile::BackoffUs(message.looks, Jitter(dispatch.use_id())));
    if (++message.looks >= kMaxAttempts) {
      ++report->parked;
      message.state = "parked";
      message.outcome = "profile_unreadable";
      OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "parked", message.outcome));
    }
  }
  OL_RETURN_IF_ERROR(storage::UpdateMessage(session.db(), org_id, message, std::nullopt).status());
  return storage::TouchDue(session.db(), org_id, message.due_at_us);
}

// Whether an answer to the claim of this token still says something about the message. Looks of
// another process may have given it up meanwhile; a proof that it was sent comes before that.
bool Awaits(std::string_view state, const providers::HttpReply& reply, int64_t now_us) {
  if (state == "in_flight" || state == "unknown") return true;
  if (state != "queued" && state != "parked") return false;
  return unipile::ParseWriteReply(reply, now_us).outcome == unipile::WriteOutcome::kSent;
}

}  // namespace

std::optional<providers::HttpReply> Send(Engine& engine, uint64_t request_id, Dispatch* dispatch) {
  providers::HttpReply not_started;
  not_started.id = request_id;
  not_started.completion = providers::Completion::kNotStarted;
  not_started.error = "lease_too_short";
  const auto now = engine.CallHost([&] { return engine.options().host.now_us(); });
  const int64_t call_us = int64_t{engine.options().max_call_ms} * 1000;
  if (!now.ok() || *now + call_us >= dispatch->lease_end_us()) return not_started;
  providers::HttpRequest request = dispatch->TakeRequest();
  request.id = request_id;
  const absl::Status submitted =
      engine.transport().Submit(dispatch->TakePass(), std::move(request));
  if (submitted.ok()) return std::nullopt;
  not_started.error = "refused_by_transport";
  return not_started;
}

absl::Status RecordOutcome(Engine& engine, const Dispatch& dispatch,
                           const providers::HttpReply& reply, RunReport* report) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(auto message, storage::LoadMessage(session.db(), dispatch.org_id(),
                                                         dispatch.message().prospect_id,
                                                         dispatch.message().message_id));
  const bool profile = dispatch.kind() == Dispatch::Kind::kProfile;
  // Only a whole organization goes with its messages, and it waits for none that are being sent.
  if (!message && profile) return absl::OkStatus();
  if (!message) return base::Error(base::ErrorCode::kCorrupt, "a claimed message is gone");
  if (profile) {
    OL_RETURN_IF_ERROR(RecordProfile(session, dispatch, *std::move(message), reply, report));
    return transaction.Commit();
  }
  // Settled by an echo, or claimed anew after this lease ended.
  if (message->fencing_token != dispatch.message().fencing_token ||
      !Awaits(message->state, reply, session.now_us())) {
    return absl::OkStatus();
  }
  OL_RETURN_IF_ERROR(RecordWrite(session, dispatch, *std::move(message), reply, report));
  return transaction.Commit();
}

absl::Status StopIfAtFault(Session& session, const base::Id& org_id, const base::Id& sender_id,
                           const base::Id& account_ref, ErrorClass cls, std::string_view slug) {
  if (cls != ErrorClass::kAccount && cls != ErrorClass::kConfig) return absl::OkStatus();
  session.engine().Log(base::LogLevel::kError, absl::StrCat("sender ", ToString(sender_id),
                                                            " stopped: ", base::ToAbsl(slug)));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "sender.stop", sender_id));
  // Only what the network itself says of the account holds for whoever else sends through it.
  if (cls == ErrorClass::kConfig || unipile::IsOfTheStatus(slug)) {
    return storage::StopSender(session.db(), org_id, sender_id, slug);
  }
  return storage::StopAccount(session.db(), account_ref, slug);
}

absl::Status SettleSent(Session& session, const base::Id& org_id, MessageRow message,
                        std::string_view remote_id, std::string_view chat_id) {
  if (!remote_id.empty()) message.remote_id = remote_id;
  if (!chat_id.empty()) message.chat_id = chat_id;
  return RecordSent(session, org_id, std::move(message));
}

absl::Status SettleNotSent(Session& session, const base::Id& org_id, MessageRow message,
                           RunReport* report) {
  message.outcome = "not_found_at_provider";
  return Requeue(session, org_id, std::move(message), session.now_us(), report);
}

absl::StatusOr<int64_t> ExpireLeases(Session& session, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadExpiredLeases(session.db(), org_id,
                                                                  session.now_us(), kExpireBatch));
  for (const MessageRow& row : rows) {
    OL_RETURN_IF_ERROR(RecordUnknown(session, org_id, row, "lease_ended"));
  }
  if (!rows.empty()) OL_RETURN_IF_ERROR(transaction.Commit());
  return static_cast<int64_t>(rows.size());
}

}  // namespace onlyleads::engine
