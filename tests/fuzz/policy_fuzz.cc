// The decision over JSON facts: what cannot be read allows nothing, an answer is
// one whole document, the same facts give the same answer, and no protective fact ever turns a
// refusal into a permission.
#include <iterator>
#include <string>
#include <string_view>

#include "src/base/json.h"
#include "src/domain/decision.h"
#include "src/domain/policy/facts_json.h"
#include "tests/fuzz/fuzz.h"

namespace onlyleads {
namespace {

using base::JsonDocument;
using base::JsonValue;
using fuzz::Claim;

// The answer's JSON, empty when there is none: what ol_policy_evaluate does.
std::string Ask(std::string_view text) {
  const auto document = JsonDocument::Parse(text);
  if (!document.ok()) return {};
  const auto facts = domain::FactsFromJson(document->root());
  if (!facts.ok()) return {};
  return domain::DecisionToJson(domain::Evaluate(facts->facts()));
}

bool Allows(const std::string& answer) {
  if (answer.empty()) return false;
  const auto document = JsonDocument::Parse(answer);
  Claim(document.ok(), "an answer is JSON");
  const JsonValue root = document->root();
  const std::string verdict = root.StringOr("verdict", "");
  const std::string reason = root.StringOr("reason", "");
  Claim(verdict == "ALLOW" || verdict == "DENY", "an answer has a verdict");
  const bool allows = verdict == "ALLOW";
  Claim(reason.rfind(allows ? "ALLOW_" : "DENY_", 0) == 0, "the reason is of the verdict");
  Claim(root["lawful_basis"].IsString() == allows, "what is allowed has a lawful basis");
  const JsonValue trace = root["trace"];
  Claim(trace.size() > 0, "an answer has a trace");
  Claim(trace.at(trace.size() - 1).StringOr("outcome", "") == (allows ? "allowed" : "denied"),
        "the last step decided");
  return allows;
}

// The facts with one of them set.
std::string With(JsonValue facts, std::string_view key, std::string_view raw) {
  base::JsonWriter writer;
  writer.BeginObject();
  facts.ForEachMember([&](std::string_view name, JsonValue value) {
    if (name != key) writer.Key(name).Raw(value.Dump());
  });
  writer.Key(key).Raw(raw).EndObject();
  return writer.Take();
}

void CheckProtection(JsonValue facts, bool allowed, uint8_t choice) {
  struct Protection {
    const char* key;
    const char* value;
    bool always;  // nothing but an answer to the person's own request passes it
  };
  static constexpr Protection kProtections[] = {
      {"objected", "true", false},         {"suppressed", "true", false},
      {"register_listed", "true", false},  {"soft_opt_in", "null", false},
      {"lia_ok", "false", false},          {"erased_tombstone", "true", true},
      {"restricted", "true", true},        {"legal_hold_only", "true", true},
      {"retention_expired", "true", true}, {"special_category", "true", true},
      {"dpa_active", "false", true},       {"subprocessor_ok", "false", true},
      {"transfer_ok", "false", true},      {"within_instructions", "false", true},
      {"age", "\"under_18\"", true},
  };
  const std::string kind = facts.StringOr("kind", "outreach");
  // One of them an input, because each is a decision of its own.
  const Protection& protection = kProtections[choice % std::size(kProtections)];
  const std::string answer = Ask(With(facts, protection.key, protection.value));
  // A name that the facts do not know would make the check empty.
  Claim(!answer.empty(), "a protective fact is known");
  const bool still = Allows(answer);
  Claim(!still || allowed, "protection never turns a refusal into a permission");
  if (protection.always) Claim(!still || kind == "rights_response", "protection protects");
  const std::string_view key = protection.key;
  if ((key == "objected" || key == "suppressed") &&
      (kind == "outreach" || kind == "consent_request")) {
    Claim(!still, "nobody is written to against their will");
  }
}

}  // namespace
}  // namespace onlyleads

// One byte that chooses a prefix and a protective fact, then the facts.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace onlyleads;
  fuzz::Input input(data, size);
  const uint8_t choice = input.Byte();
  const std::string_view text = input.Rest();
  const std::string answer = Ask(text);
  const bool allowed = Allows(answer);
  fuzz::Claim(Ask(text) == answer, "the same facts give the same answer");

  const auto document = base::JsonDocument::Parse(text);
  const bool object = document.ok() && document->root().IsObject();
  fuzz::Claim(object || answer.empty(), "what cannot be read allows nothing");
  if (answer.empty()) return 0;
  const std::string facts = document->root().Dump();
  fuzz::Claim(Ask(facts) == answer, "facts do not depend on how their JSON is written");
  fuzz::Claim(Ask(std::string_view(facts).substr(0, choice % facts.size())).empty(),
              "half of the facts are none");
  fuzz::Claim(Ask(With(document->root(), "no_such_fact", "true")).empty(),
              "a fact that is not known is an error");
  CheckProtection(document->root(), allowed, choice);
  return 0;
}
