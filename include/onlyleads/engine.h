/** @file
 * onlyleads/engine.h: opening a database, letting due work happen, closing.
 *
 * An engine is the handle on one installation: one database with every organization in it. It
 * starts no thread (libcurl's name resolver excepted) and opens no port. The host drives it: it
 * calls verbs, and calls ol_engine_run to let due work happen.
 *
 * Threads: any thread may call it; calls on one engine queue behind its lock, which is released
 * while HTTP or a callback is under way, so an opt-out never waits for a slow provider. Open one
 * engine per thread for parallel work; several processes may open the same database.
 *
 * fork: an engine belongs to the process that opened it. In a forked child every call on it is
 * OL_FORKED, and freeing it there leaves the parent's database alone.
 *
 * Blocking: calls wait for the lock, for the disk, and up to busy_timeout_ms for another process.
 * Only ol_engine_run waits for the network.
 */
#ifndef ONLYLEADS_ENGINE_H_
#define ONLYLEADS_ENGINE_H_

#include "onlyleads/error.h"
#include "onlyleads/host.h"
#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The handle on one installation; opaque. Freed with ol_engine_free. */
typedef struct ol_engine ol_engine;

/** For ol_engine_options.flags, for one open: leave the ledger that was (the file becomes
 * PATH.ledger.old; a host's sink must be empty) and begin a new one.
 *
 * For a database whose ledger was lost or damaged, or that is to live on apart from its copy. What
 * only the old ledger knew is not replayed: who was erased or objected after this copy was made
 * comes back with it. Senders start in reconcile-only mode. Older copies can no longer be opened
 * beside the new ledger (OL_LEDGER_FORKED).
 */
#define OL_OPEN_NEW_LEDGER 1u

/** How an engine is opened. Zero means default everywhere. */
typedef struct ol_engine_options {
  /** sizeof(ol_engine_options). */
  uint32_t struct_size;
  /** OL_OPEN_... bits, or 0. */
  uint32_t flags;
  /** At least 16 secret bytes (any bytes, no text); empty: the file PATH.key beside the database,
   * made with mode 0600 when the database is new.
   *
   * It signs the audit chain's head, seals credentials, and makes the digests by which erased
   * people are recognised: who loses it forgets every suppression, so a wrong or missing key is
   * OL_KEY_MISMATCH and no new start. Back it up apart from the database.
   */
  ol_str key;
  /** How contested law is read where a campaign does not say: "strict" (default) takes the more
   * protective reading, "balanced" the mainstream one. Any other word: OL_INVALID_ARGUMENT. */
  ol_str profile;
  /** NULL: system clock and randomness, no log. Copied. */
  const ol_host* host;
  /** Milliseconds to wait for another process that writes; 0: 10,000. Beyond it: OL_BUSY. */
  int32_t busy_timeout_ms;
  /** Milliseconds of the longest provider call; 0: 120,000. Leases are derived from it: what a
   * process that died had claimed is looked at again after this time and a margin. */
  int32_t max_call_ms;
} ol_engine_options;

/** Opens or creates the SQLite database at path, bringing its schema up to date in one transaction.
 *
 * options may be NULL. *out is NULL on error, else yours: ol_engine_free. A database that is
 * created gets mode 0600. An older copy that was put back is recognised by the ledger (host.h) and
 * brought up to what must not be forgotten before this returns; a warning is logged, and its
 * senders are "reconcile_only" until ol_engine_run has asked the provider about every message the
 * copy believes unsent, or ol_sender_release says otherwise. Errors: OL_LEDGER_BEHIND,
 * OL_LEDGER_FORKED, OL_LEDGER_CORRUPT (nothing was changed), OL_NOT_A_DATABASE, OL_SCHEMA_TOO_NEW,
 * OL_SCHEMA_CHANGED, OL_KEY_MISMATCH (a key that is wrong or missing, a key file that is cut or
 * that others than its owner may read), OL_READ_ONLY, OL_DISK_FULL, OL_BUSY, OL_IO,
 * OL_CALLBACK_FAILED. Calls now_us and random. Blocks on the disk. Any thread.
 */
OL_API int32_t ol_engine_open(ol_str path, const ol_engine_options* options, ol_engine** out,
                              ol_error* err);

/** Closes now and reports what ol_engine_free cannot (a failing last checkpoint).
 *
 * The database, its log and the ledger file are closed when it returns; the last process to close
 * leaves no log behind. Waits for the calls under way, then every later call on this engine
 * or its workspaces is OL_MISUSE; pages stay readable. Closing twice is fine. The handle still
 * needs freeing. OL_MISUSE from within a callback of this engine. Any thread.
 */
OL_API int32_t ol_engine_close(ol_engine* engine, ol_error* err);

/** Frees the handle; NULL is fine. Workspaces keep the engine alive until they are freed too.
 *
 * Never blocks, never calls back: the files of an engine whose last handle went are closed by the
 * next call that may block, on any engine. Any thread, callbacks and a forked child included.
 */
OL_API void ol_engine_free(ol_engine* engine);

/** How much one ol_engine_run may do. */
typedef struct ol_run_options {
  /** sizeof(ol_run_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** Stop taking new work after this many milliseconds of the system's (not the host's) time; a
   * call that is under way is finished. At most 31,536,000,000 (365 days), beyond it
   * OL_INVALID_ARGUMENT; 0: no bound. */
  int64_t max_ms;
  /** Begin no provider call after this many, reads included; a look at an open outcome that has
   * begun is read to its end, which may take some more. 0: no bound. OL_RUN_NO_CALLS: none at all.
   */
  int64_t max_calls;
} ol_run_options;

/** For ol_run_options.max_calls: decide, queue and seal, but call nobody. */
#define OL_RUN_NO_CALLS (-1)

/** What a run did. Counts are of this run alone. */
typedef struct ol_run_report {
  /** Set by the caller: sizeof(ol_run_report). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** Provider calls made, reads included. */
  int64_t calls;
  /** Messages the provider accepted. */
  int64_t sent;
  /** Attempts that certainly did not go out. */
  int64_t not_sent;
  /** Attempts whose outcome is open; settled by later runs, never blindly repeated. */
  int64_t unknown;
  /** Open outcomes that became known. */
  int64_t settled;
  /** Messages that now wait for a person's decision. */
  int64_t parked;
  /** Messages that were decided, rendered and queued. */
  int64_t enqueued;
  /** Steps that the decision refused. */
  int64_t refused;
  /** Audit entries sealed. */
  int64_t sealed;
  /** When to come back, in the host's time; OL_NEVER when nothing is waiting for time. */
  int64_t next_due_us;
  /** Organizations with campaigns whose subscription has ended: nothing of theirs is queued or
   * sent until ol_organization_set_subscription says otherwise. */
  int64_t subscriptions_ended;
  /** Rows past their retention period that were removed: deleted people, logs, and organizations
   * with all they had (retention.h). */
  int64_t purged;
  /** Removals whose bytes are not gone yet, as ol_rights_residue tells; 0 is all clear. */
  int64_t residue_pending;
  /** Organizations that were left out, because a zone, a key or a campaign of theirs cannot be
   * read: the host's log names them with the code. They are tried again after an hour; the others
   * are served. */
  int64_t organizations_failed;
} ol_run_report;

/** For ol_run_report.next_due_us: nothing waits for time; a new fact is needed first. */
#define OL_NEVER INT64_MAX

/** Lets due work happen and returns when nothing is due or a bound is reached.
 *
 * Steps that are due are decided and queued, queued messages are decided once more, claimed and
 * sent under the senders' limits and working hours, open outcomes are looked up, deleted people and
 * logs past their period are removed (retention.h), what erasures left is cleared, the audit is
 * sealed. Intent is on disk before a call starts, so a process killed at any moment leaves nothing
 * that is sent twice: Unipile documents no idempotency key for sends.
 *
 * options and report may be NULL. A provider's refusal is work done, not an error of this call.
 * Errors: OL_CANCELLED, OL_BUSY, OL_IO, OL_CALLBACK_FAILED; what was committed stays, and the
 * report is zero. Safe to call from several threads and processes: a message is claimed by one.
 * Blocks on HTTP without holding the lock.
 */
OL_API int32_t ol_engine_run(ol_engine* engine, const ol_run_options* options,
                             ol_run_report* report, ol_error* err);

/** Makes every long call of this engine that is under way return OL_CANCELLED soon, on whichever
 * thread; what they committed stays.
 *
 * Long are ol_engine_run, imports, exports, ol_campaign_enroll, ol_scoring_run, ol_audit_verify,
 * ol_retention_plan, ol_retention_run and the export and deletion of an organization; and every
 * call while it waits for another process that writes to the database. A call that begins later is
 * not meant. Any thread, at any time, never blocks; safe in a callback and in a signal handler.
 * NULL is fine.
 */
OL_API void ol_engine_cancel(ol_engine* engine);

/** The last instant this database knows of, microseconds since 1970 UTC, 0 when it is empty.
 *
 * Where an accelerated clock goes on after a restart. Reads only. Any thread.
 */
OL_API int32_t ol_engine_last_instant(ol_engine* engine, int64_t* out_us, ol_error* err);

/** How the database stands to its ledger, one row: frames (given a place in it), waiting (notes and
 * frames not known to be there: 0 unless it could not be written), restored_at_us (when an older
 * copy was put back or the ledger begun anew, NULL if never), senders_held (in reconcile-only
 * mode).
 *
 * *out: ol_rows_free. Errors: the general ones of error.h. Any thread.
 */
OL_API int32_t ol_engine_lineage(ol_engine* engine, ol_rows** out, ol_error* err);

/** The register of sub-processors (GDPR 28(2), 28(4)): nothing leaves to anybody who is not in it.
 *
 * Columns: sub_processor_id, name, region, safeguard and transfer_record (GDPR 46), purposes,
 * data_categories (names with commas between: "deliver,reconcile"), no_training,
 * authorised_from_us, active. *out is yours: ol_rows_free. Reads only. Any thread.
 */
OL_API int32_t ol_engine_sub_processors(ol_engine* engine, ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ENGINE_H_ */
