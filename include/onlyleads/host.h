/** @file
 * onlyleads/host.h: the outside world of an engine as a struct of callbacks.
 *
 * The engine reads no clock and no randomness but the host's, and writes its log only through the
 * host. That makes a simulator or a test a matter of two functions. Members that are NULL take the
 * default.
 *
 * Rules for every callback:
 *   - It runs on the thread that called the engine, while that call is under way; several threads
 *     in calls of one engine run callbacks at the same time.
 *   - It never runs inside a database transaction and never under the engine's lock: it may be slow
 *     without holding anybody else up.
 *   - It may not enter the engine that called it, nor one whose callback is further up on the same
 *     thread: that is OL_MISUSE, detected. Other engines are fine. Reading and freeing pages, ids
 *     as text and ol_engine_cancel are allowed.
 *   - It returns 0 for success; anything else makes the running verb fail with OL_CALLBACK_FAILED
 *     and undo what it had begun.
 *   - No exception and no longjmp may leave it: there are C frames between. (The C++ face catches
 *     what a std::function throws and rethrows it from the call.)
 */
#ifndef ONLYLEADS_HOST_H_
#define ONLYLEADS_HOST_H_

#include "onlyleads/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Log levels */
/** @{ */
/** What a developer of the library wants to know. */
#define OL_LOG_DEBUG 0
/** Something happened as it should. */
#define OL_LOG_INFO 1
/** Something did not go as it should, and the engine deals with it. */
#define OL_LOG_WARNING 2
/** Somebody has to look. */
#define OL_LOG_ERROR 3
/** @} */

/** The callbacks of a host, for ol_engine_options.
 *
 * Zero-initialise, set struct_size, fill in what you want. The struct is copied by ol_engine_open
 * and need not live on; ctx and the functions must, until the engine is closed or, if it is never
 * closed, until it and all its workspaces are freed and no call is under way.
 */
typedef struct ol_host {
  /** sizeof(ol_host). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** Handed to every callback; the library never looks at it. */
  void* ctx;

  /** Writes microseconds since 1970-01-01 UTC into *now_us; returns 0.
   *
   * Default: the system clock. Accelerated clocks are fine; a clock that steps back never shortens
   * a lease and never frees a limit. Read once at the start of each call, before a transaction.
   */
  int32_t (*now_us)(void* ctx, int64_t* now_us);

  /** Fills out with size unpredictable bytes, for ids; returns 0.
   *
   * Keys never come from here: they are taken from the operating system's generator, whatever a
   * simulator makes deterministic. Default: the operating system's generator.
   */
  int32_t (*random)(void* ctx, void* out, size_t size);

  /** One line without personal data and its level, OL_LOG_...; message is borrowed for the call.
   *
   * Lines are kept until no lock is held, so they may come a moment later. Default: dropped.
   */
  void (*log)(void* ctx, int32_t level, ol_str message);

  /** Reserved: appends one record of the send and erasure ledgers to a place outside the database.
   *
   * Must be NULL until it exists. Until then a database restored from a copy may send again what it
   * sent after the copy was made.
   */
  int32_t (*ledger_append)(void* ctx, ol_str record);

  /** The host's own way to make HTTP requests (transport.h), copied by ol_engine_open.
   * Default: libcurl. */
  const ol_transport* transport;
} ol_host;

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_HOST_H_ */
