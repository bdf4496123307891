// Claim is intent: what is about to be called is decided again and committed first. A Dispatch
// comes out of a successful commit and of nothing else, and delivery takes nothing but a Dispatch.
#ifndef ONLYLEADS_SRC_ENGINE_CLAIM_H_
#define ONLYLEADS_SRC_ENGINE_CLAIM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "src/domain/egress.h"
#include "src/engine/engine.h"
#include "src/providers/unipile/requests.h"
#include "src/storage/organization_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

// What a call may take beside the host's own deadline: reading back, retries of the network below.
inline constexpr int64_t kSettlingUs = 60'000'000;

// Leave to make one provider call that was committed as intent.
class Dispatch final {
 public:
  enum class Kind { kInvitation, kMessage, kProfile };

  Dispatch(Dispatch&&) noexcept = default;
  Dispatch& operator=(Dispatch&&) noexcept = default;
  Dispatch(const Dispatch&) = delete;
  Dispatch& operator=(const Dispatch&) = delete;

  Kind kind() const { return kind_; }
  const base::Id& org_id() const { return org_id_; }
  const storage::MessageRow& message() const { return message_; }
  const base::Id& account_ref() const { return account_ref_; }
  int64_t throttles() const { return throttles_; }
  int64_t lease_end_us() const { return lease_end_us_; }
  const base::Id& use_id() const { return use_id_; }
  int64_t used_at_us() const { return used_at_us_; }
  // What to call, and the pass to call it with; once.
  providers::HttpRequest TakeRequest() { return std::move(request_); }
  domain::EgressPass TakePass() { return std::move(pass_); }

 private:
  friend class Claimer;
  Dispatch(Kind kind, const base::Id& org_id, storage::MessageRow message,
           const storage::SenderRow& sender, domain::EgressPass pass)
      : kind_(kind),
        org_id_(org_id),
        message_(std::move(message)),
        account_ref_(sender.account_ref),
        throttles_(sender.throttles),
        pass_(std::move(pass)) {}

  Kind kind_;
  base::Id org_id_;
  storage::MessageRow message_;
  base::Id account_ref_;
  int64_t throttles_;
  domain::EgressPass pass_;
  providers::HttpRequest request_;
  int64_t lease_end_us_ = 0;
  base::Id use_id_;
  int64_t used_at_us_ = 0;
};

// The window that a kind of call counts against.
std::string_view UseName(Dispatch::Kind kind);

struct ClaimResult {
  std::vector<Dispatch> dispatches;
  int64_t refused = 0;  // queued messages that the second decision ended
  // When a queued message that found no room now may find it; INT64_MAX when none waits for time.
  int64_t blocked_until_us = INT64_MAX;
};

// Takes up to `slots` of an organization's queued messages, under senders' limits and hours.
absl::StatusOr<ClaimResult> ClaimQueued(Session& session, const base::Id& org_id, int slots);

// When the first of the queued messages that are due finds room: now, later, or INT64_MAX. Takes
// none.
absl::StatusOr<int64_t> QueuedOpensAt(Session& session, const base::Id& org_id);

// The provider's account of a sender, its key unsealed.
absl::StatusOr<providers::unipile::Account> AccountOf(const Session& session,
                                                      const storage::SenderRow& sender);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_CLAIM_H_
