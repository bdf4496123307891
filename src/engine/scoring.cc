#include "src/engine/scoring.h"

#include "src/base/json.h"
#include "src/domain/scoring.h"
#include "src/engine/audit.h"
#include "src/engine/listing.h"
#include "src/engine/long_work.h"
#include "src/engine/paging.h"
#include "src/storage/campaign_store.h"
#include "src/storage/prospect_store.h"
#include "src/storage/signal_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Table;

constexpr int kScoreBatch = 1000;

std::string FactorsJson(const domain::Score& score) {
  base::JsonWriter json;
  json.BeginArray();
  for (const domain::Factor& factor : score.factors) {
    json.BeginObject().Field("name", factor.name).Field("points", factor.points).EndObject();
  }
  json.EndArray();
  return json.Take();
}

}  // namespace

absl::StatusOr<int64_t> RunScoring(Engine& engine, const base::Id& org_id,
                                   const std::string& scorecard_json) {
  OL_ASSIGN_OR_RETURN(const domain::Scorecard card, domain::Scorecard::Parse(scorecard_json));
  const CallScope call(engine);
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  storage::Connection* db = session.db();
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(db));
  OL_RETURN_IF_ERROR(storage::DeleteScores(db, org_id));
  int64_t scored = 0;
  base::Id after;
  while (true) {
    OL_RETURN_IF_ERROR(CheckCancelled(engine));
    OL_ASSIGN_OR_RETURN(const auto people, storage::LoadProspects(db, org_id, after, kScoreBatch));
    for (const storage::ProspectRecord& person : people) {
      OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, person.prospect_id));
      if (facts && !facts->may_be_profiled()) continue;
      std::vector<domain::Signal> signals;
      if (card.weighs_signals()) {
        OL_ASSIGN_OR_RETURN(signals, storage::LoadSignals(db, org_id, person.prospect_id));
      }
      const domain::Score score = card.Rate({.title = person.title,
                                             .industry = person.industry,
                                             .country = person.country,
                                             .company = person.company,
                                             .city = person.city},
                                            signals, session.now_us());
      OL_RETURN_IF_ERROR(storage::InsertScore(db, org_id, person.prospect_id, score.total,
                                              FactorsJson(score), session.now_us()));
      ++scored;
    }
    if (people.size() < kScoreBatch) break;
    after = people.back().prospect_id;
  }
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "scoring.run", {},
                                "{\"scored\":" + std::to_string(scored) + "}"));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return scored;
}

absl::StatusOr<Table> TopScores(Engine& engine, const base::Id& org_id, int limit,
                                bool with_linkedin) {
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  // Kinds 2 and 3 are the public identifier and the member id.
  absl::StatusOr<storage::Cursor> query = session.db()->Query(
      "SELECT prospect_id, score, factors FROM scores s WHERE org_id = $1 AND "
      "($2 = 0 OR EXISTS (SELECT 1 FROM identifiers i WHERE i.org_id = "
      "s.org_id AND i.prospect_id = s.prospect_id AND i.kind IN (2, 3))) "
      "ORDER BY score DESC, prospect_id LIMIT $3",
      {org_id, with_linkedin, size});
  Table table({{"prospect_id", ColumnType::kId},
               {"score", ColumnType::kDouble},
               {"factors", ColumnType::kText}});
  OL_RETURN_IF_ERROR(ReadRows(std::move(query), &table));
  return table;
}

}  // namespace onlyleads::engine
