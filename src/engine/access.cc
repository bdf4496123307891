#include "src/engine/access.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/base/error.h"
#include "src/base/json.h"
#include "src/domain/egress.h"
#include "src/domain/import/identifiers.h"
#include "src/domain/retention.h"
#include "src/domain/rights.h"
#include "src/engine/audit.h"
#include "src/engine/identity.h"
#include "src/engine/rights.h"
#include "src/storage/organization_store.h"
#include "src/storage/outbox_store.h"
#include "src/storage/person_store.h"
#include "src/storage/retention_store.h"

namespace onlyleads::engine {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonWriter;
using storage::Column;
using storage::ExportedRow;
using storage::ExportedValue;

// "prospects.first_name" is the field first_name of the section prospects.
std::pair<std::string_view, std::string_view> Split(std::string_view export_name) {
  const size_t dot = export_name.find('.');
  return {export_name.substr(0, dot), export_name.substr(dot + 1)};
}

// Documents that the library wrote itself; anything else that looks like JSON stays text.
bool IsDocument(const Column& column) {
  return (column.table == "prospects" && column.column == "attributes") ||
         (column.table == "scores" && column.column == "factors");
}

std::string_view KindName(int64_t kind) {
  switch (static_cast<domain::IdentifierKind>(kind)) {
    case domain::IdentifierKind::kEmail:
      return "email";
    case domain::IdentifierKind::kLinkedinPublicId:
      return "linkedin_public_id";
    case domain::IdentifierKind::kLinkedinMemberId:
      return "linkedin_member_id";
    case domain::IdentifierKind::kSalesNavigatorId:
      return "sales_navigator_id";
  }
  return "unknown";
}

class Copy {
 public:
  Copy(Session& session, const base::Id& org_id, const base::Id& prospect_id)
      : session_(session), db_(session.db()), org_id_(org_id), prospect_id_(prospect_id) {}

  absl::StatusOr<std::string> Write() {
    OL_ASSIGN_OR_RETURN(const auto person, storage::LoadProspect(db_, org_id_, prospect_id_));
    if (!person) return Error(ErrorCode::kNotFound, "prospect_id: no such person");
    person_ = *person;
    OL_RETURN_IF_ERROR(Read());
    json_.BeginObject()
        .Field("format", "onlyleads.access/1")
        .Field("law", "GDPR 15")
        .Field("prospect_id", ToString(prospect_id_))
        .Field("made_at_us", session_.now_us());
    OL_RETURN_IF_ERROR(WriteController());
    WriteData();
    WriteCategories();
    OL_RETURN_IF_ERROR(WriteRecipients());
    WriteRetention();
    WriteRights();
    json_.EndObject();
    return json_.Take();
  }

 private:
  using Section = std::vector<ExportedRow>;

  absl::Status Read() {
    OL_ASSIGN_OR_RETURN(const auto keys, AllKeysOf(session_, org_id_, prospect_id_));
    for (const storage::PersonTable& table : storage::PersonTables()) {
      OL_ASSIGN_OR_RETURN(Section rows,
                          storage::ExportRows(db_, table, org_id_, prospect_id_, keys));
      for (ExportedRow& row : rows) {
        const std::string_view section = Split(row.front().column->export_name).first;
        data_[section].push_back(std::move(row));
      }
    }
    return absl::OkStatus();
  }

  absl::Status WriteController() {
    OL_ASSIGN_OR_RETURN(const auto organization, storage::LoadOrganization(db_, org_id_));
    if (!organization) return Error(ErrorCode::kNotFound, "the organization is gone");
    json_.Key("controller")
        .BeginObject()
        .Field("name", organization->name)
        .Field("country", organization->country)
        .EndObject();
    return absl::OkStatus();
  }

  void WriteValue(const ExportedValue& value) {
    const Column& column = *value.column;
    if (const auto* number = std::get_if<int64_t>(&value.value)) {
      if (column.column == "kind" && column.table != "signals") {
        json_.String(KindName(*number));
      } else if (column.column == "data_categories") {
        WriteNames(domain::CategoryNames(
            domain::DataCategorySet::FromBits(static_cast<uint32_t>(*number))));
      } else {
        json_.Int(*number);
      }
    } else if (const auto* real = std::get_if<double>(&value.value)) {
      json_.Double(*real);
    } else if (const auto* text = std::get_if<std::string>(&value.value)) {
      if (IsDocument(column) && base::JsonDocument::Parse(*text).ok()) {
        json_.Raw(*text);
      } else {
        json_.String(*text);
      }
    } else if (const auto* binary = std::get_if<ExportedValue::Binary>(&value.value)) {
      const auto id = base::IdFromBytes(binary->bytes);
      json_.String(id ? ToString(*id) : absl::BytesToHexString(binary->bytes));
    } else {
      json_.Null();
    }
  }

  template <typename Names>
  void WriteNames(const Names& names) {
    json_.BeginArray();
    for (const auto& name : names) json_.String(name);
    json_.EndArray();
  }

  void WriteData() {
    json_.Key("data").BeginObject();
    for (const auto& [section, rows] : data_) {
      json_.Key(section).BeginArray();
      for (const ExportedRow& row : rows) {
        json_.BeginObject();
        for (const ExportedValue& value : row) {
          json_.Key(Split(value.column->export_name).second);
          WriteValue(value);
        }
        json_.EndObject();
      }
      json_.EndArray();
    }
    json_.EndObject();
  }

  // What each kind of data here is: fields, source, purposes with their basis, how long.
  void WriteCategories() {
    std::map<std::string_view, std::vector<const Column*>> categories;
    for (const auto& [section, rows] : data_) {
      for (const ExportedValue& value : rows.front()) {
        categories[value.column->category].push_back(value.column);
      }
    }
    json_.Key("categories").BeginArray();
    for (const auto& [category, columns] : categories) WriteCategory(category, columns);
    json_.EndArray();
  }

  void WriteCategory(std::string_view category, const std::vector<const Column*>& columns) {
    std::set<std::string_view> fields, purposes, retention;
    for (const Column* column : columns) {
      fields.insert(column->export_name);
      purposes.insert(column->purpose);
      retention.insert(column->retention);
    }
    json_.BeginObject().Field("category", category);
    json_.Key("fields");
    WriteNames(fields);
    json_.Key("sources");
    WriteNames(SourcesOf(category));
    json_.Key("purposes").BeginArray();
    for (const std::string_view purpose : purposes) {
      json_.BeginObject()
          .Field("purpose", purpose)
          .Field("lawful_basis", domain::BasisOf(purpose, person_.lawful_basis))
          .EndObject();
    }
    json_.EndArray();
    json_.Key("retention");
    WriteNames(retention);
    json_.Key("recipients");
    WriteNames(RecipientIds(domain::LeavesAs(category)));
    json_.EndObject();
  }

  // Whence data of a category came: lists, the network, the host's own pages.
  std::set<std::string> SourcesOf(std::string_view category) const {
    std::set<std::string> sources;
    if (const std::string_view fixed = domain::SourceOf(category); !fixed.empty()) {
      sources.emplace(fixed);
    } else {
      sources = TextsOf("sources", "source");
      sources.insert(person_.source);
    }
    if (category == "contact" && data_.contains("sender_profiles")) {
      sources.emplace(domain::SourceOf("relationship"));
    }
    if (category == "relationship") sources.merge(TextsOf("signals", "source"));
    return sources;
  }

  // What stands in a text column of a section.
  std::set<std::string> TextsOf(std::string_view section, std::string_view column) const {
    std::set<std::string> texts;
    const auto it = data_.find(section);
    if (it == data_.end()) return texts;
    for (const ExportedRow& row : it->second) {
      for (const ExportedValue& value : row) {
        if (value.column->column != column) continue;
        if (const auto* text = std::get_if<std::string>(&value.value)) texts.insert(*text);
      }
    }
    return texts;
  }

  // Who received any of these.
  std::set<std::string> RecipientIds(domain::DataCategorySet categories) const {
    std::set<std::string> ids;
    const auto it = data_.find("disclosures");
    if (it == data_.end()) return ids;
    for (const ExportedRow& row : it->second) {
      std::string id;
      uint32_t left = 0;
      for (const ExportedValue& value : row) {
        if (const auto* text = std::get_if<std::string>(&value.value);
            text != nullptr && value.column->column == "sub_processor_id") {
          id = *text;
        }
        if (const auto* bits = std::get_if<int64_t>(&value.value);
            bits != nullptr && value.column->column == "data_categories") {
          left = static_cast<uint32_t>(*bits);
        }
      }
      if ((left & categories.bits()) != 0) ids.insert(std::move(id));
    }
    return ids;
  }

  // Actual recipients, from what was disclosed, joined with the register (GDPR 15(1)(c), 15(2)).
  absl::Status WriteRecipients() {
    json_.Key("recipients").BeginArray();
    for (const std::string& id : TextsOf("disclosures", "sub_processor_id")) {
      OL_ASSIGN_OR_RETURN(const auto row, storage::LoadSubProcessor(db_, id));
      json_.BeginObject().Field("sub_processor_id", id);
      if (row) {
        json_.Field("name", row->name)
            .Field("region", row->region)
            .Field("safeguard", row->safeguard)
            .Field("transfer_record", row->transfer_record)
            .Field("no_training", row->no_training);
      }
      json_.EndObject();
    }
    json_.EndArray();
    return absl::OkStatus();
  }

  void WriteRetention() {
    std::set<std::string_view> used;
    for (const auto& [section, rows] : data_) {
      for (const ExportedValue& value : rows.front()) used.insert(value.column->retention);
    }
    json_.Key("retention").BeginArray();
    for (const std::string_view id : used) {
      const domain::RetentionClass* const one = domain::FindRetentionClass(id);
      if (one == nullptr) continue;
      json_.BeginObject()
          .Field("class", one->id)
          .Field("rule", one->rule)
          .Field("starts_with", one->trigger)
          .Field("period", one->period)
          .EndObject();
    }
    json_.EndArray();
  }

  void WriteRights() {
    json_.Key("rights").BeginArray();
    for (const domain::Right& right : domain::Rights()) {
      json_.BeginObject()
          .Field("right", right.id)
          .Field("article", right.article)
          .Field("text", right.text)
          .EndObject();
    }
    json_.EndArray();
    json_.Key("automated")
        .BeginObject()
        .Field("scoring", domain::kScoringLogic)
        .Field("consequences", domain::kScoringConsequences)
        .Field("decisions", domain::kDecisionLogic)
        .EndObject();
  }

  Session& session_;
  storage::Connection* const db_;
  const base::Id org_id_;
  const base::Id prospect_id_;
  storage::ProspectRecord person_;
  std::map<std::string_view, Section> data_;
  JsonWriter json_;
};

}  // namespace

absl::StatusOr<std::string> WriteCopy(Session& session, const base::Id& org_id,
                                      const base::Id& prospect_id) {
  return Copy(session, org_id, prospect_id).Write();
}

namespace {

// An object with one more member.
template <typename Write>
std::string WithMember(std::string object, std::string_view name, Write write) {
  JsonWriter json;
  json.BeginObject().Key(name);
  write(json);
  json.EndObject();
  object.pop_back();
  const std::string member = json.Take();
  return absl::StrCat(object, ",", member.substr(1));
}

// What is kept of the same person from before they were deleted and came back.
absl::StatusOr<std::vector<std::string>> EarlierCopies(Session& session, const base::Id& org_id,
                                                       const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const auto keys, AllKeysOf(session, org_id, prospect_id));
  OL_ASSIGN_OR_RETURN(const auto earlier, FindDeleted(session, org_id, keys));
  std::vector<std::string> copies;
  for (const base::Id& id : earlier) {
    OL_ASSIGN_OR_RETURN(const auto row, storage::LoadDeleted(session.db(), org_id, id));
    if (!row) continue;
    OL_ASSIGN_OR_RETURN(copies.emplace_back(), OpenDeleted(session, org_id, *row));
  }
  return copies;
}

}  // namespace

absl::StatusOr<base::Table> AccessProspect(Engine& engine, const base::Id& org_id,
                                           const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(Session session, engine.Enter());
  OL_ASSIGN_OR_RETURN(storage::Transaction transaction, storage::Transaction::Begin(session.db()));
  OL_ASSIGN_OR_RETURN(const auto deleted, storage::LoadDeleted(session.db(), org_id, prospect_id));
  std::string document;
  if (deleted) {
    OL_ASSIGN_OR_RETURN(document, OpenDeleted(session, org_id, *deleted));
    document = WithMember(std::move(document), "deleted", [&](JsonWriter& json) {
      json.BeginObject()
          .Field("deleted_at_us", deleted->deleted_at_us)
          .Field("class", "prospect_soft_deleted")
          .Field("removed_at_us", deleted->deleted_at_us + domain::kPurgeDelayUs)
          .EndObject();
    });
  } else {
    OL_ASSIGN_OR_RETURN(document, WriteCopy(session, org_id, prospect_id));
    OL_ASSIGN_OR_RETURN(const auto earlier, EarlierCopies(session, org_id, prospect_id));
    document = WithMember(std::move(document), "earlier", [&](JsonWriter& json) {
      json.BeginArray();
      for (const std::string& copy : earlier) json.Raw(copy);
      json.EndArray();
    });
  }
  OL_RETURN_IF_ERROR(WriteAudit(session, org_id, "member", "rights.access", prospect_id));
  base::Table copy = base::Table::Json(std::move(document));
  OL_RETURN_IF_ERROR(transaction.Commit());
  return copy;
}

}  // namespace onlyleads::engine
