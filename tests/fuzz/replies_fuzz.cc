// Provider replies: "sent" and "not sent" are said only where the answer bears it, a read has a
// value or a verdict, pauses stay within their bounds, and one remote message settles one send.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/base/time.h"
#include "src/providers/unipile/reconcile.h"
#include "src/providers/unipile/replies.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using namespace providers::unipile;  // NOLINT(google-build-using-namespace): all of it is tried
                                     // here
using fuzz::Claim;
using providers::Completion;
using providers::HttpReply;

constexpr int64_t kNowUs = 1'795'420'800'000'000;  // 2026-11-23

bool IsCode(std::string_view slug) {
  for (char c : slug) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return slug.size() <= 64;
}

bool IsPause(int64_t us) { return us >= 0 && us <= 30 * base::kDayUs; }

void CheckWrite(const HttpReply& reply) {
  const WriteResult result = ParseWriteReply(reply, kNowUs);
  const bool complete = reply.completion == Completion::kComplete;
  const bool success = complete && reply.status >= 200 && reply.status < 300;
  Claim(result.outcome != WriteOutcome::kSent || success, "only a success is sent");
  Claim(result.outcome != WriteOutcome::kNotSent || !success, "a success is never not sent");
  if (reply.completion == Completion::kUnknown) {
    Claim(result.outcome == WriteOutcome::kUnknown, "an answer that did not come is unknown");
  }
  if (reply.completion == Completion::kNotStarted) {
    Claim(result.outcome == WriteOutcome::kNotSent, "what did not start is not sent");
  }
  Claim((result.outcome == WriteOutcome::kSent) == (result.cls == ErrorClass::kNone),
        "only what was sent has no error");
  Claim(IsCode(result.slug), "a slug is a code");
  Claim(IsPause(result.retry_after_us), "a pause lies between nothing and thirty days");
  Claim(result.usage_percent >= 0 && result.usage_percent <= 100, "usage is a share");
}

template <typename T>
void CheckRead(const ReadResult<T>& result, const HttpReply& reply) {
  Claim(result.value.has_value() == (result.verdict.cls == ErrorClass::kNone),
        "a read has a value or a verdict");
  Claim(!result.value || reply.completion == Completion::kComplete, "a value came whole");
  Claim(result.verdict.cls != ErrorClass::kInDoubt, "a read can be repeated");
  Claim(IsPause(result.verdict.pause_us) && IsCode(result.verdict.slug), "a verdict has bounds");
}

std::vector<StoredSend> MakeSends(fuzz::Input* input, const std::vector<RemoteMessage>& messages,
                                  const std::vector<RemoteChat>& chats) {
  std::vector<StoredSend> sends(input->Byte() % 8);
  for (StoredSend& send : sends) {
    const uint8_t choice = input->Byte();
    send.kind = static_cast<SendKind>(choice % 3);
    send.started_us = kNowUs + (choice >> 4) * base::kMinuteUs;
    send.text_digest = TextDigest("hello");
    send.public_identifier = "someone";
    if (!messages.empty()) {
      const RemoteMessage& message = messages[input->Byte() % messages.size()];
      send.chat_id = message.chat_id;
      send.text_digest = TextDigest(message.text);
      send.started_us = std::max<int64_t>(message.at_us, 0) / 2 + (choice & 8);
    }
    if (!chats.empty()) send.provider_id = chats[input->Byte() % chats.size()].attendee_provider_id;
  }
  return sends;
}

void CheckMatches(const std::vector<StoredSend>& sends, const std::vector<RemoteMessage>& messages,
                  const std::vector<RemoteChat>& chats) {
  std::vector<std::string> taken;
  if (!messages.empty()) taken.push_back(messages.back().id);
  const std::vector<MessageMatch> matches = MatchMessages(sends, messages, chats, taken);
  Claim(matches.size() == sends.size(), "every send has an answer");
  std::set<size_t> used;
  for (size_t i = 0; i < matches.size(); ++i) {
    const MessageMatch& match = matches[i];
    if (match.state == MatchState::kAbsent) continue;
    const RemoteMessage& remote = messages.at(match.remote);
    Claim(sends[i].kind != SendKind::kInvitation, "no message settles an invitation");
    Claim(TextDigest(remote.text) == sends[i].text_digest, "a match has the text that was sent");
    Claim(remote.is_sender && !remote.deleted && !remote.is_event, "a match is one's own message");
    Claim(remote.id.empty() || remote.id != taken.front(), "a taken message settles nothing");
    if (match.state != MatchState::kFound) continue;
    Claim(used.insert(match.remote).second, "one remote message settles one send");
  }
}

}  // namespace
}  // namespace onlyleads

// Four bytes of status and choices, a Retry-After up to a zero byte, the sends' bytes up to a zero
// byte, then the body.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  HttpReply reply;
  reply.completion = static_cast<Completion>(input.Byte() % 3);
  reply.status = input.Byte();
  reply.status += 256 * (input.Byte() % 4);
  if (const std::string_view after = input.UntilZero(); !after.empty()) {
    reply.headers.emplace_back("retry-after", after);
  }
  if (reply.completion != Completion::kComplete) reply.error = "timeout";
  const std::string_view choices = input.UntilZero();
  reply.body = input.Rest();

  CheckWrite(reply);
  CheckRead(ParseProfile(reply, kNowUs), reply);
  const auto messages = ParseMessages(reply, kNowUs);
  CheckRead(messages, reply);
  const auto chats = ParseChats(reply, kNowUs);
  CheckRead(chats, reply);
  const auto invitations = ParseSentInvitations(reply, kNowUs);
  CheckRead(invitations, reply);
  if (!messages.value || !chats.value || !invitations.value) return 0;
  fuzz::Input from(reinterpret_cast<const uint8_t*>(choices.data()), choices.size());
  const auto sends = MakeSends(&from, messages.value->items, chats.value->items);
  CheckMatches(sends, messages.value->items, chats.value->items);
  for (const StoredSend& send : sends) {
    const auto found = MatchInvitation(send, invitations.value->items);
    fuzz::Claim(!found || send.kind == SendKind::kInvitation, "invitations settle invitations");
    fuzz::Claim(!found || *found < invitations.value->items.size(), "a match is in the list");
  }
  return 0;
}
