/* onlyleads/arrow.h: pages of results as Apache Arrow, for pandas, Polars, DuckDB and the like.
 *
 * The Arrow C data interface and the Arrow C stream interface are three frozen C structs, which
 * every Arrow implementation reads without linking anything of another:
 *   https://arrow.apache.org/docs/format/CDataInterface.html
 *   https://arrow.apache.org/docs/format/CStreamInterface.html
 * Their definitions stand below under the guards that those pages prescribe, so that including this
 * header beside another one that has them is fine. They are part of Arrow, not of onlyleads, and
 * none of their structs has a struct_size.
 *
 * How the columns of a page (rows.h) become fields of Arrow
 *   OL_TYPE_TEXT     utf8 ("u")
 *   OL_TYPE_INT      int64 ("l"); flags stay 0 and 1
 *   OL_TYPE_INT      named *_us: timestamp[us, UTC] ("tsu:UTC"); OL_NEVER is null there
 *   OL_TYPE_DOUBLE   float64 ("g")
 *   OL_TYPE_ID       utf8, the 36-character form of ol_id_to_text: what the faces call an id, so
 *                    that tables join with it; Arrow's 16-byte form of a UUID is an extension that
 *                    not every reader knows
 * Every field is nullable, and null is exactly what ol_rows_is_null says (and OL_NEVER). Names are
 * those of the columns. Field order is theirs; a later version may append columns, read by name.
 *
 * A page lies row by row, Arrow column by column: each value is copied once, into the buffers that
 * the consumer then owns; nothing is copied after that.
 */
#ifndef ONLYLEADS_ARROW_H_
#define ONLYLEADS_ARROW_H_

#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the Arrow C data interface, version 1.0: the names and the order are Arrow's ---- */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/* A type. release is NULL once it was released, or moved away by copying the struct. */
struct ArrowSchema {
  const char* format;                   /* what it is, for example "u" for utf8 */
  const char* name;                     /* of the field */
  const char* metadata;                 /* NULL here */
  int64_t flags;                        /* ARROW_FLAG_... bits */
  int64_t n_children;                   /* fields of a struct */
  struct ArrowSchema** children;        /* the fields; may be moved out one by one */
  struct ArrowSchema* dictionary;       /* NULL here */
  void (*release)(struct ArrowSchema*); /* the consumer calls it once */
  void* private_data;                   /* the producer's own */
};

/* Values of one type, in buffers. */
struct ArrowArray {
  int64_t length;                      /* values */
  int64_t null_count;                  /* exact here, never -1 */
  int64_t offset;                      /* 0 here */
  int64_t n_buffers;                   /* validity bits, then what the type has */
  int64_t n_children;                  /* fields of a struct */
  const void** buffers;                /* the first is NULL where nothing is null */
  struct ArrowArray** children;        /* the fields; may be moved out one by one */
  struct ArrowArray* dictionary;       /* NULL here */
  void (*release)(struct ArrowArray*); /* the consumer calls it once */
  void* private_data;                  /* the producer's own */
};

#endif /* ARROW_C_DATA_INTERFACE */

/* ---- the Arrow C stream interface ---- */
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/* A pull iterator over record batches (arrays of a struct type) of one schema. The functions return
 * 0 or an errno value; get_last_error then tells more. One thread at a time. */
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  /* The next batch; a released one (release is NULL) at the end, and from then on. */
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  /* Text for the last failure, or NULL; valid until the next call on this stream. */
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*); /* the consumer calls it once */
  void* private_data;                        /* the producer's own */
};

#endif /* ARROW_C_STREAM_INTERFACE */

/* Makes a stream of the rows of this page, in order, and only of this page: the next one is asked
 * of the list call with ol_rows_next_page, and gives a stream of the same schema.
 *
 * out is the caller's struct; what was in it is overwritten without being released. On success the
 * caller calls out->release once, early if it likes; on failure out->release is NULL. The stream
 * keeps its own reference on the page: the page may be freed before the stream is read, and the
 * engine closed. Schemas and batches that it gave may outlive it, too. An unreleased stream counts
 * in ol_live_handles.
 *
 * A batch holds as many rows as have 16 MiB of text between them, or one row; a page without rows
 * gives a schema and no batch. get_schema and get_next fail with ENOMEM when memory is short (the
 * same call may be made again) and with EINVAL when out is NULL.
 *
 *     struct ArrowArrayStream stream;
 *     if (ol_rows_to_arrow(page, &stream, &err) != OL_OK) return fail(&err);
 *     ol_rows_free(page);
 *     consume(&stream);
 *
 * Errors: OL_INVALID_ARGUMENT (names what is NULL), OL_MISUSE (a freed page), OL_NOMEM.
 * Any thread, never blocks, calls nothing back. The stream's functions neither. */
OL_API int32_t ol_rows_to_arrow(const ol_rows* rows, struct ArrowArrayStream* out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ARROW_H_ */
