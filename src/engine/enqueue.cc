#include "src/engine/enqueue.h"

#include <map>

#include "src/base/crypto.h"
#include "src/base/error.h"
#include "src/engine/audit.h"
#include "src/engine/decide.h"
#include "src/engine/progress.h"
#include "src/providers/unipile/reconcile.h"
#include "src/storage/mandate_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {
namespace {

constexpr int kEnqueueBatch = 100;

struct Sequence {
  LoadedCampaign campaign;
  storage::SenderRow sender;
};
using Sequences = std::map<base::Id, Sequence>;

absl::StatusOr<const Sequence*> FindSequence(const Session& session, const base::Id& org_id,
                                             const base::Id& campaign_id, Sequences* cache) {
  auto it = cache->find(campaign_id);
  if (it != cache->end()) return &it->second;
  OL_ASSIGN_OR_RETURN(LoadedCampaign campaign, LoadCampaign(session, org_id, campaign_id));
  OL_ASSIGN_OR_RETURN(auto sender,
                      storage::LoadSender(session.db(), org_id, campaign.spec.sender_id));
  if (!sender) return base::Error(base::ErrorCode::kCorrupt, "a campaign has lost its sender");
  it = cache->emplace(campaign_id, Sequence{std::move(campaign), *std::move(sender)}).first;
  return &it->second;
}

absl::Status End(Session& session, const base::Id& org_id, storage::EnrollmentRow row,
                 std::string_view state, std::string_view reason) {
  row.state = state;
  row.reason = reason;
  return storage::UpdateEnrollment(session.db(), org_id, row, session.now_us());
}

absl::Status QueueStep(Session& session, const base::Id& org_id, const Subject& subject,
                       const Sequence& sequence, storage::EnrollmentRow row, EnqueueCount* count) {
  const domain::CampaignStep& step = sequence.campaign.spec.steps[static_cast<size_t>(row.step)];
  OL_ASSIGN_OR_RETURN(const bool authorised,
                      storage::IsAuthorised(session.db(), org_id, sequence.sender.sender_id,
                                            domain::Name(ChannelOf(step.action))));
  if (!authorised) {
    ++count->parked;
    return End(session, org_id, row, "parked", storage::kNoMandate);
  }
  auto text = RenderText(subject, sequence.campaign, row.step, sequence.sender);
  if (!text.ok()) {
    const bool missing = base::CodeOf(text.status()) == base::ErrorCode::kMissingVariable;
    const bool too_long = base::CodeOf(text.status()) == base::ErrorCode::kLimit;
    // Anything else is a trouble of ours and passes; the person's sequence must not end by it.
    if (!missing && !too_long) return text.status();
    ++count->refused;
    return End(session, org_id, row, "refused", missing ? "missing_variable" : "too_long");
  }
  OL_ASSIGN_OR_RETURN(const Decided decided,
                      DecideStep(session, subject, sequence.campaign, row.step, "enqueue"));
  const auto* permit = std::get_if<domain::Permit>(&decided.answer);
  if (permit == nullptr) {
    ++count->refused;
    return End(session, org_id, row, "refused", domain::Name(decided.reason()));
  }
  const base::Digest digest = providers::unipile::TextDigest(*text);
  OL_RETURN_IF_ERROR(storage::InsertMessage(
      session.db(), *permit, decided.decision_id, session.NewId(), sequence.sender.sender_id, *text,
      base::AsView(digest), session.now_us(), session.now_us()));
  row.state = "sending";
  row.reason.clear();
  ++count->enqueued;
  return storage::UpdateEnrollment(session.db(), org_id, row, session.now_us());
}

absl::Status TakeStep(Session& session, const base::Id& org_id, storage::EnrollmentRow row,
                      Sequences* cache, EnqueueCount* count) {
  OL_ASSIGN_OR_RETURN(const auto subject, LoadSubject(session, org_id, row.prospect_id));
  if (!subject) return End(session, org_id, row, "stopped", "erased");
  OL_ASSIGN_OR_RETURN(const Sequence* sequence,
                      FindSequence(session, org_id, row.campaign_id, cache));
  OL_ASSIGN_OR_RETURN(
      const bool connected,
      storage::IsConnected(session.db(), org_id, row.prospect_id, sequence->sender.sender_id));
  // Connected since it was scheduled: nobody is invited who has accepted before.
  if (row.step == 0) row.step = FirstStep(sequence->campaign.spec, connected);
  storage::EnrollmentRow checked = row;
  Schedule(sequence->campaign.spec, connected, session.now_us(), &checked);
  if (checked.state != "active") {
    return storage::UpdateEnrollment(session.db(), org_id, checked, session.now_us());
  }
  return QueueStep(session, org_id, *subject, *sequence, row, count);
}

}  // namespace

absl::StatusOr<EnqueueCount> EnqueueDue(Session& session, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const bool active, IsSubscribed(session, org_id));
  if (!active) return EnqueueCount{};
  OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadDueEnrollments(
                                           session.db(), org_id, session.now_us(), kEnqueueBatch));
  EnqueueCount count;
  count.handled = static_cast<int64_t>(rows.size());
  Sequences cache;
  for (const storage::EnrollmentRow& row : rows) {
    OL_RETURN_IF_ERROR(TakeStep(session, org_id, row, &cache, &count));
  }
  if (count.handled > 0) {
    OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "outbox.enqueue", {},
                                  "{\"enqueued\":" + std::to_string(count.enqueued) +
                                      ",\"refused\":" + std::to_string(count.refused) + "}"));
    OL_RETURN_IF_ERROR(transaction.Commit());
  }
  return count;
}

}  // namespace onlyleads::engine
