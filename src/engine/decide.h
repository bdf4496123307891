// From stored facts to a recorded decision: assembles what is known about a person, a campaign and
// a step, asks the pure rules, writes the decision. The only caller of domain::Decide.
#ifndef ONLYLEADS_SRC_ENGINE_DECIDE_H_
#define ONLYLEADS_SRC_ENGINE_DECIDE_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/domain/campaigns.h"
#include "src/domain/egress.h"
#include "src/domain/permit.h"
#include "src/engine/engine.h"
#include "src/storage/campaign_store.h"
#include "src/storage/organization_store.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {

// Everything about one person that a decision or a text needs, read in the running transaction.
struct Subject {
  storage::OrganizationRow organization;
  storage::ProspectRecord person;
  storage::FactsRow facts;
  std::vector<storage::IdentifierRow> identifiers;
  // The same and the provider ids that senders resolved: blocks and the send ledger go by these.
  std::vector<storage::IdentifierRow> known_as;
  // The value of the person's first identifier of a kind; empty when there is none.
  std::string_view Identifier(int kind) const;
};

// nullopt when there is no such person (any more).
absl::StatusOr<std::optional<Subject>> LoadSubject(const Session& session, const base::Id& org_id,
                                                   const base::Id& prospect_id);

// Whether the organization's subscription runs: without it nothing is queued or claimed.
absl::StatusOr<bool> IsSubscribed(const Session& session, const base::Id& org_id);

struct LoadedCampaign {
  base::Id campaign_id;
  domain::Campaign spec;
};
absl::StatusOr<LoadedCampaign> LoadCampaign(const Session& session, const base::Id& org_id,
                                            const base::Id& campaign_id);

domain::Channel ChannelOf(domain::StepAction action);

struct Decided {
  base::Id decision_id;
  std::variant<domain::Permit, domain::Refusal> answer;

  bool allowed() const { return std::holds_alternative<domain::Permit>(answer); }
  domain::ReasonCode reason() const;
};

// Decides `step` for the person now and records it with its stage (enroll, enqueue, claim).
absl::StatusOr<Decided> DecideStep(Session& session, const Subject& subject,
                                   const LoadedCampaign& campaign, int step,
                                   std::string_view stage);

// The text of a step. kMissingVariable, or kLimit when it is longer than the channel allows.
absl::StatusOr<std::string> RenderText(const Subject& subject, const LoadedCampaign& campaign,
                                       int step, const storage::SenderRow& sender);

// Leave to disclose to a sub-processor, by its register row. The disclosure is recorded with it.
absl::StatusOr<domain::EgressPass> OpenEgress(Session& session, const base::Id& org_id,
                                              const base::Id& prospect_id,
                                              domain::EgressPurpose purpose,
                                              domain::DataCategorySet categories);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_DECIDE_H_
