// Unicode text as the library compares it: UTF-8 in and out, no locale anywhere.
// Wrappers over utf8proc and libidn2; the version constant below is stored with every keyed digest,
// because a digest can only be found again under the rules it was made with.
#ifndef ONLYLEADS_SRC_BASE_TEXT_H_
#define ONLYLEADS_SRC_BASE_TEXT_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace onlyleads::base {

// Bump when Lower, Trim, or an identifier's normal form changes.
inline constexpr int kNormalisationVersion = 3;

// True for valid UTF-8 without U+0000 (both databases refuse it).
bool IsStorableUtf8(std::string_view text);
// Unicode NFC, then simple lower-casing, then NFC again. Invalid UTF-8 comes back unchanged.
std::string Lower(std::string_view text);
// Composed form (NFC).
std::string Compose(std::string_view text);
// Only letters and digits, case folded, accents off, compatibility forms resolved: the key under
// which names in tables (headers, countries) are looked up. "E-Mail Adresse" is "emailadresse".
// Empty for invalid UTF-8.
std::string FoldKey(std::string_view text);
// Letters and digits as a reader takes them, lower case and without marks: compatibility forms
// resolved, invisible characters gone, Cyrillic and Greek letters that look Latin as Latin ones,
// everything else one space each. "S\u00adTOP!" is "stop ". Empty for invalid UTF-8.
std::string PlainLetters(std::string_view text);
// Without leading and trailing white space, no-break spaces and zero-width marks included.
std::string_view Trim(std::string_view text);
// Spreadsheets run a cell that begins with = + - @ TAB or CR as a formula; an apostrophe before it
// makes it text (OWASP, CSV injection). Guard adds one, also to a text that has some before such a
// character, so that Undo, which takes one away, gives every text back.
std::string GuardFormula(std::string_view text);
std::string_view UndoFormulaGuard(std::string_view text);
// Whether a list names it, byte for byte.
bool IsOneOf(std::string_view text, std::span<const std::string_view> list);
// Number of UTF-16 code units, the unit in which LinkedIn counts a note. Invalid bytes count one
// each.
size_t Utf16Length(std::string_view text);
// CRLF and CR become LF, outer white space goes: the form in which texts are compared and digested.
std::string NormalizeMessageText(std::string_view text);
// %41 becomes A; nullopt for a malformed escape or when the result is not storable UTF-8.
std::optional<std::string> PercentDecode(std::string_view text);
// Percent-encodes everything but RFC 3986 unreserved characters.
std::string PercentEncode(std::string_view text);
// An internationalised domain in lower-case ASCII (IDNA 2008, non-transitional); nullopt when it is
// none.
std::optional<std::string> DomainToAscii(std::string_view domain);

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_TEXT_H_
