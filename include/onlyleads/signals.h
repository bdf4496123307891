/** @file
 * onlyleads/signals.h: what people did that tells of interest, and that a scorecard may weigh.
 *
 * A signal is a fact of the past about one person: they reacted, commented, looked at a profile,
 * followed, replied or visited a page. The host learns of them where its users work and records
 * them here; replies that ol_inbox_ingest takes become signals by themselves, in the transaction
 * that stores the reply (automatic answers and opt-outs do not: neither tells of interest).
 *
 * What they are for is scoring (scoring.h), where each counts half as much after every half-life.
 * Profiling for direct marketing ends with an objection (GDPR 21(2), 21(3)) and rests during a
 * restriction (GDPR 18): signals of such people are refused, and those stored count no more.
 * Signals are the person's data: they are erased with the person and part of what the person
 * receives on request (GDPR 15, 17).
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_SIGNALS_H_
#define ONLYLEADS_SIGNALS_H_

#include "onlyleads/prospects.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One row of a batch. Rows lie row_size bytes apart, in the place of a struct_size in each. */
typedef struct ol_signal {
  /** Whose. */
  ol_id prospect_id;
  /** When it happened; 0: now. At most 5 minutes ahead of the host's clock. */
  int64_t at_us;
  /** "reaction", "comment", "profile_view", "follow", "reply" or "visit". */
  ol_str kind;
  /** The host's own key of this signal, at most 512 bytes; empty: none. */
  ol_str external_ref;
  /** Where it was seen, required (GDPR 14(2)(f)), at most 512 bytes. */
  ol_str source;
  /** The page, http:// or https://, at most 2048 bytes; empty: none. */
  ol_str url;
} ol_signal;

/** Records at most 10,000 signals in one transaction. *out: ol_rows_free.
 *
 * row_size: sizeof(ol_signal) of the caller's version. count 0 is fine. One row comes back for
 * each, in the order given: prospect_id; signal_id (NULL when refused); disposition ("recorded";
 * "duplicate": a signal of this external_ref, person and kind is there, and nothing changed;
 * "refused"); reason of a refusal ("objected", "restricted", "erased", "deleted"; else empty). A
 * refusal is an answer, not an error, and of it nothing is stored.
 *
 * Errors name row and field, for example "signals[3].kind", and then nothing of the batch was
 * written: OL_INVALID_ARGUMENT (unknown kind, an instant in the future, no source, no web address),
 * OL_INVALID_UTF8, OL_LIMIT, OL_NOT_FOUND (the organization has no such person and never had),
 * OL_CONFLICT (the external_ref is that of another person or kind).
 */
OL_API int32_t ol_signals_record(ol_workspace* workspace, const ol_signal* signals, size_t count,
                                 size_t row_size, ol_rows** out, ol_error* err);

/** One person's signals in the order they were recorded; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: signal_id, kind, at_us, external_ref, source ("inbox" for replies that the library took
 * itself), url, recorded_at_us. Empty for nobody.
 */
OL_API int32_t ol_signals_list(ol_workspace* workspace, ol_id prospect_id, ol_str page_token,
                               int32_t limit, ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_SIGNALS_H_ */
