/** @file
 * onlyleads/rights.h: what a person may demand to see, and whether what they had erased is gone.
 *
 * Objecting and erasing are in prospects.h, for they change what the organization may do; here is
 * the copy of everything (GDPR 15) and the second half of an erasure.
 *
 * A removal has two halves. Logically it is complete when the verb returns: no verb finds the
 * person any more. Physically the database overwrites what it deletes, but its write-ahead log may
 * still hold older pages for as long as somebody reads through it. Removals in that state are
 * counted, durably, so that neither a crash nor a restart forgets them.
 */
#ifndef ONLYLEADS_RIGHTS_H_
#define ONLYLEADS_RIGHTS_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A copy of everything stored about one person, as one JSON document (GDPR 15(1), 15(3)). It is
 * made from the register of columns, so that a column that is added later cannot be left out:
 *
 *   format        "onlyleads.access/1"
 *   law           "GDPR 15"
 *   prospect_id   text form
 *   made_at_us    when the copy was made
 *   controller    {"name", "country"}: the organization
 *   data          {"section": [{"field": value}]}: prospects, sources (lists beside the first),
 *                 identifiers, contact_points, preferences, suppressions, restrictions, scores
 *                 (with their factors), signals, enrollments, decisions (with the codes of their
 *                 reasons), messages, replies, relations, sender_profiles, chats, disclosures,
 *                 send_ledger, holds, record (what was done with the data, and when); a section
 *                 without rows is absent. Instants are microseconds since 1970 UTC.
 *   categories    [{"category", "fields", "sources", "purposes": [{"purpose", "lawful_basis"}],
 *                 "retention": [class], "recipients": [sub_processor_id]}] (15(1)(a), (b), (g));
 *                 recipients are those who received data of this category
 *   recipients    [{"sub_processor_id", "name", "region", "safeguard", "transfer_record",
 *                 "no_training"}]: who received data of this person (15(1)(c), 15(2))
 *   retention     [{"class", "rule", "starts_with", "period"}]: an ISO 8601 period or "indefinite";
 *                 rule is its id in the decision pack (15(1)(d))
 *   rights        [{"right", "article", "text"}] (15(1)(e), (f))
 *   automated     {"scoring", "consequences", "decisions"}: the logic in words (15(1)(h))
 *   earlier       [copy]: of somebody who was deleted and came back with another list, what is kept
 *                 from before, until it is purged
 *   deleted       {"deleted_at_us", "class", "removed_at_us"}: of a person who was deleted, in
 * place of "earlier"; all of the copy goes with class "prospect_soft_deleted"
 *
 * Nothing of anybody else is in it (15(4)): no member and no address of the sender beyond what a
 * message to the person says, no other person, also where both share a company, a role mailbox or a
 * campaign. For a person who was deleted it is the copy that was made then. The request is audited.
 * Verifying who asks is the caller's task (GDPR 12(6)).
 *
 * *out is yours: ol_rows_free. Errors: OL_NOT_FOUND for nobody and for who was erased or purged;
 * OL_CORRUPT when the copy of a deleted person does not open. Any thread; blocks on the engine's
 * lock and the disk. */
OL_API int32_t ol_rights_access(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                ol_error* err);

/** How many removals (erasures, deletions, purges) may still have bytes in the write-ahead log, and
 * since when the oldest of them; both 0 when all is gone. A removal tries to clear them at once
 * where the database has at most 16 MiB, and of many in a row above 4 MiB few do; so does
 * ol_engine_open. ol_engine_run always tries. A reader in any process (a backup, another engine, a
 * shell) puts it off until it ends. What lies below the database is the host's: a copying
 * file system, a disk that remaps, snapshots and backups keep what they keep.
 *
 * out_pending and out_since_us must not be NULL. Errors: those of every verb. Any thread; blocks on
 * the engine's lock and the disk. */
OL_API int32_t ol_rights_residue(ol_engine* engine, int64_t* out_pending, int64_t* out_since_us,
                                 ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_RIGHTS_H_ */
