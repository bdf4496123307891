/* onlyleads/campaigns.h: a sequence of steps, an audience, a sender.
 *
 * A campaign is a JSON document:
 *   {"name": "...", "sender_id": "...",
 *    "profile": "balanced",            optional, else the engine's
 *    "lia_on_file": true,              a legitimate-interests assessment is approved
 *    "role_related": true,             the offer relates to the recipient's professional role
 *    "art14_in_template": true,        the first message carries the Article 14 information
 *    "content": ["sender_identity"...], message elements the templates contain (ids of the rules)
 *    "steps": [{"action": "invitation", "template": "Hello {{first_name}} ..."},
 *              {"action": "message", "after": "acceptance", "delay_s": 3600, "template": "..."},
 *              {"action": "message", "delay_s": 259200, "template": "..."}],
 *    "variables": {"opt_out": "..."}}  values for templates beside the person's and the sender's
 * A person who is connected to the sender already skips the invitation. A reply stops the sequence.
 * Templates are plain text with {{variable}}; a variable without a value is an error for that
 * person, never an empty place: the person's fields (first_name, last_name, company, title,
 * industry, city, country), sender_name, organization_name, and variables.
 */
#ifndef ONLYLEADS_CAMPAIGNS_H_
#define ONLYLEADS_CAMPAIGNS_H_

#include "onlyleads/prospects.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Creates a campaign. external_ref may be empty; creating the same ref again returns the existing
 * campaign. OL_INVALID_JSON, OL_INVALID_ARGUMENT (names the member), OL_NOT_FOUND (sender). */
OL_API int32_t ol_campaign_create(ol_workspace* workspace, ol_str spec_json, ol_str external_ref,
                                  ol_id* out, ol_error* err);

/* campaign_id, name, external_ref, sender_id, created_at_us. */
OL_API int32_t ol_campaign_list(ol_workspace* workspace, ol_rows** out, ol_error* err);

/* Offers people to the campaign. Each is decided now for their first step, recorded, and enrolled
 * or refused: prospect_id, enrolled (0 or 1), reason (a reason code, or already_enrolled,
 * not_found, no_linkedin, missing_variable, too_long). Idempotent: enrolling again changes nothing.
 * Every later step is decided again when it is queued and once more when it is claimed. */
OL_API int32_t ol_campaign_enroll(ol_workspace* workspace, ol_id campaign_id,
                                  const ol_id* prospect_ids, size_t count, ol_rows** out,
                                  ol_error* err);

/* prospect_id, state (active, waiting, sending, completed, refused, stopped, parked), step,
 * due_at_us, reason. */
OL_API int32_t ol_campaign_enrollments(ol_workspace* workspace, ol_id campaign_id,
                                       ol_str page_token, int32_t limit, ol_rows** out,
                                       ol_error* err);

/* The text a person would get for a step, as one row: body, utf16_units, limit_units.
 * OL_MISSING_VARIABLE names the variable; OL_LIMIT when it is too long for the channel. */
OL_API int32_t ol_campaign_render(ol_workspace* workspace, ol_id campaign_id, ol_id prospect_id,
                                  int32_t step, ol_rows** out, ol_error* err);

/* The person accepted before (a row of a connections export): the sender is connected to them, so
 * campaigns skip the invitation. Recorded by webhook otherwise. */
OL_API int32_t ol_relation_add(ol_workspace* workspace, ol_id sender_id, ol_id prospect_id,
                               ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_CAMPAIGNS_H_ */
