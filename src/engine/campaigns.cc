#include "src/engine/campaigns.h"

#include "src/base/error.h"
#include "src/base/text.h"
#include "src/domain/import/identifiers.h"
#include "src/engine/audit.h"
#include "src/engine/decide.h"
#include "src/engine/listing.h"
#include "src/engine/long_work.h"
#include "src/engine/paging.h"
#include "src/engine/progress.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

// Offers in one transaction; between two the lock is free for others.
constexpr size_t kEnrollBatch = 100;

struct Offer {
  bool enrolled = false;
  std::string reason;
};

bool HasLinkedin(const Subject& subject) {
  return !subject.Identifier(static_cast<int>(domain::IdentifierKind::kLinkedinPublicId)).empty() ||
         !subject.Identifier(static_cast<int>(domain::IdentifierKind::kLinkedinMemberId)).empty();
}

// What becomes of a new offer, without the store: a reason to refuse, or the recorded decision's.
absl::StatusOr<Offer> Consider(Session& session, const Subject& subject,
                               const LoadedCampaign& campaign, const storage::SenderRow& sender,
                               int step) {
  if (!HasLinkedin(subject)) return Offer{false, "no_linkedin"};
  const absl::Status text = RenderText(subject, campaign, step, sender).status();
  if (base::CodeOf(text) == ErrorCode::kMissingVariable) return Offer{false, "missing_variable"};
  if (base::CodeOf(text) == ErrorCode::kLimit) return Offer{false, "too_long"};
  OL_RETURN_IF_ERROR(text);
  OL_ASSIGN_OR_RETURN(const Decided decided,
                      DecideStep(session, subject, campaign, step, "enroll"));
  return Offer{decided.allowed(), std::string(domain::Name(decided.reason()))};
}

absl::StatusOr<Offer> OfferOne(Session& session, const base::Id& org_id,
                               const LoadedCampaign& campaign, const storage::SenderRow& sender,
                               const base::Id& prospect_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto subject, LoadSubject(session, org_id, prospect_id));
  if (!subject) return Offer{false, "not_found"};
  OL_ASSIGN_OR_RETURN(const auto existing,
                      storage::LoadEnrollment(db, org_id, prospect_id, campaign.campaign_id));
  if (existing) {
    const bool refused = existing->state == "refused";
    return Offer{!refused, refused ? existing->reason : "already_enrolled"};
  }
  OL_ASSIGN_OR_RETURN(const bool connected,
                      storage::IsConnected(db, org_id, prospect_id, sender.sender_id));
  storage::EnrollmentRow row;
  row.prospect_id = prospect_id;
  row.campaign_id = campaign.campaign_id;
  row.step = FirstStep(campaign.spec, connected);
  if (row.step == static_cast<int>(campaign.spec.steps.size())) {
    return Offer{false, "already_connected"};
  }
  OL_ASSIGN_OR_RETURN(Offer offer, Consider(session, *subject, campaign, sender, row.step));
  row.state = "refused";
  row.reason = offer.reason;
  row.due_at_us = session.now_us();
  if (offer.enrolled) {
    Schedule(campaign.spec, connected, session.now_us(), &row);
    OL_RETURN_IF_ERROR(storage::TouchDue(db, org_id, row.due_at_us));
  }
  OL_RETURN_IF_ERROR(storage::InsertEnrollment(db, org_id, row, session.now_us()));
  return offer;
}

}  // namespace

absl::StatusOr<base::Id> CreateCampaign(Engine& engine, const base::Id& org_id,
                                        const std::string& spec_json,
                                        const std::string& external_ref) {
  if (external_ref.size() > base::kMaxNameBytes) {
    return Error(ErrorCode::kLimit, "external_ref: longer than kMaxNameBytes");
  }
  OL_ASSIGN_OR_RETURN(const domain::Campaign spec, domain::Campaign::Parse(spec_json));
  for (const std::string& id : spec.content) {
    bool known = false;
    for (std::string_view name : domain::kContentElementNames) known = known || name == id;
    if (!known) {
      return Error(ErrorCode::kInvalidArgument, "campaign: content holds an unknown element id");
    }
  }
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  if (!external_ref.empty()) {
    OL_ASSIGN_OR_RETURN(const auto existing, storage::FindCampaignByRef(db, org_id, external_ref));
    if (existing) return *existing;
  }
  OL_ASSIGN_OR_RETURN(const auto sender, storage::LoadSender(db, org_id, spec.sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  const base::Id campaign_id = session.NewId();
  OL_RETURN_IF_ERROR(storage::InsertCampaign(db, org_id, campaign_id, spec.sender_id, external_ref,
                                             spec.name, spec_json, session.now_us()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "campaign.create", campaign_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return campaign_id;
}

absl::StatusOr<Table> ListCampaigns(Engine& engine, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT campaign_id, name, external_ref, sender_id, created_at_us FROM "
      "campaigns WHERE org_id = $1 ORDER BY campaign_id",
      {org_id});
  Table table({{"campaign_id", ColumnType::kId},
               {"name", ColumnType::kText},
               {"external_ref", ColumnType::kText},
               {"sender_id", ColumnType::kId},
               {"created_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  return table;
}

absl::StatusOr<Table> Enroll(Engine& engine, const base::Id& org_id, const base::Id& campaign_id,
                             const std::vector<base::Id>& prospect_ids) {
  Table table({{"prospect_id", ColumnType::kId},
               {"enrolled", ColumnType::kInt},
               {"reason", ColumnType::kText}});
  const CallScope call(engine);
  size_t begin = 0;
  do {  // once for nobody too: a campaign that does not exist is an error whoever is offered
    OL_RETURN_IF_ERROR(CheckCancelled(engine));
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(storage::Transaction transaction,
                        storage::Transaction::Begin(session.db()));
    OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign, LoadCampaign(session, org_id, campaign_id));
    OL_ASSIGN_OR_RETURN(const auto sender,
                        storage::LoadSender(session.db(), org_id, campaign.spec.sender_id));
    if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
    if (prospect_ids.empty()) break;
    const size_t end = std::min(prospect_ids.size(), begin + kEnrollBatch);
    int64_t enrolled = 0;
    for (size_t i = begin; i < end; ++i) {
      OL_ASSIGN_OR_RETURN(Offer offer,
                          OfferOne(session, org_id, campaign, *sender, prospect_ids[i]));
      enrolled += offer.enrolled ? 1 : 0;
      table.Add({prospect_ids[i], static_cast<int64_t>(offer.enrolled), std::move(offer.reason)});
    }
    OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "campaign.enroll", campaign_id,
                                  "{\"offered\":" + std::to_string(end - begin) +
                                      ",\"enrolled\":" + std::to_string(enrolled) + "}"));
    OL_RETURN_IF_ERROR(transaction.Commit());
    begin = end;
  } while (begin < prospect_ids.size());
  return table;
}

absl::StatusOr<Table> ListEnrollments(Engine& engine, const base::Id& org_id,
                                      const base::Id& campaign_id, const std::string& page_token,
                                      int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT prospect_id, state, step, due_at_us, reason FROM enrollments "
      "WHERE org_id = $1 AND campaign_id = $2 AND prospect_id > $3 ORDER BY "
      "prospect_id LIMIT $4",
      {org_id, campaign_id, after, size});
  Table table({{"prospect_id", ColumnType::kId},
               {"state", ColumnType::kText},
               {"step", ColumnType::kInt},
               {"due_at_us", ColumnType::kInt},
               {"reason", ColumnType::kText}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

absl::StatusOr<Table> RenderStep(Engine& engine, const base::Id& org_id,
                                 const base::Id& campaign_id, const base::Id& prospect_id,
                                 int step) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const LoadedCampaign campaign, LoadCampaign(session, org_id, campaign_id));
  if (step < 0 || step >= static_cast<int>(campaign.spec.steps.size())) {
    return Error(ErrorCode::kInvalidArgument, "step: the campaign has no such step");
  }
  OL_ASSIGN_OR_RETURN(const auto subject, LoadSubject(session, org_id, prospect_id));
  if (!subject) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_ASSIGN_OR_RETURN(const auto sender,
                      storage::LoadSender(session.db(), org_id, campaign.spec.sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  OL_ASSIGN_OR_RETURN(std::string text, RenderText(*subject, campaign, step, *sender));
  Table table({{"body", ColumnType::kText},
               {"utf16_units", ColumnType::kInt},
               {"limit_units", ColumnType::kInt}});
  const int64_t units = static_cast<int64_t>(base::Utf16Length(text));
  const int64_t limit =
      domain::UnitLimit(campaign.spec.steps[static_cast<size_t>(step)].action, sender->premium);
  table.Add({std::move(text), units, limit});
  return table;
}

absl::Status AddRelation(Engine& engine, const base::Id& org_id, const base::Id& sender_id,
                         const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const auto sender, storage::LoadSender(db, org_id, sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  OL_ASSIGN_OR_RETURN(const auto person, storage::LoadProspect(db, org_id, prospect_id));
  if (!person) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
  OL_RETURN_IF_ERROR(RecordConnection(session, org_id, prospect_id, sender_id).status());
  return transaction.Commit();
}

}  // namespace onlyleads::engine
