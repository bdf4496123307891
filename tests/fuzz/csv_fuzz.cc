// CSV: the records of a file are the same however its bytes arrive, from wherever between two
// records reading begins again, in the preview as in the import; and what is written back in
// RFC 4180's form is read as it was.
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/text.h"
#include "src/domain/csv/parser.h"
#include "src/domain/import/preview.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using domain::csv::Dialect;
using domain::csv::Encoding;
using domain::csv::Position;
using domain::csv::Problem;
using domain::csv::ReadAt;
using domain::csv::Record;
using domain::csv::RecordReader;
using fuzz::Claim;

// Resuming at every record is quadratic, and no longer text tells more.
constexpr size_t kMaxText = 4 * 1024;

struct Kept {
  uint64_t begin = 0, end = 0, line = 0, end_line = 0;
  Problem problem = Problem::kNone;
  std::optional<size_t> invalid_cell;
  std::vector<std::string> cells;

  bool operator==(const Kept&) const = default;
};

// Hands out at most `piece` bytes a call, from a copy of its own so that every overrun is seen.
ReadAt From(std::string_view text, size_t piece) {
  return [text, piece](uint64_t offset, char* buffer, size_t size) -> absl::StatusOr<size_t> {
    const std::string_view rest = text.substr(std::min<size_t>(offset, text.size()));
    const size_t n = std::min({size, piece, rest.size()});
    if (n > 0) std::memcpy(buffer, rest.data(), n);
    return n;
  };
}

std::vector<Kept> ReadAll(std::string_view text, const Dialect& dialect, Position start,
                          size_t piece) {
  std::vector<Kept> kept;
  RecordReader reader(From(text, piece), dialect, start, piece);
  Record record;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&record);
    Claim(more.ok(), "reading from memory does not fail");
    if (!*more) return kept;
    kept.push_back({record.begin.offset, record.end.offset, record.begin.line, record.end.line,
                    record.problem, record.invalid_cell,
                    std::vector<std::string>(record.cells.begin(), record.cells.end())});
    Claim(kept.size() <= text.size() + 1, "a file has no more records than bytes");
  }
}

void CheckRecords(const std::vector<Kept>& records, size_t size) {
  uint64_t end = 0;
  for (const Kept& record : records) {
    Claim(record.begin >= end && record.end > record.begin && record.end <= size,
          "records follow each other and lie within the file");
    end = record.end;
    Claim((record.problem == Problem::kNone) == !record.cells.empty(),
          "a record has cells or a problem");
    for (size_t i = 0; i < record.cells.size(); ++i) {
      const bool storable = base::IsStorableUtf8(record.cells[i]);
      Claim(storable || (record.invalid_cell && *record.invalid_cell <= i),
            "a cell that cannot be stored is reported");
    }
  }
}

void CheckResume(std::string_view text, const Dialect& dialect, const std::vector<Kept>& records) {
  for (size_t i = 0; i < records.size(); i += 1 + records.size() / 4) {
    const Position at{records[i].end, records[i].end_line};
    const std::vector<Kept> rest = ReadAll(text, dialect, at, 64);
    Claim(std::equal(rest.begin(), rest.end(), records.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                     records.end()),
          "reading from a record's end gives the records behind it");
  }
}

void CheckRewritten(const std::vector<Kept>& records) {
  std::string text;
  std::vector<std::vector<std::string>> written;
  for (const Kept& record : records) {
    if (record.problem != Problem::kNone) continue;
    for (size_t i = 0; i < record.cells.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (char c : record.cells[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += "\r\n";
    written.push_back(record.cells);
  }
  std::vector<std::vector<std::string>> read;
  for (Kept& record : ReadAll(text, {}, {}, 4096)) read.push_back(std::move(record.cells));
  Claim(read == written, "what is written back is read as it was");
}

// The reader that an import uses, from the layout that the preview finds.
void CheckPreview(std::string_view text, size_t piece) {
  const ReadAt source = From(text, piece);
  const auto preview = domain::MakePreview(source, std::nullopt, {});
  const auto layout = domain::DetectImportLayout(source, {});
  Claim(layout.ok() || !preview.ok(), "what has no layout has no preview");
  if (!layout.ok()) return;
  const std::vector<Kept> records =
      ReadAll(text, layout->csv.dialect, layout->csv.data, 256 * 1024);
  // With what the header tells of lines in quotes, and of quotes that swallowed lines.
  CheckRecords(records, text.size());
  CheckResume(text, layout->csv.dialect, records);
  bool damaged = false;
  for (const Kept& record : records) damaged |= record.problem != Problem::kNone;
  Claim(damaged == !preview.ok(), "the preview refuses a damaged record and nothing else");
  if (damaged) return;
  Claim(preview->header == layout->csv.header, "preview and import have one header");
  Claim(preview->rows.size() == records.size(), "preview and import count the same rows");
  for (size_t i = 0; i < records.size(); ++i) {
    std::vector<std::string> cells = records[i].cells;
    cells.resize(std::max(cells.size(), preview->header.size()));
    Claim(cells == preview->rows[i], "preview and import have the same cells");
  }
}

}  // namespace
}  // namespace onlyleads

// Three bytes of choices, then the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const uint8_t choice = input.Byte();
  const size_t piece = 1 + input.Byte();
  const size_t other_piece = 1 + input.Byte();
  const std::string_view text = input.Bytes(kMaxText);

  static constexpr char kDelimiters[] = {',', ';', '\t', '|'};
  Dialect dialect;
  dialect.encoding = static_cast<Encoding>(choice & 3);
  dialect.delimiter = kDelimiters[(choice >> 2) & 3];
  if ((choice & 0x10) != 0) dialect.quote = '\'';
  if ((choice & 0x20) != 0) dialect.escape = '\\';

  const std::vector<Kept> records = ReadAll(text, dialect, {}, piece);
  CheckRecords(records, text.size());
  fuzz::Claim(records == ReadAll(text, dialect, {}, other_piece),
              "records do not depend on how the bytes arrive");
  CheckResume(text, dialect, records);
  CheckRewritten(records);
  // Finding a layout takes ten times as long as all of the above.
  if ((choice & 0x40) == 0) CheckPreview(text, piece);
  return 0;
}
