#include "src/domain/campaigns.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/abseil.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/base/time.h"

namespace onlyleads::domain {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int64_t kMaxDelayS = 400LL * 24 * 3600;

absl::Status Invalid(std::string_view member, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument,
               absl::StrCat("campaign: ", std::string(member), " ", std::string(what)));
}

// A misspelt delay must not become none.
absl::Status RefuseUnknownMembers(JsonValue object, std::string_view at,
                                  std::initializer_list<std::string_view> known) {
  if (object.HasOnly(known)) return absl::OkStatus();
  // Not by its name, which may be anything.
  return Invalid(at, absl::StrCat("holds a member that is not known; known are ",
                                  absl::StrJoin(known, ", ", [](std::string* out, auto name) {
                                    absl::StrAppend(out, base::ToAbsl(name));
                                  })));
}

// Absent, or text: another type is a mistake, no default.
bool IsTextOrAbsent(JsonValue object, std::string_view member) {
  return !object.Has(member) || object[member].IsString();
}

absl::StatusOr<CampaignStep> ParseStep(size_t index, JsonValue json) {
  const std::string at = absl::StrCat("steps[", index, "]");
  if (!json.IsObject()) return Invalid(at, "must be an object");
  OL_RETURN_IF_ERROR(RefuseUnknownMembers(json, at, {"action", "after", "delay_s", "template"}));
  CampaignStep step;
  const std::string action = json.StringOr("action", "");
  if (action == "invitation") {
    step.action = StepAction::kInvitation;
  } else if (action == "message") {
    step.action = StepAction::kMessage;
  } else {
    return Invalid(at + ".action", "must be invitation or message");
  }
  const std::string after = json.StringOr("after", index == 0 ? "start" : "step");
  step.after_acceptance = after == "acceptance";
  if (!IsTextOrAbsent(json, "after")) return Invalid(at + ".after", "must be text");
  if (!step.after_acceptance && after != (index == 0 ? "start" : "step")) {
    return Invalid(at + ".after", "must be acceptance, or absent");
  }
  const auto delay = json.Has("delay_s") ? json["delay_s"].AsInt() : std::optional<int64_t>(0);
  if (!delay || *delay < 0 || *delay > kMaxDelayS) {
    return Invalid(at + ".delay_s", "must be whole seconds from 0 to 400 days");
  }
  step.delay_us = *delay * base::kSecondUs;
  const auto text = json["template"].AsString();
  if (!text) return Invalid(at + ".template", "is missing");
  if (text->size() > base::kMaxMessageBytes) return Invalid(at + ".template", "is too long");
  auto body = Template::Parse(*text);
  if (!body.ok()) return body.status();
  step.body = *std::move(body);
  return step;
}

absl::Status ParseFlags(JsonValue root, Campaign* campaign) {
  const std::pair<std::string_view, bool*> flags[] = {
      {"lia_on_file", &campaign->lia_on_file},
      {"role_related", &campaign->role_related},
      {"art14_in_template", &campaign->art14_in_template}};
  for (const auto& [name, target] : flags) {
    if (!root.Has(name)) continue;
    if (!root[name].IsBool()) return Invalid(name, "must be true or false");
    *target = *root[name].AsBool();
  }
  return absl::OkStatus();
}

absl::Status ParseVariables(JsonValue root, Campaign* campaign) {
  if (root.Has("variables") && !root["variables"].IsObject()) {
    return Invalid("variables", "must be an object");
  }
  absl::Status status;
  root["variables"].ForEachMember([&](std::string_view key, JsonValue value) {
    const auto text = value.AsString();
    if (!text && status.ok()) status = Invalid("variables", "must hold text only");
    campaign->variables.emplace_back(key, text.value_or(""));
  });
  return status;
}

}  // namespace

absl::StatusOr<Campaign> Campaign::Parse(std::string_view json) {
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) {
    return Error(base::CodeOf(document.status()),
                 absl::StrCat("campaign: ", document.status().message()));
  }
  const JsonValue root = document->root();
  if (!root.IsObject()) return Error(ErrorCode::kInvalidArgument, "campaign: must be an object");
  OL_RETURN_IF_ERROR(
      RefuseUnknownMembers(root, "it",
                           {"name", "sender_id", "profile", "lia_on_file", "role_related",
                            "art14_in_template", "steps", "content", "variables"}));
  Campaign campaign;
  campaign.name = root.StringOr("name", "");
  if (campaign.name.empty()) return Invalid("name", "is missing");
  const auto sender = base::ParseId(root.StringOr("sender_id", ""));
  if (!sender) return Invalid("sender_id", "must be an id");
  campaign.sender_id = *sender;
  campaign.profile = root.StringOr("profile", "");
  if (!IsTextOrAbsent(root, "profile")) return Invalid("profile", "must be text");
  if (!campaign.profile.empty() && campaign.profile != "strict" && campaign.profile != "balanced") {
    return Invalid("profile", "must be strict or balanced");
  }
  OL_RETURN_IF_ERROR(ParseFlags(root, &campaign));
  OL_RETURN_IF_ERROR(ParseVariables(root, &campaign));
  if (root.Has("content") && !root["content"].IsArray()) {
    return Invalid("content", "must be a list of element ids");
  }
  for (size_t i = 0; i < root["content"].size(); ++i) {
    const auto element = root["content"].at(i).AsString();
    if (!element) return Invalid("content", "must be a list of element ids");
    campaign.content.emplace_back(*element);
  }
  const JsonValue steps = root["steps"];
  if (steps.size() == 0 || steps.size() > static_cast<size_t>(base::kMaxSteps)) {
    return Invalid("steps", absl::StrCat("must be a list of 1 to ", base::kMaxSteps));
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    OL_ASSIGN_OR_RETURN(CampaignStep step, ParseStep(i, steps.at(i)));
    if (step.action == StepAction::kInvitation && i != 0) {
      return Invalid(absl::StrCat("steps[", i, "]"), "an invitation can only be the first step");
    }
    campaign.steps.push_back(std::move(step));
  }
  return campaign;
}

const std::string* Campaign::Variable(std::string_view name) const {
  for (const auto& [key, value] : variables) {
    if (key == name) return &value;
  }
  return nullptr;
}

int UnitLimit(StepAction action, bool premium) {
  if (action == StepAction::kMessage) return kMessageUnits;
  return premium ? kPremiumNoteUnits : kFreeNoteUnits;
}

}  // namespace onlyleads::domain
