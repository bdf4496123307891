#include "src/engine/usage.h"

#include <algorithm>

#include "src/base/network.h"
#include "src/domain/retention.h"
#include "src/engine/batch.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/storage/retention_store.h"
#include "src/storage/usage_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

std::string UsageField(size_t row, std::string_view field) { return RowField("usage", row, field); }

absl::StatusOr<storage::UsageRow> Check(const NewUsage& usage, size_t row, int64_t now_us) {
  storage::UsageRow checked;
  checked.member_id = usage.member_id;
  OL_ASSIGN_OR_RETURN(checked.at_us, PastInstant(UsageField(row, "at_us"), usage.at_us, now_us));
  if (!usage.ip.empty()) {
    auto ip = base::CanonicalIp(usage.ip);
    if (!ip) return BadField(UsageField(row, "ip"), "is no IPv4 or IPv6 address");
    checked.ip = *std::move(ip);
  }
  OL_RETURN_IF_ERROR(
      CheckLength(UsageField(row, "browser"), usage.browser, base::kMaxNameBytes, "kMaxNameBytes"));
  OL_RETURN_IF_ERROR(
      CheckLength(UsageField(row, "page"), usage.page, base::kMaxUrlBytes, "kMaxUrlBytes"));
  checked.browser = usage.browser;
  checked.page = usage.page;
  return checked;
}

}  // namespace

absl::StatusOr<int64_t> RecordUsage(Engine& engine, const base::Id& org_id,
                                    const std::vector<NewUsage>& usage) {
  OL_RETURN_IF_ERROR(CheckBatchSize("usage", usage.size()));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  int64_t oldest_us = session.now_us();
  for (size_t i = 0; i < usage.size(); ++i) {
    OL_ASSIGN_OR_RETURN(storage::UsageRow row, Check(usage[i], i, session.now_us()));
    OL_ASSIGN_OR_RETURN(const bool known, storage::IsMember(db, org_id, row.member_id));
    if (!known) return Error(ErrorCode::kNotFound, UsageField(i, "member_id") + ": no such member");
    row.usage_id = session.NewId();
    OL_RETURN_IF_ERROR(storage::InsertUsage(db, org_id, row, session.now_us()));
    oldest_us = std::min(oldest_us, row.at_us);
  }
  OL_RETURN_IF_ERROR(storage::TouchRetentionDue(db, org_id, oldest_us + domain::kLogPeriodUs));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return static_cast<int64_t>(usage.size());
}

absl::StatusOr<Table> ListUsage(Engine& engine, const base::Id& org_id,
                                const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT usage_id, member_id, at_us, ip, browser, page FROM usage_log WHERE org_id = $1 AND "
      "usage_id > $2 ORDER BY usage_id LIMIT $3",
      {org_id, after, size});
  Table table({{"usage_id", ColumnType::kId},
               {"member_id", ColumnType::kId},
               {"at_us", ColumnType::kInt},
               {"ip", ColumnType::kText},
               {"browser", ColumnType::kText},
               {"page", ColumnType::kText}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

}  // namespace onlyleads::engine
