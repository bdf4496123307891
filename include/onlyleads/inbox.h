/** @file
 * onlyleads/inbox.h: what comes back.
 *
 * The host receives webhooks (the library opens no port) and hands headers and raw body over.
 * Twice, late, out of order and one's own echo are harmless: Unipile delivers up to six times,
 * promises no order, and reports an accepted invitation up to eight hours later (its pages on
 * webhooks).
 *
 * What a host does with a webhook: read the body as bytes, call ol_inbox_ingest, answer 200 for
 * OL_OK and the status named below for the errors.
 *
 * Threads: any; calls queue behind the engine's lock, which no HTTP call holds, so an opt-out never
 * waits for a slow provider. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_INBOX_H_
#define ONLYLEADS_INBOX_H_

#include "onlyleads/campaigns.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One HTTP header as it came. */
typedef struct ol_header {
  /** Names compare without case (RFC 9110, 5.1). */
  ol_str name;
  /** Without surrounding white space; any bytes. */
  ol_str value;
} ol_header;

/** What became of a webhook. */
typedef struct ol_inbox_report {
  /** Set by the caller: sizeof(ol_inbox_report). */
  uint32_t struct_size;
  /** 1: seen before, nothing done. */
  int32_t duplicate;
  /** Replies stored. */
  int32_t replies;
  /** People who opted out with it: they are never written to again. */
  int32_t opt_outs;
  /** Invitations accepted. */
  int32_t connections;
  /** Open outcomes this settled (own echo). */
  int32_t settled;
} ol_inbox_report;

/** Takes one webhook of a provider ("unipile"), for every organization.
 *
 * headers: header_count of them, at most 1,000; may be NULL when it is 0. body: at most 1 MiB, as
 * it came. The shared secret header is compared in constant time with that of each sender of the
 * account, disconnected ones included. An unknown account or event is accepted and ignored (answer
 * 200). An opt-out stops that person at once, on every channel and campaign of that organization
 * (GDPR 21(3)), in every record that the organization has of the one who wrote: by member id,
 * public identifier, the provider's id or the chat. Durable when this returns. report may be NULL.
 *
 * Errors: OL_UNAUTHORIZED when no secret matches (answer 401), OL_INVALID_JSON (400), OL_LIMIT
 * (413), OL_INVALID_ARGUMENT (an unknown provider). Answer 503 to everything else (OL_BUSY,
 * OL_NOMEM, OL_IO, OL_DISK_FULL, OL_READ_ONLY): nothing is stored, and the provider repeats it.
 */
OL_API int32_t ol_inbox_ingest(ol_engine* engine, ol_str provider, const ol_header* headers,
                               size_t header_count, ol_str body, ol_inbox_report* report,
                               ol_error* err);

/** Replies of the organization, in the order they came; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: inbox_id, prospect_id, sender_id, label (opt_out, privacy_request, auto_reply, reply),
 * body, received_at_us. A reply stopped the sequence, an opt-out objected, and so did a privacy
 * request (GDPR 15 to 22, a person must answer it), before this can list it.
 */
OL_API int32_t ol_inbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                             ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_INBOX_H_ */
