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

/** What ol_host.ledger_read calls with each frame; put_ctx is what it was given, frame is borrowed
 * for the call. Anything but 0: stop reading and return it. */
typedef int32_t (*ol_ledger_put)(void* put_ctx, ol_str frame);

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
   * a lease and never frees a limit. Read before each transaction, so several times in a long call,
   * and never inside one.
   * What is no instant after 1970 and before the year 9000 fails the call: OL_CALLBACK_FAILED.
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

  /** Appends one frame of the ledger to a place outside the database; returns 0 once it is durable
   * there. Goes together with ledger_read: both or neither.
   *
   * The ledger is what lets an older copy of the database be put back without mailing who objected
   * since, bringing back who was erased since (GDPR 17, 21), or sending again what was sent since:
   * ol_engine_open compares the two, replays what the copy does not know before anybody reads it,
   * and keeps its senders from sending until they have looked at the provider. A frame (up to 4
   * MiB, mostly below 2 KiB) holds keyed digests, ids and codes of many records, no personal data
   * in clear, and is authenticated with the installation's key.
   *
   * Keep frames in the order of appending, never change, drop or merge one, and keep them apart
   * from the database's own backups. Calls come one at a time from all processes that share the
   * database, after the commit and before the verb returns; of a send before the provider is
   * called. Anything but 0: the verb is OL_CALLBACK_FAILED although its change is stored; the frame
   * comes again with the next call that changes something, and nothing is sent before it was taken.
   *
   * Default: the file PATH.ledger (mode 0600) beside the database, flushed to the disk.
   */
  int32_t (*ledger_append)(void* ctx, ol_str record);

  /** The host's own way to make HTTP requests (transport.h), copied by ol_engine_open.
   * Default: libcurl. */
  const ol_transport* transport;

  /** Calls put(put_ctx, frame) for every frame from the from-th on, 0 being the first, in the order
   * of appending; returns 0, or what put returned.
   *
   * Read at ol_engine_open and, from the last known frame on, before each append, so that a second
   * copy of the database that goes on with the same ledger is noticed (OL_LEDGER_FORKED). Fewer
   * frames than the database wrote: OL_LEDGER_BEHIND.
   */
  int32_t (*ledger_read)(void* ctx, uint64_t from, ol_ledger_put put, void* put_ctx);
} ol_host;

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_HOST_H_ */
