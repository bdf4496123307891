// Two passes over one state of the database: the attributes' names make the header, which stands
// before the first person.
#include "src/engine/prospects_export.h"

#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/domain/csv/writer.h"
#include "src/domain/import/portable.h"
#include "src/engine/audit.h"
#include "src/engine/new_file.h"
#include "src/engine/organizations.h"
#include "src/engine/paging.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;
using storage::ProspectRecord;
using Names = std::set<std::string>;

absl::Status AuditExport(Engine& engine, const base::Id& org_id, int64_t people) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "system", "prospects.export", {},
                                absl::StrCat("{\"people\":", people, "}")));
  return transaction.Commit();
}

// Everybody in id order; `told` before each page with how many came before it.
absl::Status ForEachPerson(storage::Connection* db, const base::Id& org_id,
                           const std::function<absl::Status(int64_t done)>& told,
                           const std::function<absl::Status(const ProspectRecord&)>& f) {
  int64_t done = 0;
  for (base::Id after;;) {
    OL_RETURN_IF_ERROR(told(done));
    OL_ASSIGN_OR_RETURN(const auto people,
                        storage::LoadProspects(db, org_id, after, kDefaultPageRows));
    for (const ProspectRecord& person : people) OL_RETURN_IF_ERROR(f(person));
    if (people.empty()) return absl::OkStatus();
    done += static_cast<int64_t>(people.size());
    after = people.back().prospect_id;
  }
}

absl::Status ReadAttributes(const ProspectRecord& person,
                            const std::function<void(std::string_view, std::string)>& f) {
  if (person.attributes.size() <= 2) return absl::OkStatus();  // {}
  OL_ASSIGN_OR_RETURN(const auto document, base::JsonDocument::Parse(person.attributes));
  document.root().ForEachMember([&](std::string_view name, base::JsonValue value) {
    const auto text = value.AsString();
    f(name, text ? std::string(*text) : value.Dump());
  });
  return absl::OkStatus();
}

absl::Status CollectNames(const ProspectRecord& person, Names* names) {
  OL_RETURN_IF_ERROR(ReadAttributes(
      person, [&](std::string_view name, const std::string&) { names->emplace(name); }));
  if (names->size() + domain::kPortableColumns <= base::kMaxColumns) return absl::OkStatus();
  return Error(ErrorCode::kLimit, "attributes: have more names than kMaxColumns");
}

absl::StatusOr<domain::PortablePerson> Load(storage::Connection* db, const base::Id& org_id,
                                            const ProspectRecord& record) {
  const base::Id& id = record.prospect_id;
  OL_ASSIGN_OR_RETURN(const auto identifiers, storage::LoadIdentifiers(db, org_id, id));
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db, org_id, id));
  domain::PortablePerson person;
  person.fields = {record.first_name, record.last_name, record.company, record.title,
                   record.industry,   record.city,      record.country};
  for (const storage::IdentifierRow& row : identifiers) {
    person.identifiers.push_back({static_cast<domain::IdentifierKind>(row.kind), row.value});
  }
  OL_ASSIGN_OR_RETURN(person.contact_points, storage::LoadContactPoints(db, org_id, id));
  if (facts) {
    person.email_opt_out = facts->suppressed_email;
    // Suppressed where the messages go is what is left of the objection of somebody deleted.
    person.objected = facts->objected_at_us.has_value() || facts->suppressed_linkedin;
    person.restricted = facts->restricted_at_us.has_value();
  }
  OL_RETURN_IF_ERROR(ReadAttributes(record, [&](std::string_view name, std::string value) {
    person.attributes.emplace(name, std::move(value));
  }));
  return person;
}

absl::Status WriteRecord(const std::vector<std::string>& cells, NewFile* file) {
  std::string line;
  domain::csv::AppendRecord(cells, &line);
  return file->Write(line);
}

}  // namespace

absl::StatusOr<int64_t> ExportProspectsCsv(Engine& engine, const base::Id& org_id,
                                           const std::string& path, const WorkProgress& progress) {
  if (path.empty()) return Error(ErrorCode::kInvalidArgument, "path: is empty");
  const CallScope call(engine);
  OL_RETURN_IF_ERROR(RequireOrganization(engine, org_id));
  OL_ASSIGN_OR_RETURN(NewFile file, NewFile::Create(path, "path"));
  // A connection of its own: the engine works on while a long export reads one state.
  OL_ASSIGN_OR_RETURN(const Snapshot snapshot, Snapshot::Begin(engine));
  storage::Connection* db = snapshot.db();
  OL_ASSIGN_OR_RETURN(const int64_t total, storage::CountProspects(db, org_id));
  OL_RETURN_IF_ERROR(AuditExport(engine, org_id, total));
  Names names;
  OL_RETURN_IF_ERROR(ForEachPerson(
      db, org_id, [&](int64_t) { return TellProgress(engine, {}, 0, total); },
      [&](const ProspectRecord& person) { return CollectNames(person, &names); }));
  OL_RETURN_IF_ERROR(WriteRecord(domain::PortableHeader(names), &file));
  OL_RETURN_IF_ERROR(ForEachPerson(
      db, org_id, [&](int64_t done) { return TellProgress(engine, progress, done, total); },
      [&](const ProspectRecord& record) -> absl::Status {
        OL_ASSIGN_OR_RETURN(const domain::PortablePerson person, Load(db, org_id, record));
        return WriteRecord(domain::PortableRecord(person, names), &file);
      }));
  OL_RETURN_IF_ERROR(file.Finish());
  return total;
}

}  // namespace onlyleads::engine
