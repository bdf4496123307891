// Statement parameters: $1..$n mean the first to the n-th argument wherever and how often they
// stand, and not at all inside literals, names and comments; a statement whose parameters are not
// exactly $1..$n is refused, never bound askew.
#include <unistd.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/storage/sqlite_connection.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using fuzz::Claim;
using storage::Connection;

constexpr int kMostColumns = 24;

// A connection of this process alone, renewed now and then because it caches every statement.
Connection* TheConnection() {
  static std::unique_ptr<Connection> connection;
  static int uses = 0;
  if (++uses % 512 == 1) {
    connection.reset();
    const std::string path = "/tmp/onlyleads-fuzz-" + std::to_string(::getpid()) + ".db";
    auto opened = storage::OpenSqlite({path, 0});
    Claim(opened.ok(), "a database in /tmp opens");
    connection = *std::move(opened);
    for (const char* end : {"", "-wal", "-shm"}) ::unlink((path + end).c_str());
  }
  return connection.get();
}

// One select list, and what it must give.
struct Statement {
  std::string sql = "SELECT ";
  std::vector<int> columns;  // the argument's number, 0 for something else
  std::set<std::string> names;
};

std::string Quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c != '\0') out.append(c == quote ? 2 : 1, c);
  }
  return out + quote;
}

std::string CommentText(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '\0' && c != '*' && c != '\n') out += c;
  }
  return out;
}

void AddColumn(fuzz::Input* input, Statement* statement) {
  static constexpr const char* kOtherNames[] = {"$1::text", "$01", "$x", ":1", "@1", "$1(2)"};
  const uint8_t choice = input->Byte();
  if (!statement->columns.empty()) statement->sql += ", ";
  statement->columns.push_back(0);
  const std::string number = "$" + std::to_string(1 + (choice >> 3) % 12);
  switch (choice & 7) {
    case 0:
      statement->sql += Quoted(input->UntilZero(), '\'');
      break;
    case 1:
      statement->sql += "1 /* " + CommentText(input->UntilZero()) + number + " */";
      break;
    case 2:
      statement->sql += "1 -- " + CommentText(input->UntilZero()) + number + "\n";
      break;
    case 3:
      statement->sql += "1 AS " + Quoted(input->UntilZero(), '"');
      break;
    case 4: {
      const std::string other = kOtherNames[(choice >> 3) % std::size(kOtherNames)];
      statement->sql += other;
      statement->names.insert(other);
      break;
    }
    default:
      statement->sql += number;
      statement->columns.back() = 1 + (choice >> 3) % 12;
      statement->names.insert(number);
  }
}

absl::StatusOr<storage::Cursor> Query(const std::string& sql, int arguments) {
  Connection* connection = TheConnection();
  switch (arguments) {
    case 0:
      return connection->Query(sql, {});
    case 1:
      return connection->Query(sql, {101});
    case 2:
      return connection->Query(sql, {101, 102});
    case 3:
      return connection->Query(sql, {101, 102, 103});
    case 4:
      return connection->Query(sql, {101, 102, 103, 104});
    default:
      return connection->Query(sql, {101, 102, 103, 104, 105});
  }
}

void Check(const Statement& statement, int arguments) {
  std::set<std::string> expected;
  for (int i = 1; i <= arguments; ++i) expected.insert("$" + std::to_string(i));
  auto cursor = Query(statement.sql, arguments);
  Claim(cursor.ok() == (statement.names == expected),
        "a statement is taken when its parameters are $1 to $n");
  if (!cursor.ok()) return;
  const auto row = cursor->Next();
  Claim(row.ok() && *row, "a select list gives a row");
  for (size_t i = 0; i < statement.columns.size(); ++i) {
    if (statement.columns[i] == 0) continue;
    Claim(cursor->Int(static_cast<int>(i)) == 100 + statement.columns[i],
          "$n is the n-th argument");
  }
}

}  // namespace
}  // namespace onlyleads

// One byte for the number of arguments, then the columns. The first byte's high bits append a
// second statement, or leave nothing but a comment: both are mistakes that must be told.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const uint8_t choice = input.Byte();
  Statement statement;
  do {
    AddColumn(&input, &statement);
  } while (!input.empty() && statement.columns.size() < kMostColumns);
  Check(statement, choice % 6);
  if ((choice & 0x80) != 0) {
    const std::string two = statement.sql + "; " + statement.sql;
    fuzz::Claim(!Query(two, choice % 6).ok(), "two statements are not one");
  }
  if ((choice & 0x40) != 0) {
    const std::string none = " /* " + CommentText(input.UntilZero()) + " */ ";
    fuzz::Claim(!Query(none, 0).ok(), "a comment is no statement");
  }
  return 0;
}
