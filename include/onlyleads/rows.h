/* onlyleads/rows.h: a page of results.
 *
 * Every list or document comes back as an ol_rows: an owned, bounded, typed table of values. It
 * holds no statement, no transaction and no lock, and may outlive its engine. Values are borrowed
 * from the page until ol_rows_free. Out-of-range positions and type mismatches are errors, never
 * crashes. A document (JSON) is a page of one row with one text column named "json".
 */
#ifndef ONLYLEADS_ROWS_H_
#define ONLYLEADS_ROWS_H_

#include "onlyleads/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ol_rows ol_rows;

/* Column types, as ol_rows_column_type tells them. */
#define OL_TYPE_TEXT 1
#define OL_TYPE_INT 2    /* int64; booleans are 0 and 1 */
#define OL_TYPE_DOUBLE 3 /* IEEE 754 */
#define OL_TYPE_ID 4     /* ol_id */

/* Number of rows and columns; 0 for NULL. Any thread. */
OL_API int64_t ol_rows_count(const ol_rows* rows);
OL_API int32_t ol_rows_columns(const ol_rows* rows);

/* Name and type of a column; empty and 0 out of range. Borrowed from the page. */
OL_API ol_str ol_rows_column_name(const ol_rows* rows, int32_t column);
OL_API int32_t ol_rows_column_type(const ol_rows* rows, int32_t column);

/* 1 when the value is NULL or the position is out of range, else 0. */
OL_API int32_t ol_rows_is_null(const ol_rows* rows, int64_t row, int32_t column);

/* A value of the column's type. OL_INVALID_ARGUMENT out of range, for another type, or when NULL
 * (out is then empty or zero). */
OL_API int32_t ol_rows_text(const ol_rows* rows, int64_t row, int32_t column, ol_str* out);
OL_API int32_t ol_rows_int(const ol_rows* rows, int64_t row, int32_t column, int64_t* out);
OL_API int32_t ol_rows_double(const ol_rows* rows, int64_t row, int32_t column, double* out);
OL_API int32_t ol_rows_id(const ol_rows* rows, int64_t row, int32_t column, ol_id* out);

/* What to pass as page token for the next page; empty when this is the last one. Borrowed. */
OL_API ol_str ol_rows_next_page(const ol_rows* rows);

/* Frees a page; NULL is fine. Never blocks, never calls back. */
OL_API void ol_rows_free(ol_rows* rows);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ROWS_H_ */
