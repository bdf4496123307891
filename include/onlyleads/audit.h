/* onlyleads/audit.h: the record of what was decided and done, provably complete.
 *
 * Entries hold codes and ids, no personal data, and are written in the transaction they tell of.
 * ol_engine_run seals them per organization into a hash chain; the head is stored apart and signed
 * with the installation's key, so that a cut tail shows.
 */
#ifndef ONLYLEADS_AUDIT_H_
#define ONLYLEADS_AUDIT_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What ol_audit_verify found. */
typedef struct ol_audit_report {
  uint32_t struct_size;  /* set by the caller: sizeof(ol_audit_report) */
  int32_t intact;        /* 1: every chain is whole and ends at its signed head */
  int64_t sealed;        /* entries checked */
  int64_t unsealed;      /* entries no run has sealed yet */
  int64_t overdue;       /* of these, older than a few seconds of the host's clock */
  int64_t first_bad_seq; /* 0 when intact; first entry that was changed, removed or reordered */
  ol_id first_bad_org;   /* of that entry; all zero: the installation's own chain */
  char problem[32];      /* "", "changed", "removed", "reordered", "cut_tail", "head_forged" */
} ol_audit_report;

/* Recomputes every chain. Finding damage is a result, not an error. */
OL_API int32_t ol_audit_verify(ol_engine* engine, ol_audit_report* report, ol_error* err);

/* Entries of an organization, oldest first: entry_id, at_us, actor, verb, subject_id, detail (JSON
 * of codes and counts), seq (0 while unsealed). */
OL_API int32_t ol_audit_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                             ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_AUDIT_H_ */
