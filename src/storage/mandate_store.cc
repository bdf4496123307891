#include "src/storage/mandate_store.h"

#include "src/domain/mandates.h"

namespace onlyleads::storage {

absl::Status InsertMandate(Connection* db, const base::Id& org_id, const MandateRow& row,
                           int64_t now_us) {
  const Value digest = row.text_digest.empty() ? Value(nullptr) : Value(Blob{row.text_digest});
  const std::string scope = domain::ScopeText(row.channels);
  OL_RETURN_IF_ERROR(
      db->Run("INSERT INTO mandates (org_id, mandate_id, sender_id, member_id, scope, "
              "text_version, text_digest, evidence_ref, given_at_us, recorded_at_us) VALUES ($1, "
              "$2, $3, $4, $5, $6, $7, $8, $9, $10)",
              {org_id, row.mandate_id, row.sender_id, row.member_id, scope, row.text_version,
               digest, row.evidence_ref, row.given_at_us, now_us})
          .status());
  for (domain::Channel channel : row.channels) {
    OL_RETURN_IF_ERROR(db->Run("INSERT INTO mandate_channels (org_id, sender_id, channel, "
                               "mandate_id) VALUES ($1, $2, $3, $4)",
                               {org_id, row.sender_id, domain::Name(channel), row.mandate_id})
                           .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<base::Id> FindMandateSender(Connection* db, const base::Id& org_id,
                                           const base::Id& mandate_id) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT sender_id FROM mandates WHERE org_id = $1 AND mandate_id = $2",
                {org_id, mandate_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  return row ? cursor.Id(0) : base::Id{};
}

absl::Status RevokeMandate(Connection* db, const base::Id& org_id, const base::Id& mandate_id,
                           int64_t now_us) {
  OL_RETURN_IF_ERROR(db->Run("DELETE FROM mandate_channels WHERE org_id = $1 AND mandate_id = $2",
                             {org_id, mandate_id})
                         .status());
  return db
      ->Run(
          "UPDATE mandates SET revoked_at_us = coalesce(revoked_at_us, $3) WHERE org_id = $1 AND "
          "mandate_id = $2",
          {org_id, mandate_id, now_us})
      .status();
}

absl::Status RevokeMandatesOf(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us) {
  OL_RETURN_IF_ERROR(db->Run("DELETE FROM mandate_channels WHERE org_id = $1 AND sender_id = $2",
                             {org_id, sender_id})
                         .status());
  return db
      ->Run(
          "UPDATE mandates SET revoked_at_us = coalesce(revoked_at_us, $3) WHERE org_id = $1 AND "
          "sender_id = $2",
          {org_id, sender_id, now_us})
      .status();
}

absl::StatusOr<bool> IsAuthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                                  std::string_view channel) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT 1 FROM mandate_channels WHERE org_id = $1 AND sender_id = "
                                "$2 AND channel = $3",
                                {org_id, sender_id, channel}));
  return cursor.Next();
}

// Every statement finds its messages or enrollments in a covering index first: without statistics
// the planner would read all of the organization's in key order instead.
absl::Status ParkUnauthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us) {
  OL_RETURN_IF_ERROR(
      db->Run("UPDATE enrollments SET state = 'parked', reason = 'no_mandate', updated_at_us = $3 "
              "WHERE state = 'sending' AND (org_id, prospect_id, campaign_id, step) IN (SELECT "
              "p.org_id, p.prospect_id, p.campaign_id, p.step FROM outbox p WHERE (p.org_id, "
              "p.prospect_id, p.message_id) IN (SELECT o.org_id, o.prospect_id, o.message_id FROM "
              "outbox o WHERE o.org_id = $1 AND o.sender_id = $2 AND o.state = 'queued' AND "
              "o.channel NOT IN (SELECT channel FROM mandate_channels WHERE org_id = $1 AND "
              "sender_id = $2)))",
              {org_id, sender_id, now_us})
          .status());
  return db
      ->Run(
          "UPDATE outbox SET state = 'parked', outcome = 'no_mandate' WHERE org_id = $1 AND "
          "sender_id = $2 AND state = 'queued' AND channel NOT IN (SELECT channel FROM "
          "mandate_channels WHERE org_id = $1 AND sender_id = $2)",
          {org_id, sender_id})
      .status();
}

absl::Status UnparkAuthorised(Connection* db, const base::Id& org_id, const base::Id& sender_id,
                              int64_t now_us) {
  OL_RETURN_IF_ERROR(
      db->Run("UPDATE outbox SET state = 'queued', outcome = '', due_at_us = $3 WHERE outcome = "
              "'no_mandate' AND (org_id, prospect_id, message_id) IN (SELECT o.org_id, "
              "o.prospect_id, o.message_id FROM outbox o WHERE o.org_id = $1 AND o.sender_id = $2 "
              "AND o.state = 'parked' AND o.channel IN (SELECT channel FROM mandate_channels WHERE "
              "org_id = $1 AND sender_id = $2))",
              {org_id, sender_id, now_us})
          .status());
  // Those whose message is queued again are sending it; those who never came so far are due anew.
  OL_RETURN_IF_ERROR(
      db->Run("UPDATE enrollments SET state = 'sending', reason = '', updated_at_us = $3 WHERE "
              "reason = 'no_mandate' AND (org_id, prospect_id, campaign_id, step) IN (SELECT "
              "p.org_id, p.prospect_id, p.campaign_id, p.step FROM outbox p WHERE (p.org_id, "
              "p.prospect_id, p.message_id) IN (SELECT o.org_id, o.prospect_id, o.message_id FROM "
              "outbox o WHERE o.org_id = $1 AND o.sender_id = $2 AND o.state = 'queued'))",
              {org_id, sender_id, now_us})
          .status());
  return db
      ->Run(
          "UPDATE enrollments SET state = 'active', reason = '', due_at_us = $3, updated_at_us = "
          "$3 WHERE reason = 'no_mandate' AND (org_id, prospect_id, campaign_id) IN (SELECT "
          "e.org_id, e.prospect_id, e.campaign_id FROM enrollments e WHERE e.org_id = $1 AND "
          "e.state = 'parked' AND e.campaign_id IN (SELECT campaign_id FROM campaigns WHERE org_id "
          "= $1 AND sender_id = $2)) AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.org_id = $1 "
          "AND o.prospect_id = enrollments.prospect_id AND o.campaign_id = "
          "enrollments.campaign_id AND o.step = enrollments.step)",
          {org_id, sender_id, now_us})
      .status();
}

}  // namespace onlyleads::storage
