// The outbox takes a permit, not a decision or its absence.
// expect: could not convert|cannot convert|no matching function|invalid initialization|no known
// conversion|no viable conversion
#include "src/storage/outbox_store.h"

using onlyleads::base::Id;
using onlyleads::domain::Permit;
using onlyleads::domain::Processing;
using onlyleads::storage::InsertMessage;

void Try(onlyleads::storage::Connection* db, const Permit& permit, const Processing& processing) {
#ifdef CONTROL
  (void)InsertMessage(db, permit, Id{}, Id{}, Id{}, "text", "", 0, 0);
  (void)processing;
#else
  (void)InsertMessage(db, processing, Id{}, Id{}, Id{}, "text", "", 0, 0);
#endif
}
