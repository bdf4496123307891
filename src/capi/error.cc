// The C ABI of error.h: the names of the codes.
#include "onlyleads/error.h"

// The header is the list; a code that is added there is named here.
const char* ol_code_name(int32_t code) {
#define OL_NAME(name) \
  case name:          \
    return #name;
  switch (code) {
    OL_NAME(OL_OK)
    OL_NAME(OL_INVALID_ARGUMENT)
    OL_NAME(OL_MISUSE)
    OL_NAME(OL_NOT_FOUND)
    OL_NAME(OL_ALREADY_EXISTS)
    OL_NAME(OL_CONFLICT)
    OL_NAME(OL_DENIED)
    OL_NAME(OL_BUSY)
    OL_NAME(OL_IO)
    OL_NAME(OL_CORRUPT)
    OL_NAME(OL_KEY_MISMATCH)
    OL_NAME(OL_NOMEM)
    OL_NAME(OL_LIMIT)
    OL_NAME(OL_CANCELLED)
    OL_NAME(OL_CALLBACK_FAILED)
    OL_NAME(OL_FORKED)
    OL_NAME(OL_BROKEN)
    OL_NAME(OL_PROVIDER)
    OL_NAME(OL_OUTCOME_UNKNOWN)
    OL_NAME(OL_TIME_ZONE)
    OL_NAME(OL_INTERNAL)
    OL_NAME(OL_INVALID_UTF8)
    OL_NAME(OL_INVALID_JSON)
    OL_NAME(OL_MISSING_VARIABLE)
    OL_NAME(OL_MAPPING_MISSING)
    OL_NAME(OL_UNAUTHORIZED)
    OL_NAME(OL_EGRESS_DENIED)
    OL_NAME(OL_READ_ONLY)
    OL_NAME(OL_DISK_FULL)
    OL_NAME(OL_NOT_A_DATABASE)
    OL_NAME(OL_SCHEMA_TOO_NEW)
    OL_NAME(OL_SCHEMA_CHANGED)
    default:
      return "OL_UNKNOWN_CODE";
  }
#undef OL_NAME
}
