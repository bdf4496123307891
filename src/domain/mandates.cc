#include "src/domain/mandates.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "src/base/abseil.h"
#include "src/base/error.h"

namespace onlyleads::domain {

std::vector<Channel> SenderChannels() {
  return {Channel::kLinkedinInviteNote, Channel::kLinkedinMessage};
}

absl::StatusOr<std::vector<Channel>> ParseScope(std::string_view scope) {
  const std::vector<Channel> known = SenderChannels();
  if (scope.empty()) return known;
  std::vector<bool> covered(known.size());
  for (absl::string_view part : absl::StrSplit(base::ToAbsl(scope), ',')) {
    const std::string_view name = base::FromAbsl(absl::StripAsciiWhitespace(part));
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](Channel channel) { return Name(channel) == name; });
    const auto index = static_cast<size_t>(found - known.begin());
    if (found == known.end() || covered[index]) {
      return base::Error(base::ErrorCode::kInvalidArgument,
                         "scope: must list linkedin_invite_note, linkedin_message or both, once");
    }
    covered[index] = true;
  }
  std::vector<Channel> channels;
  for (size_t i = 0; i < known.size(); ++i) {
    if (covered[i]) channels.push_back(known[i]);
  }
  return channels;
}

std::string ScopeText(const std::vector<Channel>& channels) {
  std::string text;
  for (Channel channel : channels) {
    if (!text.empty()) text += ',';
    text += Name(channel);
  }
  return text;
}

absl::StatusOr<std::string> ParseTextDigest(std::string_view hex) {
  const bool digits = std::all_of(hex.begin(), hex.end(), absl::ascii_isxdigit);
  if (hex.empty()) return std::string();
  if (hex.size() != 64 || !digits) {
    return base::Error(base::ErrorCode::kInvalidArgument,
                       "text_digest: must be a SHA-256 as 64 hexadecimal digits");
  }
  return absl::HexStringToBytes(base::ToAbsl(hex));
}

}  // namespace onlyleads::domain
