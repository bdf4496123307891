#include "src/storage/organization_store.h"

namespace onlyleads::storage {
namespace {

constexpr std::string_view kSenderColumns =
    "s.org_id, s.sender_id, s.member_id, s.account_ref, a.provider, a.account_id, s.name, "
    "s.base_url, s.api_key_sealed, s.webhook_header, s.webhook_secret_sealed, s.premium, s.zone, "
    "s.work_start_min, s.work_end_min, s.work_days, s.invitations_per_day, "
    "s.invitations_per_week, s.messages_per_day, s.messages_per_week, s.profiles_per_day, "
    "s.profiles_per_week, s.min_gap_us, s.state, a.paused_until_us, "
    "coalesce(s.stop_reason, a.stop_reason), a.throttles, "
    "s.reconcile_from_us, s.reconcile_due_us FROM senders s JOIN external_accounts a ON "
    "a.account_ref = s.account_ref ";

RoutedSender ReadSender(const Cursor& c) {
  RoutedSender routed;
  routed.org_id = c.Id(0);
  SenderRow& row = routed.sender;
  row.sender_id = c.Id(1);
  row.member_id = c.Id(2);
  row.account_ref = c.Id(3);
  row.provider = c.Text(4);
  row.account_id = c.Text(5);
  row.name = c.Text(6);
  row.base_url = c.Text(7);
  row.api_key_sealed = c.Bytes(8);
  row.webhook_header = c.Text(9);
  row.webhook_secret_sealed = c.Bytes(10);
  row.premium = c.Int(11) != 0;
  row.zone = c.Text(12);
  row.work_start_min = static_cast<int>(c.Int(13));
  row.work_end_min = static_cast<int>(c.Int(14));
  row.work_days = static_cast<uint32_t>(c.Int(15));
  row.invitations_per_day = static_cast<int>(c.Int(16));
  row.invitations_per_week = static_cast<int>(c.Int(17));
  row.messages_per_day = static_cast<int>(c.Int(18));
  row.messages_per_week = static_cast<int>(c.Int(19));
  row.profiles_per_day = static_cast<int>(c.Int(20));
  row.profiles_per_week = static_cast<int>(c.Int(21));
  row.min_gap_us = c.Int(22);
  row.active = c.Text(23) == "active";
  row.paused_until_us = c.Int(24);
  row.stop_reason = c.Text(25);
  row.throttles = c.Int(26);
  row.reconcile_from_us = c.IntOrNull(27);
  row.reconcile_due_us = c.Int(28);
  return routed;
}

absl::StatusOr<std::vector<RoutedSender>> QuerySenders(Connection* db, std::string_view where,
                                                       std::initializer_list<Value> args) {
  const std::string sql = "SELECT " + std::string(kSenderColumns) + std::string(where);
  return Collect(db->Query(sql, args), ReadSender);
}

}  // namespace

absl::StatusOr<std::optional<base::Id>> FindOrganizationByRef(Connection* db,
                                                              std::string_view external_ref) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT org_id FROM organizations WHERE external_ref = $1", {external_ref}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return cursor.Id(0);
}

absl::Status InsertOrganization(Connection* db, const OrganizationRow& row,
                                std::string_view external_ref, int64_t now_us) {
  const Value ref = external_ref.empty() ? Value(nullptr) : Value(external_ref);
  OL_RETURN_IF_ERROR(
      db->Run("INSERT INTO organizations (org_id, external_ref, name, country, dpa_active, "
              "suppression_epoch, created_at_us) VALUES ($1, $2, $3, $4, $5, 0, $6)",
              {row.org_id, ref, row.name, row.country, row.dpa_active, now_us})
          .status());
  // The first sweep finds out when the next one is due.
  return db->Run("INSERT INTO retention_due (org_id, due_us) VALUES ($1, $2)", {row.org_id, now_us})
      .status();
}

absl::StatusOr<std::optional<OrganizationRow>> LoadOrganization(Connection* db,
                                                                const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor c,
      db->Query("SELECT name, country, dpa_active, active_until_us FROM organizations WHERE org_id "
                "= $1",
                {org_id}));
  OL_ASSIGN_OR_RETURN(const bool row, c.Next());
  if (!row) return std::nullopt;
  return OrganizationRow{org_id, std::string(c.Text(0)), std::string(c.Text(1)), c.Int(2) != 0,
                         c.IntOrNull(3)};
}

absl::StatusOr<bool> SetActiveUntil(Connection* db, const base::Id& org_id,
                                    std::optional<int64_t> active_until_us) {
  OL_ASSIGN_OR_RETURN(const int64_t changed,
                      db->Run("UPDATE organizations SET active_until_us = $2 WHERE org_id = $1",
                              {org_id, active_until_us}));
  return changed > 0;
}

absl::Status TouchDue(Connection* db, const base::Id& org_id, int64_t due_us) {
  return db
      ->Run(
          "INSERT INTO org_due (org_id, next_due_us) VALUES ($1, $2) ON CONFLICT (org_id) DO "
          "UPDATE SET next_due_us = min(next_due_us, excluded.next_due_us)",
          {org_id, due_us})
      .status();
}

absl::Status SetDue(Connection* db, const base::Id& org_id, int64_t due_us) {
  return db->Run("UPDATE org_due SET next_due_us = $2 WHERE org_id = $1", {org_id, due_us})
      .status();
}

absl::StatusOr<base::Id> EnsureAccount(Connection* db, std::string_view provider,
                                       std::string_view account_id, const base::Id& new_ref) {
  OL_RETURN_IF_ERROR(
      db->Run("INSERT INTO external_accounts (account_ref, provider, account_id, paused_until_us, "
              "throttles) VALUES ($1, $2, $3, 0, 0) ON CONFLICT (provider, account_id) DO NOTHING",
              {new_ref, provider, account_id})
          .status());
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT account_ref FROM external_accounts WHERE provider = $1 AND "
                                "account_id = $2",
                                {provider, account_id}));
  OL_RETURN_IF_ERROR(cursor.Next().status());
  return cursor.Id(0);
}

absl::Status PutSender(Connection* db, const base::Id& org_id, const SenderRow& row,
                       int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO senders (org_id, sender_id, member_id, account_ref, name, base_url, "
          "api_key_sealed, webhook_header, webhook_secret_sealed, premium, zone, work_start_min, "
          "work_end_min, work_days, invitations_per_day, invitations_per_week, messages_per_day, "
          "messages_per_week, profiles_per_day, profiles_per_week, min_gap_us, state, "
          "created_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
          "$15, $16, $17, $18, $19, $20, $21, 'active', $22) ON CONFLICT (org_id, sender_id) DO "
          "UPDATE SET member_id = excluded.member_id, name = excluded.name, base_url = "
          "excluded.base_url, api_key_sealed = excluded.api_key_sealed, webhook_header = "
          "excluded.webhook_header, webhook_secret_sealed = excluded.webhook_secret_sealed, "
          "premium = excluded.premium, zone = excluded.zone, work_start_min = "
          "excluded.work_start_min, work_end_min = excluded.work_end_min, work_days = "
          "excluded.work_days, invitations_per_day = excluded.invitations_per_day, "
          "invitations_per_week = excluded.invitations_per_week, messages_per_day = "
          "excluded.messages_per_day, messages_per_week = excluded.messages_per_week, "
          "profiles_per_day = excluded.profiles_per_day, profiles_per_week = "
          "excluded.profiles_per_week, min_gap_us = excluded.min_gap_us, state = 'active', "
          "stop_reason = NULL",
          {org_id,
           row.sender_id,
           row.member_id,
           row.account_ref,
           row.name,
           row.base_url,
           Blob{row.api_key_sealed},
           row.webhook_header,
           Blob{row.webhook_secret_sealed},
           row.premium,
           row.zone,
           row.work_start_min,
           row.work_end_min,
           static_cast<int64_t>(row.work_days),
           row.invitations_per_day,
           row.invitations_per_week,
           row.messages_per_day,
           row.messages_per_week,
           row.profiles_per_day,
           row.profiles_per_week,
           row.min_gap_us,
           now_us})
      .status();
}

absl::StatusOr<std::optional<SenderRow>> LoadSender(Connection* db, const base::Id& org_id,
                                                    const base::Id& sender_id) {
  OL_ASSIGN_OR_RETURN(
      const std::vector<RoutedSender> rows,
      QuerySenders(db, "WHERE s.org_id = $1 AND s.sender_id = $2", {org_id, sender_id}));
  if (rows.empty()) return std::nullopt;
  return rows.front().sender;
}

absl::StatusOr<std::optional<SenderRow>> FindSenderOfAccount(Connection* db, const base::Id& org_id,
                                                             const base::Id& account_ref) {
  OL_ASSIGN_OR_RETURN(
      const std::vector<RoutedSender> rows,
      QuerySenders(db, "WHERE s.org_id = $1 AND s.account_ref = $2 ORDER BY s.sender_id",
                   {org_id, account_ref}));
  if (rows.empty()) return std::nullopt;
  return rows.front().sender;
}

absl::StatusOr<std::vector<SenderRow>> LoadSenders(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(std::vector<RoutedSender> routed,
                      QuerySenders(db, "WHERE s.org_id = $1 ORDER BY s.sender_id", {org_id}));
  std::vector<SenderRow> rows;
  rows.reserve(routed.size());
  for (RoutedSender& r : routed) rows.push_back(std::move(r.sender));
  return rows;
}

absl::StatusOr<std::vector<RoutedSender>> LoadSendersOfAccount(Connection* db,
                                                               std::string_view provider,
                                                               std::string_view account_id) {
  return QuerySenders(db,
                      "WHERE a.provider = $1 AND a.account_id = $2 ORDER BY s.org_id, s.sender_id",
                      {provider, account_id});
}

absl::StatusOr<std::vector<int64_t>> LoadUses(Connection* db, const base::Id& account_ref,
                                              std::string_view action, int limit) {
  return Collect(db->Query("SELECT used_at_us FROM account_uses WHERE account_ref = $1 AND "
                           "action = $2 ORDER BY used_at_us DESC LIMIT $3",
                           {account_ref, action, limit}),
                 [](const Cursor& cursor) { return cursor.Int(0); });
}

absl::StatusOr<std::optional<int64_t>> LastWrite(Connection* db, const base::Id& account_ref) {
  return QueryInt(db,
                  "SELECT max(used_at_us) FROM account_uses WHERE account_ref = $1 AND action IN "
                  "('invitation', 'message')",
                  {account_ref});
}

absl::Status InsertUse(Connection* db, const base::Id& account_ref, std::string_view action,
                       int64_t at_us, const base::Id& use_id) {
  return db
      ->Run(
          "INSERT INTO account_uses (account_ref, action, used_at_us, use_id) VALUES ($1, $2, "
          "$3, $4)",
          {account_ref, action, at_us, use_id})
      .status();
}

absl::Status DeleteUse(Connection* db, const base::Id& account_ref, std::string_view action,
                       int64_t at_us, const base::Id& use_id) {
  return db
      ->Run(
          "DELETE FROM account_uses WHERE account_ref = $1 AND action = $2 AND used_at_us = $3 "
          "AND use_id = $4",
          {account_ref, action, at_us, use_id})
      .status();
}

absl::Status PauseAccount(Connection* db, const base::Id& account_ref, int64_t until_us,
                          int64_t throttles) {
  return db
      ->Run(
          "UPDATE external_accounts SET paused_until_us = max(paused_until_us, $2), "
          "throttles = $3 WHERE account_ref = $1",
          {account_ref, until_us, throttles})
      .status();
}

absl::Status StopAccount(Connection* db, const base::Id& account_ref, std::string_view reason) {
  return db
      ->Run("UPDATE external_accounts SET stop_reason = $2 WHERE account_ref = $1",
            {account_ref, reason})
      .status();
}

absl::Status StopSender(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                        std::string_view reason) {
  return db
      ->Run("UPDATE senders SET stop_reason = $3 WHERE org_id = $1 AND sender_id = $2",
            {org_id, sender_id, reason})
      .status();
}

absl::StatusOr<std::vector<std::string>> LoadAddressesElsewhere(Connection* db,
                                                                const base::Id& account_ref,
                                                                const base::Id& org_id) {
  return Collect(db->Query("SELECT base_url FROM senders WHERE account_ref = $1 AND org_id <> $2 "
                           "AND state = 'active'",
                           {account_ref, org_id}),
                 [](const Cursor& cursor) { return std::string(cursor.Text(0)); });
}

absl::Status ActivateSender(Connection* db, const base::Id& org_id, const base::Id& sender_id) {
  return db
      ->Run(
          "UPDATE senders SET state = 'active', stop_reason = NULL WHERE org_id = $1 AND "
          "sender_id = $2",
          {org_id, sender_id})
      .status();
}

absl::Status StartAccount(Connection* db, const base::Id& account_ref, int64_t now_us) {
  OL_RETURN_IF_ERROR(
      db->Run("UPDATE external_accounts SET stop_reason = NULL WHERE account_ref = $1",
              {account_ref})
          .status());
  return db
      ->Run(
          "UPDATE org_due SET next_due_us = min(next_due_us, $2) WHERE org_id IN (SELECT org_id "
          "FROM senders WHERE account_ref = $1)",
          {account_ref, now_us})
      .status();
}

absl::Status ClearThrottles(Connection* db, const base::Id& account_ref) {
  return db
      ->Run("UPDATE external_accounts SET throttles = 0 WHERE account_ref = $1 AND throttles > 0",
            {account_ref})
      .status();
}

}  // namespace onlyleads::storage
