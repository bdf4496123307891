// The bounds of what comes from outside, under their names. A value past its bound is OL_LIMIT with
// this name in the message, never a truncation.
#ifndef ONLYLEADS_SRC_BASE_LIMITS_H_
#define ONLYLEADS_SRC_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace onlyleads::base {

inline constexpr size_t kMaxNameBytes = 512;         // names of organizations, members, campaigns
inline constexpr size_t kMaxFieldBytes = 64 * 1024;  // one stored value of a prospect
inline constexpr size_t kMaxCellBytes = 16 * 1024 * 1024;  // one cell of an imported file
inline constexpr uint64_t kMaxCellLines = 1000;  // of one quoted cell; more are a lost quote
inline constexpr size_t kMaxRowBytes = 64 * 1024 * 1024;  // one record of an imported file
inline constexpr size_t kMaxColumns = 16 * 1024;          // columns of an imported file
inline constexpr size_t kSniffBytes = 1024 * 1024;  // head of an imported file that is looked at
inline constexpr size_t kMaxJsonBytes = 16 * 1024 * 1024;  // one JSON document from outside
inline constexpr int kMaxJsonDepth = 64;
inline constexpr size_t kMaxWebhookBytes = 1024 * 1024;          // one webhook body
inline constexpr size_t kMaxReplyBytes = 8 * 1024 * 1024;        // one HTTP reply body
inline constexpr int64_t kMaxReplyHeaders = 1024;                // header lines of one reply
inline constexpr size_t kMaxMessageBytes = 32 * 1024;            // one rendered message
inline constexpr size_t kMaxUrlBytes = 2048;                     // one stored address of a page
inline constexpr size_t kMaxBatchRows = 10000;                   // rows of one batch from the host
inline constexpr int kMaxSteps = 32;                             // steps of a campaign
inline constexpr int kMaxPageRows = 10000;                       // rows of one result page
inline constexpr int kImportBatchRows = 2000;                    // rows of one import transaction
inline constexpr uint64_t kImportBatchBytes = 16 * 1024 * 1024;  // file bytes of one of them
inline constexpr int64_t kMaxSkewUs = 300'000'000;    // how far ahead a host's instants may be
inline constexpr int kMaxListPages = 50;              // pages read while asking a provider
inline constexpr int64_t kMaxRunMs = 31'536'000'000;  // 365 days, the longest bound of one run
inline constexpr int kMaxEventPasses = 100000;        // units of work in one run call

}  // namespace onlyleads::base

#endif  // ONLYLEADS_SRC_BASE_LIMITS_H_
