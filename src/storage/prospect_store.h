// Rows of people: their fields, identifiers, contact points, facts, suppressions, tombstones. No
// rules.
#ifndef ONLYLEADS_SRC_STORAGE_PROSPECT_STORE_H_
#define ONLYLEADS_SRC_STORAGE_PROSPECT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/crypto.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

struct ProspectRecord {
  base::Id prospect_id;
  std::string first_name;
  std::string last_name;
  std::string company;
  std::string title;
  std::string industry;
  std::string city;
  std::string country;
  std::string recipient_type;
  std::string attributes;  // JSON object
  std::string source;
  std::string lawful_basis;
  int64_t obtained_at_us = 0;
};

struct IdentifierRow {
  int kind = 0;
  std::string value;
};

// The facts row. `version` is what the facts lock bumps.
struct FactsRow {
  int64_t version = 0;
  std::optional<int64_t> objected_at_us;
  bool suppressed_email = false;
  bool suppressed_linkedin = false;
  std::optional<int64_t> notice_given_at_us;
  std::optional<int64_t> restricted_at_us;

  bool objected() const { return objected_at_us || (suppressed_email && suppressed_linkedin); }
  // Whether they may be scored, and signals of theirs kept.
  bool may_be_profiled() const { return !objected() && !restricted_at_us; }
};

absl::StatusOr<int64_t> CountProspects(Connection* db, const base::Id& org_id);
absl::StatusOr<std::optional<ProspectRecord>> LoadProspect(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id);
// After `after` in id order.
absl::StatusOr<std::vector<ProspectRecord>> LoadProspects(Connection* db, const base::Id& org_id,
                                                          const base::Id& after, int limit);
// With the row come its facts, version 1.
absl::Status InsertProspect(Connection* db, const base::Id& org_id, const ProspectRecord& row,
                            const base::Id& import_id, int64_t now_us);
absl::Status UpdateProspect(Connection* db, const base::Id& org_id, const ProspectRecord& row,
                            int64_t now_us);

// A source beside the first, which stands in the row; known ones stay as they are.
absl::Status InsertSource(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                          std::string_view source, std::string_view lawful_basis, int64_t now_us);

absl::StatusOr<std::optional<base::Id>> FindOwner(Connection* db, const base::Id& org_id, int kind,
                                                  std::string_view value);
absl::StatusOr<std::vector<IdentifierRow>> LoadIdentifiers(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id);
absl::Status InsertIdentifier(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                              int kind, std::string_view value, int64_t now_us);
absl::StatusOr<std::vector<std::string>> LoadContactPoints(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id);
absl::Status InsertContactPoint(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                                int kind, std::string_view value);

absl::StatusOr<std::optional<FactsRow>> LoadFacts(Connection* db, const base::Id& org_id,
                                                  const base::Id& prospect_id);
// The facts lock: first statement of whoever changes a fact. False when there is no such person.
absl::StatusOr<bool> BumpFacts(Connection* db, const base::Id& org_id, const base::Id& prospect_id);
absl::Status SetObjected(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                         int64_t now_us);
// nullopt lifts the restriction; a second one keeps the first instant.
absl::Status SetRestricted(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                           std::optional<int64_t> at_us);
absl::Status SetSuppressedEmail(Connection* db, const base::Id& org_id,
                                const base::Id& prospect_id);
absl::Status SetSuppressedLinkedin(Connection* db, const base::Id& org_id,
                                   const base::Id& prospect_id);
absl::Status SetNoticeGiven(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            int64_t now_us);

// An identifier's keyed digest under one generation.
struct KeyedIdentifier {
  int kind = 0;
  int32_t generation = 0;
  base::Digest digest{};
};
absl::StatusOr<bool> IsTombstoned(Connection* db, const base::Id& org_id,
                                  const KeyedIdentifier& key);
absl::StatusOr<bool> IsInstallationSuppressed(Connection* db, const KeyedIdentifier& key);
// channel: all, email or linkedin; a suppression of all counts for each.
absl::StatusOr<bool> IsSuppressed(Connection* db, const base::Id& org_id,
                                  const KeyedIdentifier& key, std::string_view channel);
struct SuppressionRow {
  std::string channel;
  int64_t created_at_us = 0;
};
absl::StatusOr<std::vector<SuppressionRow>> LoadSuppressions(Connection* db, const base::Id& org_id,
                                                             const KeyedIdentifier& key);
// Whether an erasure of this organization or a suppression of the installation exists at all.
absl::StatusOr<bool> HasBlocks(Connection* db, const base::Id& org_id);
// Whether any suppression or restriction of the organization exists.
absl::StatusOr<bool> HasSuppressions(Connection* db, const base::Id& org_id);
absl::Status InsertTombstone(Connection* db, const base::Id& org_id, const KeyedIdentifier& key,
                             int64_t now_us);
// False when it was there already.
absl::StatusOr<bool> InsertSuppression(Connection* db, const base::Id& org_id,
                                       const KeyedIdentifier& key, std::string_view channel,
                                       std::string_view reason, int64_t now_us);

// Restrictions by identifier; a second one keeps the first instant.
absl::Status InsertRestriction(Connection* db, const base::Id& org_id, const KeyedIdentifier& key,
                               int64_t at_us);
absl::Status DeleteRestriction(Connection* db, const base::Id& org_id, const KeyedIdentifier& key);
absl::StatusOr<std::optional<int64_t>> RestrictedSince(Connection* db, const base::Id& org_id,
                                                       const KeyedIdentifier& key);

// Removes or empties everything the registry says erasure takes of this person.
absl::Status EraseByRegistry(Connection* db, const base::Id& org_id, const base::Id& prospect_id);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_PROSPECT_STORE_H_
