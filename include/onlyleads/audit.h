/** @file
 * onlyleads/audit.h: the record of what was decided and done, provably complete.
 *
 * Entries hold codes and ids, no personal data, and are written in the transaction they tell of.
 * ol_engine_run seals them per organization into a hash chain (SHA-256); the head is stored apart
 * and signed with the installation's key, so that a cut tail shows. It is how a controller
 * demonstrates compliance (GDPR 5(2), 24(1)).
 *
 * A host that calls ol_engine_run every few seconds has its entries sealed as soon: until then a
 * change of an entry does not show. Sealing needs no network: OL_RUN_NO_CALLS will do.
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_AUDIT_H_
#define ONLYLEADS_AUDIT_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What ol_audit_verify found. */
typedef struct ol_audit_report {
  /** Set by the caller: sizeof(ol_audit_report). */
  uint32_t struct_size;
  /** 1: every chain is whole and ends at its signed head. */
  int32_t intact;
  /** Entries checked. */
  int64_t sealed;
  /** Entries no run has sealed yet; a change of these does not show. */
  int64_t unsealed;
  /** Of these, older than 5 seconds of the host's clock: is anybody calling ol_engine_run? */
  int64_t overdue;
  /** 0 when intact; first entry that was changed, removed or reordered. */
  int64_t first_bad_seq;
  /** Organization of that entry; all zero: the installation's own chain. */
  ol_id first_bad_org;
  /** "", "changed", "removed", "reordered", "cut_tail", "head_forged",
   * "rolled_back" (the ledger outside the database knows entries that an older copy, put back, does
   * not); terminated. */
  char problem[32];
} ol_audit_report;

/** Recomputes every chain and compares it with its head.
 *
 * Finding damage is a result, not an error. report is required. Reads every entry: time grows with
 * their number. Errors: OL_CANCELLED and the general ones of error.h.
 */
OL_API int32_t ol_audit_verify(ol_engine* engine, ol_audit_report* report, ol_error* err);

/** Entries of an organization, oldest first; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: entry_id, at_us, actor, verb, subject_id, detail (JSON of codes and counts), seq (place
 * in the chain, from 1; 0 while unsealed).
 */
OL_API int32_t ol_audit_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                             ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_AUDIT_H_ */
