// Only the one Decide is a friend: a namesake with other arguments reaches nothing.
// expect: private
#include "src/domain/permit.h"

namespace onlyleads::domain {
#ifdef CONTROL
inline bool Decide(const Permit& permit) { return permit.spent(); }
#else
inline bool Decide(const Permit& permit) { return permit.spent_; }
#endif
}  // namespace onlyleads::domain
