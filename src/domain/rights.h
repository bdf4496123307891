// What a copy of somebody's data must say beside the data (GDPR 15(1), 15(2)): rights, where data
// of a kind comes from, on which basis a purpose rests. Facts about law in our own words.
#ifndef ONLYLEADS_SRC_DOMAIN_RIGHTS_H_
#define ONLYLEADS_SRC_DOMAIN_RIGHTS_H_

#include <string_view>

#include "absl/types/span.h"
#include "src/domain/egress.h"

namespace onlyleads::domain {

struct Right {
  std::string_view id;
  std::string_view article;  // of the GDPR
  std::string_view text;
};
absl::Span<const Right> Rights();

// Where data of a category of the register comes from; empty: from where the person was obtained,
// which their record says.
std::string_view SourceOf(std::string_view category);

// As what a category of the register leaves for a sub-processor; empty when it never does.
DataCategorySet LeavesAs(std::string_view category);

// The lawful basis of a purpose; `of_the_person` is the one recorded when they were obtained.
std::string_view BasisOf(std::string_view purpose, std::string_view of_the_person);

// How scores come about and what follows from them (GDPR 15(1)(h)).
extern const std::string_view kScoringLogic;
extern const std::string_view kScoringConsequences;
extern const std::string_view kDecisionLogic;

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_RIGHTS_H_
