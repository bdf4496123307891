// The sandbox's memory on disk: two files of JSON lines in the state directory.
//   ledger.jsonl   what was accepted, one entry a line; on disk (fdatasync) before Append returns
//   journal.jsonl  every other change of state (accounts, clock, deliveries, ...)
// Both share one numbering ("n"), so that together they are one log, replayed in order at start.
// A torn last line, which only a crash inside an Append leaves, is dropped; a broken line anywhere
// else is an error. Not thread-safe: the store's lock covers it.
#ifndef ONLYLEADS_SANDBOX_LEDGER_H_
#define ONLYLEADS_SANDBOX_LEDGER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "json.h"

namespace onlyleads_sandbox {

enum class LogFile {
  kLedger,   // durable
  kJournal,  // durable
  kTrace,    // journal.jsonl without waiting for the disk: survives a kill, not a power cut
};

class Log {
 public:
  Log() = default;
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Opens or creates the files and hands every record to `replay` in order. "" or what went wrong.
  std::string Open(const std::string& directory,
                   const std::function<void(const JsonValue&)>& replay);

  // `object` is a JSON object with at least one member; the number is put in front. Returns the
  // whole line, or "" when the disk refused it, in which case the record does not exist.
  std::string Append(LogFile file, const std::string& object);

 private:
  int ledger_fd_ = -1;
  int journal_fd_ = -1;
  int lock_fd_ = -1;
  uint64_t next_ = 1;
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_LEDGER_H_
