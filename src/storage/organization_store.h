// Rows of organizations, members, senders and their provider accounts. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_ORGANIZATION_STORE_H_
#define ONLYLEADS_SRC_STORAGE_ORGANIZATION_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct OrganizationRow {
  base::Id org_id;
  std::string name;
  std::string country;
  bool dpa_active = false;
  std::optional<int64_t> active_until_us = std::nullopt;  // nullopt: no end is known
};

absl::StatusOr<std::optional<base::Id>> FindOrganizationByRef(Connection* db,
                                                              std::string_view external_ref);
absl::Status InsertOrganization(Connection* db, const OrganizationRow& row,
                                std::string_view external_ref, int64_t now_us);
absl::StatusOr<std::optional<OrganizationRow>> LoadOrganization(Connection* db,
                                                                const base::Id& org_id);
// False when there is no such organization.
absl::StatusOr<bool> SetActiveUntil(Connection* db, const base::Id& org_id,
                                    std::optional<int64_t> active_until_us);
// Moves the organization's due instant forward to `due_us` when that is earlier.
absl::Status TouchDue(Connection* db, const base::Id& org_id, int64_t due_us);
absl::Status SetDue(Connection* db, const base::Id& org_id, int64_t due_us);

struct SenderRow {
  base::Id sender_id;
  base::Id member_id;
  base::Id account_ref;
  std::string provider;
  std::string account_id;
  std::string name;
  std::string base_url;
  std::string api_key_sealed;
  std::string webhook_header;
  std::string webhook_secret_sealed;
  bool premium = false;
  std::string zone;
  int work_start_min = 0;
  int work_end_min = 0;
  uint32_t work_days = 0;
  int invitations_per_day = 0;
  int invitations_per_week = 0;
  int messages_per_day = 0;
  int messages_per_week = 0;
  int profiles_per_day = 0;
  int profiles_per_week = 0;
  int64_t min_gap_us = 0;
  bool active = false;
  // Of a restored copy: may look at the provider, not send, since when nothing is known of it.
  std::optional<int64_t> reconcile_from_us;
  int64_t reconcile_due_us = 0;
  // Of the provider account, shared by whoever uses it.
  int64_t paused_until_us = 0;
  std::string stop_reason;
  int64_t throttles = 0;
};

// The account's row, made when it is not there yet.
absl::StatusOr<base::Id> EnsureAccount(Connection* db, std::string_view provider,
                                       std::string_view account_id, const base::Id& new_ref);
// Inserts, or replaces what a sender of that id had and activates it.
absl::Status PutSender(Connection* db, const base::Id& org_id, const SenderRow& row,
                       int64_t now_us);
absl::StatusOr<std::optional<SenderRow>> FindSenderOfAccount(Connection* db, const base::Id& org_id,
                                                             const base::Id& account_ref);
absl::StatusOr<std::optional<SenderRow>> LoadSender(Connection* db, const base::Id& org_id,
                                                    const base::Id& sender_id);
absl::StatusOr<std::vector<SenderRow>> LoadSenders(Connection* db, const base::Id& org_id);
// Every sender on this provider account, of whichever organization, disconnected ones too: an
// opt-out that comes after the disconnection counts.
struct RoutedSender {
  base::Id org_id;
  SenderRow sender;
};
absl::StatusOr<std::vector<RoutedSender>> LoadSendersOfAccount(Connection* db,
                                                               std::string_view provider,
                                                               std::string_view account_id);

// Rolling windows: the newest `limit` uses, newest first.
absl::StatusOr<std::vector<int64_t>> LoadUses(Connection* db, const base::Id& account_ref,
                                              std::string_view action, int limit);
absl::StatusOr<std::optional<int64_t>> LastWrite(Connection* db, const base::Id& account_ref);
// Uses go as logs do, by retention: a clock that jumps ahead and back frees no limit.
absl::Status InsertUse(Connection* db, const base::Id& account_ref, std::string_view action,
                       int64_t at_us, const base::Id& use_id);
absl::Status DeleteUse(Connection* db, const base::Id& account_ref, std::string_view action,
                       int64_t at_us, const base::Id& use_id);
// A pause never becomes shorter; throttles counts the ones in a row.
absl::Status PauseAccount(Connection* db, const base::Id& account_ref, int64_t until_us,
                          int64_t throttles);
absl::Status StopAccount(Connection* db, const base::Id& account_ref, std::string_view reason);
// One sender alone, until it is activated or put anew.
absl::Status StopSender(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                        std::string_view reason);
// Where other organizations have connected the account.
absl::StatusOr<std::vector<std::string>> LoadAddressesElsewhere(Connection* db,
                                                                const base::Id& account_ref,
                                                                const base::Id& org_id);
// Ends a sender's own stop or disconnection. One that is held in a restored database stays held.
absl::Status ActivateSender(Connection* db, const base::Id& org_id, const base::Id& sender_id);
// Ends a stop; every organization that uses the account is due.
absl::Status StartAccount(Connection* db, const base::Id& account_ref, int64_t now_us);
absl::Status ClearThrottles(Connection* db, const base::Id& account_ref);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_ORGANIZATION_STORE_H_
