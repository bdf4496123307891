#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <set>
#include <string>

#include "src/storage/keyring.h"
#include "src/storage/ledger_file.h"
#include "src/storage/migrations.h"
#include "src/storage/registry.h"
#include "src/storage/sqlite_connection.h"
#include "tests/support/temp_dir.h"

namespace onlyleads::storage {
namespace {

using base::CodeOf;
using base::ErrorCode;

class StorageTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> Open() {
    auto connection = OpenSqlite({.path = dir_.path("a.db"), .busy_timeout_ms = 0});
    EXPECT_TRUE(connection.ok()) << connection.status();
    return std::move(connection).value();
  }
  std::unique_ptr<Connection> OpenMigrated() {
    auto connection = Open();
    const auto fresh = Migrate(connection.get(), 1);
    EXPECT_TRUE(fresh.ok()) << fresh.status();
    return connection;
  }
  tests::TempDir dir_;
};

TEST_F(StorageTest, BindsByNameWhateverTheOrderOfFirstUse) {
  auto db = Open();
  auto cursor = db->Query("SELECT $2 - $1, $3, $4", {1, 10, "x", nullptr});
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  ASSERT_TRUE(*cursor->Next());
  EXPECT_EQ(cursor->Int(0), 9);
  EXPECT_EQ(cursor->Text(1), "x");
  EXPECT_TRUE(cursor->IsNull(2 + 1));
}

TEST_F(StorageTest, RefusesMissingAndSurplusParameters) {
  auto db = Open();
  EXPECT_FALSE(db->Query("SELECT $1", {}).ok());
  EXPECT_FALSE(db->Query("SELECT $1", {1, 2}).ok());
  EXPECT_FALSE(db->Query("SELECT $2, $3", {1, 2}).ok());
}

TEST_F(StorageTest, RefusesWhatIsNotOneStatement) {
  auto db = Open();
  EXPECT_FALSE(db->Query("", {}).ok());
  EXPECT_FALSE(db->Query(" /* nothing */ ", {}).ok());
  EXPECT_FALSE(db->Query("SELECT 1; SELECT 2", {}).ok());
  EXPECT_FALSE(db->Query(std::string_view("SELECT 1\0 + $1", 14), {}).ok());
}

TEST_F(StorageTest, MigratesOnceAndKnowsItsOwnFile) {
  auto db = Open();
  EXPECT_EQ(*Migrate(db.get(), 1), true);
  EXPECT_EQ(*Migrate(db.get(), 2), false);
}

TEST_F(StorageTest, RefusesNewerAndChangedSchemas) {
  auto db = OpenMigrated();
  ASSERT_TRUE(db->Script("INSERT INTO migrations VALUES (9999, 'future', x'00', 1)").ok());
  EXPECT_EQ(CodeOf(Migrate(db.get(), 2).status()), ErrorCode::kSchemaTooNew);
  ASSERT_TRUE(db->Script("DELETE FROM migrations WHERE version = 9999;"
                         "UPDATE migrations SET checksum = x'00' WHERE version = 1")
                  .ok());
  EXPECT_EQ(CodeOf(Migrate(db.get(), 2).status()), ErrorCode::kSchemaChanged);
}

TEST_F(StorageTest, RefusesForeignFiles) {
  {
    std::ofstream file(dir_.path("text.db"));
    file << std::string(4096, 'x');
  }
  EXPECT_EQ(CodeOf(OpenSqlite({.path = dir_.path("text.db")}).status()), ErrorCode::kNotADatabase);
  EXPECT_FALSE(OpenSqlite({.path = dir_.path()}).ok());
  auto other = Open();
  ASSERT_TRUE(other->Script("CREATE TABLE theirs (a)").ok());
  EXPECT_EQ(CodeOf(Migrate(other.get(), 1).status()), ErrorCode::kNotADatabase);
}

TEST_F(StorageTest, KeepsFilesPrivate) {
  auto db = OpenMigrated();
  ASSERT_TRUE(Keyring::Open(db.get(), "", dir_.path("a.db"), true, 1).ok());
  for (const char* name : {"a.db", "a.db.key"}) {
    struct stat info;
    ASSERT_EQ(stat(dir_.path(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(StorageTest, WrongOrMissingKeyIsAMismatch) {
  auto db = OpenMigrated();
  ASSERT_TRUE(Keyring::Open(db.get(), "0123456789abcdef", "", true, 1).ok());
  EXPECT_TRUE(Keyring::Open(db.get(), "0123456789abcdef", "", false, 1).ok());
  EXPECT_EQ(CodeOf(Keyring::Open(db.get(), "0123456789abcdeX", "", false, 1).status()),
            ErrorCode::kKeyMismatch);
  EXPECT_EQ(CodeOf(Keyring::Open(db.get(), "", dir_.path("a.db"), false, 1).status()),
            ErrorCode::kKeyMismatch);
  EXPECT_EQ(CodeOf(Keyring::Open(db.get(), "short", "", false, 1).status()),
            ErrorCode::kInvalidArgument);
}

TEST_F(StorageTest, AKeyFileThatIsMissingDamagedOrOpenToOthersOpensNothing) {
  auto db = OpenMigrated();
  const std::string key = dir_.path("a.db.key");
  const auto open = [&] { return Keyring::Open(db.get(), "", dir_.path("a.db"), false, 1); };
  ASSERT_TRUE(open().ok()) << "made, because the database has none yet";
  const auto expect = [&](ErrorCode code, std::string_view words) {
    const absl::Status status = open().status();
    EXPECT_EQ(CodeOf(status), code) << status;
    EXPECT_NE(status.message().find(absl::string_view(words.data(), words.size())),
              absl::string_view::npos)
        << status;
  };
  ASSERT_EQ(chmod(key.c_str(), 0640), 0);
  expect(ErrorCode::kKeyMismatch, "0600");
  ASSERT_EQ(chmod(key.c_str(), 0600), 0);
  EXPECT_TRUE(open().ok());
  for (const off_t size : {31, 33, 0}) {
    ASSERT_EQ(truncate(key.c_str(), size), 0);
    expect(ErrorCode::kKeyMismatch, "damaged");
  }
  ASSERT_EQ(truncate(key.c_str(), 32), 0);
  expect(ErrorCode::kKeyMismatch, "not the one");
  ASSERT_EQ(unlink(key.c_str()), 0);
  expect(ErrorCode::kKeyMismatch, "missing");
  EXPECT_NE(access(key.c_str(), F_OK), 0) << "a new key would not open what the old one sealed";
  ASSERT_EQ(symlink(key.c_str(), key.c_str()), 0);
  expect(ErrorCode::kIo, "cannot be read");
  ASSERT_EQ(unlink(key.c_str()), 0);
  ASSERT_EQ(mkdir(key.c_str(), 0700), 0);
  EXPECT_EQ(CodeOf(open().status()), ErrorCode::kKeyMismatch);
}

TEST_F(StorageTest, AKeyFileThatCannotBeMadeLeavesNoTrace) {
  auto db = OpenMigrated();
  EXPECT_EQ(CodeOf(Keyring::Open(db.get(), "", dir_.path("none/a.db"), true, 1).status()),
            ErrorCode::kIo);
  EXPECT_EQ(**QueryInt(db.get(), "SELECT count(*) FROM key_generations", {}), 0);
  // What a process of the same number left behind when it died, even as a trap, is not written to.
  const std::string left = dir_.path("a.db.key.") + std::to_string(getpid());
  ASSERT_EQ(symlink(dir_.path("elsewhere").c_str(), left.c_str()), 0);
  EXPECT_TRUE(Keyring::Open(db.get(), "", dir_.path("a.db"), true, 1).ok());
  EXPECT_NE(access(dir_.path("elsewhere").c_str(), F_OK), 0);
  EXPECT_NE(access(left.c_str(), F_OK), 0);
}

TEST_F(StorageTest, CountsTheTransactionsThatChangedSomething) {
  auto db = OpenMigrated();
  const int64_t before = db->commits();
  const auto commit = [&](std::string_view sql) {
    auto transaction = Transaction::Begin(db.get());
    ASSERT_TRUE(transaction.ok() && db->Run(sql, {}).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  };
  commit("UPDATE residue SET pending = 1 WHERE pending < 0");
  EXPECT_EQ(db->commits(), before);
  commit("UPDATE residue SET pending = 1");
  EXPECT_EQ(db->commits(), before + 1);
  commit("DELETE FROM residue WHERE pending < 0");
  EXPECT_EQ(db->commits(), before + 1);
}

// What SQLite rolls back by itself, for want of memory or room, is not gone on with.
TEST_F(StorageTest, NothingIsWrittenOutsideATransactionThatWasLost) {
  auto db = OpenMigrated();
  const auto pending = [&] { return *QueryInt(db.get(), "SELECT pending FROM residue", {}); };
  {
    auto transaction = Transaction::Begin(db.get());
    ASSERT_TRUE(db->Script("ROLLBACK").ok());
    EXPECT_EQ(CodeOf(db->Run("UPDATE residue SET pending = 2", {}).status()), ErrorCode::kNoMemory);
    EXPECT_EQ(CodeOf(transaction->Commit()), ErrorCode::kNoMemory);
  }
  {
    auto transaction = Transaction::Begin(db.get());
    EXPECT_EQ(CodeOf(db->Script("ROLLBACK; UPDATE residue SET pending = 3")), ErrorCode::kNoMemory)
        << "it would be committed alone";
  }
  ASSERT_TRUE(db->BeginRead().ok());
  ASSERT_TRUE(db->Script("ROLLBACK").ok());
  EXPECT_EQ(CodeOf(db->Query("SELECT pending FROM residue", {}).status()), ErrorCode::kNoMemory)
      << "it would be read of another instant";
  db->Rollback();
  EXPECT_EQ(pending(), 0);
  EXPECT_TRUE(db->Run("UPDATE residue SET pending = 4", {}).ok());
  auto transaction = Transaction::Begin(db.get());
  EXPECT_TRUE(db->Run("UPDATE residue SET pending = 5", {}).ok());
  EXPECT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(pending(), 5);
}

TEST_F(StorageTest, ASecondWriterIsBusyNotWrong) {
  auto a = OpenMigrated();
  auto b = Open();
  ASSERT_TRUE(a->BeginWrite().ok());
  EXPECT_EQ(CodeOf(b->BeginWrite()), ErrorCode::kBusy);
  a->Rollback();
  EXPECT_TRUE(b->BeginWrite().ok());
}

TEST(FileLocks, BelongToTheProcessThatTookThemAndEndWithItsCall) {
  const onlyleads::tests::TempDir dir;
  const std::string path = dir.path("lock");
  const auto is_free = [&] { return FileLock::Take(path, 0).ok(); };
  std::optional<FileLock> lock;
  {
    auto taken = FileLock::Take(path, 0);
    ASSERT_TRUE(taken.ok()) << taken.status();
    lock.emplace(*std::move(taken));
  }
  // A child that lets go of its copy.
  const pid_t gone = ::fork();
  if (gone == 0) {
    lock.reset();
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(gone, nullptr, 0), gone);
  EXPECT_FALSE(is_free());
  // One that lives on with the file open, until its pipe is closed.
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t alive = ::fork();
  if (alive == 0) {
    ::close(pipe[1]);
    char byte = 0;
    ::_exit(static_cast<int>(::read(pipe[0], &byte, 1)));
  }
  ::close(pipe[0]);
  lock.reset();
  EXPECT_TRUE(is_free());
  ::close(pipe[1]);
  EXPECT_EQ(::waitpid(alive, nullptr, 0), alive);
}

TEST_F(StorageTest, EveryColumnIsRegisteredAndEveryRegisteredColumnExists) {
  auto db = OpenMigrated();
  auto cursor = db->Query(
      "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
      {});
  ASSERT_TRUE(cursor.ok());
  std::set<std::string> live;
  while (*cursor->Next()) {
    live.insert(std::string(cursor->Text(0)) + "." + std::string(cursor->Text(1)));
  }
  std::set<std::string> registered;
  for (const Column& column : Registry()) {
    EXPECT_TRUE(
        registered.insert(std::string(column.table) + "." + std::string(column.column)).second)
        << column.table << "." << column.column;
    EXPECT_FALSE(column.category.empty());
    EXPECT_FALSE(column.purpose.empty());
    EXPECT_FALSE(column.retention.empty());
    EXPECT_TRUE(column.erasure == "delete_row" || column.erasure == "set_null" ||
                column.erasure == "set_empty" || column.erasure == "keep");
  }
  EXPECT_EQ(live, registered);
}

TEST_F(StorageTest, EveryForeignKeyHasAnIndexOnItsChildColumns) {
  auto db = OpenMigrated();
  auto keys = db->Query(
      "SELECT m.name, f.id, group_concat(f.\"from\", ',') FROM sqlite_master m JOIN "
      "pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id",
      {});
  ASSERT_TRUE(keys.ok()) << keys.status();
  int checked = 0;
  while (*keys->Next()) {
    const std::string table(keys->Text(0)), columns(keys->Text(2));
    auto indexes = db->Query(
        "SELECT l.name, (SELECT group_concat(i.name, ',') FROM (SELECT name FROM "
        "pragma_index_info(l.name) ORDER BY seqno) i) FROM pragma_index_list($1) l",
        {table});
    ASSERT_TRUE(indexes.ok());
    bool covered = false;
    while (*indexes->Next()) {
      covered = covered || (std::string(indexes->Text(1)) + ",").rfind(columns + ",", 0) == 0;
    }
    EXPECT_TRUE(covered) << table << " (" << columns << ")";
    ++checked;
  }
  EXPECT_GT(checked, 20);
}

TEST_F(StorageTest, AnOutboxRowNeedsAnAllowingDecision) {
  auto db = OpenMigrated();
  ASSERT_TRUE(
      db->Script(
            "INSERT INTO organizations VALUES (x'01', NULL, 'a', 'GB', 1, 0, 1, NULL);"
            "INSERT INTO external_accounts VALUES (x'02', 'unipile', 'acc', 0, NULL, 0);"
            "INSERT INTO members VALUES (x'01', x'03', 'm', 'm', 1);"
            "INSERT INTO senders VALUES (x'01', x'04', x'03', x'02', 's', 'u', x'', 'h', x'', "
            "1, 'UTC', 0, "
            "1440, 127, 1, 1, 1, 1, 1, 1, 0, 'active', 1, NULL, NULL, NULL);"
            "INSERT INTO decisions VALUES (x'01', x'05', x'06', x'07', 0, 'linkedin_message', "
            "'outreach', 0,"
            " 'DENY_OBJECTED', '', 'strict', '1', 1, 'enqueue', 1);"
            "INSERT INTO mandates VALUES (x'01', x'09', x'04', x'03', 'linkedin_message', 'v', "
            "NULL, '', 1, 1, NULL);"
            "INSERT INTO mandate_channels VALUES (x'01', x'04', 'linkedin_message', x'09')")
          .ok());
  const auto insert = [&](int allowed) {
    return db
        ->Run(
            "INSERT INTO outbox VALUES (x'01', x'05', x'08', x'07', 0, 'linkedin_message', "
            "'outreach', x'06', $1, x'04', 'queued', 'b', x'', NULL, NULL, NULL, 1, 0, NULL, NULL, "
            "NULL, 0, 0, '', NULL, 1)",
            {allowed})
        .status();
  };
  EXPECT_EQ(CodeOf(insert(1)), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(insert(0)), ErrorCode::kConflict);
  ASSERT_TRUE(db->Script("UPDATE decisions SET allowed = 1").ok());
  EXPECT_TRUE(insert(1).ok());
  // Without the member's authorisation neither queueing nor claiming is possible.
  ASSERT_TRUE(db->Script("DELETE FROM mandate_channels").ok());
  EXPECT_EQ(CodeOf(db->Script("UPDATE outbox SET state = 'in_flight'")), ErrorCode::kConflict);
  ASSERT_TRUE(db->Script("UPDATE outbox SET state = 'cancelled'").ok());
  ASSERT_TRUE(db->Script("DELETE FROM outbox").ok());
  EXPECT_EQ(CodeOf(insert(1)), ErrorCode::kConflict);
}

// The schema of the first version, with a row in what the second one changes.
TEST_F(StorageTest, BringsADatabaseOfTheFirstVersionUpToDateWithItsRows) {
  auto db = Open();
  const Migration& first = Migrations().front();
  ASSERT_EQ(first.version, 1);
  ASSERT_TRUE(db->Script("CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT "
                         "NULL, checksum BLOB NOT NULL, applied_at_us INTEGER NOT NULL) STRICT")
                  .ok());
  ASSERT_TRUE(db->Script(first.sql).ok());
  const base::Digest checksum = base::Sha256(first.sql);
  ASSERT_TRUE(
      db->Run("INSERT INTO migrations VALUES (1, 'first', $1, 1)", {Blob{base::AsView(checksum)}})
          .ok());
  ASSERT_TRUE(
      db->Script("INSERT INTO organizations VALUES (x'01', NULL, 'a', 'GB', 1, 0, 1);"
                 "INSERT INTO external_accounts VALUES (x'02', 'unipile', 'acc', 0, NULL, 0);"
                 "INSERT INTO members VALUES (x'01', x'03', 'm', 'm', 1);"
                 "INSERT INTO senders VALUES (x'01', x'04', x'03', x'02', 's', 'u', x'', 'h', x'', "
                 "1, 'UTC', 0, 1440, 127, 1, 1, 1, 1, 1, 1, 0, 'active', 7)")
          .ok());
  const auto fresh = Migrate(db.get(), 2);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_FALSE(*fresh);
  EXPECT_EQ(**QueryInt(db.get(), "SELECT count(*) FROM migrations", {}),
            static_cast<int64_t>(Migrations().size()));
  EXPECT_EQ(
      **QueryInt(db.get(), "SELECT count(*) FROM organizations WHERE active_until_us IS NULL", {}),
      1);
  // Who was connected before goes on sending under the authorisation that the connection was.
  EXPECT_EQ(
      **QueryInt(db.get(), "SELECT count(*) FROM mandate_channels WHERE sender_id = x'04'", {}), 2);
  EXPECT_EQ(**QueryInt(db.get(), "SELECT given_at_us FROM mandates", {}), 7);
}

}  // namespace
}  // namespace onlyleads::storage
