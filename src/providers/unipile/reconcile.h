// Settles sends of unknown outcome from what the provider shows (Unipile has no idempotency key):
// matches stored sends against remote messages, invitations and profiles, and says when to look.
// Pure. One remote message settles at most one send; where two answers are possible nothing is
// settled, and nothing here ever concludes "not sent" from a listing that was not read to its end.
#ifndef ONLYLEADS_SRC_PROVIDERS_UNIPILE_RECONCILE_H_
#define ONLYLEADS_SRC_PROVIDERS_UNIPILE_RECONCILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/crypto.h"
#include "src/providers/unipile/replies.h"

namespace onlyleads::providers::unipile {

// Clocks differ and reads come from a cache: the window of a send starts this much before it.
inline constexpr int64_t kMatchSlackUs = 120 * 1'000'000LL;
// In the last look, behind which the send goes out again: whatever of a day before fits is it.
inline constexpr int64_t kLastMatchSlackUs = 24 * 3600 * 1'000'000LL;

enum class SendKind { kMessage, kNewChat, kInvitation };

// A send as it was recorded before the call.
struct StoredSend {
  SendKind kind = SendKind::kMessage;
  std::string chat_id;  // kMessage
  std::string provider_id;
  std::string public_identifier;
  base::Digest text_digest{};  // TextDigest of the exact text
  int64_t started_us = 0;
  bool last_look = false;
};

// Digest of a text after NormalizeMessageText, so that line ends and outer space do not matter.
base::Digest TextDigest(std::string_view text);

// Where a listing for `sends` has to begin.
int64_t WindowStartUs(const StoredSend& send);

enum class MatchState {
  kAbsent,     // nothing fits
  kFound,      // `remote` is the message
  kAmbiguous,  // something fits, but it may belong to another send: stay in doubt
};

struct MessageMatch {
  MatchState state = MatchState::kAbsent;
  size_t remote = 0;
  // Found in a chat that is known to be the person's. When false, take the message as proof of the
  // send, never its chat id: a follow-up could reach somebody else.
  bool chat_known = false;
};

// One answer per send, in order; invitations answer kAbsent here. `messages` are all pages read,
// `chats` what is known of who sits in which chat (may be empty: then a new chat is found by its
// text alone, if that settles it), `taken` the remote ids that other sends already have.
std::vector<MessageMatch> MatchMessages(const std::vector<StoredSend>& sends,
                                        const std::vector<RemoteMessage>& messages,
                                        const std::vector<RemoteChat>& chats,
                                        const std::vector<std::string>& taken);

// Index of the invitation that went to the send's person.
std::optional<size_t> MatchInvitation(const StoredSend& send,
                                      const std::vector<RemoteInvitation>& invitations);

// Whether a profile shows that an invitation to this person is out or accepted already.
bool ProfileShowsInvitation(const StoredSend& send, const Profile& profile);

// When to look for the (`looks_done` + 1)-th time: 60 s, 5 min, 15 min and a day after the outcome
// became unknown; the last one meets what a stale cache, a clock that is off or a late acceptance
// kept from the others. nullopt after the fourth complete look: the send counts as not sent. A look
// counts only when every page was read while the account was OK (a paused account's cache is
// stale).
std::optional<int64_t> NextLookUs(int64_t unknown_since_us, int looks_done);
bool IsLastLook(int looks_done);

}  // namespace onlyleads::providers::unipile

#endif  // ONLYLEADS_SRC_PROVIDERS_UNIPILE_RECONCILE_H_
