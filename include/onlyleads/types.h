/* onlyleads/types.h: the small value types every other header uses.
 *
 * Rules that hold for the whole ABI
 *   - C99. No enum, bool or long inside a struct; sizes are multiples of 8; padding is spelled out
 * as reserved fields, which must be zero.
 *   - Text is UTF-8 without U+0000, given as pointer and size, not terminated.
 *   - What comes back by value or as an ol_str is borrowed; what comes back through a double
 * pointer is yours and is freed with the function named *_free of the same header (NULL is fine).
 *   - Instants are int64 microseconds since 1970-01-01 UTC; fields that hold them end in _us.
 *   - Every function that can fail returns an ol code (0 is success) and takes an ol_error* last,
 *     which may be NULL.
 */
#ifndef ONLYLEADS_TYPES_H_
#define ONLYLEADS_TYPES_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what libonlyleads.so exports. Everything else in the library is hidden. */
#if defined(__GNUC__)
#define OL_API __attribute__((visibility("default")))
#else
#define OL_API
#endif

/* A borrowed piece of UTF-8 text. data may be NULL when size is 0. */
typedef struct ol_str {
  const char* data; /* first byte, not terminated */
  size_t size;      /* bytes */
} ol_str;

/* 16 bytes, a UUIDv7 (RFC 9562). All zero means "none". An id is no personal data by itself. */
typedef struct ol_id {
  uint8_t bytes[16];
} ol_id;

/* Size of the buffer ol_id_to_text fills: 36 characters and a terminating zero. */
#define OL_ID_TEXT_SIZE 37

/* Writes the lower-case 8-4-4-4-12 form of id, terminated. Never fails. Any thread. */
OL_API void ol_id_to_text(const ol_id* id, char out[OL_ID_TEXT_SIZE]);

/* Reads that form. OL_INVALID_ARGUMENT when text is none; *out is then all zero. Any thread. */
OL_API int32_t ol_id_from_text(ol_str text, ol_id* out);

/* The library's version, "MAJOR.MINOR.PATCH", a static string. Any thread. */
OL_API const char* ol_version(void);

/* How many handles (engines, workspaces, row pages, Arrow streams) are alive in this process. For
 * leak tests: equal before and after. Any thread. */
OL_API int64_t ol_live_handles(void);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_TYPES_H_ */
