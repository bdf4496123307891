// A file that this process makes: never one that is there already, readable by its owner alone, and
// gone again unless it was finished. Finished means that its bytes and its name are on the disk.
#ifndef ONLYLEADS_SRC_ENGINE_NEW_FILE_H_
#define ONLYLEADS_SRC_ENGINE_NEW_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace onlyleads::engine {

class NewFile {
 public:
  // kAlreadyExists, kIo. `name` is the argument's in messages, which never tell the path.
  static absl::StatusOr<NewFile> Create(const std::string& path, std::string_view name);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  // kDiskFull, kIo.
  absl::Status Write(std::string_view bytes);
  absl::Status Finish();

 private:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  absl::Status Flush();

  int fd_ = -1;  // -1: not made, finished or moved from
  std::string path_;
  std::string buffer_;
};

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_NEW_FILE_H_
