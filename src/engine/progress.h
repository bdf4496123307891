// Where a person stands in a campaign and what moves them on: a sent step, an acceptance, a reply,
// a refusal. All inside the caller's transaction.
#ifndef ONLYLEADS_SRC_ENGINE_PROGRESS_H_
#define ONLYLEADS_SRC_ENGINE_PROGRESS_H_

#include <string_view>

#include "src/base/table.h"
#include "src/domain/campaigns.h"
#include "src/engine/engine.h"
#include "src/storage/campaign_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

// The first step a person takes: behind the invitation when they are connected already.
int FirstStep(const domain::Campaign& campaign, bool connected);

// Fills state and due of an enrollment that is about to take row->step: completed behind the last
// step, waiting for a connection, or active when the step's delay after `from_us` has passed.
void Schedule(const domain::Campaign& campaign, bool connected, int64_t from_us,
              storage::EnrollmentRow* row);

// A message went out: the enrollment moves to its next step.
absl::Status AdvanceAfterSent(Session& session, const base::Id& org_id,
                              const storage::MessageRow& message);
// A message will not go out: the enrollment ends in `state` (stopped, refused, parked).
absl::Status EndEnrollment(Session& session, const base::Id& org_id,
                           const storage::MessageRow& message, std::string_view state,
                           std::string_view reason);
// The person and the sender are connected now: waiting enrollments become active. False when that
// was known.
absl::StatusOr<bool> RecordConnection(Session& session, const base::Id& org_id,
                                      const base::Id& prospect_id, const base::Id& sender_id);

// Queued messages to the person end here with `outcome`; what is on its way or open is never
// retried and comes back as rows: message_id, channel, started_at_us.
absl::StatusOr<base::Table> WithdrawMessages(Session& session, const base::Id& org_id,
                                             const base::Id& prospect_id, std::string_view outcome);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_PROGRESS_H_
