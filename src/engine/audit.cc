#include "src/engine/audit.h"

#include "absl/strings/str_cat.h"
#include "src/base/abseil.h"
#include "src/base/crypto.h"
#include "src/base/error.h"
#include "src/base/limits.h"
#include "src/base/time.h"
#include "src/engine/long_work.h"
#include "src/engine/paging.h"
#include "src/storage/audit_store.h"
#include "src/storage/ledger_store.h"

namespace onlyleads::engine {
namespace {

constexpr int kSealBatch = 1000;
constexpr int64_t kOverdueUs = 5 * base::kSecondUs;

// Length-prefixed, so that no two different entries give the same bytes.
void AppendField(std::string_view field, std::string* out) {
  absl::StrAppend(out, field.size(), ":", base::ToAbsl(field), ";");
}

base::Digest HashOf(std::string_view previous, const base::Id& org_id, int64_t seq,
                    const storage::AuditRow& row) {
  std::string text;
  AppendField(previous, &text);
  AppendField(org_id.view(), &text);
  AppendField(absl::StrCat(seq), &text);
  AppendField(row.entry_id.view(), &text);
  AppendField(absl::StrCat(row.at_us), &text);
  AppendField(row.actor, &text);
  AppendField(row.verb, &text);
  AppendField(row.subject_id.view(), &text);
  AppendField(row.detail, &text);
  return base::Sha256(text);
}

std::string MacOf(const Session& session, const base::Id& org_id, const storage::AuditHead& head) {
  std::string text;
  AppendField(org_id.view(), &text);
  AppendField(absl::StrCat(head.seq), &text);
  AppendField(head.hash, &text);
  const base::Digest mac = base::KeyedDigest(base::AsView(session.keys().current().audit), text);
  return std::string(base::AsView(mac));
}

absl::StatusOr<int64_t> SealOne(Session& session, const base::Id& org_id) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_ASSIGN_OR_RETURN(const auto found, storage::LoadHead(db, org_id));
  storage::AuditHead head = found.value_or(storage::AuditHead{});
  OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadUnsealed(db, org_id, kSealBatch));
  if (rows.empty()) return 0;
  for (const storage::AuditRow& row : rows) {
    const base::Digest hash = HashOf(head.hash, org_id, ++head.seq, row);
    head.hash = base::AsView(hash);
    OL_RETURN_IF_ERROR(storage::SealEntry(db, org_id, row.entry_id, head.seq, head.hash));
  }
  head.mac = MacOf(session, org_id, head);
  OL_RETURN_IF_ERROR(storage::SaveHead(db, org_id, head, session.now_us()));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return static_cast<int64_t>(rows.size());
}

struct ChainState {
  int64_t seq = 0;
  std::string hash;
};

void Blame(const base::Id& org_id, int64_t seq, std::string_view problem, AuditReport* report) {
  if (!report->intact) return;
  report->intact = false;
  report->first_bad_org = org_id;
  report->first_bad_seq = seq;
  report->problem = problem;
}

// A number that is missing was removed; one whose content hashes otherwise was changed, unless it
// is its neighbour's content: then the two were swapped.
std::string_view Diagnose(const base::Id& org_id, const ChainState& chain,
                          const std::vector<storage::AuditRow>& rows, size_t i) {
  if (rows[i].seq != chain.seq + 1) return "removed";
  for (size_t k = 0; k < rows.size(); ++k) {
    if (k == i) continue;
    const base::Digest other = HashOf(chain.hash, org_id, chain.seq + 1, rows[k]);
    if (base::AsView(other) == rows[i].hash || base::AsView(other) == rows[k].hash) {
      return "reordered";
    }
  }
  return "changed";
}

absl::Status VerifyChain(Engine& engine, const Session& session, const base::Id& org_id,
                         AuditReport* report) {
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(const auto head, storage::LoadHead(db, org_id));
  OL_ASSIGN_OR_RETURN(const auto anchor, storage::LoadAnchor(db, org_id));
  ChainState chain;
  while (true) {
    OL_RETURN_IF_ERROR(CheckCancelled(engine));
    OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadSealed(db, org_id, chain.seq, kSealBatch));
    for (size_t i = 0; i < rows.size(); ++i) {
      const base::Digest hash = HashOf(chain.hash, org_id, chain.seq + 1, rows[i]);
      if (rows[i].seq != chain.seq + 1 || base::AsView(hash) != rows[i].hash) {
        Blame(org_id, chain.seq + 1, Diagnose(org_id, chain, rows, i), report);
        return absl::OkStatus();
      }
      chain = {rows[i].seq, rows[i].hash};
      // The ledger outside the database knows another entry in this place: a copy was put back.
      if (anchor && anchor->seq == chain.seq && anchor->hash != chain.hash) {
        Blame(org_id, chain.seq, "rolled_back", report);
        return absl::OkStatus();
      }
      ++report->sealed;
    }
    if (rows.size() < kSealBatch) break;
  }
  if (anchor && chain.seq < anchor->seq) Blame(org_id, chain.seq + 1, "rolled_back", report);
  if (!head) {
    if (chain.seq > 0) Blame(org_id, chain.seq, "head_forged", report);
    // Creating an organization was its first entry: without any, they are gone.
    OL_ASSIGN_OR_RETURN(const auto unsealed, storage::LoadUnsealed(db, org_id, 1));
    if (chain.seq == 0 && unsealed.empty()) Blame(org_id, 1, "removed", report);
    return absl::OkStatus();
  }
  if (!base::ConstantTimeEquals(head->mac, MacOf(session, org_id, *head))) {
    Blame(org_id, head->seq, "head_forged", report);
  } else if (chain.seq < head->seq) {
    Blame(org_id, chain.seq + 1, "cut_tail", report);
  } else if (chain.seq > head->seq || chain.hash != head->hash) {
    Blame(org_id, head->seq + 1, "changed", report);
  }
  return absl::OkStatus();
}

absl::Status CountUnsealed(const Session& session, AuditReport* report) {
  OL_ASSIGN_OR_RETURN(
      const auto unsealed,
      storage::QueryInt(session.db(), "SELECT count(*) FROM audit_entries WHERE seq IS NULL", {}));
  OL_ASSIGN_OR_RETURN(
      const auto overdue,
      storage::QueryInt(session.db(),
                        "SELECT count(*) FROM audit_entries WHERE seq IS NULL AND at_us < $1",
                        {session.now_us() - kOverdueUs}));
  report->unsealed = unsealed.value_or(0);
  report->overdue = overdue.value_or(0);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteAudit(Session& session, const base::Id& org_id, std::string_view actor,
                        std::string_view verb, const base::Id& subject_id,
                        std::string_view detail) {
  storage::AuditRow row;
  row.entry_id = session.NewId();
  row.at_us = session.now_us();
  row.actor = actor;
  row.verb = verb;
  row.subject_id = subject_id;
  row.detail = detail;
  return storage::InsertAudit(session.db(), org_id, row);
}

absl::StatusOr<int64_t> SealAudit(Engine& engine) {
  int64_t total = 0;
  std::vector<base::Id> organizations;
  {
    OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
    OL_ASSIGN_OR_RETURN(organizations, storage::LoadUnsealedOrganizations(session.db()));
  }
  for (const base::Id& org_id : organizations) {
    int64_t sealed = kSealBatch;
    while (sealed == kSealBatch) {
      OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
      OL_ASSIGN_OR_RETURN(sealed, SealOne(session, org_id));
      total += sealed;
    }
  }
  return total;
}

absl::StatusOr<AuditReport> VerifyAudit(Engine& engine) {
  const CallScope call(engine);
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  AuditReport report;
  OL_ASSIGN_OR_RETURN(const std::vector<base::Id> organizations,
                      storage::LoadAuditedOrganizations(session.db()));
  for (const base::Id& org_id : organizations) {
    OL_RETURN_IF_ERROR(VerifyChain(engine, session, org_id, &report));
  }
  OL_RETURN_IF_ERROR(CountUnsealed(session, &report));
  return report;
}

absl::StatusOr<base::Table> ListAudit(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadAudit(session.db(), org_id, after, size));
  base::Table table({{"entry_id", base::ColumnType::kId},
                     {"at_us", base::ColumnType::kInt},
                     {"actor", base::ColumnType::kText},
                     {"verb", base::ColumnType::kText},
                     {"subject_id", base::ColumnType::kId},
                     {"detail", base::ColumnType::kText},
                     {"seq", base::ColumnType::kInt}});
  for (const storage::AuditRow& row : rows) {
    base::Table::Cell subject;
    if (!row.subject_id.is_nil()) subject = row.subject_id;
    table.Add({row.entry_id, row.at_us, row.actor, row.verb, subject, row.detail, row.seq});
  }
  if (static_cast<int>(rows.size()) == size) table.set_next_page(ToString(rows.back().entry_id));
  return table;
}

}  // namespace onlyleads::engine
