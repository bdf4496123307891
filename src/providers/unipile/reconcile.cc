// Matching in two passes: first where the chat is known to be the right one, then new chats whose
// people the listing did not name, where only a text that is nobody else's settles anything.
#include "src/providers/unipile/reconcile.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "src/base/text.h"
#include "src/base/time.h"

namespace onlyleads::providers::unipile {
namespace {

constexpr int64_t kLooksUs[] = {60 * base::kSecondUs, 5 * base::kMinuteUs, 15 * base::kMinuteUs,
                                base::kDayUs};

class Matcher {
 public:
  Matcher(const std::vector<StoredSend>& sends, const std::vector<RemoteMessage>& messages,
          const std::vector<RemoteChat>& chats, const std::vector<std::string>& taken)
      : sends_(sends), messages_(messages), result_(sends.size()), used_(messages.size()) {
    for (const RemoteChat& chat : chats) {
      if (!chat.attendee_provider_id.empty()) attendee_of_[chat.id] = chat.attendee_provider_id;
    }
    std::set<std::string> seen(taken.begin(), taken.end());
    for (size_t i = 0; i < messages.size(); ++i) {
      digests_.push_back(TextDigest(messages[i].text));
      const RemoteMessage& message = messages[i];
      // Pages may overlap when messages arrive between two reads.
      const bool repeated = !message.id.empty() && !seen.insert(message.id).second;
      used_[i] = repeated || !message.is_sender || message.deleted || message.is_event;
    }
  }

  std::vector<MessageMatch> Run() {
    const std::vector<size_t> remote_order = OldestFirst(messages_, &RemoteMessage::at_us);
    for (size_t send : OldestFirst(sends_, &StoredSend::started_us)) {
      TakeFirst(send, remote_order);
    }
    for (size_t send = 0; send < sends_.size(); ++send) SettleByText(send, remote_order);
    return std::move(result_);
  }

 private:
  template <typename T>
  static std::vector<size_t> OldestFirst(const std::vector<T>& items, int64_t T::*at_us) {
    std::vector<size_t> order(items.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return items[a].*at_us < items[b].*at_us; });
    return order;
  }

  bool SameText(const StoredSend& send, size_t remote) const {
    const int64_t at_us = messages_[remote].at_us;
    // A message without a time came from a listing that began at the window.
    const bool in_window = at_us == 0 || at_us >= WindowStartUs(send);
    return in_window && digests_[remote] == send.text_digest;
  }

  bool InRightChat(const StoredSend& send, size_t remote) const {
    const std::string& chat_id = messages_[remote].chat_id;
    if (send.kind == SendKind::kMessage) return !chat_id.empty() && chat_id == send.chat_id;
    if (send.kind != SendKind::kNewChat) return false;
    const auto found = attendee_of_.find(chat_id);
    return found != attendee_of_.end() && found->second == send.provider_id;
  }

  void TakeFirst(size_t send, const std::vector<size_t>& remote_order) {
    for (size_t remote : remote_order) {
      if (used_[remote] || !InRightChat(sends_[send], remote)) continue;
      if (!SameText(sends_[send], remote)) continue;
      used_[remote] = true;
      result_[send] = {MatchState::kFound, remote, true};
      return;
    }
  }

  // A new chat that nobody is named for.
  bool FitsUnnamed(size_t send, size_t remote) const {
    const StoredSend& stored = sends_[send];
    if (stored.kind != SendKind::kNewChat || result_[send].state == MatchState::kFound) {
      return false;
    }
    return !used_[remote] && !attendee_of_.contains(messages_[remote].chat_id) &&
           SameText(stored, remote);
  }

  void SettleByText(size_t send, const std::vector<size_t>& remote_order) {
    for (size_t remote : remote_order) {
      if (!FitsUnnamed(send, remote)) continue;
      result_[send] = {MatchState::kAmbiguous, remote};
      for (size_t other = 0; other < sends_.size(); ++other) {
        if (other != send && FitsUnnamed(other, remote)) return;
      }
      used_[remote] = true;
      result_[send].state = MatchState::kFound;
      return;
    }
  }

  const std::vector<StoredSend>& sends_;
  const std::vector<RemoteMessage>& messages_;
  std::vector<MessageMatch> result_;
  std::vector<bool> used_;
  std::vector<base::Digest> digests_;
  std::map<std::string, std::string> attendee_of_;
};

}  // namespace

base::Digest TextDigest(std::string_view text) {
  return base::Sha256(base::NormalizeMessageText(text));
}

int64_t WindowStartUs(const StoredSend& send) {
  return send.started_us - (send.last_look ? kLastMatchSlackUs : kMatchSlackUs);
}

bool IsLastLook(int looks_done) { return looks_done + 1 == static_cast<int>(std::size(kLooksUs)); }

std::vector<MessageMatch> MatchMessages(const std::vector<StoredSend>& sends,
                                        const std::vector<RemoteMessage>& messages,
                                        const std::vector<RemoteChat>& chats,
                                        const std::vector<std::string>& taken) {
  return Matcher(sends, messages, chats, taken).Run();
}

std::optional<size_t> MatchInvitation(const StoredSend& send,
                                      const std::vector<RemoteInvitation>& invitations) {
  if (send.kind != SendKind::kInvitation) return std::nullopt;
  const std::string public_identifier = base::Lower(send.public_identifier);
  for (size_t i = 0; i < invitations.size(); ++i) {
    const RemoteInvitation& remote = invitations[i];
    const bool same_id =
        !send.provider_id.empty() && remote.invited_provider_id == send.provider_id;
    const bool same_name = !public_identifier.empty() &&
                           base::Lower(remote.invited_public_identifier) == public_identifier;
    if (same_id || same_name) return i;
  }
  return std::nullopt;
}

bool ProfileShowsInvitation(const StoredSend& send, const Profile& profile) {
  if (send.kind != SendKind::kInvitation) return false;
  return profile.connected || profile.invitation == InvitationState::kPending;
}

std::optional<int64_t> NextLookUs(int64_t unknown_since_us, int looks_done) {
  if (looks_done < 0 || looks_done >= static_cast<int>(std::size(kLooksUs))) return std::nullopt;
  return unknown_since_us + kLooksUs[looks_done];
}

}  // namespace onlyleads::providers::unipile
