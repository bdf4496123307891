#include "src/engine/signals.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "src/base/text.h"
#include "src/engine/audit.h"
#include "src/engine/batch.h"
#include "src/engine/listing.h"
#include "src/engine/paging.h"
#include "src/storage/prospect_store.h"
#include "src/storage/signal_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using base::Table;

std::string SignalField(size_t row, std::string_view field) {
  return RowField("signals", row, field);
}

// What can be told without the database.
absl::StatusOr<storage::SignalRow> Check(const NewSignal& signal, size_t row, int64_t now_us) {
  storage::SignalRow checked;
  checked.prospect_id = signal.prospect_id;
  const auto kind = domain::ParseSignalKind(signal.kind);
  if (!kind) return BadField(SignalField(row, "kind"), "is no kind of signal");
  checked.kind = *kind;
  OL_ASSIGN_OR_RETURN(checked.at_us, PastInstant(SignalField(row, "at_us"), signal.at_us, now_us));
  OL_RETURN_IF_ERROR(CheckLength(SignalField(row, "external_ref"), signal.external_ref,
                                 base::kMaxNameBytes, "kMaxNameBytes"));
  if (base::Trim(signal.source).empty()) return BadField(SignalField(row, "source"), "is empty");
  OL_RETURN_IF_ERROR(
      CheckLength(SignalField(row, "source"), signal.source, base::kMaxNameBytes, "kMaxNameBytes"));
  OL_RETURN_IF_ERROR(
      CheckLength(SignalField(row, "url"), signal.url, base::kMaxUrlBytes, "kMaxUrlBytes"));
  if (!signal.url.empty() && !absl::StartsWith(signal.url, "https://") &&
      !absl::StartsWith(signal.url, "http://")) {
    return BadField(SignalField(row, "url"), "must begin with http:// or https://");
  }
  checked.external_ref = signal.external_ref;
  checked.source = signal.source;
  checked.url = signal.url;
  return checked;
}

// Why a signal of this person may not be kept; empty when it may. kNotFound for somebody who never
// was.
absl::StatusOr<std::string_view> Refusal(storage::Connection* db, const base::Id& org_id,
                                         const base::Id& prospect_id, size_t row) {
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, prospect_id));
  if (facts) {
    if (facts->objected()) return "objected";
    return facts->restricted_at_us ? "restricted" : "";
  }
  OL_ASSIGN_OR_RETURN(const auto removal, storage::FindRemoval(db, org_id, prospect_id));
  if (removal) return *removal == "prospect.erase" ? "erased" : "deleted";
  return Error(ErrorCode::kNotFound, SignalField(row, "prospect_id") + ": no such person");
}

struct Taken {
  base::Id signal_id;
  std::string_view disposition;
  std::string_view reason = {};
};

absl::StatusOr<Taken> TakeOne(Session& session, const base::Id& org_id, storage::SignalRow signal,
                              size_t row) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const std::string_view refusal, Refusal(db, org_id, signal.prospect_id, row));
  if (!refusal.empty()) return Taken{{}, "refused", refusal};
  if (!signal.external_ref.empty()) {
    OL_ASSIGN_OR_RETURN(const auto owner,
                        storage::FindSignalByRef(db, org_id, signal.external_ref));
    if (owner) {
      if (owner->prospect_id == signal.prospect_id && owner->kind == domain::Name(signal.kind)) {
        return Taken{owner->signal_id, "duplicate"};
      }
      return Error(ErrorCode::kConflict,
                   SignalField(row, "external_ref") + ": belongs to another person or kind");
    }
  }
  signal.signal_id = session.NewId();
  OL_RETURN_IF_ERROR(storage::InsertSignal(db, org_id, signal, session.now_us()));
  return Taken{signal.signal_id, "recorded"};
}

}  // namespace

absl::StatusOr<Table> RecordSignals(Engine& engine, const base::Id& org_id,
                                    const std::vector<NewSignal>& signals) {
  OL_RETURN_IF_ERROR(CheckBatchSize("signals", signals.size()));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  std::vector<storage::SignalRow> checked;
  checked.reserve(signals.size());
  for (size_t i = 0; i < signals.size(); ++i) {
    OL_ASSIGN_OR_RETURN(storage::SignalRow row, Check(signals[i], i, session.now_us()));
    checked.push_back(std::move(row));
  }
  Table table({{"prospect_id", ColumnType::kId},
               {"signal_id", ColumnType::kId},
               {"disposition", ColumnType::kText},
               {"reason", ColumnType::kText}});
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  int64_t recorded = 0, refused = 0;
  for (size_t i = 0; i < checked.size(); ++i) {
    const base::Id prospect_id = checked[i].prospect_id;
    OL_ASSIGN_OR_RETURN(const Taken taken, TakeOne(session, org_id, std::move(checked[i]), i));
    recorded += taken.disposition == "recorded" ? 1 : 0;
    refused += taken.disposition == "refused" ? 1 : 0;
    Table::Cell signal_id;
    if (!taken.signal_id.is_nil()) signal_id = taken.signal_id;
    table.Add({prospect_id, signal_id, std::string(taken.disposition), std::string(taken.reason)});
  }
  if (recorded + refused == 0) return table;  // nothing that was not known
  OL_RETURN_IF_ERROR(
      WriteAudit(session, org_id, "member", "signals.record", {},
                 absl::StrCat("{\"recorded\":", recorded, ",\"refused\":", refused, "}")));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return table;
}

absl::StatusOr<Table> ListSignals(Engine& engine, const base::Id& org_id,
                                  const base::Id& prospect_id, const std::string& page_token,
                                  int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT signal_id, kind, at_us, external_ref, source, url, recorded_at_us FROM signals WHERE "
      "org_id = $1 AND prospect_id = $2 AND signal_id > $3 ORDER BY signal_id LIMIT $4",
      {org_id, prospect_id, after, size});
  Table table({{"signal_id", ColumnType::kId},
               {"kind", ColumnType::kText},
               {"at_us", ColumnType::kInt},
               {"external_ref", ColumnType::kText},
               {"source", ColumnType::kText},
               {"url", ColumnType::kText},
               {"recorded_at_us", ColumnType::kInt}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  if (table.rows() == size) table.set_next_page(LastId(table, 0));
  return table;
}

absl::Status RecordReplySignal(Session& session, const base::Id& org_id,
                               const base::Id& prospect_id, int64_t at_us) {
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(session.db(), org_id, prospect_id));
  if (!facts || !facts->may_be_profiled()) return absl::OkStatus();
  storage::SignalRow row;
  row.signal_id = session.NewId();
  row.prospect_id = prospect_id;
  row.kind = domain::SignalKind::kReply;
  row.at_us = std::min(at_us, session.now_us());
  row.source = "inbox";
  return storage::InsertSignal(session.db(), org_id, row, session.now_us());
}

}  // namespace onlyleads::engine
