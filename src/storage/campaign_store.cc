#include "src/storage/campaign_store.h"

#include "src/domain/policy/tables.h"

namespace onlyleads::storage {
namespace {

absl::StatusOr<std::vector<EnrollmentRow>> ReadEnrollments(absl::StatusOr<Cursor> query) {
  return Collect(std::move(query), [](const Cursor& c) {
    return EnrollmentRow{c.Id(0),
                         c.Id(1),
                         std::string(c.Text(2)),
                         static_cast<int>(c.Int(3)),
                         c.Int(4),
                         std::string(c.Text(5))};
  });
}

}  // namespace

absl::StatusOr<std::optional<base::Id>> FindCampaignByRef(Connection* db, const base::Id& org_id,
                                                          std::string_view external_ref) {
  OL_ASSIGN_OR_RETURN(
      Cursor cursor,
      db->Query("SELECT campaign_id FROM campaigns WHERE org_id = $1 AND external_ref = $2",
                {org_id, external_ref}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return cursor.Id(0);
}

absl::Status InsertCampaign(Connection* db, const base::Id& org_id, const base::Id& campaign_id,
                            const base::Id& sender_id, std::string_view external_ref,
                            std::string_view name, std::string_view spec, int64_t now_us) {
  const Value ref = external_ref.empty() ? Value(nullptr) : Value(external_ref);
  return db
      ->Run(
          "INSERT INTO campaigns (org_id, campaign_id, sender_id, external_ref, name, spec, "
          "created_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {org_id, campaign_id, sender_id, ref, name, spec, now_us})
      .status();
}

absl::StatusOr<std::optional<std::string>> LoadCampaignSpec(Connection* db, const base::Id& org_id,
                                                            const base::Id& campaign_id) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT spec FROM campaigns WHERE org_id = $1 AND campaign_id = $2",
                                {org_id, campaign_id}));
  OL_ASSIGN_OR_RETURN(const bool row, cursor.Next());
  if (!row) return std::nullopt;
  return std::string(cursor.Text(0));
}

absl::StatusOr<std::optional<EnrollmentRow>> LoadEnrollment(Connection* db, const base::Id& org_id,
                                                            const base::Id& prospect_id,
                                                            const base::Id& campaign_id) {
  OL_ASSIGN_OR_RETURN(
      const std::vector<EnrollmentRow> rows,
      ReadEnrollments(db->Query(
          "SELECT prospect_id, campaign_id, state, step, due_at_us, reason FROM enrollments WHERE "
          "org_id = $1 AND prospect_id = $2 AND campaign_id = $3",
          {org_id, prospect_id, campaign_id})));
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

absl::StatusOr<std::vector<EnrollmentRow>> LoadEnrollmentsOf(Connection* db, const base::Id& org_id,
                                                             const base::Id& prospect_id) {
  return ReadEnrollments(
      db->Query("SELECT prospect_id, campaign_id, state, step, due_at_us, reason FROM enrollments "
                "WHERE org_id = $1 AND prospect_id = $2 ORDER BY campaign_id",
                {org_id, prospect_id}));
}

absl::StatusOr<std::vector<EnrollmentRow>> LoadDueEnrollments(Connection* db,
                                                              const base::Id& org_id,
                                                              int64_t now_us, int limit) {
  return ReadEnrollments(
      db->Query("SELECT prospect_id, campaign_id, state, step, due_at_us, reason FROM enrollments "
                "WHERE org_id = $1 AND state = 'active' AND due_at_us <= $2 ORDER BY due_at_us, "
                "prospect_id LIMIT $3",
                {org_id, now_us, limit}));
}

absl::Status InsertEnrollment(Connection* db, const base::Id& org_id, const EnrollmentRow& row,
                              int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO enrollments (org_id, prospect_id, campaign_id, state, step, due_at_us, "
          "reason, enrolled_at_us, updated_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
          {org_id, row.prospect_id, row.campaign_id, row.state, row.step, row.due_at_us, row.reason,
           now_us})
      .status();
}

absl::Status UpdateEnrollment(Connection* db, const base::Id& org_id, const EnrollmentRow& row,
                              int64_t now_us) {
  return db
      ->Run(
          "UPDATE enrollments SET state = $4, step = $5, due_at_us = $6, reason = $7, "
          "updated_at_us = $8 WHERE org_id = $1 AND prospect_id = $2 AND campaign_id = $3",
          {org_id, row.prospect_id, row.campaign_id, row.state, row.step, row.due_at_us, row.reason,
           now_us})
      .status();
}

absl::StatusOr<int64_t> StopEnrollments(Connection* db, const base::Id& org_id,
                                        const base::Id& prospect_id, std::string_view reason,
                                        int64_t now_us) {
  return db->Run(
      "UPDATE enrollments SET state = 'stopped', reason = $3, updated_at_us = $4 WHERE org_id = $1 "
      "AND prospect_id = $2 AND state IN ('active', 'waiting', 'sending', 'parked')",
      {org_id, prospect_id, reason, now_us});
}

absl::StatusOr<bool> IsConnected(Connection* db, const base::Id& org_id,
                                 const base::Id& prospect_id, const base::Id& sender_id) {
  OL_ASSIGN_OR_RETURN(Cursor cursor,
                      db->Query("SELECT 1 FROM relations WHERE org_id = $1 AND prospect_id = $2 "
                                "AND sender_id = $3",
                                {org_id, prospect_id, sender_id}));
  return cursor.Next();
}

absl::StatusOr<bool> InsertRelation(Connection* db, const base::Id& org_id,
                                    const base::Id& prospect_id, const base::Id& sender_id,
                                    int64_t now_us) {
  OL_ASSIGN_OR_RETURN(
      const int64_t changed,
      db->Run("INSERT INTO relations (org_id, prospect_id, sender_id, connected_at_us) VALUES ($1, "
              "$2, $3, $4) ON CONFLICT DO NOTHING",
              {org_id, prospect_id, sender_id, now_us}));
  return changed > 0;
}

absl::Status InsertDecision(Connection* db, const DecisionRow& row, int64_t now_us) {
  const domain::Processing& p = row.processing;
  return db
      ->Run(
          "INSERT INTO decisions (org_id, prospect_id, decision_id, campaign_id, step, channel, "
          "purpose, allowed, reason, lawful_basis, profile, pack_version, facts_version, stage, "
          "decided_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
          "$15)",
          {p.org_id, p.prospect_id, row.decision_id, p.campaign_id, static_cast<int64_t>(p.step),
           domain::Name(p.channel), domain::Name(p.purpose), row.allowed, domain::Name(row.reason),
           row.lawful_basis, row.profile, domain::kPolicyVersion, p.facts_version, row.stage,
           now_us})
      .status();
}

absl::Status InsertScore(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                         double score, std::string_view factors, int64_t now_us) {
  return db
      ->Run(
          "INSERT INTO scores (org_id, prospect_id, score, factors, scored_at_us) VALUES ($1, "
          "$2, $3, $4, $5)",
          {org_id, prospect_id, score, factors, now_us})
      .status();
}

absl::Status DeleteScores(Connection* db, const base::Id& org_id) {
  return db->Run("DELETE FROM scores WHERE org_id = $1", {org_id}).status();
}

}  // namespace onlyleads::storage
