/* onlyleads/inbox.h: what comes back.
 *
 * The host receives webhooks (the library opens no port) and hands headers and raw body over.
 * Twice, late, out of order and one's own echo are harmless.
 */
#ifndef ONLYLEADS_INBOX_H_
#define ONLYLEADS_INBOX_H_

#include "onlyleads/campaigns.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One HTTP header; names compare without case. */
typedef struct ol_header {
  ol_str name;
  ol_str value;
} ol_header;

/* What became of a webhook. */
typedef struct ol_inbox_report {
  uint32_t struct_size; /* set by the caller: sizeof(ol_inbox_report) */
  int32_t duplicate;    /* 1: seen before, nothing done */
  int32_t replies;      /* replies stored */
  int32_t opt_outs;     /* people who opted out with it */
  int32_t connections;  /* invitations accepted */
  int32_t settled;      /* open outcomes this settled (own echo) */
} ol_inbox_report;

/* Takes one webhook of a provider ("unipile"). The shared secret header is compared in constant
 * time with each sender of the account; OL_UNAUTHORIZED when none matches (answer 401),
 * OL_INVALID_JSON, OL_LIMIT; an unknown account or event is accepted and ignored (answer 200). An
 * opt-out stops that person at once, on every channel and campaign of that organization. Durable
 * when this returns. report may be NULL. */
OL_API int32_t ol_inbox_ingest(ol_engine* engine, ol_str provider, const ol_header* headers,
                               size_t header_count, ol_str body, ol_inbox_report* report,
                               ol_error* err);

/* Replies: inbox_id, prospect_id, sender_id, label (opt_out, auto_reply, reply), body,
 * received_at_us. */
OL_API int32_t ol_inbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                             ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_INBOX_H_ */
