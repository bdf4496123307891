#include "src/engine/mandates.h"

#include "src/base/text.h"
#include "src/domain/mandates.h"
#include "src/engine/audit.h"
#include "src/engine/batch.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/storage/mandate_store.h"
#include "src/storage/organization_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

// What the provider's own sign-in page stands for when the host names no text.
constexpr std::string_view kHostedAuth = "hosted_auth";

absl::StatusOr<storage::MandateRow> Check(const NewMandate& input, int64_t now_us) {
  storage::MandateRow row;
  row.sender_id = input.sender_id;
  row.member_id = input.member_id;
  OL_ASSIGN_OR_RETURN(row.channels, domain::ParseScope(input.scope));
  OL_ASSIGN_OR_RETURN(row.text_digest, domain::ParseTextDigest(input.text_digest));
  OL_RETURN_IF_ERROR(
      CheckLength("text_version", input.text_version, base::kMaxNameBytes, "kMaxNameBytes"));
  OL_RETURN_IF_ERROR(
      CheckLength("evidence_ref", input.evidence_ref, base::kMaxNameBytes, "kMaxNameBytes"));
  OL_ASSIGN_OR_RETURN(row.given_at_us, PastInstant("given_at_us", input.given_at_us, now_us));
  row.text_version = input.text_version;
  row.evidence_ref = input.evidence_ref;
  return row;
}

absl::Status Insert(Session& session, const base::Id& org_id, storage::MandateRow* row) {
  storage::Connection* db = session.db();
  row->mandate_id = session.NewId();
  OL_RETURN_IF_ERROR(storage::InsertMandate(db, org_id, *row, session.now_us()));
  OL_RETURN_IF_ERROR(storage::UnparkAuthorised(db, org_id, row->sender_id, session.now_us()));
  OL_RETURN_IF_ERROR(storage::TouchDue(db, org_id, session.now_us()));
  return WriteAudit(session, org_id, "member", "mandate.record", row->mandate_id,
                    "{\"scope\":\"" + domain::ScopeText(row->channels) + "\"}");
}

}  // namespace

absl::StatusOr<base::Id> RecordMandate(Engine& engine, const base::Id& org_id,
                                       const NewMandate& input) {
  if (base::Trim(input.text_version).empty()) return BadField("text_version", "is empty");
  if (input.text_digest.empty()) return BadField("text_digest", "is empty");
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::MandateRow row, Check(input, session.now_us()));
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const auto sender,
                      storage::LoadSender(session.db(), org_id, input.sender_id));
  if (!sender) return Error(ErrorCode::kNotFound, "sender_id: no such sender");
  if (sender->member_id != input.member_id) {
    return BadField("member_id", "the sender is another member's account");
  }
  OL_RETURN_IF_ERROR(Insert(session, org_id, &row));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return row.mandate_id;
}

absl::Status RecordConnectionMandate(Session& session, const base::Id& org_id, NewMandate input) {
  if (input.text_version.empty()) input.text_version = kHostedAuth;
  OL_ASSIGN_OR_RETURN(storage::MandateRow row, Check(input, session.now_us()));
  OL_RETURN_IF_ERROR(
      storage::RevokeMandatesOf(session.db(), org_id, input.sender_id, session.now_us()));
  OL_RETURN_IF_ERROR(Insert(session, org_id, &row));
  // A narrower scope than before leaves some of what is queued without cover.
  return storage::ParkUnauthorised(session.db(), org_id, input.sender_id, session.now_us());
}

absl::StatusOr<Table> OnTheirWay(Session& session, const base::Id& org_id,
                                 const base::Id& sender_id, bool revoked) {
  storage::Connection* db = session.db();
  if (revoked) {
    OL_RETURN_IF_ERROR(
        db->Run("UPDATE outbox SET cancelled = 1 WHERE org_id = $1 AND sender_id = $2 AND state IN "
                "('in_flight', 'unknown') AND channel NOT IN (SELECT channel FROM mandate_channels "
                "WHERE org_id = $1 AND sender_id = $2)",
                {org_id, sender_id})
            .status());
  }
  Table table({{"message_id", ColumnType::kId},
               {"prospect_id", ColumnType::kId},
               {"channel", ColumnType::kText},
               {"started_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(
      db->Query("SELECT message_id, prospect_id, channel, started_at_us FROM outbox WHERE (org_id, "
                "prospect_id, message_id) IN (SELECT o.org_id, o.prospect_id, o.message_id FROM "
                "outbox o WHERE o.org_id = $1 AND o.sender_id = $2 AND o.state IN ('in_flight', "
                "'unknown')) ORDER BY message_id",
                {org_id, sender_id}),
      &table));
  return table;
}

absl::StatusOr<Table> RevokeMandate(Engine& engine, const base::Id& org_id,
                                    const base::Id& mandate_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const base::Id sender_id, storage::FindMandateSender(db, org_id, mandate_id));
  if (sender_id.is_nil()) return Error(ErrorCode::kNotFound, "mandate_id: no such mandate");
  OL_RETURN_IF_ERROR(storage::RevokeMandate(db, org_id, mandate_id, session.now_us()));
  OL_RETURN_IF_ERROR(storage::ParkUnauthorised(db, org_id, sender_id, session.now_us()));
  OL_ASSIGN_OR_RETURN(Table on_their_way, OnTheirWay(session, org_id, sender_id, true));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "mandate.revoke", mandate_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return on_their_way;
}

absl::StatusOr<Table> ListMandates(Engine& engine, const base::Id& org_id,
                                   const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT mandate_id, sender_id, member_id, scope, text_version, coalesce(lower(hex("
      "text_digest)), '') AS text_digest, evidence_ref, given_at_us, recorded_at_us, revoked_at_us "
      "FROM mandates WHERE org_id = $1 AND mandate_id > $2 ORDER BY mandate_id LIMIT $3",
      {org_id, after, size});
  Table table({{"mandate_id", ColumnType::kId},
               {"sender_id", ColumnType::kId},
               {"member_id", ColumnType::kId},
               {"scope", ColumnType::kText},
               {"text_version", ColumnType::kText},
               {"text_digest", ColumnType::kText},
               {"evidence_ref", ColumnType::kText},
               {"given_at_us", ColumnType::kInt},
               {"recorded_at_us", ColumnType::kInt},
               {"revoked_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

}  // namespace onlyleads::engine
