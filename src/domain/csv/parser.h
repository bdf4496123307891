// A streaming CSV parser: RFC 4180 read leniently, fed with chunks of the file's original bytes,
// one record out at a time, memory bounded by one record. Every record knows its physical line and
// its byte range in the original file, so that a killed import resumes at any record's end.
// Does no I/O, knows nothing of headers or fields.
#ifndef ONLYLEADS_SRC_DOMAIN_CSV_PARSER_H_
#define ONLYLEADS_SRC_DOMAIN_CSV_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/domain/csv/encoding.h"

namespace onlyleads::domain::csv {

// A place between two records: where parsing can begin anew.
struct Position {
  uint64_t offset = 0;  // in bytes of the original file
  uint64_t line = 1;    // physical line there, LF, CRLF and CR each ending one
};

struct Dialect {
  Encoding encoding = Encoding::kUtf8;
  char delimiter = ',';
  char quote = '"';
  // Inside quotes, takes the meaning of a quote or of itself away (\"); 0: none, as RFC 4180 has
  // it.
  char escape = 0;
  // Blanks between a delimiter and a quote do not keep the quote from opening the cell.
  bool blanks_before_quotes = false;
  // Cells of the header, 0 where it is not known. By it a line that stands in quotes as a whole is
  // recognised, and a quote that swallowed whole lines.
  size_t columns = 0;
};

// Why a record is not whole. Its cells are then empty; `limit` names the bound of base/limits.h.
enum class Problem {
  kNone,
  kUnclosedQuote,  // a quote opens and no quote follows within kMaxCellLines lines
  kCellTooLong,    // kMaxCellBytes
  kRowTooLong,     // kMaxRowBytes
  kTooManyColumns  // kMaxColumns
};

// The name of the constant in base/limits.h, empty for the other problems.
std::string_view LimitName(Problem problem);

struct Record {
  Position begin;
  Position end;  // the next record begins at or after it
  // UTF-8, borrowed from the parser until its next call.
  std::vector<std::string_view> cells;
  Problem problem = Problem::kNone;
  // Index of the first cell whose bytes are no text in this encoding (damaged UTF-8, a lone
  // surrogate, half a UTF-16 unit) or that holds U+0000; the bytes are then U+FFFD or NUL.
  std::optional<size_t> invalid_cell;
};

// The dialect: records end at LF, CRLF or CR, mixed as they come; a quote opens at the start of a
// cell only (see blanks_before_quotes), elsewhere it is text; inside quotes "" is one quote and
// line ends are text, kept as they are; text after a closing quote is appended. A blank line
// (nothing, or only spaces and tabs that are not the delimiter) is no record; a line of only
// delimiters is one. A cell in quotes of which every line would be a whole record of `columns`
// cells, were the quote text, was opened and closed by stray quotes: it is given up as one that
// never closes.
//
// A quote that never closes, or not within base::kMaxCellLines lines, does not swallow the file:
// the record ends with its first physical line and has Problem::kUnclosedQuote, and everything
// below is parsed as records of its own.
class Parser {
 public:
  enum class Step { kRecord, kNeedMore, kEnd };

  Parser(const Dialect& dialect, Position start);

  // The bytes that follow those fed before; borrowed until the next Feed. Call when Next said
  // kNeedMore (or first).
  void Feed(std::string_view bytes);
  // No bytes follow.
  void Finish();
  // After a record, look at NeedsSeek().
  Step Next(Record* record);
  // True after an unclosed quote: what was fed beyond `record.end` is forgotten, and the next Feed
  // must begin at that offset.
  bool NeedsSeek() const { return needs_seek_; }

 private:
  enum class State { kCellStart, kBlanks, kPlain, kQuoted, kEscaped, kQuoteSeen, kAfterCr };

  bool Peek(uint32_t* unit, size_t* bytes) const;
  bool PeekUtf16(uint32_t* unit, size_t* bytes) const;
  void Skip(size_t bytes);
  // True when the unit ended a record.
  bool Consume(uint32_t unit);
  bool ConsumePlain(uint32_t unit);
  // True when the quote is given up, which ends the record.
  bool ConsumeQuoted(uint32_t unit);
  bool ConsumeEscaped(uint32_t unit);
  bool IsQuote(uint32_t unit) const;
  bool IsBlank(uint32_t unit) const;
  bool StartCell(uint32_t unit);
  void CopyRun();
  void Append(uint32_t unit);
  void CheckLimits();
  void EndCell();
  // False for a blank line, which is no record.
  bool EndRecord(Record* record);
  void EmitCells(Record* record);
  void ScrubCells(Record* record);
  void StartRecord();
  void GiveUpQuote();
  void CountDelimiters(size_t count);
  void EndQuotedLine();
  bool SwallowedLines() const;
  Step AtEnd(Record* record);

  const Dialect dialect_;
  std::string_view input_;
  std::string carry_, joined_;  // a UTF-16 unit split between two chunks
  bool finished_ = false;
  bool needs_seek_ = false;
  bool emitted_ = false;                 // the caller still borrows text_
  Position here_;                        // of the next unread unit
  Position begin_;                       // of the record being read
  std::optional<Position> first_break_;  // after the first line end inside the record
  State state_ = State::kCellStart;
  bool previous_cr_ = false;  // inside quotes
  // Delimiters of the present line, were the quote that is open text; those inside that quote; and
  // whether every line so far has as many cells as the header.
  size_t line_delimiters_ = 0;
  size_t quoted_delimiters_ = 0;
  bool whole_lines_ = true;
  bool quoted_ = false;  // the record has a quoted cell
  Problem problem_ = Problem::kNone;
  std::string text_;          // the record's cells, back to back: UTF-8, or the bytes of cp1252
  std::vector<size_t> ends_;  // end of each finished cell in text_
  std::optional<size_t> invalid_cell_;
};

// Fills `buffer` with the file's bytes from `offset`; 0 only at the end of the file.
using ReadAt = std::function<absl::StatusOr<size_t>(uint64_t offset, char* buffer, size_t size)>;

// A parser with its caller: reads through `read_at` in chunks, seeks when the parser asks.
class RecordReader {
 public:
  RecordReader(ReadAt read_at, const Dialect& dialect, Position start,
               size_t chunk_bytes = 256 * 1024);
  // False at the end of the file. `record` borrows until the next call.
  absl::StatusOr<bool> Next(Record* record);

 private:
  ReadAt read_at_;
  Parser parser_;
  std::string chunk_;
  uint64_t offset_;
  std::vector<std::string> unwrapped_;
  const Dialect dialect_;
};

// The cells of a line that stands in one cell, as programs write it that put a whole line in
// quotes; nullopt when it is no such line of `cells` cells (0: of three or more).
std::optional<std::vector<std::string>> Unwrap(std::string_view cell, const Dialect& dialect,
                                               size_t cells);

}  // namespace onlyleads::domain::csv

#endif  // ONLYLEADS_SRC_DOMAIN_CSV_PARSER_H_
