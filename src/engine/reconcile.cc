#include "src/engine/reconcile.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/time.h"
#include "src/domain/import/identifiers.h"
#include "src/engine/audit.h"
#include "src/engine/claim.h"
#include "src/engine/decide.h"
#include "src/engine/delivery.h"
#include "src/engine/progress.h"
#include "src/providers/unipile/reconcile.h"
#include "src/storage/ledger_store.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

namespace unipile = providers::unipile;
using storage::MessageRow;

constexpr int kBatch = 50;
constexpr int kMaxLooks = 12;                     // ambiguous answers; then a person decides
constexpr int64_t kEndlessUs = 3 * base::kDayUs;  // listings without end; then a person decides
constexpr std::string_view kInvite = "linkedin_invite_note";

absl::StatusOr<unipile::StoredSend> Describe(const Session& session, const base::Id& org_id,
                                             const MessageRow& message) {
  unipile::StoredSend send;
  send.kind = message.channel == kInvite ? unipile::SendKind::kInvitation
              : message.chat_id.empty()  ? unipile::SendKind::kNewChat
                                         : unipile::SendKind::kMessage;
  send.chat_id = message.chat_id;
  send.provider_id = message.target;
  OL_ASSIGN_OR_RETURN(const auto identifiers,
                      storage::LoadIdentifiers(session.db(), org_id, message.prospect_id));
  for (const storage::IdentifierRow& identifier : identifiers) {
    if (identifier.kind == static_cast<int>(domain::IdentifierKind::kLinkedinPublicId)) {
      send.public_identifier = identifier.value;
    }
  }
  if (message.body_digest.size() == send.text_digest.size()) {
    std::copy(message.body_digest.begin(), message.body_digest.end(),
              reinterpret_cast<char*>(send.text_digest.data()));
  }
  send.started_us = message.started_at_us;
  return send;
}

// A look that goes on is about those it began with: pages it has read may be older than the others.
void LeaveForLater(const Session& session, const base::Id& sender_id,
                   std::vector<MessageRow>* messages) {
  auto& looks = session.engine().looks();
  const auto look = looks.find(sender_id);
  if (look == looks.end()) return;
  const auto& tokens = look->second->tokens;
  std::vector<MessageRow> begun;
  for (const MessageRow& message : *messages) {
    if (tokens.contains(ToString(message.fencing_token))) begun.push_back(message);
  }
  if (begun.empty()) {
    looks.erase(look);
  } else {
    *messages = std::move(begun);
  }
}

absl::StatusOr<std::vector<Question>> LoadQuestions(Session& session, const base::Id& org_id) {
  std::vector<Question> questions;
  OL_ASSIGN_OR_RETURN(const auto senders, storage::LoadSenders(session.db(), org_id));
  for (const storage::SenderRow& sender : senders) {
    // A stopped account answers from a stale cache: the question stays open.
    if (!sender.active || !sender.stop_reason.empty()) continue;
    OL_ASSIGN_OR_RETURN(auto messages, storage::LoadUnknown(session.db(), org_id, sender.sender_id,
                                                            session.now_us(), kBatch));
    LeaveForLater(session, sender.sender_id, &messages);
    if (messages.empty()) continue;
    Question question;
    question.sender = sender;
    OL_ASSIGN_OR_RETURN(question.account, AccountOf(session, sender));
    for (MessageRow& message : messages) {
      OL_ASSIGN_OR_RETURN(unipile::StoredSend send, Describe(session, org_id, message));
      question.sends.push_back(std::move(send));
      question.messages.push_back(std::move(message));
    }
    OL_ASSIGN_OR_RETURN(question.taken,
                        storage::LoadRemoteIds(session.db(), org_id, sender.sender_id));
    questions.push_back(std::move(question));
  }
  return questions;
}

absl::Status LookAgain(Session& session, const base::Id& org_id, MessageRow message,
                       int64_t due_us) {
  message.due_at_us = due_us;
  OL_RETURN_IF_ERROR(storage::UpdateMessage(session.db(), org_id, message, std::nullopt).status());
  return storage::TouchDue(session.db(), org_id, due_us);
}

absl::Status Park(Session& session, const base::Id& org_id, MessageRow message,
                  std::string_view outcome, RunReport* report) {
  message.state = "parked";
  message.outcome = outcome;
  ++report->parked;
  OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "parked", outcome));
  return storage::UpdateMessage(session.db(), org_id, message, std::nullopt).status();
}

// The look did not count. The longer it has gone on so, the longer the next one waits.
absl::Status ApplyVoid(Session& session, const base::Id& org_id, MessageRow message, LookEnd end,
                       RunReport* report) {
  const int64_t age_us = std::max<int64_t>(0, session.now_us() - message.started_at_us);
  if (end == LookEnd::kEndless && age_us > kEndlessUs) {
    return Park(session, org_id, std::move(message), "endless_listing", report);
  }
  const int64_t wait_us = std::clamp(age_us / 4, 5 * base::kMinuteUs, 6 * base::kHourUs);
  return LookAgain(session, org_id, std::move(message), session.now_us() + wait_us);
}

absl::Status ApplyAnswer(Session& session, const base::Id& org_id, MessageRow message,
                         const Answer& answer, RunReport* report) {
  if (answer.finding == Finding::kSent) {
    ++report->settled;
    return SettleSent(session, org_id, std::move(message), answer.remote_id, answer.chat_id);
  }
  ++message.looks;
  if (answer.finding == Finding::kAmbiguous) {
    if (message.looks < kMaxLooks) {
      return LookAgain(session, org_id, std::move(message),
                       session.now_us() + 15 * base::kMinuteUs);
    }
    return Park(session, org_id, std::move(message), "ambiguous", report);
  }
  // Spaced from look to look, so that looks after a long outage are no single one in disguise.
  const auto next = unipile::NextLookUs(0, message.looks);
  const int64_t gap_us = next ? *next - *unipile::NextLookUs(0, message.looks - 1) : 0;
  // Never before a call of that claim could have ended and settled.
  const int64_t earliest = message.lease_end_us + kSettlingUs;
  if (!next && session.now_us() >= earliest) {
    ++report->settled;
    return SettleNotSent(session, org_id, std::move(message), report);
  }
  return LookAgain(
      session, org_id, std::move(message),
      std::max(session.now_us() + std::max(gap_us, base::kMinuteUs), next ? 0 : earliest));
}

absl::Status Apply(Engine& engine, const base::Id& org_id, const Question& question,
                   const LookResult& look, RunReport* report) {
  if (look.end == LookEnd::kCut) return absl::OkStatus();  // due as it was
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  for (size_t i = 0; i < question.messages.size(); ++i) {
    const MessageRow& asked = question.messages[i];
    OL_ASSIGN_OR_RETURN(auto message, storage::LoadMessage(session.db(), org_id, asked.prospect_id,
                                                           asked.message_id));
    // Settled by an echo while we asked.
    if (!message || message->state != "unknown" || message->fencing_token != asked.fencing_token) {
      continue;
    }
    if (look.end != LookEnd::kWhole) {
      OL_RETURN_IF_ERROR(ApplyVoid(session, org_id, *std::move(message), look.end, report));
      continue;
    }
    OL_RETURN_IF_ERROR(ApplyAnswer(session, org_id, *std::move(message), look.answers[i], report));
  }
  return transaction.Commit();
}

constexpr int64_t kHeldAgainUs = 5 * base::kMinuteUs;
constexpr int kHeldMessages = 10'000;

// Everything this sender has queued, asked about since the copy was made; nullopt while it has open
// messages, whose own looks come first.
absl::StatusOr<std::optional<Question>> LoadHeldQuestion(Session& session, const base::Id& org_id,
                                                         const storage::SenderRow& sender) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto open,
                      storage::QueryInt(db,
                                        "SELECT count(*) FROM outbox WHERE org_id = $1 AND "
                                        "sender_id = $2 AND state IN ('in_flight', 'unknown') AND "
                                        "due_at_us < $3",
                                        {org_id, sender.sender_id, INT64_MAX}));
  if (open.value_or(0) > 0) return std::nullopt;
  Question question;
  question.sender = sender;
  question.profiles = false;
  OL_ASSIGN_OR_RETURN(question.account, AccountOf(session, sender));
  for (const domain::Channel channel :
       {domain::Channel::kLinkedinMessage, domain::Channel::kLinkedinInviteNote}) {
    OL_ASSIGN_OR_RETURN(auto messages,
                        storage::LoadQueued(db, org_id, sender.sender_id, domain::Name(channel),
                                            INT64_MAX, kHeldMessages));
    for (MessageRow& message : messages) {
      OL_ASSIGN_OR_RETURN(message.chat_id,
                          storage::LoadChat(db, org_id, message.prospect_id, sender.sender_id));
      OL_ASSIGN_OR_RETURN(message.target, storage::LoadProviderId(db, org_id, message.prospect_id,
                                                                  sender.sender_id));
      message.started_at_us = *sender.reconcile_from_us;
      OL_ASSIGN_OR_RETURN(unipile::StoredSend send, Describe(session, org_id, message));
      question.sends.push_back(std::move(send));
      question.messages.push_back(std::move(message));
    }
  }
  OL_ASSIGN_OR_RETURN(question.taken, storage::LoadRemoteIds(db, org_id, sender.sender_id));
  return question;
}

// What is found was sent; what may be is a person's to decide; the rest goes out as planned.
absl::Status ApplyHeld(Session& session, const base::Id& org_id, const Question& question,
                       const std::vector<Answer>& answers, RunReport* report) {
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].finding == Finding::kAbsent) continue;
    const MessageRow& asked = question.messages[i];
    OL_ASSIGN_OR_RETURN(auto message, storage::LoadMessage(session.db(), org_id, asked.prospect_id,
                                                           asked.message_id));
    if (!message || message->state != "queued") continue;
    if (answers[i].finding == Finding::kSent) {
      ++report->settled;
      OL_RETURN_IF_ERROR(SettleSent(session, org_id, *std::move(message), answers[i].remote_id,
                                    answers[i].chat_id));
      continue;
    }
    OL_RETURN_IF_ERROR(Park(session, org_id, *std::move(message), "ambiguous", report));
  }
  return storage::ReleaseSender(session.db(), org_id, question.sender.sender_id);
}

absl::Status LookForHeld(Engine& engine, const base::Id& org_id, const storage::SenderRow& sender,
                         const Reads& reads, RunReport* report) {
  std::optional<Question> question;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(question, LoadHeldQuestion(session, org_id, sender));
  }
  LookResult look;
  if (question) {
    OL_ASSIGN_OR_RETURN(look, Look(engine, org_id, *question, reads));
    if (look.end == LookEnd::kCut) return absl::OkStatus();  // due as it was
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  if (look.end != LookEnd::kWhole) {
    OL_RETURN_IF_ERROR(storage::DelaySender(session.db(), org_id, sender.sender_id,
                                            session.now_us() + kHeldAgainUs));
    return transaction.Commit();
  }
  OL_RETURN_IF_ERROR(ApplyHeld(session, org_id, *question, look.answers, report));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "sender.release", sender.sender_id));
  engine.Log(base::LogLevel::kInfo, "sender " + ToString(sender.sender_id) + " sends again");
  return transaction.Commit();
}

}  // namespace

absl::Status ReleaseHeldSenders(Engine& engine, const base::Id& org_id, const Reads& reads,
                                RunReport* report) {
  std::vector<storage::SenderRow> senders;
  int64_t now_us = 0;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    now_us = session.now_us();
    OL_ASSIGN_OR_RETURN(senders, storage::LoadSenders(session.db(), org_id));
  }
  for (const storage::SenderRow& sender : senders) {
    if (!sender.reconcile_from_us || sender.reconcile_due_us > now_us) continue;
    if (!sender.active || !sender.stop_reason.empty()) continue;
    OL_RETURN_IF_ERROR(LookForHeld(engine, org_id, sender, reads, report));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReconcileDue(Engine& engine, const base::Id& org_id, const Reads& reads,
                                     RunReport* report) {
  std::vector<Question> questions;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(questions, LoadQuestions(session, org_id));
  }
  int64_t looked = 0;
  for (const Question& question : questions) {
    OL_ASSIGN_OR_RETURN(const LookResult look, Look(engine, org_id, question, reads));
    OL_RETURN_IF_ERROR(Apply(engine, org_id, question, look, report));
    looked += static_cast<int64_t>(question.messages.size());
  }
  return looked;
}

}  // namespace onlyleads::engine
