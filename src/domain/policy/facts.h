// The facts that a decision about one message is made on, as plain values: no allocation, so that
// the sending path fills one on the stack. Text is borrowed and must outlive the facts; facts read
// from JSON own theirs (see facts_json.h). What a missing fact means comes from the policy pack.
#ifndef ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_H_
#define ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::domain {

enum class Kind : uint8_t { kOutreach, kConsentRequest, kService, kInApp, kRightsResponse };

// States of a consent record (DPV 2.3). Only given and renewed permit anything; revoked counts as
// withdrawn, because the person's agreement has ended whoever ended it.
enum class ConsentStatus : uint8_t {
  kUnknown,
  kRequested,
  kRequestDeferred,
  kRefused,
  kGiven,
  kRenewed,
  kExpired,
  kWithdrawn,
  kRevoked,
  kInvalidated,
};

// An absent part is never in the sender's favour: no proof, no scope, no notice.
struct ConsentFacts {
  ConsentStatus status = ConsentStatus::kUnknown;
  bool proof = false;
  uint8_t channels = 0;  // bit per Channel
  std::string_view purpose{};
  std::string_view controller{};
  std::string_view notice_version{};
  std::string_view current_notice_version{};
  // The last day on which it is valid.
  std::optional<absl::CivilDay> expires_at = std::nullopt;
};

// The customer exception: details obtained in a sale. The first four are what every country asks
// for; the rest matters where the pack's row narrows the exception.
struct SoftOptInFacts {
  bool sale_or_negotiation = false;
  bool similar = false;
  bool optout_at_collection = false;
  bool optout_each_message = false;
  bool negotiation_only = false;  // there was no sale, only talks about one
  bool group_company = false;     // the details came from another company of the group
  bool refused_since = false;
  std::optional<int> months_ago =
      std::nullopt;  // since the exception was last used; nullopt: not known
};

enum class RelationshipType : uint8_t { kPurchase, kContract, kInquiry };

struct ImpliedFacts {
  RelationshipType type = RelationshipType::kInquiry;
  int months_ago = 0;
};

struct PublishedFacts {
  bool conspicuous = false;
  bool refusal_notice = true;  // until somebody has looked
  bool designated = false;     // published for receiving such messages
};

struct SendFacts {
  Profile profile = defaults::kProfile;
  absl::CivilDay as_of{defaults::kAsOf[0], defaults::kAsOf[1], defaults::kAsOf[2]};
  Kind kind = Kind::kOutreach;
  Channel channel = defaults::kChannel;
  // Alpha-2, upper case; empty when it could not be established.
  std::string_view recipient_country = defaults::kRecipientCountry;
  RecipientType recipient_type = defaults::kRecipientType;
  std::string_view sender_country = defaults::kSenderCountry;
  bool automated = defaults::kAutomated;
  bool promotional = defaults::kPromotional;
  bool role_related = defaults::kRoleRelated;
  bool under_18 = false;
  bool objected = defaults::kObjected;
  bool suppressed = defaults::kSuppressed;
  bool erased_tombstone = defaults::kErasedTombstone;
  bool restricted = defaults::kRestricted;
  bool legal_hold_only = defaults::kLegalHoldOnly;
  bool retention_expired = defaults::kRetentionExpired;
  bool dpa_active = defaults::kDpaActive;
  bool within_instructions = defaults::kWithinInstructions;
  bool subprocessor_ok = defaults::kSubprocessorOk;
  bool transfer_ok = defaults::kTransferOk;
  bool special_category = defaults::kSpecialCategory;
  std::optional<ConsentFacts> consent = std::nullopt;
  std::optional<SoftOptInFacts> soft_opt_in = std::nullopt;
  std::optional<ImpliedFacts> implied = std::nullopt;
  std::optional<PublishedFacts> published = std::nullopt;
  bool register_listed = defaults::kRegisterListed;
  bool lia_ok = defaults::kLiaOk;
  bool art14_given = defaults::kArt14Given;
  bool art14_in_message = defaults::kArt14InMessage;
  int days_since_obtained = defaults::kDaysSinceObtained;
  // nullopt: no text exists yet, the content rule waits for it.
  std::optional<ContentMask> content_present = defaults::kContentPresent;
  bool tracking_pixel = defaults::kTrackingPixel;
  bool pixel_consent = defaults::kPixelConsent;
  std::string_view purpose = defaults::kPurpose;
  std::string_view controller = defaults::kController;
};

}  // namespace onlyleads::domain

#endif  // ONLYLEADS_SRC_DOMAIN_POLICY_FACTS_H_
