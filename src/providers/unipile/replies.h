// Replies of Unipile's API V1 as values: lenient (null equals absent, 0/1 equals false/true,
// unknown members ignored), pure, and short: only members that the engine uses are kept, never a
// profile's contact data or a message's raw original. A read whose members are of other types than
// documented has no value: it must not pass for one that shows nothing.
#ifndef ONLYLEADS_SRC_PROVIDERS_UNIPILE_REPLIES_H_
#define ONLYLEADS_SRC_PROVIDERS_UNIPILE_REPLIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/providers/transport.h"
#include "src/providers/unipile/errors.h"

namespace onlyleads::providers::unipile {

enum class WriteOutcome { kSent, kNotSent, kUnknown };

// What became of an invitation, a first message or a message.
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kUnknown;
  ErrorClass cls = ErrorClass::kNone;
  Special special = Special::kNone;
  std::string slug;
  std::string remote_id;       // message or invitation; empty: sent, id not known yet
  std::string chat_id;         // of a started chat; empty likewise
  int64_t retry_after_us = 0;  // a pause, not an instant
  bool doubles = false;        // take BackoffUs(attempt) instead of `retry_after_us`
  int usage_percent = 0;       // share of LinkedIn's invitation quota, 0 when not told
};

WriteResult ParseWriteReply(const HttpReply& reply, int64_t now_us);

// A read either has its value or says why not (the verdict's class is kNone with a value).
template <typename T>
struct ReadResult {
  std::optional<T> value;
  Verdict verdict;
};

enum class InvitationState { kNone, kPending, kReceived, kIgnored, kWithdrawn };

struct Profile {
  std::string provider_id;  // as this account sees it
  std::string public_identifier;
  InvitationState invitation = InvitationState::kNone;
  int network_distance = 0;  // 1 to 3, 4 out of network, 0 not told
  bool connected = false;    // distance 1, or a relationship on record
};

struct RemoteMessage {
  std::string id;
  std::string chat_id;
  std::string text;
  std::string sender_id;
  bool is_sender = false;
  bool deleted = false;
  bool is_event = false;
  int64_t at_us = 0;  // 0 when not told
};

struct RemoteChat {
  std::string id;
  std::string attendee_provider_id;
};

struct RemoteInvitation {
  std::string id;
  std::string invited_provider_id;
  std::string invited_public_identifier;
};

// An empty cursor ends the listing; an empty page with a cursor does not.
template <typename T>
struct ListPage {
  std::vector<T> items;
  std::string cursor;
};

ReadResult<Profile> ParseProfile(const HttpReply& reply, int64_t now_us);
ReadResult<ListPage<RemoteMessage>> ParseMessages(const HttpReply& reply, int64_t now_us);
ReadResult<ListPage<RemoteChat>> ParseChats(const HttpReply& reply, int64_t now_us);
ReadResult<ListPage<RemoteInvitation>> ParseSentInvitations(const HttpReply& reply, int64_t now_us);

}  // namespace onlyleads::providers::unipile

#endif  // ONLYLEADS_SRC_PROVIDERS_UNIPILE_REPLIES_H_
