#include "src/storage/prospect_store.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/text.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {
namespace {

constexpr std::string_view kProspectColumns =
    "SELECT prospect_id, first_name, last_name, company, title, industry, city, country, "
    "recipient_type, attributes, source, lawful_basis, obtained_at_us FROM prospects ";

ProspectRecord ReadProspect(const Cursor& c) {
  ProspectRecord row;
  row.prospect_id = c.Id(0);
  row.first_name = c.Text(1);
  row.last_name = c.Text(2);
  row.company = c.Text(3);
  row.title = c.Text(4);
  row.industry = c.Text(5);
  row.city = c.Text(6);
  row.country = c.Text(7);
  row.recipient_type = c.Text(8);
  row.attributes = c.Text(9);
  row.source = c.Text(10);
  row.lawful_basis = c.Text(11);
  row.obtained_at_us = c.Int(12);
  return row;
}

absl::StatusOr<bool> Exists(Connection* db, std::string_view sql,
                            std::initializer_list<Value> args) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, db->Query(sql, args));
  return cursor.Next();
}

}  // namespace

absl::StatusOr<int64_t> CountProspects(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(const std::optional<int64_t> count,
                      QueryInt(db, "SELECT count(*) FROM prospects WHERE org_id = $1", {org_id}));
  return count.value_or(0);
}

absl::StatusOr<std::optional<ProspectRecord>> LoadProspect(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id) {
  static const std::string kSql =
      absl::StrCat(base::ToAbsl(kProspectColumns), "WHERE org_id = $1 AND prospect_id = $2");
  OL_ASSIGN_OR_RETURN(Cursor cursor, db->Query(kSql, {org_id, prospect_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return ReadProspect(cursor);
}

absl::StatusOr<std::vector<ProspectRecord>> LoadProspects(Connection* db, const base::Id& org_id,
                                                          const base::Id& after, int limit) {
  static const std::string kSql =
      absl::StrCat(base::ToAbsl(kProspectColumns),
                   "WHERE org_id = $1 AND prospect_id > $2 ORDER BY prospect_id LIMIT $3");
  return Collect(db->Query(kSql, {org_id, after, limit}), ReadProspect);
}

absl::Status InsertProspect(Connection* db, const base::Id& org_id, const ProspectRecord& row,
                            const base::Id& import_id, int64_t now_us) {
  OL_RETURN_IF_ERROR(
      db->Run("INSERT INTO prospects (org_id, prospect_id, first_name, last_name, company, title, "
              "industry, city, country, recipient_type, attributes, source, lawful_basis, "
              "obtained_at_us, import_id, created_at_us, updated_at_us) VALUES ($1, $2, $3, $4, "
              "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
              {org_id, row.prospect_id, row.first_name, row.last_name, row.company, row.title,
               row.industry, row.city, row.country, row.recipient_type, row.attributes, row.source,
               row.lawful_basis, row.obtained_at_us, import_id, now_us})
          .status());
  return db
      ->Run(
          "INSERT INTO person_facts (org_id, prospect_id, version, suppressed_email, "
          "suppressed_linkedin) VALUES ($1, $2, 1, 0, 0)",
          {org_id, row.prospect_id})
      .status();
}

absl::Status UpdateProspect(Connection* db, const base::Id& org_id, const ProspectRecord& row,
                            int64_t now_us) {
  return db
      ->Run(
          "UPDATE prospects SET first_name = $3, last_name = $4, company = $5, title = $6, "
          "industry = $7, city = $8, country = $9, recipient_type = $10, attributes = $11, "
          "updated_at_us = $12 WHERE org_id = $1 AND prospect_id = $2",
          {org_id, row.prospect_id, row.first_name, row.last_name, row.company, row.title,
           row.industry, row.city, row.country, row.recipient_type, row.attributes, now_us})
      .status();
}

absl::Status InsertSource(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                          std::string_view source, std::string_view lawful_basis, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO prospect_sources (org_id, prospect_id, source, lawful_basis, "
          "obtained_at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
          {org_id, prospect_id, source, lawful_basis, now_us})
      .status();
}

absl::StatusOr<std::optional<base::Id>> FindOwner(Connection* db, const base::Id& org_id, int kind,
                                                  std::string_view value) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT prospect_id FROM identifiers WHERE org_id = $1 AND kind = "
                                "$2 AND value = $3",
                                {org_id, kind, value}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return cursor.Id(0);
}

absl::StatusOr<std::vector<IdentifierRow>> LoadIdentifiers(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id) {
  return Collect(
      db->Query("SELECT kind, value FROM identifiers WHERE org_id = $1 AND "
                "prospect_id = $2 ORDER BY kind, added_at_us, value",
                {org_id, prospect_id}),
      [](const Cursor& cursor) {
        return IdentifierRow{static_cast<int>(cursor.Int(0)), std::string(cursor.Text(1))};
      });
}

absl::Status InsertIdentifier(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                              int kind, std::string_view value, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO identifiers (org_id, kind, value, prospect_id, added_at_us) VALUES ($1, "
          "$2, $3, $4, $5)",
          {org_id, kind, value, prospect_id, now_us})
      .status();
}

absl::StatusOr<std::vector<std::string>> LoadContactPoints(Connection* db, const base::Id& org_id,
                                                           const base::Id& prospect_id) {
  return Collect(db->Query("SELECT value FROM contact_points WHERE org_id = $1 AND "
                           "prospect_id = $2 ORDER BY kind, value",
                           {org_id, prospect_id}),
                 [](const Cursor& cursor) { return std::string(cursor.Text(0)); });
}

absl::Status InsertContactPoint(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                                int kind, std::string_view value) {
  return db
      ->Run(
          "INSERT INTO contact_points (org_id, prospect_id, kind, value) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT DO NOTHING",
          {org_id, prospect_id, kind, value})
      .status();
}

absl::StatusOr<std::optional<FactsRow>> LoadFacts(Connection* db, const base::Id& org_id,
                                                  const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT version, objected_at_us, suppressed_email, suppressed_linkedin, "
                "notice_given_at_us, restricted_at_us FROM person_facts WHERE org_id = $1 AND "
                "prospect_id = $2",
                {org_id, prospect_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return FactsRow{cursor.Int(0),      cursor.IntOrNull(1), cursor.Int(2) != 0,
                  cursor.Int(3) != 0, cursor.IntOrNull(4), cursor.IntOrNull(5)};
}

absl::StatusOr<bool> BumpFacts(Connection* db, const base::Id& org_id,
                               const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const int64_t changed,
                      db->Run("UPDATE person_facts SET version = version + 1 WHERE org_id = $1 AND "
                              "prospect_id = $2",
                              {org_id, prospect_id}));
  return changed > 0;
}

absl::Status SetObjected(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                         int64_t now_us) {
  return db
      ->Run(
          "UPDATE person_facts SET objected_at_us = coalesce(objected_at_us, $3) WHERE org_id = "
          "$1 AND prospect_id = $2",
          {org_id, prospect_id, now_us})
      .status();
}

absl::Status SetRestricted(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                           std::optional<int64_t> at_us) {
  return db
      ->Run(
          "UPDATE person_facts SET restricted_at_us = CASE WHEN $3 IS NULL THEN NULL ELSE "
          "coalesce(restricted_at_us, $3) END WHERE org_id = $1 AND prospect_id = $2",
          {org_id, prospect_id, at_us})
      .status();
}

absl::Status SetSuppressedEmail(Connection* db, const base::Id& org_id,
                                const base::Id& prospect_id) {
  return db
      ->Run("UPDATE person_facts SET suppressed_email = 1 WHERE org_id = $1 AND prospect_id = $2",
            {org_id, prospect_id})
      .status();
}

absl::Status SetSuppressedLinkedin(Connection* db, const base::Id& org_id,
                                   const base::Id& prospect_id) {
  return db
      ->Run(
          "UPDATE person_facts SET suppressed_linkedin = 1 WHERE org_id = $1 AND prospect_id = $2",
          {org_id, prospect_id})
      .status();
}

absl::Status SetNoticeGiven(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            int64_t now_us) {
  return db
      ->Run(
          "UPDATE person_facts SET notice_given_at_us = coalesce(notice_given_at_us, $3) WHERE "
          "org_id = $1 AND prospect_id = $2",
          {org_id, prospect_id, now_us})
      .status();
}

absl::StatusOr<bool> IsTombstoned(Connection* db, const base::Id& org_id,
                                  const KeyedIdentifier& key) {
  return Exists(db, "SELECT 1 FROM tombstones WHERE org_id = $1 AND kind = $2 AND digest = $3",
                {org_id, key.kind, Blob{base::AsView(key.digest)}});
}

absl::StatusOr<bool> IsInstallationSuppressed(Connection* db, const KeyedIdentifier& key) {
  return Exists(db, "SELECT 1 FROM installation_suppressions WHERE kind = $1 AND digest = $2",
                {key.kind, Blob{base::AsView(key.digest)}});
}

absl::StatusOr<bool> IsSuppressed(Connection* db, const base::Id& org_id,
                                  const KeyedIdentifier& key, std::string_view channel) {
  return Exists(db,
                "SELECT 1 FROM suppressions WHERE org_id = $1 AND kind = $2 AND digest = $3 AND "
                "channel IN ('all', $4)",
                {org_id, key.kind, Blob{base::AsView(key.digest)}, channel});
}

absl::StatusOr<std::vector<SuppressionRow>> LoadSuppressions(Connection* db, const base::Id& org_id,
                                                             const KeyedIdentifier& key) {
  return Collect(db->Query("SELECT channel, created_at_us FROM suppressions WHERE org_id = $1 AND "
                           "kind = $2 AND digest = $3",
                           {org_id, key.kind, Blob{base::AsView(key.digest)}}),
                 [](const Cursor& cursor) {
                   return SuppressionRow{std::string(cursor.Text(0)), cursor.Int(1)};
                 });
}

absl::StatusOr<bool> HasBlocks(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(const bool erased,
                      Exists(db, "SELECT 1 FROM tombstones WHERE org_id = $1 LIMIT 1", {org_id}));
  if (erased) return true;
  return Exists(db, "SELECT 1 FROM installation_suppressions LIMIT 1", {});
}

absl::StatusOr<bool> HasSuppressions(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(const bool suppressed,
                      Exists(db, "SELECT 1 FROM suppressions WHERE org_id = $1 LIMIT 1", {org_id}));
  if (suppressed) return true;
  return Exists(db, "SELECT 1 FROM restrictions WHERE org_id = $1 LIMIT 1", {org_id});
}

absl::Status InsertTombstone(Connection* db, const base::Id& org_id, const KeyedIdentifier& key,
                             int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO tombstones (org_id, kind, digest, key_generation, normalisation_version, "
          "erased_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
          {org_id, key.kind, Blob{base::AsView(key.digest)}, static_cast<int64_t>(key.generation),
           base::kNormalisationVersion, now_us})
      .status();
}

absl::StatusOr<bool> InsertSuppression(Connection* db, const base::Id& org_id,
                                       const KeyedIdentifier& key, std::string_view channel,
                                       std::string_view reason, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(
      const int64_t changed,
      db->Run("INSERT INTO suppressions (org_id, kind, digest, channel, key_generation, "
              "normalisation_version, reason, created_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, "
              "$8) ON CONFLICT DO NOTHING",
              {org_id, key.kind, Blob{base::AsView(key.digest)}, channel,
               static_cast<int64_t>(key.generation), base::kNormalisationVersion, reason, now_us}));
  return changed > 0;
}

absl::Status InsertRestriction(Connection* db, const base::Id& org_id, const KeyedIdentifier& key,
                               int64_t at_us) {
  return db
      ->Run(
          "INSERT INTO restrictions (org_id, kind, digest, key_generation, normalisation_version, "
          "restricted_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
          {org_id, key.kind, Blob{base::AsView(key.digest)}, static_cast<int64_t>(key.generation),
           base::kNormalisationVersion, at_us})
      .status();
}

absl::Status DeleteRestriction(Connection* db, const base::Id& org_id, const KeyedIdentifier& key) {
  return db
      ->Run("DELETE FROM restrictions WHERE org_id = $1 AND kind = $2 AND digest = $3",
            {org_id, key.kind, Blob{base::AsView(key.digest)}})
      .status();
}

absl::StatusOr<std::optional<int64_t>> RestrictedSince(Connection* db, const base::Id& org_id,
                                                       const KeyedIdentifier& key) {
  return QueryInt(db,
                  "SELECT restricted_at_us FROM restrictions WHERE org_id = $1 AND kind = $2 AND "
                  "digest = $3",
                  {org_id, key.kind, Blob{base::AsView(key.digest)}});
}

absl::Status EraseByRegistry(Connection* db, const base::Id& org_id, const base::Id& prospect_id) {
  std::set<std::string_view> tables;
  for (const Column& column : Registry()) {
    if (column.erasure == "delete_row") tables.insert(column.table);
    const bool set_empty = column.erasure == "set_empty";
    if (column.erasure != "set_null" && !set_empty) continue;
    OL_RETURN_IF_ERROR(
        db->Run(absl::StrCat("UPDATE ", base::ToAbsl(column.table), " SET ",
                             base::ToAbsl(column.column), set_empty ? " = x''" : " = NULL",
                             " WHERE org_id = $1 AND prospect_id = $2"),
                {org_id, prospect_id})
            .status());
  }
  // People last: what refers to them goes first, so that nothing depends on the cascade.
  tables.erase("prospects");
  for (std::string_view table : tables) {
    OL_RETURN_IF_ERROR(db->Run(absl::StrCat("DELETE FROM ", base::ToAbsl(table),
                                            " WHERE org_id = $1 AND prospect_id = $2"),
                               {org_id, prospect_id})
                           .status());
  }
  return db
      ->Run("DELETE FROM prospects WHERE org_id = $1 AND prospect_id = $2", {org_id, prospect_id})
      .status();
}

}  // namespace onlyleads::storage
