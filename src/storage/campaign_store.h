// Rows of campaigns, enrollments, relations, decisions and scores. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_CAMPAIGN_STORE_H_
#define ONLYLEADS_SRC_STORAGE_CAMPAIGN_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/domain/permit.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

absl::StatusOr<std::optional<base::Id>> FindCampaignByRef(Connection* db, const base::Id& org_id,
                                                          std::string_view external_ref);
absl::Status InsertCampaign(Connection* db, const base::Id& org_id, const base::Id& campaign_id,
                            const base::Id& sender_id, std::string_view external_ref,
                            std::string_view name, std::string_view spec, int64_t now_us);
absl::StatusOr<std::optional<std::string>> LoadCampaignSpec(Connection* db, const base::Id& org_id,
                                                            const base::Id& campaign_id);

struct EnrollmentRow {
  base::Id prospect_id;
  base::Id campaign_id;
  std::string state;
  int step = 0;
  int64_t due_at_us = 0;
  std::string reason;
};

absl::StatusOr<std::optional<EnrollmentRow>> LoadEnrollment(Connection* db, const base::Id& org_id,
                                                            const base::Id& prospect_id,
                                                            const base::Id& campaign_id);
absl::StatusOr<std::vector<EnrollmentRow>> LoadEnrollmentsOf(Connection* db, const base::Id& org_id,
                                                             const base::Id& prospect_id);
absl::StatusOr<std::vector<EnrollmentRow>> LoadDueEnrollments(Connection* db,
                                                              const base::Id& org_id,
                                                              int64_t now_us, int limit);
absl::Status InsertEnrollment(Connection* db, const base::Id& org_id, const EnrollmentRow& row,
                              int64_t now_us);
absl::Status UpdateEnrollment(Connection* db, const base::Id& org_id, const EnrollmentRow& row,
                              int64_t now_us);
// Ends what is not ended yet; returns how many.
absl::StatusOr<int64_t> StopEnrollments(Connection* db, const base::Id& org_id,
                                        const base::Id& prospect_id, std::string_view reason,
                                        int64_t now_us);

absl::StatusOr<bool> IsConnected(Connection* db, const base::Id& org_id,
                                 const base::Id& prospect_id, const base::Id& sender_id);
// False when it was there already.
absl::StatusOr<bool> InsertRelation(Connection* db, const base::Id& org_id,
                                    const base::Id& prospect_id, const base::Id& sender_id,
                                    int64_t now_us);

// A decision as it is recorded, allowing or refusing.
struct DecisionRow {
  base::Id decision_id;
  domain::Processing processing;
  bool allowed = false;
  domain::ReasonCode reason;
  std::string_view lawful_basis;
  std::string_view profile;
  std::string_view stage;
};
absl::Status InsertDecision(Connection* db, const DecisionRow& row, int64_t now_us);

absl::Status InsertScore(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                         double score, std::string_view factors, int64_t now_us);
absl::Status DeleteScores(Connection* db, const base::Id& org_id);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_CAMPAIGN_STORE_H_
