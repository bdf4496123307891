/** @file
 * onlyleads/prospects.h: the people an organization wants to reach.
 *
 * A prospect is a person with identifiers that are theirs alone (address, LinkedIn public
 * identifier, member id, Sales Navigator id); role mailboxes (info@, sales@) are kept as contact
 * points and never identify. Erased people are recognised by keyed digests of their identifiers and
 * do not come back.
 *
 * Threads: every function from any thread; calls queue behind the engine's lock. Blocking: on the
 * lock and the disk; an import releases the lock between batches, so an objection is never held up
 * by it. A writing function is durable when it has returned; what it decided binds every process.
 */
#ifndef ONLYLEADS_PROSPECTS_H_
#define ONLYLEADS_PROSPECTS_H_

#include "onlyleads/organizations.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Told between transactions of an import: rows done so far and bytes read of the file's size.
 *
 * Return 0 to go on; anything else stops with OL_CANCELLED; what is committed stays, and the same
 * import started again goes on. Runs on the importing thread without the lock; the rules of host.h
 * hold.
 */
typedef int32_t (*ol_import_progress)(void* ctx, int64_t rows, int64_t bytes, int64_t total_bytes);

/** How a file is imported. */
typedef struct ol_import_options {
  /** sizeof(ol_import_options). */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved0;
  /** Where the data comes from, required: GDPR 14(2)(f) has the person told. At most 512 bytes. It
   * outlives the people of the list with the record of the import: name the list, nobody in it. */
  ol_str source;
  /** An id of lawful_bases in the rules (GDPR 6(1)), required, e.g. "legitimate_interests". */
  ol_str lawful_basis;
  /** {"column header": "field or empty"}; empty: by the known headers. Empty text as a field leaves
   * the column out: nothing of it is kept. */
  ol_str mapping_json;
  /** What happens to a known person: "fill" (default): only empty fields; "skip"; "overwrite". */
  ol_str on_existing;
  /** NULL: silent. */
  ol_import_progress progress;
  /** Handed to progress; must live for the call. */
  void* progress_ctx;
} ol_import_options;

/** What became of a file.
 *
 * Every data row ends in exactly one of created, updated, unchanged, suppressed, rejected; they add
 * up to rows. Blank lines are no rows.
 */
typedef struct ol_import_report {
  /** Set by the caller: sizeof(ol_import_report). */
  uint32_t struct_size;
  /** 1: went on with an import that was interrupted; the counts are of the whole file. */
  int32_t resumed;
  /** For ol_import_rejects. */
  ol_id import_id;
  /** Data rows: without preamble and header. */
  int64_t rows;
  /** No identifier of the row was known. */
  int64_t created;
  /** It added an identifier, or filled or replaced a field. */
  int64_t updated;
  /** It told nothing new. */
  int64_t unchanged;
  /** Matched an erasure tombstone or an installation suppression; nothing of it is stored. */
  int64_t suppressed;
  /** ol_import_rejects says which, and why. */
  int64_t rejected;
  /** Rows that carried an opt-out flag with an address, whatever their disposition: the address is
   * suppressed for email. Also rows that carried an objection to marketing with any identifier:
   * whoever has one of them objects, and each is suppressed for every channel. */
  int64_t opt_outs;
} ol_import_report;

/** Imports a CSV file (RFC 4180 and what spreadsheets make of it).
 *
 * Comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252; any line end; header below any preamble.
 * Commits in batches together with its position: a killed import, started again with the same file
 * and options, goes on and reports the whole file once. Memory does not grow with the file. options
 * and report are required.
 *
 * Errors: OL_IO (no such file, a directory, a pipe), OL_MAPPING_MISSING, OL_INVALID_ARGUMENT (names
 * the option), OL_INVALID_UTF8 (source, mapping), OL_LIMIT (a cell beyond 16 MiB, a row beyond 64
 * MiB, more than 16,384 columns), OL_CONFLICT (the file changed, or the same import runs
 * elsewhere), OL_CANCELLED, OL_DISK_FULL. What was committed before an error stays. Progress runs
 * without the lock. Blocks until the file is read. Any thread.
 */
OL_API int32_t ol_prospects_import_csv(ol_workspace* workspace, ol_str path,
                                       const ol_import_options* options, ol_import_report* report,
                                       ol_error* err);

/** Writes the people of the organization as CSV into a new file at path, for a spreadsheet, another
 * controller (portability, GDPR 20) or what the processor returns (GDPR 28(3)(g)); and such that
 * ol_prospects_import_csv reads it back by its headers alone and finds the same people.
 *
 * RFC 4180: UTF-8 without a mark, comma, CRLF, every cell in quotes. A header, then one record for
 * each person of ol_prospects_list, in that order and of one state of the database while other
 * calls go on. Columns:
 *
 *     First name, Last name, Company, Title, Industry, City, Country (alpha-2),
 *     Email (all addresses, role mailboxes last, separated by "; "), LinkedIn (the profile's URL),
 *     Member ID, Sales Navigator ID (all of them, separated by "; "),
 *     Email "opt-out", Objected to marketing, Processing restricted (yes or empty),
 *     then one for each name of an attribute, in byte order
 *
 * Refusals travel with the file: the import suppresses the address for "Email "opt-out"", records
 * an objection (GDPR 21(2)) for "Objected to marketing" and a restriction (GDPR 18) for "Processing
 * restricted", each from the day it reads them. Whoever was deleted or erased is not in the file;
 * source, lawful basis and obtained_at_us are not either, because the importing side has its own.
 * An attribute named like a known column ("Email 2") stands under "attribute: Email 2", so that it
 * never becomes an identifier, and keeps that name.
 *
 * Spreadsheets run cells that begin with = + - @ TAB or CR (OWASP, CSV injection). Every such cell,
 * headers included, has one apostrophe before it in the file, also one that begins with apostrophes
 * before such a character; the import takes one away.
 *
 * The file is readable by its owner alone (0600), never one that was there, synced to the disk when
 * this returns, and removed again when the call fails. It holds personal data in the clear, and the
 * audit says that it was written and of how many people ("prospects.export").
 *
 * *out_rows: how many people. options may be NULL; progress is told people done and in all, before
 * every page of 1,000. Errors: OL_INVALID_ARGUMENT (path), OL_INVALID_UTF8, OL_NOT_FOUND (the
 * organization was deleted), OL_ALREADY_EXISTS, OL_IO, OL_DISK_FULL, OL_LIMIT (more columns than an
 * import reads, 16,384), OL_CANCELLED (by progress or ol_engine_cancel). Holds the engine's lock
 * for moments. Blocks until the file is written. Any thread.
 */
OL_API int32_t ol_prospects_export_csv(ol_workspace* workspace, ol_str path,
                                       const ol_work_options* options, int64_t* out_rows,
                                       ol_error* err);

/** Rejected rows of an import in file order.
 *
 * Columns: line (physical, from 1, where the record starts), column (its header; empty where it is
 * none), reason (no_identifier, invalid_email, conflict, ...). Cell text is never kept. Pages of at
 * most limit rows (0: 1,000); page_token from ol_rows_next_page. *out: ol_rows_free. Errors:
 * OL_NOT_FOUND for an import of another organization; OL_INVALID_ARGUMENT for the token.
 */
OL_API int32_t ol_import_rejects(ol_workspace* workspace, ol_id import_id, ol_str page_token,
                                 int32_t limit, ol_rows** out, ol_error* err);

/** How a file would be read, as a JSON document; needs no engine and stores nothing.
 *
 * Members: encoding, delimiter, header_row (physical line), header, rows, mapping (header to
 * field). limit rows at most; OL_PREVIEW_ALL for every row, whatever the header looks like: they
 * are all held in memory. *out: ol_rows_free. Errors: OL_IO, OL_LIMIT, OL_INVALID_ARGUMENT. Blocks
 * on the disk. Any thread, callbacks included.
 */
OL_API int32_t ol_csv_preview(ol_str path, int64_t limit, ol_rows** out, ol_error* err);

/** For ol_csv_preview: every row. */
#define OL_PREVIEW_ALL (-1)

/** How many people the organization has; erased ones are not counted. */
OL_API int32_t ol_prospects_count(ol_workspace* workspace, int64_t* out, ol_error* err);

/** The person with this address or LinkedIn URL (or bare public identifier or member id).
 *
 * Give exactly one, the other empty. Addresses compare as stored: trimmed, in lower case, domain as
 * IDNA. *out is all zero when there is none; that is no error. OL_INVALID_ARGUMENT when the text is
 * no address, or names nobody on LinkedIn.
 */
OL_API int32_t ol_prospects_find(ol_workspace* workspace, ol_str email, ol_str linkedin, ol_id* out,
                                 ol_error* err);

/** One person as one row; OL_NOT_FOUND, also for somebody who was erased.
 *
 * Columns: prospect_id, first_name, last_name, company, title, industry, city, country (alpha-2),
 * recipient_type (corporate_named or unknown), emails (JSON list), linkedin (public identifier URL
 * or empty), member_id, sales_navigator_id, contact_points (JSON list), attributes (JSON), source,
 * lawful_basis, obtained_at_us (the month of GDPR 14(3)(a) runs from here), objected_at_us (NULL:
 * never), restricted_at_us (NULL: no restriction of processing holds). *out: ol_rows_free.
 */
OL_API int32_t ol_prospects_get(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                ol_error* err);

/** The same columns for everybody, in id order. limit 0: 1,000. *out: ol_rows_free. */
OL_API int32_t ol_prospects_list(ol_workspace* workspace, ol_str page_token, int32_t limit,
                                 ol_rows** out, ol_error* err);

/** The person objects to direct marketing (GDPR 21(2), 21(3)).
 *
 * From the moment this returns no message to them can be claimed by any process, on any channel or
 * campaign of this organization, and they are not scored any more. Queued messages are cancelled;
 * the rows are those already on their way: message_id, channel, started_at_us. Idempotent; nothing
 * undoes it. It outlives the person's data: whoever comes back with another list has objected. For
 * somebody who was deleted and not yet purged it is kept in the same way. *out: ol_rows_free.
 * OL_NOT_FOUND, also for who was erased (and cannot come back) or purged.
 */
OL_API int32_t ol_prospects_object(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                   ol_error* err);

/** Deletes the person because the customer has no more use for them.
 *
 * At once out of reach of every verb but ol_rights_access, ol_prospects_erase and ol_hold_place,
 * and never restored. One sealed copy stays for requests of access; ol_engine_run removes it 30
 * days later unless a hold keeps it (the rule prospect_soft_deleted of the pack). No tombstone is
 * left, for nobody demanded to be forgotten: a later import may bring the person back, as somebody
 * new, with an objection still in force as a suppression. The rows are messages already on their
 * way, as for object. *out: ol_rows_free. OL_NOT_FOUND, also the second time; OL_DENIED under a
 * hold.
 */
OL_API int32_t ol_prospects_delete(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                   ol_error* err);

/** The person's data may only be stored from now on: restriction of processing (GDPR 18), for
 * example while the accuracy of their data or an objection under GDPR 21(1) is examined.
 *
 * From the moment this returns no message to them can be claimed by any process, decisions refuse
 * with DENY_RESTRICTED, and they are not scored: the score they had goes in the same transaction.
 * Queued messages are cancelled and sequences stopped; the rows are messages already on their way,
 * as for object. A second restriction keeps the first instant. It holds for whoever was deleted and
 * comes back with another list, until it is lifted. *out: ol_rows_free. OL_NOT_FOUND.
 */
OL_API int32_t ol_prospects_restrict(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                     ol_error* err);

/** Ends a restriction; without one it does nothing.
 *
 * What was cancelled and stopped stays so; a score comes back with the next ol_scoring_run. GDPR
 * 18(3): whoever obtained the restriction is told before it is lifted, which is the host's to do.
 * OL_NOT_FOUND.
 */
OL_API int32_t ol_prospects_lift_restriction(ol_workspace* workspace, ol_id prospect_id,
                                             ol_error* err);

/** Erases the person on their demand (GDPR 17), also one who was deleted.
 *
 * Unreachable by any verb at once, remembered only as keyed digests so that they do not come back
 * with the next import, also not by an identifier that a list names beside a known one. What is
 * kept of the same person from before a deletion goes too. The bytes go too, as soon as no reader
 * of the database needs them (ol_rights_residue). The rows are messages already on their way, as
 * for object. *out: ol_rows_free. OL_NOT_FOUND, also the second time; OL_DENIED while a hold keeps
 * the data (GDPR 17(3)).
 */
OL_API int32_t ol_prospects_erase(ol_workspace* workspace, ol_id prospect_id, ol_rows** out,
                                  ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_PROSPECTS_H_ */
