// What becomes of a row: the pure rule from a ProspectRow and what is known about its identifiers
// to exactly one disposition and the writes that go with it. Reads nothing, writes nothing.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_RESOLVE_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_RESOLVE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/id.h"
#include "src/domain/import/row.h"

namespace onlyleads::domain {

enum class Disposition : int32_t { kCreated = 1, kUpdated, kUnchanged, kSuppressed, kRejected };
// "created", "updated", "unchanged", "suppressed", "rejected".
std::string_view DispositionName(Disposition disposition);

// What happens to a person who is known already. In each mode conflicts are rejected and opt-outs
// count.
enum class OnExisting : int32_t {
  kFill = 0,   // empty fields are filled, identifiers added, nothing replaced
  kSkip,       // nothing of the row is stored: always unchanged
  kOverwrite,  // as fill, and a non-empty cell replaces a different value (an update)
};
// From "fill", "skip", "overwrite"; nullopt for anything else.
std::optional<OnExisting> OnExistingFromName(std::string_view name);

struct IdentifierMatch {
  std::optional<base::Id> owner;  // the prospect of this organization that has it
  // An erasure tombstone, or a suppression of the whole installation, matches it.
  bool blocked = false;
};

struct KnownPerson {
  base::Id id;
  PersonFields fields;
  std::string public_id;  // empty: none
  std::string member_id;  // empty: none
};

struct Known {
  std::vector<IdentifierMatch> identifiers;  // one per row.identifiers, in that order
  std::vector<bool> contact_points_blocked;  // one per row.contact_points; may be empty: none is
  std::optional<KnownPerson> person;         // required when SoleOwner() has a value
};

// The owner when all owned identifiers have the same one.
std::optional<base::Id> SoleOwner(const std::vector<IdentifierMatch>& identifiers);

struct Plan {
  Disposition disposition = Disposition::kRejected;
  Reject reject;                   // when rejected
  std::optional<base::Id> person;  // when updated or unchanged
  std::vector<Identifier> add_identifiers;
  std::vector<std::pair<PersonField, std::string>> set_fields;
  // Role mailboxes to keep with the person (insert or ignore); they never make an update.
  std::vector<std::string> contact_points;
  // The row's attributes belong to the person: absent names are added; with overwrite, present ones
  // replaced. They never make an update.
  bool store_attributes = false;
  // Addresses to suppress for the e-mail channel of this organization, whatever the disposition.
  std::vector<std::string> suppress_email;
  bool opt_out = false;  // counts in the report's opt_outs
};

// In this order:
// 1. rejected with the row's own reject (damage, limits, under 18);
// 2. without identifiers: rejected, invalid_email when a malformed address was offered (column: its
//    header), else no_identifier (column empty);
// 3. suppressed when any identifier or contact point is blocked, even if another is known;
// 4. conflict (column: of the identifier that contradicts): identifiers of two known people; a
//    public identifier or member id other than the known person's; two different public identifiers
//    or member ids in the row itself. Several addresses or Sales Navigator ids are no conflict;
// 5. created when no identifier is known; updated when an identifier is added or a field set;
//    unchanged otherwise.
// A flagged row's well-formed addresses, role mailboxes included, are suppressed for e-mail in
// every case, and the row counts as opt-out when there is at least one. An objection counts with
// any identifier.
Plan Resolve(const ProspectRow& row, const Known& known, OnExisting on_existing);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_RESOLVE_H_
