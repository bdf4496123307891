// Addresses and LinkedIn URLs: a normal form is its own normal form, the variants in which a URL is
// written name one person, and the text functions below them are idempotent. A keyed digest is
// found again only because of that.
#include <optional>
#include <string>

#include "src/base/text.h"
#include "src/domain/import/identifiers.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using domain::Identifier;
using domain::IdentifierKind;
using domain::ParseLinkedin;
using fuzz::Claim;

void CheckText(std::string_view text) {
  const std::string lower = base::Lower(text);
  Claim(base::Lower(lower) == lower, "lower case is lower case");
  const std::string composed = base::Compose(text);
  Claim(base::Compose(composed) == composed, "a composed text is composed");
  const std::string_view trimmed = base::Trim(text);
  Claim(base::Trim(trimmed) == trimmed, "a trimmed text is trimmed");
  const std::string key = base::FoldKey(text);
  Claim(base::FoldKey(key) == key, "a key is its own key");
  const std::string message = base::NormalizeMessageText(text);
  Claim(base::NormalizeMessageText(message) == message, "a normal message is normal");
  const auto decoded = base::PercentDecode(base::PercentEncode(text));
  Claim(decoded.has_value() == base::IsStorableUtf8(text), "all text can be percent-encoded");
  Claim(!decoded || *decoded == text, "percent-encoding loses nothing");
  const auto domain = base::DomainToAscii(text);
  Claim(!domain || base::DomainToAscii(*domain) == domain, "a domain in ASCII stays");
}

void CheckEmail(std::string_view text) {
  const auto address = domain::NormalizeEmail(text);
  if (address) {
    Claim(domain::NormalizeEmail(*address) == address, "a normal address is normal");
    Claim(domain::NormalizeEmail(" MAILTO:" + *address + "\r\n") == address,
          "mailto: and outer space do not count");
    Claim(base::IsStorableUtf8(*address) && address->size() <= 254, "an address can be stored");
  }
  const domain::EmailCell cell = domain::ParseEmailCell(text);
  std::string list;
  for (const std::string& one : cell.addresses) {
    Claim(domain::NormalizeEmail(one) == one, "a cell's addresses are normal");
    list += one + "; ";
  }
  const domain::EmailCell again = domain::ParseEmailCell(list);
  Claim(again.addresses == cell.addresses && !again.malformed, "a list of addresses is read");
}

void CheckSlug(const Identifier& id) {
  static constexpr std::string_view kBefore[] = {
      "https://www.linkedin.com/in/",    "http://linkedin.com/in/", "https://DE.LinkedIn.com/in/",
      "https://www.linkedin.com/m/in/",  "//linkedin.com/in/",      "linkedin.com/comm/in/",
      "https://www.linkedin.com:443/in/"};
  static constexpr std::string_view kBehind[] = {"", "/", "/?trk=people", "#about", "/details/"};
  const std::string slug = base::PercentEncode(id.value);
  for (std::string_view before : kBefore) {
    for (std::string_view behind : kBehind) {
      const std::string url = std::string(before) + slug + std::string(behind);
      Claim(ParseLinkedin(url) == id, "variants of a URL name one person");
    }
  }
  Claim(ParseLinkedin("https://www.linkedin.com/in/" + id.value) == id, "a plain slug is the same");
}

void CheckLinkedin(std::string_view text, bool bare) {
  const auto id = ParseLinkedin(text, bare);
  if (!id) return;
  Claim(!id->value.empty() && base::IsStorableUtf8(id->value), "an identifier can be stored");
  if (id->kind == IdentifierKind::kLinkedinPublicId) return CheckSlug(*id);
  Claim(ParseLinkedin(id->value) == id, "an id names itself");
  Claim(ParseLinkedin("<" + id->value + ">") == id, "angle brackets do not count");
  Claim(ParseLinkedin("https://www.linkedin.com/sales/lead/" + id->value + ",NAME,x") == id,
        "a lead's URL names it");
}

}  // namespace
}  // namespace onlyleads

// One byte of choice, then the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const bool bare = (input.Byte() & 1) != 0;
  const std::string_view text = input.Bytes(4096);
  CheckText(text);
  CheckEmail(text);
  CheckLinkedin(text, bare);
  return 0;
}
