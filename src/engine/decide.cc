#include "src/engine/decide.h"

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/organizations.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kSubProcessorId = "unipile";

domain::RecipientType RecipientTypeOf(std::string_view name) {
  for (size_t i = 0; i < domain::kRecipientTypeCount; ++i) {
    if (domain::kRecipientTypeNames[i] == name) return static_cast<domain::RecipientType>(i);
  }
  return domain::RecipientType::kUnknown;
}

domain::ContentMask ContentOf(const domain::Campaign& campaign) {
  domain::ContentMask mask = campaign.art14_in_template ? domain::kArt14Content : 0;
  for (const std::string& id : campaign.content) {
    for (size_t i = 0; i < domain::kContentElementCount; ++i) {
      if (domain::kContentElementNames[i] == id) mask |= domain::ContentMask{1} << i;
    }
  }
  return mask;
}

domain::Profile ProfileOf(const Engine& engine, const domain::Campaign& campaign) {
  const std::string& name = campaign.profile.empty() ? engine.options().profile : campaign.profile;
  return name == "balanced" ? domain::Profile::kBalanced : domain::Profile::kStrict;
}

// Blocks that came after the derived bits were written, or that only a digest knows.
absl::Status AddDigestFacts(const Session& session, const Subject& subject,
                            domain::SendFacts* facts) {
  const base::Id& org_id = subject.organization.org_id;
  for (const storage::IdentifierRow& identifier : subject.known_as) {
    OL_ASSIGN_OR_RETURN(const bool blocked,
                        IsBlocked(session, org_id, identifier.kind, identifier.value));
    OL_ASSIGN_OR_RETURN(const bool suppressed, IsSuppressedFor(session, org_id, identifier.kind,
                                                               identifier.value, "linkedin"));
    facts->erased_tombstone = facts->erased_tombstone || blocked;
    facts->suppressed = facts->suppressed || suppressed;
  }
  return absl::OkStatus();
}

// One human may stand in several records. What any record of a provider id says against writing
// holds for whoever else that id would reach.
absl::Status AddFactsOfOtherRecords(const Session& session, const Subject& subject,
                                    domain::SendFacts* facts) {
  storage::Connection* db = session.db();
  const base::Id& org_id = subject.organization.org_id;
  for (const storage::IdentifierRow& identifier : subject.known_as) {
    if (identifier.kind != static_cast<int>(domain::IdentifierKind::kLinkedinMemberId)) continue;
    OL_ASSIGN_OR_RETURN(const auto owners, storage::LoadOwnersOf(db, org_id, identifier.value));
    for (const base::Id& owner : owners) {
      OL_ASSIGN_OR_RETURN(const auto theirs, storage::LoadFacts(db, org_id, owner));
      if (!theirs) continue;
      facts->objected = facts->objected || theirs->objected_at_us.has_value();
      facts->restricted = facts->restricted || theirs->restricted_at_us.has_value();
      facts->suppressed = facts->suppressed || theirs->suppressed_linkedin;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SubProcessorAllows(const Session& session) {
  OL_ASSIGN_OR_RETURN(const auto row, storage::LoadSubProcessor(session.db(), kSubProcessorId));
  if (!row) return false;
  const domain::Disclosure question{
      row->id,
      domain::EgressPurpose::kDeliver,
      {domain::DataCategory::kNetworkIdentifier, domain::DataCategory::kMessageText},
      row->region};
  return domain::Authorize(*row, question, session.now_us()).ok();
}

absl::StatusOr<domain::SendFacts> BuildFacts(const Session& session, const Subject& subject,
                                             const LoadedCampaign& campaign) {
  domain::SendFacts facts;
  facts.profile = ProfileOf(session.engine(), campaign.spec);
  facts.recipient_country = subject.person.country;
  facts.recipient_type = RecipientTypeOf(subject.person.recipient_type);
  facts.sender_country = subject.organization.country;
  facts.role_related = campaign.spec.role_related;
  facts.objected = subject.facts.objected_at_us.has_value();
  facts.suppressed = subject.facts.suppressed_linkedin;
  facts.restricted = subject.facts.restricted_at_us.has_value();
  facts.dpa_active = subject.organization.dpa_active;
  OL_ASSIGN_OR_RETURN(facts.subprocessor_ok, SubProcessorAllows(session));
  facts.lia_ok = campaign.spec.lia_on_file;
  facts.art14_given = subject.facts.notice_given_at_us.has_value();
  facts.art14_in_message = campaign.spec.art14_in_template;
  facts.days_since_obtained = static_cast<int>(
      std::max<int64_t>(0, session.now_us() - subject.person.obtained_at_us) / base::kDayUs);
  facts.content_present = ContentOf(campaign.spec);
  OL_RETURN_IF_ERROR(AddDigestFacts(session, subject, &facts));
  OL_RETURN_IF_ERROR(AddFactsOfOtherRecords(session, subject, &facts));
  return facts;
}

}  // namespace

std::string_view Subject::Identifier(int kind) const {
  for (const storage::IdentifierRow& identifier : identifiers) {
    if (identifier.kind == kind) return identifier.value;
  }
  return {};
}

domain::ReasonCode Decided::reason() const {
  if (const auto* permit = std::get_if<domain::Permit>(&answer)) return permit->reason();
  return std::get<domain::Refusal>(answer).reason;
}

domain::Channel ChannelOf(domain::StepAction action) {
  return action == domain::StepAction::kInvitation ? domain::Channel::kLinkedinInviteNote
                                                   : domain::Channel::kLinkedinMessage;
}

absl::StatusOr<std::optional<Subject>> LoadSubject(const Session& session, const base::Id& org_id,
                                                   const base::Id& prospect_id) {
  storage::Connection* db = session.db();
  // The facts row first: it is what the facts lock guards.
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(auto person, storage::LoadProspect(db, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(auto organization, storage::LoadOrganization(db, org_id));
  if (!facts || !person || !organization) return std::nullopt;
  Subject subject{*std::move(organization), *std::move(person), *facts, {}, {}};
  OL_ASSIGN_OR_RETURN(subject.identifiers, storage::LoadIdentifiers(db, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(subject.known_as,
                      storage::WithResolved(db, org_id, prospect_id, subject.identifiers));
  return subject;
}

absl::StatusOr<bool> IsSubscribed(const Session& session, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(const auto organization, storage::LoadOrganization(session.db(), org_id));
  return organization && domain::SubscriptionRuns(organization->active_until_us, session.now_us());
}

absl::StatusOr<LoadedCampaign> LoadCampaign(const Session& session, const base::Id& org_id,
                                            const base::Id& campaign_id) {
  OL_ASSIGN_OR_RETURN(const auto spec,
                      storage::LoadCampaignSpec(session.db(), org_id, campaign_id));
  if (!spec) return Error(ErrorCode::kNotFound, "campaign_id: no such campaign");
  OL_ASSIGN_OR_RETURN(domain::Campaign parsed, domain::Campaign::Parse(*spec));
  return LoadedCampaign{campaign_id, std::move(parsed)};
}

absl::StatusOr<Decided> DecideStep(Session& session, const Subject& subject,
                                   const LoadedCampaign& campaign, int step,
                                   std::string_view stage) {
  OL_ASSIGN_OR_RETURN(const domain::SendFacts facts, BuildFacts(session, subject, campaign));
  domain::Processing processing;
  processing.org_id = subject.organization.org_id;
  processing.prospect_id = subject.person.prospect_id;
  processing.campaign_id = campaign.campaign_id;
  processing.step = step;
  processing.channel = ChannelOf(campaign.spec.steps[static_cast<size_t>(step)].action);
  processing.purpose = domain::Purpose::kSend;
  processing.facts_version = subject.facts.version;
  Decided decided{session.NewId(), domain::Decide(processing, facts, session.now_us())};
  storage::DecisionRow row;
  row.decision_id = decided.decision_id;
  row.processing = processing;
  row.allowed = decided.allowed();
  row.reason = decided.reason();
  if (const auto* permit = std::get_if<domain::Permit>(&decided.answer)) {
    row.lawful_basis = domain::Name(permit->lawful_basis());
  }
  row.profile = domain::Name(facts.profile);
  row.stage = stage;
  OL_RETURN_IF_ERROR(storage::InsertDecision(session.db(), row, session.now_us()));
  return decided;
}

absl::StatusOr<std::string> RenderText(const Subject& subject, const LoadedCampaign& campaign,
                                       int step, const storage::SenderRow& sender) {
  const domain::CampaignStep& part = campaign.spec.steps[static_cast<size_t>(step)];
  const storage::ProspectRecord& person = subject.person;
  const std::pair<std::string_view, const std::string*> fields[] = {
      {"first_name", &person.first_name},
      {"last_name", &person.last_name},
      {"company", &person.company},
      {"title", &person.title},
      {"industry", &person.industry},
      {"city", &person.city},
      {"country", &person.country},
      {"sender_name", &sender.name},
      {"organization_name", &subject.organization.name}};
  OL_ASSIGN_OR_RETURN(std::string text,
                      part.body.Render([&](std::string_view name) -> std::optional<std::string> {
                        for (const auto& [field, value] : fields) {
                          if (field == name) return *value;
                        }
                        const std::string* variable = campaign.spec.Variable(name);
                        if (variable == nullptr) return std::nullopt;
                        return *variable;
                      }));
  const size_t limit = static_cast<size_t>(domain::UnitLimit(part.action, sender.premium));
  if (base::Utf16Length(text) > limit) {
    return Error(ErrorCode::kLimit, absl::StrCat("steps[", step, "]: the text is longer than ",
                                                 limit, " UTF-16 units"));
  }
  return text;
}

absl::StatusOr<domain::EgressPass> OpenEgress(Session& session, const base::Id& org_id,
                                              const base::Id& prospect_id,
                                              domain::EgressPurpose purpose,
                                              domain::DataCategorySet categories) {
  OL_ASSIGN_OR_RETURN(const auto row, storage::LoadSubProcessor(session.db(), kSubProcessorId));
  if (!row) return Error(ErrorCode::kEgressDenied, "sub_processor");
  const domain::Disclosure disclosure{row->id, purpose, categories, row->region};
  OL_ASSIGN_OR_RETURN(domain::EgressPass pass,
                      domain::Authorize(*row, disclosure, session.now_us()));
  OL_RETURN_IF_ERROR(storage::InsertDisclosure(session.db(), org_id, prospect_id, session.NewId(),
                                               disclosure, session.now_us()));
  return pass;
}

}  // namespace onlyleads::engine
