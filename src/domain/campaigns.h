// A campaign's document: its own facts for the decision, its steps and variables. Pure.
#ifndef ONLYLEADS_SRC_DOMAIN_CAMPAIGNS_H_
#define ONLYLEADS_SRC_DOMAIN_CAMPAIGNS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "src/base/id.h"
#include "src/domain/drafting.h"

namespace onlyleads::domain {

enum class StepAction { kInvitation, kMessage };

struct CampaignStep {
  StepAction action;
  bool after_acceptance = false;  // delay counts from the acceptance, else from the step before
  int64_t delay_us = 0;
  Template body;
};

struct Campaign {
  std::string name;
  base::Id sender_id;
  std::string profile;  // empty: the engine's
  bool lia_on_file = false;
  bool role_related = false;
  bool art14_in_template = false;
  std::vector<std::string> content;  // element ids the templates contain
  std::vector<CampaignStep> steps;
  std::vector<std::pair<std::string, std::string>> variables;

  // The form is in include/onlyleads/campaigns.h. Errors name the member, not its value.
  static absl::StatusOr<Campaign> Parse(std::string_view json);

  const std::string* Variable(std::string_view name) const;
};

// What a channel lets through, in UTF-16 units.
inline constexpr int kFreeNoteUnits = 200;
inline constexpr int kPremiumNoteUnits = 300;
inline constexpr int kMessageUnits = 8000;
int UnitLimit(StepAction action, bool premium);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_CAMPAIGNS_H_
