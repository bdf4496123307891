// The permission to send one message to one person, as a value that only a decision can make. What
// takes a Permit cannot be reached without one: it is move-only, final, and has no public
// constructor. A moved-from permit is spent and permits nothing.
#ifndef ONLYLEADS_SRC_DOMAIN_PERMIT_H_
#define ONLYLEADS_SRC_DOMAIN_PERMIT_H_

#include <cstdint>
#include <utility>
#include <variant>

#include "src/base/id.h"
#include "src/domain/decision.h"
#include "src/domain/policy/facts.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

// What is about to happen, to whom, and on which state of the facts.
struct Processing {
  base::Id org_id{};
  base::Id prospect_id{};
  base::Id campaign_id{};
  int32_t step = 0;
  Channel channel = Channel::kEmail;
  Purpose purpose = Purpose::kSend;
  int64_t facts_version = 0;
};

struct Refusal {
  ReasonCode reason;
  Trace trace;
};

class Permit final {
 public:
  Permit(Permit&& other) noexcept
      : processing_(other.processing_),
        decision_(other.decision_),
        decided_at_us_(other.decided_at_us_),
        spent_(std::exchange(other.spent_, true)) {}
  Permit& operator=(Permit&& other) noexcept {
    if (this == &other) return *this;
    processing_ = other.processing_;
    decision_ = other.decision_;
    decided_at_us_ = other.decided_at_us_;
    spent_ = std::exchange(other.spent_, true);
    return *this;
  }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() = default;

  const Processing& processing() const { return processing_; }
  ReasonCode reason() const { return decision_.reason; }
  LawfulBasis lawful_basis() const { return *decision_.lawful_basis; }
  int64_t decided_at_us() const { return decided_at_us_; }
  ContentMask obligations() const { return decision_.obligations; }
  const Trace& trace() const { return decision_.trace; }
  bool spent() const { return spent_; }

 private:
  friend std::variant<Permit, Refusal> Decide(const Processing& processing, const SendFacts& facts,
                                              int64_t now_us);
  Permit(const Processing& processing, const Decision& decision, int64_t decided_at_us)
      : processing_(processing), decision_(decision), decided_at_us_(decided_at_us) {}

  Processing processing_;
  Decision decision_;
  int64_t decided_at_us_;
  bool spent_ = false;
};

// Decides on the facts as of the UTC day of `now_us` and on the channel of `processing`; both
// replace what the facts say, so that a permit never speaks of another day or channel.
std::variant<Permit, Refusal> Decide(const Processing& processing, const SendFacts& facts,
                                     int64_t now_us);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_PERMIT_H_
