/// @file
/// onlyleads/onlyleads.hpp: the C ABI in C++17, header only.
///
/// Nouns and verbs are those of the C headers, which remain the manual: what a verb stores, which
/// columns its rows have and which codes it fails with is said there, once. This header adds
///   - RAII: handles free themselves, and a workspace or a page keeps alive what it needs;
///   - exceptions: a failing call throws onlyleads::Error; nothing returns a code;
///   - std types: std::string, std::vector, std::function. No other library's type appears.
///
///     onlyleads::Engine engine = onlyleads::Engine::open("leads.db");
///     onlyleads::Workspace ws = engine.create_organization("Acme Ltd");
///     onlyleads::ImportOptions how;
///     how.source = "LinkedIn export";
///     how.lawful_basis = "legitimate_interests";
///     onlyleads::ImportReport report = ws.prospects().import_csv("connections.csv", how);
///
/// Text is UTF-8 without U+0000 everywhere; paths too. Instants are microseconds since 1970 UTC.
/// Documents (campaigns, scorecards, facts, attributes) are JSON text, as in C. Law is cited where
/// a rule comes from it; the decision pack (src/domain/policy/rules.json) lists the sources of
/// every row. It states facts about law and is no legal advice.
///
/// Errors: every method may throw Error, also where its comment names no code:
///   - OL_INVALID_ARGUMENT, OL_INVALID_UTF8: an argument breaks its form; the message names it;
///   - OL_MISUSE: the engine was closed, or a callback of it entered it again;
///   - OL_FORKED: the engine was opened before fork(); open another one in the child;
///   - OL_BUSY: another process held the database for longer than busy_timeout_ms; retryable;
///   - OL_IO, OL_DISK_FULL, OL_READ_ONLY, OL_CORRUPT: the file and what lies under it;
/// What a callback of the host throws comes out as itself, not as Error.
/// A call that throws has changed nothing, unless its comment says what stays (imports, runs).
///
/// Threads: an Engine and its workspaces may be used from any thread; calls queue behind the
/// engine's lock, which is not held while HTTP is under way. A Rows object is immutable and may be
/// read from several threads. Objects are handles: a copy is the same engine or workspace, not a
/// second one. For parallel work open one engine per thread or process on the same file.
///
/// Durability: when a writing method has returned, its effect survives a crash of the process and
/// of the machine; objections, opt-outs and erasures bind every other process from then on, too.
///
/// Lifetimes: everything keeps alive what it needs. A Workspace keeps its engine open, a noun
/// (Prospects, Outbox, ...) its workspace; pages need nothing. So order of destruction is free, and
/// an Engine that goes out of scope closes when its last workspace does. Destructors do not throw,
/// block or call back; close() is there for who wants to hear about a last failing write.
///
/// A whole program, from a file to messages on their way:
///
///     onlyleads::EngineOptions how;
///     how.host.log = [](int32_t, std::string_view line) { std::clog << line; };
///     const auto engine = onlyleads::Engine::open("leads.db", how);
///     const auto ws = engine.create_organization("Acme Ltd");
///     onlyleads::SenderOptions account;
///     account.member_id = ws.members().add("Ann Smith");
///     account.account_id = "the id that Unipile gave";
///     account.base_url = "https://api8.unipile.com:13443";
///     account.api_key = key_from_a_safe_place();
///     account.webhook_secret = secret_from_a_safe_place();
///     const onlyleads::Id sender = ws.senders().connect(account);
///     ws.prospects().import_csv("connections.csv", import_options());
///     const onlyleads::Id campaign = ws.campaigns().create(document_for(sender));
///     ws.campaigns().enroll(campaign, best_of(ws.scoring().top(100)));
///     for (;;) sleep_until(engine.run().next_due_us);
#ifndef ONLYLEADS_ONLYLEADS_HPP_
#define ONLYLEADS_ONLYLEADS_HPP_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "onlyleads/onlyleads.h"

namespace onlyleads {

// ------------------------------------------------------------------------------------ errors ----

/// What every failing call throws. what() names arguments, columns and limits, never their content:
/// it may be logged. The three flags answer what a program has to decide: again, ask first, or fix
/// the code?
///
///     catch (const onlyleads::Error& error) {
///       if (error.retryable()) return try_again_later();
///       if (error.code() == OL_UNAUTHORIZED) return answer(401);
///       throw;
///     }
/// It is a value: copied with its message, it refers to nothing in the library and may outlive
/// every handle. Its what() is English, at most 231 bytes, and may change between versions: decide
/// by code().
class Error : public std::runtime_error {
 public:
  /// From what a C call filled in.
  ///
  /// @param err  copied; the library's own, after a call that did not return OL_OK
  explicit Error(const ol_error& err)
      : std::runtime_error(err.message), code_(err.code), flags_(err.flags) {}
  /// An error of this header's own. flags are OL_ERROR_... bits.
  ///
  /// @param code     an OL_... code, extended form
  /// @param message  what() of it; without personal data
  /// @param flags    by default the caller's fault
  Error(int32_t code, const std::string& message, uint32_t flags = OL_ERROR_CALLERS_FAULT)
      : std::runtime_error(message), code_(code), flags_(flags) {}

  /// The extended code, one of error.h, for example OL_INVALID_UTF8.
  /// A later version may return a finer code of the same class: compare primary_code() where the
  /// class is what matters.
  int32_t code() const noexcept { return code_; }
  /// Its class: the low byte, for example OL_INVALID_ARGUMENT.
  /// The names of the classes and what each means stand in error.h.
  int32_t primary_code() const noexcept { return OL_PRIMARY(code_); }
  /// Its name, for example "OL_BUSY". A static string.
  /// "OL_UNKNOWN_CODE" for a number that this version does not know.
  const char* code_name() const noexcept { return ol_code_name(code_); }
  /// The same call may succeed later without any change, for example after OL_BUSY.
  /// Waiting a little is the caller's business: the library has waited as long as it was told to.
  bool retryable() const noexcept { return (flags_ & OL_ERROR_RETRYABLE) != 0; }
  /// The effect may have happened: ask before repeating. A message whose outcome is unknown is no
  /// such error; the engine asks the provider about it by itself.
  bool outcome_unknown() const noexcept { return (flags_ & OL_ERROR_OUTCOME_UNKNOWN) != 0; }
  /// An argument or the order of calls is wrong.
  /// Repeating the call unchanged is of no use. Denials, faults of files and of providers are not.
  bool callers_fault() const noexcept { return (flags_ & OL_ERROR_CALLERS_FAULT) != 0; }

 private:
  int32_t code_;
  uint32_t flags_;
};

// --------------------------------------------------------------------------------------- ids ----

/// A UUIDv7 (RFC 9562) by value; all zero means "none". Ordered by creation time to the
/// millisecond: what was made within the same one may come in any order. An id alone is no personal
/// data and may be logged. Works as a key of std::map and std::unordered_map. Threads: a plain
/// value. An id of another organization is treated exactly as one that never existed.
class Id {
 public:
  /// None.
  Id() noexcept : id_{} {}
  /// From the C ABI's form.
  ///
  /// @param id  copied
  explicit Id(const ol_id& id) noexcept : id_(id) {}

  /// From the 36-character form; throws Error(OL_INVALID_ARGUMENT) for anything else.
  ///
  /// @param text  8-4-4-4-12 hexadecimal digits with dashes, upper or lower case
  /// @return      the id; it need not belong to anything that exists
  /// @throws Error  OL_INVALID_ARGUMENT; the message does not repeat the text
  static Id from_string(std::string_view text) {
    Id id;
    if (ol_id_from_text({text.data(), text.size()}, &id.id_) != OL_OK) {
      throw Error(OL_INVALID_ARGUMENT, "id: not the 36-character form of an id");
    }
    return id;
  }
  /// Lower-case 8-4-4-4-12 form, 36 characters.
  /// The form that from_string reads, and that JSON documents and logs hold.
  std::string to_string() const {
    char text[OL_ID_TEXT_SIZE];
    ol_id_to_text(&id_, text);
    return text;
  }

  /// Whether it names nothing, as first_bad_org of an intact audit does.
  bool is_none() const noexcept { return *this == Id(); }
  /// The opposite of is_none(), for `if (id)`.
  explicit operator bool() const noexcept { return !is_none(); }
  /// For calls of the C ABI.
  const ol_id& c() const noexcept { return id_; }

  /// Equality of all 16 bytes.
  friend bool operator==(const Id& a, const Id& b) noexcept { return compare(a, b) == 0; }
  /// Any byte differs.
  friend bool operator!=(const Id& a, const Id& b) noexcept { return compare(a, b) != 0; }
  /// Bytewise, which is by time of creation: what UUIDv7 was made for.
  friend bool operator<(const Id& a, const Id& b) noexcept { return compare(a, b) < 0; }
  /// See operator<.
  friend bool operator>(const Id& a, const Id& b) noexcept { return compare(a, b) > 0; }
  /// See operator<.
  friend bool operator<=(const Id& a, const Id& b) noexcept { return compare(a, b) <= 0; }
  /// See operator<.
  friend bool operator>=(const Id& a, const Id& b) noexcept { return compare(a, b) >= 0; }

 private:
  static int compare(const Id& a, const Id& b) noexcept {
    return std::memcmp(a.id_.bytes, b.id_.bytes, sizeof(a.id_.bytes));
  }
  ol_id id_;
};

// ------------------------------------------------------------------------------------- spans ----

/// Borrowed elements in a row, as std::span<const T> of C++20: pointer and number.
///
/// Taken by every method that takes many of something, so that a vector, an array, a list in braces
/// or memory of the host's own goes in without a copy. What it points to must live until the call
/// has returned; methods keep nothing of it. Made from a temporary it is for that one call:
///
///     ws.campaigns().enroll(campaign, people);                       // a vector, an array
///     ws.campaigns().enroll(campaign, {first, second});              // a list
///     ws.campaigns().enroll(campaign, {block.ids, block.id_count});  // memory of one's own
template <typename T>
class Span {
 public:
  /// No element.
  constexpr Span() = default;
  /// `size` elements from `data` on; `data` may be null when there are none.
  constexpr Span(const T* data, size_t size) : data_(data), size_(size) {}
  /// The elements of a list in braces, which live until the end of the expression.
  // NOLINTNEXTLINE(google-explicit-constructor): converting is what it is for
  constexpr Span(std::initializer_list<T> list) : Span(list.begin(), list.size()) {}
  /// The elements of whatever has them in a row: std::vector, std::array, another span.
  template <typename Row, typename = std::enable_if_t<std::is_convertible_v<
                              decltype(std::data(std::declval<const Row&>())), const T*>>>
  // NOLINTNEXTLINE(google-explicit-constructor): as above
  constexpr Span(const Row& row) : data_(std::data(row)), size_(std::size(row)) {}

  /// The first; null when there is none.
  constexpr const T* data() const { return data_; }
  /// How many.
  constexpr size_t size() const { return size_; }
  /// For a range-based for.
  constexpr const T* begin() const { return data_; }
  /// One past the last.
  constexpr const T* end() const { return data_ + size_; }

 private:
  const T* data_ = nullptr;
  size_t size_ = 0;
};

// -------------------------------------------------------------------------------------- rows ----

/// One page of results, owned: it holds no statement, transaction or lock and may outlive its
/// engine. Text comes back as a view borrowed from the page: copy what has to outlive it. Reading a
/// position that does not exist, a NULL or another type throws Error(OL_INVALID_ARGUMENT). The list
/// methods name their columns in order; a later version may append some, so read by name.
///
///     for (onlyleads::Rows page = ws.outbox().list();; page = ws.outbox().list(page.next_page()))
///     {
///       for (const onlyleads::Row row : page) use(row.text("state"));
///       if (page.next_page().empty()) break;
///     }
class Rows;

/// One row of a page; borrowed from it.
/// A view: cheap to copy, valid as long as its page lives and is not moved. Made by Rows.
class Row {
 public:
  /// @param rows   the page, which must outlive this
  /// @param index  its position there, from 0; checked when a value is read
  Row(const Rows* rows, int64_t index) : rows_(rows), index_(index) {}

  /// Values by column name. text is UTF-8 and lives as long as the page; integer also holds
  /// instants (columns that end in _us) and flags (0 or 1). Ask is_null first where a value may be
  /// absent; a name that is no column throws everywhere.
  ///
  /// @param column  its name, as the list's comment gives it
  /// @return        the value, borrowed from the page; may be empty
  /// @throws Error  OL_INVALID_ARGUMENT: no such column or row, another type, or NULL
  std::string_view text(std::string_view column) const;
  /// Of an integer column: counts, instants in microseconds since 1970 UTC, flags.
  ///
  /// @param column  its name
  /// @return        the value
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  int64_t integer(std::string_view column) const;
  /// Of a floating-point column: scores.
  ///
  /// @param column  its name
  /// @return        the value
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  double real(std::string_view column) const;
  /// Of an id column.
  ///
  /// @param column  its name
  /// @return        the value; never none, that is NULL
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  Id id(std::string_view column) const;
  /// Whether nothing is stored there.
  ///
  /// @param column  its name
  /// @return        true too for a row beyond the last
  /// @throws Error  OL_INVALID_ARGUMENT: no such column
  bool is_null(std::string_view column) const;
  /// Position in the page, from 0.
  int64_t index() const noexcept { return index_; }

 private:
  const Rows* rows_;
  int64_t index_;
};

/// One page of results: see the comment above Row. Movable, not copyable; freed with its last
/// owner, from any thread, without blocking. Immutable: several threads may read one page.
class Rows {
 public:
  /// Takes ownership of a page; ol_rows_free is called with it, from whatever thread that is.
  ///
  /// @param rows  of a C call that succeeded; NULL makes an empty page
  explicit Rows(ol_rows* rows) noexcept : rows_(rows) {}

  /// Rows of this page, not of the whole list.
  /// At most the limit that was asked for.
  int64_t size() const noexcept { return ol_rows_count(rows_.get()); }
  /// Whether the page has no row; a list whose page is empty has ended.
  bool empty() const noexcept { return size() == 0; }
  /// Columns, and the name of each; an empty name beyond the last.
  int32_t columns() const noexcept { return ol_rows_columns(rows_.get()); }
  /// @param column  from 0
  /// @return        borrowed from the page
  std::string_view column_name(int32_t column) const noexcept {
    return view(ol_rows_column_name(rows_.get(), column));
  }
  /// OL_TYPE_TEXT, OL_TYPE_INT, OL_TYPE_DOUBLE or OL_TYPE_ID; 0 beyond the last column.
  ///
  /// @param column  from 0
  /// @return        the type of every value of the column that is not NULL
  int32_t column_type(int32_t column) const noexcept {
    return ol_rows_column_type(rows_.get(), column);
  }
  /// Position of a column; throws when there is none of this name.
  ///
  /// @param name  exact, in lower case
  /// @return      from 0
  /// @throws Error  OL_INVALID_ARGUMENT; the message names the column
  int32_t column(std::string_view name) const {
    for (int32_t i = 0; i < columns(); ++i) {
      if (column_name(i) == name) return i;
    }
    throw Error(OL_INVALID_ARGUMENT, "rows: no column " + std::string(name));
  }

  /// Values by position: row and column count from 0. Faster than by name in a long loop, where
  /// column(name) can be asked once.
  ///
  /// @param row     from 0
  /// @param column  from 0
  /// @return        borrowed from the page
  /// @throws Error  OL_INVALID_ARGUMENT: no such position, another type, or NULL
  std::string_view text(int64_t row, int32_t column) const {
    ol_str value;
    check(ol_rows_text(rows_.get(), row, column, &value));
    return view(value);
  }
  /// Of an integer column.
  ///
  /// @param row     from 0
  /// @param column  from 0
  /// @return        the value
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  int64_t integer(int64_t row, int32_t column) const {
    int64_t value;
    check(ol_rows_int(rows_.get(), row, column, &value));
    return value;
  }
  /// Of a floating-point column.
  ///
  /// @param row     from 0
  /// @param column  from 0
  /// @return        the value
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  double real(int64_t row, int32_t column) const {
    double value;
    check(ol_rows_double(rows_.get(), row, column, &value));
    return value;
  }
  /// Of an id column.
  ///
  /// @param row     from 0
  /// @param column  from 0
  /// @return        the value
  /// @throws Error  OL_INVALID_ARGUMENT, as text()
  Id id(int64_t row, int32_t column) const {
    ol_id value;
    check(ol_rows_id(rows_.get(), row, column, &value));
    return Id(value);
  }
  /// Whether nothing is stored there.
  ///
  /// @param row     from 0
  /// @param column  from 0
  /// @return        true too for a position that does not exist: it throws nothing
  bool is_null(int64_t row, int32_t column) const noexcept {
    return ol_rows_is_null(rows_.get(), row, column) != 0;
  }

  /// What the same list call takes as page_token for the next page; empty on the last one. Opaque:
  /// it fits no other list, and holds nothing open in the meantime.
  ///
  /// @return  copied, so it may outlive the page; give it to the list method that made the page, of
  /// the
  ///          same workspace
  std::string next_page() const { return std::string(view(ol_rows_next_page(rows_.get()))); }

  /// The document of a one-row page with a "json" column, as verbs that answer a document give it.
  ///
  /// @return  UTF-8, copied
  /// @throws Error  OL_INVALID_ARGUMENT when the page is none of those
  std::string json() const { return std::string(text(0, 0)); }

  /// The rows of this page as an Arrow C stream, for pandas, Polars, DuckDB and the like; arrow.h
  /// says which type each column gets. The stream keeps the page's values by itself, so this object
  /// may go first.
  ///
  /// @param out  overwritten without being released; whoever consumes it calls out->release once
  /// @throws Error  OL_INVALID_ARGUMENT for nullptr, OL_NOMEM
  void to_arrow(ArrowArrayStream* out) const {
    ol_error err;
    if (ol_rows_to_arrow(rows_.get(), out, &err) != OL_OK) throw Error(err);
  }

  /// A row by position; that it exists is checked when a value of it is read.
  ///
  /// @param row  from 0
  /// @return     a view of it
  Row operator[](int64_t row) const noexcept { return Row(this, row); }

  /// Forward iteration over Row values.
  /// A position in a page. Iterators of different pages compare as their positions do: do not mix
  /// them.
  class Iterator {
   public:
    /// Made by begin() and end().
    ///
    /// @param rows   the page, which must outlive this
    /// @param index  from 0
    Iterator(const Rows* rows, int64_t index) : rows_(rows), index_(index) {}
    /// The row here: by value, it is a view.
    Row operator*() const noexcept { return Row(rows_, index_); }
    /// Goes to the next row; beyond end() it is of no use, but does no harm.
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    /// Whether they stand at different rows.
    ///
    /// @param other  an iterator of the same page
    bool operator!=(const Iterator& other) const noexcept { return index_ != other.index_; }
    /// Whether they stand at the same row.
    ///
    /// @param other  an iterator of the same page
    bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

   private:
    const Rows* rows_;
    int64_t index_;
  };
  /// The first row.
  Iterator begin() const noexcept { return Iterator(this, 0); }
  /// Behind the last row.
  Iterator end() const noexcept { return Iterator(this, size()); }

 private:
  struct Free {
    void operator()(ol_rows* rows) const noexcept { ol_rows_free(rows); }
  };
  static std::string_view view(ol_str text) noexcept { return {text.data, text.size}; }
  static void check(int32_t code) {
    if (code != OL_OK) throw Error(code, "rows: no such position, NULL, or another type");
  }
  std::unique_ptr<ol_rows, Free> rows_;
};

inline std::string_view Row::text(std::string_view column) const {
  return rows_->text(index_, rows_->column(column));
}
inline int64_t Row::integer(std::string_view column) const {
  return rows_->integer(index_, rows_->column(column));
}
inline double Row::real(std::string_view column) const {
  return rows_->real(index_, rows_->column(column));
}
inline Id Row::id(std::string_view column) const {
  return rows_->id(index_, rows_->column(column));
}
inline bool Row::is_null(std::string_view column) const {
  return rows_->is_null(index_, rows_->column(column));
}

// -------------------------------------------------------------------------------------- host ----

/// A request as a host's own transport gets it.
///
/// Views are borrowed until submit returns; copy what you keep. Headers carry the provider's key,
/// bodies carry personal data: neither goes into a log.
struct HttpRequest {
  /// Names it in completions and in cancel; never used twice by one engine.
  uint64_t id = 0;
  /// Has an effect at the provider: at most once on the wire, no retry, no redirect followed, no
  /// kept connection trusted.
  bool is_write = false;
  /// "GET", "POST", ...
  std::string_view method;
  /// Absolute, http or https.
  std::string_view url;
  /// Name and value, content type and authentication included.
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  /// As it goes out; empty for none.
  std::string_view body;
  /// For the whole call.
  std::chrono::milliseconds timeout{0};
  /// Of that for connecting.
  std::chrono::milliseconds connect_timeout{0};
};

/// What became of one. Say OL_HTTP_NOT_STARTED only when certain that no byte left; in doubt it is
/// unknown, and the library asks the provider before it repeats anything. A completion that breaks
/// a rule counts as unknown; one for a request that nobody waits for is ignored.
struct HttpCompletion {
  /// Of the request.
  uint64_t id = 0;
  /// OL_HTTP_NOT_STARTED, OL_HTTP_UNKNOWN or OL_HTTP_COMPLETE.
  int32_t fate = OL_HTTP_UNKNOWN;
  /// 200 to 599 when complete.
  int32_t status = 0;
  /// Name and value, in order of arrival.
  std::vector<std::pair<std::string, std::string>> headers;
  /// Decoded of any content coding, 8 MiB at most.
  std::string body;
  /// When not complete: a code such as "timeout", of a-z, 0-9 and _.
  std::string error;
};

/// A host's own HTTP transport: set all three functions or none.
///
/// For a host that must send through its own stack: a corporate proxy, an event loop, mutual TLS, a
/// recorder. The library decides what is sent and when; the transport only carries it. Its one duty
/// beyond that is honesty about the fate of each request: a message of unknown fate is looked up at
/// the provider and never repeated blindly, one that was not started is simply tried again. A
/// request of which nothing is heard two seconds after its timeout is cancelled and unknown.
///
/// They run on the thread inside Engine::run, one at a time for an engine, and must not enter it.
/// An exception ends that run and comes out of it as itself, after what is known of each request
/// was recorded. Requests in flight when the engine ends are given up without a call.
///
/// The simplest one carries each request at once and hands the answers out when it is asked:
///
///     auto done = std::make_shared<std::vector<onlyleads::HttpCompletion>>();
///     options.host.transport.submit = [done](const auto& requests) {
///       for (const onlyleads::HttpRequest& request : requests) done->push_back(carry(request));
///     };
///     options.host.transport.poll = [done](auto) { return std::exchange(*done, {}); };
///     options.host.transport.cancel = [](uint64_t) {};
///
/// One over an event loop starts them, and waits in poll:
///
///     options.host.transport.submit = [loop](const auto& requests) { loop->start(requests); };
///     options.host.transport.poll = [loop](auto max_wait) { return loop->finished(max_wait); };
///     options.host.transport.cancel = [loop](uint64_t id) { loop->abort(id); };
struct Transport {
  /// Takes a batch; each request ends in exactly one completion. Throws: none of them was started.
  /// Should not wait for the network: that is what poll is for.
  std::function<void(const std::vector<HttpRequest>& requests)> submit;
  /// What is finished; waits for it up to max_wait of real time when nothing is. Throws: every
  /// request in flight counts as unknown.
  ///
  /// A wait and not a deadline, because the host's clock may be accelerated. While it waits the
  /// engine's lock is free: an opt-out on another thread goes through.
  std::function<std::vector<HttpCompletion>(std::chrono::microseconds max_wait)> poll;
  /// Gives a request up; a completion in the next poll is still believed, afterwards the request
  /// counts as unknown. An id that is done is to be ignored, and so is what this throws.
  std::function<void(uint64_t id)> cancel;
  /// Requests in flight at most, up to 1024; 0: 8.
  int32_t max_concurrent = 0;
};

/// The outside world of an engine. A member that is empty takes the default. Callbacks run on the
/// thread that called the engine, never under its lock; entering the same engine from one is
/// Error(OL_MISUSE). An exception from now_us or random ends the call that needed it and comes out
/// of that call as itself. What log throws is dropped: what it tells of has happened already.
///
/// The functions are copied into the engine and run until it is closed, or until its last handle
/// has gone. Several threads in calls of one engine run them at the same time: what they share they
/// must guard themselves. Other engines may be entered from them; this one's cancel() too.
///
///     onlyleads::Host host;                         // a simulator's
///     host.now_us = [&] { return simulated_us; };   // time stands still until it says so
///     host.random = [&](void* out, size_t size) { fill(generator, out, size); };
struct Host {
  /// Microseconds since 1970 UTC. Default: the system clock. An accelerated clock is fine; one that
  /// steps back never shortens a lease and never frees a limit. Asked before a transaction opens.
  /// Read once at the start of each call: everything one call writes has the same instant.
  std::function<int64_t()> now_us;
  /// Fills size unpredictable bytes at out, for ids; keys never come from here. Default: the
  /// operating system's generator.
  /// Ids are unique only as far as these bytes are: a deterministic generator is for tests.
  std::function<void(void* out, size_t size)> random;
  /// Level (OL_LOG_DEBUG to OL_LOG_ERROR) and one line without personal data, which is borrowed for
  /// the time of the call. Default: dropped.
  /// Lines are kept until no lock is held, so one may come a moment after what it tells of.
  std::function<void(int32_t level, std::string_view message)> log;
  /// Where the ledger lies outside the database: who was erased or objected, what was sent, as
  /// keyed digests and ids, so that an older copy of the database can be put back without harm.
  /// Both or neither; default: the file PATH.ledger beside the database. ledger_append returns once
  /// the frame is durable; ledger_read hands every frame from the from-th on (0 is the first) to
  /// put, in the order of appending. See host.h. What they throw comes out of the call that needed
  /// them as itself, although what that call changed is stored.
  ///
  /// Calls come one at a time from all processes that share the database, after the commit and
  /// before the verb returns; of a send before the provider is called. A frame (at most 4 MiB,
  /// mostly below 2 KiB) is never changed, dropped or merged with another, and lies apart from the
  /// database's own backups: an older copy beside the present ledger is what Engine::open
  /// recognises.
  ///
  ///     host.ledger_append = [&](std::string_view frame) { log.append(frame).flush(); };
  ///     host.ledger_read = [&](uint64_t from, const onlyleads::Host::PutFrame& put) {
  ///       for (uint64_t i = from; i < log.size(); ++i) put(log[i]);
  ///     };
  std::function<void(std::string_view frame)> ledger_append;
  /// Takes one frame, borrowed for the call.
  using PutFrame = std::function<void(std::string_view frame)>;
  /// The other half of ledger_append.
  std::function<void(uint64_t from, const PutFrame& put)> ledger_read;
  /// Carries the requests to providers. Default: libcurl.
  Transport transport;
};

// ------------------------------------------------------------------- options and reports ----
/// The fields are those of the C structs; there the comments say more. Empty and 0 mean default.

/// How an engine is opened. The key signs the audit chain's head and makes the digests by which
/// erased people are recognised: an installation that loses it forgets every suppression, so a
/// wrong or missing one is Error(OL_KEY_MISMATCH) and not a new start. Back the key up apart from
/// the database: together they allow confirming a guess about who was erased. Copied by
/// Engine::open, the functions of host included.
///
///     onlyleads::EngineOptions options;
///     options.key = read_secret("onlyleads-key");   // else a file beside the database
///     options.profile = "balanced";
struct EngineOptions {
  /// At least 16 secret bytes; empty: the file PATH.key (0600).
  /// Any bytes, zero bytes too; no text. Never logged, and no call gives it out again.
  std::string key;
  /// How contested law is read where a campaign does not say: "strict" (default) takes the more
  /// protective reading wherever the position is contested or thinly sourced, "balanced" the
  /// mainstream one.
  /// Anything but these two words, or empty, is Error(OL_INVALID_ARGUMENT).
  std::string profile;
  /// Clock, randomness, log.
  /// Empty: the system clock, the operating system's randomness, no log.
  Host host;
  /// How long a call waits for another process before it is Error(OL_BUSY). 0: 10,000.
  int32_t busy_timeout_ms = 0;
  /// The longest provider call. Leases are derived from it: nothing claimed by a process that died
  /// is looked at again before this time and a margin have passed. 0: 120,000.
  int32_t max_call_ms = 0;
  /// For one open: leave the ledger that was and begin a new one, when it was lost or this copy is
  /// to live on apart; senders start in reconcile-only mode. See OL_OPEN_NEW_LEDGER in engine.h.
  bool new_ledger = false;
};

/// Facts about a new organization. Its country's law adds content duties to its messages.
///
/// Given once, when it is created; a known external_ref opens the organization as it is.
///
///     onlyleads::OrganizationOptions options;
///     options.external_ref = "customer-4711";       // safe to repeat
///     options.country = "IE";
struct OrganizationOptions {
  /// The host's own key; creating it again opens the existing one.
  /// At most 512 bytes. Empty: every call creates another organization.
  std::string external_ref;
  /// ISO 3166-1 alpha-2; empty: "GB". Beside the recipient's law the sender's adds its duties.
  /// message_content of the rules lists the duties and their laws (PECR 23, 15 USC 7704, ...).
  std::string country;
  /// No processor contract (GDPR 28(3)) yet: every send is refused.
  /// The decision then refuses with its reason code; nothing is lost, steps become due again.
  bool dpa_missing = false;
};

/// A member's LinkedIn account, connected at the provider through its hosted sign-in: no LinkedIn
/// password or cookie passes here. Limits are rolling windows over the provider account, whoever
/// uses it; an action that found no room waits, and missed room is never caught up. The defaults
/// lie below what the provider documents as safe for a premium account. Each limit is 1 to 10,000.
///
/// Unipile's page on provider limits names, for a premium account, 80 to 100 invitations a day and
/// 200 a week, about 100 messages and 100 profiles a day.
struct SenderOptions {
  /// Whose account it is.
  /// Of Members::add.
  Id member_id;
  /// The provider's id of the connected account.
  /// Two organizations that connect the same account share its limits.
  std::string account_id;
  /// With scheme, e.g. https://api8.unipile.com:13443.
  /// Unipile calls it the DSN; host and port differ by customer and are on its dashboard.
  std::string base_url;
  /// Sealed before it is stored.
  /// With a key derived from the installation's; no call gives it out again.
  std::string api_key;
  /// Sealed before it is stored.
  /// Unipile V1 does not sign webhooks: this header is all that tells them from forgeries.
  std::string webhook_secret;
  /// The name templates sign with; empty: the member's.
  /// It is what {{sender_name}} becomes.
  std::string name;
  /// Empty: "unipile".
  /// The only one this version knows.
  std::string provider;
  /// Empty: "Unipile-Auth".
  /// Compared without case (RFC 9110, 5.1).
  std::string webhook_header;
  /// IANA zone of the working hours; empty: "UTC".
  /// An unknown one is Error(OL_TIME_ZONE). Daylight saving is taken into account.
  std::string zone;
  /// Notes of 300 UTF-16 units instead of 200.
  /// LinkedIn's limits of an invitation note, as Unipile documents them (POST /users/invite).
  bool premium = false;
  /// Minutes after local midnight; both 0: 09:00 to 17:30.
  /// Nothing is written outside of these hours; reading at the provider goes on.
  int32_t work_start_min = 0;
  /// Exclusive; start < end <= 1440.
  int32_t work_end_min = 0;
  /// Bit 0 Monday ... bit 6 Sunday; 0: Monday to Friday.
  /// 0x1f is what 0 stands for.
  uint32_t work_days = 0;
  /// 0: 30.
  /// In any 24 hours.
  int32_t invitations_per_day = 0;
  /// 0: 120.
  /// In any 7 days.
  int32_t invitations_per_week = 0;
  /// 0: 60.
  /// In any 24 hours.
  int32_t messages_per_day = 0;
  /// 0: 300.
  /// In any 7 days.
  int32_t messages_per_week = 0;
  /// 0: 60.
  /// Profiles looked up in any 24 hours, to address a person and to see an acceptance.
  int32_t profiles_per_day = 0;
  /// 0: 300.
  /// In any 7 days.
  int32_t profiles_per_week = 0;
  /// 0: 60; OL_NO_GAP: none.
  /// Seconds between two writes of the account, at most a day.
  int32_t min_gap_s = 0;
  /// What the member authorises, recorded with the connection: channel ids with commas, empty for
  /// every channel of the sender. Signing in on the provider's hosted page is that authorisation.
  std::string mandate_scope;
  /// The host's name for the text the member agreed to; empty: "hosted_auth".
  std::string mandate_version;
  /// SHA-256 of that text, 64 hexadecimal digits; empty: none.
  std::string mandate_digest;
  /// The host's reference to the proof; empty: none.
  std::string mandate_evidence;
};

/// A member's authorisation to send on their behalf. Nothing is queued or claimed for a sender on a
/// channel that none covers: the engine reads it in the claim's own transaction, and a trigger of
/// the schema refuses such a message besides.
///
///     onlyleads::MandateOptions agreed;
///     agreed.member_id = member;
///     agreed.sender_id = sender;
///     agreed.text_version = "terms of 2026-11";
///     agreed.text_digest = sha256_hex(terms);
struct MandateOptions {
  /// Who agreed: the sender's member.
  /// Nobody agrees for somebody else: another member's id is Error(OL_INVALID_ARGUMENT).
  Id member_id;
  /// The account to send from.
  Id sender_id;
  /// Channel ids with commas (linkedin_invite_note, linkedin_message); empty: every one.
  std::string scope;
  /// The host's name for the text agreed to, required, at most 512 bytes.
  std::string text_version;
  /// SHA-256 of that text, 64 hexadecimal digits, required.
  std::string text_digest;
  /// The host's reference to the proof, at most 512 bytes.
  std::string evidence_ref;
  /// When; 0: now.
  int64_t given_at_us = 0;
};

/// One line of the usage log: personal data of a member, kept for 90 days (retention class
/// "system_logs" of the rules) and never copied into the audit or a log.
struct Usage {
  /// Who.
  Id member_id;
  /// When; 0: now. At most 5 minutes ahead of the host's clock.
  int64_t at_us = 0;
  /// IPv4 or IPv6 without port or zone, stored in canonical form; empty: unknown.
  std::string ip;
  /// The user agent as it was sent, at most 512 bytes.
  std::string browser;
  /// Path or address of the page, at most 2048 bytes.
  std::string page;
};

/// Rows done and rows in all, told while a whole organization is exported or deleted. Return false
/// to stop with Error(OL_CANCELLED); what it throws comes out of the call as itself. The rules of
/// Host hold: it runs on the calling thread, without the lock.
using WorkProgress = std::function<bool(int64_t done, int64_t total)>;

/// How a file is imported. GDPR 14(2)(f) asks for the source of data that were not obtained from
/// the person; the lawful basis is recorded with each of them. They are part of what makes a
/// resumed import the same one: other options start another import.
///
///     onlyleads::ImportOptions options;
///     options.source = "LinkedIn connections of our sales team";
///     options.lawful_basis = "legitimate_interests";
///     options.progress = [&](int64_t, int64_t bytes, int64_t all) { return !stop_asked(bytes,
///     all); };
struct ImportOptions {
  /// Where the data comes from, required.
  /// At most 512 bytes. Kept with each person and part of what they are told.
  /// It outlives them with the record of the import: name the list, nobody in it.
  std::string source;
  /// Required, e.g. "legitimate_interests".
  /// An id of lawful_bases in the rules (GDPR 6(1)).
  std::string lawful_basis;
  /// {"column header": "field or empty"}; empty: by the known headers.
  /// Fields are the columns of prospects().list, for example first_name, emails or linkedin. An
  /// empty field makes the column an attribute.
  std::string mapping_json;
  /// "fill" (default), "skip" or "overwrite".
  /// What becomes of a known person's values: fill touches only empty fields, skip none, overwrite
  /// takes the file's. An empty cell never clears anything.
  std::string on_existing;
  /// Rows so far, bytes read, bytes in all. Return false to stop with Error(OL_CANCELLED); an
  /// exception stops it too and comes out of import_csv as itself. What is committed stays, and the
  /// same import started again goes on.
  /// Runs on the importing thread, between transactions, without the lock; the rules of Host hold.
  std::function<bool(int64_t rows, int64_t bytes, int64_t total_bytes)> progress;
};

/// What became of a file. An import that was interrupted and went on reports the whole file once.
///
/// Every data row ends in exactly one of five ways:
/// created + updated + unchanged + suppressed + rejected == rows.
/// Blank lines are no rows; a line of separators alone is one.
/// A report that comes back is of a file that was read to its end.
struct ImportReport {
  /// For rejects.
  /// Works as long as the import is remembered.
  Id import_id;
  /// Went on with an import that was interrupted.
  /// By the same file, recognised by its content, with the same options.
  bool resumed = false;
  /// Data rows: without preamble and header.
  int64_t rows = 0;
  /// No identifier of the row was known.
  int64_t created = 0;
  /// It added an identifier or filled an empty field.
  int64_t updated = 0;
  /// It told nothing new.
  int64_t unchanged = 0;
  /// Somebody who was erased or is blocked; nothing of it is stored.
  /// Recognised by keyed digests of their identifiers (GDPR 17, 21(3)).
  int64_t suppressed = 0;
  /// Import_rejects says which lines, and why.
  /// No cell text of them is kept.
  int64_t rejected = 0;
  /// Rows with an opt-out flag and an address, or an objection and any identifier, whatever their
  /// disposition.
  int64_t opt_outs = 0;
};

/// How much one run may do. max_ms is milliseconds of the system's time after which no new work is
/// taken; a call that is under way is finished.
///
/// Both bounds are looked at between units of work.
///
///     onlyleads::RunOptions options;
///     options.max_ms = 5000;                        // then look at other work
struct RunOptions {
  /// At most 31,536,000,000 (365 days), else Error(OL_INVALID_ARGUMENT); 0: no bound.
  int64_t max_ms = 0;
  /// 0: no bound; OL_RUN_NO_CALLS: none.
  /// OL_RUN_NO_CALLS decides, queues and seals, but calls nobody.
  int64_t max_calls = 0;
};

/// What one run did. unknown are attempts that may have gone out: they are looked up by later runs
/// (settled) and never blindly repeated; parked are those that now wait for a person's decision.
///
/// Counts are of this run alone, whatever other processes do meanwhile.
struct RunReport {
  /// Provider calls made, reads included.
  int64_t calls = 0;
  /// Messages the provider accepted.
  int64_t sent = 0;
  /// Attempts that certainly did not go out.
  int64_t not_sent = 0;
  /// Attempts whose outcome is open.
  int64_t unknown = 0;
  /// Open outcomes that became known.
  int64_t settled = 0;
  /// Messages that now wait for a person.
  int64_t parked = 0;
  /// Messages that were decided, rendered and queued.
  int64_t enqueued = 0;
  /// Steps that the decision refused.
  int64_t refused = 0;
  /// Audit entries sealed.
  int64_t sealed = 0;
  /// When to come back; OL_NEVER: nothing waits for time.
  /// Microseconds since 1970 UTC, in the host's time. New facts may make work due earlier.
  int64_t next_due_us = OL_NEVER;
  /// Organizations with campaigns whose subscription has ended: nothing of theirs is sent.
  int64_t subscriptions_ended = 0;
  /// Rows past their retention period that were removed: deleted people, logs, organizations.
  int64_t purged = 0;
  /// Removals whose bytes are not gone yet; see Engine::residue.
  int64_t residue_pending = 0;
  /// Organizations that were left out, because a zone, a key or a campaign of theirs cannot be
  /// read; the log names them, and they are tried again after an hour.
  int64_t organizations_failed = 0;
};

/// What erasures, deletions and purges left in the write-ahead log: how many removals, and since
/// when. Both 0: every byte that the database can reach is gone.
///
/// Logically a removal is complete when its verb returns, whatever stands here. What lies below the
/// database (snapshots, backups, a copying file system) is the host's to rotate.
struct Residue {
  /// Removals that a reader of the database still holds up.
  int64_t pending = 0;
  /// Since when the oldest of them waits, microseconds since 1970 UTC; 0: none does.
  int64_t since_us = 0;
};

/// How much one retention run may do. The defaults do all of it, silently.
struct RetentionOptions {
  /// About how many rows at most; 0: no bound. Call again with the same plan to go on.
  int64_t max_rows = 0;
  /// Told between transactions: rows removed so far and rows planned. Returning false stops with
  /// Error(OL_CANCELLED); what it throws comes out of the run. What was removed stays removed.
  std::function<bool(int64_t rows, int64_t planned)> progress = {};
};

/// What one retention run removed.
struct RetentionReport {
  /// Nothing of the plan is left but what a hold keeps.
  bool done = false;
  /// Inactive prospects.
  int64_t people = 0;
  /// Deleted prospects, for good.
  int64_t deleted = 0;
  /// Rows of logs.
  int64_t logs = 0;
  /// 1: the organization itself, with all that was left of it; its workspaces are of no use then.
  int64_t accounts = 0;
};

/// What became of a webhook: how many replies, opt-outs, accepted invitations and own echoes it
/// held.
///
/// All zero for an event that is unknown or of no interest: it is taken all the same.
struct InboxReport {
  /// Seen before, nothing done.
  /// By the provider's own id of the event.
  bool duplicate = false;
  /// Replies stored.
  int32_t replies = 0;
  /// People who opted out with it: they are never written to again.
  int32_t opt_outs = 0;
  /// Invitations accepted.
  int32_t connections = 0;
  /// Open outcomes that one's own echo settled.
  int32_t settled = 0;
};

/// What verify found. Unsealed entries are those that no run has sealed yet; overdue are those of
/// them that are older than a few seconds of the host's clock.
///
/// An overdue entry means that nobody calls Engine::run: a change of it would not show.
struct AuditReport {
  /// Every chain is whole and ends at its signed head.
  bool intact = false;
  /// Entries checked.
  int64_t sealed = 0;
  /// Entries that no run has sealed yet.
  int64_t unsealed = 0;
  /// Of these, the ones that are late.
  int64_t overdue = 0;
  /// 0 when intact.
  /// Else the place in its chain, from 1, of the first entry that is not as it was sealed.
  int64_t first_bad_seq = 0;
  /// None: the installation's own chain.
  Id first_bad_org;
  /// "", "changed", "removed", "reordered", "cut_tail", "head_forged".
  std::string problem;
};

/// A person. Text fields are empty where nothing is known. Addresses, the LinkedIn profile, member
/// id and Sales Navigator id are theirs alone and identify them; rows of a file that share one are
/// the same person.
///
/// A value: later changes of the person do not show in it. It holds personal data, which what() of
/// an Error and log lines never do: keep it out of logs.
struct Prospect {
  /// Of this organization: the same human being has another one elsewhere.
  Id id;
  /// Given name, as the file had it.
  std::string first_name;
  /// Family name, as the file had it.
  std::string last_name;
  /// Employer, as the file named it.
  std::string company;
  /// Professional role: what role_related of a campaign is about.
  std::string title;
  /// As the file named it; scorecards read it.
  std::string industry;
  /// As the file named it.
  std::string city;
  /// Alpha-2.
  /// ISO 3166-1; empty when the file did not tell: the rules then take their strict default.
  std::string country;
  /// corporate_named (a work address or profile) or unknown: what e-marketing law distinguishes.
  std::string recipient_type;
  /// Addresses, lower case, domain in ASCII; the first is the one that came first.
  std::vector<std::string> emails;
  /// URL of the public profile.
  /// Built from the public identifier; empty when only another id is known.
  std::string linkedin;
  /// LinkedIn's member id (ACoAA...), or empty.
  std::string member_id;
  /// Sales Navigator's id (ACwAA...), or empty.
  std::string sales_navigator_id;
  /// Role mailboxes: they never identify.
  /// Several people may share one; an objection of one of them does not find the others.
  std::vector<std::string> contact_points;
  /// An object: what the file said beside the known fields.
  /// Values are strings, keys the column headers.
  std::string attributes_json;

  /// Of the import that created them: the person has to be told (GDPR 14(2)(f)).
  std::string source;
  /// Of the import that created them, an id of lawful_bases in the rules (GDPR 6(1)).
  std::string lawful_basis;
  /// The month of Article 14(3)(a) runs from here.
  int64_t obtained_at_us = 0;
  /// 0: never.
  /// GDPR 21(2); by object(), or a reply that opted out.
  int64_t objected_at_us = 0;
  /// 0: no restriction of processing holds.
  /// GDPR 18; by restrict().
  int64_t restricted_at_us = 0;
};

/// What a person did that tells of interest. A scorecard that weighs signals gives the kind's
/// points, which halve with every half-life.
///
/// It is the person's data: part of what they receive on request (GDPR 15), erased with them.
struct Signal {
  /// Whose.
  Id prospect_id;
  /// "reaction", "comment", "profile_view", "follow", "reply" or "visit".
  std::string kind;
  /// When it happened; 0: now. At most 5 minutes ahead of the host's clock.
  int64_t at_us = 0;
  /// Where it was seen, required: GDPR 14(2)(f).
  std::string source;
  /// The host's own key of it: recording it again changes nothing. Empty: none.
  std::string external_ref;
  /// The page, http:// or https://; empty: none.
  std::string url;
};

/// Answers of cancelling a message.
/// In C: OL_CANCEL_..., of sending.h.
enum class CancelAnswer : int32_t {
  /// It will not go out.
  cancelled = OL_CANCEL_DONE,
  /// Too late.
  already_sent = OL_CANCEL_ALREADY_SENT,
  /// On its way; if it did not go out it is never retried.
  in_flight = OL_CANCEL_IN_FLIGHT,
};

/// HTTP headers as they came: name and value, names compared without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// ----------------------------------------------------------------- the machinery between ----
/// Nothing in detail is part of the promise.
namespace detail {

/// Borrowed: the text must outlive the call it is passed to.
inline ol_str str(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// A zeroed C struct that says how large this version's is.
template <typename T>
T sized() noexcept {
  T value{};
  value.struct_size = sizeof(T);
  return value;
}

/// The C engine with the host's functions, which must outlive it. Shared by the Engine object, its
/// workspaces and whatever hangs on them. Exceptions of callbacks wait here, by thread, for the
/// call to come back through the C library, which knows no exceptions. Not copied: everything that
/// needs the engine shares one of these. Threads: any.
///
/// Why by thread: two threads may be in calls of one engine, and each has to get the exception that
/// its own callback threw. Why an engine of its own here: the functions' address is what C gets as
/// ctx.
class Shared {
 public:
  /// Keeps the functions at an address that stays.
  explicit Shared(Host host) : host_(std::move(host)) {}
  ~Shared() { ol_engine_free(engine_); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  /// After construction, because callbacks may come while the engine opens.
  void open(const std::string& path, const EngineOptions& options) {
    ol_host host = sized<ol_host>();
    host.ctx = this;
    if (host_.now_us) host.now_us = &now_us;
    if (host_.random) host.random = &random;
    if (host_.log) host.log = &log;
    if (host_.ledger_append) host.ledger_append = &ledger_append;
    if (host_.ledger_read) host.ledger_read = &ledger_read;
    ol_transport transport = sized<ol_transport>();
    transport.max_concurrent = host_.transport.max_concurrent;
    transport.ctx = this;
    if (host_.transport.submit) transport.submit = &submit;
    if (host_.transport.poll) transport.poll = &poll;
    if (host_.transport.cancel) transport.cancel = &cancel;
    const bool own =
        transport.submit != nullptr || transport.poll != nullptr || transport.cancel != nullptr;
    if (own) host.transport = &transport;
    ol_engine_options c = sized<ol_engine_options>();
    c.flags = options.new_ledger ? OL_OPEN_NEW_LEDGER : 0;
    c.key = str(options.key);
    c.profile = str(options.profile);
    c.host = &host;
    c.busy_timeout_ms = options.busy_timeout_ms;
    c.max_call_ms = options.max_call_ms;
    call([&](ol_error* err) { return ol_engine_open(str(path), &c, &engine_, err); });
  }

  /// Borrowed; NULL until open() has returned.
  ol_engine* c() const noexcept { return engine_; }

  /// Makes one call; throws what a callback threw, else Error, when it fails. An exception of a
  /// callback that did not make the call fail is dropped with it.
  /// f(ol_error*) returns the code; it may run callbacks on this thread.
  template <typename F>
  void call(F f) {
    ol_error err;
    int32_t code = OL_OK;
    try {
      code = f(&err);
    } catch (...) {
      // f itself threw, a progress callback's exception mostly. What another callback of this call
      // threw is dropped, or the next call would throw it.
      (void)take();
      throw;
    }
    std::exception_ptr thrown = take();
    if (code == OL_OK) return;
    if (thrown != nullptr && (code == OL_CALLBACK_FAILED || code == OL_CANCELLED)) {
      std::rethrow_exception(thrown);
    }
    throw Error(err);
  }
  /// Makes one call that gives a page.
  /// f(ol_rows**, ol_error*) returns the code.
  template <typename F>
  Rows rows(F f) {
    ol_rows* page = nullptr;
    call([&](ol_error* err) { return f(&page, err); });
    return Rows(page);
  }

 private:
  /// What C calls. Exceptions stay on this side: guard keeps them and answers failure.
  /// As host.h asks: 0 for success; nothing may be thrown through C frames.
  static int32_t now_us(void* self, int64_t* out) noexcept {
    return static_cast<Shared*>(self)->guard([&](Host& host) { *out = host.now_us(); });
  }
  /// Likewise.
  static int32_t random(void* self, void* out, size_t size) noexcept {
    return static_cast<Shared*>(self)->guard([&](Host& host) { host.random(out, size); });
  }
  /// As Host::ledger_append: what it throws makes the call fail and comes out of it, although what
  /// the call changed is stored; the frame comes again.
  static int32_t ledger_append(void* self, ol_str frame) noexcept {
    return static_cast<Shared*>(self)->guard([&](Host& host) {
      host.ledger_append({frame.data, frame.size});
    });
  }
  /// As Host::ledger_read; after a refusal nothing more is handed over, the engine knows why.
  static int32_t ledger_read(void* self, uint64_t from, ol_ledger_put put, void* ctx) noexcept {
    int32_t code = 0;
    const int32_t read = static_cast<Shared*>(self)->guard([&](Host& host) {
      host.ledger_read(from, [&](std::string_view frame) {
        if (code == 0) code = put(ctx, str(frame));
      });
    });
    return code != 0 ? code : read;
  }
  /// There is nobody to report a failure to: the line is lost, the call goes on.
  static void log(void* self, int32_t level, ol_str message) noexcept {
    try {
      static_cast<Shared*>(self)->host_.log(level, {message.data, message.size});
    } catch (...) {
      return;
    }
  }
  /// Copies the batch into the face's shape. The stride is the library's, which may be newer than
  /// this header: what it appended to the struct is skipped.
  static int32_t submit(void* self, const ol_http_request* requests, int64_t count,
                        int64_t request_size) noexcept {
    return static_cast<Shared*>(self)->guard([&](Host& host) {
      std::vector<HttpRequest> batch;
      batch.reserve(static_cast<size_t>(count));
      const char* at = reinterpret_cast<const char*>(requests);
      for (int64_t i = 0; i < count; ++i, at += request_size) {
        batch.push_back(read_request(*reinterpret_cast<const ol_http_request*>(at)));
      }
      host.transport.submit(batch);
    });
  }
  /// One request in the face's shape. It borrows everything but the list of headers, so the views
  /// in it are good until submit returns, as the host was told.
  static HttpRequest read_request(const ol_http_request& c) {
    HttpRequest request;
    request.id = c.id;
    request.is_write = c.is_write != 0;
    request.method = {c.method.data, c.method.size};
    request.url = {c.url.data, c.url.size};
    request.body = {c.body.data, c.body.size};
    request.timeout = std::chrono::milliseconds(c.timeout_ms);
    request.connect_timeout = std::chrono::milliseconds(c.connect_timeout_ms);
    for (int64_t i = 0; i < c.header_count; ++i) {
      const ol_http_header& header = c.headers[i];
      request.headers.emplace_back(std::string_view(header.name.data, header.name.size),
                                   std::string_view(header.value.data, header.value.size));
    }
    return request;
  }
  /// Hands on what the host has finished, one by one: the library copies each before it returns, so
  /// nothing here outlives the loop.
  static int32_t poll(void* self, int64_t max_wait_us, ol_http_deliver deliver,
                      void* sink) noexcept {
    return static_cast<Shared*>(self)->guard([&](Host& host) {
      for (const HttpCompletion& done :
           host.transport.poll(std::chrono::microseconds(max_wait_us))) {
        std::vector<ol_http_header> headers;
        headers.reserve(done.headers.size());
        for (const auto& [name, value] : done.headers) headers.push_back({str(name), str(value)});
        ol_http_completion c = sized<ol_http_completion>();
        c.fate = done.fate;
        c.id = done.id;
        c.status = done.status;
        c.headers = headers.data();
        c.header_count = static_cast<int64_t>(headers.size());
        c.body = str(done.body);
        c.error = str(done.error);
        // A completion that is not waited for is the host's to ignore, as is one that breaks a
        // rule: its request counts as unknown then.
        deliver(sink, &c);
      }
    });
  }
  /// Gives one up. What it throws is dropped: the request is given up either way, and its outcome
  /// is unknown until the engine has asked the provider. Returns 1 when it threw, which the library
  /// takes as advice only.
  static int32_t cancel(void* self, uint64_t id) noexcept {
    try {
      static_cast<Shared*>(self)->host_.transport.cancel(id);
      return 0;
    } catch (...) {
      return 1;
    }
  }
  /// Runs f(host), which may throw.
  template <typename F>
  int32_t guard(F f) noexcept {
    try {
      f(host_);
      return 0;
    } catch (...) {
      keep(std::current_exception());
      return 1;
    }
  }
  /// By thread, because several may be inside calls of one engine at the same time.
  void keep(std::exception_ptr thrown) noexcept {
    try {
      const std::lock_guard<std::mutex> lock(mutex_);
      thrown_[std::this_thread::get_id()] = std::move(thrown);
    } catch (...) {
      return;  // out of memory: the call still fails, as Error(OL_CALLBACK_FAILED)
    }
  }
  /// What this thread's callback threw since the last call; nullptr when nothing.
  std::exception_ptr take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = thrown_.find(std::this_thread::get_id());
    if (found == thrown_.end()) return nullptr;
    std::exception_ptr thrown = std::move(found->second);
    thrown_.erase(found);
    return thrown;
  }

  Host host_;
  ol_engine* engine_ = nullptr;
  std::mutex mutex_;
  std::map<std::thread::id, std::exception_ptr> thrown_;
};

/// A workspace handle with the engine it needs.
/// Frees it before it lets go of the engine.
class SharedWorkspace {
 public:
  SharedWorkspace(std::shared_ptr<Shared> shared, ol_workspace* workspace) noexcept
      : shared_(std::move(shared)), workspace_(workspace) {}
  ~SharedWorkspace() { ol_workspace_free(workspace_); }
  SharedWorkspace(const SharedWorkspace&) = delete;
  SharedWorkspace& operator=(const SharedWorkspace&) = delete;

  /// The engine it is of.
  Shared& shared() const noexcept { return *shared_; }
  /// Borrowed; never NULL.
  ol_workspace* c() const noexcept { return workspace_; }

 private:
  std::shared_ptr<Shared> shared_;
  ol_workspace* workspace_;
};

/// What the accessors of a workspace have in common.
/// A noun is a reference to a shared workspace: copies are the same one.
class Noun {
 public:
  /// Shares the workspace.
  explicit Noun(std::shared_ptr<SharedWorkspace> workspace) : workspace_(std::move(workspace)) {}

 protected:
  /// For calls of the C ABI.
  ol_workspace* ws() const noexcept { return workspace_->c(); }
  /// Shared::call of its engine.
  template <typename F>
  void call(F f) const {
    workspace_->shared().call(std::move(f));
  }
  /// Shared::rows of its engine.
  template <typename F>
  Rows rows(F f) const {
    return workspace_->shared().rows(std::move(f));
  }

 private:
  std::shared_ptr<SharedWorkspace> workspace_;
};

/// Reads a JSON list of strings as the library writes them: compact, valid, escapes of RFC 8259.
/// Text that is none gives an empty list: it never throws but for memory.
class StringList {
 public:
  /// The strings in order; anything between them is skipped.
  static std::vector<std::string> read(std::string_view json) {
    StringList list{json};
    std::vector<std::string> result;
    while (list.skip_to_quote()) result.push_back(list.read_string());
    return result;
  }

 private:
  explicit StringList(std::string_view json) : json_(json) {}
  /// To behind the next opening quote; false at the end.
  bool skip_to_quote() {
    at_ = json_.find('"', at_);
    if (at_ == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  /// The next byte; a quote at the end, so that a cut list ends too.
  char next() { return at_ < json_.size() ? json_[at_++] : '"'; }
  /// Behind an opening quote, to behind its closing one.
  std::string read_string() {
    std::string text;
    for (char c = next(); c != '"'; c = next()) {
      if (c != '\\') {
        text += c;
      } else {
        read_escape(&text);
      }
    }
    return text;
  }
  /// Behind a backslash.
  void read_escape(std::string* text) {
    static constexpr std::string_view kNames = "bfnrt", kValues = "\b\f\n\r\t";
    const char c = next();
    const size_t named = kNames.find(c);
    if (c == 'u') {
      append_utf8(read_unit(), text);
    } else {
      *text += named == std::string_view::npos ? c : kValues[named];
    }
  }
  /// Four hexadecimal digits, and the second half of a surrogate pair when they are a first one.
  uint32_t read_unit() {
    const std::string digits(json_.substr(at_, 4));
    at_ += digits.size();
    const uint32_t unit = static_cast<uint32_t>(std::strtoul(digits.c_str(), nullptr, 16));
    if (unit < 0xd800 || unit > 0xdbff || json_.substr(at_, 2) != "\\u") return unit;
    at_ += 2;
    return 0x10000 + ((unit - 0xd800) << 10) + (read_unit() - 0xdc00);
  }
  /// RFC 3629; c is a code point.
  static void append_utf8(uint32_t c, std::string* text) {
    if (c < 0x80) {
      *text += static_cast<char>(c);
      return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static constexpr unsigned char kLead[] = {0, 0xc0, 0xe0, 0xf0};
    *text += static_cast<char>(kLead[more] | (c >> (6 * more)));
    for (int i = more - 1; i >= 0; --i) {
      *text += static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3f));
    }
  }

  std::string_view json_;
  size_t at_ = 0;
};

/// A NULL as the empty value of its type: what structs of this header hold instead of optionals.
inline std::string text_or_empty(const Row& row, std::string_view column) {
  return row.is_null(column) ? std::string() : std::string(row.text(column));
}
/// The same for integers; instants that have not come are 0.
inline int64_t integer_or_zero(const Row& row, std::string_view column) {
  return row.is_null(column) ? 0 : row.integer(column);
}

/// The stack's side of an import's progress callback: it lives for one import_csv.
/// An exception waits here until the C library has returned.
struct Progress {
  const ImportOptions& options;
  std::exception_ptr thrown;

  /// As ol_import_progress asks: anything but 0 stops the import.
  static int32_t tell(void* self, int64_t rows, int64_t bytes, int64_t total_bytes) noexcept {
    Progress& progress = *static_cast<Progress*>(self);
    try {
      return progress.options.progress(rows, bytes, total_bytes) ? 0 : 1;
    } catch (...) {
      progress.thrown = std::current_exception();
      return 1;
    }
  }
};

/// The same for the progress of a retention run: it lives for one Retention::run, and what the
/// callback throws waits here until the C library has returned.
struct RetentionProgress {
  const RetentionOptions& options;
  std::exception_ptr thrown;

  /// As ol_retention_progress asks: anything but 0 stops the run.
  static int32_t tell(void* self, int64_t rows, int64_t planned) noexcept {
    RetentionProgress& progress = *static_cast<RetentionProgress*>(self);
    try {
      return progress.options.progress(rows, planned) ? 0 : 1;
    } catch (...) {
      progress.thrown = std::current_exception();
      return 1;
    }
  }
};

/// The same for work on a whole organization: it lives for one call.
struct Work {
  const WorkProgress& progress;
  std::exception_ptr thrown;

  /// As ol_work_progress asks: anything but 0 stops the work.
  static int32_t tell(void* self, int64_t done, int64_t total) noexcept {
    Work& work = *static_cast<Work*>(self);
    try {
      return work.progress(done, total) ? 0 : 1;
    } catch (...) {
      work.thrown = std::current_exception();
      return 1;
    }
  }
};

}  // namespace detail

/// A row of prospects().get or .list as a value. Throws Error(OL_INVALID_ARGUMENT) for a row of
/// another list.
///
/// JSON lists become vectors, NULLs become empty or 0.
///
/// @param row  of such a list; it need not outlive the result
/// @return     a copy of everything
inline Prospect read_prospect(const Row& row) {
  Prospect p;
  p.id = row.id("prospect_id");
  p.first_name = detail::text_or_empty(row, "first_name");
  p.last_name = detail::text_or_empty(row, "last_name");
  p.company = detail::text_or_empty(row, "company");
  p.title = detail::text_or_empty(row, "title");
  p.industry = detail::text_or_empty(row, "industry");
  p.city = detail::text_or_empty(row, "city");
  p.country = detail::text_or_empty(row, "country");
  p.recipient_type = detail::text_or_empty(row, "recipient_type");
  p.emails = detail::StringList::read(detail::text_or_empty(row, "emails"));
  p.linkedin = detail::text_or_empty(row, "linkedin");
  p.member_id = detail::text_or_empty(row, "member_id");
  p.sales_navigator_id = detail::text_or_empty(row, "sales_navigator_id");
  p.contact_points = detail::StringList::read(detail::text_or_empty(row, "contact_points"));
  p.attributes_json = detail::text_or_empty(row, "attributes");
  p.source = detail::text_or_empty(row, "source");
  p.lawful_basis = detail::text_or_empty(row, "lawful_basis");
  p.obtained_at_us = detail::integer_or_zero(row, "obtained_at_us");
  p.objected_at_us = detail::integer_or_zero(row, "objected_at_us");
  p.restricted_at_us = detail::integer_or_zero(row, "restricted_at_us");
  return p;
}

// ------------------------------------------------------------------- nouns of a workspace ----
/// Each list takes a page token (empty: the first page; then Rows::next_page) and a limit of rows
/// (0: 1000, at most 10,000). The columns are named in the C header of the noun. Nouns are cheap to
/// make and to copy; each keeps its workspace and engine alive. An id of another organization is
/// treated exactly as one that never existed: OL_NOT_FOUND, or an empty page.

/// prospects.h: the people.
///
/// Personal data of people who mostly never heard of the organization: the import asks where it
/// comes from, and what is stored here is what access and erasure reach.
///
///     for (std::string token;;) {
///       const onlyleads::Rows page = ws.prospects().list(token, 500);
///       for (const onlyleads::Row row : page) show(onlyleads::read_prospect(row));
///       token = page.next_page();
///       if (token.empty()) break;
///     }
///     if (const auto person = ws.prospects().find_by_email("ann@example.com")) {
///       ws.prospects().object(person->id);
///     }
class Prospects : public detail::Noun {
 public:
  /// Made by Workspace::prospects.
  using Noun::Noun;

  /// Imports a file; blocks until all of it is read.
  /// It may use comma, semicolon or tab, UTF-8, UTF-16 or Windows-1252, any line end, and have a
  /// preamble above its header. Headers of LinkedIn, Sales Navigator scrapers, Apollo, HubSpot,
  /// Salesforce and Excel are known; others are named in mapping_json. Columns that are no field
  /// become attributes. Role mailboxes (info@, sales@) are contact points and identify nobody.
  /// Rows with an opt-out flag suppress their address for email.
  /// Commits in batches together with its position; memory does not grow with the file. A killed
  /// import, started again with the same file and options, goes on where it was.
  /// Throws Error(OL_IO), OL_MAPPING_MISSING when no column can identify anybody,
  /// OL_INVALID_ARGUMENT (names the option), OL_LIMIT (a cell, row or header beyond its bound),
  /// OL_CANCELLED (cancel(), or progress returned false), OL_DISK_FULL, or what progress threw.
  /// Threads: the lock is free between batches, so an objection is never held up by an import.
  ///
  /// @param path     of a regular file; a pipe cannot be read twice
  /// @param options  source and lawful_basis are required
  /// @return         counts of the whole file, also when it was resumed
  ImportReport import_csv(const std::string& path, const ImportOptions& options) const {
    ol_import_options c = detail::sized<ol_import_options>();
    c.source = detail::str(options.source);
    c.lawful_basis = detail::str(options.lawful_basis);
    c.mapping_json = detail::str(options.mapping_json);
    c.on_existing = detail::str(options.on_existing);
    detail::Progress progress{options, nullptr};
    if (options.progress) c.progress = &detail::Progress::tell;
    c.progress_ctx = &progress;
    ol_import_report report = detail::sized<ol_import_report>();
    call([&](ol_error* err) {
      const int32_t code = ol_prospects_import_csv(ws(), detail::str(path), &c, &report, err);
      // A stop that an exception asked for is that exception.
      if (progress.thrown) std::rethrow_exception(progress.thrown);
      return code;
    });
    return {Id(report.import_id), report.resumed != 0, report.rows,
            report.created,       report.updated,      report.unchanged,
            report.suppressed,    report.rejected,     report.opt_outs};
  }

  /// Writes everybody as CSV (see prospects.h for the columns) into a new file (0600) that
  /// import_csv reads back by its headers alone: the same people, objections, restrictions and
  /// opt-outs included. Cells that a spreadsheet would run as formulas have an apostrophe before
  /// them, which the import takes away. The file is removed again when the call fails. Throws
  /// Error(OL_ALREADY_EXISTS) (it never overwrites), OL_IO, OL_DISK_FULL, OL_LIMIT (more attribute
  /// names than an import reads columns), OL_CANCELLED, or what progress threw.
  ///
  /// @param path      where no file is yet
  /// @param progress  empty: silent; people done and in all, before every page of 1,000
  /// @return          how many people
  int64_t export_csv(const std::string& path, const WorkProgress& progress = {}) const {
    detail::Work told{progress, nullptr};
    ol_work_options options = detail::sized<ol_work_options>();
    if (progress) options.progress = &detail::Work::tell;
    options.progress_ctx = &told;
    int64_t rows = 0;
    call([&](ol_error* err) {
      const int32_t code = ol_prospects_export_csv(ws(), detail::str(path), &options, &rows, err);
      if (told.thrown) std::rethrow_exception(told.thrown);
      return code;
    });
    return rows;
  }

  /// Rejected rows of an import in file order, columns line (physical, where the record starts,
  /// from 1), column (NULL or empty where it is none) and reason: no_identifier (none usable),
  /// invalid_email (the only identifier offered is a malformed address), conflict (identifiers of
  /// two known people, or another profile than the matched person has: nothing changes). Cell text
  /// is never kept. Throws Error(OL_NOT_FOUND) for an import of nobody here.
  ///
  /// @param import_id   of ImportReport
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows import_rejects(const Id& import_id, const std::string& page_token = {},
                      int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_import_rejects(ws(), import_id.c(), detail::str(page_token), limit, out, err);
    });
  }

  /// How many people the organization has. Erased ones are not counted.
  ///
  /// @return  of this organization alone
  int64_t count() const {
    int64_t n = 0;
    call([&](ol_error* err) { return ol_prospects_count(ws(), &n, err); });
    return n;
  }

  /// The person with this address; nullopt when there is none. Compared as stored: trimmed and in
  /// lower case. A role mailbox finds nobody.
  ///
  /// @param email  one address
  /// @return       the person as stored now
  /// @throws Error  OL_INVALID_ARGUMENT when the text is no address
  std::optional<Prospect> find_by_email(const std::string& email) const { return find(email, {}); }
  /// The person with this LinkedIn URL, bare public identifier, member id (ACoAA...) or Sales
  /// Navigator id (ACwAA...); nullopt when there is none. URLs may be of any country's host, with a
  /// query or percent-encoded.
  ///
  /// @param linkedin  any of these forms
  /// @return          the person as stored now
  /// @throws Error    OL_INVALID_ARGUMENT when the text names no person
  std::optional<Prospect> find_by_linkedin(const std::string& linkedin) const {
    return find({}, linkedin);
  }

  /// One person. Throws Error(OL_NOT_FOUND), also for somebody who was erased.
  ///
  /// @param prospect_id  of this organization
  /// @return             a copy of everything stored
  Prospect get(const Id& prospect_id) const {
    const Rows page = rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_get(ws(), prospect_id.c(), out, err);
    });
    return read_prospect(page[0]);
  }

  /// Everybody, in id order; read_prospect makes a value of a row.
  /// Columns are those of ol_prospects_get. Erased people are not on it; people who objected are.
  ///
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_list(ws(), detail::str(page_token), limit, out, err);
    });
  }

  /// The person objects to direct marketing (GDPR 21(2), 21(3)): from the moment this returns
  /// nothing to them can be claimed by any process, on any channel or campaign of this
  /// organization. Their queued messages are cancelled, their sequences stopped, and they are not
  /// scored any more. The rows are messages already on their way: message_id, channel,
  /// started_at_us. Nothing undoes it; doing it twice is the same as once. Throws
  /// Error(OL_NOT_FOUND).
  ///
  /// @param prospect_id  of this organization
  /// @return             what can no longer be stopped; empty most of the time
  Rows object(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_object(ws(), prospect_id.c(), out, err);
    });
  }

  /// Deletes the person because there is no more use for them: out of reach of every verb but
  /// rights().access, erase and holds().place, and never restored. One sealed copy stays for
  /// requests of access until Engine::run purges it 30 days later. No tombstone is left: a later
  /// import may bring them back, as somebody new, with an objection still in force.
  /// Named remove because delete is a word of the language; in C it is ol_prospects_delete.
  /// For a person who demands it, erase is the verb: it leaves a tombstone.
  ///
  /// @param prospect_id  of this organization
  /// @return             what can no longer be stopped, as for object
  /// @throws Error       OL_NOT_FOUND, also the second time; OL_DENIED while a hold keeps the data
  Rows remove(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_delete(ws(), prospect_id.c(), out, err);
    });
  }

  /// The person's data may only be stored from now on: restriction of processing (GDPR 18). Nothing
  /// to them is claimed, decisions refuse with DENY_RESTRICTED, their score goes at once. Queued
  /// messages are cancelled, sequences stopped. Throws Error(OL_NOT_FOUND).
  ///
  /// @param prospect_id  of this organization
  /// @return             what was on its way, as for object
  Rows restrict(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_restrict(ws(), prospect_id.c(), out, err);
    });
  }
  /// Ends a restriction; GDPR 18(3): the person is told before. What it stopped stays stopped.
  /// Without a restriction it does nothing. Throws Error(OL_NOT_FOUND).
  /// A score comes back with the next run of a scorecard, a stopped sequence does not.
  ///
  /// @param prospect_id  of this organization
  void lift_restriction(const Id& prospect_id) const {
    call([&](ol_error* err) { return ol_prospects_lift_restriction(ws(), prospect_id.c(), err); });
  }

  /// Erases the person (GDPR 17): unreachable by any verb at once, with scores, replies and drafts,
  /// and remembered only as keyed digests, so that they do not come back with the next import. What
  /// was sent to them stays findable by identifier through ledger(). Rows as for object. Throws
  /// Error(OL_NOT_FOUND), also the second time, and OL_DENIED while a hold keeps the data (17(3)).
  /// Its bytes leave with the next checkpoint, which other readers can hold up: Engine::residue.
  ///
  /// @param prospect_id  of this organization
  /// @return             what can no longer be stopped; empty most of the time
  Rows erase(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_prospects_erase(ws(), prospect_id.c(), out, err);
    });
  }

 private:
  std::optional<Prospect> find(const std::string& email, const std::string& linkedin) const {
    ol_id found{};
    call([&](ol_error* err) {
      return ol_prospects_find(ws(), detail::str(email), detail::str(linkedin), &found, err);
    });
    if (Id(found).is_none()) return std::nullopt;
    return get(Id(found));
  }
};

/// organizations.h: the customer's users.
///
/// Business contacts of the host, not prospects: they have their own retention (account).
///
///     const onlyleads::Id ann = ws.members().add("Ann Smith", "ann@acme.example");
class Members : public detail::Noun {
 public:
  /// Made by Workspace::members.
  using Noun::Noun;
  /// Adds a member (a user of the customer) and gives their id; senders belong to members. name is
  /// what templates sign with unless the sender has one of its own. The address may be empty.
  ///
  /// @param name   not empty, at most 512 bytes
  /// @param email  at most 512 bytes
  /// @return       the member's id, for SenderOptions
  /// @throws Error  OL_INVALID_ARGUMENT or OL_LIMIT, naming the argument
  Id add(const std::string& name, const std::string& email = {}) const {
    ol_id id{};
    call([&](ol_error* err) {
      return ol_member_add(ws(), detail::str(name), detail::str(email), &id, err);
    });
    return Id(id);
  }
};

/// organizations.h: connected LinkedIn accounts.
///
/// Every limit belongs to the account at the provider, not to the sender.
/// A provider's answer can stop a sender (its user must sign in anew, a restriction, a wrong key);
/// then state and stop_reason of list() tell it, nothing is sent, and resume() ends it:
///
///     for (const onlyleads::Row row : ws.senders().list()) {
///       if (row.text("stop_reason").empty()) continue;
///       ask_the_member(row.text("name"), row.text("stop_reason"));
///     }
class Senders : public detail::Noun {
 public:
  /// Made by Workspace::senders.
  using Noun::Noun;

  /// Connects an account and gives the sender's id. No call is made: whether the key fits shows
  /// with the first run. Throws Error(OL_ALREADY_EXISTS) when this organization has the account,
  /// OL_TIME_ZONE for an unknown zone (or missing zone data, see TZDIR), OL_NOT_FOUND for the
  /// member, OL_INVALID_ARGUMENT (names the option).
  /// A disconnected or stopped sender of the same account comes back under its id with these
  /// options, and its campaigns go on.
  ///
  /// @param options  member_id, account_id, base_url, api_key and webhook_secret are required
  /// @return         the sender's id, for campaigns
  Id connect(const SenderOptions& options) const {
    ol_sender_options c = detail::sized<ol_sender_options>();
    c.premium = options.premium ? 1 : 0;
    c.member_id = options.member_id.c();
    c.name = detail::str(options.name);
    c.provider = detail::str(options.provider);
    c.account_id = detail::str(options.account_id);
    c.base_url = detail::str(options.base_url);
    c.api_key = detail::str(options.api_key);
    c.webhook_secret = detail::str(options.webhook_secret);
    c.webhook_header = detail::str(options.webhook_header);
    c.zone = detail::str(options.zone);
    c.work_start_min = options.work_start_min;
    c.work_end_min = options.work_end_min;
    c.work_days = options.work_days;
    c.invitations_per_day = options.invitations_per_day;
    c.invitations_per_week = options.invitations_per_week;
    c.messages_per_day = options.messages_per_day;
    c.messages_per_week = options.messages_per_week;
    c.profiles_per_day = options.profiles_per_day;
    c.profiles_per_week = options.profiles_per_week;
    c.min_gap_s = options.min_gap_s;
    c.mandate_scope = detail::str(options.mandate_scope);
    c.mandate_version = detail::str(options.mandate_version);
    c.mandate_digest = detail::str(options.mandate_digest);
    c.mandate_evidence = detail::str(options.mandate_evidence);
    ol_id id{};
    call([&](ol_error* err) { return ol_sender_connect(ws(), &c, &id, err); });
    return Id(id);
  }
  /// sender_id, member_id, name, account_id, base_url, premium, zone, state, paused_until_us (NULL
  /// unless the provider asked for patience), stop_reason, and the six limits in force
  /// under the names of SenderOptions. Keys and secrets never come out again.
  ///
  /// @return  every sender of the organization, disconnected ones too, on one page
  Rows list() const {
    return rows([&](ol_rows** out, ol_error* err) { return ol_sender_list(ws(), out, err); });
  }
  /// Stops a sender at once: what is queued waits, nothing more is claimed; what is on its way is
  /// finished. Throws Error(OL_NOT_FOUND).
  /// Binds every process when it has returned. Idempotent.
  ///
  /// @param sender_id  of this organization
  /// @return           what is on its way or has an open outcome: message_id, prospect_id, channel,
  ///                   started_at_us
  Rows disconnect(const Id& sender_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_sender_disconnect(ws(), sender_id.c(), out, err);
    });
  }
  /// The account is in order again: clears a stop or a disconnection, what was queued goes on.
  /// A pause for a limit runs on, and so does the reconcile-only mode. Idempotent.
  ///
  /// @param sender_id  of this organization
  /// @throws Error     OL_NOT_FOUND
  void resume(const Id& sender_id) const {
    call([&](ol_error* err) { return ol_sender_resume(ws(), sender_id.c(), err); });
  }
  /// Ends the reconcile-only mode of a sender before Engine::run() has asked the provider what was
  /// sent after the copy was made: what is not in the ledger may be sent again. Does nothing to a
  /// sender in another state; a stop goes on. Idempotent.
  ///
  /// @param sender_id  of this organization
  /// @throws Error     OL_NOT_FOUND
  void release(const Id& sender_id) const {
    call([&](ol_error* err) { return ol_sender_release(ws(), sender_id.c(), err); });
  }
};

/// mandates.h: what members authorised.
///
/// Connecting a sender records a mandate: the member signs in on the provider's hosted page, which
/// is the authorisation for every channel of that account unless the host narrows the scope. A host
/// that asks its members for more records that here. The record stays after its end: it answers who
/// agreed to what, when, and by which proof (GDPR 5(2)).
///
/// What waits for a mandate is parked with the reason no_mandate and goes on by itself when one
/// that covers its channel is recorded. Connecting a sender records one.
///
///     for (const onlyleads::Row row : ws.mandates().revoke(mandate)) {
///       tell_member_of(row.id("message_id"));         // too late for these
///     }
class Mandates : public detail::Noun {
 public:
  /// Made by Workspace::mandates.
  using Noun::Noun;
  /// Records one beside those the sender has. Throws Error(OL_NOT_FOUND) for the sender,
  /// OL_INVALID_ARGUMENT and OL_LIMIT that name the option.
  ///
  /// @param options  what was agreed to, by whom, for which account
  /// @return         the mandate's id
  Id record(const MandateOptions& options) const {
    ol_mandate_options c = detail::sized<ol_mandate_options>();
    c.member_id = options.member_id.c();
    c.sender_id = options.sender_id.c();
    c.scope = detail::str(options.scope);
    c.text_version = detail::str(options.text_version);
    c.text_digest = detail::str(options.text_digest);
    c.evidence_ref = detail::str(options.evidence_ref);
    c.given_at_us = options.given_at_us;
    ol_id id{};
    call([&](ol_error* err) { return ol_mandate_record(ws(), &c, &id, err); });
    return Id(id);
  }
  /// The member takes it back: from now on nothing that no other mandate covers can be claimed by
  /// any process, and what is queued is parked. Idempotent. Throws Error(OL_NOT_FOUND).
  ///
  /// @param mandate_id  of record, or of list
  /// @return            what is on its way or has an open outcome, never tried again: message_id,
  ///                    prospect_id, channel, started_at_us
  Rows revoke(const Id& mandate_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_mandate_revoke(ws(), mandate_id.c(), out, err);
    });
  }
  /// All ever recorded, oldest first: mandate_id, sender_id, member_id, scope, text_version,
  /// text_digest, evidence_ref, given_at_us, recorded_at_us, revoked_at_us (NULL while it holds).
  ///
  /// @param page_token  of the page before; empty: the first
  /// @param limit       rows, 0: 1000
  /// @return            a page
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_mandate_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
};

/// usage.h: what members did in the host's product.
///
/// A log of its own with a retention class of its own: 90 days. It goes with its member.
/// An IP address is personal data (GDPR recital 30): members are told that it is kept.
///
///     onlyleads::Usage line;
///     line.member_id = member;
///     line.ip = request.remote_address();             // without the port
///     line.browser = request.header("User-Agent");
///     line.page = "/campaigns";
///     ws.usage().record({line});
class UsageLog : public detail::Noun {
 public:
  /// Made by Workspace::usage.
  using Noun::Noun;
  /// Records rows, all or none. Throws Error(OL_INVALID_ARGUMENT), OL_NOT_FOUND or OL_LIMIT naming
  /// row and field, for example "usage[3].ip".
  ///
  /// @param usage  at most 10,000
  /// @return       how many
  int64_t record(Span<Usage> usage) const {
    std::vector<ol_usage> c;
    c.reserve(usage.size());
    for (const Usage& row : usage) {
      c.push_back({row.member_id.c(), row.at_us, detail::str(row.ip), detail::str(row.browser),
                   detail::str(row.page)});
    }
    int64_t n = 0;
    call([&](ol_error* err) {
      return ol_usage_record(ws(), c.data(), c.size(), sizeof(ol_usage), &n, err);
    });
    return n;
  }
  /// As recorded: usage_id, member_id, at_us, ip, browser, page.
  /// Members' data: show it to whoever answers for security and support, and to nobody else. What
  /// is older than its retention class allows is for the sweep to take.
  ///
  /// Texts that were not known are empty.
  ///
  /// @param page_token  of the page before; empty: the first
  /// @param limit       rows, 0: 1000
  /// @return            a page
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_usage_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
};

/// campaigns.h: sequences, audiences, enrollments.
///
/// A campaign is a JSON document of a sender, steps with templates and the facts that are its own;
/// every member is described in campaigns.h. Each person is decided when offered, when queued and
/// once more when claimed.
/// Nothing is sent by these methods: Engine::run does that.
///
///     const onlyleads::Rows answers = ws.campaigns().enroll(campaign, people);
///     for (const onlyleads::Row row : answers) {
///       if (row.integer("enrolled") == 0) count_reason(row.text("reason"));
///     }
///     std::cout << ws.campaigns().render(campaign, people.front(), 0)[0].text("body");
class Campaigns : public detail::Noun {
 public:
  /// Made by Workspace::campaigns.
  using Noun::Noun;

  /// spec_json as campaigns.h describes it. The same external_ref again gives the existing
  /// campaign, whatever the spec says then. Throws Error(OL_INVALID_JSON), OL_INVALID_ARGUMENT
  /// (names the member that is wrong, or says that one is unknown) and OL_NOT_FOUND (the sender).
  ///
  /// @param spec_json     at most 16 MiB, 1 to 32 steps
  /// @param external_ref  the host's own key, at most 512 bytes; empty: always a new campaign
  /// @return              the campaign's id
  Id create(const std::string& spec_json, const std::string& external_ref = {}) const {
    ol_id id{};
    call([&](ol_error* err) {
      return ol_campaign_create(ws(), detail::str(spec_json), detail::str(external_ref), &id, err);
    });
    return Id(id);
  }
  /// campaign_id, name, external_ref, sender_id, created_at_us of every campaign.
  ///
  /// @return  all of them on one page
  Rows list() const {
    return rows([&](ol_rows** out, ol_error* err) { return ol_campaign_list(ws(), out, err); });
  }
  /// Offers people to the campaign. Each is decided now for their first step, the decision
  /// recorded, and enrolled or refused: prospect_id, enrolled (0 or 1), reason for each, in the
  /// order given. A reason is a code of the decision pack, or already_enrolled, not_found,
  /// no_linkedin, missing_variable, too_long, already_connected (no step is left for them). A
  /// refusal is an answer and no error; it stays with this campaign, also when facts change later.
  /// Enrolling again changes nothing. Throws Error(OL_NOT_FOUND) for the campaign and OL_LIMIT
  /// beyond 10,000 people at once.
  ///
  /// @param campaign_id   of this organization
  /// @param prospect_ids  of this organization; one of another is answered with not_found
  /// @return              a row for each
  Rows enroll(const Id& campaign_id, Span<Id> prospect_ids) const {
    std::vector<ol_id> ids;
    ids.reserve(prospect_ids.size());
    for (const Id& id : prospect_ids) ids.push_back(id.c());
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_campaign_enroll(ws(), campaign_id.c(), ids.data(), ids.size(), out, err);
    });
  }
  /// Where each person stands: prospect_id, state, step (from 0), due_at_us, reason. States: active
  /// (the step is due at due_at_us), waiting (for an acceptance), sending, completed, refused (the
  /// decision of a later step, see reason), stopped (a reply, an objection), parked (a person must
  /// decide).
  ///
  /// @param campaign_id  of this organization
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows enrollments(const Id& campaign_id, const std::string& page_token = {},
                   int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_campaign_enrollments(ws(), campaign_id.c(), detail::str(page_token), limit, out,
                                     err);
    });
  }
  /// The text this person would get, as one row: body, utf16_units, limit_units. Steps count from
  /// 0. LinkedIn counts in UTF-16 units: a note may have 200 of them, 300 for a premium account.
  /// Stores and decides nothing. Throws Error(OL_MISSING_VARIABLE), which names the variable (a
  /// template never leaves an empty place), OL_LIMIT when the text is too long, OL_NOT_FOUND.
  ///
  /// @param campaign_id  of this organization
  /// @param prospect_id  of this organization; they need not be enrolled
  /// @param step         from 0
  /// @return             one row
  Rows render(const Id& campaign_id, const Id& prospect_id, int32_t step) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_campaign_render(ws(), campaign_id.c(), prospect_id.c(), step, out, err);
    });
  }
};

/// campaigns.h: who is connected to a sender already.
///
/// A first message needs a connection on LinkedIn, an invitation needs none.
///
///     ws.relations().add(sender, person);  // a row of LinkedIn's Connections.csv
class Relations : public detail::Noun {
 public:
  /// Made by Workspace::relations.
  using Noun::Noun;
  /// They accepted before (a row of a connections export): campaigns of this sender skip the
  /// invitation. Later acceptances arrive by webhook. Idempotent. Throws Error(OL_NOT_FOUND) for
  /// either.
  ///
  /// @param sender_id    of this organization
  /// @param prospect_id  of this organization
  void add(const Id& sender_id, const Id& prospect_id) const {
    call([&](ol_error* err) { return ol_relation_add(ws(), sender_id.c(), prospect_id.c(), err); });
  }
};

/// scoring.h.
///
/// How well people fit. A scorecard is a JSON document of factors and signals, described in
/// scoring.h; a score is the sum of its factors, always. Who objected is not scored: GDPR 21(2)
/// covers profiling; nor is whose processing is restricted (GDPR 18).
/// Factors are kept with the score: it can be explained to the person (GDPR 15(1)(h)).
///
///     ws.scoring().run(R"({"factors": [{"name": "seniority", "field": "title", "points": 30,
///                                       "any_of": ["chief", "vp", "head of"]}]})");
///     std::vector<onlyleads::Id> best;
///     for (const onlyleads::Row row : ws.scoring().top(100, true)) {
///       if (row.real("score") > 0) best.push_back(row.id("prospect_id"));
///     }
class Scoring : public detail::Noun {
 public:
  /// Made by Workspace::scoring.
  using Noun::Noun;
  /// Scores everybody, replacing earlier scores; how many were scored. Throws
  /// Error(OL_INVALID_JSON), OL_INVALID_ARGUMENT (names the factor's member).
  ///
  /// @param scorecard_json  at most 16 MiB; factors must not be empty
  /// @return                people with a score now
  int64_t run(const std::string& scorecard_json) const {
    int64_t n = 0;
    call([&](ol_error* err) { return ol_scoring_run(ws(), detail::str(scorecard_json), &n, err); });
    return n;
  }
  /// The best of the last run: prospect_id, score (real), factors (a JSON list of {"name",
  /// "points"} that adds up to the score); highest first, ties by id. with_linkedin leaves out
  /// people whom no LinkedIn message could reach. Empty before the first run.
  ///
  /// @param limit          rows, 0: 1,000, at most 10,000; there is no next page
  /// @param with_linkedin  whether people need a LinkedIn identifier
  /// @return               one page
  /// @throws Error         OL_INVALID_ARGUMENT for a negative limit, OL_LIMIT
  Rows top(int32_t limit, bool with_linkedin = false) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_scoring_top(ws(), limit, with_linkedin ? 1 : 0, out, err);
    });
  }
};

/// signals.h: what people did that tells of interest.
///
/// Replies that the inbox takes are recorded by themselves, automatic ones and opt-outs left out.
/// Signals are the person's data: they go with the person, and count no more after an objection.
/// During a restriction of processing (GDPR 18) they rest: new ones are refused, those stored count
/// again when it is lifted and a scorecard runs.
///
/// A score fades only by being computed again: run the scorecard as often as it should.
///
///     onlyleads::Signal signal;
///     signal.prospect_id = person;
///     signal.kind = "comment";
///     signal.source = "our page on LinkedIn";
///     signal.external_ref = "comment-4711";           // safe to repeat
///     if (ws.signals().record({signal})[0].text("disposition") == "refused") forget(signal);
class Signals : public detail::Noun {
 public:
  /// Made by Workspace::signals.
  using Noun::Noun;
  /// Records signals, all or none. A refusal is an answer and no error. Throws
  /// Error(OL_INVALID_ARGUMENT), OL_NOT_FOUND, OL_CONFLICT or OL_LIMIT naming row and field, for
  /// example "signals[3].kind"; then nothing was written.
  ///
  /// @param signals  at most 10,000
  /// @return         one row each, in the order given: prospect_id, signal_id (NULL when refused),
  ///                 disposition (recorded; duplicate: its external_ref is known; refused), reason
  ///                 (objected, restricted, erased, deleted)
  Rows record(Span<Signal> signals) const {
    std::vector<ol_signal> c;
    c.reserve(signals.size());
    for (const Signal& signal : signals) {
      c.push_back({signal.prospect_id.c(), signal.at_us, detail::str(signal.kind),
                   detail::str(signal.external_ref), detail::str(signal.source),
                   detail::str(signal.url)});
    }
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_signals_record(ws(), c.data(), c.size(), sizeof(ol_signal), out, err);
    });
  }
  /// One person's, as they were recorded: signal_id, kind, at_us, external_ref, source ("inbox" for
  /// replies that came in), url, recorded_at_us.
  ///
  /// @param prospect_id  whose
  /// @param page_token   of the page before; empty: the first
  /// @param limit        rows, 0: 1000
  /// @return             a page; empty for nobody
  Rows list(const Id& prospect_id, const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_signals_list(ws(), prospect_id.c(), detail::str(page_token), limit, out, err);
    });
  }
};

/// sending.h: messages queued, on their way, sent, open.
///
/// States: queued, in_flight (intent is on disk before the call starts), sent, not_sent (certainly
/// not), unknown (the provider is asked, it is never blindly repeated), parked (a person must
/// decide), cancelled.
/// Intent is stored before a call starts: a crash leaves unknown, never a second message.
///
///     switch (ws.outbox().cancel(message)) {
///       case onlyleads::CancelAnswer::cancelled: return "It will not be sent.";
///       case onlyleads::CancelAnswer::already_sent: return "It was sent before.";
///       case onlyleads::CancelAnswer::in_flight: return "It may have been sent.";
///     }
class Outbox : public detail::Noun {
 public:
  /// Made by Workspace::outbox.
  using Noun::Noun;
  /// message_id, prospect_id, campaign_id, step, channel (linkedin_invite_note, linkedin_message),
  /// state, attempts, outcome (a code), remote_id and target (the provider's ids), due_at_us,
  /// started_at_us, sent_at_us; in person order. What has not happened yet is NULL.
  ///
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_outbox_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
  /// Cancels one message. What is in flight is never retried after a cancel, whatever its outcome.
  /// Cancelling twice answers the same. Throws Error(OL_NOT_FOUND).
  /// Binds every process when it has returned.
  ///
  /// @param message_id  of this organization, from list()
  /// @return            whether it was in time
  CancelAnswer cancel(const Id& message_id) const {
    int32_t answer = 0;
    call([&](ol_error* err) { return ol_outbox_cancel(ws(), message_id.c(), &answer, err); });
    return static_cast<CancelAnswer>(answer);
  }
};

/// sending.h: what was sent to an identifier, also after its person was erased.
///
/// It keeps anybody from being written to twice by one step, erased or not.
///
///     for (const onlyleads::Row row : ws.ledger().find("ann@example.com")) {
///       answer_of_access(row.text("channel"), row.text("outcome"));
///     }
class Ledger : public detail::Noun {
 public:
  /// Made by Workspace::ledger.
  using Noun::Noun;
  /// By address, LinkedIn URL, public identifier or member id: campaign_id, step, channel,
  /// message_id, outcome, recorded_at_us. Outcomes: intent (written before the call started), sent,
  /// unknown, not_sent. Persons are kept as keyed digests here, so an identifier finds and nothing
  /// lists; what a person was sent answers their request of access (GDPR 15). Empty when nothing
  /// was.
  ///
  /// @param identifier  one of these
  /// @return            oldest first, on one page
  /// @throws Error      OL_INVALID_ARGUMENT when the text is no identifier
  Rows find(const std::string& identifier) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_ledger_find(ws(), detail::str(identifier), out, err);
    });
  }
};

/// sending.h: the decisions on one person, oldest first.
///
/// Each is a record of why a message was allowed or refused (GDPR 5(2)).
///
///     for (const onlyleads::Row row : ws.decisions().list(person)) {
///       explain(row.text("stage"), row.integer("allowed") == 1, row.text("reason"));
///     }
class Decisions : public detail::Noun {
 public:
  /// Made by Workspace::decisions.
  using Noun::Noun;
  /// decision_id, campaign_id, step, channel, stage (enroll, enqueue, claim: each message is
  /// decided at all three), allowed (0 or 1), reason (a code of the pack), lawful_basis (NULL when
  /// refused), profile, decided_at_us. Empty for nobody.
  ///
  /// @param prospect_id  of this organization
  /// @return             all of them on one page
  Rows list(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_decision_list(ws(), prospect_id.c(), out, err);
    });
  }
};

/// sending.h: what left about one person.
///
/// Written with the claim, before the call that discloses starts.
///
///     for (const onlyleads::Row row : ws.disclosures().list(person)) {
///       tell(row.text("sub_processor_id"), row.text("data_categories"));
///     }
class Disclosures : public detail::Noun {
 public:
  /// Made by Workspace::disclosures.
  using Noun::Noun;
  /// sub_processor_id, purpose, data_categories, disclosed_at_us: who received what about them and
  /// when (GDPR 15(1)(c)). Categories are names with commas between. Empty for nobody.
  ///
  /// @param prospect_id  of this organization
  /// @return             all of them on one page
  Rows list(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_disclosure_list(ws(), prospect_id.c(), out, err);
    });
  }
};

/// inbox.h: replies that came.
///
/// Bodies are personal data of whoever wrote them, and are erased with the person.
///
///     for (const onlyleads::Row row : ws.inbox().list()) {
///       if (row.text("label") == "reply") hand_to_the_member(row.text("body"));
///     }
class WorkspaceInbox : public detail::Noun {
 public:
  /// Made by Workspace::inbox.
  using Noun::Noun;
  /// inbox_id, prospect_id, sender_id, label (opt_out, auto_reply, reply), body, received_at_us.
  /// The label was acted on when the webhook came: a reply stopped the sequence, an opt-out
  /// objected.
  ///
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_inbox_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
};

/// rights.h: what a person may demand to see. Objecting and erasing are verbs of Prospects.
///
///     const auto person = ws.prospects().find_by_email(who_asks);
///     if (person) send_to_the_person(ws.rights().access(person->id));
///
/// An answer is due within a month of the request (GDPR 12(3)). Every copy is audited, so that the
/// record shows when the person was answered.
///
/// The copy holds personal data: hand it to the person, and keep it out of logs and tickets.
class Rights : public detail::Noun {
 public:
  /// Made by Workspace::rights.
  using Noun::Noun;
  /// A copy of everything stored about one person, with purposes, sources, recipients, periods and
  /// rights (GDPR 15), as a JSON document; rights.h lists its members. Nothing of anybody else is
  /// in it. Also for a person who was deleted. Audited. Who asks is for the caller to verify
  /// (12(6)).
  ///
  /// @param prospect_id  of this organization
  /// @return             UTF-8 JSON
  /// @throws Error       OL_NOT_FOUND for nobody and for who was erased
  std::string access(const Id& prospect_id) const {
    return rows([&](ol_rows** out, ol_error* err) {
             return ol_rights_access(ws(), prospect_id.c(), out, err);
           })
        .json();
  }
};

/// retention.h: what is past its period, and its removal bound to a plan.
///
///     const onlyleads::Rows plan = ws.retention().plan();
///     show(plan);  // somebody agrees
///     ws.retention().run(plan);
///
/// Engine::run removes by itself what needs no decision: people who were deleted 30 days ago, and
/// logs after 90 days. Who is inactive is the customer's to say, so only a plan names them.
class Retention : public detail::Noun {
 public:
  /// Made by Workspace::retention.
  using Noun::Noun;
  /// A dry run, one row per class and table: retention_class, rule, table, period, due, held,
  /// oldest_us (NULL: nothing is past its period), plan_token. Removes nothing.
  ///
  /// @param inactive_days  without use, after which a prospect is inactive; 0: 730
  /// @return               all rows on one page
  /// @throws Error         OL_INVALID_ARGUMENT beyond 36,500
  Rows plan(int32_t inactive_days = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_retention_plan(ws(), inactive_days, out, err);
    });
  }
  /// Removes what the plan named, as of its instant, and nothing else: whoever was used again or is
  /// held stays. In bounded transactions; stopped or killed it goes on with the same plan.
  /// People who are removed leave no tombstone: nobody demanded to be forgotten. Their objections
  /// stay in force as suppressions, and the send ledger still knows what they were sent.
  ///
  /// @param plan_token  of a plan of this organization, not older than a day
  /// @param options     a bound, and a progress callback on the calling thread
  /// @return            what went
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is no plan of this organization;
  ///                    OL_CONFLICT for a stale one; OL_CANCELLED
  RetentionReport run(const std::string& plan_token, const RetentionOptions& options = {}) const {
    ol_retention_options c = detail::sized<ol_retention_options>();
    c.max_rows = options.max_rows;
    detail::RetentionProgress progress{options, nullptr};
    if (options.progress) c.progress = &detail::RetentionProgress::tell;
    c.progress_ctx = &progress;
    ol_retention_report report = detail::sized<ol_retention_report>();
    call([&](ol_error* err) {
      const int32_t code = ol_retention_run(ws(), detail::str(plan_token), &c, &report, err);
      // A stop that an exception asked for is that exception.
      if (progress.thrown) std::rethrow_exception(progress.thrown);
      return code;
    });
    return {report.done != 0, report.people, report.deleted, report.logs, report.accounts};
  }
  /// The same with the page that plan gave.
  ///
  /// @param plan     of this organization, not older than a day
  /// @param options  as above
  /// @return         what went
  RetentionReport run(const Rows& plan, const RetentionOptions& options = {}) const {
    return run(std::string(plan[0].text("plan_token")), options);
  }
};

/// retention.h: what keeps data although its period is over (GDPR 17(3)(e), 18(2)). A hold permits
/// no use: objections and opt-outs work as ever.
///
///     const onlyleads::Id hold = ws.holds().place(person, "claim_2026_17");
///     // ... when the claim is settled:
///     ws.holds().release(hold);
///
/// Plans show what is held beside what is due. Ended holds stay listed, as the record of why
/// something was kept.
class Holds : public detail::Noun {
 public:
  /// Made by Workspace::holds.
  using Noun::Noun;
  /// Until the hold ends, its person is neither deleted nor erased nor removed by retention, and
  /// the organization is not deleted. Placing one costs no more than a row.
  /// The decision pack asks for a review of each hold every six months.
  ///
  /// @param prospect_id  one person, live or deleted; Id(): everybody of the organization
  /// @param reason       a code, 1 to 64 lower-case letters, digits, underscores; it is audited
  /// @param until_us     when it ends by itself, microseconds since 1970 UTC; 0: when released
  /// @return             the hold's id
  /// @throws Error       OL_INVALID_ARGUMENT; OL_NOT_FOUND for an unknown person
  Id place(const Id& prospect_id, const std::string& reason, int64_t until_us = 0) const {
    ol_id id{};
    call([&](ol_error* err) {
      return ol_hold_place(ws(), prospect_id.c(), detail::str(reason), until_us, &id, err);
    });
    return Id(id);
  }
  /// Ends a hold; the original clock goes on. Twice is the same as once. Throws
  /// Error(OL_NOT_FOUND).
  void release(const Id& hold_id) const {
    call([&](ol_error* err) { return ol_hold_release(ws(), hold_id.c(), err); });
  }
  /// hold_id, prospect_id (NULL: everybody), reason, placed_at_us, until_us, released_at_us (NULL:
  /// none), oldest first, ended ones too.
  ///
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_hold_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
};

/// audit.h: the entries of this organization, oldest first.
///
/// Ids in it stay when a person is erased: they tell nothing by themselves.
///
///     for (const onlyleads::Row row : ws.audit().list()) {
///       line(row.integer("at_us"), row.text("actor"), row.text("verb"), row.text("detail"));
///     }
class WorkspaceAudit : public detail::Noun {
 public:
  /// Made by Workspace::audit.
  using Noun::Noun;
  /// entry_id, at_us, actor, verb, subject_id, detail (JSON of codes and counts), seq (its place in
  /// the chain, from 1; 0 while unsealed). No personal data. Written in the transaction they tell
  /// of, sealed by Engine::run.
  ///
  /// @param page_token  empty: the first page; then Rows::next_page of the page before
  /// @param limit       rows of a page, 0: 1,000, at most 10,000
  /// @return            one page; the last has an empty next_page
  /// @throws Error      OL_INVALID_ARGUMENT for a token that is none or a negative limit; OL_LIMIT
  Rows list(const std::string& page_token = {}, int32_t limit = 0) const {
    return rows([&](ol_rows** out, ol_error* err) {
      return ol_audit_list(ws(), detail::str(page_token), limit, out, err);
    });
  }
};

/// The only handle on one organization, the controller of its prospects' data: no call through it
/// can reach another. Keeps its engine alive. The methods give the organization's nouns; a noun may
/// be kept, or asked for anew each time.
///
/// Threads: any number may use one workspace; their calls queue behind the engine's lock.
class Workspace {
 public:
  /// Made by Engine.
  explicit Workspace(std::shared_ptr<detail::SharedWorkspace> shared)
      : shared_(std::move(shared)) {}

  /// For Engine::workspace, and to remember.
  ///
  /// @return  never none
  Id org_id() const noexcept { return Id(ol_workspace_org_id(shared_->c())); }
  /// The people: import, find, list, object, erase.
  Prospects prospects() const { return Prospects(shared_); }
  /// The customer's users.
  Members members() const { return Members(shared_); }
  /// Connected LinkedIn accounts.
  Senders senders() const { return Senders(shared_); }
  /// Members' authorisations to send.
  Mandates mandates() const { return Mandates(shared_); }
  /// What members did in the host's product.
  UsageLog usage() const { return UsageLog(shared_); }
  /// Sequences and who is in them.
  Campaigns campaigns() const { return Campaigns(shared_); }
  /// Who is connected to a sender already.
  Relations relations() const { return Relations(shared_); }
  /// Scorecards and scores.
  Scoring scoring() const { return Scoring(shared_); }
  /// What people did that tells of interest.
  Signals signals() const { return Signals(shared_); }
  /// Messages queued, on their way, sent, open.
  Outbox outbox() const { return Outbox(shared_); }
  /// What was sent to an identifier, also after erasure.
  Ledger ledger() const { return Ledger(shared_); }
  /// Why a person was or was not written to.
  Decisions decisions() const { return Decisions(shared_); }
  /// What left about a person, and to whom.
  Disclosures disclosures() const { return Disclosures(shared_); }
  /// What a person may demand to see.
  Rights rights() const { return Rights(shared_); }
  /// What is past its period.
  Retention retention() const { return Retention(shared_); }
  /// What keeps data longer.
  Holds holds() const { return Holds(shared_); }
  /// Replies that came.
  WorkspaceInbox inbox() const { return WorkspaceInbox(shared_); }
  /// The record of this organization.
  WorkspaceAudit audit() const { return WorkspaceAudit(shared_); }

 private:
  std::shared_ptr<detail::SharedWorkspace> shared_;
};

// ---------------------------------------------------------------------------------- the engine --

/// inbox.h: webhooks, for every organization at once; the message says whose it is.
///
///     try {
///       engine.inbox().ingest("unipile", request.headers, request.body);
///       return answer(200);
///     } catch (const onlyleads::Error& error) {
///       return answer(error.code() == OL_UNAUTHORIZED ? 401 : error.retryable() ? 503 : 400);
///     }
///
/// Unipile delivers up to six times, in no promised order, and waits 30 seconds for an answer.
class Inbox {
 public:
  /// Made by Engine::inbox.
  explicit Inbox(std::shared_ptr<detail::Shared> shared) : shared_(std::move(shared)) {}

  /// Takes one webhook of a provider ("unipile"): headers and raw body as they came. The shared
  /// secret is compared in constant time with that of each sender of the account. An opt-out stops
  /// the person at once, on every channel and campaign of that organization. An unknown account or
  /// event is taken and ignored. Durable when it returns; twice, late, out of order and one's own
  /// echo are harmless. Answer 200 when it returns. Throws Error(OL_UNAUTHORIZED) when the secret
  /// matches no sender (answer 401), OL_INVALID_JSON, OL_LIMIT.
  ///
  /// @param provider  "unipile", the only one this version knows
  /// @param headers   all of the request's, at most 1,000
  /// @param body      the bytes as they came, at most 1 MiB
  /// @return          what it held
  InboxReport ingest(const std::string& provider, const Headers& headers,
                     std::string_view body) const {
    std::vector<ol_header> c;
    c.reserve(headers.size());
    for (const auto& header : headers) {
      c.push_back({detail::str(header.first), detail::str(header.second)});
    }
    ol_inbox_report report = detail::sized<ol_inbox_report>();
    shared_->call([&](ol_error* err) {
      return ol_inbox_ingest(shared_->c(), detail::str(provider), c.data(), c.size(),
                             detail::str(body), &report, err);
    });
    return {report.duplicate != 0, report.replies, report.opt_outs, report.connections,
            report.settled};
  }

 private:
  std::shared_ptr<detail::Shared> shared_;
};

/// audit.h: the chains of all organizations.
///
/// The installation's own chain is among them: it tells of what belongs to no organization.
///
///     const onlyleads::AuditReport report = engine.audit().verify();
///     if (!report.intact) alarm(report.problem, report.first_bad_org, report.first_bad_seq);
///     if (report.overdue > 0) warn("nobody calls run()");
class Audit {
 public:
  /// Made by Engine::audit.
  explicit Audit(std::shared_ptr<detail::Shared> shared) : shared_(std::move(shared)) {}

  /// Recomputes every chain and compares it with its head, which is signed with the installation's
  /// key: a changed, removed or reordered entry shows, and so does a cut tail. Damage is a result,
  /// not an exception. Reads everything: time grows with the number of entries.
  ///
  /// @return  the first damage found, if any
  /// @throws Error  only when the entries could not be read
  AuditReport verify() const {
    ol_audit_report report = detail::sized<ol_audit_report>();
    shared_->call([&](ol_error* err) { return ol_audit_verify(shared_->c(), &report, err); });
    return {report.intact != 0, report.sealed,        report.unsealed,
            report.overdue,     report.first_bad_seq, Id(report.first_bad_org),
            report.problem};
  }

 private:
  std::shared_ptr<detail::Shared> shared_;
};

/// One installation: a database with every organization in it. See engine.h.
///
///     onlyleads::RunReport done = engine.run();
///     if (done.next_due_us != OL_NEVER) wake_me_at(done.next_due_us);
///
/// It starts no thread and opens no port; the host calls run to let due work happen. When the last
/// Engine, Workspace or accessor of an installation goes, its handle is freed without waiting;
/// close() reports what a failing last checkpoint would say.
/// Threads: one Engine may be used from any thread. For parallel work open one per thread. After
/// fork() the child opens its own: this one answers Error(OL_FORKED) there.
class Engine {
 public:
  /// Opens or creates the database at path, and brings its schema up to date in one transaction.
  /// Several processes may have the same one open.
  /// An empty key takes the file PATH.key beside the database, made (0600) when the database is
  /// new. An older copy that was put back is recognised by its ledger and brought up to what must
  /// not be forgotten before this returns; its senders are "reconcile_only" until run() has looked.
  /// Throws Error(OL_LEDGER_BEHIND), OL_LEDGER_FORKED or OL_LEDGER_CORRUPT where the ledger is
  /// lost, another copy's or damaged, OL_NOT_A_DATABASE, OL_SCHEMA_TOO_NEW, OL_SCHEMA_CHANGED,
  /// OL_KEY_MISMATCH, OL_READ_ONLY, OL_DISK_FULL, OL_BUSY or OL_IO.
  ///
  /// @param path     of the database file, whose directory must be writable: two files lie beside
  /// it
  ///                 while it is open
  /// @param options  copied
  /// @return         the handle
  static Engine open(const std::string& path, const EngineOptions& options = {}) {
    auto shared = std::make_shared<detail::Shared>(options.host);
    shared->open(path, options);
    return Engine(std::move(shared));
  }

  /// Creates an organization and opens a workspace on it; with a known external_ref it opens the
  /// existing one instead. Throws Error(OL_INVALID_ARGUMENT) that names the option.
  ///
  /// @param name     not empty, at most 512 bytes; it is what {{organization_name}} becomes
  /// @param options  copied
  /// @return         a workspace on it
  Workspace create_organization(const std::string& name,
                                const OrganizationOptions& options = {}) const {
    ol_organization_options c = detail::sized<ol_organization_options>();
    c.external_ref = detail::str(options.external_ref);
    c.country = detail::str(options.country);
    c.dpa_missing = options.dpa_missing ? 1 : 0;
    return workspace_of([&](ol_workspace** out, ol_error* err) {
      return ol_organization_create(shared_->c(), detail::str(name), &c, out, err);
    });
  }
  /// A workspace on an existing organization. Throws Error(OL_NOT_FOUND).
  ///
  /// @param org_id  of Workspace::org_id or organizations()
  /// @return        a handle of its own; several on one organization are fine
  Workspace workspace(const Id& org_id) const {
    return workspace_of([&](ol_workspace** out, ol_error* err) {
      return ol_workspace_open(shared_->c(), org_id.c(), out, err);
    });
  }
  /// org_id, name, country, external_ref, created_at_us, active_until_us, account_data_until_us of
  /// every organization; the last two NULL while no end of the subscription is known.
  ///
  /// @return  all of them on one page
  Rows organizations() const {
    return shared_->rows(
        [&](ol_rows** out, ol_error* err) { return ol_organization_list(shared_->c(), out, err); });
  }

  /// Says when the customer's subscription ends or ended. From then on nothing of the organization
  /// is queued or claimed, and account data may be kept for twelve more months. A later end lets
  /// what waited go on. Throws Error(OL_NOT_FOUND).
  /// What is on its way at that instant is still looked after, and webhooks are still taken: a
  /// reply or an opt-out loses nothing by the end of a contract.
  ///
  /// @param org_id           of create_organization or organizations
  /// @param active_until_us  OL_NEVER: no end is known
  void set_subscription(const Id& org_id, int64_t active_until_us) const {
    shared_->call([&](ol_error* err) {
      return ol_organization_set_subscription(shared_->c(), org_id.c(), active_until_us, err);
    });
  }
  /// Writes everything of the organization as JSON Lines (see organizations.h) into a new file
  /// (0600): GDPR 28(3)(g). The file is removed again when the call fails. Throws
  /// Error(OL_NOT_FOUND), OL_ALREADY_EXISTS (it never overwrites), OL_IO, OL_DISK_FULL,
  /// OL_CANCELLED, or what progress threw.
  ///
  /// @param org_id    of create_organization or organizations
  /// @param path      where no file is yet
  /// @param progress  empty: silent
  /// @return          how many rows
  int64_t export_organization(const Id& org_id, const std::string& path,
                              const WorkProgress& progress = {}) const {
    return work(progress, [&](const ol_work_options* options, int64_t* rows, ol_error* err) {
      return ol_organization_export(shared_->c(), org_id.c(), detail::str(path), options, rows,
                                    err);
    });
  }
  /// Deletes the organization for good, in bounded transactions; only its audit chain stays.
  /// Sending stops first, also when the deletion ends early; called again it goes on. Throws
  /// Error(OL_NOT_FOUND), OL_CONFLICT (messages are in flight: run, then again), OL_DENIED (a hold
  /// keeps somebody's data), OL_CANCELLED, or what progress threw.
  /// Export it first: nothing brings it back, and what stays is codes, counts and ids. An entry of
  /// the installation's own chain says that it was deleted.
  ///
  /// @param org_id    of create_organization or organizations
  /// @param progress  empty: silent
  /// @return          how many rows
  int64_t delete_organization(const Id& org_id, const WorkProgress& progress = {}) const {
    return work(progress, [&](const ol_work_options* options, int64_t* rows, ol_error* err) {
      return ol_organization_delete(shared_->c(), org_id.c(), options, rows, err);
    });
  }

  /// Lets due work happen and returns when nothing is due or a bound is reached: steps that are due
  /// are decided and queued, queued messages are decided once more, claimed and sent under the
  /// senders' limits and working hours, open outcomes are looked up, the audit is sealed. Blocks on
  /// HTTP without holding the lock. Safe to call from several threads and processes: a message is
  /// claimed by one. Killed at any moment it leaves nothing that a later run would send twice.
  /// Throws Error(OL_CANCELLED) after cancel(), OL_BUSY, OL_IO; a provider's refusal is work done,
  /// no exception. What was committed stays.
  ///
  /// @param options  how much it may do
  /// @return         what it did, and when to come back
  RunReport run(const RunOptions& options = {}) const {
    ol_run_options c = detail::sized<ol_run_options>();
    c.max_ms = options.max_ms;
    c.max_calls = options.max_calls;
    ol_run_report report = detail::sized<ol_run_report>();
    shared_->call([&](ol_error* err) { return ol_engine_run(shared_->c(), &c, &report, err); });
    return {report.calls,
            report.sent,
            report.not_sent,
            report.unknown,
            report.settled,
            report.parked,
            report.enqueued,
            report.refused,
            report.sealed,
            report.next_due_us,
            report.subscriptions_ended,
            report.purged,
            report.residue_pending,
            report.organizations_failed};
  }

  /// Makes every long call that is under way throw Error(OL_CANCELLED) soon, on whichever thread:
  /// run(), an import or export, enroll(), scoring, audit().verify(), a retention plan or run, the
  /// deletion of an organization; and any call while it waits for another process's lock.
  /// Any thread, any time, also from a signal handler; never blocks.
  /// A call that begins later is not meant.
  void cancel() const noexcept { ol_engine_cancel(shared_->c()); }

  /// Closes now and reports what a destructor cannot, for example a failing last checkpoint. Waits
  /// for the calls that are under way in other threads, so that no callback comes after it;
  /// cancel() before it if they are long. Later calls through this engine and its workspaces throw
  /// Error(OL_MISUSE); pages stay readable. Closing twice is fine. Throws Error(OL_MISUSE) from
  /// within a callback of this engine.
  /// Any thread. Two threads that close each other's engines from within callbacks wait for ever.
  /// Blocks for as long as those calls take, at most max_call_ms for a request that is on its way.
  void close() const {
    shared_->call([&](ol_error* err) { return ol_engine_close(shared_->c(), err); });
  }

  /// The last instant the database knows of, microseconds since 1970 UTC, 0 when it is empty: where
  /// an accelerated clock goes on.
  ///
  /// @return  in the host's time
  int64_t last_instant() const {
    int64_t at_us = 0;
    shared_->call([&](ol_error* err) { return ol_engine_last_instant(shared_->c(), &at_us, err); });
    return at_us;
  }

  /// How the database stands to its ledger (Host::ledger_append). After an older copy was put back
  /// it says when, and how many senders still look at the provider before they send: run() does
  /// that, of those that are not stopped, or release() of a sender ends it by hand.
  ///
  /// @return  one row: frames, waiting (0 unless the ledger could not be written), restored_at_us
  ///          (when an older copy was put back or the ledger begun anew, null if never),
  ///          senders_held (in reconcile-only mode)
  Rows lineage() const {
    return shared_->rows(
        [&](ol_rows** out, ol_error* err) { return ol_engine_lineage(shared_->c(), out, err); });
  }

  /// sub_processor_id, name, region, safeguard, transfer_record, purposes, data_categories,
  /// no_training, authorised_from_us, active: nothing leaves to anybody who is not in this register
  /// (GDPR 28(2)). Purposes and categories are names with commas between.
  ///
  /// @return  one row for each, on one page; safeguard and transfer_record are GDPR 46
  Rows sub_processors() const {
    return shared_->rows([&](ol_rows** out, ol_error* err) {
      return ol_engine_sub_processors(shared_->c(), out, err);
    });
  }

  /// What erasures have still to clear.
  ///
  /// Each removal, run() and open() try; a reader of the
  /// database in any process puts it off until it ends.
  ///
  /// @return  both 0 when all is gone
  Residue residue() const {
    Residue residue;
    shared_->call([&](ol_error* err) {
      return ol_rights_residue(shared_->c(), &residue.pending, &residue.since_us, err);
    });
    return residue;
  }

  /// What comes back from providers, for every organization.
  ///
  /// @return  a reference to this engine's
  Inbox inbox() const { return Inbox(shared_); }
  /// The short form of inbox().ingest.
  ///
  /// @param provider  as there
  /// @param headers   as there
  /// @param body      as there
  /// @return          as there
  InboxReport ingest_webhook(const std::string& provider, const Headers& headers,
                             std::string_view body) const {
    return inbox().ingest(provider, headers, body);
  }
  /// The proof that the record is whole, for every organization.
  ///
  /// @return  a reference to this engine's
  Audit audit() const { return Audit(shared_); }

 private:
  explicit Engine(std::shared_ptr<detail::Shared> shared) : shared_(std::move(shared)) {}

  template <typename F>
  int64_t work(const WorkProgress& progress, F f) const {
    detail::Work told{progress, nullptr};
    ol_work_options options = detail::sized<ol_work_options>();
    if (progress) options.progress = &detail::Work::tell;
    options.progress_ctx = &told;
    int64_t done = 0;
    shared_->call([&](ol_error* err) {
      const int32_t code = f(&options, &done, err);
      if (told.thrown) std::rethrow_exception(told.thrown);
      return code;
    });
    return done;
  }

  template <typename F>
  Workspace workspace_of(F f) const {
    ol_workspace* workspace = nullptr;
    shared_->call([&](ol_error* err) { return f(&workspace, err); });
    return Workspace(std::make_shared<detail::SharedWorkspace>(shared_, workspace));
  }

  std::shared_ptr<detail::Shared> shared_;
};

// -------------------------------------------------------------------- without an engine ----

/// How a file would be read, as a JSON document: {"encoding", "delimiter", "header_row" (physical
/// line), "header", "rows", "mapping" (header to field)}. limit rows at most; OL_PREVIEW_ALL for
/// every one, whatever the header looks like: they are all held in memory. Needs no engine and
/// stores nothing. Throws Error(OL_IO), OL_LIMIT.
///
/// @param path   of a regular file
/// @param limit  data rows, or OL_PREVIEW_ALL
/// @return       UTF-8 JSON
/// It lets a person check the mapping before anything is stored:
///
///     show(onlyleads::preview_csv("connections.csv", 20));
inline std::string preview_csv(const std::string& path, int64_t limit = 20) {
  ol_rows* page = nullptr;
  ol_error err;
  if (ol_csv_preview(detail::str(path), limit, &page, &err) != OL_OK) throw Error(err);
  return Rows(page).json();
}

/// policy.h: the decision, asked without sending.
namespace policy {

/// Decides over a JSON object of facts (recipient_country, channel, consent, ...); missing keys
/// take scenario_defaults of the pack, which lists all of them. The answer is a JSON document:
/// {"verdict": "ALLOW" or "DENY", "reason": a code, "lawful_basis", "obligations": what the message
/// must hold, "trace": the steps in order}. The same code decides every message. Pure: no engine,
/// no clock, nothing stored; any thread. Throws Error(OL_INVALID_JSON), and OL_INVALID_ARGUMENT
/// that names an unknown key or a value of the wrong kind. Facts about law, not legal advice.
///
/// @param facts_json  an object, at most 16 MiB
/// @return            UTF-8 JSON
///     onlyleads::policy::evaluate(R"({"recipient_country": "DE", "channel": "email"})");
inline std::string evaluate(const std::string& facts_json) {
  ol_rows* page = nullptr;
  ol_error err;
  if (ol_policy_evaluate(detail::str(facts_json), &page, &err) != OL_OK) throw Error(err);
  return Rows(page).json();
}

}  // namespace policy

/// The library's version, "MAJOR.MINOR.PATCH".
/// As it runs, which need not be the one compiled against.
inline std::string version() { return ol_version(); }

}  // namespace onlyleads

// Doxygen does not find std, which it was not given.
/// @cond
/// For std::unordered_map and std::unordered_set.
template <>
struct std::hash<onlyleads::Id> {
  /// The same id hashes alike in every run of a program.
  size_t operator()(const onlyleads::Id& id) const noexcept {
    // The last bytes of a UUIDv7 are random.
    size_t value;
    std::memcpy(&value, id.c().bytes + 16 - sizeof(value), sizeof(value));
    return value;
  }
};
/// @endcond

#endif  // ONLYLEADS_ONLYLEADS_HPP_
