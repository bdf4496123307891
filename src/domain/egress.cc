// Implements the egress gate. Terms are checked in the order in which a reader of the register
// would ask: who, since when, what for, what, where, on which terms. Nothing here knows a
// provider's API.
#include "src/domain/egress.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "src/base/error.h"

namespace onlyleads::domain {
namespace {

struct PurposeEntry {
  EgressPurpose purpose;
  std::string_view name;
};

constexpr PurposeEntry kPurposes[] = {
    {EgressPurpose::kDeliver, "deliver"},
    {EgressPurpose::kReconcile, "reconcile"},
    {EgressPurpose::kResolveProfile, "resolve_profile"},
    {EgressPurpose::kCollectReplies, "collect_replies"},
    {EgressPurpose::kDraft, "draft"},
    {EgressPurpose::kScore, "score"},
};

constexpr std::array<std::string_view, 31> kEea = {
    "EU", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
    "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"};

// Commission decisions under Article 45 GDPR. US is adequate for listed organizations only, which
// the transfer record has to show.
constexpr std::array<std::string_view, 16> kAdequate = {
    "AD", "AR", "BR", "CA", "FO", "GG", "IM", "IL", "JP", "JE", "NZ", "KR", "CH", "GB", "UY", "US"};

constexpr std::array<std::string_view, 4> kContractual = {"EU_SCC", "UK_IDTA", "UK_ADDENDUM",
                                                          "BCR"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool HasSafeguard(const SubProcessor& row) {
  if (row.safeguard == "ADEQUACY") return Contains(kAdequate, row.region);
  return Contains(kContractual, row.safeguard);
}

// The name of the first term that fails, empty when all hold.
std::string_view FailedTerm(const SubProcessor& row, const Disclosure& disclosure, int64_t now_us) {
  if (row.id.empty() || disclosure.sub_processor_id != row.id) return "sub_processor";
  if (!row.active) return "inactive";
  if (row.authorised_from_us <= 0 || now_us < row.authorised_from_us) return "not_yet_authorised";
  if (PurposeName(disclosure.purpose).empty()) return "unknown_purpose";
  if (!row.purposes.Contains(disclosure.purpose)) return "purpose_not_covered";
  if (disclosure.data_categories.empty()) return "no_category";
  if (!row.data_categories.Contains(disclosure.data_categories)) return "category_not_covered";
  if (row.region.empty() || disclosure.region != row.region) return "region";
  if (!row.no_training) return "no_training_term";
  if (IsInEea(row.region)) return {};
  if (!HasSafeguard(row)) return "missing_safeguard";
  if (row.transfer_record.empty()) return "missing_transfer_record";
  return {};
}

}  // namespace

std::string_view PurposeName(EgressPurpose purpose) {
  for (const PurposeEntry& entry : kPurposes) {
    if (entry.purpose == purpose) return entry.name;
  }
  return {};
}

std::optional<EgressPurpose> ParsePurpose(std::string_view name) {
  for (const PurposeEntry& entry : kPurposes) {
    if (entry.name == name) return entry.purpose;
  }
  return std::nullopt;
}

std::vector<std::string_view> PurposeNames(PurposeSet purposes) {
  std::vector<std::string_view> names;
  for (const PurposeEntry& entry : kPurposes) {
    if (purposes.Contains(entry.purpose)) names.push_back(entry.name);
  }
  return names;
}

std::vector<std::string_view> CategoryNames(DataCategorySet categories) {
  constexpr std::string_view kNames[] = {
      "account_identifier", "network_identifier", "name",          "message_text",
      "professional",       "location",           "email_address", "signal"};
  std::vector<std::string_view> names;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if ((categories.bits() >> i & 1) != 0) names.push_back(kNames[i]);
  }
  return names;
}

bool IsInEea(std::string_view region) { return Contains(kEea, region); }

EgressPass::EgressPass(Disclosure disclosure, int64_t authorised_at_us)
    : disclosure_(std::move(disclosure)), authorised_at_us_(authorised_at_us) {}

EgressPass::EgressPass(EgressPass&& other) noexcept
    : disclosure_(std::move(other.disclosure_)),
      authorised_at_us_(other.authorised_at_us_),
      spent_(std::exchange(other.spent_, true)) {}

EgressPass& EgressPass::operator=(EgressPass&& other) noexcept {
  if (this == &other) return *this;
  disclosure_ = std::move(other.disclosure_);
  authorised_at_us_ = other.authorised_at_us_;
  spent_ = std::exchange(other.spent_, true);
  return *this;
}

absl::StatusOr<EgressPass> Authorize(const SubProcessor& row, const Disclosure& disclosure,
                                     int64_t now_us) {
  const std::string_view failed = FailedTerm(row, disclosure, now_us);
  if (!failed.empty()) return base::Error(base::ErrorCode::kEgressDenied, failed);
  return EgressPass(disclosure, now_us);
}

SubProcessor UnipileSubProcessor(int64_t authorised_from_us) {
  SubProcessor row;
  row.id = "unipile";
  row.name = "Unipile";
  row.region = "FR";
  row.purposes = {EgressPurpose::kDeliver, EgressPurpose::kReconcile,
                  EgressPurpose::kResolveProfile, EgressPurpose::kCollectReplies};
  row.data_categories = {DataCategory::kAccountIdentifier, DataCategory::kNetworkIdentifier,
                         DataCategory::kName, DataCategory::kMessageText};
  row.no_training = true;
  row.authorised_from_us = authorised_from_us;
  row.active = true;
  return row;
}

}  // namespace onlyleads::domain
