// Addresses and the role table. LinkedIn identifiers are in linkedin_url.cc.
#include "src/domain/import/identifiers.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "src/base/text.h"
#include "src/domain/import/tables.h"

namespace onlyleads::domain {
namespace {

constexpr std::string_view kAtext = "!#$%&'*+-/=?^_`{|}~";

bool IsAtext(unsigned char c) {
  return absl::ascii_isalnum(c) || c >= 0x80 || kAtext.find(static_cast<char>(c)) != kAtext.npos;
}

// Dot-separated atoms, none empty.
bool IsLocalPart(std::string_view local) {
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') {
    return false;
  }
  if (local.find("..") != local.npos || !base::IsStorableUtf8(local)) return false;
  // Marks that nobody sees (no-break spaces, zero-width characters) are damage.
  for (std::string_view hidden :
       {"\u00a0", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufffd", "\u00ad"}) {
    if (local.find(hidden) != local.npos) return false;
  }
  return std::all_of(local.begin(), local.end(),
                     [](unsigned char c) { return c == '.' || IsAtext(c); });
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsDomain(std::string_view domain) {
  if (domain.size() > 253) return false;
  int labels = 0;
  std::string_view last;
  for (std::string_view rest = domain;; ++labels) {
    const size_t dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!IsLabel(last)) return false;
    if (dot == rest.npos) break;
    rest.remove_prefix(dot + 1);
  }
  const bool digits =
      std::all_of(last.begin(), last.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  return labels >= 1 && !digits;
}

// Outer quotes or apostrophes that programs leave around a pasted address.
std::string_view Unwrap(std::string_view text) {
  text = base::Trim(text);
  while (text.size() >= 2 && text.front() == text.back() &&
         (text.front() == '"' || text.front() == '\'')) {
    text = base::Trim(text.substr(1, text.size() - 2));
  }
  return text;
}

bool IsPlaceholder(std::string_view text) {
  static constexpr std::string_view kWords[] = {"-",    "--",   "---",  "n/a", "#n/a", "na",
                                                "n.a.", "none", "null", "nil", "."};
  return base::IsOneOf(base::Lower(text), kWords);
}

void Keep(std::string address, EmailCell* out) {
  const auto& known = out->addresses;
  if (std::find(known.begin(), known.end(), address) == known.end()) {
    out->addresses.push_back(std::move(address));
  }
}

// Addresses that blanks, slashes or bars part, when every part is one.
std::vector<std::string> SplitAddresses(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = text.find_first_of(" \t/|");
    if (end != 0) {
      std::optional<std::string> address = NormalizeEmail(text.substr(0, end));
      if (!address) return {};
      parts.push_back(*std::move(address));
    }
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

void AddAddress(std::string_view text, EmailCell* out) {
  text = Unwrap(text);
  if (text.empty() || IsPlaceholder(text)) return;
  if (std::optional<std::string> address = NormalizeEmail(text)) {
    return Keep(*std::move(address), out);
  }
  std::vector<std::string> parts = SplitAddresses(text);
  out->malformed |= parts.empty();
  for (std::string& part : parts) Keep(std::move(part), out);
}

}  // namespace

std::optional<std::string> NormalizeEmail(std::string_view text) {
  text = base::Trim(text);
  if (text.size() > 1024 || !base::IsStorableUtf8(text)) return std::nullopt;
  std::string lower = base::Lower(text);
  if (lower.starts_with("mailto:")) lower.erase(0, 7);
  const size_t at = lower.find('@');
  if (at == lower.npos || lower.find('@', at + 1) != lower.npos) return std::nullopt;
  const std::string local(base::Trim(std::string_view(lower).substr(0, at)));
  if (!IsLocalPart(local)) return std::nullopt;
  // The IDNA library maps and drops characters; what is plain ASCII must be right as it stands.
  const std::string_view domain = std::string_view(lower).substr(at + 1);
  const std::optional<std::string> ascii = base::DomainToAscii(domain);
  if (!ascii || !IsDomain(*ascii) || domain.find_first_of(" \t\r\n") != domain.npos) {
    return std::nullopt;
  }
  std::string address = local + "@" + *ascii;
  if (address.size() > 254) return std::nullopt;
  return address;
}

EmailCell ParseEmailCell(std::string_view cell) {
  EmailCell out;
  if (cell.find('<') != cell.npos && cell.find('>') != cell.npos) {
    // "Name <address>", where the name may hold separators of its own.
    while (true) {
      const size_t open = cell.find('<');
      const size_t close = cell.find('>', open == cell.npos ? 0 : open);
      if (open == cell.npos || close == cell.npos) break;
      AddAddress(cell.substr(open + 1, close - open - 1), &out);
      cell.remove_prefix(close + 1);
    }
    if (cell.find('@') == cell.npos) return out;
  }
  while (!cell.empty()) {
    const size_t end = cell.find_first_of(";,\r\n");
    AddAddress(cell.substr(0, end), &out);
    if (end == cell.npos) break;
    cell.remove_prefix(end + 1);
  }
  return out;
}

bool IsRoleMailbox(std::string_view address) {
  std::string_view local = address.substr(0, address.find('@'));
  local = local.substr(0, local.find('+'));
  const auto roles = RoleLocalParts();
  return std::binary_search(roles.begin(), roles.end(), local);
}

}  // namespace onlyleads::domain
