// The egress gate: what may leave for which sub-processor, for which purpose, to which region,
// under which safeguard (Articles 28 and 44 to 46 GDPR). Pure: the register row and `now` are
// arguments. A transport takes nothing without an EgressPass, and only Authorize makes one.
// Selling, advertising and training an external model have no enumerator here: they cannot be asked
// for.
#ifndef ONLYLEADS_SRC_DOMAIN_EGRESS_H_
#define ONLYLEADS_SRC_DOMAIN_EGRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onlyleads::domain {

// Why data leaves. One per call; a register row holds a set of them. Stored values: never renumber.
enum class EgressPurpose : uint32_t {
  kDeliver = 1u << 0,         // carry out one send that was decided
  kReconcile = 1u << 1,       // ask whether a send of unknown outcome took place
  kResolveProfile = 1u << 2,  // find the provider's id of a person
  kCollectReplies = 1u << 3,  // read conversations that the organization leads
  kDraft = 1u << 4,           // write a draft
  kScore = 1u << 5,           // score a prospect
};

// What leaves, as a set. Stored values: never renumber.
enum class DataCategory : uint32_t {
  kAccountIdentifier = 1u << 0,  // the sending member's account at the provider
  kNetworkIdentifier = 1u << 1,  // a person's public identifier or provider id
  kName = 1u << 2,               // first and last name
  kMessageText = 1u << 3,        // text of a message or note
  kProfessional = 1u << 4,       // title, company, industry
  kLocation = 1u << 5,           // country, city
  kEmailAddress = 1u << 6,       // an address
  kSignal = 1u << 7,             // observed behaviour that scoring uses
};

// A set of one of the two enumerations above.
template <typename E>
class BitSet {
 public:
  constexpr BitSet() = default;
  template <typename... Rest>
  constexpr BitSet(E first, Rest... rest)  // NOLINT(google-explicit-constructor): one is a set
      : bits_((static_cast<uint32_t>(first) | ... | static_cast<uint32_t>(rest))) {}
  static constexpr BitSet FromBits(uint32_t bits) {
    BitSet set;
    set.bits_ = bits;
    return set;
  }
  constexpr uint32_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool Contains(BitSet other) const { return (other.bits_ & ~bits_) == 0; }

 private:
  uint32_t bits_ = 0;
};
using PurposeSet = BitSet<EgressPurpose>;
using DataCategorySet = BitSet<DataCategory>;

// "deliver", "reconcile", ...; empty for a value that is none.
std::string_view PurposeName(EgressPurpose purpose);
std::optional<EgressPurpose> ParsePurpose(std::string_view name);
// The names of every purpose in the set, in the enumeration's order.
std::vector<std::string_view> PurposeNames(PurposeSet purposes);
// "account_identifier", "name", ... of every category in the set, in the enumeration's order.
std::vector<std::string_view> CategoryNames(DataCategorySet categories);

// One row of the sub-processor register.
struct SubProcessor {
  std::string id;
  std::string name;
  // Where the data is processed: ISO 3166 alpha-2, or "EU".
  std::string region;
  // ADEQUACY, EU_SCC, UK_IDTA, UK_ADDENDUM or BCR; needed outside the EEA only. The derogations of
  // Article 49 are for occasional transfers, never for a standing sub-processor.
  std::string safeguard;
  // Where the transfer is documented; needed together with a safeguard.
  std::string transfer_record;
  PurposeSet purposes;
  DataCategorySet data_categories;
  // A term of the contract that forbids training on the data.
  bool no_training = false;
  // End of the customers' objection window (Article 28(2)); 0 is not authorised.
  int64_t authorised_from_us = 0;
  bool active = false;
};

// What one call would disclose. Recorded by the engine as it stands.
struct Disclosure {
  std::string sub_processor_id;
  EgressPurpose purpose = EgressPurpose::kDeliver;
  DataCategorySet data_categories;
  // Where the call goes; must be the region the register knows.
  std::string region;
};

// Leave to make one call. Move-only; a pass that was moved from is spent and refused.
class EgressPass {
 public:
  EgressPass(EgressPass&& other) noexcept;
  EgressPass& operator=(EgressPass&& other) noexcept;
  EgressPass(const EgressPass&) = delete;
  EgressPass& operator=(const EgressPass&) = delete;

  bool spent() const { return spent_; }
  const Disclosure& disclosure() const { return disclosure_; }
  int64_t authorised_at_us() const { return authorised_at_us_; }

 private:
  friend absl::StatusOr<EgressPass> Authorize(const SubProcessor&, const Disclosure&, int64_t);
  EgressPass(Disclosure disclosure, int64_t authorised_at_us);

  Disclosure disclosure_;
  int64_t authorised_at_us_ = 0;
  bool spent_ = false;
};

// kEgressDenied, whose message names the first term that failed: sub_processor, inactive,
// not_yet_authorised, unknown_purpose, purpose_not_covered, no_category, category_not_covered,
// region, no_training_term, missing_safeguard, missing_transfer_record.
absl::StatusOr<EgressPass> Authorize(const SubProcessor& row, const Disclosure& disclosure,
                                     int64_t now_us);

// True for "EU", the EU's members and the EEA states.
bool IsInEea(std::string_view region);

// The register row that an installation starts with for Unipile (France). `authorised_from_us` is
// the caller's: the instant at which the installation accepted the provider.
SubProcessor UnipileSubProcessor(int64_t authorised_from_us);

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_EGRESS_H_
