// The disposition rule; the order of its steps is in the header.
#include "src/domain/import/resolve.h"

#include <algorithm>

namespace onlyleads::domain {
namespace {

void PlanOptOut(const ProspectRow& row, Plan* plan) {
  if (!row.opt_out_flag) return;
  for (const RowIdentifier& identifier : row.identifiers) {
    if (identifier.id.kind == IdentifierKind::kEmail) {
      plan->suppress_email.push_back(identifier.id.value);
    }
  }
  plan->suppress_email.insert(plan->suppress_email.end(), row.contact_points.begin(),
                              row.contact_points.end());
  const bool objects = row.objected && !row.identifiers.empty();
  plan->opt_out = objects || !plan->suppress_email.empty();
}

bool IsBlocked(const Known& known) {
  for (const IdentifierMatch& match : known.identifiers) {
    if (match.blocked) return true;
  }
  const std::vector<bool>& points = known.contact_points_blocked;
  return std::find(points.begin(), points.end(), true) != points.end();
}

bool IsUniqueKind(IdentifierKind kind) {
  return kind == IdentifierKind::kLinkedinPublicId || kind == IdentifierKind::kLinkedinMemberId;
}

// The column of the first identifier that cannot belong to the same person as those before it and
// to the known one.
std::optional<std::string> ConflictColumn(const ProspectRow& row, const Known& known) {
  std::optional<base::Id> owner;
  std::string public_id = known.person ? known.person->public_id : "";
  std::string member_id = known.person ? known.person->member_id : "";
  for (size_t i = 0; i < row.identifiers.size(); ++i) {
    const RowIdentifier& identifier = row.identifiers[i];
    const std::optional<base::Id>& match = known.identifiers[i].owner;
    if (match && owner && *match != *owner) return identifier.column;
    if (match) owner = match;
    if (!IsUniqueKind(identifier.id.kind)) continue;
    const bool is_public = identifier.id.kind == IdentifierKind::kLinkedinPublicId;
    std::string& current = is_public ? public_id : member_id;
    if (!current.empty() && current != identifier.id.value) return identifier.column;
    current = identifier.id.value;
  }
  return std::nullopt;
}

void PlanFields(const ProspectRow& row, const PersonFields& current, OnExisting on_existing,
                Plan* plan) {
  for (size_t i = 0; i < kPersonFieldCount; ++i) {
    const std::string& value = row.fields[i];
    const bool replace = on_existing == OnExisting::kOverwrite && current[i] != value;
    if (value.empty() || !(current[i].empty() || replace)) continue;
    plan->set_fields.emplace_back(static_cast<PersonField>(i), value);
  }
}

Plan Rejected(Plan plan, Reject reject) {
  plan.disposition = Disposition::kRejected;
  plan.reject = std::move(reject);
  return plan;
}

}  // namespace

std::string_view DispositionName(Disposition disposition) {
  static constexpr std::string_view kNames[] = {"",          "created",    "updated",
                                                "unchanged", "suppressed", "rejected"};
  return kNames[static_cast<size_t>(disposition)];
}

std::optional<OnExisting> OnExistingFromName(std::string_view name) {
  if (name == "fill") return OnExisting::kFill;
  if (name == "skip") return OnExisting::kSkip;
  if (name == "overwrite") return OnExisting::kOverwrite;
  return std::nullopt;
}

std::optional<base::Id> SoleOwner(const std::vector<IdentifierMatch>& identifiers) {
  std::optional<base::Id> owner;
  for (const IdentifierMatch& match : identifiers) {
    if (!match.owner) continue;
    if (owner && *owner != *match.owner) return std::nullopt;
    owner = match.owner;
  }
  return owner;
}

Plan Resolve(const ProspectRow& row, const Known& known, OnExisting on_existing) {
  Plan plan;
  PlanOptOut(row, &plan);
  if (row.reject) return Rejected(std::move(plan), *row.reject);
  if (row.identifiers.empty()) {
    if (!row.malformed_email_column) {
      return Rejected(std::move(plan), {RejectReason::kNoIdentifier, ""});
    }
    return Rejected(std::move(plan), {RejectReason::kInvalidEmail, *row.malformed_email_column});
  }
  if (IsBlocked(known)) {
    plan.disposition = Disposition::kSuppressed;
    return plan;
  }
  if (const auto column = ConflictColumn(row, known)) {
    return Rejected(std::move(plan), {RejectReason::kConflict, *column});
  }
  const std::optional<base::Id> owner = SoleOwner(known.identifiers);
  plan.person = owner;
  if (owner && on_existing == OnExisting::kSkip) {
    plan.disposition = Disposition::kUnchanged;
    return plan;
  }
  for (size_t i = 0; i < row.identifiers.size(); ++i) {
    if (!known.identifiers[i].owner) plan.add_identifiers.push_back(row.identifiers[i].id);
  }
  PlanFields(row, owner ? known.person->fields : PersonFields{}, on_existing, &plan);
  plan.contact_points = row.contact_points;
  plan.store_attributes = true;
  const bool changes = !plan.add_identifiers.empty() || !plan.set_fields.empty();
  plan.disposition = !owner    ? Disposition::kCreated
                     : changes ? Disposition::kUpdated
                               : Disposition::kUnchanged;
  return plan;
}

}  // namespace onlyleads::domain
