#include "src/engine/identity.h"

#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

storage::KeyedIdentifier CurrentKey(const Session& session, int kind, std::string_view value) {
  const storage::Keyring::Generation& current = session.keys().current();
  return {kind, current.number, storage::Keyring::Match(current, kind, value)};
}

std::vector<storage::KeyedIdentifier> AllKeys(const Session& session, int kind,
                                              std::string_view value) {
  std::vector<storage::KeyedIdentifier> keys;
  for (const storage::Keyring::Generation& generation : session.keys().all()) {
    keys.push_back({kind, generation.number, storage::Keyring::Match(generation, kind, value)});
  }
  return keys;
}

absl::StatusOr<std::vector<storage::KeyedIdentifier>> AllKeysOf(const Session& session,
                                                                const base::Id& org_id,
                                                                const base::Id& prospect_id) {
  OL_ASSIGN_OR_RETURN(const auto identifiers,
                      storage::LoadKnownIdentifiers(session.db(), org_id, prospect_id));
  std::vector<storage::KeyedIdentifier> keys;
  for (const storage::IdentifierRow& identifier : identifiers) {
    for (const auto& key : AllKeys(session, identifier.kind, identifier.value)) keys.push_back(key);
  }
  return keys;
}

absl::StatusOr<bool> IsErased(const Session& session, const base::Id& org_id, int kind,
                              std::string_view value) {
  for (const storage::KeyedIdentifier& key : AllKeys(session, kind, value)) {
    OL_ASSIGN_OR_RETURN(const bool erased, storage::IsTombstoned(session.db(), org_id, key));
    if (erased) return true;
  }
  return false;
}

absl::StatusOr<bool> IsBlocked(const Session& session, const base::Id& org_id, int kind,
                               std::string_view value) {
  for (const storage::KeyedIdentifier& key : AllKeys(session, kind, value)) {
    OL_ASSIGN_OR_RETURN(const bool erased, storage::IsTombstoned(session.db(), org_id, key));
    if (erased) return true;
    OL_ASSIGN_OR_RETURN(const bool suppressed,
                        storage::IsInstallationSuppressed(session.db(), key));
    if (suppressed) return true;
  }
  return false;
}

absl::StatusOr<bool> IsSuppressedFor(const Session& session, const base::Id& org_id, int kind,
                                     std::string_view value, std::string_view channel) {
  for (const storage::KeyedIdentifier& key : AllKeys(session, kind, value)) {
    OL_ASSIGN_OR_RETURN(const bool suppressed,
                        storage::IsSuppressed(session.db(), org_id, key, channel));
    if (suppressed) return true;
  }
  return false;
}

}  // namespace onlyleads::engine
