#include "src/storage/outbox_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/text.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/policy/tables.h"

namespace onlyleads::storage {
namespace {

constexpr std::string_view kSelectMessage =
    "SELECT prospect_id, message_id, campaign_id, step, channel, sender_id, state, body, "
    "body_digest, target, chat_id, remote_id, due_at_us, attempts, fencing_token, lease_end_us, "
    "started_at_us, looks, cancelled, outcome FROM outbox WHERE org_id = $1 ";

constexpr int kMemberId = static_cast<int>(domain::IdentifierKind::kLinkedinMemberId);

MessageRow ReadMessage(const Cursor& c) {
  MessageRow row;
  row.prospect_id = c.Id(0);
  row.message_id = c.Id(1);
  row.campaign_id = c.Id(2);
  row.step = static_cast<int>(c.Int(3));
  row.channel = c.Text(4);
  row.sender_id = c.Id(5);
  row.state = c.Text(6);
  row.body = c.Text(7);
  row.body_digest = c.Bytes(8);
  row.target = c.Text(9);
  row.chat_id = c.Text(10);
  row.remote_id = c.Text(11);
  row.due_at_us = c.Int(12);
  row.attempts = static_cast<int>(c.Int(13));
  row.fencing_token = c.Id(14);
  row.lease_end_us = c.Int(15);
  row.started_at_us = c.Int(16);
  row.looks = static_cast<int>(c.Int(17));
  row.cancelled = c.Int(18) != 0;
  row.outcome = c.Text(19);
  return row;
}

absl::StatusOr<std::vector<MessageRow>> QueryMessages(Connection* db, std::string_view where,
                                                      std::initializer_list<Value> args) {
  return Collect(db->Query(absl::StrCat(base::ToAbsl(kSelectMessage), base::ToAbsl(where)), args),
                 ReadMessage);
}

std::optional<MessageRow> First(std::vector<MessageRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Value TextOrNull(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }

absl::StatusOr<std::string> QueryText(Connection* db, std::string_view sql,
                                      std::initializer_list<Value> args) {
  OL_ASSIGN_OR_RETURN(Cursor cursor, db->Query(sql, args));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  return row ? std::string(cursor.Text(0)) : std::string();
}

}  // namespace

absl::Status InsertMessage(Connection* db, const domain::Permit& permit,
                           const base::Id& decision_id, const base::Id& message_id,
                           const base::Id& sender_id, std::string_view body,
                           std::string_view body_digest, int64_t due_at_us, int64_t now_us) {
  const domain::Processing& p = permit.processing();
  return db
      ->Run(
          "INSERT INTO outbox (org_id, prospect_id, message_id, campaign_id, step, channel, "
          "purpose, decision_id, allowed, sender_id, state, body, body_digest, due_at_us, "
          "attempts, looks, cancelled, outcome, created_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, "
          "$8, 1, "
          "$9, 'queued', $10, $11, $12, 0, 0, 0, '', $13)",
          {p.org_id, p.prospect_id, message_id, p.campaign_id, static_cast<int64_t>(p.step),
           domain::Name(p.channel), domain::Name(p.purpose), decision_id, sender_id, body,
           Blob{body_digest}, due_at_us, now_us})
      .status();
}

absl::StatusOr<bool> ClaimMessage(Connection* db, const domain::Permit& permit,
                                  const base::Id& decision_id, const MessageRow& row) {
  const domain::Processing& p = permit.processing();
  OL_ASSIGN_OR_RETURN(
      const int64_t changed,
      db->Run(
          "UPDATE outbox SET state = 'in_flight', decision_id = $4, fencing_token = $5, "
          "lease_end_us = $6, started_at_us = $7, attempts = attempts + 1, looks = 0, target = "
          "$8, chat_id = $9 WHERE org_id = $1 AND prospect_id = $2 AND message_id = $3 AND "
          "state = 'queued'",
          {p.org_id, p.prospect_id, row.message_id, decision_id, row.fencing_token,
           row.lease_end_us, row.started_at_us, TextOrNull(row.target), TextOrNull(row.chat_id)}));
  return changed > 0;
}

absl::StatusOr<bool> UpdateMessage(Connection* db, const base::Id& org_id, const MessageRow& row,
                                   std::optional<int64_t> sent_at_us) {
  const Value token = row.fencing_token.is_nil() ? Value(nullptr) : Value(row.fencing_token);
  OL_ASSIGN_OR_RETURN(
      const int64_t changed,
      db->Run("UPDATE outbox SET state = $5, chat_id = coalesce($6, chat_id), remote_id = "
              "coalesce($7, remote_id), due_at_us = $8, looks = $9, outcome = $10, sent_at_us = "
              "coalesce($11, sent_at_us), target = coalesce($12, target), cancelled = "
              "max(cancelled, $13), attempts = $14 WHERE org_id = $1 AND prospect_id = $2 AND "
              "message_id = $3 AND fencing_token IS $4",
              {org_id, row.prospect_id, row.message_id, token, row.state, TextOrNull(row.chat_id),
               TextOrNull(row.remote_id), row.due_at_us, row.looks, row.outcome, sent_at_us,
               TextOrNull(row.target), row.cancelled, row.attempts}));
  return changed > 0;
}

absl::StatusOr<std::optional<MessageRow>> LoadMessage(Connection* db, const base::Id& org_id,
                                                      const base::Id& prospect_id,
                                                      const base::Id& message_id) {
  OL_ASSIGN_OR_RETURN(std::vector<MessageRow> rows,
                      QueryMessages(db, "AND prospect_id = $2 AND message_id = $3",
                                    {org_id, prospect_id, message_id}));
  return First(std::move(rows));
}

absl::StatusOr<std::optional<MessageRow>> FindMessage(Connection* db, const base::Id& org_id,
                                                      const base::Id& message_id) {
  OL_ASSIGN_OR_RETURN(std::vector<MessageRow> rows,
                      QueryMessages(db, "AND message_id = $2", {org_id, message_id}));
  return First(std::move(rows));
}

absl::StatusOr<std::vector<MessageRow>> LoadMessagesOf(Connection* db, const base::Id& org_id,
                                                       const base::Id& prospect_id) {
  return QueryMessages(db, "AND prospect_id = $2 ORDER BY message_id", {org_id, prospect_id});
}

absl::StatusOr<std::vector<MessageRow>> LoadQueued(Connection* db, const base::Id& org_id,
                                                   const base::Id& sender_id,
                                                   std::string_view channel, int64_t until_us,
                                                   int limit) {
  return QueryMessages(db,
                       "AND sender_id = $2 AND channel = $3 AND state = 'queued' AND due_at_us <= "
                       "$4 ORDER BY due_at_us, prospect_id LIMIT $5",
                       {org_id, sender_id, channel, until_us, limit});
}

absl::StatusOr<std::vector<MessageRow>> LoadUnknown(Connection* db, const base::Id& org_id,
                                                    const base::Id& sender_id, int64_t until_us,
                                                    int limit) {
  return QueryMessages(db,
                       "AND sender_id = $2 AND state = 'unknown' AND due_at_us <= $3 ORDER BY "
                       "due_at_us LIMIT $4",
                       {org_id, sender_id, until_us, limit});
}

absl::StatusOr<int64_t> NextTimedWork(Connection* db, const base::Id& org_id, int64_t now_us) {
  OL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> due,
      QueryInt(db,
               "SELECT min(due) FROM (SELECT min(due_at_us) AS due FROM enrollments WHERE org_id = "
               "$1 AND state = 'active' UNION ALL SELECT min(due_at_us) FROM outbox WHERE org_id = "
               "$1 AND state = 'queued' AND due_at_us > $2 UNION ALL SELECT min(o.due_at_us) FROM "
               "outbox o JOIN senders s ON s.org_id = o.org_id AND s.sender_id = o.sender_id JOIN "
               "external_accounts a ON a.account_ref = s.account_ref WHERE o.org_id = $1 AND "
               "o.state = 'unknown' AND s.state = 'active' AND s.stop_reason IS NULL AND "
               "a.stop_reason IS NULL UNION ALL "
               "SELECT min(lease_end_us) FROM outbox WHERE org_id = $1 AND state = 'in_flight' AND "
               "lease_end_us > 0)",
               {org_id, now_us}));
  return due.value_or(INT64_MAX);
}

absl::StatusOr<int64_t> NextOpenQuestion(Connection* db, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> due,
      QueryInt(db,
               "SELECT min(due) FROM (SELECT min(o.due_at_us) AS due FROM outbox o JOIN senders s "
               "ON s.org_id = o.org_id AND s.sender_id = o.sender_id JOIN external_accounts a ON "
               "a.account_ref = s.account_ref WHERE o.org_id = $1 AND o.state = 'unknown' AND "
               "s.state = 'active' AND s.stop_reason IS NULL AND a.stop_reason IS NULL UNION ALL "
               "SELECT min(lease_end_us) "
               "FROM outbox WHERE org_id = $1 AND state = 'in_flight' AND lease_end_us > 0)",
               {org_id}));
  return due.value_or(INT64_MAX);
}

absl::StatusOr<std::vector<MessageRow>> LoadExpiredLeases(Connection* db, const base::Id& org_id,
                                                          int64_t now_us, int limit) {
  return QueryMessages(db, "AND state = 'in_flight' AND lease_end_us <= $2 LIMIT $3",
                       {org_id, now_us, limit});
}

absl::StatusOr<std::vector<std::string>> LoadRemoteIds(Connection* db, const base::Id& org_id,
                                                       const base::Id& sender_id) {
  return Collect(db->Query("SELECT remote_id FROM outbox WHERE org_id = $1 AND sender_id = $2 "
                           "AND remote_id IS NOT NULL",
                           {org_id, sender_id}),
                 [](const Cursor& cursor) { return std::string(cursor.Text(0)); });
}

absl::StatusOr<std::optional<LedgerRow>> LoadLedger(Connection* db, const base::Id& org_id,
                                                    const KeyedIdentifier& key,
                                                    const domain::Processing& p) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT message_id, outcome FROM send_ledger WHERE org_id = $1 AND person_digest = "
                "$2 AND campaign_id = $3 AND step = $4 AND channel = $5",
                {org_id, Blob{base::AsView(key.digest)}, p.campaign_id,
                 static_cast<int64_t>(p.step), domain::Name(p.channel)}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return LedgerRow{cursor.Id(0), std::string(cursor.Text(1))};
}

absl::Status UpsertLedger(Connection* db, const KeyedIdentifier& key, const domain::Processing& p,
                          const base::Id& message_id, std::string_view outcome, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO send_ledger (org_id, person_digest, campaign_id, step, channel, "
          "message_id, key_generation, normalisation_version, outcome, recorded_at_us) VALUES "
          "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (org_id, person_digest, "
          "campaign_id, step, channel) DO UPDATE SET message_id = excluded.message_id, outcome = "
          "excluded.outcome, recorded_at_us = excluded.recorded_at_us",
          {p.org_id, Blob{base::AsView(key.digest)}, p.campaign_id, static_cast<int64_t>(p.step),
           domain::Name(p.channel), message_id, static_cast<int64_t>(key.generation),
           base::kNormalisationVersion, outcome, now_us})
      .status();
}

absl::Status SetLedgerOutcome(Connection* db, const base::Id& org_id, const base::Id& message_id,
                              std::string_view outcome, int64_t now_us) {
  return db
      ->Run(
          "UPDATE send_ledger SET outcome = $3, recorded_at_us = $4 WHERE org_id = $1 AND "
          "message_id = $2",
          {org_id, message_id, outcome, now_us})
      .status();
}

absl::StatusOr<std::string> LoadProviderId(Connection* db, const base::Id& org_id,
                                           const base::Id& prospect_id, const base::Id& sender_id) {
  return QueryText(db,
                   "SELECT provider_id FROM sender_profiles WHERE org_id = $1 AND prospect_id = $2 "
                   "AND sender_id = $3",
                   {org_id, prospect_id, sender_id});
}

absl::Status SaveProviderId(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            const base::Id& sender_id, std::string_view provider_id,
                            int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO sender_profiles (org_id, prospect_id, sender_id, provider_id, "
          "fetched_at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, prospect_id, "
          "sender_id) DO UPDATE SET provider_id = excluded.provider_id, fetched_at_us = "
          "excluded.fetched_at_us",
          {org_id, prospect_id, sender_id, provider_id, now_us})
      .status();
}

absl::StatusOr<std::vector<base::Id>> FindByChat(Connection* db, const base::Id& org_id,
                                                 const base::Id& sender_id,
                                                 std::string_view chat_id) {
  if (chat_id.empty()) return std::vector<base::Id>();
  return Collect(db->Query("SELECT prospect_id FROM chats WHERE org_id = $1 AND sender_id = $2 AND "
                           "chat_id = $3 ORDER BY prospect_id",
                           {org_id, sender_id, chat_id}),
                 [](const Cursor& cursor) { return cursor.Id(0); });
}

absl::StatusOr<std::vector<IdentifierRow>> LoadKnownIdentifiers(Connection* db,
                                                                const base::Id& org_id,
                                                                const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(std::vector<IdentifierRow> imported,
                      LoadIdentifiers(db, org_id, prospect_id));
  return WithResolved(db, org_id, prospect_id, std::move(imported));
}

absl::StatusOr<std::vector<IdentifierRow>> WithResolved(Connection* db, const base::Id& org_id,
                                                        const base::Id& prospect_id,
                                                        std::vector<IdentifierRow> imported) {
  OL_ASSIGN_OR_RETURN(const auto resolved,
                      Collect(db->Query("SELECT provider_id FROM sender_profiles WHERE org_id = $1 "
                                        "AND prospect_id = $2 ORDER BY sender_id",
                                        {org_id, prospect_id}),
                              [](const Cursor& cursor) { return std::string(cursor.Text(0)); }));
  for (const std::string& id : resolved) {
    const bool there = std::any_of(imported.begin(), imported.end(), [&](const IdentifierRow& row) {
      return row.kind == kMemberId && row.value == id;
    });
    if (!there) imported.push_back({kMemberId, id});
  }
  return imported;
}

absl::StatusOr<std::vector<base::Id>> LoadOwnersOf(Connection* db, const base::Id& org_id,
                                                   std::string_view provider_id) {
  return Collect(db->Query("SELECT prospect_id FROM identifiers WHERE org_id = $1 AND kind = $3 "
                           "AND value = $2 UNION SELECT p.prospect_id FROM senders s JOIN "
                           "sender_profiles p ON p.org_id = s.org_id AND p.sender_id = "
                           "s.sender_id AND p.provider_id = $2 WHERE s.org_id = $1",
                           {org_id, provider_id, kMemberId}),
                 [](const Cursor& cursor) { return cursor.Id(0); });
}

absl::StatusOr<std::string> LoadChat(Connection* db, const base::Id& org_id,
                                     const base::Id& prospect_id, const base::Id& sender_id) {
  return QueryText(
      db, "SELECT chat_id FROM chats WHERE org_id = $1 AND prospect_id = $2 AND sender_id = $3",
      {org_id, prospect_id, sender_id});
}

absl::Status SaveChat(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                      const base::Id& sender_id, std::string_view chat_id) {
  if (chat_id.empty()) return absl::OkStatus();
  return db
      ->Run(
          "INSERT INTO chats (org_id, prospect_id, sender_id, chat_id) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (org_id, prospect_id, sender_id) DO UPDATE SET chat_id = excluded.chat_id",
          {org_id, prospect_id, sender_id, chat_id})
      .status();
}

absl::StatusOr<std::optional<domain::SubProcessor>> LoadSubProcessor(Connection* db,
                                                                     std::string_view id) {
  OL_ASSIGN_OR_RETURN(
      Cursor c,
      db->Query("SELECT name, region, safeguard, transfer_record, purposes, data_categories, "
                "no_training, authorised_from_us, active FROM sub_processors WHERE "
                "sub_processor_id = $1",
                {id}));
  OL_ASSIGN_OR_RETURN(const bool found, c.Next());
  if (!found) return std::nullopt;
  domain::SubProcessor row;
  row.id = id;
  row.name = c.Text(0);
  row.region = c.Text(1);
  row.safeguard = c.Text(2);
  row.transfer_record = c.Text(3);
  row.purposes = domain::PurposeSet::FromBits(static_cast<uint32_t>(c.Int(4)));
  row.data_categories = domain::DataCategorySet::FromBits(static_cast<uint32_t>(c.Int(5)));
  row.no_training = c.Int(6) != 0;
  row.authorised_from_us = c.Int(7);
  row.active = c.Int(8) != 0;
  return row;
}

absl::Status InsertSubProcessor(Connection* db, const domain::SubProcessor& row) {
  return db
      ->Run(
          "INSERT INTO sub_processors (sub_processor_id, name, region, safeguard, "
          "transfer_record, purposes, data_categories, no_training, authorised_from_us, active) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
          {row.id, row.name, row.region, row.safeguard, row.transfer_record,
           static_cast<int64_t>(row.purposes.bits()),
           static_cast<int64_t>(row.data_categories.bits()), row.no_training,
           row.authorised_from_us, row.active})
      .status();
}

absl::Status InsertDisclosure(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                              const base::Id& disclosure_id, const domain::Disclosure& disclosure,
                              int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO disclosures (org_id, prospect_id, disclosure_id, sub_processor_id, "
          "purpose, data_categories, disclosed_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {org_id, prospect_id, disclosure_id, disclosure.sub_processor_id,
           domain::PurposeName(disclosure.purpose),
           static_cast<int64_t>(disclosure.data_categories.bits()), now_us})
      .status();
}

}  // namespace onlyleads::storage
