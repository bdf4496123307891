// Which channels a member's authorisation covers, as text and as a list. Pure.
#ifndef ONLYLEADS_SRC_DOMAIN_MANDATES_H_
#define ONLYLEADS_SRC_DOMAIN_MANDATES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

// The channels that a LinkedIn sender has: an invitation with its note, and a message.
std::vector<Channel> SenderChannels();

// "linkedin_invite_note,linkedin_message": channel ids with commas between them; empty means every
// channel of the sender. Each at most once, in any order; the result is in the sender's order.
absl::StatusOr<std::vector<Channel>> ParseScope(std::string_view scope);
std::string ScopeText(const std::vector<Channel>& channels);

// The SHA-256 of what was agreed to, as 64 hexadecimal digits; empty stays empty.
absl::StatusOr<std::string> ParseTextDigest(std::string_view hex);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_MANDATES_H_
