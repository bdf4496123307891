// The C ABI of campaigns.h.
#include "onlyleads/campaigns.h"

#include <vector>

#include "src/base/limits.h"
#include "src/capi/neck.h"
#include "src/engine/campaigns.h"

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;
using onlyleads::base::Id;
using onlyleads::base::Table;

int32_t ol_campaign_create(ol_workspace* workspace, ol_str spec_json, ol_str external_ref,
                           ol_id* out, ol_error* err) {
  return capi::Verb(
      workspace, out, err, [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Id> {
        OL_ASSIGN_OR_RETURN(const std::string spec, capi::Text(spec_json, "spec_json"));
        OL_ASSIGN_OR_RETURN(const std::string ref, capi::Text(external_ref, "external_ref"));
        return engine::CreateCampaign(e, org, spec, ref);
      });
}

int32_t ol_campaign_list(ol_workspace* workspace, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, engine::ListCampaigns);
}

int32_t ol_campaign_enroll(ol_workspace* workspace, ol_id campaign_id, const ol_id* prospect_ids,
                           size_t count, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err,
                    [&](engine::Engine& e, const Id& org) -> absl::StatusOr<Table> {
                      if (count > 0 && prospect_ids == nullptr) {
                        return capi::BadArgument("prospect_ids", "must not be NULL");
                      }
                      if (count > onlyleads::base::kMaxPageRows) {
                        return onlyleads::base::Error(capi::ErrorCode::kLimit,
                                                      "count: above kMaxPageRows (10000)");
                      }
                      std::vector<Id> ids(count);
                      for (size_t i = 0; i < count; ++i) ids[i] = capi::FromC(prospect_ids[i]);
                      return engine::Enroll(e, org, capi::FromC(campaign_id), ids);
                    });
}

int32_t ol_campaign_enrollments(ol_workspace* workspace, ol_id campaign_id, ol_str page_token,
                                int32_t limit, ol_rows** out, ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err,
                        [&](engine::Engine& e, const Id& org, const std::string& token, int rows) {
                          return engine::ListEnrollments(e, org, capi::FromC(campaign_id), token,
                                                         rows);
                        });
}

int32_t ol_campaign_render(ol_workspace* workspace, ol_id campaign_id, ol_id prospect_id,
                           int32_t step, ol_rows** out, ol_error* err) {
  return capi::Verb(workspace, out, err, [&](engine::Engine& e, const Id& org) {
    return engine::RenderStep(e, org, capi::FromC(campaign_id), capi::FromC(prospect_id), step);
  });
}

int32_t ol_relation_add(ol_workspace* workspace, ol_id sender_id, ol_id prospect_id,
                        ol_error* err) {
  return capi::Verb(workspace, err, [&](engine::Engine& e, const Id& org) {
    return engine::AddRelation(e, org, capi::FromC(sender_id), capi::FromC(prospect_id));
  });
}
