/** @file
 * Pages of results as Apache Arrow, for pandas, Polars, DuckDB and the like.
 *
 * The Arrow C data interface and the Arrow C stream interface are three frozen C structs, which
 * every Arrow implementation reads without linking anything of another:
 *   - https://arrow.apache.org/docs/format/CDataInterface.html
 *   - https://arrow.apache.org/docs/format/CStreamInterface.html
 *
 * Their definitions stand below under the guards that those pages prescribe, so that including this
 * header beside another one that has them is fine. They are part of Arrow, not of onlyleads, and
 * none of them has a struct_size.
 *
 * How the columns of a page (rows.h) become fields of Arrow:
 *   - OL_TYPE_TEXT: utf8 ("u");
 *   - OL_TYPE_INT: int64 ("l"); flags stay 0 and 1;
 *   - OL_TYPE_INT named *_us: timestamp[us, UTC] ("tsu:UTC"); OL_NEVER is null there;
 *   - OL_TYPE_DOUBLE: float64 ("g");
 *   - OL_TYPE_ID: utf8, the 36 characters of ol_id_to_text. That is what the faces call an id, so
 *     tables join with it; Arrow's 16 bytes of a UUID are an extension that not every reader knows.
 *
 * Every field is nullable, and null is exactly what ol_rows_is_null says (and OL_NEVER). Names and
 * order are those of the columns; a later version may append some, so read by name.
 *
 * A page lies row by row, Arrow column by column: each value is copied once, into buffers that the
 * consumer then owns; nothing is copied after that.
 */
#ifndef ONLYLEADS_ARROW_H_
#define ONLYLEADS_ARROW_H_

#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
/** Guards the structs of the Arrow C data interface 1.0: the names and the order are Arrow's. */
#define ARROW_C_DATA_INTERFACE

/** Of a dictionary; never set here. */
#define ARROW_FLAG_DICTIONARY_ORDERED 1
/** Values of the field may be null; set for every field here. */
#define ARROW_FLAG_NULLABLE 2
/** Of a map; never set here. */
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/** A type. Moved by copying the struct and setting release of the old one to NULL. */
struct ArrowSchema {
  /** What it is, for example "u" for utf8. */
  const char* format;
  /** Of the field; "" for the whole. */
  const char* name;
  /** NULL here. */
  const char* metadata;
  /** ARROW_FLAG_... bits. */
  int64_t flags;
  /** Fields of a struct. */
  int64_t n_children;
  /** The fields; a consumer may move them out one by one. */
  struct ArrowSchema** children;
  /** NULL here. */
  struct ArrowSchema* dictionary;
  /** The consumer calls it once; NULL once it was called. */
  void (*release)(struct ArrowSchema*);
  /** The producer's own. */
  void* private_data;
};

/** Values of one type, in buffers. Moved as ArrowSchema is. */
struct ArrowArray {
  /** Values in it. */
  int64_t length;
  /** How many are null: exact here, never -1. */
  int64_t null_count;
  /** 0 here. */
  int64_t offset;
  /** Validity bits, then what the type has. */
  int64_t n_buffers;
  /** Fields of a struct. */
  int64_t n_children;
  /** The first is NULL where nothing is null. */
  const void** buffers;
  /** The fields; a consumer may move them out one by one. */
  struct ArrowArray** children;
  /** NULL here. */
  struct ArrowArray* dictionary;
  /** The consumer calls it once; NULL once it was called. */
  void (*release)(struct ArrowArray*);
  /** The producer's own. */
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
/** Guards the struct of the Arrow C stream interface. */
#define ARROW_C_STREAM_INTERFACE

/** A pull iterator over record batches: arrays of a struct type, all of one schema.
 *
 * The functions return 0 or an errno value; get_last_error then tells more. One thread at a time.
 */
struct ArrowArrayStream {
  /** The schema of every batch; the caller releases it. */
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  /** The next batch; a released one (release is NULL) at the end, and from then on. */
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  /** Text for the last failure, or NULL; valid until the next call on this stream. */
  const char* (*get_last_error)(struct ArrowArrayStream*);
  /** The consumer calls it once; NULL once it was called. */
  void (*release)(struct ArrowArrayStream*);
  /** The producer's own. */
  void* private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/** Makes a stream of the rows of this page, in order, and only of this page.
 *
 * The next page is asked of the list call with ol_rows_next_page; its stream has the same schema.
 *
 * out is the caller's struct; what was in it is overwritten without being released. On success the
 * caller calls out->release once, early if it likes; on failure out->release is NULL. The stream
 * keeps its own reference on the page: the page may be freed before the stream is read, and the
 * engine closed. Schemas and batches that it gave may outlive it, too. A stream that was not
 * released counts in ol_live_handles.
 *
 * A batch holds as many rows as have 16 MiB of text between them, or one row; a page without rows
 * gives a schema and no batch. get_schema and get_next fail with ENOMEM when memory is short (the
 * same call may be made again) and with EINVAL when their out is NULL.
 *
 *     struct ArrowArrayStream stream;
 *     if (ol_rows_to_arrow(page, &stream, &err) != OL_OK) return fail(&err);
 *     ol_rows_free(page);
 *     consume(&stream);
 *
 * OL_INVALID_ARGUMENT (names what is NULL), OL_MISUSE (a freed page), OL_NOMEM. Never blocks, calls
 * nothing back; nor do the stream's functions. Any thread.
 */
OL_API int32_t ol_rows_to_arrow(const ol_rows* rows, struct ArrowArrayStream* out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ARROW_H_ */
