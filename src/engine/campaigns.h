// Campaigns and enrollments: who is offered what, decided before anything is queued.
#ifndef ONLYLEADS_SRC_ENGINE_CAMPAIGNS_H_
#define ONLYLEADS_SRC_ENGINE_CAMPAIGNS_H_

#include <string>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

absl::StatusOr<base::Id> CreateCampaign(Engine& engine, const base::Id& org_id,
                                        const std::string& spec_json,
                                        const std::string& external_ref);
absl::StatusOr<base::Table> ListCampaigns(Engine& engine, const base::Id& org_id);
// prospect_id, enrolled, reason for each, in the order given.
absl::StatusOr<base::Table> Enroll(Engine& engine, const base::Id& org_id,
                                   const base::Id& campaign_id,
                                   const std::vector<base::Id>& prospect_ids);
absl::StatusOr<base::Table> ListEnrollments(Engine& engine, const base::Id& org_id,
                                            const base::Id& campaign_id,
                                            const std::string& page_token, int limit);
absl::StatusOr<base::Table> RenderStep(Engine& engine, const base::Id& org_id,
                                       const base::Id& campaign_id, const base::Id& prospect_id,
                                       int step);
absl::Status AddRelation(Engine& engine, const base::Id& org_id, const base::Id& sender_id,
                         const base::Id& prospect_id);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_CAMPAIGNS_H_
