/** @file
 * onlyleads/organizations.h: the customers of the host, their members and their senders.
 *
 * An organization is the controller of its prospects' data (GDPR 4(7)), the host's company its
 * processor (GDPR 28); a workspace is the only handle on an organization, so no call can reach
 * across. A sender is a member's LinkedIn account, connected at the provider through its hosted
 * sign-in: the library never sees a LinkedIn password or cookie, only the provider's account id.
 *
 * Threads: every function from any thread; calls queue behind the engine's lock. Blocking: on the
 * lock and the disk; none makes a network call. A writing function is durable when it has returned.
 */
#ifndef ONLYLEADS_ORGANIZATIONS_H_
#define ONLYLEADS_ORGANIZATIONS_H_

#include "onlyleads/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The handle on one organization of an engine; opaque. Freed with ol_workspace_free. */
typedef struct ol_workspace ol_workspace;

/** Facts about a new organization. */
typedef struct ol_organization_options {
  /** sizeof(ol_organization_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** The host's own key, at most 512 bytes; creating it again opens the existing one. May be empty:
   * then every call creates another organization. */
  ol_str external_ref;
  /** ISO 3166-1 alpha-2; empty: "GB". Its law adds content duties to messages (message_content in
   * the rules), beside that of the recipient's country. */
  ol_str country;
  /** 1: no processor contract (GDPR 28(3)) yet, every send is refused. */
  int32_t dpa_missing;
  /** Zero. */
  int32_t reserved1;
} ol_organization_options;

/** Creates an organization and returns a workspace on it.
 *
 * name: at most 512 bytes, not empty. options may be NULL. *out is yours: ol_workspace_free. With a
 * known external_ref the existing organization is opened and nothing else is looked at. Errors:
 * OL_INVALID_ARGUMENT and OL_LIMIT name the argument.
 */
OL_API int32_t ol_organization_create(ol_engine* engine, ol_str name,
                                      const ol_organization_options* options, ol_workspace** out,
                                      ol_error* err);

/** Every organization. *out: ol_rows_free.
 *
 * Columns: org_id, name, country, external_ref, created_at_us, active_until_us (when the
 * subscription ends or ended), account_data_until_us (twelve calendar months in UTC after it: until
 * then account data may be kept, retention class "account" of the rules, GDPR 5(1)(e)). The last
 * two are NULL while no end is known.
 */
OL_API int32_t ol_organization_list(ol_engine* engine, ol_rows** out, ol_error* err);

/** Says when the customer's subscription ends or ended; OL_NEVER: no end is known, as at first.
 *
 * From that instant of the host's clock on nothing of the organization is queued or claimed: due
 * steps and queued messages wait, what is on its way is looked after, webhooks are taken, and
 * ol_engine_run counts the organization in subscriptions_ended. A later end lets what waited go on.
 * Errors: OL_NOT_FOUND; OL_INVALID_ARGUMENT for what is no instant from 1970 to the year 9000.
 */
OL_API int32_t ol_organization_set_subscription(ol_engine* engine, ol_id org_id,
                                                int64_t active_until_us, ol_error* err);

/** Told while a whole organization is worked through: rows done so far, and rows in all as counted
 * at the start.
 *
 * Return non-zero to stop with OL_CANCELLED. Called on the calling thread, without the engine's
 * lock; entering the engine from it is OL_MISUSE.
 */
typedef int32_t (*ol_work_progress)(void* ctx, int64_t done, int64_t total);

/** How work on a whole organization is watched. */
typedef struct ol_work_options {
  /** sizeof(ol_work_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** NULL: silent. */
  ol_work_progress progress;
  /** Handed to progress as it is. */
  void* progress_ctx;
} ol_work_options;

/** Writes everything of the organization into a new file at path: what the processor returns at the
 * end of the service (GDPR 28(3)(g)).
 *
 * The file is UTF-8 JSON Lines, one state of the database while other calls go on:
 *
 *     {"format": "onlyleads.organization", "version": 1, "schema", "org_id", "exported_at_us"}
 *     {"table": "prospects", "row": {"prospect_id": "...", "first_name": "...", ...}}
 *     {"end": true, "rows": n}
 *
 * Without the last line it is not whole. Tables and columns are those of the column registry,
 * sealed secrets left out; what others refer to comes first. Ids are in text form, other bytes
 * hexadecimal, instants microseconds, documents JSON text in a string; cells are as stored, not
 * neutralised for spreadsheets. The file is readable by its owner alone (0600), never one that was
 * there, synced to the disk when this returns, and removed again when the call fails.
 *
 * *out_rows: how many. options may be NULL. Errors: OL_NOT_FOUND, OL_ALREADY_EXISTS, OL_IO,
 * OL_DISK_FULL, OL_CANCELLED (by progress or ol_engine_cancel). Holds the engine's lock for
 * moments.
 */
OL_API int32_t ol_organization_export(ol_engine* engine, ol_id org_id, ol_str path,
                                      const ol_work_options* options, int64_t* out_rows,
                                      ol_error* err);

/** Deletes the organization for good (GDPR 28(3)(g)).
 *
 * With it go its people, campaigns, messages, members, senders with their sealed keys, and, with
 * the marketing that they guarded, its suppressions, tombstones and send ledger; also provider
 * accounts that nobody else uses. What stays is its audit chain of codes, counts and ids (GDPR
 * 5(2)), and an entry in the installation's own chain.
 *
 * Sending stops first and for good, also when the deletion ends early: the subscription ends, the
 * senders are disconnected. Then rows go in bounded transactions, the organization with the last;
 * other calls on it meanwhile see less and less. Stopped or killed, it goes on when called again.
 *
 * *out_rows: how many rows this call removed. options may be NULL. Errors: OL_NOT_FOUND;
 * OL_CONFLICT while messages are in flight (run the engine, then again); OL_DENIED while a hold
 * keeps somebody's data; OL_CANCELLED; OL_BUSY.
 */
OL_API int32_t ol_organization_delete(ol_engine* engine, ol_id org_id,
                                      const ol_work_options* options, int64_t* out_rows,
                                      ol_error* err);

/** A workspace on an existing organization; OL_NOT_FOUND when there is none.
 *
 * *out is yours: ol_workspace_free. Several workspaces on one organization are fine.
 */
OL_API int32_t ol_workspace_open(ol_engine* engine, ol_id org_id, ol_workspace** out,
                                 ol_error* err);

/** Frees the handle; NULL is fine. The organization stays, and so does a closed or freed engine
 * until its last workspace goes. Never blocks, never calls back. Any thread. */
OL_API void ol_workspace_free(ol_workspace* workspace);

/** The organization of a workspace; all zero for NULL or a freed one. Never blocks. Any thread. */
OL_API ol_id ol_workspace_org_id(const ol_workspace* workspace);

/** Adds a member: a user of the customer, to whom senders belong.
 *
 * name: what templates sign with unless the sender has a name of its own. email may be empty. Both
 * at most 512 bytes. *out is the member's id. Errors: OL_INVALID_ARGUMENT, OL_LIMIT.
 */
OL_API int32_t ol_member_add(ol_workspace* workspace, ol_str name, ol_str email, ol_id* out,
                             ol_error* err);

/** A LinkedIn account connected at a provider, and how much it may do.
 *
 * Limits are rolling windows over the provider account, whoever uses it: two organizations that
 * connect the same account share them. An action that found no room waits; missed room is never
 * caught up. Defaults are below what Unipile documents as safe for a premium account (its page on
 * provider limits: invitations 80 to 100 a day and 200 a week, messages and profiles about 100 a
 * day). Each limit is 1 to 10,000.
 */
typedef struct ol_sender_options {
  /** sizeof(ol_sender_options). */
  uint32_t struct_size;
  /** 1: notes of 300 UTF-16 units instead of the 200 of a free LinkedIn account (Unipile, POST
   * /users/invite). */
  int32_t premium;
  /** Whose account it is; of ol_member_add. */
  ol_id member_id;
  /** The name templates sign with; empty: the member's. */
  ol_str name;
  /** Empty: "unipile", the only one known. */
  ol_str provider;
  /** The provider's id of the connected account, required. */
  ol_str account_id;
  /** The provider's DSN with scheme, e.g. https://api8.unipile.com:13443; it differs by customer.
   * Through a proxy of the environment (https_proxy, http_proxy; no_proxy is kept to) every call
   * goes as a tunnel (CONNECT), except to this machine, where it goes straight. */
  ol_str base_url;
  /** Sealed with the installation's key before it is stored; no call gives it out again. */
  ol_str api_key;
  /** Shared secret of incoming webhooks; sealed likewise. Unipile V1 does not sign webhooks. */
  ol_str webhook_secret;
  /** Header that carries it; empty: "Unipile-Auth". */
  ol_str webhook_header;
  /** IANA zone of the working hours, e.g. "Europe/London"; empty: "UTC". */
  ol_str zone;
  /** Minutes after local midnight; both 0: 09:00 to 17:30. */
  int32_t work_start_min;
  /** Exclusive; start < end <= 1440. */
  int32_t work_end_min;
  /** Bit 0 Monday ... bit 6 Sunday; 0: Monday to Friday. */
  uint32_t work_days;
  /** In any 24 hours; 0: 30. */
  int32_t invitations_per_day;
  /** In any 7 days; 0: 120. */
  int32_t invitations_per_week;
  /** In any 24 hours; 0: 60. */
  int32_t messages_per_day;
  /** In any 7 days; 0: 300. */
  int32_t messages_per_week;
  /** In any 24 hours; 0: 60. */
  int32_t profiles_per_day;
  /** In any 7 days; 0: 300. */
  int32_t profiles_per_week;
  /** Seconds between two writes, at most a day; 0: 60. OL_NO_GAP: none. */
  int32_t min_gap_s;
  /** Zero. */
  int32_t reserved0;
  /** Zero. */
  int32_t reserved1;
  /** What the member authorises, recorded with the connection as by ol_mandate_record (mandates.h):
   * channel ids with commas; empty: every channel of the sender. Signing in on the provider's
   * hosted page is that authorisation: with all four empty a mandate for every channel is recorded.
   */
  ol_str mandate_scope;
  /** The host's name for the text the member agreed to; empty: "hosted_auth". */
  ol_str mandate_version;
  /** SHA-256 of that text, 64 hexadecimal digits; empty: none. */
  ol_str mandate_digest;
  /** The host's reference to the proof; empty: none. */
  ol_str mandate_evidence;
} ol_sender_options;

/** For ol_sender_options.min_gap_s: no pause between two writes. */
#define OL_NO_GAP (-1)

/** Connects a sender; *out is its id. No call is made: whether the key fits shows with a run.
 *
 * The member's mandate is recorded in the same transaction; earlier ones of the sender end with it.
 * A disconnected or stopped one of the same account comes back under its id with these options, and
 * its campaigns go on. Errors: OL_ALREADY_EXISTS when this organization has the account already and
 * it works; OL_TIME_ZONE for an unknown zone or missing zone data; OL_NOT_FOUND for the member;
 * OL_INVALID_ARGUMENT and OL_LIMIT name the option.
 */
OL_API int32_t ol_sender_connect(ol_workspace* workspace, const ol_sender_options* options,
                                 ol_id* out, ol_error* err);

/** Every sender: sender_id, member_id, name, account_id, base_url, premium, zone, state,
 * paused_until_us (NULL unless the provider asked for patience), stop_reason, and the limits in
 * force: invitations_per_day, invitations_per_week, messages_per_day, messages_per_week,
 * profiles_per_day, profiles_per_week. No secrets.
 *
 * state: "active"; "disconnected"; "stopped", by an answer of the provider that stop_reason names;
 * or "reconcile_only": its database is an older copy that was put back, and it asks the provider
 * what was sent since before it sends (engine.h). */
OL_API int32_t ol_sender_list(ol_workspace* workspace, ol_rows** out, ol_error* err);

/** Stops a sender at once: nothing more is claimed by any process, queued messages wait for the
 * next connection or ol_sender_resume.
 *
 * The rows are messages that were on their way or whose outcome is open: message_id, prospect_id,
 * channel, started_at_us. *out: ol_rows_free. Idempotent. OL_NOT_FOUND.
 */
OL_API int32_t ol_sender_disconnect(ol_workspace* workspace, ol_id sender_id, ol_rows** out,
                                    ol_error* err);

/** The account is in order again: its user signed in anew, a restriction was lifted, the key was
 * put right.
 *
 * Clears the stop that the provider's answer caused, or a disconnection; what was queued goes on by
 * itself. A pause for a limit runs on, and so does the reconcile-only mode. Idempotent.
 * OL_NOT_FOUND.
 */
OL_API int32_t ol_sender_resume(ol_workspace* workspace, ol_id sender_id, ol_error* err);

/** Ends the reconcile-only mode of a sender although ol_engine_run has not finished its looks at
 * the provider: somebody has looked, or the account cannot be read to its end.
 *
 * What was sent after the copy was made and is not in the ledger (host.h) may be sent again: the
 * caller answers for that, and the audit says "sender.release". Does nothing to a sender in another
 * state; a stop goes on. Idempotent. OL_NOT_FOUND.
 */
OL_API int32_t ol_sender_release(ol_workspace* workspace, ol_id sender_id, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ORGANIZATIONS_H_ */
