#include "src/storage/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"

namespace onlyleads::storage {
namespace {

using base::Error;
using base::ErrorCode;

struct StatementDeleter {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using StatementPtr = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

ErrorCode CodeOfResult(int rc) {
  switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kBusy;
    case SQLITE_FULL:
      return ErrorCode::kDiskFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::kReadOnly;
    case SQLITE_NOTADB:
      return ErrorCode::kNotADatabase;
    case SQLITE_CORRUPT:
      return ErrorCode::kCorrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kConflict;
    case SQLITE_NOMEM:
      return ErrorCode::kNoMemory;
    case SQLITE_INTERRUPT:
      return ErrorCode::kCancelled;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return ErrorCode::kIo;
    default:
      return ErrorCode::kInternal;
  }
}

// SQLite's own texts name tables and columns, never values.
absl::Status SqliteError(sqlite3* db, int rc) {
  return Error(CodeOfResult(rc),
               absl::StrCat("database: ", db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc)));
}

class SqliteCursor final : public Cursor::Impl {
 public:
  // `owner` is set when the statement is not cached and dies with the cursor.
  SqliteCursor(sqlite3* db, sqlite3_stmt* statement, StatementPtr owner)
      : db_(db), statement_(statement), owner_(std::move(owner)) {}
  ~SqliteCursor() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  absl::StatusOr<bool> Next() override {
    const int rc = sqlite3_step(statement_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    return SqliteError(db_, rc);
  }
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  double Double(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    // SQLite copies the text to terminate it; without memory for that it says NULL, and a name
    // would be read as empty.
    if (text == nullptr && !IsNull(column)) throw std::bad_alloc();
    return {text == nullptr ? "" : text,
            static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view Bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes == nullptr ? "" : bytes,
            static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_;
  StatementPtr owner_;
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  ~SqliteConnection() override {
    statements_.clear();
    sqlite3_close_v2(db_);
  }

  absl::StatusOr<int64_t> Run(std::string_view sql, std::initializer_list<Value> args) override {
    OL_ASSIGN_OR_RETURN(Cursor cursor, Query(sql, args));
    OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
    if (row) return Error(ErrorCode::kInternal, "a statement returned rows nobody reads");
    return sqlite3_changes64(db_);
  }

  absl::StatusOr<Cursor> Query(std::string_view sql, std::initializer_list<Value> args) override {
    if (hook_) hook_(sql);
    OL_RETURN_IF_ERROR(PayRollback());
    Prepared own;
    OL_ASSIGN_OR_RETURN(const Prepared* prepared, Find(sql, &own));
    OL_RETURN_IF_ERROR(BindAll(*prepared, args));
    return Cursor(
        std::make_unique<SqliteCursor>(db_, prepared->statement.get(), std::move(own.statement)));
  }

  absl::Status Script(std::string_view sql) override {
    char* message = nullptr;
    const int rc = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, &message);
    sqlite3_free(message);
    return rc == SQLITE_OK ? absl::OkStatus() : SqliteError(db_, rc);
  }

  absl::Status BeginWrite() override {
    if (hook_) hook_("BEGIN IMMEDIATE");
    OL_RETURN_IF_ERROR(PayRollback());
    return Script("BEGIN IMMEDIATE");
  }
  absl::Status Commit() override {
    if (hook_) hook_("COMMIT");
    const absl::Status status = Script("COMMIT");
    if (status.ok()) ++commits_;
    return status;
  }
  void Rollback() override {
    // No Status here: it would need memory, which may be what ran out.
    if (!in_transaction()) return;
    rollback_owed_ = sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK;
  }
  int64_t commits() const override { return commits_; }
  bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }
  void set_statement_hook(StatementHook hook) override { hook_ = std::move(hook); }

 private:
  // A rollback that found no memory is made up for before anything else is read or written.
  absl::Status PayRollback() {
    if (!rollback_owed_) return absl::OkStatus();
    if (in_transaction()) OL_RETURN_IF_ERROR(Script("ROLLBACK"));
    rollback_owed_ = false;
    return absl::OkStatus();
  }

  struct Prepared {
    StatementPtr statement;
    // Position of $1, $2, ... in SQLite's numbering: it counts $2 - $1 by first appearance.
    std::vector<int> positions;
  };

  absl::StatusOr<Prepared> Prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int rc = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
    Prepared prepared{StatementPtr(raw), {}};
    if (rc != SQLITE_OK) return SqliteError(db_, rc);
    // SQLite would leave a second statement out without a word.
    if (raw == nullptr || tail != sql.data() + sql.size()) {
      return Error(ErrorCode::kInternal, "a statement must be one and whole");
    }
    const int count = sqlite3_bind_parameter_count(raw);
    for (int number = 1; number <= count; ++number) {
      const std::string name = absl::StrCat("$", number);
      prepared.positions.push_back(sqlite3_bind_parameter_index(raw, name.c_str()));
      if (prepared.positions.back() == 0) {
        return Error(ErrorCode::kInternal, "a statement parameter is missing");
      }
    }
    return prepared;
  }

  // A cached statement that is not in use, or a fresh one that `own` keeps.
  absl::StatusOr<const Prepared*> Find(std::string_view sql, Prepared* own) {
    auto it = statements_.find(base::ToAbsl(sql));
    if (it == statements_.end()) {
      OL_ASSIGN_OR_RETURN(Prepared prepared, Prepare(sql));
      it = statements_.emplace(std::string(sql), std::move(prepared)).first;
      return &it->second;
    }
    if (sqlite3_stmt_busy(it->second.statement.get()) == 0) return &it->second;
    OL_ASSIGN_OR_RETURN(*own, Prepare(sql));
    return own;
  }

  absl::Status BindAll(const Prepared& prepared, std::initializer_list<Value> args) {
    if (prepared.positions.size() != args.size()) {
      return Error(ErrorCode::kInternal, "statement parameters and arguments differ in number");
    }
    size_t i = 0;
    for (const Value& arg : args) {
      OL_RETURN_IF_ERROR(BindOne(prepared.statement.get(), prepared.positions[i++], arg));
    }
    return absl::OkStatus();
  }

  absl::Status BindOne(sqlite3_stmt* statement, int index, const Value& value) {
    int rc = SQLITE_OK;
    if (const auto* i = std::get_if<int64_t>(&value.get())) {
      rc = sqlite3_bind_int64(statement, index, *i);
    } else if (const auto* d = std::get_if<double>(&value.get())) {
      rc = sqlite3_bind_double(statement, index, *d);
    } else if (const auto* t = std::get_if<std::string_view>(&value.get())) {
      rc = sqlite3_bind_text64(statement, index, t->data() == nullptr ? "" : t->data(), t->size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (const auto* b = std::get_if<Blob>(&value.get())) {
      rc = sqlite3_bind_blob64(statement, index, b->bytes.data() == nullptr ? "" : b->bytes.data(),
                               b->bytes.size(), SQLITE_TRANSIENT);
    } else {
      rc = sqlite3_bind_null(statement, index);
    }
    return rc == SQLITE_OK ? absl::OkStatus() : SqliteError(db_, rc);
  }

  sqlite3* db_;
  absl::node_hash_map<std::string, Prepared> statements_;
  StatementHook hook_;
  bool rollback_owed_ = false;
  std::atomic<int64_t> commits_{0};
};

// Creates the file with mode 0600 before SQLite would create it with the umask's.
absl::Status EnsurePrivateFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    const bool read_only = errno == EACCES || errno == EROFS || errno == EPERM;
    return Error(read_only ? ErrorCode::kReadOnly : ErrorCode::kIo,
                 "the database file cannot be opened for writing");
  }
  struct stat info;
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  ::close(fd);
  if (!regular) return Error(ErrorCode::kNotADatabase, "the database path is no regular file");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(const SqliteOptions& options) {
  OL_RETURN_IF_ERROR(EnsurePrivateFile(options.path));
  sqlite3* db = nullptr;
  const int rc =
      sqlite3_open_v2(options.path.c_str(), &db,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  auto connection = std::make_unique<SqliteConnection>(db);
  if (rc != SQLITE_OK) return SqliteError(db, rc);
  sqlite3_busy_timeout(db, options.busy_timeout_ms);
  OL_RETURN_IF_ERROR(connection->Script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
      "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-65536;"));
  return connection;
}

absl::StatusOr<std::optional<int64_t>> QueryInt(Connection* connection, std::string_view sql,
                                                std::initializer_list<Value> args) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, connection->Query(sql, args));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return cursor.IntOrNull(0);
}

}  // namespace onlyleads::storage
