#include "src/domain/rights.h"

namespace onlyleads::domain {
namespace {

constexpr Right kRights[] = {
    {"access", "15", "to receive this copy and these particulars, and again at any time"},
    {"rectification", "16", "to have what is wrong corrected and what is missing completed"},
    {"erasure", "17", "to have the data erased; a keyed digest stays, so that it does not return"},
    {"restriction", "18", "to have the data stored only, and not used, while a question is open"},
    {"portability", "20", "to receive what you provided yourself under consent or contract"},
    {"objection", "21", "to object to direct marketing and its profiling at any time; it is final"},
    {"withdrawal", "7(3)", "to withdraw a consent as easily as it was given"},
    {"human_review", "22", "to have a person look at a decision that a machine alone has made"},
    {"complaint", "77", "to complain to a supervisory authority, such as that of where you live"},
};

struct Origin {
  std::string_view category;
  std::string_view source;
};
constexpr Origin kOrigins[] = {
    {"inference", "computed by the controller from the data in this document"},
    {"preference", "you, or a flag in the file your data came with"},
    {"relationship", "the network on which you and the sender are connected"},
    {"content", "you and the controller, who wrote these messages"},
    {"pseudonym", "computed by the controller from your identifiers"},
    {"technical", "recorded by the controller's system"},
};

}  // namespace

const std::string_view kScoringLogic =
    "The controller's scorecard adds points for title, industry, country, company, city and "
    "recorded "
    "reactions; each score lists its factors and their points.";
const std::string_view kScoringConsequences =
    "A score orders lists in which members of the controller choose whom to contact. It neither "
    "permits nor refuses anything, and it has no legal effect on you.";
const std::string_view kDecisionLogic =
    "Before each message fixed rules decide whether it may be sent, from your country, the "
    "channel, "
    "your preferences and objections, and how your data was obtained. Every decision is listed "
    "with "
    "the code of its reason.";

absl::Span<const Right> Rights() { return kRights; }

std::string_view SourceOf(std::string_view category) {
  for (const Origin& origin : kOrigins) {
    if (origin.category == category) return origin.source;
  }
  return {};
}

DataCategorySet LeavesAs(std::string_view category) {
  if (category == "identity") return DataCategory::kName;
  if (category == "contact") {
    return {DataCategory::kNetworkIdentifier, DataCategory::kEmailAddress};
  }
  if (category == "content") return DataCategory::kMessageText;
  if (category == "employment") return DataCategory::kProfessional;
  if (category == "location") return DataCategory::kLocation;
  if (category == "relationship") return DataCategory::kSignal;
  return {};
}

std::string_view BasisOf(std::string_view purpose, std::string_view of_the_person) {
  // Keeping an objection and accounting for what was done are duties: GDPR 21(3), 17(3)(b), 5(2).
  if (purpose == "suppression" || purpose == "accountability" || purpose == "legal") {
    return "legal_obligation";
  }
  return of_the_person;
}

}  // namespace onlyleads::domain
