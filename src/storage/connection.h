// One database connection: statements with $1..$n, transactions, errors in the library's codes.
// SQLite now; the interface keeps to what a second engine can do. Not thread-safe: the engine's
// lock guards it. Knows no table.
#ifndef ONLYLEADS_SRC_STORAGE_CONNECTION_H_
#define ONLYLEADS_SRC_STORAGE_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/error.h"
#include "src/base/id.h"

namespace onlyleads::storage {

struct Blob {
  std::string_view bytes;
};

// A bound value. Text and blobs are borrowed for the duration of the call.
class Value {
 public:  // Arguments convert by themselves. NOLINTBEGIN(google-explicit-constructor)
  Value(std::nullptr_t) : v_(nullptr) {}
  Value(int v) : v_(static_cast<int64_t>(v)) {}
  Value(int64_t v) : v_(v) {}
  Value(bool v) : v_(static_cast<int64_t>(v)) {}
  Value(double v) : v_(v) {}
  Value(std::string_view v) : v_(v) {}
  Value(const std::string& v) : v_(std::string_view(v)) {}
  Value(const char* v) : v_(std::string_view(v)) {}
  Value(Blob v) : v_(v) {}
  Value(const base::Id& v) : v_(Blob{v.view()}) {}
  template <typename T>
  Value(const std::optional<T>& v) : v_(nullptr) {
    if (v) *this = Value(*v);
  }  // NOLINTEND(google-explicit-constructor)

  const std::variant<std::nullptr_t, int64_t, double, std::string_view, Blob>& get() const {
    return v_;
  }

 private:
  std::variant<std::nullptr_t, int64_t, double, std::string_view, Blob> v_;
};

// Rows of one running query. Views are valid until the next Next(). At most one per statement text.
class Cursor {
 public:
  class Impl {
   public:
    virtual ~Impl() = default;
    virtual absl::StatusOr<bool> Next() = 0;
    virtual bool IsNull(int column) const = 0;
    virtual int64_t Int(int column) const = 0;
    virtual double Double(int column) const = 0;
    virtual std::string_view Text(int column) const = 0;
    virtual std::string_view Bytes(int column) const = 0;
  };

  explicit Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
  // True when a row is there, false at the end.
  absl::StatusOr<bool> Next() { return impl_->Next(); }
  bool IsNull(int column) const { return impl_->IsNull(column); }
  int64_t Int(int column) const { return impl_->Int(column); }
  double Double(int column) const { return impl_->Double(column); }
  std::string_view Text(int column) const { return impl_->Text(column); }
  std::string_view Bytes(int column) const { return impl_->Bytes(column); }
  std::optional<int64_t> IntOrNull(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Int(column);
  }
  // The 16 bytes of an id column; the nil id when NULL.
  base::Id Id(int column) const { return base::IdFromBytes(Bytes(column)).value_or(base::Id{}); }

 private:
  std::unique_ptr<Impl> impl_;
};

// What `make` makes of each row, in order. Takes what Query returned.
template <typename Make>
auto Collect(absl::StatusOr<Cursor> query, Make make)
    -> absl::StatusOr<std::vector<std::invoke_result_t<Make, const Cursor&>>> {
  OL_RETURN_IF_ERROR(query.status());
  std::vector<std::invoke_result_t<Make, const Cursor&>> made;
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool row, query->Next());
    if (!row) return made;
    made.push_back(make(*query));
  }
}

class Connection {
 public:
  virtual ~Connection() = default;

  // Runs a statement without result rows; returns how many rows it changed.
  virtual absl::StatusOr<int64_t> Run(std::string_view sql, std::initializer_list<Value> args) = 0;
  // Starts a query. Fails when a declared parameter is missing from either side.
  virtual absl::StatusOr<Cursor> Query(std::string_view sql, std::initializer_list<Value> args) = 0;
  // Several statements without parameters (migrations).
  virtual absl::Status Script(std::string_view sql) = 0;

  // A write transaction; on SQLite BEGIN IMMEDIATE, so that no fact can change underneath it.
  virtual absl::Status BeginWrite() = 0;
  // All that is read until Rollback or Close is of one instant.
  virtual absl::Status BeginRead() = 0;
  virtual absl::Status Commit() = 0;
  virtual void Rollback() = 0;
  virtual bool in_transaction() const = 0;
  // How many write transactions that changed a row this connection committed. Any thread.
  virtual int64_t commits() const = 0;
  // Lets go of the files. Outside a transaction, without a cursor; nothing but commits() may
  // follow.
  virtual void Close() = 0;

  // Moves the write-ahead log into the database and empties it, so that what was overwritten in the
  // database stands nowhere any more. False while a reader or writer of any process needs the log;
  // never waits. Not inside a transaction.
  virtual absl::StatusOr<bool> ClearLog() = 0;

  // How large the database is, its log not counted.
  virtual absl::StatusOr<int64_t> Bytes() = 0;

  // Writes the whole database anew, into the log. Where rows moved between pages, what was removed
  // since may stand in a page's free space, which SQLite's secure_delete does not reach. False
  // while another process writes, where room or memory for a second copy is wanting, and when the
  // call is cancelled; never waits. Not inside a transaction.
  virtual absl::StatusOr<bool> Rebuild() = 0;

  // Called before each statement with its text; tests use it to order connections. Never set
  // otherwise.
  using StatementHook = std::function<void(std::string_view sql)>;
  virtual void set_statement_hook(StatementHook hook) = 0;
};

// Rolls back unless committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Connection* connection) {
    OL_RETURN_IF_ERROR(connection->BeginWrite());
    return Transaction(connection);
  }
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (connection_ != nullptr) connection_->Rollback();
  }
  absl::Status Commit() {
    const absl::Status status = connection_->Commit();
    if (status.ok()) connection_ = nullptr;
    return status;  // NOLINT(performance-no-automatic-move): mostly OK, and that costs nothing
  }

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

// The first row's first column, for counts and look-ups; nullopt when there is no row or it is
// NULL.
absl::StatusOr<std::optional<int64_t>> QueryInt(Connection* connection, std::string_view sql,
                                                std::initializer_list<Value> args);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_CONNECTION_H_
