// The one vocabulary of failure inside the library: an absl::Status that carries an extended code.
// Codes are the numbers of the C ABI (include/onlyleads/error.h); the neck copies them out
// unchanged. Messages name arguments, columns and limits, never their content: no personal data
// passes here.
#ifndef ONLYLEADS_SRC_BASE_ERROR_H_
#define ONLYLEADS_SRC_BASE_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onlyleads::base {

// The primary code is the low byte; an extended code adds a detail above it.
enum class ErrorCode : int32_t {
  kOk = 0,
  kInvalidArgument = 1,  // the caller's argument breaks its documented form
  kMisuse = 2,           // the call is not allowed here (re-entry, closed handle)
  kNotFound = 3,         // no such row for this organization
  kAlreadyExists = 4,    // unique by contract and already there
  kConflict = 5,         // state changed underneath, or the state forbids it
  kDenied = 6,           // a decision refused; the reason code is in the message
  kBusy = 7,             // another process holds the database; retry
  kIo = 8,               // file or network of this machine
  kCorrupt = 9,          // stored bytes contradict themselves
  kKeyMismatch = 10,     // the key is not the one this database was made with
  kNoMemory = 11,
  kLimit = 12,  // a named bound was exceeded
  kCancelled = 13,
  kCallbackFailed = 14,  // a host callback reported failure
  kForked = 15,          // the engine was opened before fork()
  kBroken = 16,          // an invariant broke; the handle refuses everything from now on
  kProvider = 17,        // the provider answered with an error
  kOutcomeUnknown = 18,  // it may or may not have happened; ask before repeating
  kTimeZone = 19,        // zone name unknown or zone data missing (see TZDIR)
  kInternal = 20,
  kInvalidUtf8 = 1 | (1 << 8),
  kInvalidJson = 1 | (2 << 8),
  kMissingVariable = 1 | (3 << 8),  // a template names a variable that has no value
  kMappingMissing = 1 | (4 << 8),   // no column of a file can identify anybody
  kNotADatabase = 9 | (1 << 8),
  kSchemaTooNew = 9 | (2 << 8),
  kSchemaChanged = 9 | (3 << 8),  // a migration's checksum differs from the applied one
  kLedgerBehind = 9 | (4 << 8),   // the ledger lacks what this database wrote to it
  kLedgerCorrupt = 9 | (5 << 8),  // a frame of the ledger is damaged or of another key
  kLedgerForked = 5 | (1 << 8),   // another copy of this database goes on with its ledger
  kReadOnly = 8 | (1 << 8),
  kDiskFull = 8 | (2 << 8),
  kLedgerPending = 8 | (3 << 8),  // done and stored, but not yet in the ledger
  kUnauthorized = 6 | (1 << 8),   // a webhook without the shared secret
  kEgressDenied = 6 | (2 << 8),   // the sub-processor register does not allow the call
};

enum ErrorFlag : uint32_t {
  kRetryable = 1u << 0,
  kOutcomeUnknownFlag = 1u << 1,
  kCallersFault = 1u << 2,
};

struct ErrorInfo {
  ErrorCode code = ErrorCode::kInternal;
  uint32_t flags = 0;
};

// An error with its code; flags follow from the primary code.
absl::Status Error(ErrorCode code, std::string_view message);

// The same error of a call whose effect is stored: with kOutcomeUnknownFlag, because repeating it
// would make the effect twice.
absl::Status AfterTheFact(absl::Status status);

// What a status carries. A status made elsewhere (Abseil) maps by its canonical code.
ErrorInfo InfoOf(const absl::Status& status);
inline ErrorCode CodeOf(const absl::Status& status) { return InfoOf(status).code; }

}  // namespace onlyleads::base

#define OL_CONCAT_INNER(a, b) a##b
#define OL_CONCAT(a, b) OL_CONCAT_INNER(a, b)
#define OL_RETURN_IF_ERROR(expr)                                               \
  do {                                                                         \
    if (absl::Status ol_status_ = (expr); !ol_status_.ok()) return ol_status_; \
  } while (0)
#define OL_ASSIGN_OR_RETURN(lhs, expr) OL_ASSIGN_IMPL(OL_CONCAT(ol_or_, __LINE__), lhs, expr)
#define OL_ASSIGN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                   \
  if (!tmp.ok()) return tmp.status();  \
  lhs = *std::move(tmp)

#endif  // ONLYLEADS_SRC_BASE_ERROR_H_
