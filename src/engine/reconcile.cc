#include "src/engine/reconcile.h"

#include <algorithm>
#include <climits>
#include <map>
#include <set>

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

constexpr int kQuestionBatch = 50;
constexpr int kMaxAmbiguousLooks = 12;                 // ambiguous answers; then a person decides
constexpr int64_t kLookAgainUs = 5 * base::kMinuteUs;  // after a look that was not whole
constexpr std::string_view kInvite = "linkedin_invite_note";
constexpr domain::DataCategorySet kOfAPerson = {domain::DataCategory::kAccountIdentifier,
                                                domain::DataCategory::kNetworkIdentifier};

// One sender's open messages and what is needed to ask about them.
struct Question {
  storage::SenderRow sender;
  unipile::Account account;
  std::vector<MessageRow> messages;
  std::vector<unipile::StoredSend> sends;  // the same, in the matcher's terms
  std::vector<std::string> taken;
  bool profiles = true;  // also look at profiles, one read each

  bool HasInvitation() const {
    return std::any_of(messages.begin(), messages.end(),
                       [](const MessageRow& m) { return m.channel == kInvite; });
  }
  bool HasMessage() const {
    return std::any_of(messages.begin(), messages.end(),
                       [](const MessageRow& m) { return m.channel != kInvite; });
  }
};

enum class Finding { kAbsent, kSent, kAmbiguous };

struct Answer {
  Finding finding = Finding::kAbsent;
  std::string remote_id;
  std::string chat_id;
};

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
  send.last_look = unipile::IsLastLook(message.looks);
  return send;
}

absl::StatusOr<std::vector<Question>> LoadQuestions(Session& session, const base::Id& org_id) {
  std::vector<Question> questions;
  OL_ASSIGN_OR_RETURN(const auto senders, storage::LoadSenders(session.db(), org_id));
  for (const storage::SenderRow& sender : senders) {
    // A stopped account answers from a stale cache: the question stays open.
    if (!sender.active || !sender.stop_reason.empty()) continue;
    OL_ASSIGN_OR_RETURN(auto messages, storage::LoadUnknown(session.db(), org_id, sender.sender_id,
                                                            session.now_us(), kQuestionBatch));
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

// Reads for one question. Any page that does not come makes the whole look void.
class Looker {
 public:
  Looker(Engine& engine, const base::Id& org_id, const Question& question, const Fetch& fetch)
      : engine_(engine), org_id_(org_id), question_(question), fetch_(fetch) {}

  // nullopt when the look does not count; refusal() then says which answer made it so, unless it
  // was a listing without end.
  absl::StatusOr<std::optional<std::vector<Answer>>> Look() {
    std::vector<Answer> answers(question_.messages.size());
    if (question_.HasMessage()) {
      OL_ASSIGN_OR_RETURN(const bool whole, LookForMessages(&answers));
      if (!whole) return std::nullopt;
    }
    if (question_.HasInvitation()) {
      OL_ASSIGN_OR_RETURN(const bool whole, LookForInvitations(&answers));
      if (!whole) return std::nullopt;
    }
    return answers;
  }
  const unipile::Verdict& refusal() const { return refusal_; }

 private:
  // The disclosure belongs to the person asked about; of a listing of the whole account, which
  // names nobody, the account is booked on the first of them.
  absl::StatusOr<providers::HttpReply> Read(const base::Id& prospect_id,
                                            domain::DataCategorySet categories,
                                            providers::HttpRequest request) {
    std::optional<domain::EgressPass> pass;
    {
      OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
      OL_ASSIGN_OR_RETURN(storage::Transaction transaction,
                          storage::Transaction::Begin(session.db()));
      OL_ASSIGN_OR_RETURN(pass, OpenEgress(session, org_id_, prospect_id,
                                           domain::EgressPurpose::kReconcile, categories));
      OL_RETURN_IF_ERROR(transaction.Commit());
    }
    request.timeout_ms = engine_.options().max_call_ms;
    request.connect_timeout_ms = std::min<int64_t>(request.timeout_ms, 10'000);
    return fetch_(*std::move(pass), std::move(request));
  }

  // A listing of the whole account.
  template <typename T, typename Build, typename Parse>
  absl::StatusOr<bool> ReadAll(Build build, Parse parse, std::vector<T>* out) {
    return ReadAll(question_.messages.front().prospect_id, domain::DataCategory::kAccountIdentifier,
                   build, parse, out);
  }

  // Every page of a listing; false when it could not be read to its end.
  template <typename T, typename Build, typename Parse>
  absl::StatusOr<bool> ReadAll(const base::Id& whose, domain::DataCategorySet categories,
                               Build build, Parse parse, std::vector<T>* out) {
    unipile::Page page;
    page.after_us = Since();
    std::set<std::string> seen;
    for (int i = 0; i < base::kMaxListPages; ++i) {
      OL_ASSIGN_OR_RETURN(const providers::HttpReply reply, Read(whose, categories, build(page)));
      auto result = parse(reply, Since());
      if (!result.value) {
        refusal_ = std::move(result.verdict);
        return false;
      }
      for (T& item : result.value->items) out->push_back(std::move(item));
      page.cursor = result.value->cursor;
      if (page.cursor.empty()) return true;
      if (!seen.insert(page.cursor).second) return false;
    }
    return false;
  }

  int64_t Since() const {
    int64_t since = INT64_MAX;
    for (const unipile::StoredSend& send : question_.sends) {
      since = std::min(since, unipile::WindowStartUs(send));
    }
    return since;
  }

  bool OpensChats() const {
    return std::any_of(question_.sends.begin(), question_.sends.end(),
                       [](const auto& send) { return send.kind == unipile::SendKind::kNewChat; });
  }

  absl::StatusOr<bool> ReadAccount(std::vector<unipile::RemoteMessage>* messages,
                                   std::vector<unipile::RemoteChat>* chats) {
    OL_ASSIGN_OR_RETURN(const bool whole, ReadAll(
                                              [&](const unipile::Page& page) {
                                                return unipile::ReadMessages(question_.account,
                                                                             page);
                                              },
                                              unipile::ParseMessages, messages));
    if (!whole) return false;
    return ReadAll(
        [&](const unipile::Page& page) { return unipile::ReadChats(question_.account, page); },
        unipile::ParseChats, chats);
  }

  // Far fewer messages than all of the account's.
  absl::StatusOr<bool> ReadKnownChats(std::vector<unipile::RemoteMessage>* messages) {
    std::map<std::string, base::Id> chats;
    for (size_t i = 0; i < question_.sends.size(); ++i) {
      const unipile::StoredSend& send = question_.sends[i];
      if (send.kind != unipile::SendKind::kMessage) continue;
      chats.emplace(send.chat_id, question_.messages[i].prospect_id);
    }
    for (const auto& [chat, whose] : chats) {
      const std::string& chat_id = chat;
      OL_ASSIGN_OR_RETURN(const bool whole, ReadAll(
                                                whose, kOfAPerson,
                                                [&](const unipile::Page& page) {
                                                  return unipile::ReadChatMessages(
                                                      question_.account, chat_id, page);
                                                },
                                                unipile::ParseMessages, messages));
      if (!whole) return false;
    }
    return true;
  }

  absl::StatusOr<bool> LookForMessages(std::vector<Answer>* answers) {
    std::vector<unipile::RemoteMessage> messages;
    std::vector<unipile::RemoteChat> chats;
    OL_ASSIGN_OR_RETURN(const bool whole,
                        OpensChats() ? ReadAccount(&messages, &chats) : ReadKnownChats(&messages));
    if (!whole) return false;
    const auto matches = unipile::MatchMessages(question_.sends, messages, chats, question_.taken);
    for (size_t i = 0; i < matches.size(); ++i) {
      if (question_.messages[i].channel == kInvite) continue;
      if (matches[i].state == unipile::MatchState::kAmbiguous) {
        (*answers)[i].finding = Finding::kAmbiguous;
      } else if (matches[i].state == unipile::MatchState::kFound) {
        const unipile::RemoteMessage& remote = messages[matches[i].remote];
        (*answers)[i] = {Finding::kSent, remote.id,
                         matches[i].chat_known ? remote.chat_id : std::string()};
      }
    }
    return true;
  }

  absl::StatusOr<bool> LookForInvitations(std::vector<Answer>* answers) {
    std::vector<unipile::RemoteInvitation> invitations;
    OL_ASSIGN_OR_RETURN(const bool whole, ReadAll(
                                              [&](const unipile::Page& page) {
                                                return unipile::ReadSentInvitations(
                                                    question_.account, page);
                                              },
                                              unipile::ParseSentInvitations, &invitations));
    if (!whole) return false;
    for (size_t i = 0; i < question_.sends.size(); ++i) {
      if (question_.messages[i].channel != kInvite) continue;
      if (const auto at = unipile::MatchInvitation(question_.sends[i], invitations)) {
        (*answers)[i] = {Finding::kSent, invitations[*at].id, {}};
        continue;
      }
      if (!question_.profiles) continue;
      OL_ASSIGN_OR_RETURN(const bool readable, LookAtProfile(i, &(*answers)[i]));
      if (!readable) return false;
    }
    return true;
  }

  // Accepted already, it has left the list of sent invitations.
  absl::StatusOr<bool> LookAtProfile(size_t i, Answer* answer) {
    const unipile::StoredSend& send = question_.sends[i];
    const std::string& whom =
        send.public_identifier.empty() ? send.provider_id : send.public_identifier;
    if (whom.empty()) return true;
    OL_ASSIGN_OR_RETURN(const providers::HttpReply reply,
                        Read(question_.messages[i].prospect_id, kOfAPerson,
                             unipile::ReadProfile(question_.account, whom)));
    const auto profile = unipile::ParseProfile(reply, Since());
    if (!profile.value) {
      refusal_ = profile.verdict;
      return refusal_.cls == unipile::ErrorClass::kFinal;
    }
    if (unipile::ProfileShowsInvitation(send, *profile.value)) answer->finding = Finding::kSent;
    return true;
  }

  Engine& engine_;
  const base::Id& org_id_;
  const Question& question_;
  const Fetch& fetch_;
  unipile::Verdict refusal_;
};

// When to look again after a look that was not whole. An answer that says our key or the account
// is at fault stops the sender as if it had been sent with.
absl::StatusOr<int64_t> PutOff(Session& session, const base::Id& org_id,
                               const storage::SenderRow& sender, const unipile::Verdict& refusal) {
  OL_RETURN_IF_ERROR(StopIfAtFault(session, org_id, sender.sender_id, sender.account_ref,
                                   refusal.cls, refusal.slug));
  return session.now_us() + std::max(kLookAgainUs, refusal.pause_us);
}

absl::Status LookAgain(Session& session, const base::Id& org_id, MessageRow message,
                       int64_t due_us) {
  message.due_at_us = due_us;
  OL_RETURN_IF_ERROR(storage::UpdateMessage(session.db(), org_id, message, std::nullopt).status());
  return storage::TouchDue(session.db(), org_id, due_us);
}

absl::Status ApplyAnswer(Session& session, const base::Id& org_id, MessageRow message,
                         const Answer& answer, RunReport* report) {
  if (answer.finding == Finding::kSent) {
    ++report->settled;
    return SettleSent(session, org_id, std::move(message), answer.remote_id, answer.chat_id);
  }
  ++message.looks;
  if (answer.finding == Finding::kAmbiguous) {
    if (message.looks < kMaxAmbiguousLooks) {
      return LookAgain(session, org_id, std::move(message),
                       session.now_us() + 15 * base::kMinuteUs);
    }
    message.state = "parked";
    message.outcome = "ambiguous";
    ++report->parked;
    OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, message, "parked", "ambiguous"));
    return storage::UpdateMessage(session.db(), org_id, message, std::nullopt).status();
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
                   const std::optional<std::vector<Answer>>& answers,
                   const unipile::Verdict& refusal, RunReport* report) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  int64_t again_us = 0;
  if (!answers) {
    OL_ASSIGN_OR_RETURN(again_us, PutOff(session, org_id, question.sender, refusal));
  }
  for (size_t i = 0; i < question.messages.size(); ++i) {
    const MessageRow& asked = question.messages[i];
    OL_ASSIGN_OR_RETURN(auto message, storage::LoadMessage(session.db(), org_id, asked.prospect_id,
                                                           asked.message_id));
    // Settled by an echo while we asked.
    if (!message || message->state != "unknown" || message->fencing_token != asked.fencing_token) {
      continue;
    }
    if (!answers) {
      OL_RETURN_IF_ERROR(LookAgain(session, org_id, *std::move(message), again_us));
      continue;
    }
    OL_RETURN_IF_ERROR(ApplyAnswer(session, org_id, *std::move(message), (*answers)[i], report));
  }
  return transaction.Commit();
}

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
                                            INT64_MAX, INT_MAX));
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
    message->state = "parked";
    message->outcome = "ambiguous";
    ++report->parked;
    OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, *message, "parked", "ambiguous"));
    OL_RETURN_IF_ERROR(
        storage::UpdateMessage(session.db(), org_id, *message, std::nullopt).status());
  }
  return storage::ReleaseSender(session.db(), org_id, question.sender.sender_id);
}

absl::Status LookForHeld(Engine& engine, const base::Id& org_id, const storage::SenderRow& sender,
                         const Fetch& fetch, RunReport* report) {
  std::optional<Question> question;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(question, LoadHeldQuestion(session, org_id, sender));
  }
  std::optional<std::vector<Answer>> answers;
  unipile::Verdict refusal;
  if (question) {
    Looker looker(engine, org_id, *question, fetch);
    OL_ASSIGN_OR_RETURN(answers, looker.Look());
    refusal = looker.refusal();
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  if (!answers) {
    OL_ASSIGN_OR_RETURN(const int64_t again_us, PutOff(session, org_id, sender, refusal));
    OL_RETURN_IF_ERROR(storage::DelaySender(session.db(), org_id, sender.sender_id, again_us));
    return transaction.Commit();
  }
  OL_RETURN_IF_ERROR(ApplyHeld(session, org_id, *question, *answers, report));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "sender.release", sender.sender_id));
  engine.Log(base::LogLevel::kInfo, "sender " + ToString(sender.sender_id) + " sends again");
  return transaction.Commit();
}

}  // namespace

absl::Status ReleaseHeldSenders(Engine& engine, const base::Id& org_id, const Fetch& fetch,
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
    OL_RETURN_IF_ERROR(LookForHeld(engine, org_id, sender, fetch, report));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReconcileDue(Engine& engine, const base::Id& org_id, const Fetch& fetch,
                                     RunReport* report) {
  std::vector<Question> questions;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(questions, LoadQuestions(session, org_id));
  }
  int64_t looked = 0;
  for (const Question& question : questions) {
    Looker looker(engine, org_id, question, fetch);
    OL_ASSIGN_OR_RETURN(const auto answers, looker.Look());
    OL_RETURN_IF_ERROR(Apply(engine, org_id, question, answers, looker.refusal(), report));
    looked += static_cast<int64_t>(question.messages.size());
  }
  return looked;
}

}  // namespace onlyleads::engine
