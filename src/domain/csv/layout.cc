// Sniffing by consistency: every candidate delimiter parses the head with the real parser, so that
// quoted cells and multi-line cells count as what they are.
#include "src/domain/csv/layout.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/text.h"

namespace onlyleads::domain::csv {
namespace {

constexpr char kDelimiters[] = {',', ';', '\t', '|'};
// Ordinary text is full of these: one of them needs a header of which two names are known, and rows
// that are even.
constexpr char kRareDelimiters[] = {' ', '^', '#', '~', ':', '&', '/', '\x1f', '\x01'};
constexpr double kRareShare = 0.9;
constexpr size_t kSampleRecords = 200;
constexpr size_t kHeaderRecords = 100;
// Lines in which quotes and escapes are looked for: they may be rare.
constexpr size_t kSampleLines = 5000;

struct HeadRecord {
  Position begin, end;
  Problem problem = Problem::kNone;
  std::vector<std::string> cells;
};

struct Head {
  std::string bytes;  // from the start of the file
  bool whole = false;
};

struct Candidate {
  Dialect dialect;
  std::vector<HeadRecord> records;
  size_t width = 1;   // of most records
  double share = 0;   // of the records that have it, 0 when the width is 1
  int known = 0;      // known names in the best header row
  size_t header = 0;  // index into records
};

absl::StatusOr<Head> ReadHead(const ReadAt& read_at, TextFormat* format) {
  Head head;
  EncodingDetector detector;
  std::string chunk(256 * 1024, '\0');
  for (uint64_t offset = 0;;) {
    OL_ASSIGN_OR_RETURN(const size_t size, read_at(offset, chunk.data(), chunk.size()));
    if (size == 0) {
      head.whole = offset == head.bytes.size();
      break;
    }
    const std::string_view bytes = std::string_view(chunk).substr(0, size);
    detector.Feed(bytes);
    head.bytes.append(bytes.substr(0, base::kSniffBytes - head.bytes.size()));
    offset += size;
  }
  OL_ASSIGN_OR_RETURN(*format, detector.Finish());
  return head;
}

std::vector<HeadRecord> ParseHead(const Head& head, const Dialect& dialect, Position start,
                                  size_t most = kSampleRecords) {
  std::vector<HeadRecord> records;
  Parser parser(dialect, start);
  const std::string_view bytes = head.bytes;
  parser.Feed(bytes.substr(std::min<size_t>(start.offset, bytes.size())));
  Record record;
  bool finished = false;
  while (records.size() < most) {
    const Parser::Step step = parser.Next(&record);
    if (step == Parser::Step::kEnd) break;
    if (step == Parser::Step::kRecord) {
      records.push_back(
          {record.begin, record.end, record.problem, {record.cells.begin(), record.cells.end()}});
      if (!parser.NeedsSeek()) continue;
      parser.Feed(bytes.substr(record.end.offset));
      finished = false;
    } else if (!head.whole || finished) {
      break;
    } else {
      parser.Finish();
      finished = true;
    }
  }
  return records;
}

void MeasureWidth(Candidate* candidate) {
  std::map<size_t, size_t> counts;
  for (const HeadRecord& record : candidate->records) {
    if (record.cells.size() > 1) ++counts[record.cells.size()];
  }
  size_t best = 0;
  for (const auto& [width, count] : counts) {
    if (count < best) continue;
    best = count;
    candidate->width = width;
  }
  // A delimiter that few records contain is text of a single column.
  if (best * 10 < candidate->records.size() * 3) best = 0;
  if (best == 0) candidate->width = 1;
  candidate->share =
      candidate->records.empty() ? 0 : static_cast<double>(best) / candidate->records.size();
}

// An address stands in rows of data, in no header.
bool HoldsAddress(const std::vector<std::string>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
    const size_t at = cell.find('@');
    return at != std::string::npos && at > 0 && cell.find('.', at + 2) != std::string::npos;
  });
}

void FindHeader(const KnownHeaders& known_headers, Candidate* candidate) {
  const size_t end = std::min(candidate->records.size(), kHeaderRecords);
  std::optional<size_t> by_width;
  for (size_t i = 0; i < end; ++i) {
    const std::vector<std::string>& cells = candidate->records[i].cells;
    if (HoldsAddress(cells)) {
      // A header below would lose whoever stands above it.
      const bool is_row = cells.size() * 2 > candidate->width;
      if (is_row && (by_width || candidate->width > 1)) break;
      continue;
    }
    const int known = known_headers({cells.begin(), cells.end()});
    const bool clear = known >= 2 || known == static_cast<int>(cells.size());
    if (clear && known > candidate->known) {
      candidate->known = known;
      candidate->header = i;
    }
    const bool wide = cells.size() * 2 > candidate->width;
    if (!by_width && wide) by_width = i;
  }
  if (candidate->known == 0) candidate->header = by_width.value_or(0);
}

bool Better(const Candidate& a, const Candidate& b) {
  if (a.known != b.known) return a.known > b.known;
  return a.share > b.share;
}

// The delimiter of Excel's first line "sep=;", and where the text goes on.
std::optional<char> SepLine(const Head& head, const Dialect& dialect, Position* start) {
  // A delimiter that no such line contains keeps it in one cell.
  const auto records = ParseHead(head, {dialect.encoding, '\x1f'}, *start);
  if (records.empty() || records[0].cells.size() != 1) return std::nullopt;
  const std::string& cell = records[0].cells[0];
  if (cell.size() != 5 || base::Lower(cell.substr(0, 4)) != "sep=") return std::nullopt;
  const char delimiter = cell[4];
  const auto byte = static_cast<unsigned char>(delimiter);
  if (byte >= 0x80 || delimiter == '"') return std::nullopt;
  *start = records[0].end;
  return delimiter;
}

bool IsDelimiter(char c) {
  return std::find(std::begin(kDelimiters), std::end(kDelimiters), c) != std::end(kDelimiters);
}

// True for the two characters at `i` inside a cell, with text on both sides.
bool IsInner(std::string_view line, size_t i) {
  return i > 0 && i + 2 < line.size() && !IsDelimiter(line[i - 1]) && !IsDelimiter(line[i + 2]);
}

// Quote and escape characters other than RFC 4180's, on clear evidence alone: apostrophes around
// four lines in five and no line that begins with a quote; \" inside cells and never "" there.
void SniffQuotes(const Head& head, Position start, Dialect* dialect) {
  // Delimiter and quote that no text contains give plain lines.
  const auto lines = ParseHead(head, {dialect->encoding, '\x1f', '\x1e'}, start, kSampleLines);
  size_t apostrophes = 0, quotes = 0;
  for (const HeadRecord& record : lines) {
    if (record.cells.empty()) continue;
    const std::string_view line = base::Trim(record.cells[0]);
    if (line.size() < 2) continue;
    if (line.front() == '"') ++quotes;
    if (line.front() == '\'' && line.back() == '\'') ++apostrophes;
  }
  if (quotes == 0 && apostrophes >= 2 && apostrophes * 5 >= lines.size() * 4) {
    dialect->quote = '\'';
  }
  const std::string escaped = {'\\', dialect->quote}, doubled(2, dialect->quote);
  bool escapes = false;
  for (const HeadRecord& record : lines) {
    if (record.cells.empty()) continue;
    const std::string& line = record.cells[0];
    for (size_t i = 0; i + 1 < line.size(); ++i) {
      const std::string_view pair = std::string_view(line).substr(i, 2);
      if (pair == doubled && IsInner(line, i)) return;
      if (pair == escaped && IsInner(line, i)) escapes = true;
    }
  }
  if (escapes) dialect->escape = '\\';
}

// Files of which each line stands in quotes.
void UnwrapAll(const Dialect& dialect, std::vector<HeadRecord>* records) {
  size_t wrapped = 0;
  std::vector<std::optional<std::vector<std::string>>> lines;
  for (const HeadRecord& record : *records) {
    lines.push_back(record.cells.size() == 1 ? Unwrap(record.cells[0], dialect, 0) : std::nullopt);
    wrapped += lines.back() ? 1 : 0;
  }
  if (wrapped * 5 < records->size() * 4) return;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i]) (*records)[i].cells = *std::move(lines[i]);
  }
}

Candidate Try(const Head& head, const Dialect& dialect, Position start,
              const KnownHeaders& known_headers) {
  Candidate candidate;
  candidate.dialect = dialect;
  candidate.records = ParseHead(head, dialect, start);
  UnwrapAll(dialect, &candidate.records);
  MeasureWidth(&candidate);
  FindHeader(known_headers, &candidate);
  return candidate;
}

Candidate ChooseDelimiter(const Head& head, const Dialect& given, Position start,
                          const KnownHeaders& known_headers, std::optional<char> sep) {
  const auto of = [&](char delimiter) {
    Dialect dialect = given;
    dialect.delimiter = delimiter;
    return Try(head, dialect, start, known_headers);
  };
  Candidate best = of(sep.value_or(kDelimiters[0]));
  // What the file says of itself is believed, unless no name is known then.
  const bool settled = sep && best.known > 0;
  for (const char delimiter : kDelimiters) {
    if (settled) break;
    Candidate candidate = of(delimiter);
    const bool better = sep ? candidate.known > best.known : Better(candidate, best);
    if (better) best = std::move(candidate);
  }
  for (const char delimiter : kRareDelimiters) {
    if (best.known > 0) break;
    Candidate candidate = of(delimiter);
    if (candidate.known >= 2 && candidate.share >= kRareShare) best = std::move(candidate);
  }
  return best;
}

// How many cells begin with this quote, blanks before it left out, and how many of them end with
// it.
struct Quoted {
  size_t begin = 0, whole = 0;
};
Quoted CountQuoted(const Candidate& candidate, char quote, bool after_blanks) {
  Quoted quoted;
  for (const HeadRecord& record : candidate.records) {
    for (const std::string& cell : record.cells) {
      const std::string_view text = base::Trim(cell);
      if (text.empty() || text.front() != quote) continue;
      if (after_blanks && cell.front() == quote) continue;
      ++quoted.begin;
      quoted.whole += text.size() > 1 && text.back() == quote;
    }
  }
  return quoted;
}

bool HasUnclosed(const Candidate& candidate) {
  return std::any_of(candidate.records.begin(), candidate.records.end(),
                     [](const auto& record) { return record.problem == Problem::kUnclosedQuote; });
}

// Quotes that stand around some cells only: behind blanks, or apostrophes where no cell begins with
// a quote. Taken where the rows become more even, or stay so and every such cell ends as it begins.
void RefineQuotes(const Head& head, Position start, const KnownHeaders& known_headers,
                  Candidate* best) {
  const auto refine = [&](const Dialect& dialect, char quote, bool after_blanks) {
    const Quoted quoted = CountQuoted(*best, quote, after_blanks);
    if (quoted.begin < 2) return;
    Candidate refined = Try(head, dialect, start, known_headers);
    if (refined.known < best->known || HasUnclosed(refined)) return;
    const bool even = refined.share == best->share && quoted.whole == quoted.begin;
    if (even || refined.share > best->share) *best = std::move(refined);
  };
  Dialect blanks = best->dialect;
  blanks.blanks_before_quotes = true;
  refine(blanks, blanks.quote, true);
  if (best->dialect.quote != '"' || CountQuoted(*best, '"', false).begin > 0) return;
  Dialect apostrophes = best->dialect;
  apostrophes.quote = '\'';
  refine(apostrophes, '\'', false);
}

absl::Status HeaderProblem(const HeadRecord& record) {
  if (record.problem == Problem::kNone) return absl::OkStatus();
  const std::string where = absl::StrCat(" in the header at line ", record.begin.line);
  if (record.problem == Problem::kUnclosedQuote) {
    return base::Error(base::ErrorCode::kInvalidArgument, "unclosed quote" + where);
  }
  return base::Error(base::ErrorCode::kLimit,
                     absl::StrCat(base::ToAbsl(LimitName(record.problem)), " exceeded", where));
}

// A first record longer than the head is read with the parser's own bounds.
absl::StatusOr<Candidate> ReadLongHeader(const ReadAt& read_at, const Dialect& dialect,
                                         Position start) {
  Candidate candidate;
  candidate.dialect = dialect;
  RecordReader reader(read_at, dialect, start);
  Record record;
  OL_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
  if (more) {
    candidate.records.push_back(
        {record.begin, record.end, record.problem, {record.cells.begin(), record.cells.end()}});
  }
  return candidate;
}

}  // namespace

absl::StatusOr<Layout> DetectLayout(const ReadAt& read_at, const KnownHeaders& known_headers) {
  Layout layout;
  OL_ASSIGN_OR_RETURN(const Head head, ReadHead(read_at, &layout.format));
  layout.dialect.encoding = layout.format.encoding;
  Position start{layout.format.bom_bytes, 1};
  const auto sep = SepLine(head, layout.dialect, &start);
  SniffQuotes(head, start, &layout.dialect);

  Candidate best = ChooseDelimiter(head, layout.dialect, start, known_headers, sep);
  RefineQuotes(head, start, known_headers, &best);
  layout.dialect = best.dialect;
  layout.data = start;
  if (best.records.empty() && !head.whole) {
    OL_ASSIGN_OR_RETURN(best, ReadLongHeader(read_at, layout.dialect, start));
  }
  if (best.records.empty()) return layout;

  const HeadRecord& header = best.records[best.header];
  OL_RETURN_IF_ERROR(HeaderProblem(header));
  // A header without a known name may be a guess below the real one, which breaks a bound.
  for (size_t i = 0; best.known == 0 && i < best.header; ++i) {
    const HeadRecord& above = best.records[i];
    if (!LimitName(above.problem).empty()) return HeaderProblem(above);
  }
  layout.header = header.cells;
  layout.dialect.columns = header.cells.size();
  layout.header_line = header.begin.line;
  layout.data = header.end;
  return layout;
}

}  // namespace onlyleads::domain::csv
