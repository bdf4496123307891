// Looks for rare words and numbers in bytes: as UTF-8, UTF-16, hexadecimal, escaped JSON and
// base64, and of a word for each piece of four letters. Knows nothing of where the bytes come from.
#ifndef ONLYLEADS_TESTS_SUPPORT_TRACE_SEARCH_H_
#define ONLYLEADS_TESTS_SUPPORT_TRACE_SEARCH_H_

#include <algorithm>
#include <bitset>
#include <cctype>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "tests/support/full_person.h"

namespace onlyleads::tests {

// Every way in which a piece of a word, or a number, may stand in bytes.
class Search {
 public:
  explicit Search(std::vector<std::string> words, std::vector<RareValue> values = {})
      : values_(std::move(values)) {
    for (const RareValue& value : values_) {
      if (!value.word.empty()) words.push_back(value.word);
    }
    for (const std::string& word : words) {
      for (size_t i = 0; i + 4 <= word.size(); ++i) {
        const std::string piece = word.substr(i, 4);
        pieces_.insert(piece);
        first_.set(static_cast<unsigned char>(piece[0]));
        hex_.insert(absl::BytesToHexString(piece));
      }
      // Base64 at each alignment, without the characters that the neighbours share.
      for (size_t shift = 0; shift < 3; ++shift) {
        const std::string text = absl::Base64Escape(std::string(shift, 'a') + word);
        const size_t begin = shift == 0 ? 0 : 4;
        base64_.push_back(text.substr(begin, (shift + word.size()) / 3 * 4 - begin));
      }
    }
  }

  // What stands there, with the column that it was put into where that can be told; or nothing.
  std::string In(std::string_view bytes) const {
    const std::string whole = Values(bytes);
    if (!whole.empty()) return whole;
    std::string found = Pieces(bytes, 1);
    if (found.empty()) found = Pieces(bytes, 2);  // UTF-16, either order
    if (found.empty()) found = Pieces(Unescaped(bytes), 1);
    if (found.empty()) found = Hex(bytes);
    if (!found.empty()) return found;
    for (const std::string& text : base64_) {
      if (bytes.find(text) != std::string_view::npos) return text;
    }
    return "";
  }

 private:
  // The columns whose values stand there whole.
  std::string Values(std::string_view bytes) const {
    const auto has = [&](std::string_view form) {
      return bytes.find(form) != std::string_view::npos;
    };
    std::string columns;
    for (const RareValue& value : values_) {
      const bool found = (!value.word.empty() && has(value.word)) ||
                         std::any_of(value.forms.begin(), value.forms.end(), has);
      if (found) columns += (columns.empty() ? "" : ", ") + value.column;
    }
    return columns;
  }
  // As ids and digests are written.
  std::string Hex(std::string_view bytes) const {
    for (size_t i = 0; i + 8 <= bytes.size(); ++i) {
      if (bytes[i] != '6' && bytes[i] != '7') continue;  // of q, x, z and j
      const std::string piece = absl::AsciiStrToLower({bytes.data() + i, 8});
      if (hex_.count(piece) > 0) return piece;
    }
    return "";
  }
  std::string Pieces(std::string_view bytes, size_t step) const {
    std::string piece(4, ' ');
    for (size_t i = 0; i + 3 * step < bytes.size(); ++i) {
      if (!first_[static_cast<unsigned char>(bytes[i])]) continue;
      bool gaps_are_zero = true;
      for (size_t k = 0; k < 4; ++k) {
        piece[k] = bytes[i + k * step];
        if (step == 2 && k < 3) gaps_are_zero &= bytes[i + k * step + 1] == '\0';
      }
      if (gaps_are_zero && pieces_.count(piece) > 0) return piece;
    }
    return "";
  }
  // \u0071 becomes q.
  static std::string Unescaped(std::string_view bytes) {
    std::string text;
    for (size_t i = 0; i < bytes.size(); ++i) {
      const bool escape = bytes.substr(i, 4) == "\\u00" && i + 6 <= bytes.size() &&
                          std::isxdigit(static_cast<unsigned char>(bytes[i + 4])) != 0 &&
                          std::isxdigit(static_cast<unsigned char>(bytes[i + 5])) != 0;
      if (!escape) {
        text += bytes[i];
        continue;
      }
      text += static_cast<char>(std::stoi(std::string(bytes.substr(i + 4, 2)), nullptr, 16));
      i += 5;
    }
    return text;
  }

  std::vector<RareValue> values_;
  std::unordered_set<std::string> pieces_;
  std::unordered_set<std::string> hex_;
  std::bitset<256> first_;  // letters that a piece begins with
  std::vector<std::string> base64_;
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_TRACE_SEARCH_H_
