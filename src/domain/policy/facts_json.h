// Send facts as they come from outside: one JSON object whose keys and defaults are the policy
// pack's scenario_defaults, read strictly. Knows the form of the facts and none of the rules.
#ifndef ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_JSON_H_
#define ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_JSON_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/base/json.h"
#include "src/domain/policy/facts.h"

namespace onlyleads::domain {

// Facts together with the text that they borrow.
class OwnedSendFacts {
 public:
  const SendFacts& facts() const { return facts_; }

 private:
  friend class FactsReader;
  // On the heap, so that a move leaves the borrowed text where it is.
  using Texts = std::array<std::string, 8>;
  SendFacts facts_;
  std::unique_ptr<Texts> texts_ = std::make_unique<Texts>();
  size_t used_texts_ = 0;
};

// The facts of one `send` question. A missing key takes the pack's default. An unknown key, a wrong
// type or an unknown value is kInvalidArgument that names the key and never quotes the value.
absl::StatusOr<OwnedSendFacts> FactsFromJson(base::JsonValue json);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_JSON_H_
