#include "src/domain/scoring.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/domain/words.h"

namespace onlyleads::domain {
namespace {

using base::Error;
using base::ErrorCode;

absl::Status Invalid(size_t index, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument,
               absl::StrCat("scorecard: factors[", index, "]: ", std::string(what)));
}

}  // namespace

absl::StatusOr<Scorecard> Scorecard::Parse(std::string_view json) {
  OL_ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(json));
  const base::JsonValue factors = document.root()["factors"];
  if (!factors.IsArray() || factors.size() == 0) {
    return Error(ErrorCode::kInvalidArgument,
                 "scorecard: factors must be a list that is not empty");
  }
  Scorecard card;
  for (size_t i = 0; i < factors.size(); ++i) {
    const base::JsonValue factor = factors.at(i);
    Rule rule;
    rule.name = factor.StringOr("name", "");
    if (rule.name.empty()) return Invalid(i, "name is missing");
    const std::string field = factor.StringOr("field", "");
    rule.exact = field == "country";
    if (field == "title") {
      rule.field = &ScoredFields::title;
    } else if (field == "industry") {
      rule.field = &ScoredFields::industry;
    } else if (field == "country") {
      rule.field = &ScoredFields::country;
    } else if (field == "company") {
      rule.field = &ScoredFields::company;
    } else if (field == "city") {
      rule.field = &ScoredFields::city;
    } else {
      return Invalid(i, "field must be title, industry, country, company or city");
    }
    const auto points = factor["points"].AsDouble();
    if (!points || !std::isfinite(*points)) return Invalid(i, "points must be a number");
    rule.points = *points;
    const base::JsonValue any_of = factor["any_of"];
    if (any_of.size() == 0) return Invalid(i, "any_of must be a list that is not empty");
    for (size_t k = 0; k < any_of.size(); ++k) {
      const auto term = any_of.at(k).AsString();
      std::string folded = term ? FoldWords(*term) : " ";
      if (folded == " ") return Invalid(i, "any_of holds something that is no word");
      rule.any_of.push_back(std::move(folded));
    }
    card.rules_.push_back(std::move(rule));
  }
  return card;
}

Score Scorecard::Rate(const ScoredFields& fields) const {
  Score score;
  std::string_view ScoredFields::*folded_field = nullptr;
  std::string folded;
  for (const Rule& rule : rules_) {
    if (rule.field != folded_field) {
      folded = FoldWords(fields.*rule.field);
      folded_field = rule.field;
    }
    bool hit = false;
    for (const std::string& term : rule.any_of) {
      hit = rule.exact ? folded == term : folded.find(term) != std::string::npos;
      if (hit) break;
    }
    if (!hit) continue;
    score.total += rule.points;
    score.factors.push_back({rule.name, rule.points});
  }
  return score;
}

}  // namespace onlyleads::domain
