#include "src/domain/words.h"

#include "src/base/text.h"

namespace onlyleads::domain {
namespace {

// General punctuation (U+2010-U+205E, where curly quotes and dashes live), Latin-1 punctuation, and
// the no-break space, in their UTF-8 forms.
size_t SeparatorBytes(std::string_view text) {
  const auto at = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned c = at(0);
  if (c < 0x80) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return word ? 0 : 1;
  }
  if (c == 0xC2) return at(1) == 0xAA || at(1) == 0xBA || at(1) == 0xB5 ? 0 : 2;
  if (c == 0xE2 && (at(1) == 0x80 || at(1) == 0x81)) return 3;
  if (c == 0xE3 && at(1) == 0x80) return 3;
  return 0;
}

}  // namespace

std::string FoldWords(std::string_view text) {
  const std::string lower = base::Lower(text);
  std::string out = " ";
  std::string_view rest = lower;
  while (!rest.empty()) {
    const size_t separator = SeparatorBytes(rest);
    if (separator == 0) {
      out.push_back(rest.front());
      rest.remove_prefix(1);
      while (!rest.empty() && (static_cast<unsigned char>(rest.front()) & 0xC0) == 0x80) {
        out.push_back(rest.front());
        rest.remove_prefix(1);
      }
    } else {
      if (out.back() != ' ') out.push_back(' ');
      rest.remove_prefix(std::min(separator, rest.size()));
    }
  }
  if (out.back() != ' ') out.push_back(' ');
  return out;
}

}  // namespace onlyleads::domain
