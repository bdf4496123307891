#include "src/base/error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "src/base/abseil.h"

namespace onlyleads::base {
namespace {

constexpr char kPayloadUrl[] = "onlyleads.error";
constexpr char kAfterTheFactUrl[] = "onlyleads.after_the_fact";

absl::StatusCode CanonicalCode(ErrorCode code) {
  switch (static_cast<ErrorCode>(static_cast<int32_t>(code) & 0xff)) {
    case ErrorCode::kInvalidArgument:
      return absl::StatusCode::kInvalidArgument;
    case ErrorCode::kNotFound:
      return absl::StatusCode::kNotFound;
    case ErrorCode::kAlreadyExists:
      return absl::StatusCode::kAlreadyExists;
    case ErrorCode::kConflict:
    case ErrorCode::kMisuse:
      return absl::StatusCode::kFailedPrecondition;
    case ErrorCode::kDenied:
      return absl::StatusCode::kPermissionDenied;
    case ErrorCode::kBusy:
      return absl::StatusCode::kUnavailable;
    case ErrorCode::kCorrupt:
      return absl::StatusCode::kDataLoss;
    case ErrorCode::kNoMemory:
    case ErrorCode::kLimit:
      return absl::StatusCode::kResourceExhausted;
    case ErrorCode::kCancelled:
      return absl::StatusCode::kCancelled;
    case ErrorCode::kIo:
      return absl::StatusCode::kAborted;
    default:
      return absl::StatusCode::kInternal;
  }
}

ErrorCode CodeFromCanonical(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return ErrorCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return ErrorCode::kInvalidArgument;
    case absl::StatusCode::kNotFound:
      return ErrorCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
      return ErrorCode::kAlreadyExists;
    case absl::StatusCode::kFailedPrecondition:
      return ErrorCode::kConflict;
    case absl::StatusCode::kPermissionDenied:
      return ErrorCode::kDenied;
    case absl::StatusCode::kUnavailable:
      return ErrorCode::kBusy;
    case absl::StatusCode::kDataLoss:
      return ErrorCode::kCorrupt;
    case absl::StatusCode::kResourceExhausted:
      return ErrorCode::kLimit;
    case absl::StatusCode::kCancelled:
      return ErrorCode::kCancelled;
    default:
      return ErrorCode::kInternal;
  }
}

uint32_t FlagsOf(ErrorCode code) {
  if (code == ErrorCode::kLedgerPending) return kOutcomeUnknownFlag;
  switch (static_cast<ErrorCode>(static_cast<int32_t>(code) & 0xff)) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kMisuse:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kLimit:
      return kCallersFault;
    case ErrorCode::kBusy:
      return kRetryable;
    case ErrorCode::kOutcomeUnknown:
      return kOutcomeUnknownFlag;
    default:
      return 0;
  }
}

}  // namespace

absl::Status Error(ErrorCode code, std::string_view message) {
  absl::Status status(CanonicalCode(code), ToAbsl(message));
  status.SetPayload(kPayloadUrl, absl::Cord(std::to_string(static_cast<int32_t>(code))));
  return status;
}

absl::Status AfterTheFact(absl::Status status) {
  if (!status.ok()) status.SetPayload(kAfterTheFactUrl, absl::Cord());
  return status;
}

ErrorInfo InfoOf(const absl::Status& status) {
  if (status.ok()) return {ErrorCode::kOk, 0};
  ErrorCode code = CodeFromCanonical(status.code());
  if (auto payload = status.GetPayload(kPayloadUrl)) {
    int32_t number = 0;
    if (absl::SimpleAtoi(std::string(*payload), &number)) code = static_cast<ErrorCode>(number);
  }
  const bool stored = status.GetPayload(kAfterTheFactUrl).has_value();
  return {code, FlagsOf(code) | (stored ? kOutcomeUnknownFlag : 0u)};
}

}  // namespace onlyleads::base
