// The file of an import: opened once, read by position, digested while it is first read. Knows
// nothing of CSV. Errors name the argument `path`, never what it holds.
#ifndef ONLYLEADS_SRC_ENGINE_IMPORT_FILE_H_
#define ONLYLEADS_SRC_ENGINE_IMPORT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "src/base/crypto.h"
#include "src/domain/csv/parser.h"

namespace onlyleads::engine {

class ImportFile {
 public:
  // kIo when it is missing, a directory, unreadable or no regular file.
  static absl::StatusOr<std::unique_ptr<ImportFile>> Open(const std::string& path);
  ~ImportFile();
  ImportFile(const ImportFile&) = delete;
  ImportFile& operator=(const ImportFile&) = delete;

  // 0 only at the end of the file. Until Digest() is asked, what is read in order is digested on
  // the way.
  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* buffer, size_t size);
  // As the parsers take it; this must outlive it.
  domain::csv::ReadAt reader();
  // SHA-256 of the whole file; reads what was not read yet. Once.
  absl::StatusOr<base::Digest> Digest();
  // kConflict when size or modification time are no longer those at Open.
  absl::Status CheckUnchanged() const;

  int64_t size() const { return size_; }

 private:
  ImportFile() = default;

  int fd_ = -1;
  int64_t size_ = 0;
  int64_t modified_ns_ = 0;
  bool digesting_ = true;
  uint64_t digested_ = 0;
  base::Sha256Stream digest_;
};

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_IMPORT_FILE_H_
