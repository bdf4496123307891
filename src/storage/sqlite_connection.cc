#include "src/storage/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <iterator>
#include <new>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

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

struct DatabaseDeleter {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using DatabasePtr = std::unique_ptr<sqlite3, DatabaseDeleter>;

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

// Lets a table of strings be searched by a view.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

absl::Status TransactionLost() {
  return Error(ErrorCode::kNoMemory, "database: the transaction was rolled back, out of memory");
}

// SQLite's own texts name tables and columns, never values.
absl::Status SqliteError(sqlite3* db, int rc) {
  if (rc == SQLITE_CONSTRAINT_COMMITHOOK) return TransactionLost();
  return Error(CodeOfResult(rc),
               absl::StrCat("database: ", db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc)));
}

// Device and inode; nullopt when there is no such file.
using FileIdentity = std::optional<std::pair<dev_t, ino_t>>;

FileIdentity IdentityOf(const char* path) {
  struct stat info;
  if (::stat(path, &info) != 0) return std::nullopt;
  return std::pair(info.st_dev, info.st_ino);
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
  SqliteConnection(sqlite3* db, const SqliteOptions& options)
      : db_(db), busy_timeout_(options.busy_timeout_ms), cancelled_(options.cancelled) {
    sqlite3_commit_hook(db_, &SqliteConnection::OnCommit, this);
  }
  ~SqliteConnection() override { SqliteConnection::Close(); }
  void Close() override {
    statements_.clear();
    sqlite3_close_v2(db_);
    db_ = nullptr;
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
    OL_RETURN_IF_ERROR(CheckTransaction());
    Prepared own;
    OL_ASSIGN_OR_RETURN(const Prepared* prepared, Find(sql, &own));
    OL_RETURN_IF_ERROR(BindAll(*prepared, args));
    return Cursor(
        std::make_unique<SqliteCursor>(db_, prepared->statement.get(), std::move(own.statement)));
  }

  absl::Status Script(std::string_view sql) override {
    char* message = nullptr;
    gave_up_ = false;
    const int rc = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, &message);
    sqlite3_free(message);
    if (rc == SQLITE_BUSY && gave_up_) {
      return Error(ErrorCode::kCancelled, "cancelled while another connection had the database");
    }
    return rc == SQLITE_OK ? absl::OkStatus() : SqliteError(db_, rc);
  }

  // Has SQLite wait for other connections, or not.
  void SetWaits(bool waits) {
    sqlite3_busy_handler(db_, waits ? &SqliteConnection::OnBusy : nullptr, this);
  }

  absl::Status BeginWrite() override {
    if (hook_) hook_("BEGIN IMMEDIATE");
    OL_RETURN_IF_ERROR(PayRollback());
    OL_RETURN_IF_ERROR(Script("BEGIN IMMEDIATE"));
    within_ = true;
    changes_at_begin_ = sqlite3_total_changes64(db_);
    absl::Status in_place = CheckInPlace();
    if (!in_place.ok()) Rollback();
    return in_place;
  }
  absl::Status BeginRead() override {
    OL_RETURN_IF_ERROR(PayRollback());
    OL_RETURN_IF_ERROR(Script("BEGIN"));
    within_ = true;
    return absl::OkStatus();
  }
  absl::Status Commit() override {
    if (hook_) hook_("COMMIT");
    OL_RETURN_IF_ERROR(CheckTransaction());
    within_ = false;  // where this fails, Rollback is all that may follow
    OL_RETURN_IF_ERROR(Script("COMMIT"));
    if (sqlite3_total_changes64(db_) != changes_at_begin_) ++commits_;
    return CheckInPlace();
  }

  // What stands under the names of the database and its log from now on.
  absl::Status RememberPlace() {
    const char* path = sqlite3_db_filename(db_, "main");
    if (path == nullptr) return Error(ErrorCode::kInternal, "the database has no name");
    for (const char* name : {path, sqlite3_filename_wal(path)}) {
      files_.push_back({name, IdentityOf(name)});
    }
    return CheckInPlace();
  }
  void Rollback() override {
    within_ = false;
    // No Status here: it would need memory, which may be what ran out.
    if (!in_transaction()) return;
    rollback_owed_ = sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK;
  }
  int64_t commits() const override { return commits_; }
  bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }
  absl::StatusOr<bool> ClearLog() override {
    if (hook_) hook_("PRAGMA wal_checkpoint(TRUNCATE)");
    // Whoever waited here for a reader would hold up every other verb.
    SetWaits(false);
    const int rc =
        sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    SetWaits(true);
    if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) return false;
    if (rc != SQLITE_OK) return SqliteError(db_, rc);
    return true;
  }
  absl::StatusOr<int64_t> Bytes() override {
    OL_ASSIGN_OR_RETURN(const auto pages, QueryInt(this, "PRAGMA page_count", {}));
    OL_ASSIGN_OR_RETURN(const auto bytes, QueryInt(this, "PRAGMA page_size", {}));
    return pages.value_or(0) * bytes.value_or(0);
  }
  absl::StatusOr<bool> Rebuild() override {
    if (hook_) hook_("VACUUM");
    OL_RETURN_IF_ERROR(PayRollback());
    OL_ASSIGN_OR_RETURN(const int64_t bytes, Bytes());
    if (!HasRoomFor(bytes)) return false;
    SetWaits(false);
    sqlite3_progress_handler(db_, kStepsPerQuestion, &SqliteConnection::OnProgress, this);
    const absl::Status status = Script("VACUUM");
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
    SetWaits(true);
    if (status.ok()) return true;
    // As far as it came it stands in the log, where others need the room.
    OL_RETURN_IF_ERROR(ClearLog().status());
    const ErrorCode code = base::CodeOf(status);
    if (code == ErrorCode::kBusy || code == ErrorCode::kDiskFull || code == ErrorCode::kNoMemory ||
        code == ErrorCode::kCancelled) {
      return false;
    }
    return status;
  }
  void set_statement_hook(StatementHook hook) override { hook_ = std::move(hook); }

 private:
  bool IsCancelled() const { return cancelled_ && cancelled_(); }

  // Of SQLite's machine: some tens of microseconds.
  static constexpr int kStepsPerQuestion = 1000;
  static int OnProgress(void* connection) {
    return static_cast<SqliteConnection*>(connection)->IsCancelled() ? 1 : 0;
  }
  // In growing steps up to the timeout, as SQLite's own handler does it, unless the call that waits
  // is cancelled.
  static int OnBusy(void* connection, int times) {
    static constexpr int kStepsMs[] = {1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100};
    auto* const self = static_cast<SqliteConnection*>(connection);
    const auto now = std::chrono::steady_clock::now();
    if (times == 0) {
      self->waits_since_ = now;
      self->gave_up_ = false;
    }
    const auto left = self->waits_since_ + self->busy_timeout_ - now;
    if (left <= left.zero()) return 0;
    self->gave_up_ = self->IsCancelled();
    if (self->gave_up_) return 0;
    const std::chrono::milliseconds step(
        kStepsMs[std::min<size_t>(static_cast<size_t>(times), std::size(kStepsMs) - 1)]);
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(step, left));
    return 1;
  }

  // For a second copy, in the log, and as much again to be careful; yes where the system does not
  // say.
  bool HasRoomFor(int64_t bytes) const {
    struct statvfs disk;
    if (::statvfs(sqlite3_db_filename(db_, "main"), &disk) != 0) return true;
    return disk.f_bavail * disk.f_frsize / 2 >= static_cast<uint64_t>(bytes);
  }

  // SQLite compiles and runs a statement once more when the schema is new to it. Where memory ran
  // out in between, it has rolled the transaction back, does not say so, and would commit that
  // statement alone. Found by letting every allocation of ol_prospects_delete fail (SQLite 3.40.1).
  static int OnCommit(void* connection) {
    const auto* const self = static_cast<SqliteConnection*>(connection);
    return self->within_ ? 1 : 0;
  }
  absl::Status CheckTransaction() const {
    return within_ && !in_transaction() ? TransactionLost() : absl::OkStatus();
  }

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

  // A log that another process deleted takes commits that nobody will ever read. That happens when
  // a file is moved or removed, and when this process opened and closed the database by other
  // means: POSIX drops all of a process's locks on a file with any descriptor of it.
  absl::Status CheckInPlace() const {
    for (const auto& [name, identity] : files_) {
      const auto found = IdentityOf(name.c_str());
      if (found && found == identity) continue;
      return Error(ErrorCode::kIo,
                   "the database or its log was moved, replaced or removed while it was open");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Prepared> Prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int rc = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
    Prepared prepared{StatementPtr(raw), {}};
    // Our statements fit our schema: one that does not compile meets a damaged one.
    if (rc == SQLITE_ERROR) return Error(ErrorCode::kCorrupt, sqlite3_errmsg(db_));
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
    auto it = statements_.find(sql);
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
  const std::chrono::milliseconds busy_timeout_;
  const std::function<bool()> cancelled_;
  std::chrono::steady_clock::time_point waits_since_;
  bool gave_up_ = false;
  std::vector<std::pair<std::string, FileIdentity>> files_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  StatementHook hook_;
  std::atomic<int64_t> commits_{0};
  int64_t changes_at_begin_ = 0;
  bool rollback_owed_ = false;
  bool within_ = false;  // a transaction that has not come to its end
};

// With its zero: 16 bytes (https://www.sqlite.org/fileformat.html, 1.3.1).
constexpr char kFileHead[] = "SQLite format 3";

// Creates the file with mode 0600 before SQLite would create it with the umask's. A file that is
// there is never opened here: closing any descriptor of it would drop the locks that another
// connection of this process holds on it, and a third process could take itself for the last.
absl::Status EnsurePrivateFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    ::close(fd);
    return absl::OkStatus();
  }
  struct stat info;
  const bool there = errno == EEXIST && ::stat(path.c_str(), &info) == 0;
  if (!there || S_ISDIR(info.st_mode) || ::access(path.c_str(), R_OK | W_OK) != 0) {
    const bool read_only = errno == EACCES || errno == EROFS || errno == EPERM;
    return Error(read_only ? ErrorCode::kReadOnly : ErrorCode::kIo,
                 "path: the database file cannot be opened for writing");
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kNotADatabase, "path: is no regular file");
  }
  return absl::OkStatus();
}

// SQLite takes a file that is shorter than a page for an empty one, and writes over it.
// Its own word for the size is not asked for: it calls one byte none.
absl::Status RefuseForeignFile(sqlite3* db, const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && info.st_size == 0) return absl::OkStatus();
  sqlite3_file* file = nullptr;
  int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (rc != SQLITE_OK) return SqliteError(nullptr, rc);
  char head[sizeof kFileHead];
  rc = file->pMethods->xRead(file, head, sizeof head, 0);
  if (rc == SQLITE_OK && std::memcmp(head, kFileHead, sizeof head) == 0) return absl::OkStatus();
  if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) return SqliteError(nullptr, rc);
  return Error(ErrorCode::kNotADatabase, "path: the file is no database");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(const SqliteOptions& options) {
  OL_RETURN_IF_ERROR(EnsurePrivateFile(options.path));
  // Names that SQLite gives a meaning of their own, such as :memory:, are files here.
  const std::string path = options.path[0] == '/' ? options.path : "./" + options.path;
  sqlite3* db = nullptr;
  const int rc =
      sqlite3_open_v2(path.c_str(), &db,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  DatabasePtr owner(db);  // the connection may find no memory
  if (rc != SQLITE_OK) return SqliteError(db, rc);
  auto connection = std::make_unique<SqliteConnection>(db, options);
  (void)owner.release();
  OL_RETURN_IF_ERROR(RefuseForeignFile(db, path));
  connection->SetWaits(true);
  OL_RETURN_IF_ERROR(connection->Script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
      "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-65536; PRAGMA cell_size_check=ON; SELECT count(*) FROM sqlite_master;"));
  OL_RETURN_IF_ERROR(connection->RememberPlace());
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
