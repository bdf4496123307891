/** @file
 * onlyleads/transport.h: a host's own HTTP transport, in place of libcurl.
 *
 * For a host that must send through its own stack: a corporate proxy, an event loop, mutual TLS, a
 * recorder. The library decides what is sent and when; the transport only carries it. Its one duty
 * beyond that is honesty about the fate of each request, because a message whose fate is unknown is
 * looked up at the provider and never repeated blindly, while one that was not started is simply
 * tried again.
 *
 * Threads: the callbacks run on the thread inside ol_engine_run, one at a time for an engine, never
 * inside a database transaction and never under the engine's lock. Entering the same engine from
 * one is OL_MISUSE. A transport used by several engines must itself be safe for that.
 */
#ifndef ONLYLEADS_TRANSPORT_H_
#define ONLYLEADS_TRANSPORT_H_

#include "onlyleads/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One header line. Frozen layout. */
typedef struct ol_http_header {
  /** Compared without regard to case (RFC 9110, 5.1). */
  ol_str name;
  /** Without line breaks. */
  ol_str value;
} ol_http_header;

/** A request to be made.
 *
 * Everything in it is borrowed until submit returns: copy what you keep. Headers carry the
 * provider's key and bodies carry personal data: neither belongs in a log.
 */
typedef struct ol_http_request {
  /** sizeof(ol_http_request) of the library: the stride of the batch. */
  uint32_t struct_size;
  /** 1: has an effect at the provider. It must go out at most once, so no retry by the transport,
   * no redirect followed, no kept connection trusted. 0: a read. */
  int32_t is_write;
  /** Names the request in completions and in cancel; never used twice by one engine. */
  uint64_t id;
  /** "GET", "POST", ... */
  ol_str method;
  /** Absolute, http or https. */
  ol_str url;
  /** Content type and authentication included. */
  const ol_http_header* headers;
  /** Number of headers. */
  int64_t header_count;
  /** As it goes out; empty for none. */
  ol_str body;
  /** Milliseconds for the whole call; positive. */
  int64_t timeout_ms;
  /** Milliseconds of that for connecting; positive. */
  int64_t connect_timeout_ms;
} ol_http_request;

/** @name Fates of a request
 *
 * Say OL_HTTP_NOT_STARTED only when certain that no byte of the request left; when in doubt it is
 * OL_HTTP_UNKNOWN.
 */
/** @{ */
/** As if it had not been made: no connection, refused, cancelled in time. */
#define OL_HTTP_NOT_STARTED 1
/** Bytes left and no whole answer came back. */
#define OL_HTTP_UNKNOWN 2
/** A whole answer, whatever its status. */
#define OL_HTTP_COMPLETE 3
/** @} */

/** One finished request. Borrowed by the library until deliver returns. */
typedef struct ol_http_completion {
  /** sizeof(ol_http_completion). */
  uint32_t struct_size;
  /** OL_HTTP_NOT_STARTED, OL_HTTP_UNKNOWN or OL_HTTP_COMPLETE. */
  int32_t fate;
  /** Of the request. */
  uint64_t id;
  /** 200 to 599 when complete; 0 otherwise. */
  int32_t status;
  /** Zero. */
  uint32_t reserved0;
  /** Of the answer, in order of arrival; NULL for none. */
  const ol_http_header* headers;
  /** Number of headers, 1024 at most. */
  int64_t header_count;
  /** Decoded of any content coding; 8 MiB at most, headers included. */
  ol_str body;
  /** When not complete: a code of a-z, 0-9 and _, such as "timeout", for the operator. Anything
   * else is replaced, so that no personal data gets into a log. */
  ol_str error;
} ol_http_completion;

/** The library's end of a completion, called by poll as often as it has one.
 *
 * Copies what it needs. sink is valid until poll returns. Returns OL_OK; OL_NOT_FOUND for a request
 * that is not waited for (any more), which is harmless; OL_INVALID_ARGUMENT for a completion that
 * breaks a rule above: the request then counts as OL_HTTP_UNKNOWN; OL_NOMEM when it could not be
 * copied.
 */
typedef int32_t (*ol_http_deliver)(void* sink, const ol_http_completion* completion);

/** A transport, for ol_host.
 *
 * Zero-initialise, set struct_size and all three callbacks. Copied by ol_engine_open; ctx must live
 * as long as that of ol_host. Requests still in flight when the engine ends are given up without a
 * call. A callback returns 0 for success; anything else makes the running ol_engine_run fail with
 * OL_CALLBACK_FAILED, after what is known of each request was recorded.
 */
typedef struct ol_transport {
  /** sizeof(ol_transport). */
  uint32_t struct_size;
  /** Requests in flight at most, up to 1024; 0: 8. */
  int32_t max_concurrent;
  /** Handed to every callback; the library never looks at it. */
  void* ctx;

  /** Takes count requests, request_size bytes apart.
   *
   * 0: each of them will end in exactly one completion from poll. Anything else: none of them was
   * started. Should not wait for the network.
   */
  int32_t (*submit)(void* ctx, const ol_http_request* requests, int64_t count,
                    int64_t request_size);

  /** Hands every finished request to deliver; when there is none, waits for one, max_wait_us of
   * real time at most, then returns.
   *
   * A wait and not a deadline, because the host's clock may be accelerated. Anything but 0: every
   * request in flight counts as OL_HTTP_UNKNOWN. A request of which nothing is heard two seconds
   * after its timeout is cancelled and counts as unknown too.
   */
  int32_t (*poll)(void* ctx, int64_t max_wait_us, ol_http_deliver deliver, void* sink);

  /** The library gives a request up.
   *
   * Its completion may still come from the next poll, and is believed; afterwards the request
   * counts as OL_HTTP_UNKNOWN. An id that is done is ignored; what it returns too.
   */
  int32_t (*cancel)(void* ctx, uint64_t id);
} ol_transport;

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_TRANSPORT_H_ */
