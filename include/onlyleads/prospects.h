/* onlyleads/prospects.h: the people an organization wants to reach.
 *
 * A prospect is a person with identifiers that are theirs alone (address, LinkedIn public
 * identifier, member id, Sales Navigator id); role mailboxes (info@, sales@) are kept as contact
 * points and never identify. Erased people are recognised by keyed digests of their identifiers and
 * do not come back.
 */
#ifndef ONLYLEADS_PROSPECTS_H_
#define ONLYLEADS_PROSPECTS_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Told between transactions of an import: rows done so far and bytes read of the file's size.
 * Return non-zero to stop with OL_CANCELLED; what is committed stays, and the same import started
 * again goes on. */
typedef int32_t (*ol_import_progress)(void* ctx, int64_t rows, int64_t bytes, int64_t total_bytes);

/* How a file is imported. */
typedef struct ol_import_options {
  uint32_t struct_size; /* sizeof(ol_import_options) */
  uint32_t reserved0;
  ol_str source;       /* where the data comes from, required (GDPR 14(2)(f)) */
  ol_str lawful_basis; /* an id of the rules' lawful bases, required, e.g. "legitimate_interests" */
  ol_str mapping_json; /* {"column header": "field or empty"}; empty: by the known headers */
  ol_str on_existing;  /* "fill" (default): only empty fields; "skip"; "overwrite" */
  ol_import_progress progress; /* NULL: silent */
  void* progress_ctx;
} ol_import_options;

/* Every data row ends in exactly one of created, updated, unchanged, suppressed, rejected; they add
 * up to rows. opt_outs counts rows that carried an opt-out flag with an address, whatever their
 * disposition: the address is suppressed for email. */
typedef struct ol_import_report {
  uint32_t struct_size; /* set by the caller: sizeof(ol_import_report) */
  int32_t resumed;      /* 1: went on with an import that was interrupted */
  ol_id import_id;      /* for ol_import_rejects */
  int64_t rows;
  int64_t created;
  int64_t updated;
  int64_t unchanged;
  int64_t suppressed; /* matched an erasure tombstone or an installation suppression; not stored */
  int64_t rejected;
  int64_t opt_outs;
} ol_import_report;

/* Imports a CSV file: comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252; any line end; header
 * below any preamble. Commits in batches together with its position: a killed import, started again
 * with the same file and options, goes on and reports the whole file once. Memory does not grow
 * with the file. Errors: OL_IO, OL_MAPPING_MISSING, OL_INVALID_ARGUMENT (names the option),
 * OL_LIMIT, OL_CANCELLED, OL_DISK_FULL. Progress runs without the lock. */
OL_API int32_t ol_prospects_import_csv(ol_workspace* workspace, ol_str path,
                                       const ol_import_options* options, ol_import_report* report,
                                       ol_error* err);

/* Rejected rows of an import in file order: line (physical, where the record starts), column (empty
 * where it is none), reason. Pages of at most limit rows (0: 1000); page_token from
 * ol_rows_next_page. */
OL_API int32_t ol_import_rejects(ol_workspace* workspace, ol_id import_id, ol_str page_token,
                                 int32_t limit, ol_rows** out, ol_error* err);

/* How a file would be read, as a JSON document: encoding, delimiter, header_row (line), header,
 * rows, mapping. limit rows at most; OL_PREVIEW_ALL for every row, whatever the header looks like.
 * Needs no engine and stores nothing. */
OL_API int32_t ol_csv_preview(ol_str path, int64_t limit, ol_rows** out, ol_error* err);
#define OL_PREVIEW_ALL (-1)

/* People of the organization. */
OL_API int32_t ol_prospects_count(ol_workspace* workspace, int64_t* out, ol_error* err);

/* The person with this address or LinkedIn URL (or bare public identifier or member id); give one.
 * *out is all zero when there is none. */
OL_API int32_t ol_prospects_find(ol_workspace* workspace, ol_str email, ol_str linkedin, ol_id* out,
                                 ol_error* err);

/* One person: prospect_id, first_name, last_name, company, title, industry, city, country,
 * recipient_type, emails (JSON list), linkedin (public identifier URL or empty), member_id,
 * sales_navigator_id, contact_points (JSON list), attributes (JSON), source, lawful_basis,
 * obtained_at_us, objected_at_us. OL_NOT_FOUND. */
OL_API int32_t ol_prospects_get(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                ol_error* err);

/* The same columns for everybody, in id order. limit 0: 1000. */
OL_API int32_t ol_prospects_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                                 ol_rows** out, ol_error* err);

/* The person objects (GDPR 21(2)): from the moment this returns no message to them can be claimed
 * by any process, on any channel or campaign of this organization. Queued messages are cancelled;
 * the rows are those already on their way: message_id, channel, started_at_us. Idempotent. */
OL_API int32_t ol_prospects_object(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                   ol_error* err);

/* Deletes the person because the customer has no more use for them: at once out of reach of every
 * verb but ol_rights_access, ol_prospects_erase and ol_hold_place, and never restored. One sealed
 * copy stays for requests of access; ol_engine_run removes it 30 days later, when no hold is placed
 * (the rule prospect_soft_deleted of the pack). No tombstone is left, for nobody demanded one: a
 * later import may bring the person back, as somebody new, with an objection still in force. Rows
 * as for object. OL_NOT_FOUND for nobody and the second time, OL_DENIED under a hold. */
OL_API int32_t ol_prospects_delete(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                   ol_error* err);

/* Erases the person on their demand (GDPR 17), also one who was deleted: unreachable by any verb at
 * once, remembered only as keyed digests so that they do not come back. The bytes go too, as soon
 * as no reader of the database needs them (ol_rights_residue). The rows are messages already on
 * their way, as for object. Erasing twice is OL_NOT_FOUND; OL_DENIED while a hold keeps the data
 * (GDPR 17(3)). */
OL_API int32_t ol_prospects_erase(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                  ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_PROSPECTS_H_ */
