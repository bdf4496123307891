// What identifies a person, in its normal form: e-mail address, LinkedIn public identifier, member
// id, Sales Navigator id. The same functions serve the import, lookups and suppressions, because a
// keyed digest is found again only under the rules it was made with (base::kNormalisationVersion).
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_IDENTIFIERS_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_IDENTIFIERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace onlyleads::domain {

enum class IdentifierKind : int32_t {
  kEmail = 1,
  kLinkedinPublicId = 2,  // the slug of linkedin.com/in/<slug>
  kLinkedinMemberId = 3,  // ACoAA...
  kSalesNavigatorId = 4,  // ACwAA...
};

struct Identifier {
  IdentifierKind kind = IdentifierKind::kEmail;
  std::string value;

  bool operator==(const Identifier&) const = default;
};

// An address in normal form: trimmed, without "mailto:", lower-cased, the domain in ASCII (IDNA).
// Nullopt when it is malformed, which is: no or more than one @; a local part that is empty, longer
// than 64 bytes, quoted, with a leading, trailing or doubled dot, or with anything but letters,
// digits, !#$%&'*+-/=?^_`{|}~. and letters beyond ASCII (RFC 6531); a domain of fewer than two
// labels, with a label that is empty, longer than 63 bytes, not letters, digits and inner hyphens,
// with an all-digit last label, an address literal, or longer than 253 bytes; more than 254 bytes
// together (RFC 5321, 4.5.3.1).
std::optional<std::string> NormalizeEmail(std::string_view text);

// A cell that may hold several addresses, separated by semicolon, comma or line end (or by blank,
// slash or bar, when every part is an address), each bare or as "Name <address>". Placeholders
// ("-", "n/a", "none", "null") count as empty.
struct EmailCell {
  std::vector<std::string> addresses;  // normal form, in order, no repetition
  bool malformed = false;              // something that is no address was there too
};
EmailCell ParseEmailCell(std::string_view cell);

// True when the local part, a "+tag" left out, is that of a role (info, sales, noreply, ...). Such
// an address is a contact point: kept, never identifying. `address` is in normal form.
bool IsRoleMailbox(std::string_view address);

// The identifier in a LinkedIn URL or bare id; nullopt when it names no person. Understood: any
// host under linkedin.com, with or without scheme; /in/<slug> (also below /m, /mwlite, /comm; what
// follows the slug is ignored), /in/ACoAA... (a member id), /sales/lead/<id>,... and
// /sales/people/<id>,...; urn:li:...:<id> and urn:li:fs_salesProfile:(<id>,...); bare ACoAA... and
// ACwAA... ids. Slugs are percent-decoded, composed (NFC) and lower-cased; ids keep their case.
// Query, fragment and trailing slash go. Not people: /company/, /school/ and the like. Legacy
// /pub/<name>/<a>/<b>/<c> URLs are no identifier either: their slug is LinkedIn's to tell.
// `bare_public_id`: the text may also be a slug alone, as in a column "Public Identifier".
std::optional<Identifier> ParseLinkedin(std::string_view text, bool bare_public_id = false);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_IDENTIFIERS_H_
