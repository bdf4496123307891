/** @file
 * onlyleads/retention.h: how long data stays, and what keeps it longer.
 *
 * Every column of the database belongs to a retention class, and each class follows a rule of the
 * decision pack (`retention` in rules.json; storage limitation is GDPR 5(1)(e)):
 *
 *   class                  rule                   clock starts with    period
 *   prospect_active        prospect_active        the last use         24 months, or inactive_days
 *   prospect_soft_deleted  prospect_soft_deleted  ol_prospects_delete  30 days
 *   logs                   system_logs            the event            90 days
 *   usage                  system_logs            the event            90 days
 *   account                account                end of subscription  12 months
 *   suppression            suppression            the objection        indefinite (GDPR 21(3))
 *   audit                  dsr_record             the entry            indefinite (GDPR 5(2)):
 * codes and ids, no personal data
 *
 * The last use of a person is the latest instant in their rows: an import that changed them, an
 * enrollment's step, a message, a reply, a connection. Being scored is none.
 *
 * ol_engine_run removes by itself what needs no decision: deleted people, logs, usage, and
 * organizations whose subscription ended twelve months ago (as ol_organization_delete does; a later
 * end of the subscription keeps them). Who is inactive is for the customer to say: a plan names how
 * many, and a run is bound to that plan.
 *
 * Removed people leave no tombstone, for nobody demanded to be forgotten; an objection stays in
 * force as a suppression. Removing has two halves, see rights.h.
 */
#ifndef ONLYLEADS_RETENTION_H_
#define ONLYLEADS_RETENTION_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A dry run: what is past its period now, one row per class and table. Columns: retention_class,
 * rule (its id in the pack), table, period (ISO 8601), due (rows that a run would remove), held
 * (rows past their period that a hold keeps), oldest_us (the earliest instant among both, NULL when
 * there are none), plan_token (the same in every row). Removes nothing, stores nothing.
 *
 * inactive_days: how many days without use make a prospect inactive, at most 36500; 0: 730, the 24
 * months that the pack suggests where the customer has set no limit. Errors: OL_INVALID_ARGUMENT,
 * OL_CANCELLED.
 * Reads everybody of the organization, page by page; the lock is free between pages. */
OL_API int32_t ol_retention_plan(ol_workspace* workspace, int32_t inactive_days, ol_rows** out,
                                 ol_error* err);

/** Told between transactions: rows removed so far by this call, and rows that were planned. Return
 * non-zero to stop with OL_CANCELLED; what was removed stays so, and the same plan goes on. */
typedef int32_t (*ol_retention_progress)(void* ctx, int64_t rows, int64_t planned);

/** How much one ol_retention_run may do. Zero means default everywhere. */
typedef struct ol_retention_options {
  /** sizeof(ol_retention_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** About how many rows at most; 0: no bound. Log rows of one instant, and the rejected rows of
   * one import, go together; the organization is one row and goes last. */
  int64_t max_rows;
  /** Told between transactions; NULL: silent. */
  ol_retention_progress progress;
  /** Handed to progress as it is. */
  void* progress_ctx;
} ol_retention_options;

/** What it removed. */
typedef struct ol_retention_report {
  /** Set by the caller: sizeof(ol_retention_report). */
  uint32_t struct_size;
  /** 1: nothing of the plan is left but what is held; 0: max_rows was reached. */
  int32_t done;
  /** Inactive prospects. */
  int64_t people;
  /** Deleted prospects, for good. */
  int64_t deleted;
  /** Rows of logs and of the usage log. */
  int64_t logs;
  /** 1: the organization itself, with all that was left of it. */
  int64_t accounts;
} ol_retention_report;

/** Removes what the plan named and nothing else: what is past its period as of the plan's instant,
 * and was not held at any time since then; whoever was used again meanwhile stays. In bounded
 * transactions and key order; killed or stopped it can be called again with the same plan, and
 * calling it once more changes nothing. Each transaction is audited.
 *
 * plan_token: from a row of ol_retention_plan. Errors: OL_INVALID_ARGUMENT when it is no plan of
 * this organization and installation; OL_CONFLICT when it is stale: older than a day, of another
 * version's rules, or more is due than was planned, and when the organization is due while messages
 * of it are on their way; OL_CANCELLED (progress, ol_engine_cancel). The
 * report is filled on success only; report and options may be NULL. Blocks; progress runs on the
 * calling thread without the lock and must not enter the engine. */
OL_API int32_t ol_retention_run(ol_workspace* workspace, ol_str plan_token,
                                const ol_retention_options* options, ol_retention_report* report,
                                ol_error* err);

/** Places a hold (GDPR 17(3)(e), 18(2)): until it ends nobody's data that it covers is deleted,
 * erased or removed by retention; ol_prospects_erase and ol_prospects_delete answer OL_DENIED. It
 * permits no use: objections, opt-outs and suppressions work as ever.
 *
 * prospect_id: one person, live or deleted; all zero: everybody of the organization. reason: why,
 * as a code of 1 to 64 lower-case letters, digits and underscores, such as "claim_2026_17"; it is
 * audited, so no personal data. until_us: when it ends by itself; 0: when it is released (the pack
 * asks for a review every six months). *out is the hold's id. Errors: OL_INVALID_ARGUMENT,
 * OL_NOT_FOUND for an unknown person. */
OL_API int32_t ol_hold_place(ol_workspace* workspace, ol_id prospect_id, ol_str reason,
                             int64_t until_us, ol_id* out, ol_error* err);

/** Ends a hold; the original clock goes on as if it had never been. Twice is the same as once.
 * OL_NOT_FOUND for an unknown one. */
OL_API int32_t ol_hold_release(ol_workspace* workspace, ol_id hold_id, ol_error* err);

/** Holds, also ended ones, oldest first: hold_id, prospect_id (NULL: everybody), reason,
 * placed_at_us, until_us (NULL: until released), released_at_us (NULL: not released). limit 0: 1000
 * rows a page. */
OL_API int32_t ol_hold_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                            ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_RETENTION_H_ */
