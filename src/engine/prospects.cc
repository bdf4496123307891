#include "src/engine/prospects.h"

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/domain/import/identifiers.h"
#include "src/engine/paging.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {
namespace {

using base::ColumnType;
using base::Error;
using base::ErrorCode;
using domain::Identifier;
using domain::IdentifierKind;

base::Table ProspectTable() {
  return base::Table({{"prospect_id", ColumnType::kId},
                      {"first_name", ColumnType::kText},
                      {"last_name", ColumnType::kText},
                      {"company", ColumnType::kText},
                      {"title", ColumnType::kText},
                      {"industry", ColumnType::kText},
                      {"city", ColumnType::kText},
                      {"country", ColumnType::kText},
                      {"recipient_type", ColumnType::kText},
                      {"emails", ColumnType::kText},
                      {"linkedin", ColumnType::kText},
                      {"member_id", ColumnType::kText},
                      {"sales_navigator_id", ColumnType::kText},
                      {"contact_points", ColumnType::kText},
                      {"attributes", ColumnType::kText},
                      {"source", ColumnType::kText},
                      {"lawful_basis", ColumnType::kText},
                      {"obtained_at_us", ColumnType::kInt},
                      {"objected_at_us", ColumnType::kInt},
                      {"restricted_at_us", ColumnType::kInt}});
}

std::string JsonList(const std::vector<std::string>& texts) {
  base::JsonWriter json;
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
  return json.Take();
}

// The identifiers as columns; where there are several ids of a kind, the first.
struct IdentifierColumns {
  std::vector<std::string> emails;
  std::string linkedin, member_id, sales_navigator_id;
};

IdentifierColumns ColumnsOf(const std::vector<storage::IdentifierRow>& rows) {
  IdentifierColumns columns;
  for (const storage::IdentifierRow& row : rows) {
    switch (static_cast<IdentifierKind>(row.kind)) {
      case IdentifierKind::kEmail:
        columns.emails.push_back(row.value);
        break;
      case IdentifierKind::kLinkedinPublicId:
        columns.linkedin = "https://www.linkedin.com/in/" + base::PercentEncode(row.value);
        break;
      case IdentifierKind::kLinkedinMemberId:
        columns.member_id = row.value;
        break;
      case IdentifierKind::kSalesNavigatorId:
        if (columns.sales_navigator_id.empty()) columns.sales_navigator_id = row.value;
        break;
    }
  }
  return columns;
}

absl::Status AddRow(const Session& session, const base::Id& org_id,
                    const storage::ProspectRecord& person, base::Table* table) {
  storage::Connection* db = session.db();
  const base::Id& id = person.prospect_id;
  OL_ASSIGN_OR_RETURN(const auto identifiers, storage::LoadIdentifiers(db, org_id, id));
  OL_ASSIGN_OR_RETURN(const auto contact_points, storage::LoadContactPoints(db, org_id, id));
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, id));
  const IdentifierColumns columns = ColumnsOf(identifiers);
  base::Table::Cell objected_at_us, restricted_at_us;
  if (facts && facts->objected_at_us) objected_at_us = *facts->objected_at_us;
  if (facts && facts->restricted_at_us) restricted_at_us = *facts->restricted_at_us;
  table->Add({id,
              person.first_name,
              person.last_name,
              person.company,
              person.title,
              person.industry,
              person.city,
              person.country,
              person.recipient_type,
              JsonList(columns.emails),
              columns.linkedin,
              columns.member_id,
              columns.sales_navigator_id,
              JsonList(contact_points),
              person.attributes,
              person.source,
              person.lawful_basis,
              person.obtained_at_us,
              objected_at_us,
              restricted_at_us});
  return absl::OkStatus();
}

absl::StatusOr<Identifier> ParseOne(const std::string& email, const std::string& linkedin) {
  if (email.empty() == linkedin.empty()) {
    return Error(ErrorCode::kInvalidArgument, "email, linkedin: give exactly one");
  }
  if (!email.empty()) {
    auto address = domain::NormalizeEmail(email);
    if (!address) return Error(ErrorCode::kInvalidArgument, "email: is no address");
    return Identifier{IdentifierKind::kEmail, *std::move(address)};
  }
  auto id = domain::ParseLinkedin(linkedin, true);
  if (!id) return Error(ErrorCode::kInvalidArgument, "linkedin: names no person");
  return *std::move(id);
}

}  // namespace

absl::StatusOr<int64_t> CountProspects(Engine& engine, const base::Id& org_id) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  return storage::CountProspects(session.db(), org_id);
}

absl::StatusOr<base::Id> FindProspect(Engine& engine, const base::Id& org_id,
                                      const std::string& email, const std::string& linkedin) {
  OL_ASSIGN_OR_RETURN(const Identifier id, ParseOne(email, linkedin));
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto owner, storage::FindOwner(session.db(), org_id,
                                                           static_cast<int>(id.kind), id.value));
  return owner.value_or(base::Id{});
}

absl::StatusOr<base::Table> GetProspect(Engine& engine, const base::Id& org_id,
                                        const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto person, storage::LoadProspect(session.db(), org_id, prospect_id));
  if (!person) return Error(ErrorCode::kNotFound, "prospect_id: no such prospect");
  base::Table table = ProspectTable();
  OL_RETURN_IF_ERROR(AddRow(session, org_id, *person, &table));
  return table;
}

absl::StatusOr<base::Table> ListProspects(Engine& engine, const base::Id& org_id,
                                          const std::string& page_token, int limit) {
  OL_ASSIGN_OR_RETURN(const base::Id after, ParsePageId(page_token));
  OL_ASSIGN_OR_RETURN(const int size, PageSize(limit));
  OL_ASSIGN_OR_RETURN(const Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(const auto people, storage::LoadProspects(session.db(), org_id, after, size));
  base::Table table = ProspectTable();
  for (const storage::ProspectRecord& person : people) {
    OL_RETURN_IF_ERROR(AddRow(session, org_id, person, &table));
  }
  if (static_cast<int>(people.size()) == size) {
    table.set_next_page(ToString(people.back().prospect_id));
  }
  return table;
}

}  // namespace onlyleads::engine
