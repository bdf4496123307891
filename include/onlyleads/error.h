/* onlyleads/error.h: how a call says what went wrong.
 *
 * A call returns a code; the same code with a message and flags is written to the caller's
 * ol_error. The struct is the caller's, its layout is frozen, the message lies inline: nothing is
 * allocated on the error path and nothing needs freeing. There is no thread-local last error.
 * Messages name arguments, columns and limits, never their content: an ol_error may be logged.
 */
#ifndef ONLYLEADS_ERROR_H_
#define ONLYLEADS_ERROR_H_

#include "onlyleads/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of ol_error.message, its terminating zero included. Longer messages are cut. */
#define OL_ERROR_MESSAGE_SIZE 232

/* Filled by every call that takes one; on success code is OL_OK and the message empty.
 * Usage: ol_error err; if (ol_x(..., &err) != OL_OK) fprintf(stderr, "%s\n", err.message); */
typedef struct ol_error {
  int32_t code;       /* one of the codes below, extended form */
  uint32_t flags;     /* OL_ERROR_... bits */
  uint64_t reserved0; /* zero */
  uint64_t reserved1; /* zero */
  char message[OL_ERROR_MESSAGE_SIZE];
} ol_error;

/* ---- flags ---- */
#define OL_ERROR_RETRYABLE 1u       /* the same call may succeed later without any change */
#define OL_ERROR_OUTCOME_UNKNOWN 2u /* the effect may have happened: ask before repeating */
#define OL_ERROR_CALLERS_FAULT 4u   /* an argument or the order of calls is wrong */

/* ---- primary codes: the low byte of every code ---- */
#define OL_OK 0
#define OL_INVALID_ARGUMENT 1 /* an argument breaks its documented form */
#define OL_MISUSE 2           /* not allowed here: re-entry from a callback, a closed engine */
#define OL_NOT_FOUND 3        /* no such row for this organization */
#define OL_ALREADY_EXISTS 4   /* unique by contract, and there already */
#define OL_CONFLICT 5         /* the present state forbids it */
#define OL_DENIED 6           /* a decision refused; the message holds the reason code */
#define OL_BUSY 7             /* another process holds the database; retryable */
#define OL_IO 8               /* a file or the network of this machine */
#define OL_CORRUPT 9          /* stored bytes contradict themselves */
#define OL_KEY_MISMATCH 10    /* the key is not the one this database was made with */
#define OL_NOMEM 11           /* out of memory */
#define OL_LIMIT 12           /* a named bound was exceeded */
#define OL_CANCELLED 13       /* ol_engine_cancel was called */
#define OL_CALLBACK_FAILED 14 /* a host callback reported failure */
#define OL_FORKED 15          /* the engine was opened before fork() */
#define OL_BROKEN 16          /* an invariant broke; this engine refuses everything from now on */
#define OL_PROVIDER 17        /* reserved: provider errors are states of a message */
#define OL_OUTCOME_UNKNOWN 18 /* it may or may not have happened */
#define OL_TIME_ZONE 19       /* unknown IANA zone, or zone data missing (see TZDIR) */
#define OL_INTERNAL 20        /* a defect of the library */

/* ---- extended codes: primary code plus a detail in the bits above the low byte ---- */
#define OL_INVALID_UTF8 (OL_INVALID_ARGUMENT | (1 << 8))
#define OL_INVALID_JSON (OL_INVALID_ARGUMENT | (2 << 8))
#define OL_MISSING_VARIABLE \
  (OL_INVALID_ARGUMENT | (3 << 8))                          /* a template's variable has no value */
#define OL_MAPPING_MISSING (OL_INVALID_ARGUMENT | (4 << 8)) /* no column can identify anybody */
#define OL_UNAUTHORIZED (OL_DENIED | (1 << 8))              /* webhook without the shared secret */
#define OL_EGRESS_DENIED (OL_DENIED | (2 << 8)) /* the sub-processor register forbids the call */
#define OL_READ_ONLY (OL_IO | (1 << 8))
#define OL_DISK_FULL (OL_IO | (2 << 8))
#define OL_NOT_A_DATABASE (OL_CORRUPT | (1 << 8))
#define OL_SCHEMA_TOO_NEW (OL_CORRUPT | (2 << 8))
#define OL_SCHEMA_CHANGED (OL_CORRUPT | (3 << 8))
#define OL_LEDGER_BEHIND (OL_CORRUPT | (4 << 8))  /* the ledger lacks what this database wrote */
#define OL_LEDGER_CORRUPT (OL_CORRUPT | (5 << 8)) /* a frame of it is damaged, or of another key */
#define OL_LEDGER_FORKED (OL_CONFLICT | (1 << 8)) /* another copy of the database goes on with it */
/* The call did what it says and stored it; what the ledger must know of it did not get there yet. It
 * is appended with the next call that changes something, and nothing is sent before that. */
#define OL_LEDGER_PENDING (OL_IO | (3 << 8))

/* The primary code of any code. */
#define OL_PRIMARY(code) ((code)&0xff)

/* A code's name, for example "OL_BUSY"; "OL_UNKNOWN_CODE" for a number that is none. Static string.
 * Any thread, never blocks. */
OL_API const char* ol_code_name(int32_t code);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_ERROR_H_ */
