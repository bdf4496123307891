/* onlyleads/engine.h: opening a database, letting due work happen, closing.
 *
 * An engine is the handle on one installation: one database with every organization in it. It
 * starts no thread (libcurl's name resolver excepted) and opens no port. Any thread may call it;
 * calls on one engine queue behind its lock, which is released while HTTP is under way, so an
 * opt-out never waits for a slow provider. Open one engine per thread for parallel work; several
 * processes may open the same database.
 */
#ifndef ONLYLEADS_ENGINE_H_
#define ONLYLEADS_ENGINE_H_

#include "onlyleads/error.h"
#include "onlyleads/host.h"
#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ol_engine ol_engine;

/* How an engine is opened. Zero means default everywhere. */
typedef struct ol_engine_options {
  uint32_t struct_size; /* sizeof(ol_engine_options) */
  uint32_t reserved0;
  ol_str key;     /* at least 16 secret bytes; empty: the file PATH.key (0600), made when new */
  ol_str profile; /* "strict" (default) or "balanced": how contested law is read */
  const ol_host* host;     /* NULL: system clock and randomness, no log */
  int32_t busy_timeout_ms; /* how long to wait for another process; 0: 10,000 */
  int32_t max_call_ms;     /* longest provider call; 0: 120,000. Leases are derived from it */
} ol_engine_options;

/* Opens or creates the SQLite database at path, bringing its schema up to date.
 * Errors: OL_NOT_A_DATABASE, OL_SCHEMA_TOO_NEW, OL_SCHEMA_CHANGED, OL_KEY_MISMATCH (wrong or
 * missing key), OL_READ_ONLY, OL_DISK_FULL, OL_BUSY, OL_IO. *out is NULL on error, else yours:
 * ol_engine_free. */
OL_API int32_t ol_engine_open(ol_str path, const ol_engine_options* options, ol_engine** out,
                              ol_error* err);

/* Closes now and reports what ol_engine_free cannot (a failing last checkpoint). Every later call
 * on this engine or its workspaces is OL_MISUSE. Closing twice is fine. The handle still needs
 * freeing. */
OL_API int32_t ol_engine_close(ol_engine* engine, ol_error* err);

/* Frees the handle; NULL is fine. Workspaces keep the engine alive until they are freed too. */
OL_API void ol_engine_free(ol_engine* engine);

/* How much one ol_engine_run may do. */
typedef struct ol_run_options {
  uint32_t struct_size; /* sizeof(ol_run_options) */
  uint32_t reserved0;
  int64_t max_ms;    /* stop taking new work after this much of the system's time; 0: no bound */
  int64_t max_calls; /* provider calls; 0: no bound. OL_RUN_NO_CALLS: none at all */
} ol_run_options;
#define OL_RUN_NO_CALLS (-1)

/* What it did. */
typedef struct ol_run_report {
  uint32_t struct_size; /* set by the caller: sizeof(ol_run_report) */
  uint32_t reserved0;
  int64_t calls;       /* provider calls made, reads included */
  int64_t sent;        /* messages the provider accepted */
  int64_t not_sent;    /* attempts that certainly did not go out */
  int64_t unknown;     /* attempts whose outcome is open; settled by later runs */
  int64_t settled;     /* open outcomes that became known */
  int64_t parked;      /* messages that now wait for a person's decision */
  int64_t enqueued;    /* messages that were decided, rendered and queued */
  int64_t refused;     /* steps that the decision refused */
  int64_t sealed;      /* audit entries sealed */
  int64_t next_due_us; /* when to come back; OL_NEVER when nothing is waiting for time */
  int64_t purged;      /* rows past their retention period that were removed (see retention.h) */
  int64_t residue_pending; /* removals whose bytes are not yet gone (see ol_rights_residue) */
} ol_run_report;
#define OL_NEVER INT64_MAX

/* Lets due work happen: steps that are due are decided and queued, queued messages are claimed and
 * sent under the senders' limits and working hours, open outcomes are looked up, the audit is
 * sealed. Returns when nothing is due or a bound is reached. Safe to call from several processes. A
 * provider's refusal is work done, not an error of this call. Errors: OL_CANCELLED, OL_BUSY, OL_IO,
 * OL_CALLBACK_FAILED. options and report may be NULL. Blocks on HTTP without holding the lock. */
OL_API int32_t ol_engine_run(ol_engine* engine, const ol_run_options* options,
                             ol_run_report* report, ol_error* err);

/* Makes the running ol_engine_run or import return OL_CANCELLED soon; what it committed stays.
 * Without a running call it does nothing. Any thread, at any time, never blocks. */
OL_API void ol_engine_cancel(ol_engine* engine);

/* The last instant this database knows of, 0 when it is empty: where an accelerated clock goes on.
 */
OL_API int32_t ol_engine_last_instant(ol_engine* engine, int64_t* out_us, ol_error* err);

/* The register of sub-processors: sub_processor_id, name, region, safeguard, transfer_record,
 * purposes, data_categories, no_training, authorised_from_us, active. */
OL_API int32_t ol_engine_sub_processors(ol_engine* engine, ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ENGINE_H_ */
