/** @file
 * onlyleads/sending.h: what is queued, on its way, sent, or open.
 *
 * A message's states: queued, in_flight (claimed: intent is on disk before the call starts), sent,
 * not_sent (certainly not; terminal), unknown (it may have gone out; the provider is asked, it is
 * never blindly repeated), parked (a person must decide), cancelled.
 *
 * Unknown exists because Unipile documents no idempotency key for sends: after a timeout, or an
 * answer that does not tell, only looking the message up at the provider says what happened.
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_SENDING_H_
#define ONLYLEADS_SENDING_H_

#include "onlyleads/campaigns.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Messages of the organization, in person order; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: message_id, prospect_id, campaign_id, step, channel (linkedin_invite_note,
 * linkedin_message), state, attempts, outcome (a code), remote_id and target (the provider's ids),
 * due_at_us, started_at_us, sent_at_us. What has not happened yet is NULL. A queued message with an
 * outcome was tried and not taken: the code is the provider's, or says how the call failed.
 */
OL_API int32_t ol_outbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                              ol_rows** out, ol_error* err);

/** @name Answers of ol_outbox_cancel */
/** @{ */
/** It will not go out. */
#define OL_CANCEL_DONE 1
/** Too late: the provider took it. */
#define OL_CANCEL_ALREADY_SENT 2
/** On its way or open; if it did not go out it is never retried. */
#define OL_CANCEL_IN_FLIGHT 3
/** @} */

/** Cancels one message; *out is one of the answers above.
 *
 * Cancelling twice answers the same. Binds every process when it has returned. OL_NOT_FOUND.
 */
OL_API int32_t ol_outbox_cancel(ol_workspace* workspace, ol_id message_id, int32_t* out,
                                ol_error* err);

/** What the send ledger knows of an identifier, also after its person was erased.
 *
 * identifier: address, LinkedIn URL, public identifier or member id. The ledger keeps people as
 * keyed digests, so an identifier finds and nothing lists; it answers a request of access (GDPR 15)
 * and keeps a person from being written to twice. Columns: campaign_id, step, channel, message_id,
 * outcome (intent, sent, unknown, not_sent), recorded_at_us. Empty when nothing was sent. *out:
 * ol_rows_free. OL_INVALID_ARGUMENT when the text is no identifier.
 */
OL_API int32_t ol_ledger_find(ol_workspace* workspace, ol_str identifier, ol_rows** out,
                              ol_error* err);

/** Decisions on one person, oldest first; empty for nobody. *out: ol_rows_free.
 *
 * Columns: decision_id, campaign_id, step, channel, stage (enroll, enqueue, claim: each message is
 * decided at all three), allowed (0 or 1), reason (a reason code of the rules), lawful_basis (NULL
 * when refused; GDPR 6(1)), profile, decided_at_us, pack_version (of the
 * policy pack that decided). They are the record that GDPR 5(2) asks for.
 */
OL_API int32_t ol_decision_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                ol_error* err);

/** What left about one person: who received what, and when (GDPR 15(1)(c), 19).
 *
 * Columns: sub_processor_id, purpose, data_categories (names with commas between:
 * "account_identifier,message_text"), disclosed_at_us. Empty for nobody. *out: ol_rows_free.
 */
OL_API int32_t ol_disclosure_list(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                  ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_SENDING_H_ */
