#include "src/engine/replay.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/domain/permit.h"
#include "src/engine/claim.h"
#include "src/engine/delivery.h"
#include "src/engine/identity.h"
#include "src/engine/progress.h"
#include "src/engine/rights.h"
#include "src/storage/campaign_store.h"
#include "src/storage/ledger_store.h"
#include "src/storage/mandate_store.h"
#include "src/storage/organization_data.h"
#include "src/storage/organization_store.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {
namespace {

using domain::LedgerRecord;
using storage::MessageRow;

// No window reaches further back.
constexpr int64_t kUsesUs = 8 * base::kDayUs;
constexpr size_t kPeopleAtOnce = 1000;

// What the records of one message come to.
struct SentMessage {
  LedgerRecord last;
  std::set<int64_t> intents;
};

// What the records say of an identifier, whoever has it.
struct IdentifierFacts {
  bool email = false;
  bool linkedin = false;
  std::optional<int64_t> objected_at_us;
  std::optional<int64_t> restricted_at_us;  // 0: it ended

  void Suppress(const LedgerRecord& record) {
    const bool all = record.channel == "all";
    email = email || all || record.channel == "email";
    linkedin = linkedin || all || record.channel == "linkedin";
    if (all && !objected_at_us) objected_at_us = record.at_us;
  }
};

class Replayer {
 public:
  explicit Replayer(Session& session) : session_(session), db_(session.db()) {}

  absl::Status Take(const LedgerRecord& record) {
    ++count_.records;
    if (record.kind == "installation") return TakeInstallation(record);
    if (record.org_id.is_nil() || record.kind == "genesis") return absl::OkStatus();
    OL_ASSIGN_OR_RETURN(const bool known, KnowsOrganization(record.org_id));
    // Created after the copy was made, and lost with what it had.
    if (!known) return absl::OkStatus();
    if (record.kind == "tombstone") {
      return storage::InsertTombstone(db_, record.org_id, Key(record), record.at_us);
    }
    if (record.kind == "suppression" || record.kind == "objection") {
      by_digest_[record.org_id][Match(record)].Suppress(record);
      return storage::InsertSuppression(db_, record.org_id, Key(record), record.channel,
                                        record.code, record.at_us)
          .status();
    }
    if (record.kind == "subscription") {
      return storage::SetActiveUntil(
                 db_, record.org_id,
                 record.at_us == 0 ? std::nullopt : std::optional<int64_t>(record.at_us))
          .status();
    }
    if (record.kind == "hold" || record.kind == "released") return TakeHold(record);
    if (record.kind == "ended") return TakeEnded(record);
    if (record.kind == "restriction") return TakeRestriction(record);
    if (record.kind == "revoked") {
      return storage::RevokeMandate(db_, record.org_id, record.message_id, record.at_us);
    }
    if (record.kind == "sender") {
      return db_
          ->Run("UPDATE senders SET state = $3 WHERE org_id = $1 AND sender_id = $2",
                {record.org_id, record.sender_id, record.code})
          .status();
    }
    if (record.kind == "fact") return TakeFact(record);
    if (record.kind == "stop") return TakeStop(record);
    if (record.kind == "gone") return TakeGone(record);
    if (record.kind == "send") return TakeSend(record);
    if (record.kind == "head") {
      return storage::SaveAnchor(db_, record.org_id, {record.number, record.digest});
    }
    return absl::OkStatus();
  }

  // After all records: erased people have no message left to settle, and of what is noted of an
  // identifier the last word counts.
  absl::StatusOr<ReplayCount> Finish() {
    for (const auto& [org_id, facts] : by_digest_) {
      OL_RETURN_IF_ERROR(ApplyByDigest(org_id, facts));
    }
    for (const base::Id& message_id : order_) {
      OL_RETURN_IF_ERROR(Settle(message_id, messages_[message_id]));
    }
    return count_;
  }

 private:
  using DigestFacts = std::map<std::string, IdentifierFacts>;

  // What IdentifierFacts are found by.
  static std::string Match(const LedgerRecord& record) {
    return absl::StrCat(record.number, ":", record.digest);
  }

  static storage::KeyedIdentifier Key(const LedgerRecord& record) {
    storage::KeyedIdentifier key;
    key.kind = static_cast<int>(record.number);
    key.generation = static_cast<int32_t>(record.key_generation);
    if (record.digest.size() == key.digest.size()) {
      std::copy(record.digest.begin(), record.digest.end(),
                reinterpret_cast<char*>(key.digest.data()));
    }
    return key;
  }

  absl::StatusOr<bool> KnowsOrganization(const base::Id& org_id) {
    if (const auto it = organizations_.find(org_id); it != organizations_.end()) return it->second;
    OL_ASSIGN_OR_RETURN(const auto row, storage::LoadOrganization(db_, org_id));
    return organizations_[org_id] = row.has_value();
  }

  absl::Status TakeInstallation(const LedgerRecord& record) {
    return db_
        ->Run(
            "INSERT INTO installation_suppressions (kind, digest, key_generation, "
            "normalisation_version, reason, created_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON "
            "CONFLICT DO NOTHING",
            {record.number, storage::Blob{record.digest}, record.key_generation,
             record.normalisation_version, record.code, record.at_us})
        .status();
  }

  absl::Status TakeFact(const LedgerRecord& record) {
    const base::Id& org_id = record.org_id;
    const base::Id& person = record.prospect_id;
    OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db_, org_id, person));
    if (!known) return absl::OkStatus();
    if (record.channel == "email") return storage::SetSuppressedEmail(db_, org_id, person);
    if (record.channel == "linkedin") return storage::SetSuppressedLinkedin(db_, org_id, person);
    OL_RETURN_IF_ERROR(storage::SetObjected(db_, org_id, person, record.at_us));
    OL_RETURN_IF_ERROR(WithdrawMessages(session_, org_id, person, record.code).status());
    OL_RETURN_IF_ERROR(
        storage::StopEnrollments(db_, org_id, person, record.code, record.at_us).status());
    return db_->Run("DELETE FROM scores WHERE org_id = $1 AND prospect_id = $2", {org_id, person})
        .status();
  }

  absl::Status TakeRestriction(const LedgerRecord& record) {
    if (record.prospect_id.is_nil()) {
      by_digest_[record.org_id][Match(record)].restricted_at_us = record.at_us;
      return record.at_us == 0
                 ? storage::DeleteRestriction(db_, record.org_id, Key(record))
                 : storage::InsertRestriction(db_, record.org_id, Key(record), record.at_us);
    }
    return Restrict(record.org_id, record.prospect_id, record.at_us);
  }

  absl::Status Restrict(const base::Id& org_id, const base::Id& person, int64_t at_us) {
    OL_ASSIGN_OR_RETURN(const bool known, storage::BumpFacts(db_, org_id, person));
    if (!known) return absl::OkStatus();
    OL_RETURN_IF_ERROR(storage::SetRestricted(
        db_, org_id, person, at_us == 0 ? std::nullopt : std::optional<int64_t>(at_us)));
    if (at_us == 0) return absl::OkStatus();
    return StopProcessing(session_, org_id, person, "restricted").status();
  }

  // Somebody whom the copy knows under another id than the one that was noted: their identifiers
  // tell.
  absl::Status ApplyByDigest(const base::Id& org_id, const DigestFacts& facts) {
    base::Id after;
    while (true) {
      OL_ASSIGN_OR_RETURN(
          const auto people,
          storage::LoadProspects(db_, org_id, after, static_cast<int>(kPeopleAtOnce)));
      for (const storage::ProspectRecord& person : people) {
        OL_RETURN_IF_ERROR(ApplyByDigestTo(org_id, person.prospect_id, facts));
      }
      if (people.size() < kPeopleAtOnce) return absl::OkStatus();
      after = people.back().prospect_id;
    }
  }

  absl::Status ApplyByDigestTo(const base::Id& org_id, const base::Id& person,
                               const DigestFacts& facts) {
    OL_ASSIGN_OR_RETURN(const auto identifiers, storage::LoadKnownIdentifiers(db_, org_id, person));
    for (const storage::IdentifierRow& identifier : identifiers) {
      for (const auto& key : AllKeys(session_, identifier.kind, identifier.value)) {
        const auto found =
            facts.find(absl::StrCat(key.kind, ":", base::ToAbsl(base::AsView(key.digest))));
        if (found == facts.end()) continue;
        OL_RETURN_IF_ERROR(ApplyFacts(org_id, person, found->second));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ApplyFacts(const base::Id& org_id, const base::Id& person,
                          const IdentifierFacts& facts) {
    OL_ASSIGN_OR_RETURN(const auto row, storage::LoadFacts(db_, org_id, person));
    if (!row) return absl::OkStatus();
    OL_RETURN_IF_ERROR(storage::BumpFacts(db_, org_id, person).status());
    if (facts.email) OL_RETURN_IF_ERROR(storage::SetSuppressedEmail(db_, org_id, person));
    if (facts.linkedin) OL_RETURN_IF_ERROR(storage::SetSuppressedLinkedin(db_, org_id, person));
    if (facts.objected_at_us && !row->objected_at_us) {
      OL_RETURN_IF_ERROR(storage::SetObjected(db_, org_id, person, *facts.objected_at_us));
      OL_RETURN_IF_ERROR(StopProcessing(session_, org_id, person, "objected").status());
    }
    if (!facts.restricted_at_us || row->restricted_at_us.value_or(0) == *facts.restricted_at_us) {
      return absl::OkStatus();
    }
    return Restrict(org_id, person, *facts.restricted_at_us);
  }

  absl::Status TakeHold(const LedgerRecord& record) {
    if (record.kind == "released") {
      return storage::ReleaseHold(db_, record.org_id, record.message_id, record.at_us).status();
    }
    storage::HoldRow row{record.message_id, record.prospect_id, record.code, std::nullopt};
    if (record.number != 0) row.until_us = record.number;
    return storage::InsertHold(db_, record.org_id, row, record.at_us);
  }

  absl::Status TakeEnded(const LedgerRecord& record) {
    OL_ASSIGN_OR_RETURN(const auto tables, storage::OwnedTables(db_));
    for (const storage::OwnedTable& table : tables) {
      if (table.outlives_deletion) continue;
      OL_RETURN_IF_ERROR(storage::DeleteOwned(db_, table, record.org_id, -1).status());
    }
    organizations_[record.org_id] = false;
    return storage::DeleteUnusedAccounts(db_).status();
  }

  absl::Status TakeStop(const LedgerRecord& record) {
    OL_ASSIGN_OR_RETURN(auto row, storage::LoadEnrollment(db_, record.org_id, record.prospect_id,
                                                          record.campaign_id));
    if (!row) return absl::OkStatus();
    row->state = "stopped";
    row->reason = record.code;
    OL_RETURN_IF_ERROR(storage::UpdateEnrollment(db_, record.org_id, *row, record.at_us));
    OL_ASSIGN_OR_RETURN(auto messages,
                        storage::LoadMessagesOf(db_, record.org_id, record.prospect_id));
    for (MessageRow& message : messages) {
      if (message.campaign_id != record.campaign_id || message.state != "queued") continue;
      message.state = "cancelled";
      message.outcome = record.code;
      OL_RETURN_IF_ERROR(
          storage::UpdateMessage(db_, record.org_id, message, std::nullopt).status());
    }
    return absl::OkStatus();
  }

  absl::Status TakeGone(const LedgerRecord& record) {
    OL_ASSIGN_OR_RETURN(const auto row,
                        storage::LoadProspect(db_, record.org_id, record.prospect_id));
    OL_ASSIGN_OR_RETURN(const auto copy,
                        storage::LoadDeleted(db_, record.org_id, record.prospect_id));
    if (!row && !copy) return absl::OkStatus();
    ++count_.erased;
    OL_RETURN_IF_ERROR(
        WithdrawMessages(session_, record.org_id, record.prospect_id, "erased").status());
    OL_RETURN_IF_ERROR(storage::StopEnrollments(db_, record.org_id, record.prospect_id, "erased",
                                                session_.now_us())
                           .status());
    return storage::EraseByRegistry(db_, record.org_id, record.prospect_id);
  }

  absl::Status TakeSend(const LedgerRecord& record) {
    SentMessage& message = messages_[record.message_id];
    if (message.last.kind.empty()) order_.push_back(record.message_id);
    message.last = record;
    if (record.code == "intent") message.intents.insert(record.at_us);
    return db_
        ->Run(
            "INSERT INTO send_ledger (org_id, person_digest, campaign_id, step, channel, "
            "message_id, key_generation, normalisation_version, outcome, recorded_at_us) VALUES "
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (org_id, person_digest, "
            "campaign_id, step, channel) DO UPDATE SET message_id = excluded.message_id, outcome "
            "= excluded.outcome, recorded_at_us = excluded.recorded_at_us",
            {record.org_id, storage::Blob{record.digest}, record.campaign_id, record.number,
             record.channel, record.message_id, record.key_generation, record.normalisation_version,
             record.code, record.at_us})
        .status();
  }

  absl::Status Settle(const base::Id& message_id, const SentMessage& sent) {
    const LedgerRecord& record = sent.last;
    OL_ASSIGN_OR_RETURN(const bool known, KnowsOrganization(record.org_id));
    if (!known) return absl::OkStatus();
    // Certainly not sent: what the copy believes of the message is harmless.
    if (record.code == "not_sent") return absl::OkStatus();
    OL_RETURN_IF_ERROR(CountUses(message_id, sent));
    OL_ASSIGN_OR_RETURN(auto message, storage::FindMessage(db_, record.org_id, message_id));
    if (!message) return MoveOn(record);
    if (message->state == "sent") return absl::OkStatus();
    if (record.code == "sent") return SettleSent(session_, record.org_id, *message, {}, {});
    if (message->state == "in_flight" || message->state == "unknown") return absl::OkStatus();
    return AskAbout(record, *message, sent);
  }

  // The limits of an account hold across a restore.
  absl::Status CountUses(const base::Id& message_id, const SentMessage& sent) {
    OL_ASSIGN_OR_RETURN(const auto sender,
                        storage::LoadSender(db_, sent.last.org_id, sent.last.sender_id));
    if (!sender) return absl::OkStatus();
    const auto kind = sent.last.channel == domain::Name(domain::Channel::kLinkedinInviteNote)
                          ? Dispatch::Kind::kInvitation
                          : Dispatch::Kind::kMessage;
    for (int64_t at_us : sent.intents) {
      if (at_us < session_.now_us() - kUsesUs) continue;
      OL_RETURN_IF_ERROR(
          db_->Run("INSERT INTO account_uses (account_ref, action, used_at_us, use_id) VALUES ($1, "
                   "$2, $3, $4) ON CONFLICT DO NOTHING",
                   {sender->account_ref, UseName(kind), at_us, message_id})
              .status());
    }
    return absl::OkStatus();
  }

  // A call was or may have been made for a message that the copy has not sent: its outcome is open.
  absl::Status AskAbout(const LedgerRecord& record, const MessageRow& message,
                        const SentMessage& sent) {
    // Erased: nobody is asked about a person we do not know any more.
    OL_ASSIGN_OR_RETURN(const auto facts,
                        storage::LoadFacts(db_, record.org_id, message.prospect_id));
    if (!facts) return absl::OkStatus();
    const int64_t started_us = sent.intents.empty() ? record.at_us : *sent.intents.begin();
    return db_
        ->Run(
            "UPDATE outbox SET cancelled = max(cancelled, state = 'cancelled'), state = 'unknown', "
            "outcome = 'restored', fencing_token = $4, started_at_us = $5, lease_end_us = $6, "
            "looks = 0, due_at_us = $6 WHERE org_id = $1 "
            "AND prospect_id = $2 AND message_id = $3",
            {record.org_id, message.prospect_id, message.message_id, session_.NewId(), started_us,
             session_.now_us()})
        .status();
  }

  // The message was queued after the copy was made: there is only the person's place in the
  // sequence, which goes on behind what was sent and stops at what may have been.
  absl::Status MoveOn(const LedgerRecord& record) {
    OL_ASSIGN_OR_RETURN(auto row, storage::LoadEnrollment(db_, record.org_id, record.prospect_id,
                                                          record.campaign_id));
    if (!row || row->step != record.number) return absl::OkStatus();
    if (row->state != "active" && row->state != "waiting") return absl::OkStatus();
    row->state = record.code == "sent" ? "sending" : "parked";
    row->reason = record.code == "sent" ? "" : "restored";
    OL_RETURN_IF_ERROR(storage::UpdateEnrollment(db_, record.org_id, *row, session_.now_us()));
    MessageRow message;
    message.prospect_id = record.prospect_id;
    message.campaign_id = record.campaign_id;
    message.sender_id = record.sender_id;
    message.step = static_cast<int>(record.number);
    return AdvanceAfterSent(session_, record.org_id, message);
  }

  Session& session_;
  storage::Connection* db_;
  ReplayCount count_;
  std::map<base::Id, bool> organizations_;
  std::map<base::Id, DigestFacts> by_digest_;
  std::map<base::Id, SentMessage> messages_;
  std::vector<base::Id> order_;
};

}  // namespace

absl::StatusOr<ReplayCount> Replay(Session& session,
                                   const std::vector<domain::LedgerFrame>& frames) {
  Replayer replayer(session);
  for (const domain::LedgerFrame& frame : frames) {
    for (const LedgerRecord& record : frame.records) OL_RETURN_IF_ERROR(replayer.Take(record));
  }
  return replayer.Finish();
}

}  // namespace onlyleads::engine
