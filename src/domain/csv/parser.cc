// One unit (a byte, or a UTF-16 code point) at a time through a five-state machine, with plain runs
// copied in bulk. Structural characters are ASCII in every encoding read here, so that UTF-8 and
// cp1252 cells are decoded only once, when their record is whole.
#include "src/domain/csv/parser.h"

#include <algorithm>
#include <utility>

#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/text.h"

namespace onlyleads::domain::csv {
namespace {

constexpr uint32_t kNoText = 0xffffffff;  // a lone surrogate or half a UTF-16 unit

bool IsWide(Encoding encoding) {
  return encoding == Encoding::kUtf16Le || encoding == Encoding::kUtf16Be;
}

bool IsPlainAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c != 0 && c < 0x80; });
}

}  // namespace

std::string_view LimitName(Problem problem) {
  switch (problem) {
    case Problem::kCellTooLong:
      return "kMaxCellBytes";
    case Problem::kRowTooLong:
      return "kMaxRowBytes";
    case Problem::kTooManyColumns:
      return "kMaxColumns";
    case Problem::kNone:
    case Problem::kUnclosedQuote:
      return "";
  }
  return "";
}

Parser::Parser(const Dialect& dialect, Position start)
    : dialect_(dialect), here_(start), begin_(start) {}

void Parser::Feed(std::string_view bytes) {
  needs_seek_ = false;
  if (carry_.empty()) {
    input_ = bytes;
    return;
  }
  joined_ = carry_;
  joined_.append(bytes);
  carry_.clear();
  input_ = joined_;
}

void Parser::Finish() {
  if (!carry_.empty()) Feed({});
  finished_ = true;
  needs_seek_ = false;  // sought to the end: nothing follows
}

bool Parser::Peek(uint32_t* unit, size_t* bytes) const {
  if (IsWide(dialect_.encoding)) return PeekUtf16(unit, bytes);
  if (input_.empty()) return false;
  *unit = static_cast<unsigned char>(input_[0]);
  *bytes = 1;
  return true;
}

bool Parser::PeekUtf16(uint32_t* unit, size_t* bytes) const {
  const auto at = [&](size_t i) -> uint32_t {
    const auto a = static_cast<unsigned char>(input_[i]);
    const auto b = static_cast<unsigned char>(input_[i + 1]);
    return dialect_.encoding == Encoding::kUtf16Le ? a | b << 8 : a << 8 | b;
  };
  *unit = kNoText;
  *bytes = std::min<size_t>(input_.size(), 2);
  if (input_.size() < 2) return finished_ && !input_.empty();
  const uint32_t first = at(0);
  if (first < 0xd800 || first > 0xdfff) {
    *unit = first;
    return true;
  }
  if (first >= 0xdc00) return true;
  if (input_.size() < 4) return finished_;
  const uint32_t second = at(2);
  if (second >= 0xdc00 && second <= 0xdfff) {
    *unit = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    *bytes = 4;
  }
  return true;
}

void Parser::Skip(size_t bytes) {
  input_.remove_prefix(bytes);
  here_.offset += bytes;
}

Parser::Step Parser::Next(Record* record) {
  if (needs_seek_) return Step::kNeedMore;
  if (emitted_) StartRecord();
  uint32_t unit = 0;
  size_t bytes = 0;
  while (Peek(&unit, &bytes)) {
    bool ended = state_ == State::kAfterCr;
    if (!ended) {
      Skip(bytes);
      ended = Consume(unit);
    } else if (unit == '\n') {
      Skip(bytes);
    }
    if (ended && EndRecord(record)) return Step::kRecord;
    if (!ended) CopyRun();
  }
  if (finished_) return AtEnd(record);
  carry_.assign(input_);
  input_ = {};
  return Step::kNeedMore;
}

bool Parser::IsQuote(uint32_t unit) const {
  return unit == static_cast<unsigned char>(dialect_.quote);
}

bool Parser::IsBlank(uint32_t unit) const {
  return (unit == ' ' || unit == '\t') && unit != static_cast<unsigned char>(dialect_.delimiter);
}

bool Parser::StartCell(uint32_t unit) {
  if (IsQuote(unit)) {
    // The blanks before it are no text of the cell.
    if (problem_ == Problem::kNone) text_.resize(ends_.empty() ? 0 : ends_.back());
    state_ = State::kQuoted;
    quoted_ = true;
    previous_cr_ = false;
    quoted_delimiters_ = 0;
    return false;
  }
  if (dialect_.blanks_before_quotes && IsBlank(unit)) {
    state_ = State::kBlanks;
    Append(unit);
    return false;
  }
  state_ = State::kPlain;
  return ConsumePlain(unit);
}

bool Parser::Consume(uint32_t unit) {
  switch (state_) {
    case State::kCellStart:
    case State::kBlanks:
      return StartCell(unit);
    case State::kPlain:
      return ConsumePlain(unit);
    case State::kQuoted:
      return ConsumeQuoted(unit);
    case State::kEscaped:
      return ConsumeEscaped(unit);
    case State::kQuoteSeen:
      if (IsQuote(unit)) {
        state_ = State::kQuoted;
        Append(unit);
        return false;
      }
      // Closed where it was opened: what it holds is a cell's text.
      if (!first_break_) line_delimiters_ -= quoted_delimiters_;
      quoted_delimiters_ = 0;
      state_ = State::kPlain;
      return ConsumePlain(unit);
    case State::kAfterCr:
      break;
  }
  return true;
}

bool Parser::ConsumePlain(uint32_t unit) {
  if (unit == static_cast<unsigned char>(dialect_.delimiter)) {
    ++line_delimiters_;
    EndCell();
    state_ = State::kCellStart;
    return false;
  }
  if (unit == '\r') {
    ++here_.line;
    state_ = State::kAfterCr;
    return false;
  }
  if (unit == '\n') {
    ++here_.line;
    return true;
  }
  Append(unit);
  return false;
}

bool Parser::ConsumeQuoted(uint32_t unit) {
  const bool after_cr = std::exchange(previous_cr_, unit == '\r');
  if (dialect_.escape != 0 && unit == static_cast<unsigned char>(dialect_.escape)) {
    state_ = State::kEscaped;
    return false;
  }
  if (IsQuote(unit)) {
    state_ = State::kQuoteSeen;
    return false;
  }
  if (unit == static_cast<unsigned char>(dialect_.delimiter)) CountDelimiters(1);
  if (unit == '\r' || (unit == '\n' && !after_cr)) {
    ++here_.line;
    EndQuotedLine();
    if (!first_break_) first_break_ = here_;
  } else if (unit == '\n' && first_break_ && first_break_->line == here_.line) {
    first_break_ = here_;
  }
  if (first_break_ && here_.line - first_break_->line > base::kMaxCellLines) {
    GiveUpQuote();
    return true;
  }
  Append(unit);
  return false;
}

bool Parser::ConsumeEscaped(uint32_t unit) {
  const auto escape = static_cast<unsigned char>(dialect_.escape);
  state_ = State::kQuoted;
  if (IsQuote(unit) || unit == escape) {
    Append(unit);
    return false;
  }
  Append(escape);
  return ConsumeQuoted(unit);
}

void Parser::CountDelimiters(size_t count) {
  line_delimiters_ += count;
  quoted_delimiters_ += count;
}

void Parser::EndQuotedLine() {
  whole_lines_ = whole_lines_ && line_delimiters_ + 1 == dialect_.columns;
  line_delimiters_ = 0;
  quoted_delimiters_ = 0;
}

bool Parser::SwallowedLines() const {
  return dialect_.columns > 2 && first_break_ && problem_ == Problem::kNone && whole_lines_ &&
         line_delimiters_ + 1 == dialect_.columns;
}

// Ends the record with its first line; what follows is read again, as records of its own.
void Parser::GiveUpQuote() {
  problem_ = Problem::kUnclosedQuote;
  if (!first_break_) return;
  here_ = *first_break_;
  needs_seek_ = true;
  finished_ = false;
  input_ = {};
}

// The bytes up to the next one that could mean something.
void Parser::CopyRun() {
  if (IsWide(dialect_.encoding)) return;
  const bool quoted = state_ == State::kQuoted;
  if (!quoted && state_ != State::kPlain) return;
  const char stop = quoted ? dialect_.quote : dialect_.delimiter;
  const char escape = quoted && dialect_.escape != 0 ? dialect_.escape : stop;
  const auto is_text = [&](char c) { return c != stop && c != escape && c != '\n' && c != '\r'; };
  size_t n = 0;
  while (n < input_.size() && is_text(input_[n])) ++n;
  if (n == 0) return;
  previous_cr_ = false;
  if (quoted) {
    CountDelimiters(static_cast<size_t>(std::count(
        input_.begin(), input_.begin() + static_cast<ptrdiff_t>(n), dialect_.delimiter)));
  }
  if (problem_ == Problem::kNone) text_.append(input_.substr(0, n));
  Skip(n);
  CheckLimits();
}

void Parser::Append(uint32_t unit) {
  if (problem_ != Problem::kNone) return;
  if (!IsWide(dialect_.encoding)) {
    text_.push_back(static_cast<char>(unit));
  } else if (unit == kNoText) {
    if (!invalid_cell_) invalid_cell_ = ends_.size();
    AppendUtf8(0xfffd, &text_);
  } else {
    AppendUtf8(unit, &text_);
  }
  CheckLimits();
}

void Parser::CheckLimits() {
  if (problem_ != Problem::kNone) return;
  const size_t start = ends_.empty() ? 0 : ends_.back();
  if (text_.size() - start > base::kMaxCellBytes) {
    problem_ = Problem::kCellTooLong;
  } else if (text_.size() > base::kMaxRowBytes) {
    problem_ = Problem::kRowTooLong;
  } else if (ends_.size() > base::kMaxColumns) {
    problem_ = Problem::kTooManyColumns;
  } else {
    return;
  }
  text_.clear();
  text_.shrink_to_fit();
  ends_.clear();
}

void Parser::EndCell() {
  if (problem_ != Problem::kNone) return;
  ends_.push_back(text_.size());
  CheckLimits();
}

bool Parser::EndRecord(Record* record) {
  const bool single = ends_.empty() && !quoted_ && problem_ == Problem::kNone;
  if (single && text_.find_first_not_of(" \t") == std::string::npos) {
    StartRecord();
    return false;
  }
  EndCell();
  if (SwallowedLines()) GiveUpQuote();
  EmitCells(record);
  record->begin = begin_;
  record->end = here_;
  record->problem = problem_;
  emitted_ = true;
  state_ = State::kCellStart;
  return true;
}

void Parser::EmitCells(Record* record) {
  record->cells.clear();
  record->invalid_cell = problem_ == Problem::kNone ? invalid_cell_ : std::nullopt;
  if (problem_ != Problem::kNone) return;
  const bool plain = IsPlainAscii(text_);
  if (!plain && dialect_.encoding == Encoding::kCp1252) {
    std::string decoded;
    size_t start = 0;
    for (size_t& end : ends_) {
      AppendCp1252(std::string_view(text_).substr(start, end - start), &decoded);
      start = std::exchange(end, decoded.size());
    }
    text_ = std::move(decoded);
  }
  if (!plain) ScrubCells(record);
  size_t start = 0;
  for (size_t end : ends_) {
    record->cells.push_back(std::string_view(text_).substr(start, end - start));
    start = end;
  }
}

// Cell by cell, because the halves of a sequence on both sides of a delimiter would make a whole.
void Parser::ScrubCells(Record* record) {
  std::string scrubbed;
  size_t start = 0;
  for (size_t i = 0; i < ends_.size(); ++i) {
    const auto cell = std::string_view(text_).substr(start, ends_[i] - start);
    if (base::IsStorableUtf8(cell)) {
      scrubbed.append(cell);
    } else {
      record->invalid_cell = std::min(i, record->invalid_cell.value_or(i));
      AppendScrubbed(cell, &scrubbed);
    }
    start = std::exchange(ends_[i], scrubbed.size());
  }
  text_ = std::move(scrubbed);
}

void Parser::StartRecord() {
  text_.clear();
  ends_.clear();
  quoted_ = false;
  emitted_ = false;
  problem_ = Problem::kNone;
  invalid_cell_.reset();
  first_break_.reset();
  line_delimiters_ = 0;
  quoted_delimiters_ = 0;
  whole_lines_ = true;
  state_ = State::kCellStart;
  begin_ = here_;
}

Parser::Step Parser::AtEnd(Record* record) {
  if (state_ == State::kQuoted || state_ == State::kEscaped) {
    GiveUpQuote();
    EndRecord(record);
    return Step::kRecord;
  }
  const bool pending = state_ != State::kCellStart || !ends_.empty() || problem_ != Problem::kNone;
  if (pending && EndRecord(record)) return Step::kRecord;
  return Step::kEnd;
}

std::optional<std::vector<std::string>> Unwrap(std::string_view cell, const Dialect& dialect,
                                               size_t cells) {
  constexpr size_t kFewest = 3;  // "Doe, Ann" is a name
  if (cells > 0 && cells < kFewest) return std::nullopt;
  if (cell.find(dialect.delimiter) == cell.npos) return std::nullopt;
  Dialect inner = dialect;
  inner.encoding = Encoding::kUtf8;
  Parser parser(inner, {});
  parser.Feed(cell);
  parser.Finish();
  Record record;
  if (parser.Next(&record) != Parser::Step::kRecord || record.problem != Problem::kNone) {
    return std::nullopt;
  }
  const size_t found = record.cells.size();
  if (record.end.offset != cell.size() || (cells > 0 ? found != cells : found < kFewest)) {
    return std::nullopt;
  }
  return std::vector<std::string>(record.cells.begin(), record.cells.end());
}

RecordReader::RecordReader(ReadAt read_at, const Dialect& dialect, Position start,
                           size_t chunk_bytes)
    : read_at_(std::move(read_at)),
      parser_(dialect, start),
      chunk_(chunk_bytes, '\0'),
      offset_(start.offset),
      dialect_(dialect) {}

absl::StatusOr<bool> RecordReader::Next(Record* record) {
  while (true) {
    const Parser::Step step = parser_.Next(record);
    if (step == Parser::Step::kEnd) return false;
    if (step == Parser::Step::kRecord) {
      if (parser_.NeedsSeek()) offset_ = record->end.offset;
      if (dialect_.columns > 0 && record->cells.size() == 1 && !record->invalid_cell) {
        auto cells = Unwrap(record->cells[0], dialect_, dialect_.columns);
        if (cells) {
          unwrapped_ = *std::move(cells);
          record->cells.assign(unwrapped_.begin(), unwrapped_.end());
        }
      }
      return true;
    }
    OL_ASSIGN_OR_RETURN(const size_t size, read_at_(offset_, chunk_.data(), chunk_.size()));
    offset_ += size;
    if (size == 0) {
      parser_.Finish();
    } else {
      parser_.Feed(std::string_view(chunk_).substr(0, size));
    }
  }
}

}  // namespace onlyleads::domain::csv
