/** @file
 * onlyleads/campaigns.h: a sequence of steps, an audience, a sender.
 *
 * A campaign is a JSON document:
 *
 *     {"name": "...", "sender_id": "...",
 *      "profile": "balanced",            optional, else the engine's
 *      "lia_on_file": true,              a legitimate-interests assessment is approved
 *      "role_related": true,             the offer relates to the recipient's professional role
 *      "art14_in_template": true,        the first message carries the Article 14 information
 *      "content": ["sender_identity"...], message elements the templates contain (ids of the rules)
 *      "steps": [{"action": "invitation", "template": "Hello {{first_name}} ..."},
 *                {"action": "message", "after": "acceptance", "delay_s": 3600, "template": "..."},
 *                {"action": "message", "delay_s": 259200, "template": "..."}],
 *      "variables": {"opt_out": "..."}}  values for templates beside the person's and the sender's
 *
 * 1 to 32 steps; delay_s up to 400 days; a template up to 32 KiB. A person who is connected to the
 * sender already skips the invitation. A reply stops the sequence. An unknown member is an error.
 *
 * Templates are plain text with {{variable}}; a variable without a value is an error for that
 * person, never an empty place: the person's fields (first_name, last_name, company, title,
 * industry, city, country), sender_name, organization_name, and variables.
 *
 * Sources: lia_on_file GDPR 6(1)(f); art14_in_template GDPR 14(3)(b), the notice at the latest with
 * the first message; content: message_content in the rules (PECR 23, ePrivacy Directive 13(4),
 * E-Commerce Directive 6, 15 USC 7704, CASL s6(2), by country).
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk; nothing
 * is sent before ol_engine_run.
 */
#ifndef ONLYLEADS_CAMPAIGNS_H_
#define ONLYLEADS_CAMPAIGNS_H_

#include "onlyleads/prospects.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Creates a campaign; *out is its id.
 *
 * external_ref: the host's own key, at most 512 bytes; may be empty. Creating the same ref again
 * returns the existing campaign, whatever the document says then. Errors: OL_INVALID_JSON,
 * OL_INVALID_ARGUMENT (names the member), OL_NOT_FOUND (sender), OL_LIMIT.
 */
OL_API int32_t ol_campaign_create(ol_workspace* workspace, ol_str spec_json, ol_str external_ref,
                                  ol_id* out, ol_error* err);

/** Every campaign: campaign_id, name, external_ref, sender_id, created_at_us. */
OL_API int32_t ol_campaign_list(ol_workspace* workspace, ol_rows** out, ol_error* err);

/** Offers people to the campaign; one row for each, in the order given.
 *
 * Each is decided now for their first step, the decision recorded, and enrolled or refused:
 * prospect_id, enrolled (0 or 1), reason (a reason code of the rules, or already_enrolled,
 * not_found, no_linkedin, missing_variable, too_long, already_connected when no step is left for
 * them). A refusal is an answer, not an error. Idempotent: enrolling again changes nothing, and a
 * refusal stays with its campaign. Every later step is decided again when it is queued and once
 * more when it is claimed.
 *
 * prospect_ids: count of them, at most 10,000; may be NULL when count is 0. *out: ol_rows_free.
 * Errors: OL_NOT_FOUND (campaign), OL_LIMIT, OL_CANCELLED (who was offered before stays so; the
 * same call again answers for everybody).
 */
OL_API int32_t ol_campaign_enroll(ol_workspace* workspace, ol_id campaign_id,
                                  const ol_id* prospect_ids, size_t count, ol_rows** out,
                                  ol_error* err);

/** Where each person of a campaign stands.
 *
 * Columns: prospect_id, state (active: the step is due at due_at_us; waiting for an acceptance;
 * sending; completed; refused by the decision of a later step; stopped by a reply or an objection;
 * parked: a person must decide), step (from 0), due_at_us, reason. *out: ol_rows_free.
 */
OL_API int32_t ol_campaign_enrollments(ol_workspace* workspace, ol_id campaign_id,
                                       ol_str page_token, int32_t limit, ol_rows** out,
                                       ol_error* err);

/** The text a person would get for a step, as one row: body, utf16_units, limit_units.
 *
 * step counts from 0. LinkedIn counts UTF-16 units: a note may have 200, 300 of a premium account
 * (Unipile, POST /users/invite). Stores and decides nothing. *out: ol_rows_free. Errors:
 * OL_MISSING_VARIABLE names the variable; OL_LIMIT when it is too long for the channel;
 * OL_NOT_FOUND (campaign, person); OL_INVALID_ARGUMENT (no such step).
 */
OL_API int32_t ol_campaign_render(ol_workspace* workspace, ol_id campaign_id, ol_id prospect_id,
                                  int32_t step, ol_rows** out, ol_error* err);

/** The person accepted before (a row of a connections export): campaigns of this sender skip the
 * invitation.
 *
 * Recorded by webhook otherwise. Idempotent. Errors: OL_NOT_FOUND for either.
 */
OL_API int32_t ol_relation_add(ol_workspace* workspace, ol_id sender_id, ol_id prospect_id,
                               ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_CAMPAIGNS_H_ */
