#include "src/engine/claim.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/time.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/sending.h"
#include "src/engine/audit.h"
#include "src/engine/decide.h"
#include "src/engine/identity.h"
#include "src/engine/progress.h"
#include "src/storage/mandate_store.h"

namespace onlyleads::engine {
namespace {

using Kind = Dispatch::Kind;

constexpr int64_t kWeekUs = 7 * base::kDayUs;
// How far behind the first queued message to look for one that needs no profile.
constexpr int kLookAhead = 64;

struct Limits {
  int per_day;
  int per_week;
};

Limits LimitsOf(const storage::SenderRow& sender, Kind kind) {
  switch (kind) {
    case Kind::kInvitation:
      return {sender.invitations_per_day, sender.invitations_per_week};
    case Kind::kMessage:
      return {sender.messages_per_day, sender.messages_per_week};
    case Kind::kProfile:
      break;
  }
  return {sender.profiles_per_day, sender.profiles_per_week};
}

// When this sender may make the next call of this kind; now when it is free.
absl::StatusOr<int64_t> OpensAt(const Session& session, const storage::SenderRow& sender,
                                Kind kind) {
  if (!sender.active || !sender.stop_reason.empty()) return INT64_MAX;
  // Of a restored copy: looks first.
  if (sender.reconcile_from_us) return INT64_MAX;
  const int64_t now_us = session.now_us();
  int64_t opens = std::max(now_us, sender.paused_until_us);
  const Limits limits = LimitsOf(sender, kind);
  OL_ASSIGN_OR_RETURN(const auto uses,
                      storage::LoadUses(session.db(), sender.account_ref, UseName(kind),
                                        std::max(limits.per_day, limits.per_week)));
  opens = std::max(opens, domain::WindowOpensAt(uses, limits.per_day, base::kDayUs, now_us));
  opens = std::max(opens, domain::WindowOpensAt(uses, limits.per_week, kWeekUs, now_us));
  if (kind != Kind::kProfile && sender.min_gap_us > 0) {
    OL_ASSIGN_OR_RETURN(const auto last, storage::LastWrite(session.db(), sender.account_ref));
    if (last) opens = std::max(opens, *last + sender.min_gap_us);
  }
  OL_ASSIGN_OR_RETURN(const absl::TimeZone zone, base::LoadZone(sender.zone));
  return domain::WorkStartsAt({zone, sender.work_start_min, sender.work_end_min, sender.work_days},
                              opens);
}

}  // namespace

std::string_view UseName(Kind kind) {
  switch (kind) {
    case Kind::kInvitation:
      return "invitation";
    case Kind::kMessage:
      return "message";
    case Kind::kProfile:
      break;
  }
  return "profile";
}

absl::StatusOr<providers::unipile::Account> AccountOf(const Session& session,
                                                      const storage::SenderRow& sender) {
  OL_ASSIGN_OR_RETURN(
      std::string api_key,
      base::Unseal(session.keys().current().seal, sender.sender_id.view(), sender.api_key_sealed));
  return providers::unipile::Account{sender.base_url, std::move(api_key), sender.account_id};
}

// One transaction's worth of claiming. Dispatches are handed out by Commit alone.
class Claimer {
 public:
  Claimer(Session& session, const base::Id& org_id, int slots)
      : session_(session), org_id_(org_id), slots_(slots) {}

  absl::Status TakeFrom(const storage::SenderRow& sender, domain::Channel channel) {
    // Read in the claim's own transaction: a revocation that has returned is seen here.
    OL_ASSIGN_OR_RETURN(
        const bool authorised,
        storage::IsAuthorised(session_.db(), org_id_, sender.sender_id, domain::Name(channel)));
    if (!authorised) return absl::OkStatus();
    const Kind kind =
        channel == domain::Channel::kLinkedinInviteNote ? Kind::kInvitation : Kind::kMessage;
    OL_ASSIGN_OR_RETURN(
        const auto messages,
        storage::LoadQueued(session_.db(), org_id_, sender.sender_id, domain::Name(channel),
                            session_.now_us(), std::max(slots_, kLookAhead)));
    bool profiles_open = true;
    for (const storage::MessageRow& message : messages) {
      OL_ASSIGN_OR_RETURN(const Room room, TakeOne(sender, kind, profiles_open, message));
      if (room == Room::kNone) return absl::OkStatus();
      profiles_open = profiles_open && room != Room::kNoProfiles;
    }
    return absl::OkStatus();
  }

  int64_t blocked_until_us() const { return result_.blocked_until_us; }

  absl::StatusOr<ClaimResult> Commit(storage::Transaction transaction) {
    OL_RETURN_IF_ERROR(transaction.Commit());
    return std::move(result_);
  }

 private:
  bool Full() const { return static_cast<int>(result_.dispatches.size()) >= slots_; }
  void Block(int64_t until_us) {
    result_.blocked_until_us = std::min(result_.blocked_until_us, until_us);
  }

  absl::StatusOr<bool> IsOpen(const storage::SenderRow& sender, Kind kind) {
    OL_ASSIGN_OR_RETURN(const int64_t opens, OpensAt(session_, sender, kind));
    if (opens > session_.now_us()) Block(opens);
    return opens <= session_.now_us();
  }

  // What room a sender has left after one message.
  enum class Room { kSome, kNone, kNoProfiles };

  absl::StatusOr<Room> TakeOne(const storage::SenderRow& sender, Kind kind, bool profiles_open,
                               storage::MessageRow message) {
    OL_ASSIGN_OR_RETURN(const auto subject, LoadSubject(session_, org_id_, message.prospect_id));
    if (!subject) {
      OL_RETURN_IF_ERROR(Refuse(message, "erased"));
      return Room::kSome;
    }
    OL_RETURN_IF_ERROR(FindTarget(*subject, sender, kind, &message));
    const Kind call = message.target.empty() && message.chat_id.empty() ? Kind::kProfile : kind;
    // Nobody is looked up before they could be written to.
    OL_ASSIGN_OR_RETURN(const bool open, IsOpen(sender, kind));
    if (!open) return Room::kNone;
    // Who needs a profile first does not hold up those behind who need none.
    if (call == Kind::kProfile) {
      if (!profiles_open) return Room::kNoProfiles;
      OL_ASSIGN_OR_RETURN(const bool readable, IsOpen(sender, call));
      if (!readable) return Room::kNoProfiles;
    }
    if (Full()) {
      Block(session_.now_us());
      return Room::kNone;
    }
    OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign,
                        LoadCampaign(session_, org_id_, message.campaign_id));
    OL_ASSIGN_OR_RETURN(const Decided decided,
                        DecideStep(session_, *subject, campaign, message.step, "claim"));
    const auto* permit = std::get_if<domain::Permit>(&decided.answer);
    if (permit == nullptr) {
      OL_RETURN_IF_ERROR(Refuse(message, domain::Name(decided.reason())));
      return Room::kSome;
    }
    if (call == Kind::kProfile) return TakeProfile(*subject, sender, std::move(message));
    return TakeSend(*subject, sender, kind, *permit, decided.decision_id, std::move(message));
  }

  // The chat, or the id under which this sender's provider knows the person.
  absl::Status FindTarget(const Subject& subject, const storage::SenderRow& sender, Kind kind,
                          storage::MessageRow* message) {
    storage::Connection* db = session_.db();
    if (kind == Kind::kMessage) {
      OL_ASSIGN_OR_RETURN(message->chat_id,
                          storage::LoadChat(db, org_id_, message->prospect_id, sender.sender_id));
    }
    OL_ASSIGN_OR_RETURN(message->target, storage::LoadProviderId(db, org_id_, message->prospect_id,
                                                                 sender.sender_id));
    if (message->target.empty()) {
      message->target =
          subject.Identifier(static_cast<int>(domain::IdentifierKind::kLinkedinMemberId));
    }
    return absl::OkStatus();
  }

  absl::Status Refuse(storage::MessageRow message, std::string_view reason) {
    ++result_.refused;
    message.state = "cancelled";
    message.outcome = reason;
    message.target.clear();
    message.chat_id.clear();
    OL_RETURN_IF_ERROR(
        storage::UpdateMessage(session_.db(), org_id_, message, std::nullopt).status());
    return EndEnrollment(session_, org_id_, message, "refused", reason);
  }

  // Under every identifier and key generation the person has. Another message that took this step
  // before (of a merged, re-imported or twice recorded person) keeps it.
  absl::StatusOr<bool> TakenByAnother(const Subject& subject, const domain::Processing& processing,
                                      const base::Id& message_id) {
    for (const storage::IdentifierRow& identifier : subject.known_as) {
      for (const auto& key : AllKeys(session_, identifier.kind, identifier.value)) {
        OL_ASSIGN_OR_RETURN(const auto row,
                            storage::LoadLedger(session_.db(), org_id_, key, processing));
        if (row && row->message_id != message_id && row->outcome != "not_sent") return true;
      }
    }
    return false;
  }

  absl::Status RecordUse(const storage::SenderRow& sender, Kind kind, Dispatch* dispatch) {
    dispatch->use_id_ = session_.NewId();
    dispatch->used_at_us_ = session_.now_us();
    dispatch->lease_end_us_ = LeaseEnd();
    return storage::InsertUse(session_.db(), sender.account_ref, UseName(kind),
                              dispatch->used_at_us_, dispatch->use_id_);
  }

  int64_t LeaseEnd() const {
    const int64_t call_us = int64_t{session_.engine().options().max_call_ms} * 1000;
    return session_.now_us() + 2 * call_us + kSettlingUs;
  }

  void Arm(providers::HttpRequest request, bool is_write, Dispatch* dispatch) {
    request.is_write = is_write;
    request.timeout_ms = session_.engine().options().max_call_ms;
    request.connect_timeout_ms = std::min<int64_t>(request.timeout_ms, 10'000);
    dispatch->request_ = std::move(request);
  }

  absl::StatusOr<Room> TakeSend(const Subject& subject, const storage::SenderRow& sender, Kind kind,
                                const domain::Permit& permit, const base::Id& decision_id,
                                storage::MessageRow message) {
    OL_ASSIGN_OR_RETURN(const bool taken,
                        TakenByAnother(subject, permit.processing(), message.message_id));
    if (taken) {
      OL_RETURN_IF_ERROR(Refuse(std::move(message), "already_sent"));
      return Room::kSome;
    }
    message.state = "in_flight";
    message.fencing_token = session_.NewId();
    message.started_at_us = session_.now_us();
    message.lease_end_us = LeaseEnd();
    ++message.attempts;
    OL_ASSIGN_OR_RETURN(const bool claimed,
                        storage::ClaimMessage(session_.db(), permit, decision_id, message));
    if (!claimed) {
      return session_.engine().Break("a queued message changed inside the claim");
    }
    for (const storage::IdentifierRow& identifier : subject.known_as) {
      OL_RETURN_IF_ERROR(storage::UpsertLedger(
          session_.db(), CurrentKey(session_, identifier.kind, identifier.value),
          permit.processing(), message.message_id, "intent", session_.now_us()));
    }
    OL_ASSIGN_OR_RETURN(
        domain::EgressPass pass,
        OpenEgress(session_, org_id_, message.prospect_id, domain::EgressPurpose::kDeliver,
                   {domain::DataCategory::kAccountIdentifier,
                    domain::DataCategory::kNetworkIdentifier, domain::DataCategory::kMessageText}));
    OL_ASSIGN_OR_RETURN(const auto account, AccountOf(session_, sender));
    OL_RETURN_IF_ERROR(WriteAudit(session_, org_id_, "system", "message.claim", message.message_id,
                                  "{\"attempt\":" + std::to_string(message.attempts) + "}"));
    namespace unipile = providers::unipile;
    providers::HttpRequest request =
        kind == Kind::kInvitation ? unipile::Invite(account, message.target, message.body)
        : message.chat_id.empty() ? unipile::StartChat(account, message.target, message.body)
                                  : unipile::SendMessage(account, message.chat_id, message.body);
    Dispatch dispatch(kind, org_id_, std::move(message), sender, std::move(pass));
    OL_RETURN_IF_ERROR(RecordUse(sender, kind, &dispatch));
    Arm(std::move(request), true, &dispatch);
    result_.dispatches.push_back(std::move(dispatch));
    return Room::kSome;
  }

  // The provider's id of somebody known by their public identifier alone: a read that discloses it.
  absl::StatusOr<Room> TakeProfile(const Subject& subject, const storage::SenderRow& sender,
                                   storage::MessageRow message) {
    const std::string_view public_id =
        subject.Identifier(static_cast<int>(domain::IdentifierKind::kLinkedinPublicId));
    if (public_id.empty()) {
      OL_RETURN_IF_ERROR(Refuse(std::move(message), "no_linkedin"));
      return Room::kSome;
    }
    OL_ASSIGN_OR_RETURN(
        domain::EgressPass pass,
        OpenEgress(
            session_, org_id_, message.prospect_id, domain::EgressPurpose::kResolveProfile,
            {domain::DataCategory::kAccountIdentifier, domain::DataCategory::kNetworkIdentifier}));
    OL_ASSIGN_OR_RETURN(const auto account, AccountOf(session_, sender));
    // Not offered again while this read is under way, here or in another process.
    message.due_at_us = LeaseEnd();
    OL_RETURN_IF_ERROR(
        storage::UpdateMessage(session_.db(), org_id_, message, std::nullopt).status());
    Dispatch dispatch(Kind::kProfile, org_id_, std::move(message), sender, std::move(pass));
    OL_RETURN_IF_ERROR(RecordUse(sender, Kind::kProfile, &dispatch));
    Arm(providers::unipile::ReadProfile(account, public_id), false, &dispatch);
    result_.dispatches.push_back(std::move(dispatch));
    return Room::kSome;
  }

  Session& session_;
  base::Id org_id_;
  int slots_;
  ClaimResult result_;
};

namespace {

absl::Status TakeAll(Session& session, const base::Id& org_id, Claimer* claimer) {
  OL_ASSIGN_OR_RETURN(const bool subscribed, IsSubscribed(session, org_id));
  if (!subscribed) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(const auto senders, storage::LoadSenders(session.db(), org_id));
  for (const storage::SenderRow& sender : senders) {
    // Conversations before new contacts.
    for (domain::Channel channel :
         {domain::Channel::kLinkedinMessage, domain::Channel::kLinkedinInviteNote}) {
      OL_RETURN_IF_ERROR(claimer->TakeFrom(sender, channel));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ClaimResult> ClaimQueued(Session& session, const base::Id& org_id, int slots) {
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  Claimer claimer(session, org_id, slots);
  OL_RETURN_IF_ERROR(TakeAll(session, org_id, &claimer));
  return claimer.Commit(std::move(transaction));
}

absl::StatusOr<int64_t> QueuedOpensAt(Session& session, const base::Id& org_id) {
  Claimer claimer(session, org_id, 0);
  OL_RETURN_IF_ERROR(TakeAll(session, org_id, &claimer));
  return claimer.blocked_until_us();
}

}  // namespace onlyleads::engine
