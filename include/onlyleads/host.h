/* onlyleads/host.h: the outside world of an engine as a struct of callbacks.
 *
 * The engine reads no clock and no randomness but the host's, and writes its log only through the
 * host. Callbacks run on the thread that called the engine, never inside a database transaction and
 * never under the engine's lock. A callback may not enter the same engine again: that is OL_MISUSE,
 * detected. A callback returns 0 for success; anything else makes the running verb fail with
 * OL_CALLBACK_FAILED. Members that are NULL take the default.
 */
#ifndef ONLYLEADS_HOST_H_
#define ONLYLEADS_HOST_H_

#include "onlyleads/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Log levels. */
#define OL_LOG_DEBUG 0
#define OL_LOG_INFO 1
#define OL_LOG_WARNING 2
#define OL_LOG_ERROR 3

/* Zero-initialise, set struct_size, fill in what you want. Copied by ol_engine_open; ctx must live
 * until the engine is closed. */
typedef struct ol_host {
  uint32_t struct_size; /* sizeof(ol_host) */
  uint32_t reserved0;
  void* ctx; /* handed to every callback */

  /* Microseconds since 1970 UTC into *now_us. Default: the system clock. Accelerated clocks are
   * fine; a clock that steps back never shortens a lease and never frees a limit. */
  int32_t (*now_us)(void* ctx, int64_t* now_us);

  /* Fills out with size unpredictable bytes, for ids. Keys never come from here.
   * Default: the operating system's generator. */
  int32_t (*random)(void* ctx, void* out, size_t size);

  /* One line without personal data. Default: dropped. */
  void (*log)(void* ctx, int32_t level, ol_str message);

  /* Reserved: appends one record of the send and erasure ledgers to a place outside the database.
   * Must be NULL until it exists. Until then a database restored from a copy may send again what it
   * sent after the copy was made. */
  int32_t (*ledger_append)(void* ctx, ol_str record);

  /* The host's own way to make HTTP requests (transport.h), copied by ol_engine_open.
   * Default: libcurl. */
  const ol_transport* transport;
} ol_host;

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_HOST_H_ */
