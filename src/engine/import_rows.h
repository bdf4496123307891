// One row of a file into the database: asks what is known of its identifiers, lets the pure rule
// decide, writes what the plan says. Works inside the caller's transaction, in which nobody else
// can write, and lives no longer than it. Knows nothing of files.
//
// A person is suppressed for a channel when one of their identifiers is: the bits in their facts
// can be rebuilt from identifiers and suppressions alone.
#ifndef ONLYLEADS_SRC_ENGINE_IMPORT_ROWS_H_
#define ONLYLEADS_SRC_ENGINE_IMPORT_ROWS_H_

#include <optional>
#include <string>
#include <vector>

#include "src/domain/import/resolve.h"
#include "src/engine/engine.h"
#include "src/storage/import_store.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {

// What every row of one import has in common.
struct RowContext {
  base::Id org_id;
  base::Id import_id;
  std::string source;
  std::string lawful_basis;
  domain::OnExisting on_existing = domain::OnExisting::kFill;
};

class RowWriter {
 public:
  // Both outlive the writer; the session is inside its transaction.
  static absl::StatusOr<RowWriter> Begin(Session* session, const RowContext* context);

  // Writes the row and counts it.
  absl::Status Apply(const domain::ProspectRow& row, storage::ImportCounts* counts);

 private:
  RowWriter(Session* session, const RowContext* context) : session_(session), context_(context) {}

  storage::Connection* db() const { return session_->db(); }
  absl::StatusOr<bool> Blocked(domain::IdentifierKind kind, std::string_view value) const;
  // Fills person_ when one person owns what is owned.
  absl::StatusOr<domain::Known> LookUp(const domain::ProspectRow& row);
  absl::Status LoadPerson(const base::Id& id, domain::Known* known);
  absl::Status Write(const domain::Plan& plan, const std::optional<std::string>& attributes);
  absl::Status WritePerson(const domain::Plan& plan, const std::optional<std::string>& attributes);
  absl::Status KeepFactsOf(const domain::Identifier& identifier);
  absl::Status InheritSuppressions(const domain::Identifier& identifier);
  // Whoever was erased is not to come back by an identifier that a row names beside a known one.
  absl::Status KeepGone(const domain::ProspectRow& row, const domain::Known& known);
  absl::Status OptOut(const domain::ProspectRow& row, const domain::Known& known,
                      const domain::Plan& plan);
  // With the facts lock; nothing when the bit is set already.
  absl::Status SuppressPerson(const base::Id& id, bool email, bool linkedin);
  // Objections and restrictions of a row, whatever became of it.
  absl::Status RestrictOwners(const domain::Known& known, const domain::Plan& plan);
  absl::Status Object(const domain::ProspectRow& row, const domain::Known& known,
                      const domain::Plan& plan);
  absl::Status ObjectPerson(const base::Id& id, int64_t since_us);
  absl::Status RestrictPerson(const base::Id& id, int64_t since_us);
  // channel: email, or all.
  absl::Status Suppress(domain::IdentifierKind kind, std::string_view value,
                        std::string_view channel);

  Session* session_;
  const RowContext* context_;
  bool any_blocks_ = false;         // most organizations have none, and digests cost
  bool any_suppressions_ = false;   // the same
  storage::ProspectRecord person_;  // of the current row
};

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_IMPORT_ROWS_H_
