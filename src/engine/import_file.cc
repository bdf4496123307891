#include "src/engine/import_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "src/base/error.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

int64_t ModifiedNs(const struct stat& info) {
  return int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

absl::Status OpenError(int error) {
  if (error == ENOENT || error == ENOTDIR) return Error(ErrorCode::kIo, "path: no such file");
  if (error == EACCES || error == EPERM) {
    return Error(ErrorCode::kIo, "path: the file may not be read");
  }
  if (error == ENAMETOOLONG) return Error(ErrorCode::kIo, "path: is too long");
  if (error == ELOOP) return Error(ErrorCode::kIo, "path: its links lead in a circle");
  return Error(ErrorCode::kIo, "path: the file cannot be opened");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ImportFile>> ImportFile::Open(const std::string& path) {
  if (path.empty() || path.find('\0') != path.npos) {
    return Error(ErrorCode::kInvalidArgument, "path: is empty or holds a zero byte");
  }
  // Non-blocking, because opening a pipe without a writer would wait for one.
  std::unique_ptr<ImportFile> file(new ImportFile);  // before there is a file to close
  file->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file->fd_ < 0) return OpenError(errno);
  struct stat info;
  if (::fstat(file->fd_, &info) != 0) return OpenError(errno);
  if (S_ISDIR(info.st_mode)) return Error(ErrorCode::kIo, "path: is a directory");
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kIo, "path: is no regular file; a pipe cannot be read twice");
  }
  file->size_ = info.st_size;
  file->modified_ns_ = ModifiedNs(info);
  return file;
}

ImportFile::~ImportFile() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<size_t> ImportFile::ReadAt(uint64_t offset, char* buffer, size_t size) {
  ssize_t got = 0;
  do {
    got = ::pread(fd_, buffer, size, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error(ErrorCode::kIo, "path: the file cannot be read");
  if (digesting_ && offset == digested_) {
    digest_.Update({buffer, static_cast<size_t>(got)});
    digested_ += static_cast<uint64_t>(got);
  }
  return static_cast<size_t>(got);
}

domain::csv::ReadAt ImportFile::reader() {
  return
      [this](uint64_t offset, char* buffer, size_t size) { return ReadAt(offset, buffer, size); };
}

absl::StatusOr<base::Digest> ImportFile::Digest() {
  std::string chunk(256 * 1024, '\0');
  size_t got = 0;
  do {
    OL_ASSIGN_OR_RETURN(got, ReadAt(digested_, chunk.data(), chunk.size()));
  } while (got > 0);
  digesting_ = false;
  return digest_.Finish();
}

absl::Status ImportFile::CheckUnchanged() const {
  struct stat info;
  if (::fstat(fd_, &info) == 0 && info.st_size == size_ && ModifiedNs(info) == modified_ns_) {
    return absl::OkStatus();
  }
  return Error(ErrorCode::kConflict, "path: the file changed while it was imported");
}

}  // namespace onlyleads::engine
