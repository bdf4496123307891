/* onlyleads/sending.h: what is queued, on its way, sent, or open.
 *
 * A message's states: queued, in_flight (claimed: intent is on disk before the call starts), sent,
 * not_sent (certainly not; terminal), unknown (it may have gone out; the provider is asked, it is
 * never blindly repeated), parked (a person must decide), cancelled.
 */
#ifndef ONLYLEADS_SENDING_H_
#define ONLYLEADS_SENDING_H_

#include "onlyleads/campaigns.h"

#ifdef __cplusplus
extern "C" {
#endif

/* message_id, prospect_id, campaign_id, step, channel, state, attempts, outcome (a code),
 * remote_id, target, due_at_us, started_at_us, sent_at_us. In person order. */
OL_API int32_t ol_outbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                              ol_rows** out, ol_error* err);

/* Answers of ol_outbox_cancel. */
#define OL_CANCEL_DONE 1         /* it will not go out */
#define OL_CANCEL_ALREADY_SENT 2 /* too late */
#define OL_CANCEL_IN_FLIGHT 3    /* on its way or open; if it did not go out it is never retried */

/* Cancels one message. *out is one of the answers above. */
OL_API int32_t ol_outbox_cancel(ol_workspace* workspace, ol_id message_id, int32_t* out,
                                ol_error* err);

/* What the send ledger knows of an identifier (address, LinkedIn URL, public identifier, member
 * id), also after the person was erased: campaign_id, step, channel, message_id, outcome (intent,
 * sent, unknown, not_sent), recorded_at_us. */
OL_API int32_t ol_ledger_find(ol_workspace* workspace, ol_str identifier, ol_rows** out,
                              ol_error* err);

/* Decisions on one person, oldest first: decision_id, campaign_id, step, channel, stage, allowed,
 * reason, lawful_basis, profile, decided_at_us, pack_version (of the policy pack that decided). */
OL_API int32_t ol_decision_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                ol_error* err);

/* What left about one person: sub_processor_id, purpose, data_categories, disclosed_at_us. */
OL_API int32_t ol_disclosure_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                  ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_SENDING_H_ */
