/* onlyleads/organizations.h: the customers of the host, their members and their senders.
 *
 * An organization is the controller of its prospects' data; a workspace is the only handle on it,
 * so no call can reach across. A sender is a member's LinkedIn account, connected at the provider
 * through its hosted sign-in: the library never sees a LinkedIn password or cookie, only the
 * provider's account id.
 */
#ifndef ONLYLEADS_ORGANIZATIONS_H_
#define ONLYLEADS_ORGANIZATIONS_H_

#include "onlyleads/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ol_workspace ol_workspace;

/* Facts about a new organization. */
typedef struct ol_organization_options {
  uint32_t struct_size; /* sizeof(ol_organization_options) */
  uint32_t reserved0;
  ol_str external_ref; /* the host's own key; creating it again opens the existing one */
  ol_str country; /* ISO 3166-1 alpha-2; empty: "GB". Its law adds content duties to messages */
  int32_t dpa_missing; /* 1: no processor contract (GDPR 28(3)) yet, every send is refused */
  int32_t reserved1;
} ol_organization_options;

/* Creates an organization and returns a workspace on it. options may be NULL. *out is yours. */
OL_API int32_t ol_organization_create(ol_engine* engine, ol_str name,
                                      const ol_organization_options* options, ol_workspace** out,
                                      ol_error* err);

/* org_id, name, country, external_ref, created_at_us, active_until_us, account_data_until_us of
 * every organization; the last two NULL while no end of the subscription is known.
 * account_data_until_us is twelve calendar months (UTC) after the end: until then account data may
 * be kept (retention class "account" of the rules, GDPR 5(1)(e)). */
OL_API int32_t ol_organization_list(ol_engine* engine, ol_rows** out, ol_error* err);

/* Says when the customer's subscription ends or ended; OL_NEVER: no end is known, as after
 * creation. From that instant of the host's clock on nothing of the organization is queued or
 * claimed: due steps and queued messages wait, what is on its way is still looked after, webhooks
 * are still taken, and ol_engine_run counts the organization in subscriptions_ended. A later end
 * lets what waited go on. OL_NOT_FOUND, OL_INVALID_ARGUMENT (active_until_us is no instant from
 * 1970 to the year 9000). */
OL_API int32_t ol_organization_set_subscription(ol_engine* engine, ol_id org_id,
                                                int64_t active_until_us, ol_error* err);

/* Told while a whole organization is worked through: rows done so far and rows in all, as counted
 * at the start. Return non-zero to stop with OL_CANCELLED. Called on the calling thread, without
 * the engine's lock; entering the engine from it is OL_MISUSE. */
typedef int32_t (*ol_work_progress)(void* ctx, int64_t done, int64_t total);

typedef struct ol_work_options {
  uint32_t struct_size; /* sizeof(ol_work_options) */
  uint32_t reserved0;
  ol_work_progress progress; /* NULL: silent */
  void* progress_ctx;
} ol_work_options;

/* Writes everything of the organization into a new file at path (GDPR 28(3)(g): return at the end
 * of the service), one state of the database while other calls go on. The file is UTF-8 JSON Lines:
 *   {"format": "onlyleads.organization", "version": 1, "schema", "org_id", "exported_at_us"}
 *   {"table": "prospects", "row": {"prospect_id": "...", "first_name": "...", ...}}  for each row
 *   {"end": true, "rows": n}  without this line the file is not whole
 * Tables and columns are those of the column registry; sealed secrets are left out. Ids are in text
 * form, other bytes hexadecimal, instants microseconds, documents JSON text in a string; cells are
 * as stored, not neutralised for spreadsheets. Rows of a table that others refer to come first. The
 * file is readable by its owner alone (0600), synced to the disk when this returns, never one that
 * was there (OL_ALREADY_EXISTS), and removed again when the call fails. *out_rows: how many.
 * Errors: OL_NOT_FOUND, OL_IO, OL_DISK_FULL, OL_CANCELLED (also by ol_engine_cancel). options may
 * be NULL. Any thread; holds the engine's lock for moments only. */
OL_API int32_t ol_organization_export(ol_engine* engine, ol_id org_id, ol_str path,
                                      const ol_work_options* options, int64_t* out_rows,
                                      ol_error* err);

/* Deletes the organization (GDPR 28(3)(g)), for good: its people, campaigns, messages, members,
 * senders with their sealed keys, and with the marketing that they guarded also its suppressions,
 * tombstones and send ledger; provider accounts that nobody else uses. What stays is its audit
 * chain, which holds codes, counts and ids (GDPR 5(2)), and an entry in the installation's own
 * chain. Sending stops first and for good, also when the deletion ends early: the subscription ends
 * and the senders are disconnected. Then rows go in bounded transactions, and the organization with
 * the last one; other calls on it meanwhile see less and less. Stopped or killed, it goes on when
 * called again. *out_rows: how many rows this call removed. Errors: OL_NOT_FOUND, OL_CONFLICT
 * (messages are in flight: run the engine, then again), OL_CANCELLED, OL_BUSY. options may be NULL.
 */
OL_API int32_t ol_organization_delete(ol_engine* engine, ol_id org_id,
                                      const ol_work_options* options, int64_t* out_rows,
                                      ol_error* err);

/* A workspace on an existing organization; OL_NOT_FOUND when there is none. *out is yours. */
OL_API int32_t ol_workspace_open(ol_engine* engine, ol_id org_id, ol_workspace** out,
                                 ol_error* err);
OL_API void ol_workspace_free(ol_workspace* workspace);

/* The organization of a workspace; all zero for NULL. */
OL_API ol_id ol_workspace_org_id(const ol_workspace* workspace);

/* Adds a member (a user of the customer). */
OL_API int32_t ol_member_add(ol_workspace* workspace, ol_str name, ol_str email, ol_id* out,
                             ol_error* err);

/* Limits of a sender are rolling windows over the provider account, whoever uses it; an action that
 * found no room waits, missed room is never caught up. Defaults are below what the provider
 * documents as safe for a premium account. */
typedef struct ol_sender_options {
  uint32_t struct_size;   /* sizeof(ol_sender_options) */
  int32_t premium;        /* 1: notes of 300 UTF-16 units instead of 200 */
  ol_id member_id;        /* whose account it is */
  ol_str name;            /* the name templates sign with; empty: the member's */
  ol_str provider;        /* empty: "unipile" */
  ol_str account_id;      /* the provider's id of the connected account */
  ol_str base_url;        /* the provider's DSN with scheme, e.g. https://api8.unipile.com:13443 */
  ol_str api_key;         /* sealed before it is stored */
  ol_str webhook_secret;  /* shared secret of incoming webhooks; sealed before it is stored */
  ol_str webhook_header;  /* header that carries it; empty: "Unipile-Auth" */
  ol_str zone;            /* IANA zone of the working hours; empty: "UTC" */
  int32_t work_start_min; /* minutes after local midnight; both 0: 09:00 to 17:30 */
  int32_t work_end_min;   /* exclusive; start < end <= 1440 */
  uint32_t work_days;     /* bit 0 Monday ... bit 6 Sunday; 0: Monday to Friday */
  int32_t invitations_per_day;  /* 0: 30 */
  int32_t invitations_per_week; /* 0: 120 */
  int32_t messages_per_day;     /* 0: 60 */
  int32_t messages_per_week;    /* 0: 300 */
  int32_t profiles_per_day;     /* 0: 60 */
  int32_t profiles_per_week;    /* 0: 300 */
  int32_t min_gap_s;            /* between two writes; 0: 60. OL_NO_GAP: none */
  int32_t reserved0;
  int32_t reserved1;
  /* The member's authorisation to send on their behalf, recorded with the connection as by
   * ol_mandate_record (mandates.h). Signing in on the provider's hosted page is that authorisation:
   * all four empty record one for every channel of the sender, version "hosted_auth". */
  ol_str mandate_scope;    /* channel ids with commas; empty: every channel of the sender */
  ol_str mandate_version;  /* of the text the member agreed to; empty: "hosted_auth" */
  ol_str mandate_digest;   /* SHA-256 of that text, 64 hexadecimal digits; empty: none */
  ol_str mandate_evidence; /* the host's reference to the proof; empty: none */
} ol_sender_options;
#define OL_NO_GAP (-1)

/* Connects a sender, and records the member's mandate in the same transaction; earlier mandates of
 * the sender end with it. A disconnected or stopped one of the same account comes back under its id
 * with these options, and its campaigns go on. OL_ALREADY_EXISTS when this organization has the
 * account already and it works; OL_TIME_ZONE for an unknown zone. */
OL_API int32_t ol_sender_connect(ol_workspace* workspace, const ol_sender_options* options,
                                 ol_id* out, ol_error* err);

/* sender_id, member_id, name, account_id, base_url, premium, zone, state, paused_until_us,
 * stop_reason. */
OL_API int32_t ol_sender_list(ol_workspace* workspace, ol_rows** out, ol_error* err);

/* Stops a sender at once: from the moment this returns nothing of theirs can be claimed by any
 * process. Queued messages wait for a connection or ol_sender_resume. The rows are messages that
 * were already on their way or whose outcome is open: message_id, prospect_id, channel,
 * started_at_us. Idempotent. OL_NOT_FOUND. */
OL_API int32_t ol_sender_disconnect(ol_workspace* workspace, ol_id sender_id, ol_rows** out,
                                    ol_error* err);

/* The account is in order again (its user signed in anew, a restriction was lifted, the key was put
 * right): clears the stop that the provider's answer caused, or a disconnection. A pause for a
 * limit runs on. What was queued goes on by itself. OL_NOT_FOUND. */
OL_API int32_t ol_sender_resume(ol_workspace* workspace, ol_id sender_id, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ORGANIZATIONS_H_ */
