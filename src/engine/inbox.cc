#include "src/engine/inbox.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/inbox.h"
#include "src/engine/audit.h"
#include "src/engine/delivery.h"
#include "src/engine/identity.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/engine/progress.h"
#include "src/engine/rights.h"
#include "src/engine/signals.h"
#include "src/providers/unipile/reconcile.h"
#include "src/providers/unipile/webhook.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

namespace unipile = providers::unipile;
using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;
using domain::IdentifierKind;
using storage::MessageRow;
using storage::RoutedSender;

// One webhook for one sender, inside one transaction.
class Intake {
 public:
  Intake(Session& session, const RoutedSender& routed, const unipile::InboundEvent& event,
         domain::ReplyLabel label, InboxReport* report)
      : session_(session),
        org_id_(routed.org_id),
        sender_id_(routed.sender.sender_id),
        event_(event),
        label_(label),
        received_us_(event.at_us > 0 ? std::min(event.at_us, session.now_us()) : session.now_us()),
        report_(report) {}

  // False when this event was taken before.
  absl::StatusOr<bool> Take() {
    OL_ASSIGN_OR_RETURN(const bool fresh, Remember());
    if (!fresh) return false;
    OL_ASSIGN_OR_RETURN(const std::vector<base::Id> people, FindPeople());
    for (size_t i = 0; i < people.size(); ++i) {
      const base::Id& person = people[i];
      OL_RETURN_IF_ERROR(event_.kind == unipile::InboundKind::kNewRelation
                             ? TakeRelation(person)
                             : TakeMessage(person, i == 0));
    }
    // Also of somebody we do not know, not any more, or not under this identifier.
    if (IsRefusal()) OL_RETURN_IF_ERROR(SuppressAuthor());
    return true;
  }

 private:
  absl::Status TakeMessage(const base::Id& person, bool first) {
    OL_ASSIGN_OR_RETURN(const bool ours, IsOurs(person));
    ours_ = ours_ || ours;
    if (ours) return TakeEcho(person);
    if (event_.is_event) return absl::OkStatus();
    if (first) OL_RETURN_IF_ERROR(StoreReply(person));
    return TakeReply(person);
  }

  absl::StatusOr<bool> Remember() {
    const base::Digest digest = base::KeyedDigest(base::AsView(session_.keys().current().match),
                                                  "event:" + event_.dedupe_key);
    OL_ASSIGN_OR_RETURN(
        const int64_t added,
        session_.db()->Run(
            "INSERT INTO webhook_events (org_id, sender_id, event_digest, "
            "received_at_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            {org_id_, sender_id_, storage::Blob{base::AsView(digest)}, session_.now_us()}));
    return added > 0;
  }

  // Every record of the human whose event this is: two lists may have brought them under different
  // identifiers, which only the provider connects. Whose chat it is counts too.
  absl::StatusOr<std::vector<base::Id>> FindPeople() {
    storage::Connection* db = session_.db();
    std::vector<base::Id> people;
    const auto add = [&](const base::Id& id) {
      if (std::find(people.begin(), people.end(), id) == people.end()) people.push_back(id);
    };
    for (const domain::Identifier& identifier : Counterpart()) {
      OL_ASSIGN_OR_RETURN(
          const auto owner,
          storage::FindOwner(db, org_id_, static_cast<int>(identifier.kind), identifier.value));
      if (owner) add(*owner);
    }
    if (!event_.counterpart_provider_id.empty()) {
      OL_ASSIGN_OR_RETURN(const auto owners,
                          storage::LoadOwnersOf(db, org_id_, event_.counterpart_provider_id));
      for (const base::Id& id : owners) add(id);
    }
    if (event_.is_group) return people;
    OL_ASSIGN_OR_RETURN(const auto talking,
                        storage::FindByChat(db, org_id_, sender_id_, event_.chat_id));
    by_chat_ = people.empty();
    for (const base::Id& id : talking) add(id);
    return people;
  }

  // How the event names the other side.
  std::vector<domain::Identifier> Counterpart() const {
    std::vector<domain::Identifier> named;
    const std::pair<IdentifierKind, const std::string*> ways[] = {
        {IdentifierKind::kLinkedinMemberId, &event_.counterpart_provider_id},
        {IdentifierKind::kLinkedinPublicId, &event_.counterpart_public_identifier}};
    for (const auto& [kind, value] : ways) {
      if (value->empty()) continue;
      auto identifier = domain::ParseLinkedin(*value, true);
      if (identifier && identifier->kind == kind) named.push_back(*std::move(identifier));
    }
    auto by_url = domain::ParseLinkedin(event_.counterpart_profile_url);
    if (by_url && std::find(named.begin(), named.end(), *by_url) == named.end()) {
      named.push_back(*std::move(by_url));
    }
    return named;
  }

  bool IsRefusal() const {
    return event_.kind == unipile::InboundKind::kMessage && !ours_ && !event_.is_sender &&
           !event_.is_event && domain::StopsSending(label_);
  }

  absl::Status SuppressAuthor() {
    for (const domain::Identifier& identifier : Counterpart()) {
      const int kind = static_cast<int>(identifier.kind);
      OL_ASSIGN_OR_RETURN(const bool known,
                          IsSuppressedFor(session_, org_id_, kind, identifier.value, "all"));
      if (known) continue;
      OL_RETURN_IF_ERROR(storage::InsertSuppression(
                             session_.db(), org_id_, CurrentKey(session_, kind, identifier.value),
                             "all", domain::ReplyLabelName(label_), session_.now_us())
                             .status());
    }
    return absl::OkStatus();
  }

  absl::Status TakeRelation(const base::Id& person) {
    OL_RETURN_IF_ERROR(Connect(person));
    OL_ASSIGN_OR_RETURN(const auto messages,
                        storage::LoadMessagesOf(session_.db(), org_id_, person));
    for (const MessageRow& message : messages) {
      // Whoever accepted has been invited.
      if (message.sender_id == sender_id_ && message.state == "unknown" && IsInvitation(message)) {
        OL_RETURN_IF_ERROR(Settle(message, {}, {}));
      }
    }
    return absl::OkStatus();
  }

  absl::Status TakeEcho(const base::Id& person) {
    const base::Digest digest = unipile::TextDigest(event_.text);
    OL_ASSIGN_OR_RETURN(const auto messages,
                        storage::LoadMessagesOf(session_.db(), org_id_, person));
    const bool known =
        std::any_of(messages.begin(), messages.end(), [&](const MessageRow& message) {
          return !message.remote_id.empty() && message.remote_id == event_.message_id;
        });
    for (const MessageRow& message : messages) {
      if (known) break;  // the one it tells of is settled
      if (!Carried(message, digest)) continue;
      // A note shows up in a chat once the invitation is accepted.
      if (IsInvitation(message)) OL_RETURN_IF_ERROR(Connect(person));
      // Queued again: we had come to believe that it was not sent.
      if (message.state == "unknown" || message.state == "queued") {
        const std::string_view remote_id =
            IsInvitation(message) ? std::string_view() : std::string_view(event_.message_id);
        OL_RETURN_IF_ERROR(Settle(message, remote_id, event_.chat_id));
        break;  // one echo proves one message
      }
    }
    return SaveChat(person);
  }

  // Once, whatever the number of records.
  absl::Status StoreReply(const base::Id& person) {
    OL_RETURN_IF_ERROR(
        session_.db()
            ->Run("INSERT INTO inbox_messages (org_id, prospect_id, inbox_id, sender_id, body, "
                  "label, received_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  {org_id_, person, session_.NewId(), sender_id_, event_.text,
                   domain::ReplyLabelName(label_), received_us_})
            .status());
    ++report_->replies;
    if (domain::StopsSending(label_)) ++report_->opt_outs;
    return WriteAudit(session_, org_id_, "system", "inbox.reply", person,
                      "{\"label\":\"" + std::string(domain::ReplyLabelName(label_)) + "\"}");
  }

  absl::Status TakeReply(const base::Id& person) {
    OL_RETURN_IF_ERROR(SaveChat(person));
    if (domain::StopsSending(label_)) {
      return RecordObjection(session_, org_id_, person, "system", domain::ReplyLabelName(label_))
          .status();
    }
    if (label_ == domain::ReplyLabel::kAutoReply) return absl::OkStatus();
    OL_RETURN_IF_ERROR(RecordReplySignal(session_, org_id_, person, received_us_));
    // A conversation has begun: what follows is a person's to write.
    OL_RETURN_IF_ERROR(WithdrawMessages(session_, org_id_, person, "replied").status());
    return storage::StopEnrollments(session_.db(), org_id_, person, "replied", session_.now_us())
        .status();
  }

  absl::Status Connect(const base::Id& person) {
    OL_ASSIGN_OR_RETURN(const bool fresh, RecordConnection(session_, org_id_, person, sender_id_));
    if (fresh) ++report_->connections;
    return absl::OkStatus();
  }

  absl::Status Settle(const MessageRow& message, std::string_view remote_id,
                      std::string_view chat_id) {
    ++report_->settled;
    return SettleSent(session_, org_id_, message, remote_id, chat_id);
  }

  absl::Status SaveChat(const base::Id& person) {
    if (event_.is_group) return absl::OkStatus();
    return storage::SaveChat(session_.db(), org_id_, person, sender_id_, event_.chat_id);
  }

  // Also where nobody we know is named who wrote it and the text is one that this sender sent: it
  // may tell how to refuse, and is no refusal.
  absl::StatusOr<bool> IsOurs(const base::Id& person) {
    if (event_.is_sender || !by_chat_) return event_.is_sender;
    const base::Digest digest = unipile::TextDigest(event_.text);
    OL_ASSIGN_OR_RETURN(const auto messages,
                        storage::LoadMessagesOf(session_.db(), org_id_, person));
    return std::any_of(messages.begin(), messages.end(),
                       [&](const MessageRow& message) { return Carried(message, digest); });
  }

  // Whether this message of the event's sender may have brought the text there. One that was never
  // claimed did not: somebody typed the same.
  bool Carried(const MessageRow& message, const base::Digest& digest) const {
    return message.sender_id == sender_id_ && message.body_digest == base::AsView(digest) &&
           message.started_at_us != 0;
  }

  static bool IsInvitation(const MessageRow& message) {
    return message.channel == domain::Name(domain::Channel::kLinkedinInviteNote);
  }

  Session& session_;
  const base::Id org_id_;
  const base::Id sender_id_;
  const unipile::InboundEvent& event_;
  const domain::ReplyLabel label_;
  const int64_t received_us_;  // a provider's clock that is ahead dates nothing into the future
  InboxReport* report_;
  bool ours_ = false;     // its text is one that we sent
  bool by_chat_ = false;  // the chat alone tells whose event it is
};

absl::StatusOr<bool> SecretMatches(const Session& session, const storage::SenderRow& sender,
                                   const Headers& headers) {
  OL_ASSIGN_OR_RETURN(const std::string secret,
                      base::Unseal(session.keys().current().seal, sender.sender_id.view(),
                                   sender.webhook_secret_sealed));
  return unipile::HeaderSecretMatches(headers, sender.webhook_header, secret);
}

// The account's senders whose secret stands in the headers; none where nobody sends through it.
absl::StatusOr<std::vector<RoutedSender>> LoadTrusted(Engine& engine, const std::string& provider,
                                                      const Headers& headers,
                                                      const std::string& account_id) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(auto senders,
                      storage::LoadSendersOfAccount(session.db(), provider, account_id));
  std::vector<RoutedSender> trusted;
  for (RoutedSender& routed : senders) {
    OL_ASSIGN_OR_RETURN(const bool matches, SecretMatches(session, routed.sender, headers));
    if (matches) trusted.push_back(std::move(routed));
  }
  if (!senders.empty() && trusted.empty()) {
    return Error(ErrorCode::kUnauthorized, "webhook: the shared secret is missing or wrong");
  }
  return trusted;
}

}  // namespace

absl::StatusOr<InboxReport> Ingest(Engine& engine, const std::string& provider,
                                   const Headers& headers, std::string_view body) {
  if (provider != "unipile") {
    return Error(ErrorCode::kInvalidArgument, "provider: only unipile is known");
  }
  const auto parsed = unipile::ParseWebhook(body);
  if (!parsed.ok()) {
    return Error(base::CodeOf(parsed.status()), absl::StrCat("body: ", parsed.status().message()));
  }
  const unipile::InboundEvent& event = *parsed;
  InboxReport report;
  OL_ASSIGN_OR_RETURN(const auto trusted, LoadTrusted(engine, provider, headers, event.account_id));
  if (trusted.empty() || event.kind == unipile::InboundKind::kIgnored) return report;
  // Without the lock, and once for all senders: a long text takes a while.
  const domain::ReplyLabel label =
      event.is_sender ? domain::ReplyLabel::kReply : domain::ClassifyReply(event.text);
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  bool any_fresh = false;
  for (const RoutedSender& routed : trusted) {
    OL_ASSIGN_OR_RETURN(const bool fresh, Intake(session, routed, event, label, &report).Take());
    any_fresh = any_fresh || fresh;
  }
  report.duplicate = !any_fresh;
  OL_RETURN_IF_ERROR(transaction.Commit());
  return report;
}

absl::StatusOr<Table> ListInbox(Engine& engine, const base::Id& org_id,
                                const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT inbox_id, prospect_id, sender_id, label, body, received_at_us "
      "FROM inbox_messages WHERE org_id = $1 AND inbox_id > $2 ORDER BY "
      "inbox_id LIMIT $3",
      {org_id, after, size});
  Table table({{"inbox_id", ColumnType::kId},
               {"prospect_id", ColumnType::kId},
               {"sender_id", ColumnType::kId},
               {"label", ColumnType::kText},
               {"body", ColumnType::kText},
               {"received_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

}  // namespace onlyleads::engine
