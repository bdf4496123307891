// A scorecard and what it makes of a person. Pure; a score is always the sum of its factors.
#ifndef ONLYLEADS_SRC_DOMAIN_SCORING_H_
#define ONLYLEADS_SRC_DOMAIN_SCORING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/base/json.h"
#include "src/domain/signals.h"

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
  // Those that hit, in scorecard order; then one "signal:<kind>" for each kind that still counts.
  std::vector<Factor> factors;
};

class Scorecard {
 public:
  // The form is in include/onlyleads/scoring.h. Errors name the member, not its value.
  static absl::StatusOr<Scorecard> Parse(std::string_view json);

  // `signals` are the person's, in any order; they count as of `now_us`.
  Score Rate(const ScoredFields& fields, const std::vector<Signal>& signals = {},
             int64_t now_us = 0) const;
  // Whether signals matter at all.
  bool weighs_signals() const { return !weights_.empty(); }

 private:
  absl::Status ReadFactors(base::JsonValue factors);
  absl::Status ReadSignals(base::JsonValue signals);

  struct Rule {
    std::string name;
    std::string_view ScoredFields::*field;
    bool exact;  // a code compared as a whole
    double points;
    std::vector<std::string> any_of;  // folded
  };
  std::vector<Rule> rules_;
  std::vector<SignalWeight> weights_;
};

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_SCORING_H_
