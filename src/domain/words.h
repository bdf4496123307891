// Text as a row of lower-case words with single spaces around each, so that a search for " vp "
// finds whole words only. Punctuation separates words; letters keep their marks.
#ifndef ONLYLEADS_SRC_DOMAIN_WORDS_H_
#define ONLYLEADS_SRC_DOMAIN_WORDS_H_

#include <string>
#include <string_view>

namespace onlyleads::domain {

// " head of sales " for "Head of Sales!"; " " for text without words.
std::string FoldWords(std::string_view text);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_WORDS_H_
