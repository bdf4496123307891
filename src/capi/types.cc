// The C ABI of types.h: ids as text, version, live handles. These functions take no ol_error.
#include "onlyleads/types.h"

#include "src/base/id.h"
#include "src/capi/neck.h"

using onlyleads::base::Id;

void ol_id_to_text(const ol_id* id, char out[OL_ID_TEXT_SIZE]) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr ol_id kNone{};
  if (out == nullptr) return;
  const ol_id& source = id == nullptr ? kNone : *id;
  char* to = out;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = kHex[source.bytes[i] >> 4];
    *to++ = kHex[source.bytes[i] & 15];
  }
  *to = '\0';
}

int32_t ol_id_from_text(ol_str text, ol_id* out) {
  if (out == nullptr) return OL_INVALID_ARGUMENT;
  *out = ol_id{};
  if (text.data == nullptr) return OL_INVALID_ARGUMENT;
  const std::optional<Id> id = onlyleads::base::ParseId({text.data, text.size});
  if (!id) return OL_INVALID_ARGUMENT;
  *out = onlyleads::capi::ToC(*id);
  return OL_OK;
}

const char* ol_version(void) { return ONLYLEADS_VERSION; }

int64_t ol_live_handles(void) { return onlyleads::capi::LiveHandles().load(); }
