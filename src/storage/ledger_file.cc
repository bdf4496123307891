#include "src/storage/ledger_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/domain/ledger.h"

namespace onlyleads::storage {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kLockStepMs = 2;
constexpr size_t kReadBytes = 1024 * 1024;

absl::Status LastError(std::string_view what) {
  const ErrorCode code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::kDiskFull : ErrorCode::kIo;
  return Error(code, absl::StrCat("ledger: the file beside the database cannot be ",
                                  absl::string_view(what.data(), what.size())));
}

absl::StatusOr<int> OpenPrivate(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return LastError("opened");
  struct stat info;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) return fd;
  ::close(fd);
  return Error(ErrorCode::kIo, "ledger: the file beside the database is no regular file");
}

// A new name is on disk only when its folder is.
absl::Status SyncFolder(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return LastError("found");
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced ? absl::OkStatus() : LastError("flushed");
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& path, int timeout_ms) {
  OL_ASSIGN_OR_RETURN(const int fd, OpenPrivate(path));
  FileLock lock(fd);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return LastError("locked");
    if (std::chrono::steady_clock::now() >= end) {
      return Error(ErrorCode::kBusy, "ledger: another process is writing to it");
    }
    ::poll(nullptr, 0, kLockStepMs);
  }
  return lock;
}

FileLock::FileLock(int fd) : fd_(fd), owner_(::getpid()) {}

FileLock::~FileLock() {
  if (fd_ < 0) return;
  // Closing alone leaves the lock with a child that has the file open too.
  if (owner_ == ::getpid()) ::flock(fd_, LOCK_UN);
  ::close(fd_);
}

absl::StatusOr<std::unique_ptr<LedgerFile>> LedgerFile::Open(const std::string& path) {
  const bool fresh = ::access(path.c_str(), F_OK) != 0;
  std::unique_ptr<LedgerFile> file(new LedgerFile(path));
  OL_ASSIGN_OR_RETURN(file->fd_, OpenPrivate(path));
  if (fresh) OL_RETURN_IF_ERROR(SyncFolder(path));
  return file;
}

LedgerFile::~LedgerFile() { Close(); }

void LedgerFile::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

absl::StatusOr<std::vector<std::string>> LedgerFile::ReadFrom(int64_t start) const {
  std::vector<std::string> frames;
  std::string bytes;
  bool more = true;
  while (more || !bytes.empty()) {
    size_t size = 0;
    const domain::LedgerHead head = domain::ReadLedgerHead(bytes, &size);
    if (head == domain::LedgerHead::kWhole) {
      frames.push_back(bytes.substr(0, size));
      bytes.erase(0, size);
      continue;
    }
    if (head == domain::LedgerHead::kDamaged) {
      return Error(ErrorCode::kLedgerCorrupt,
                   "ledger: a frame of the .ledger file beside the database is damaged");
    }
    if (!more) break;
    const size_t before = bytes.size();
    bytes.resize(before + kReadBytes);
    const ssize_t n = ::pread(fd_, bytes.data() + before, kReadBytes, start);
    if (n < 0) return LastError("read");
    bytes.resize(before + static_cast<size_t>(n));
    start += n;
    more = n > 0;
  }
  return frames;
}

absl::StatusOr<std::string> LedgerFile::MacBefore(int64_t end) const {
  struct stat info;
  if (::fstat(fd_, &info) != 0) return LastError("read");
  if (info.st_size < end) {
    return Error(ErrorCode::kLedgerBehind,
                 "ledger: the .ledger file beside the database lacks what this database wrote: put "
                 "it back, or begin a new one with OL_OPEN_NEW_LEDGER");
  }
  std::string mac(end == 0 ? 0 : domain::kLedgerMacBytes, '\0');
  const ssize_t n = ::pread(fd_, mac.data(), mac.size(), end - static_cast<int64_t>(mac.size()));
  if (n != static_cast<ssize_t>(mac.size())) return LastError("read");
  return mac;
}

absl::Status LedgerFile::WriteAt(int64_t start, std::string_view frame) {
  if (::ftruncate(fd_, start) != 0) return LastError("written");
  while (!frame.empty()) {
    const ssize_t n = ::pwrite(fd_, frame.data(), frame.size(), start);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return LastError("written");
    frame.remove_prefix(static_cast<size_t>(n));
    start += n;
  }
  return absl::OkStatus();
}

absl::Status LedgerFile::Sync() {
  return ::fdatasync(fd_) == 0 ? absl::OkStatus() : LastError("flushed");
}

absl::Status LedgerFile::StartOver() {
  const std::string old = path_ + ".old";
  if (::rename(path_.c_str(), old.c_str()) != 0) return LastError("moved away");
  OL_ASSIGN_OR_RETURN(const int fd, OpenPrivate(path_));
  ::close(fd_);
  fd_ = fd;
  return SyncFolder(path_);
}

}  // namespace onlyleads::storage
