/** @file
 * onlyleads/error.h: how a call says what went wrong.
 *
 * A call returns a code; the same code with a message and flags is written to the caller's
 * ol_error. The struct is the caller's, its layout is frozen, the message lies inline: nothing is
 * allocated on the error path and nothing needs freeing. There is no thread-local last error.
 * Messages name arguments, columns and limits, never their content: an ol_error may be logged.
 *
 * A code has two parts. The low byte is its class, OL_PRIMARY(code); the bits above it tell more.
 * A program that knows only classes keeps working when a later version returns a finer code:
 *
 *     ol_error err;
 *     if (ol_engine_open(path, NULL, &engine, &err) != OL_OK) {
 *       if (err.flags & OL_ERROR_RETRYABLE) return try_again_later();
 *       fprintf(stderr, "%s: %s\n", ol_code_name(err.code), err.message);
 *     }
 *
 * Codes that any function with a handle may return, beside those its comment names:
 * OL_INVALID_ARGUMENT and OL_INVALID_UTF8 (the message names the argument), OL_MISUSE (a closed
 * engine, a freed handle, re-entry from a callback), OL_FORKED, OL_BROKEN, OL_NOMEM, OL_BUSY, OL_IO
 * with its details, OL_CORRUPT, OL_CALLBACK_FAILED (now_us or random of the host).
 */
#ifndef ONLYLEADS_ERROR_H_
#define ONLYLEADS_ERROR_H_

#include "onlyleads/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of ol_error.message, its terminating zero included. Longer messages are cut, at the border
 * of a character. */
#define OL_ERROR_MESSAGE_SIZE 232

/** What a call writes about its outcome: 256 bytes, frozen forever.
 *
 * Every field is written by every call that is given one, so it need not be initialised; on success
 * code is OL_OK, flags 0 and the message empty. One per thread: it is not shared.
 */
typedef struct ol_error {
  /** One of the codes below, extended form; equal to what the function returned. */
  int32_t code;
  /** OL_ERROR_... bits: what a program can do about it. */
  uint32_t flags;
  /** Zero. */
  uint64_t reserved0;
  /** Zero. */
  uint64_t reserved1;
  /** UTF-8, terminated, without personal data or content of arguments. English; may change. */
  char message[OL_ERROR_MESSAGE_SIZE];
} ol_error;

/** @name Flags */
/** @{ */
/** The same call may succeed later without any change. */
#define OL_ERROR_RETRYABLE 1u
/** The effect may have happened, or has and could not be put on record (OL_LEDGER_PENDING, and
 * OL_CALLBACK_FAILED of the host's ledger): ask before repeating. Results are not handed out then;
 * a list, or an external_ref, finds what was made. */
#define OL_ERROR_OUTCOME_UNKNOWN 2u
/** An argument or the order of calls is wrong: repeating it unchanged is of no use. */
#define OL_ERROR_CALLERS_FAULT 4u
/** @} */

/** @name Primary codes: the low byte of every code */
/** @{ */
/** Success. Every other code is positive. */
#define OL_OK 0
/** An argument breaks its documented form; the message names it. */
#define OL_INVALID_ARGUMENT 1
/** Not allowed here: re-entry from a callback, a closed engine, a freed or wrong handle. */
#define OL_MISUSE 2
/** No such row for this organization. */
#define OL_NOT_FOUND 3
/** Unique by contract, and there already. */
#define OL_ALREADY_EXISTS 4
/** The present state forbids it. */
#define OL_CONFLICT 5
/** A decision refused; the message holds the reason code. */
#define OL_DENIED 6
/** Another process holds the database for longer than busy_timeout_ms; retryable. */
#define OL_BUSY 7
/** A file or the network of this machine. */
#define OL_IO 8
/** Stored bytes contradict themselves. */
#define OL_CORRUPT 9
/** The key is not the one this database was made with, or it is missing. */
#define OL_KEY_MISMATCH 10
/** Out of memory. What had begun was undone; the handle stays usable. */
#define OL_NOMEM 11
/** A named bound was exceeded; the message names it. */
#define OL_LIMIT 12
/** ol_engine_cancel was called, or a progress callback asked to stop. */
#define OL_CANCELLED 13
/** A host callback reported failure. */
#define OL_CALLBACK_FAILED 14
/** The engine was opened before fork(): it belongs to the parent process. */
#define OL_FORKED 15
/** An invariant of consent, outbox or audit broke; this engine refuses everything from now on. */
#define OL_BROKEN 16
/** Reserved: provider errors are states of a message. */
#define OL_PROVIDER 17
/** It may or may not have happened. */
#define OL_OUTCOME_UNKNOWN 18
/** Unknown IANA zone, or zone data missing (see the environment variable TZDIR). */
#define OL_TIME_ZONE 19
/** A defect of the library. */
#define OL_INTERNAL 20
/** @} */

/** @name Extended codes: primary code plus a detail in the bits above the low byte */
/** @{ */
/** Text is not UTF-8 (RFC 3629), or contains U+0000. */
#define OL_INVALID_UTF8 (OL_INVALID_ARGUMENT | (1 << 8))
/** A document is not JSON (RFC 8259), repeats a member, or holds a lone surrogate. */
#define OL_INVALID_JSON (OL_INVALID_ARGUMENT | (2 << 8))
/** A template's variable has no value for this person. */
#define OL_MISSING_VARIABLE (OL_INVALID_ARGUMENT | (3 << 8))
/** No column of the file can identify anybody. */
#define OL_MAPPING_MISSING (OL_INVALID_ARGUMENT | (4 << 8))
/** A webhook without the shared secret: answer 401. */
#define OL_UNAUTHORIZED (OL_DENIED | (1 << 8))
/** The sub-processor register forbids the call (GDPR 28(2), 28(4)). */
#define OL_EGRESS_DENIED (OL_DENIED | (2 << 8))
/** The file or its directory may not be written. */
#define OL_READ_ONLY (OL_IO | (1 << 8))
/** No space left. */
#define OL_DISK_FULL (OL_IO | (2 << 8))
/** The call did what it says and stored it, but its record did not reach the ledger file. It is
 * appended with the next call that changes something; nothing is sent before that. Do not repeat
 * the call for it: an erased person is OL_NOT_FOUND. */
#define OL_LEDGER_PENDING (OL_IO | (3 << 8))
/** Another copy of this database goes on with its ledger, or the ledger is another database's:
 * ol_engine_open and every call that changes something refuse, see OL_OPEN_NEW_LEDGER. */
#define OL_LEDGER_FORKED (OL_CONFLICT | (1 << 8))
/** The file is no SQLite database, or no regular file. */
#define OL_NOT_A_DATABASE (OL_CORRUPT | (1 << 8))
/** A newer version of the library made this schema; nothing was changed. */
#define OL_SCHEMA_TOO_NEW (OL_CORRUPT | (2 << 8))
/** A migration that was applied is not the one this version knows; nothing was changed. */
#define OL_SCHEMA_CHANGED (OL_CORRUPT | (3 << 8))
/** The ledger lacks what this database wrote to it: it was lost or cut. Put it back, or begin a new
 * one with OL_OPEN_NEW_LEDGER. */
#define OL_LEDGER_BEHIND (OL_CORRUPT | (4 << 8))
/** A frame of the ledger is damaged, or was made with another key. Put back an undamaged one, or
 * begin a new one with OL_OPEN_NEW_LEDGER. */
#define OL_LEDGER_CORRUPT (OL_CORRUPT | (5 << 8))
/** @} */

/** The primary code of any code. */
#define OL_PRIMARY(code) ((code)&0xff)

/** A code's name, for example "OL_BUSY"; "OL_UNKNOWN_CODE" for a number that is none.
 *
 * A static string, never NULL, never freed. Any thread, never blocks.
 */
OL_API const char* ol_code_name(int32_t code);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ERROR_H_ */
