#include "src/engine/sending.h"

#include "src/base/error.h"
#include "src/domain/egress.h"
#include "src/domain/import/identifiers.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/engine/progress.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

// Tokens of the outbox carry person and message, the two halves of its order.
struct OutboxPage {
  base::Id prospect_id;
  base::Id message_id;
};

absl::StatusOr<OutboxPage> ParseToken(const std::string& token) {
  if (token.empty()) return OutboxPage{};
  const size_t dot = token.find('.');
  // An empty half would be the beginning again.
  if (dot == std::string::npos || dot == 0 || dot + 1 == token.size()) {
    return Error(ErrorCode::kInvalidArgument, "page_token: is none of ours");
  }
  OL_ASSIGN_OR_RETURN(const base::Id prospect_id, ParsePageId(token.substr(0, dot)));
  OL_ASSIGN_OR_RETURN(const base::Id message_id, ParsePageId(token.substr(dot + 1)));
  return OutboxPage{prospect_id, message_id};
}

// The digests under which the ledger could know a text: as an address, or as a LinkedIn identifier.
std::vector<storage::KeyedIdentifier> LedgerKeys(const Session& session, std::string_view text) {
  if (const auto email = domain::NormalizeEmail(text)) {
    return AllKeys(session, static_cast<int>(domain::IdentifierKind::kEmail), *email);
  }
  const auto linkedin = domain::ParseLinkedin(text, true);
  if (!linkedin) return {};
  return AllKeys(session, static_cast<int>(linkedin->kind), linkedin->value);
}

}  // namespace

absl::StatusOr<Table> ListOutbox(Engine& engine, const base::Id& org_id,
                                 const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const OutboxPage after, ParseToken(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT message_id, prospect_id, campaign_id, step, channel, state, attempts, outcome, "
      "remote_id, target, due_at_us, started_at_us, sent_at_us FROM outbox WHERE org_id = $1 "
      "AND (prospect_id, message_id) > ($2, $3) ORDER BY prospect_id, message_id LIMIT $4",
      {org_id, after.prospect_id, after.message_id, size});
  Table table({{"message_id", ColumnType::kId},
               {"prospect_id", ColumnType::kId},
               {"campaign_id", ColumnType::kId},
               {"step", ColumnType::kInt},
               {"channel", ColumnType::kText},
               {"state", ColumnType::kText},
               {"attempts", ColumnType::kInt},
               {"outcome", ColumnType::kText},
               {"remote_id", ColumnType::kText},
               {"target", ColumnType::kText},
               {"due_at_us", ColumnType::kInt},
               {"started_at_us", ColumnType::kInt},
               {"sent_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 1) + "." + LastId(table, 0));
  return table;
}

absl::StatusOr<CancelAnswer> CancelMessage(Engine& engine, const base::Id& org_id,
                                           const base::Id& message_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(auto message, storage::FindMessage(db, org_id, message_id));
  if (!message) return Error(ErrorCode::kNotFound, "message_id: no such message");
  if (message->state == "sent") return CancelAnswer::kAlreadySent;
  CancelAnswer answer = CancelAnswer::kCancelled;
  if (message->state == "in_flight" || message->state == "unknown") {
    message->cancelled = true;
    answer = CancelAnswer::kInFlight;
  } else if (message->state != "not_sent" && message->state != "cancelled") {
    message->state = "cancelled";
    message->outcome = "cancelled";
  }
  OL_RETURN_IF_ERROR(storage::UpdateMessage(db, org_id, *message, std::nullopt).status());
  OL_RETURN_IF_ERROR(EndEnrollment(session, org_id, *message, "stopped", "cancelled"));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "message.cancel", message_id));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return answer;
}

absl::StatusOr<Table> FindInLedger(Engine& engine, const base::Id& org_id,
                                   const std::string& identifier) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  const auto keys = LedgerKeys(session, identifier);
  if (keys.empty()) {
    return Error(ErrorCode::kInvalidArgument,
                 "identifier: is no address and no LinkedIn identifier");
  }
  Table table({{"campaign_id", ColumnType::kId},
               {"step", ColumnType::kInt},
               {"channel", ColumnType::kText},
               {"message_id", ColumnType::kId},
               {"outcome", ColumnType::kText},
               {"recorded_at_us", ColumnType::kInt}});
  for (const storage::KeyedIdentifier& key : keys) {
    absl::StatusOr<storage::Cursor> query = session.db()->Query(
        "SELECT campaign_id, step, channel, message_id, outcome, "
        "recorded_at_us FROM send_ledger WHERE org_id = $1 AND person_digest "
        "= $2 ORDER BY campaign_id, step",
        {org_id, storage::Blob{base::AsView(key.digest)}});
    OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  }
  return table;
}

absl::StatusOr<Table> ListDecisions(Engine& engine, const base::Id& org_id,
                                    const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT decision_id, campaign_id, step, channel, stage, allowed, reason, "
      "lawful_basis, profile, decided_at_us, pack_version FROM decisions WHERE org_id = $1 "
      "AND prospect_id = $2 ORDER BY decision_id",
      {org_id, prospect_id});
  Table table({{"decision_id", ColumnType::kId},
               {"campaign_id", ColumnType::kId},
               {"step", ColumnType::kInt},
               {"channel", ColumnType::kText},
               {"stage", ColumnType::kText},
               {"allowed", ColumnType::kInt},
               {"reason", ColumnType::kText},
               {"lawful_basis", ColumnType::kText},
               {"profile", ColumnType::kText},
               {"decided_at_us", ColumnType::kInt},
               {"pack_version", ColumnType::kText}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  return table;
}

absl::StatusOr<Table> ListDisclosures(Engine& engine, const base::Id& org_id,
                                      const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(
      storage::Cursor row,
      session.db()->Query("SELECT sub_processor_id, purpose, data_categories, disclosed_at_us FROM "
                          "disclosures WHERE org_id = $1 AND prospect_id = $2 ORDER BY "
                          "disclosure_id",
                          {org_id, prospect_id}));
  Table table({{"sub_processor_id", ColumnType::kText},
               {"purpose", ColumnType::kText},
               {"data_categories", ColumnType::kText},
               {"disclosed_at_us", ColumnType::kInt}});
  while (true) {
    OL_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) break;
    const auto left = domain::DataCategorySet::FromBits(static_cast<uint32_t>(row.Int(2)));
    table.Add({std::string(row.Text(0)), std::string(row.Text(1)),
               NameList(domain::CategoryNames(left)), row.Int(3)});
  }
  return table;
}

}  // namespace onlyleads::engine
