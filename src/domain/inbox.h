// What a reply means for sending. Words of refusal in seven languages; in doubt a message that asks
// to be left alone in any wording counts, because a missed opt-out breaks the law and a false one
// only loses a lead.
#ifndef ONLYLEADS_SRC_DOMAIN_INBOX_H_
#define ONLYLEADS_SRC_DOMAIN_INBOX_H_

#include <string_view>

namespace onlyleads::domain {

enum class ReplyLabel { kReply, kAutoReply, kOptOut, kPrivacyRequest };

ReplyLabel ClassifyReply(std::string_view text);

// opt_out, privacy_request, auto_reply, reply.
std::string_view ReplyLabelName(ReplyLabel label);

// Objections to direct marketing: an opt-out, and a privacy request while it is being answered.
inline bool StopsSending(ReplyLabel label) {
  return label == ReplyLabel::kOptOut || label == ReplyLabel::kPrivacyRequest;
}

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_INBOX_H_
