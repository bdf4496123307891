#include "src/storage/migrations.h"

#include "absl/strings/str_cat.h"
#include "src/base/crypto.h"

namespace onlyleads::storage {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "checksum BLOB NOT NULL, applied_at_us INTEGER NOT NULL) STRICT";

// How many leading migrations are applied; an error when they are not ours.
absl::StatusOr<size_t> CountApplied(Connection* connection) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      connection->Query("SELECT version, checksum FROM migrations ORDER BY version", {}));
  const std::vector<Migration>& known = Migrations();
  size_t applied = 0;
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (!row) return applied;
    if (applied == known.size()) {
      return Error(ErrorCode::kSchemaTooNew, "the database was written by a newer version");
    }
    const Migration& migration = known[applied];
    if (cursor.Int(0) != migration.version ||
        cursor.Bytes(1) != base::AsView(base::Sha256(migration.sql))) {
      return Error(ErrorCode::kSchemaChanged,
                   absl::StrCat("migration ", migration.version,
                                " differs from the one this database was made with"));
    }
    ++applied;
  }
}

absl::Status Apply(Connection* connection, const Migration& migration, int64_t now_us) {
  OL_RETURN_IF_ERROR(connection->Script(migration.sql));
  const base::Digest checksum = base::Sha256(migration.sql);
  return connection
      ->Run(
          "INSERT INTO migrations (version, name, checksum, applied_at_us) VALUES ($1, $2, $3, $4)",
          {migration.version, migration.name, Blob{base::AsView(checksum)}, now_us})
      .status();
}

// Somebody else's SQLite file must not receive our tables.
absl::Status RefuseForeignDatabase(Connection* connection) {
  OL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> ours,
      QueryInt(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'migrations'", {}));
  OL_ASSIGN_OR_RETURN(const std::optional<int64_t> all,
                      QueryInt(connection, "SELECT count(*) FROM sqlite_master", {}));
  if (ours.value_or(0) == 0 && all.value_or(0) > 0) {
    return Error(ErrorCode::kNotADatabase, "the file is another program's database");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Migrate(Connection* connection, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(connection));
  OL_RETURN_IF_ERROR(RefuseForeignDatabase(connection));
  OL_RETURN_IF_ERROR(connection->Run(kCreateTable, {}).status());
  OL_ASSIGN_OR_RETURN(const size_t applied, CountApplied(connection));
  for (size_t i = applied; i < Migrations().size(); ++i) {
    OL_RETURN_IF_ERROR(Apply(connection, Migrations()[i], now_us));
  }
  OL_RETURN_IF_ERROR(transaction.Commit());
  return applied == 0;
}

}  // namespace onlyleads::storage
