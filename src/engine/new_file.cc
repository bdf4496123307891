#include "src/engine/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "src/base/error.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kBufferBytes = 64 * 1024;

absl::Status WriteFailed(int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return Error(ErrorCode::kDiskFull, "the new file: no room left");
  }
  return Error(ErrorCode::kIo, "the new file cannot be written");
}

absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return WriteFailed(errno);
  const int rc = ::fsync(fd);
  ::close(fd);
  return rc == 0 ? absl::OkStatus() : WriteFailed(EIO);
}

}  // namespace

absl::StatusOr<NewFile> NewFile::Create(const std::string& path, std::string_view name) {
  NewFile file(path);  // before there is a file that only it takes away again
  file.fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file.fd_ >= 0) return file;
  if (errno == EEXIST) {
    return Error(ErrorCode::kAlreadyExists, std::string(name) + ": is there already");
  }
  return Error(ErrorCode::kIo, std::string(name) + ": cannot be created");
}

NewFile::NewFile(NewFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      buffer_(std::move(other.buffer_)) {}

NewFile::~NewFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(path_.c_str());
}

absl::Status NewFile::Write(std::string_view bytes) {
  buffer_.append(bytes);
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status NewFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return WriteFailed(errno);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status NewFile::Finish() {
  OL_RETURN_IF_ERROR(Flush());
  if (::fsync(fd_) != 0) return WriteFailed(errno);
  OL_RETURN_IF_ERROR(SyncFolderOf(path_));
  ::close(std::exchange(fd_, -1));
  return absl::OkStatus();
}

}  // namespace onlyleads::engine
