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

/* org_id, name, country, external_ref, created_at_us of every organization. */
OL_API int32_t ol_organization_list(ol_engine* engine, ol_rows** out, ol_error* err);

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
} ol_sender_options;
#define OL_NO_GAP (-1)

/* Connects a sender. A disconnected or stopped one of the same account comes back under its id with
 * these options, and its campaigns go on. OL_ALREADY_EXISTS when this organization has the account
 * already and it works; OL_TIME_ZONE for an unknown zone. */
OL_API int32_t ol_sender_connect(ol_workspace* workspace, const ol_sender_options* options,
                                 ol_id* out, ol_error* err);

/* sender_id, member_id, name, account_id, base_url, premium, zone, state, paused_until_us,
 * stop_reason, and the limits in force: invitations_per_day, invitations_per_week, messages_per_day,
 * messages_per_week, profiles_per_day, profiles_per_week. */
OL_API int32_t ol_sender_list(ol_workspace* workspace, ol_rows** out, ol_error* err);

/* Stops a sender at once: queued messages stay queued, nothing more is claimed. */
OL_API int32_t ol_sender_disconnect(ol_workspace* workspace, ol_id sender_id, ol_error* err);

/* The account is in order again (its user signed in anew, a restriction was lifted, the key was put
 * right): clears the stop that the provider's answer caused, or a disconnection. A pause for a
 * limit runs on. What was queued goes on by itself. OL_NOT_FOUND. */
OL_API int32_t ol_sender_resume(ol_workspace* workspace, ol_id sender_id, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ORGANIZATIONS_H_ */
