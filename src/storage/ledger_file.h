// The default ledger sink: a file of frames beside the database, mode 0600, on disk before Sync
// returns. Processes that share the database take turns by a lock on it. Knows where a frame ends,
// not what it says.
#ifndef ONLYLEADS_SRC_STORAGE_LEDGER_FILE_H_
#define ONLYLEADS_SRC_STORAGE_LEDGER_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onlyleads::storage {

// A lock between processes, on a file that is made when it is missing. Released when it goes, also
// while a child that was forked meanwhile lives.
class FileLock {
 public:
  // Waits up to `timeout_ms`, then kBusy.
  static absl::StatusOr<FileLock> Take(const std::string& path, int timeout_ms);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_), owner_(other.owner_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd);
  int fd_;
  pid_t owner_;  // whose lock it is: a forked child has a copy and no say
};

class LedgerFile {
 public:
  // Makes the file when it is missing.
  static absl::StatusOr<std::unique_ptr<LedgerFile>> Open(const std::string& path);
  ~LedgerFile();
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;

  // The whole frames from byte `start`; what a crash tore off at the end is left out.
  // kLedgerCorrupt where no frame begins.
  absl::StatusOr<std::vector<std::string>> ReadFrom(int64_t start) const;
  // The last bytes of the frame that ends at `end`; empty at 0. kLedgerBehind
  // when the file ends before it.
  absl::StatusOr<std::string> MacBefore(int64_t end) const;
  // Puts a frame at `start`, over whatever is torn there.
  absl::Status WriteAt(int64_t start, std::string_view frame);
  absl::Status Sync();
  // Moves the file out of the way, to its name with `.old` behind, and begins a new one.
  absl::Status StartOver();
  // Nothing may follow.
  void Close();

 private:
  explicit LedgerFile(const std::string& path) : path_(path) {}
  std::string path_;
  int fd_ = -1;
};

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_LEDGER_FILE_H_
