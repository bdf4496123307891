#include "src/engine/progress.h"

#include "src/base/error.h"
#include "src/engine/audit.h"
#include "src/engine/decide.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {

int FirstStep(const domain::Campaign& campaign, bool connected) {
  return connected && campaign.steps[0].action == domain::StepAction::kInvitation ? 1 : 0;
}

void Schedule(const domain::Campaign& campaign, bool connected, int64_t from_us,
              storage::EnrollmentRow* row) {
  row->due_at_us = from_us;
  if (row->step >= static_cast<int>(campaign.steps.size())) {
    row->state = "completed";
    return;
  }
  const domain::CampaignStep& step = campaign.steps[static_cast<size_t>(row->step)];
  if (step.action == domain::StepAction::kMessage && !connected) {
    row->state = "waiting";
    return;
  }
  row->state = "active";
  row->due_at_us = from_us + step.delay_us;
}

absl::Status AdvanceAfterSent(Session& session, const base::Id& org_id,
                              const storage::MessageRow& message) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(
      auto row, storage::LoadEnrollment(db, org_id, message.prospect_id, message.campaign_id));
  // A stopped enrollment stays stopped, and a late answer moves nobody twice.
  if (!row || row->state != "sending" || row->step != message.step) return absl::OkStatus();
  OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign,
                      LoadCampaign(session, org_id, message.campaign_id));
  OL_ASSIGN_OR_RETURN(const bool connected,
                      storage::IsConnected(db, org_id, message.prospect_id, message.sender_id));
  ++row->step;
  row->reason.clear();
  Schedule(campaign.spec, connected, session.now_us(), &*row);
  OL_RETURN_IF_ERROR(storage::UpdateEnrollment(db, org_id, *row, session.now_us()));
  if (row->state != "active") return absl::OkStatus();
  return storage::TouchDue(db, org_id, row->due_at_us);
}

absl::Status EndEnrollment(Session& session, const base::Id& org_id,
                           const storage::MessageRow& message, std::string_view state,
                           std::string_view reason) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(
      auto row, storage::LoadEnrollment(db, org_id, message.prospect_id, message.campaign_id));
  if (!row || row->state != "sending" || row->step != message.step) return absl::OkStatus();
  row->state = state;
  row->reason = reason;
  return storage::UpdateEnrollment(db, org_id, *row, session.now_us());
}

absl::StatusOr<bool> RecordConnection(Session& session, const base::Id& org_id,
                                      const base::Id& prospect_id, const base::Id& sender_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, prospect_id));
  if (!facts) return false;  // erased while the request was on its way
  OL_ASSIGN_OR_RETURN(const bool added, storage::InsertRelation(db, org_id, prospect_id, sender_id,
                                                                session.now_us()));
  if (!added) return false;
  OL_ASSIGN_OR_RETURN(auto rows, storage::LoadEnrollmentsOf(db, org_id, prospect_id));
  for (storage::EnrollmentRow& row : rows) {
    if (row.state != "waiting") continue;
    OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign,
                        LoadCampaign(session, org_id, row.campaign_id));
    if (campaign.spec.sender_id != sender_id) continue;
    Schedule(campaign.spec, true, session.now_us(), &row);
    OL_RETURN_IF_ERROR(storage::UpdateEnrollment(db, org_id, row, session.now_us()));
    OL_RETURN_IF_ERROR(storage::TouchDue(db, org_id, row.due_at_us));
  }
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "relation.add", prospect_id));
  return true;
}

absl::StatusOr<base::Table> WithdrawMessages(Session& session, const base::Id& org_id,
                                             const base::Id& prospect_id,
                                             std::string_view outcome) {
  base::Table on_their_way({{"message_id", base::ColumnType::kId},
                            {"channel", base::ColumnType::kText},
                            {"started_at_us", base::ColumnType::kInt}});
  OL_ASSIGN_OR_RETURN(auto messages, storage::LoadMessagesOf(session.db(), org_id, prospect_id));
  const bool removed = outcome == "erased" || outcome == "deleted" || outcome == "purged";
  for (storage::MessageRow& message : messages) {
    if (message.state == "queued" || message.state == "parked") {
      message.state = "cancelled";
      message.outcome = outcome;
    } else if (message.state == "in_flight" || message.state == "unknown") {
      message.cancelled = true;
      // Without the data there is nothing left to ask the provider about.
      if (removed) message.due_at_us = INT64_MAX;
      on_their_way.Add({message.message_id, message.channel, message.started_at_us});
    } else {
      continue;
    }
    OL_ASSIGN_OR_RETURN(const bool updated,
                        storage::UpdateMessage(session.db(), org_id, message, std::nullopt));
    if (!updated)
      return base::Error(base::ErrorCode::kInternal, "a message changed inside a transaction");
  }
  return on_their_way;
}

}  // namespace onlyleads::engine
