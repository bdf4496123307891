/** @file
 * onlyleads/rows.h: a page of results.
 *
 * Every list or document comes back as an ol_rows: an owned, bounded, typed table of values. It
 * holds no statement, no transaction and no lock, and may outlive its engine. Values are borrowed
 * from the page until ol_rows_free. Out-of-range positions and type mismatches are errors, never
 * crashes. A document (JSON) is a page of one row with one text column named "json".
 *
 * A page has at most the limit that was asked for (0: 1,000; at most 10,000 rows); verbs that take
 * no limit, such as the list of organizations or of one's senders, give all in one. The rest is
 * fetched with the token of ol_rows_next_page, which holds nothing open: rows that are written in
 * the meantime may appear on a later page or not, but no row comes twice and none that stays is
 * left out.
 *
 *     ol_rows* page = NULL;
 *     for (ol_str token = {0, 0};; token = ol_rows_next_page(page)) {
 *       ol_rows* next = NULL;
 *       if (ol_prospects_list(ws, token, 0, &next, &err) != OL_OK) break;
 *       ol_rows_free(page);  // after the call: the token was borrowed from it
 *       page = next;
 *       use(page);
 *       if (ol_rows_next_page(page).size == 0) break;
 *     }
 *     ol_rows_free(page);
 *
 * Columns are named in order with each function; a later version may append some, so a program
 * looks a column up by its name once and reads by position from then on.
 *
 * Threads: a page is immutable: any number of threads may read it. Freeing it while another thread
 * reads is a defect of the caller.
 */
#ifndef ONLYLEADS_ROWS_H_
#define ONLYLEADS_ROWS_H_

#include "onlyleads/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A page of results; opaque. Freed with ol_rows_free. */
typedef struct ol_rows ol_rows;

/** @name Column types, as ol_rows_column_type tells them */
/** @{ */
/** UTF-8 text: ol_rows_text. */
#define OL_TYPE_TEXT 1
/** int64: ol_rows_int. Instants in microseconds too; booleans are 0 and 1. */
#define OL_TYPE_INT 2
/** IEEE 754 binary64: ol_rows_double. */
#define OL_TYPE_DOUBLE 3
/** ol_id: ol_rows_id. */
#define OL_TYPE_ID 4
/** @} */

/** Number of rows on this page, not of the whole list; 0 for NULL. Any thread, never blocks. */
OL_API int64_t ol_rows_count(const ol_rows* rows);

/** Number of columns; the same on every page of a list; 0 for NULL. Any thread, never blocks. */
OL_API int32_t ol_rows_columns(const ol_rows* rows);

/** Name of a column, counted from 0; empty out of range. Borrowed from the page. Any thread. */
OL_API ol_str ol_rows_column_name(const ol_rows* rows, int32_t column);

/** Type of a column, OL_TYPE_...; 0 out of range. Values of a column have its type or are NULL. */
OL_API int32_t ol_rows_column_type(const ol_rows* rows, int32_t column);

/** 1 when the value is NULL or the position is out of range, else 0. Any thread, never blocks. */
OL_API int32_t ol_rows_is_null(const ol_rows* rows, int64_t row, int32_t column);

/** A value of a text column, borrowed from the page.
 *
 * OL_INVALID_ARGUMENT out of range, for a column of another type, when the value is NULL (*out is
 * empty then), or when out is NULL. Never blocks, allocates nothing. Any thread.
 */
OL_API int32_t ol_rows_text(const ol_rows* rows, int64_t row, int32_t column, ol_str* out);

/** A value of an integer column; errors as ol_rows_text, *out is 0 then. */
OL_API int32_t ol_rows_int(const ol_rows* rows, int64_t row, int32_t column, int64_t* out);

/** A value of a floating-point column; errors as ol_rows_text, *out is 0 then. */
OL_API int32_t ol_rows_double(const ol_rows* rows, int64_t row, int32_t column, double* out);

/** A value of an id column; errors as ol_rows_text, *out is all zero then. */
OL_API int32_t ol_rows_id(const ol_rows* rows, int64_t row, int32_t column, ol_id* out);

/** What to pass as page token for the next page; empty when this is the last one.
 *
 * Borrowed from the page: copy it, or free the page after the next call. Opaque: it fits the same
 * list of the same workspace only; text that is no token is OL_INVALID_ARGUMENT there. The page
 * after a full one may turn out to be empty.
 */
OL_API ol_str ol_rows_next_page(const ol_rows* rows);

/** Frees a page; NULL is fine. What was borrowed from it is gone. Never blocks, never calls back.
 * Any thread, callbacks and a forked child included. */
OL_API void ol_rows_free(ol_rows* rows);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ROWS_H_ */
