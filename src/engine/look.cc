#include "src/engine/look.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/engine/decide.h"

namespace onlyleads::engine {
namespace {

namespace unipile = providers::unipile;
using storage::MessageRow;
using unipile::SendKind;

bool IsInvitation(const unipile::StoredSend& send) { return send.kind == SendKind::kInvitation; }

size_t BytesOf(const unipile::RemoteMessage& m) {
  return sizeof(m) + m.id.size() + m.chat_id.size() + m.text.size() + m.sender_id.size();
}
size_t BytesOf(const unipile::RemoteChat& c) {
  return sizeof(c) + c.id.size() + c.attendee_provider_id.size();
}
size_t BytesOf(const unipile::RemoteInvitation& i) {
  return sizeof(i) + i.id.size() + i.invited_provider_id.size() +
         i.invited_public_identifier.size();
}

class Looker {
 public:
  Looker(Engine& engine, const base::Id& org_id, const Question& question, const Reads& reads,
         LookState* state)
      : engine_(engine), org_id_(org_id), question_(question), reads_(reads), state_(*state) {}

  absl::StatusOr<LookResult> Run() {
    LookResult result;
    result.answers.resize(question_.messages.size());
    OL_ASSIGN_OR_RETURN(result.end, AskForAccount());
    if (result.end == LookEnd::kWhole && question_.HasMessage()) {
      OL_ASSIGN_OR_RETURN(result.end, LookForMessages(&result.answers));
    }
    if (result.end == LookEnd::kWhole && question_.HasInvitation()) {
      OL_ASSIGN_OR_RETURN(result.end, LookForInvitations(&result.answers));
    }
    return result;
  }

 private:
  // The disclosure belongs to the person asked about; a listing of the whole account is booked on
  // the first of them. nullopt: no call left.
  absl::StatusOr<std::optional<providers::HttpReply>> Read(const base::Id& prospect_id,
                                                           providers::HttpRequest request) {
    if (!reads_.left()) return std::nullopt;
    std::optional<domain::EgressPass> pass;
    {
      OL_ASSIGN_OR_RETURN(Session session, engine_.Enter());
      OL_ASSIGN_OR_RETURN(storage::Transaction transaction,
                          storage::Transaction::Begin(session.db()));
      OL_ASSIGN_OR_RETURN(
          pass, OpenEgress(session, org_id_, prospect_id, domain::EgressPurpose::kReconcile,
                           {domain::DataCategory::kAccountIdentifier,
                            domain::DataCategory::kNetworkIdentifier}));
      OL_RETURN_IF_ERROR(transaction.Commit());
    }
    request.timeout_ms = engine_.options().max_call_ms;
    request.connect_timeout_ms = std::min<int64_t>(request.timeout_ms, 10'000);
    OL_ASSIGN_OR_RETURN(providers::HttpReply reply, reads_.fetch(*std::move(pass), request));
    return reply;
  }

  const base::Id& FirstPerson() const { return question_.messages.front().prospect_id; }

  // The cache of an account that lost its session is stale: nothing that it lacks is missing.
  absl::StatusOr<LookEnd> AskForAccount() {
    if (state_.account_ok || question_.messages.empty()) return LookEnd::kWhole;
    OL_ASSIGN_OR_RETURN(const auto reply,
                        Read(FirstPerson(), unipile::ReadAccount(question_.account)));
    if (!reply) return LookEnd::kCut;
    const auto account = unipile::ParseAccount(*reply, Since());
    if (!account.value || !account.value->ok) return LookEnd::kVoid;
    state_.account_ok = true;
    return LookEnd::kWhole;
  }

  // The pages of a listing that were not read yet.
  template <typename T, typename Build, typename Parse>
  absl::StatusOr<LookEnd> ReadAll(const base::Id& prospect_id, Build build, Parse parse,
                                  LookState::Listing<T>* listing) {
    while (!listing->whole) {
      if (listing->pages >= base::kMaxListPages || state_.bytes > base::kMaxLookBytes) {
        return LookEnd::kEndless;
      }
      OL_ASSIGN_OR_RETURN(const auto reply,
                          Read(prospect_id, build(unipile::Page{Since(), listing->cursor})));
      if (!reply) return LookEnd::kCut;
      auto result = parse(*reply, Since());
      if (!result.value) return LookEnd::kVoid;
      ++listing->pages;
      for (T& item : result.value->items) {
        state_.bytes += BytesOf(item);
        listing->items.push_back(std::move(item));
      }
      listing->cursor = result.value->cursor;
      listing->whole = listing->cursor.empty();
      if (!listing->whole && !listing->seen.insert(listing->cursor).second) {
        return LookEnd::kEndless;
      }
    }
    return LookEnd::kWhole;
  }

  int64_t Since() const {
    int64_t since = INT64_MAX;
    for (const unipile::StoredSend& send : question_.sends) {
      since = std::min(since, unipile::ListingStartUs(send));
    }
    return since;
  }

  bool OpensChats() const {
    return std::any_of(question_.sends.begin(), question_.sends.end(),
                       [](const auto& send) { return send.kind == SendKind::kNewChat; });
  }

  absl::StatusOr<LookEnd> ReadAccount() {
    OL_ASSIGN_OR_RETURN(const LookEnd end, ReadAll(
                                               FirstPerson(),
                                               [&](const unipile::Page& page) {
                                                 return unipile::ReadMessages(question_.account,
                                                                              page);
                                               },
                                               unipile::ParseMessages, &state_.messages[""]));
    if (end != LookEnd::kWhole) return end;
    return ReadAll(
        FirstPerson(),
        [&](const unipile::Page& page) { return unipile::ReadChats(question_.account, page); },
        unipile::ParseChats, &state_.chats[""]);
  }

  // Far fewer messages than all of the account's.
  absl::StatusOr<LookEnd> ReadKnownChats() {
    for (size_t i = 0; i < question_.sends.size(); ++i) {
      const unipile::StoredSend& send = question_.sends[i];
      if (send.kind != SendKind::kMessage) continue;
      OL_ASSIGN_OR_RETURN(const LookEnd end,
                          ReadAll(
                              question_.messages[i].prospect_id,
                              [&](const unipile::Page& page) {
                                return unipile::ReadChatMessages(question_.account, send.chat_id,
                                                                 page);
                              },
                              unipile::ParseMessages, &state_.messages[send.chat_id]));
      if (end != LookEnd::kWhole) return end;
    }
    return LookEnd::kWhole;
  }

  absl::StatusOr<LookEnd> LookForMessages(std::vector<Answer>* answers) {
    OL_ASSIGN_OR_RETURN(const LookEnd end, OpensChats() ? ReadAccount() : ReadKnownChats());
    if (end != LookEnd::kWhole) return end;
    std::vector<unipile::RemoteMessage> messages;
    for (const auto& [chat_id, listing] : state_.messages) {
      messages.insert(messages.end(), listing.items.begin(), listing.items.end());
    }
    const auto matches =
        unipile::MatchMessages(question_.sends, messages, state_.chats[""].items, question_.taken);
    for (size_t i = 0; i < matches.size(); ++i) {
      if (IsInvitation(question_.sends[i])) continue;
      if (matches[i].state == unipile::MatchState::kAmbiguous) {
        (*answers)[i].finding = Finding::kAmbiguous;
      } else if (matches[i].state == unipile::MatchState::kFound) {
        const unipile::RemoteMessage& remote = messages[matches[i].remote];
        (*answers)[i] = {Finding::kSent, remote.id,
                         matches[i].chat_known ? remote.chat_id : std::string()};
      }
    }
    return LookEnd::kWhole;
  }

  absl::StatusOr<LookEnd> LookForInvitations(std::vector<Answer>* answers) {
    LookState::Listing<unipile::RemoteInvitation>& sent = state_.invitations[""];
    OL_ASSIGN_OR_RETURN(LookEnd end, ReadAll(
                                         FirstPerson(),
                                         [&](const unipile::Page& page) {
                                           return unipile::ReadSentInvitations(question_.account,
                                                                               page);
                                         },
                                         unipile::ParseSentInvitations, &sent));
    for (size_t i = 0; end == LookEnd::kWhole && i < question_.sends.size(); ++i) {
      if (!IsInvitation(question_.sends[i])) continue;
      if (const auto at = unipile::MatchInvitation(question_.sends[i], sent.items)) {
        (*answers)[i] = {Finding::kSent, sent.items[*at].id, {}};
      } else if (question_.profiles) {
        OL_ASSIGN_OR_RETURN(end, LookAtProfile(i, &(*answers)[i]));
      }
    }
    return end;
  }

  // Accepted already, it has left the list of sent invitations.
  absl::StatusOr<LookEnd> LookAtProfile(size_t i, Answer* answer) {
    const unipile::StoredSend& send = question_.sends[i];
    const std::string& whom =
        send.public_identifier.empty() ? send.provider_id : send.public_identifier;
    if (whom.empty()) return LookEnd::kWhole;
    auto known = state_.profiles.find(whom);
    if (known == state_.profiles.end()) {
      OL_ASSIGN_OR_RETURN(const auto reply, Read(question_.messages[i].prospect_id,
                                                 unipile::ReadProfile(question_.account, whom)));
      if (!reply) return LookEnd::kCut;
      const auto profile = unipile::ParseProfile(*reply, Since());
      if (!profile.value && profile.verdict.cls != unipile::ErrorClass::kFinal) {
        return LookEnd::kVoid;
      }
      const bool shows = profile.value && unipile::ProfileShowsInvitation(send, *profile.value);
      known = state_.profiles.emplace(whom, shows).first;
    }
    if (known->second) answer->finding = Finding::kSent;
    return LookEnd::kWhole;
  }

  Engine& engine_;
  const base::Id& org_id_;
  const Question& question_;
  const Reads& reads_;
  LookState& state_;
};

}  // namespace

bool Question::HasInvitation() const {
  return std::any_of(sends.begin(), sends.end(), IsInvitation);
}

bool Question::HasMessage() const { return !std::all_of(sends.begin(), sends.end(), IsInvitation); }

absl::StatusOr<LookResult> Look(Engine& engine, const base::Id& org_id, const Question& question,
                                const Reads& reads) {
  std::shared_ptr<LookState>& state = engine.looks()[question.sender.sender_id];
  if (!state) {
    state = std::make_shared<LookState>();
    for (const MessageRow& message : question.messages) {
      state->tokens.insert(ToString(message.fencing_token));
    }
  }
  auto result = Looker(engine, org_id, question, reads, state.get()).Run();
  const bool goes_on = result.ok() && result->end == LookEnd::kCut;
  if (!goes_on) engine.looks().erase(question.sender.sender_id);
  return result;
}

}  // namespace onlyleads::engine
