// LinkedIn's URLs and ids, as exports and scrapers write them. Only the shape is judged: whether a
// profile exists is not known here.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "src/base/text.h"
#include "src/domain/import/identifiers.h"

namespace onlyleads::domain {
namespace {

constexpr size_t kMaxUrlBytes = 4096;
constexpr size_t kMaxSlugBytes = 512;

bool IsIdChar(unsigned char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; }

// A member or Sales Navigator id at the start of `text`, which may go on behind a separator.
std::optional<Identifier> LeadingId(std::string_view text) {
  const bool member = text.starts_with("ACoAA");
  if (!member && !text.starts_with("ACwAA")) return std::nullopt;
  const auto end = std::find_if_not(text.begin(), text.end(), IsIdChar);
  const auto size = static_cast<size_t>(end - text.begin());
  if (size < 8 || size > 128) return std::nullopt;
  if (end != text.end() && std::string_view(",)&?#/ ").find(*end) == std::string_view::npos) {
    return std::nullopt;
  }
  return Identifier{member ? IdentifierKind::kLinkedinMemberId : IdentifierKind::kSalesNavigatorId,
                    std::string(text.substr(0, size))};
}

std::optional<Identifier> FromSlug(std::string_view segment) {
  const std::optional<std::string> decoded = base::PercentDecode(segment);
  if (!decoded) return std::nullopt;
  if (auto id = LeadingId(*decoded)) return id;
  // An encoded query or slash behind it is cut off like a plain one.
  const std::string_view bare = std::string_view(*decoded).substr(0, decoded->find_first_of("/?#"));
  const std::string lower = base::Lower(bare);
  std::string_view trimmed = base::Trim(lower);
  while (trimmed.ends_with('.')) {  // of the sentence that the URL stood in
    trimmed.remove_suffix(1);
    trimmed = base::Trim(trimmed);
  }
  std::string slug(trimmed);
  if (slug.empty() || slug.size() > kMaxSlugBytes) return std::nullopt;
  for (unsigned char c : slug) {
    // Punctuation beyond these never occurs in a slug; a comma or blank means a mangled cell.
    const bool fine = c >= 0x80 || IsIdChar(c) || c == '.' || c == '~' || c == '\'';
    if (!fine) return std::nullopt;
  }
  return Identifier{IdentifierKind::kLinkedinPublicId, slug};
}

bool TakePrefix(std::string_view prefix, std::string_view* text) {
  if (text->size() < prefix.size()) return false;
  if (base::Lower(text->substr(0, prefix.size())) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

std::string_view TakeSegment(std::string_view* path) {
  while (!path->empty() && path->front() == '/') path->remove_prefix(1);
  const std::string_view segment = path->substr(0, path->find('/'));
  path->remove_prefix(segment.size());
  return segment;
}

bool IsLinkedinHost(std::string_view authority) {
  authority = authority.substr(0, authority.find(':'));
  const std::string host = base::Lower(authority);
  return host == "linkedin.com" || host.ends_with(".linkedin.com");
}

std::optional<Identifier> FromPath(std::string_view path) {
  std::string first = base::Lower(TakeSegment(&path));
  if (first == "m" || first == "mwlite" || first == "comm") first = base::Lower(TakeSegment(&path));
  if (first == "in") return FromSlug(TakeSegment(&path));
  if (first != "sales") return std::nullopt;
  const std::string second = base::Lower(TakeSegment(&path));
  if (second != "lead" && second != "people" && second != "profile") return std::nullopt;
  const std::optional<std::string> id = base::PercentDecode(TakeSegment(&path));
  return id ? LeadingId(*id) : std::nullopt;
}

}  // namespace

std::optional<Identifier> ParseLinkedin(std::string_view text, bool bare_public_id) {
  text = base::Trim(text);
  while (text.size() >= 2 && (text.front() == '<' || text.front() == '"' || text.front() == '\'')) {
    text.remove_prefix(1);
    const bool closed = text.back() == '>' || text.back() == '"' || text.back() == '\'';
    if (closed) text.remove_suffix(1);
  }
  text = base::Trim(text);
  if (text.empty() || text.size() > kMaxUrlBytes || !base::IsStorableUtf8(text)) {
    return std::nullopt;
  }
  if (auto id = LeadingId(text)) return id;
  if (TakePrefix("urn:li:", &text)) {
    text.remove_prefix(std::min(text.size(), text.find(':') + 1));
    if (!text.empty() && text.front() == '(') text.remove_prefix(1);
    return LeadingId(text);
  }
  if (!TakePrefix("https:", &text)) TakePrefix("http:", &text);
  while (!text.empty() && text.front() == '/') text.remove_prefix(1);
  text = text.substr(0, text.find_first_of("?#"));
  const size_t slash = text.find('/');
  if (slash == text.npos) {
    return bare_public_id && !IsLinkedinHost(text) ? FromSlug(text) : std::nullopt;
  }
  if (IsLinkedinHost(text.substr(0, slash))) return FromPath(text.substr(slash));
  // "in/slug" and "/in/slug", as some tools shorten it.
  std::string_view rest = text;
  if (base::Lower(TakeSegment(&rest)) == "in") return FromSlug(TakeSegment(&rest));
  return std::nullopt;
}

}  // namespace onlyleads::domain
