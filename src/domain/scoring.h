// A scorecard and what it makes of a person. Pure; a score is always the sum of its factors.
#ifndef ONLYLEADS_SRC_DOMAIN_SCORING_H_
#define ONLYLEADS_SRC_DOMAIN_SCORING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/base/json.h"

namespace onlyleads::domain {

// What a scorecard may look at.
struct ScoredFields {
  std::string_view title = {};
  std::string_view industry = {};
  std::string_view country = {};
  std::string_view company = {};
  std::string_view city = {};
};

struct Factor {
  std::string name;
  double points;
};

struct Score {
  double total = 0;
  std::vector<Factor> factors;  // those that hit, in scorecard order
};

class Scorecard {
 public:
  // The form is in include/onlyleads/scoring.h. Errors name the member, not its value.
  static absl::StatusOr<Scorecard> Parse(std::string_view json);

  Score Rate(const ScoredFields& fields) const;

 private:
  struct Rule {
    std::string name;
    std::string_view ScoredFields::*field;
    bool exact;  // a code compared as a whole
    double points;
    std::vector<std::string> any_of;  // folded
  };
  std::vector<Rule> rules_;
};

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_SCORING_H_
