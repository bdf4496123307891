#include "src/domain/scoring.h"

#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/domain/words.h"

namespace onlyleads::domain {
namespace {

using base::Error;
using base::ErrorCode;

absl::Status Invalid(std::string_view list, size_t index, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, absl::StrCat("scorecard: ", std::string(list), "[",
                                                         index, "]: ", std::string(what)));
}

constexpr char kUnknownMember[] = "holds a member that is not known; known are ";

// Far enough from the ends of double that no sum or quotient reaches them.
constexpr double kMostPoints = 1e9;

std::optional<double> Positive(base::JsonValue value) {
  const auto number = value.AsDouble();
  if (!number || !(*number >= 1e-6) || !(*number <= kMostPoints)) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<Scorecard> Scorecard::Parse(std::string_view json) {
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) {
    return Error(base::CodeOf(document.status()),
                 absl::StrCat("scorecard: ", document.status().message()));
  }
  if (!document->root().HasOnly({"factors", "signals"})) {
    return Error(ErrorCode::kInvalidArgument,
                 absl::StrCat("scorecard: ", kUnknownMember, "factors, signals"));
  }
  const base::JsonValue factors = document->root()["factors"];
  const base::JsonValue signals = document->root()["signals"];
  if (!signals.IsNull() && !signals.IsArray()) {
    return Error(ErrorCode::kInvalidArgument, "scorecard: signals must be a list");
  }
  // A card of signals alone needs no factors.
  const bool may_be_absent = factors.IsNull() && signals.size() > 0;
  if (!may_be_absent && (!factors.IsArray() || factors.size() == 0)) {
    return Error(ErrorCode::kInvalidArgument,
                 "scorecard: factors must be a list that is not empty");
  }
  Scorecard card;
  OL_RETURN_IF_ERROR(card.ReadFactors(factors));
  OL_RETURN_IF_ERROR(card.ReadSignals(signals));
  return card;
}

absl::Status Scorecard::ReadFactors(base::JsonValue factors) {
  for (size_t i = 0; i < factors.size(); ++i) {
    const base::JsonValue factor = factors.at(i);
    if (!factor.HasOnly({"name", "field", "any_of", "points"})) {
      return Invalid("factors", i, absl::StrCat(kUnknownMember, "name, field, any_of, points"));
    }
    Rule rule;
    rule.name = factor.StringOr("name", "");
    if (rule.name.empty()) return Invalid("factors", i, "name is missing");
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
      return Invalid("factors", i, "field must be title, industry, country, company or city");
    }
    const auto points = factor["points"].AsDouble();
    if (!points || !(std::abs(*points) <= kMostPoints)) {
      return Invalid("factors", i, "points must be a number from -1e9 to 1e9");
    }
    rule.points = *points;
    const base::JsonValue any_of = factor["any_of"];
    if (any_of.size() == 0) {
      return Invalid("factors", i, "any_of must be a list that is not empty");
    }
    for (size_t k = 0; k < any_of.size(); ++k) {
      const auto term = any_of.at(k).AsString();
      std::string folded = term ? FoldWords(*term) : " ";
      if (folded == " ") return Invalid("factors", i, "any_of holds something that is no word");
      rule.any_of.push_back(std::move(folded));
    }
    rules_.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

absl::Status Scorecard::ReadSignals(base::JsonValue signals) {
  for (size_t i = 0; i < signals.size(); ++i) {
    const base::JsonValue signal = signals.at(i);
    // A misspelt cap must not become none.
    if (!signal.HasOnly({"kind", "points", "half_life_days", "max_points"})) {
      return Invalid("signals", i,
                     absl::StrCat(kUnknownMember, "kind, points, half_life_days, max_points"));
    }
    const auto kind = ParseSignalKind(signal.StringOr("kind", ""));
    if (!kind) {
      return Invalid("signals", i,
                     "kind must be reaction, comment, profile_view, follow, reply or visit");
    }
    for (const SignalWeight& other : weights_) {
      if (other.kind == *kind) return Invalid("signals", i, "kind is weighed already");
    }
    const auto points = Positive(signal["points"]);
    if (!points) return Invalid("signals", i, "points must be a number from 1e-6 to 1e9");
    const auto half_life = Positive(signal["half_life_days"]);
    if (!half_life)
      return Invalid("signals", i, "half_life_days must be a number from 1e-6 to 1e9");
    SignalWeight weight{*kind, *points, *half_life, std::numeric_limits<double>::max()};
    if (signal.Has("max_points")) {
      const auto most = Positive(signal["max_points"]);
      if (!most) return Invalid("signals", i, "max_points must be a number from 1e-6 to 1e9");
      weight.max_points = *most;
    }
    weights_.push_back(weight);
  }
  return absl::OkStatus();
}

Score Scorecard::Rate(const ScoredFields& fields, const std::vector<Signal>& signals,
                      int64_t now_us) const {
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
  for (const SignalWeight& weight : weights_) {
    const double points = DecayedPoints(weight, signals, now_us);
    if (points <= 0) continue;
    score.total += points;
    score.factors.push_back({absl::StrCat("signal:", std::string(Name(weight.kind))), points});
  }
  return score;
}

}  // namespace onlyleads::domain
