/** @file
 * onlyleads/types.h: the small value types every other header uses.
 *
 * Rules that hold for the whole ABI:
 *   - C99. No enum, bool or long inside a struct; sizes are multiples of 8; padding is spelled out
 *     as reserved fields, which must be zero.
 *   - Text is UTF-8 (RFC 3629) without U+0000, given as pointer and size, not terminated.
 *   - What comes back by value or as an ol_str is borrowed; what comes back through a double
 *     pointer is yours and is freed with the function named *_free of the same header (NULL is
 *     fine).
 *   - What goes in is copied before the call returns, callbacks and their ctx excepted.
 *   - Instants are int64 microseconds since 1970-01-01 UTC; fields that hold them end in _us.
 *     Other units stand last in a name too: _ms, _s, _min (minutes), _per_day.
 *   - Every function that can fail returns an ol code (0 is success) and takes an ol_error* last,
 *     which may be NULL. After a failure every out parameter is zero.
 *   - Every function may be called from any thread, unless its comment says less.
 *
 * This header needs nothing but the C library and compiles alone as C99 and as C++17.
 */
#ifndef ONLYLEADS_TYPES_H_
#define ONLYLEADS_TYPES_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what libonlyleads.so exports. Everything else in the library is hidden. */
#if defined(__GNUC__)
#define OL_API __attribute__((visibility("default")))
#else
#define OL_API
#endif

/** A borrowed piece of UTF-8 text, not terminated.
 *
 * As an argument it is read during the call and never kept. As a result it lives as long as what it
 * was borrowed from. {NULL, 0} is the empty text; NULL with a size is OL_INVALID_ARGUMENT, and so
 * is text that is not UTF-8 or contains U+0000 (OL_INVALID_UTF8, which names the argument).
 */
typedef struct ol_str {
  /** First byte; may be NULL when size is 0. */
  const char* data;
  /** Bytes, not characters. */
  size_t size;
} ol_str;

/** 16 bytes, a UUIDv7 (RFC 9562, 5.7). All zero means "none".
 *
 * Ids of one engine sort as they were made. An id is no personal data by itself: it may be logged.
 * One of another organization is treated exactly as one that never existed.
 */
typedef struct ol_id {
  /** In network order, as RFC 9562 prints them. */
  uint8_t bytes[16];
} ol_id;

/** Size in bytes of the buffer ol_id_to_text fills: 36 characters and a terminating zero. */
#define OL_ID_TEXT_SIZE 37

/** Writes the lower-case 8-4-4-4-12 form of id (RFC 9562, 4), terminated.
 *
 * NULL as id writes the form of "none"; NULL as out does nothing. Never fails, never blocks,
 * allocates nothing. Any thread, callbacks and a forked child included.
 */
OL_API void ol_id_to_text(const ol_id* id, char out[OL_ID_TEXT_SIZE]);

/** Reads that form, upper or lower case.
 *
 * OL_INVALID_ARGUMENT when text is none or out is NULL; *out is all zero then. Never blocks,
 * allocates nothing. Any thread, callbacks and a forked child included.
 */
OL_API int32_t ol_id_from_text(ol_str text, ol_id* out);

/** The library's version, "MAJOR.MINOR.PATCH", as it runs: not the one compiled against.
 *
 * A static string, never NULL, never freed. Any thread.
 */
OL_API const char* ol_version(void);

/** How many handles (engines, workspaces, row pages) are alive in this process.
 *
 * For leak tests: equal before and after. A freed engine is counted no more, even while its file is
 * still open until the next call that may block. Any thread; never blocks.
 */
OL_API int64_t ol_live_handles(void);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_TYPES_H_ */
