#include "src/base/text.h"

#include <idn2.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "absl/strings/ascii.h"
#include "src/base/abseil.h"

namespace onlyleads::base {
namespace {

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};

// Calls f(codepoint, bytes) until the end; stops and returns false at invalid UTF-8.
template <typename F>
bool ForEachCodepoint(std::string_view text, F f) {
  const auto* p = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t cp = 0;
    const utf8proc_ssize_t n = utf8proc_iterate(p, left, &cp);
    if (n <= 0) return false;
    if (!f(cp, static_cast<size_t>(n))) return false;
    p += n;
    left -= n;
  }
  return true;
}

bool IsAscii(std::string_view text) {
  for (unsigned char c : text) {
    if (c >= 0x80) return false;
  }
  return true;
}

bool IsSpace(int32_t cp) {
  if (cp == ' ' || (cp >= 0x09 && cp <= 0x0d) || cp == 0x85 || cp == 0xa0) return true;
  return cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200d) || cp == 0x2028 || cp == 0x2029 ||
         cp == 0x202f || cp == 0x205f || cp == 0x2060 || cp == 0x3000 || cp == 0xfeff;
}

// True for = + - @ TAB or CR behind any number of apostrophes.
bool LooksLikeFormula(std::string_view text) {
  const size_t first = text.find_first_not_of('\'');
  return first != text.npos && std::string_view("=+-@\t\r").find(text[first]) != text.npos;
}

// Start of the last code point of a non-empty text.
size_t LastStart(std::string_view text) {
  size_t i = text.size() - 1;
  while (i > 0 && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) --i;
  return i;
}

int32_t CodepointAt(std::string_view text, size_t* bytes) {
  utf8proc_int32_t cp = -1;
  const utf8proc_ssize_t n =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &cp);
  *bytes = n > 0 ? static_cast<size_t>(n) : 0;
  return n > 0 ? cp : -1;
}

void AppendCodepoint(int32_t cp, std::string* out) {
  utf8proc_uint8_t buffer[4];
  const utf8proc_ssize_t n = utf8proc_encode_char(cp, buffer);
  out->append(reinterpret_cast<char*>(buffer), static_cast<size_t>(n));
}

// Case folded, compatibility forms resolved, marks off. Empty for invalid UTF-8.
std::string FoldMarks(std::string_view text, int more_options) {
  utf8proc_uint8_t* folded = nullptr;
  const utf8proc_ssize_t n = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &folded,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | more_options));
  std::unique_ptr<utf8proc_uint8_t, FreeDeleter> owner(folded);
  if (n == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (n < 0) return {};
  return std::string(reinterpret_cast<char*>(folded), static_cast<size_t>(n));
}

// The Latin letter that a Cyrillic or Greek one looks like; else the same.
int32_t LatinLookalike(int32_t cp) {
  static constexpr std::pair<int32_t, char> kLookalikes[] = {
      {0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'},
      {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'},
      {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'},
      {0x3b1, 'a'}, {0x3b5, 'e'}, {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bd, 'v'},
      {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'}, {0x3c7, 'x'}};
  for (const auto& [from, to] : kLookalikes) {
    if (from == cp) return to;
  }
  return cp;
}

}  // namespace

bool IsStorableUtf8(std::string_view text) {
  return ForEachCodepoint(text, [](int32_t cp, size_t) { return cp != 0; });
}

std::string Compose(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t n =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &out,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  std::unique_ptr<utf8proc_uint8_t, FreeDeleter> owner(out);
  if (n == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (n < 0) return std::string(text);
  return std::string(reinterpret_cast<char*>(out), static_cast<size_t>(n));
}

std::string Lower(std::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(ToAbsl(text));
  const std::string composed = Compose(text);
  std::string out;
  out.reserve(composed.size());
  const bool valid = ForEachCodepoint(composed, [&](int32_t cp, size_t) {
    AppendCodepoint(utf8proc_tolower(cp), &out);
    return true;
  });
  // Some letters exist in one piece only in lower case (W with a ring).
  return valid ? Compose(out) : std::string(text);
}

std::string PlainLetters(std::string_view text) {
  std::string out;
  const bool valid = ForEachCodepoint(FoldMarks(text, UTF8PROC_IGNORE), [&](int32_t cp, size_t) {
    const utf8proc_category_t category = utf8proc_category(cp);
    const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    const bool digit = category == UTF8PROC_CATEGORY_ND;
    AppendCodepoint(letter || digit ? LatinLookalike(cp) : ' ', &out);
    return true;
  });
  return valid ? out : std::string();
}

std::string FoldKey(std::string_view text) {
  const std::string view = FoldMarks(text, 0);
  std::string out;
  ForEachCodepoint(view, [&](int32_t cp, size_t) {
    const utf8proc_category_t category = utf8proc_category(cp);
    const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    const bool digit = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    if (letter || digit) AppendCodepoint(cp, &out);
    return true;
  });
  return out;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty()) {
    size_t bytes = 0;
    if (!IsSpace(CodepointAt(text, &bytes))) break;
    text.remove_prefix(bytes);
  }
  while (!text.empty()) {
    const size_t start = LastStart(text);
    size_t bytes = 0;
    if (!IsSpace(CodepointAt(text.substr(start), &bytes))) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string GuardFormula(std::string_view text) {
  return LooksLikeFormula(text) ? "'" + std::string(text) : std::string(text);
}

std::string_view UndoFormulaGuard(std::string_view text) {
  if (text.empty() || text[0] != '\'' || !LooksLikeFormula(text)) return text;
  return text.substr(1);
}

bool IsOneOf(std::string_view text, std::span<const std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

size_t Utf16Length(std::string_view text) {
  size_t units = 0;
  while (!text.empty()) {
    size_t bytes = 0;
    const int32_t cp = CodepointAt(text, &bytes);
    units += cp >= 0x10000 ? 2 : 1;
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return units;
}

std::string NormalizeMessageText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out.push_back(text[i]);
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out.push_back('\n');
    }
  }
  return std::string(Trim(out));
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      return std::nullopt;
    }
    const std::string hex(text.substr(i + 1, 2));
    out.push_back(static_cast<char>(std::strtol(hex.c_str(), nullptr, 16)));
    i += 2;
  }
  if (!IsStorableUtf8(out)) return std::nullopt;
  return out;
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(static_cast<char>(c));
    } else {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  return out;
}

std::optional<std::string> DomainToAscii(std::string_view domain) {
  char* out = nullptr;
  if (domain.find('\0') != domain.npos) return std::nullopt;
  const std::string input(domain);
  const int rc = idn2_to_ascii_8z(input.c_str(), &out, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  std::unique_ptr<char, FreeDeleter> owner(out);
  if (rc == IDN2_MALLOC) throw std::bad_alloc();
  if (rc != IDN2_OK) return std::nullopt;
  return absl::AsciiStrToLower(out);
}

}  // namespace onlyleads::base
