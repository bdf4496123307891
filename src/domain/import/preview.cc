// The layout and the first records, as text.
#include "src/domain/import/preview.h"

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/error.h"

namespace onlyleads::domain {
namespace {

absl::Status ProblemStatus(const csv::Record& record) {
  if (record.problem == csv::Problem::kUnclosedQuote) {
    return base::Error(base::ErrorCode::kInvalidArgument,
                       absl::StrCat("unclosed quote in the record at line ", record.begin.line));
  }
  return base::Error(base::ErrorCode::kLimit,
                     absl::StrCat(base::ToAbsl(csv::LimitName(record.problem)),
                                  " exceeded in the record at line ", record.begin.line));
}

}  // namespace

absl::StatusOr<ImportLayout> DetectImportLayout(const csv::ReadAt& read_at,
                                                const ExplicitMapping& wanted) {
  const auto known = [&](const std::vector<std::string_view>& cells) {
    return CountKnownHeaders(cells, wanted);
  };
  ImportLayout layout;
  OL_ASSIGN_OR_RETURN(layout.csv, csv::DetectLayout(read_at, known));
  OL_ASSIGN_OR_RETURN(layout.mapping, MapHeader(layout.csv.header, wanted));
  return layout;
}

absl::StatusOr<Preview> MakePreview(const csv::ReadAt& read_at, std::optional<uint64_t> limit,
                                    const ExplicitMapping& wanted) {
  OL_ASSIGN_OR_RETURN(ImportLayout layout, DetectImportLayout(read_at, wanted));
  Preview preview;
  preview.encoding = csv::EncodingName(layout.csv.format);
  preview.delimiter = std::string(1, layout.csv.dialect.delimiter);
  preview.header_row = layout.csv.header_line;
  preview.header = std::move(layout.csv.header);
  for (const Field field : layout.mapping.fields) preview.mapping.emplace_back(FieldName(field));
  csv::RecordReader reader(read_at, layout.csv.dialect, layout.csv.data);
  csv::Record record;
  while (!limit || preview.rows.size() < *limit) {
    OL_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) break;
    if (record.problem != csv::Problem::kNone) return ProblemStatus(record);
    std::vector<std::string> row(record.cells.begin(), record.cells.end());
    if (row.size() < preview.header.size()) row.resize(preview.header.size());
    preview.rows.push_back(std::move(row));
  }
  return preview;
}

}  // namespace onlyleads::domain
