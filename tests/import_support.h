// What the import's tests share: files and strings as csv::ReadAt.
#ifndef ONLYLEADS_TESTS_IMPORT_SUPPORT_H_
#define ONLYLEADS_TESTS_IMPORT_SUPPORT_H_

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "src/domain/csv/parser.h"

namespace onlyleads::tests {

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string DataPath(const std::string& name) {
  return std::string(ONLYLEADS_TEST_DATA) + "/" + name;
}

inline domain::csv::ReadAt FromString(std::string text) {
  auto shared = std::make_shared<std::string>(std::move(text));
  return [shared](uint64_t offset, char* buffer, size_t size) -> absl::StatusOr<size_t> {
    if (offset >= shared->size()) return 0;
    const size_t n = std::min(size, shared->size() - static_cast<size_t>(offset));
    // NOLINTNEXTLINE(bugprone-not-null-terminated-result): bytes, and their count is returned
    std::memcpy(buffer, shared->data() + offset, n);
    return n;
  };
}

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_IMPORT_SUPPORT_H_
