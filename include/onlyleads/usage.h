/** @file
 * onlyleads/usage.h: the log of what members did in the host's product.
 *
 * Who opened which page when, from where and with what: what security and support need for a short
 * while. These are personal data of the customer's people, not of prospects, so they are a class of
 * their own: retention class "usage", 90 days from the event (rule "system_logs"). They are never
 * copied into the audit, into log lines or error messages, and go with member or organization.
 *
 * An IP address is personal data where its holder can be found by lawful means (CJEU C-582/14,
 * Breyer; GDPR recital 30): tell members in the privacy notice that it is kept, what for and how
 * long (GDPR 13(1)(c), 13(2)(a)).
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_USAGE_H_
#define ONLYLEADS_USAGE_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One row of a batch. Rows lie row_size bytes apart, in the place of a struct_size in each. */
typedef struct ol_usage {
  /** Who. */
  ol_id member_id;
  /** When; 0: now. At most 5 minutes ahead of the host's clock. */
  int64_t at_us;
  /** IPv4 or IPv6, without port or zone; stored in canonical form; empty: unknown. */
  ol_str ip;
  /** The user agent as it was sent, at most 512 bytes; empty: unknown. */
  ol_str browser;
  /** Path or address of the page, at most 2048 bytes; empty: unknown. */
  ol_str page;
} ol_usage;

/** Records at most 10,000 rows, all or none; *out_recorded is how many.
 *
 * row_size: sizeof(ol_usage) of the caller's version. Errors name row and field, for example
 * "usage[3].ip": OL_INVALID_ARGUMENT (no address, an instant in the future), OL_NOT_FOUND (no such
 * member), OL_LIMIT, OL_INVALID_UTF8. Not idempotent: a row given twice is there twice.
 */
OL_API int32_t ol_usage_record(ol_workspace* workspace, const ol_usage* usage, size_t count,
                               size_t row_size, int64_t* out_recorded, ol_error* err);

/** The log in the order it was recorded; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: usage_id, member_id, at_us, ip, browser, page.
 */
OL_API int32_t ol_usage_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                             ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_USAGE_H_ */
