// What a file would be read as, before anything is imported.
#ifndef ONLYLEADS_SRC_DOMAIN_IMPORT_PREVIEW_H_
#define ONLYLEADS_SRC_DOMAIN_IMPORT_PREVIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "src/domain/csv/layout.h"
#include "src/domain/import/mapping.h"

namespace onlyleads::domain {

// DetectLayout with the headers of the import, and the mapping of that header.
struct ImportLayout {
  csv::Layout csv;
  Mapping mapping;
};
absl::StatusOr<ImportLayout> DetectImportLayout(const csv::ReadAt& read_at,
                                                const ExplicitMapping& wanted);

struct Preview {
  std::string encoding;             // csv::EncodingName
  std::string delimiter;            // one character
  uint64_t header_row = 0;          // physical line of the header, 0 when the file has no record
  std::vector<std::string> header;  // as it stands: names may be empty or repeat
  // As wide as the header or as the record, whichever is wider; cells as they stand.
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> mapping;  // FieldName of each column, "custom" for attributes
};

// The first `limit` data records, or all of them: the only place where memory grows with the file.
// A record past the parser's bounds or with an unclosed quote is an error that names its line.
absl::StatusOr<Preview> MakePreview(const csv::ReadAt& read_at, std::optional<uint64_t> limit,
                                    const ExplicitMapping& wanted);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_IMPORT_PREVIEW_H_
