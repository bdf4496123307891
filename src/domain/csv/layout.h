// What a CSV file is before its first data record: encoding, delimiter, where the header stands
// below a preamble. Decides from the head of the file and from the encoding of all of it; never
// guesses again later, so that a resumed import reads with the layout it began with.
#ifndef ONLYLEADS_SRC_DOMAIN_CSV_LAYOUT_H_
#define ONLYLEADS_SRC_DOMAIN_CSV_LAYOUT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/domain/csv/parser.h"

namespace onlyleads::domain::csv {

struct Layout {
  TextFormat format;
  Dialect dialect;
  uint64_t header_line = 0;         // physical line of the header; 0 when the file has no record
  std::vector<std::string> header;  // cells as they stand
  Position data;                    // where the first data record may begin
};

// How many of these cells are names that the caller knows as column headers.
using KnownHeaders = std::function<int(const std::vector<std::string_view>& cells)>;

// Reads the whole file once for its encoding (see EncodingDetector) and its first
// base::kSniffBytes for the rest:
//
// Delimiter: a first line "sep=;" (Excel) decides, unless no name of the header is known then.
// Otherwise comma, semicolon, tab and pipe each parse the head; the one wins under which the best
// header row has the most known names (from two on), then the one with the larger share of records
// of one common width above 1, then the earlier in this list. Where that leaves no known name: the
// first of space ^ # ~ : & / U+001F U+0001 under which two are known and nine of ten records have
// one width. None splits the file: comma.
//
// Quotes: RFC 4180's, unless at least four of five sampled lines stand in apostrophes and none
// begins with a quote, or unless \" occurs inside cells and "" never does (backslash escapes). Also
// apostrophes around some cells, and quotes behind blanks, where records become more even by them,
// or stay as even and every such cell ends as it begins.
//
// Lines in quotes: where four of five sampled lines are one cell that is a line of three cells or
// more; and later each line of one cell that is one of as many cells as the header has.
//
// Header: among the first 100 records, above the first row that holds an address, the one with the
// most known names (two at least, or all its cells; the first of equals). Without one: the first
// record that is as wide as most records are, or at least more than half as wide. What stands above
// is preamble.
//
// kLimit, naming the bound, when the header is a record past the parser's bounds;
// kInvalidArgument when it is an unclosed quote.
absl::StatusOr<Layout> DetectLayout(const ReadAt& read_at, const KnownHeaders& known_headers);

}  // namespace onlyleads::domain::csv

#endif  // ONLYLEADS_SRC_DOMAIN_CSV_LAYOUT_H_
