// The sandbox's memory on disk; see ledger.h. It knows lines and numbers, not what they mean.
#include "ledger.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace onlyleads_sandbox {
namespace {

struct Record {
  uint64_t number;
  std::unique_ptr<rapidjson::Document> document;
};

bool ReadAll(int fd, std::string* out) {
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    out->append(buffer, static_cast<size_t>(got));
  }
}

bool WriteAll(int fd, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t put = write(fd, bytes.data() + at, bytes.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += static_cast<size_t>(put);
  }
  return true;
}

// Reads one file's records and cuts a torn last line off, so that the next one starts afresh.
std::string Load(const std::string& path, int fd, std::vector<Record>* records) {
  std::string text;
  if (!ReadAll(fd, &text)) return path + ": cannot be read";
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    auto document = std::make_unique<rapidjson::Document>();
    if (!ParseJson(std::string_view(text).substr(at, end - at), document.get()) ||
        GetInt(*document, "n") <= 0) {
      return path + ": broken line at byte " + std::to_string(at);
    }
    const auto number = static_cast<uint64_t>(GetInt(*document, "n"));
    records->push_back({number, std::move(document)});
    at = end + 1;
  }
  if (at < text.size() && ftruncate(fd, static_cast<off_t>(at)) != 0) {
    return path + ": the torn last line cannot be cut off";
  }
  return "";
}

}  // namespace

Log::~Log() {
  for (const int fd : {ledger_fd_, journal_fd_, lock_fd_}) {
    if (fd >= 0) close(fd);
  }
}

std::string Log::Open(const std::string& directory,
                      const std::function<void(const JsonValue&)>& replay) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return directory + ": " + std::strerror(errno);
  }
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
  lock_fd_ = open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0 || flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    return directory + ": another sandbox uses it";
  }
  std::vector<Record> records;
  const std::pair<const char*, int*> files[] = {{"/ledger.jsonl", &ledger_fd_},
                                                {"/journal.jsonl", &journal_fd_}};
  for (const auto& [name, fd] : files) {
    const std::string path = directory + name;
    *fd = open(path.c_str(), kFlags, 0600);
    if (*fd < 0) return path + ": " + std::strerror(errno);
    std::string error = Load(path, *fd, &records);
    if (!error.empty()) return error;
  }
  const int directory_fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_fd >= 0) {
    fsync(directory_fd);
    close(directory_fd);
  }
  std::sort(records.begin(), records.end(),
            [](const Record& a, const Record& b) { return a.number < b.number; });
  for (const Record& record : records) {
    replay(*record.document);
    next_ = record.number + 1;
  }
  return "";
}

std::string Log::Append(LogFile file, const std::string& object) {
  const int fd = file == LogFile::kLedger ? ledger_fd_ : journal_fd_;
  std::string line = "{\"n\":" + std::to_string(next_) + "," + object.substr(1);
  const off_t before = lseek(fd, 0, SEEK_END);
  const bool written = WriteAll(fd, line + "\n");
  if (!written || (file != LogFile::kTrace && fdatasync(fd) != 0)) {
    [[maybe_unused]] const int cut = ftruncate(fd, before);  // a torn line is dropped at start too
    return "";
  }
  ++next_;
  return line;
}

}  // namespace onlyleads_sandbox
