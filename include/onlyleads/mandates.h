/** @file
 * onlyleads/mandates.h: a member's authorisation to send on their behalf.
 *
 * Messages go out from a person's own account, so that person must have agreed: to this, in words
 * that can be shown, for these channels, until they say otherwise. A mandate is the record of it.
 * Nothing is queued or claimed for a sender on a channel that no mandate covers: both read it in
 * their own transaction, and a trigger of the schema refuses such a message besides.
 *
 * Connecting a sender (organizations.h) records one in the same transaction: the member signs in on
 * the provider's hosted page, which is the authorisation for every channel of that account, unless
 * the host narrows the scope. A host that asks its members for more records that here.
 *
 * What waits for a mandate is parked with the reason "no_mandate" and goes on by itself when one
 * that covers it is recorded. Channels of a LinkedIn sender: linkedin_invite_note,
 * linkedin_message.
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_MANDATES_H_
#define ONLYLEADS_MANDATES_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a member authorised. */
typedef struct ol_mandate_options {
  /** sizeof(ol_mandate_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** Who agreed; must be the sender's member. */
  ol_id member_id;
  /** The account to send from. */
  ol_id sender_id;
  /** Channel ids with commas between them; empty: every channel of the sender. */
  ol_str scope;
  /** The host's name for the text agreed to, required, at most 512 bytes. */
  ol_str text_version;
  /** SHA-256 of that text, 64 hexadecimal digits, required. */
  ol_str text_digest;
  /** The host's reference to the proof, at most 512 bytes; empty: none. */
  ol_str evidence_ref;
  /** When; 0: now. At most 5 minutes ahead of the host's clock. */
  int64_t given_at_us;
} ol_mandate_options;

/** Records a mandate; *out is its id.
 *
 * It adds to those the sender has. Messages and steps that were parked for want of it are queued
 * and due again. Errors: OL_NOT_FOUND for the sender; OL_INVALID_ARGUMENT, OL_LIMIT and
 * OL_INVALID_UTF8 name the option.
 */
OL_API int32_t ol_mandate_record(ol_workspace* workspace, const ol_mandate_options* options,
                                 ol_id* out, ol_error* err);

/** The member takes it back.
 *
 * From the moment this returns no message on a channel that no other mandate of the sender covers
 * can be claimed by any process; queued ones are parked in the same transaction. The rows are
 * messages of the sender that were on their way or whose outcome is open, and which are not tried
 * again: message_id, prospect_id, channel, started_at_us. The record stays, with the instant of its
 * end. Idempotent. *out: ol_rows_free. OL_NOT_FOUND.
 */
OL_API int32_t ol_mandate_revoke(ol_workspace* workspace, ol_id mandate_id, ol_rows** out,
                                 ol_error* err);

/** Every mandate ever recorded, oldest first; limit 0: 1,000. *out: ol_rows_free.
 *
 * Columns: mandate_id, sender_id, member_id, scope (channel ids with commas), text_version,
 * text_digest (hexadecimal, empty: none), evidence_ref, given_at_us, recorded_at_us, revoked_at_us
 * (NULL while it holds).
 */
OL_API int32_t ol_mandate_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                               ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_MANDATES_H_ */
