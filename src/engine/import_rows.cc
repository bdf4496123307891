#include "src/engine/import_rows.h"

#include <algorithm>
#include <deque>
#include <map>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/engine/identity.h"
#include "src/engine/ledger.h"
#include "src/engine/rights.h"

namespace onlyleads::engine {
namespace {

using domain::Disposition;
using domain::IdentifierKind;
using storage::ProspectRecord;

constexpr std::string_view kOptOutReason = "import_opt_out";

// In the order of domain::PersonField.
constexpr std::string ProspectRecord::*kFields[domain::kPersonFieldCount] = {
    &ProspectRecord::first_name, &ProspectRecord::last_name, &ProspectRecord::company,
    &ProspectRecord::title,      &ProspectRecord::industry,  &ProspectRecord::city,
    &ProspectRecord::country};

// A type that came from elsewhere than from a row's fields stays.
void RefreshRecipientType(ProspectRecord* person) {
  constexpr std::string_view kNamed = Name(domain::RecipientType::kCorporateNamed);
  constexpr std::string_view kUnknown = Name(domain::RecipientType::kUnknown);
  std::string& type = person->recipient_type;
  if (!type.empty() && type != kNamed && type != kUnknown) return;
  const bool named = !person->first_name.empty() || !person->last_name.empty();
  type = named && !person->company.empty() ? kNamed : kUnknown;
}

using Attributes = std::vector<std::pair<std::string, std::string>>;

// The stored object with the row's names added, and replaced where `overwrite`; nullopt when that
// changes nothing.
absl::StatusOr<std::optional<std::string>> MergeAttributes(std::string_view stored,
                                                           const Attributes& row, bool overwrite) {
  if (row.empty()) return std::nullopt;
  // A header may be called what a column beyond it is called; no cell is lost to that.
  std::deque<std::string> renamed;
  std::vector<std::pair<std::string_view, std::string_view>> incoming;
  std::map<std::string_view, std::string_view> pending;
  for (const auto& [name, value] : row) {
    std::string_view key = name;
    while (!pending.emplace(key, value).second) {
      key = renamed.emplace_back(std::string(key) + " (2)");
    }
    incoming.emplace_back(key, value);
  }
  bool changed = false;
  base::JsonWriter out;
  out.BeginObject();
  if (stored.size() > 2) {
    OL_ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(stored));
    document.root().ForEachMember([&](std::string_view name, base::JsonValue value) {
      const auto text = value.AsString();
      const auto it = pending.find(name);
      const bool replace = it != pending.end() && overwrite && text != it->second;
      changed |= replace;
      if (replace) {
        out.Field(name, it->second);
      } else if (text) {
        out.Field(name, *text);
      } else {
        out.Key(name).Raw(value.Dump());
      }
      if (it != pending.end()) pending.erase(it);
    });
  }
  for (const auto& [name, value] : incoming) {
    if (!pending.contains(name)) continue;
    out.Field(name, value);
    changed = true;
  }
  out.EndObject();
  if (!changed) return std::nullopt;
  return out.Take();
}

void Count(const domain::Plan& plan, storage::ImportCounts* counts) {
  ++counts->rows;
  counts->opt_outs += plan.opt_out;
  switch (plan.disposition) {
    case Disposition::kCreated:
      ++counts->created;
      break;
    case Disposition::kUpdated:
      ++counts->updated;
      break;
    case Disposition::kUnchanged:
      ++counts->unchanged;
      break;
    case Disposition::kSuppressed:
      ++counts->suppressed;
      break;
    case Disposition::kRejected:
      ++counts->rejected;
      break;
  }
}

}  // namespace

absl::StatusOr<RowWriter> RowWriter::Begin(Session* session, const RowContext* context) {
  RowWriter writer(session, context);
  OL_ASSIGN_OR_RETURN(writer.any_blocks_, storage::HasBlocks(session->db(), context->org_id));
  OL_ASSIGN_OR_RETURN(writer.any_suppressions_,
                      storage::HasSuppressions(session->db(), context->org_id));
  return writer;
}

absl::StatusOr<bool> RowWriter::Blocked(IdentifierKind kind, std::string_view value) const {
  if (!any_blocks_) return false;
  return IsBlocked(*session_, context_->org_id, static_cast<int>(kind), value);
}

absl::StatusOr<domain::Known> RowWriter::LookUp(const domain::ProspectRow& row) {
  domain::Known known;
  for (const domain::RowIdentifier& identifier : row.identifiers) {
    domain::IdentifierMatch match;
    const auto& [kind, value] = identifier.id;
    OL_ASSIGN_OR_RETURN(match.owner,
                        storage::FindOwner(db(), context_->org_id, static_cast<int>(kind), value));
    OL_ASSIGN_OR_RETURN(match.blocked, Blocked(kind, value));
    known.identifiers.push_back(match);
  }
  for (const std::string& address : row.contact_points) {
    OL_ASSIGN_OR_RETURN(const bool blocked, Blocked(IdentifierKind::kEmail, address));
    known.contact_points_blocked.push_back(blocked);
  }
  if (const auto owner = SoleOwner(known.identifiers)) {
    OL_RETURN_IF_ERROR(LoadPerson(*owner, &known));
  }
  return known;
}

absl::Status RowWriter::LoadPerson(const base::Id& id, domain::Known* known) {
  OL_ASSIGN_OR_RETURN(auto person, storage::LoadProspect(db(), context_->org_id, id));
  if (!person) return base::Error(base::ErrorCode::kCorrupt, "an identifier belongs to nobody");
  person_ = *std::move(person);
  domain::KnownPerson& out = known->person.emplace();
  out.id = id;
  for (size_t i = 0; i < domain::kPersonFieldCount; ++i) out.fields[i] = person_.*kFields[i];
  OL_ASSIGN_OR_RETURN(const auto identifiers, storage::LoadIdentifiers(db(), context_->org_id, id));
  for (const storage::IdentifierRow& row : identifiers) {
    const auto kind = static_cast<IdentifierKind>(row.kind);
    if (kind == IdentifierKind::kLinkedinPublicId) out.public_id = row.value;
    if (kind == IdentifierKind::kLinkedinMemberId) out.member_id = row.value;
  }
  return absl::OkStatus();
}

absl::Status RowWriter::Apply(const domain::ProspectRow& row, storage::ImportCounts* counts) {
  person_ = ProspectRecord{};
  OL_ASSIGN_OR_RETURN(const domain::Known known, LookUp(row));
  domain::Plan plan = Resolve(row, known, context_->on_existing);
  std::optional<std::string> attributes;
  if (plan.store_attributes) {
    const bool overwrite = context_->on_existing == domain::OnExisting::kOverwrite;
    OL_ASSIGN_OR_RETURN(attributes, MergeAttributes(person_.attributes, row.attributes, overwrite));
    if (attributes && attributes->size() > base::kMaxJsonBytes) {
      plan.disposition = Disposition::kRejected;
      plan.reject = {domain::RejectReason::kValueTooLong, row.attributes.front().first};
    }
  }
  Count(plan, counts);
  if (plan.disposition == Disposition::kRejected) {
    OL_RETURN_IF_ERROR(storage::InsertReject(db(), context_->org_id, context_->import_id,
                                             static_cast<int64_t>(row.line), plan.reject.column,
                                             RejectReasonName(plan.reject.reason)));
  } else if (plan.disposition != Disposition::kSuppressed) {
    OL_RETURN_IF_ERROR(Write(plan, attributes));
  } else {
    OL_RETURN_IF_ERROR(KeepGone(row, known));
  }
  if (row.restricted) OL_RETURN_IF_ERROR(RestrictOwners(known, plan));
  // First: what is suppressed for every channel is so for e-mail.
  if (row.objected) OL_RETURN_IF_ERROR(Object(row, known, plan));
  return plan.opt_out ? OptOut(row, known, plan) : absl::OkStatus();
}

absl::Status RowWriter::KeepGone(const domain::ProspectRow& row, const domain::Known& known) {
  std::vector<storage::KeyedIdentifier> others;
  bool erased = false;
  for (size_t i = 0; i < row.identifiers.size(); ++i) {
    const auto& [kind, value] = row.identifiers[i].id;
    const int number = static_cast<int>(kind);
    if (!known.identifiers[i].blocked) {
      if (!known.identifiers[i].owner) others.push_back(CurrentKey(*session_, number, value));
      continue;
    }
    OL_ASSIGN_OR_RETURN(const bool gone, IsErased(*session_, context_->org_id, number, value));
    erased = erased || gone;
  }
  if (!erased) return absl::OkStatus();
  for (const storage::KeyedIdentifier& key : others) {
    OL_RETURN_IF_ERROR(storage::InsertTombstone(db(), context_->org_id, key, session_->now_us()));
  }
  return absl::OkStatus();
}

absl::Status RowWriter::Write(const domain::Plan& plan,
                              const std::optional<std::string>& attributes) {
  OL_RETURN_IF_ERROR(WritePerson(plan, attributes));
  const bool adds = !plan.set_fields.empty() || attributes || !plan.add_identifiers.empty();
  if (plan.person && adds && context_->source != person_.source) {
    OL_RETURN_IF_ERROR(storage::InsertSource(db(), context_->org_id, person_.prospect_id,
                                             context_->source, context_->lawful_basis,
                                             session_->now_us()));
  }
  for (const domain::Identifier& identifier : plan.add_identifiers) {
    OL_RETURN_IF_ERROR(storage::InsertIdentifier(db(), context_->org_id, person_.prospect_id,
                                                 static_cast<int>(identifier.kind),
                                                 identifier.value, session_->now_us()));
    // A new person may have an objection by the identifier before.
    if (plan.person || any_suppressions_) OL_RETURN_IF_ERROR(KeepFactsOf(identifier));
    OL_RETURN_IF_ERROR(InheritSuppressions(identifier));
  }
  for (const std::string& address : plan.contact_points) {
    OL_RETURN_IF_ERROR(storage::InsertContactPoint(db(), context_->org_id, person_.prospect_id,
                                                   static_cast<int>(IdentifierKind::kEmail),
                                                   address));
  }
  return absl::OkStatus();
}

absl::Status RowWriter::WritePerson(const domain::Plan& plan,
                                    const std::optional<std::string>& attributes) {
  for (const auto& [field, value] : plan.set_fields) {
    person_.*kFields[static_cast<size_t>(field)] = value;
  }
  if (attributes) person_.attributes = *attributes;
  const int64_t now_us = session_->now_us();
  if (plan.person) {
    if (plan.set_fields.empty() && !attributes) return absl::OkStatus();
    if (!plan.set_fields.empty()) RefreshRecipientType(&person_);
    return storage::UpdateProspect(db(), context_->org_id, person_, now_us);
  }
  person_.prospect_id = session_->NewId();
  if (!attributes) person_.attributes = "{}";
  RefreshRecipientType(&person_);
  person_.source = context_->source;
  person_.lawful_basis = context_->lawful_basis;
  person_.obtained_at_us = now_us;
  return storage::InsertProspect(db(), context_->org_id, person_, context_->import_id, now_us);
}

// What holds for the person holds for the identifier they got just now, whoever is known by it
// alone later or in an older copy of the database.
absl::Status RowWriter::KeepFactsOf(const domain::Identifier& identifier) {
  const base::Id& org_id = context_->org_id;
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db(), org_id, person_.prospect_id));
  const int kind = static_cast<int>(identifier.kind);
  if (facts && facts->objected_at_us) {
    OL_RETURN_IF_ERROR(NoteObjection(*session_, org_id, {kind, identifier.value}, "objected",
                                     *facts->objected_at_us));
  }
  if (!facts || !facts->restricted_at_us) return absl::OkStatus();
  return storage::InsertRestriction(db(), org_id, CurrentKey(*session_, kind, identifier.value),
                                    *facts->restricted_at_us);
}

absl::Status RowWriter::InheritSuppressions(const domain::Identifier& identifier) {
  if (!any_suppressions_) return absl::OkStatus();
  std::optional<int64_t> objected_us;
  bool email = false, linkedin = false;
  for (const auto& key : AllKeys(*session_, static_cast<int>(identifier.kind), identifier.value)) {
    OL_ASSIGN_OR_RETURN(const auto since_us, storage::RestrictedSince(db(), context_->org_id, key));
    if (since_us) OL_RETURN_IF_ERROR(RestrictPerson(person_.prospect_id, *since_us));
    OL_ASSIGN_OR_RETURN(const auto rows, storage::LoadSuppressions(db(), context_->org_id, key));
    for (const storage::SuppressionRow& row : rows) {
      if (row.channel == "all") objected_us = row.created_at_us;
      email = email || row.channel == "email";
      linkedin = linkedin || row.channel == "linkedin";
    }
  }
  if (objected_us) return ObjectPerson(person_.prospect_id, *objected_us);
  return SuppressPerson(person_.prospect_id, email, linkedin);
}

// The addresses are suppressed whatever became of the row. When it belongs to a person, the opt-out
// is theirs: the row's other identifiers are suppressed for e-mail too, because an address that is
// a shared mailbox, or that was not stored, would not lead back to them.
absl::Status RowWriter::OptOut(const domain::ProspectRow& row, const domain::Known& known,
                               const domain::Plan& plan) {
  for (const domain::IdentifierMatch& match : known.identifiers) {
    const size_t i = static_cast<size_t>(&match - known.identifiers.data());
    if (!match.owner || row.identifiers[i].id.kind != IdentifierKind::kEmail) continue;
    OL_RETURN_IF_ERROR(SuppressPerson(*match.owner, true, false));
  }
  if (plan.disposition < Disposition::kSuppressed) {
    OL_RETURN_IF_ERROR(SuppressPerson(person_.prospect_id, true, false));
    for (size_t i = 0; i < row.identifiers.size(); ++i) {
      const domain::Identifier& id = row.identifiers[i].id;
      const auto& added = plan.add_identifiers;
      const bool theirs = known.identifiers[i].owner.has_value() ||
                          std::find(added.begin(), added.end(), id) != added.end();
      if (theirs) OL_RETURN_IF_ERROR(Suppress(id.kind, id.value, "email"));
    }
  }
  for (const std::string& address : plan.suppress_email) {
    OL_RETURN_IF_ERROR(Suppress(IdentifierKind::kEmail, address, "email"));
  }
  return absl::OkStatus();
}

absl::Status RowWriter::SuppressPerson(const base::Id& id, bool email, bool linkedin) {
  if (!email && !linkedin) return absl::OkStatus();
  const base::Id& org_id = context_->org_id;
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db(), org_id, id));
  if (!facts) return base::Error(base::ErrorCode::kCorrupt, "a person has no facts row");
  email &= !facts->suppressed_email;
  linkedin &= !facts->suppressed_linkedin;
  if (!email && !linkedin) return absl::OkStatus();
  OL_RETURN_IF_ERROR(storage::BumpFacts(db(), org_id, id).status());
  if (email) OL_RETURN_IF_ERROR(storage::SetSuppressedEmail(db(), org_id, id));
  if (linkedin) OL_RETURN_IF_ERROR(storage::SetSuppressedLinkedin(db(), org_id, id));
  return absl::OkStatus();
}

// Everybody whom the row's identifiers lead to objects, and the identifiers are suppressed whether
// they were stored or not: who turns up with one later is not written to either.
absl::Status RowWriter::Object(const domain::ProspectRow& row, const domain::Known& known,
                               const domain::Plan& plan) {
  for (const domain::IdentifierMatch& match : known.identifiers) {
    if (match.owner) OL_RETURN_IF_ERROR(ObjectPerson(*match.owner, session_->now_us()));
  }
  if (plan.disposition < Disposition::kSuppressed) {
    OL_RETURN_IF_ERROR(ObjectPerson(person_.prospect_id, session_->now_us()));
  }
  for (const domain::RowIdentifier& identifier : row.identifiers) {
    OL_RETURN_IF_ERROR(Suppress(identifier.id.kind, identifier.id.value, "all"));
  }
  for (const std::string& address : row.contact_points) {
    OL_RETURN_IF_ERROR(Suppress(IdentifierKind::kEmail, address, "all"));
  }
  return absl::OkStatus();
}

absl::Status RowWriter::ObjectPerson(const base::Id& id, int64_t since_us) {
  OL_RETURN_IF_ERROR(SuppressPerson(id, true, true));
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db(), context_->org_id, id));
  if (!facts || facts->objected_at_us) return absl::OkStatus();
  return RecordObjection(*session_, context_->org_id, id, "system", "objected", since_us).status();
}

absl::Status RowWriter::RestrictOwners(const domain::Known& known, const domain::Plan& plan) {
  for (const domain::IdentifierMatch& match : known.identifiers) {
    if (match.owner) OL_RETURN_IF_ERROR(RestrictPerson(*match.owner, session_->now_us()));
  }
  if (plan.disposition >= Disposition::kSuppressed) return absl::OkStatus();
  return RestrictPerson(person_.prospect_id, session_->now_us());
}

absl::Status RowWriter::RestrictPerson(const base::Id& id, int64_t since_us) {
  OL_ASSIGN_OR_RETURN(const auto facts, storage::LoadFacts(db(), context_->org_id, id));
  if (!facts || facts->restricted_at_us) return absl::OkStatus();
  return RecordRestriction(*session_, context_->org_id, id, "system", since_us).status();
}

absl::Status RowWriter::Suppress(IdentifierKind kind, std::string_view value,
                                 std::string_view channel) {
  const base::Id& org_id = context_->org_id;
  const int number = static_cast<int>(kind);
  OL_ASSIGN_OR_RETURN(const bool known, IsSuppressedFor(*session_, org_id, number, value, channel));
  if (known) return absl::OkStatus();
  any_suppressions_ = true;
  return storage::InsertSuppression(db(), org_id, CurrentKey(*session_, number, value), channel,
                                    kOptOutReason, session_->now_us())
      .status();
}

}  // namespace onlyleads::engine
