#include "src/storage/retention_store.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/time.h"
#include "src/domain/organizations.h"
#include "src/storage/registry.h"

namespace onlyleads::storage {

absl::Status InsertHold(Connection* db, const base::Id& org_id, const HoldRow& row,
                        int64_t now_us) {
  const Value person = row.prospect_id.is_nil() ? Value(nullptr) : Value(row.prospect_id);
  return db
      ->Run(
          "INSERT INTO holds (org_id, hold_id, prospect_id, reason, placed_at_us, until_us) "
          "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
          {org_id, row.hold_id, person, row.reason, now_us, row.until_us})
      .status();
}

absl::StatusOr<bool> ReleaseHold(Connection* db, const base::Id& org_id, const base::Id& hold_id,
                                 int64_t now_us) {
  OL_ASSIGN_OR_RETURN(
      const int64_t changed,
      db->Run("UPDATE holds SET released_at_us = $3 WHERE org_id = $1 AND hold_id = $2 AND "
              "released_at_us IS NULL",
              {org_id, hold_id, now_us}));
  return changed > 0;
}

absl::StatusOr<bool> IsHeld(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            int64_t since_us) {
  const Value person = prospect_id.is_nil() ? Value(nullptr) : Value(prospect_id);
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT 1 FROM holds WHERE org_id = $1 AND (prospect_id IS NULL OR prospect_id = "
                "$2) AND (until_us IS NULL OR until_us > $3) AND (released_at_us IS NULL OR "
                "released_at_us > $3) LIMIT 1",
                {org_id, person, since_us}));
  return cursor.Next();
}

absl::StatusOr<bool> HasHolds(Connection* db, const base::Id& org_id, int64_t since_us) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT 1 FROM holds WHERE org_id = $1 AND (until_us IS NULL OR until_us > $2) AND "
                "(released_at_us IS NULL OR released_at_us > $2) LIMIT 1",
                {org_id, since_us}));
  return cursor.Next();
}

absl::StatusOr<std::optional<DeletedRow>> LoadDeleted(Connection* db, const base::Id& org_id,
                                                      const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor, db->Query("SELECT deleted_at_us, document_sealed FROM deleted_prospects WHERE "
                               "org_id = $1 AND prospect_id = $2",
                               {org_id, prospect_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return DeletedRow{prospect_id, cursor.Int(0), std::string(cursor.Bytes(1))};
}

absl::Status InsertDeleted(Connection* db, const base::Id& org_id, const DeletedRow& row,
                           const std::vector<KeyedIdentifier>& keys) {
  OL_RETURN_IF_ERROR(
      db->Run("INSERT INTO deleted_prospects (org_id, prospect_id, deleted_at_us, "
              "document_sealed) VALUES ($1, $2, $3, $4)",
              {org_id, row.prospect_id, row.deleted_at_us, Blob{row.document_sealed}})
          .status());
  for (const KeyedIdentifier& key : keys) {
    OL_RETURN_IF_ERROR(
        db->Run("INSERT INTO deleted_identifiers (org_id, prospect_id, kind, digest, "
                "key_generation) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                {org_id, row.prospect_id, key.kind, Blob{base::AsView(key.digest)},
                 static_cast<int64_t>(key.generation)})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DeletedRow>> LoadDeletedUntil(Connection* db, const base::Id& org_id,
                                                         const base::Id& after, int64_t until_us,
                                                         int limit) {
  return Collect(
      db->Query("SELECT prospect_id, deleted_at_us FROM deleted_prospects WHERE org_id = $1 AND "
                "prospect_id > $2 AND deleted_at_us <= $3 ORDER BY prospect_id LIMIT $4",
                {org_id, after, until_us, limit}),
      [](const Cursor& cursor) {
        return DeletedRow{cursor.Id(0), cursor.Int(1), {}};
      });
}

absl::StatusOr<std::optional<int64_t>> OldestDeletion(Connection* db, const base::Id& org_id) {
  return QueryInt(db, "SELECT min(deleted_at_us) FROM deleted_prospects WHERE org_id = $1",
                  {org_id});
}

absl::StatusOr<std::vector<base::Id>> FindDeletedBy(Connection* db, const base::Id& org_id,
                                                    const KeyedIdentifier& key) {
  return Collect(db->Query("SELECT prospect_id FROM deleted_identifiers WHERE org_id = $1 AND kind "
                           "= $2 AND digest = $3",
                           {org_id, key.kind, Blob{base::AsView(key.digest)}}),
                 [](const Cursor& cursor) { return cursor.Id(0); });
}

absl::StatusOr<std::vector<KeyedIdentifier>> LoadDeletedKeys(Connection* db, const base::Id& org_id,
                                                             const base::Id& prospect_id) {
  return Collect(
      db->Query("SELECT kind, key_generation, digest FROM deleted_identifiers WHERE "
                "org_id = $1 AND prospect_id = $2",
                {org_id, prospect_id}),
      [](const Cursor& c) {
        KeyedIdentifier key{static_cast<int>(c.Int(0)), static_cast<int32_t>(c.Int(1)), {}};
        const std::string_view digest = c.Bytes(2);
        std::copy_n(digest.begin(), std::min(digest.size(), key.digest.size()), key.digest.begin());
        return key;
      });
}

namespace {

// Every instant of a person's own rows, from the register. A score is computed over everybody and
// is no use of anybody; a due instant lies ahead.
std::string LastUseSql() {
  std::string uses = "p.updated_at_us";
  for (const PersonTable& table : PersonTables()) {
    if (table.key != "prospect_id" || table.table == "prospects" || table.table == "scores") {
      continue;
    }
    for (const Column* column : table.columns) {
      if (column->retention != "prospect_active" || column->column == "due_at_us" ||
          !absl::EndsWith(base::ToAbsl(column->column), "at_us")) {
        continue;
      }
      absl::StrAppend(&uses, ", coalesce((SELECT max(t.", base::ToAbsl(column->column), ") FROM ",
                      base::ToAbsl(table.table),
                      " t WHERE t.org_id = p.org_id AND t.prospect_id = p.prospect_id), 0)");
    }
  }
  return absl::StrCat("SELECT p.prospect_id, max(", uses,
                      ") FROM prospects p WHERE p.org_id = $1 AND p.prospect_id > $2 ORDER BY "
                      "p.prospect_id LIMIT $3");
}

}  // namespace

absl::StatusOr<std::vector<LastUse>> LoadLastUses(Connection* db, const base::Id& org_id,
                                                  const base::Id& after, int limit) {
  static const std::string* const kSql = new std::string(LastUseSql());
  return Collect(db->Query(*kSql, {org_id, after, limit}), [](const Cursor& cursor) {
    return LastUse{cursor.Id(0), cursor.Int(1)};
  });
}

absl::StatusOr<std::vector<base::Id>> LoadRetentionDue(Connection* db, int64_t now_us, int limit) {
  return Collect(
      db->Query("SELECT org_id FROM retention_due WHERE due_us <= $1 ORDER BY due_us LIMIT $2",
                {now_us, limit}),
      [](const Cursor& cursor) { return cursor.Id(0); });
}

absl::Status SetRetentionDue(Connection* db, const base::Id& org_id, int64_t due_us) {
  return db
      ->Run(
          "INSERT INTO retention_due (org_id, due_us) VALUES ($1, $2) ON CONFLICT (org_id) DO "
          "UPDATE SET due_us = excluded.due_us",
          {org_id, due_us})
      .status();
}

absl::Status TouchRetentionDue(Connection* db, const base::Id& org_id, int64_t due_us) {
  return db
      ->Run(
          "INSERT INTO retention_due (org_id, due_us) VALUES ($1, $2) ON CONFLICT (org_id) DO "
          "UPDATE SET due_us = min(due_us, excluded.due_us)",
          {org_id, due_us})
      .status();
}

absl::StatusOr<std::optional<int64_t>> NextDeletion(Connection* db, int64_t after_us) {
  return QueryInt(db, "SELECT min(deleted_at_us) FROM deleted_prospects WHERE deleted_at_us > $1",
                  {after_us});
}

absl::StatusOr<std::optional<int64_t>> NextAccountEnd(Connection* db, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT active_until_us FROM organizations WHERE active_until_us > "
                                "$1 ORDER BY active_until_us",
                                {now_us - 366 * base::kDayUs}));
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (!row) return std::nullopt;
    if (domain::AccountDataUntilUs(cursor.Int(0)) > now_us) return cursor.Int(0);
  }
}

absl::StatusOr<Residue> LoadResidue(Connection* db) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, db->Query("SELECT pending, since_us FROM residue", {}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return Residue{};
  return Residue{cursor.Int(0), cursor.Int(1)};
}

absl::Status AddResidue(Connection* db, int64_t count, int64_t now_us) {
  return db
      ->Run("UPDATE residue SET pending = pending + $1, since_us = coalesce(since_us, $2)",
            {count, now_us})
      .status();
}

absl::Status SubtractResidue(Connection* db, int64_t count) {
  return db
      ->Run(
          "UPDATE residue SET since_us = CASE WHEN pending > $1 THEN since_us END, pending = "
          "max(pending - $1, 0)",
          {count})
      .status();
}

}  // namespace onlyleads::storage
