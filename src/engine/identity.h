// Identifiers as keyed digests: how a person is recognised after their data is gone.
#ifndef ONLYLEADS_SRC_ENGINE_IDENTITY_H_
#define ONLYLEADS_SRC_ENGINE_IDENTITY_H_

#include <string_view>
#include <vector>

#include "src/engine/engine.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::engine {

// Under the newest key generation, for writing.
storage::KeyedIdentifier CurrentKey(const Session& session, int kind, std::string_view value);
// Under every generation, for looking up.
std::vector<storage::KeyedIdentifier> AllKeys(const Session& session, int kind,
                                              std::string_view value);

// Under every generation, of each identifier the person is known by.
absl::StatusOr<std::vector<storage::KeyedIdentifier>> AllKeysOf(const Session& session,
                                                                const base::Id& org_id,
                                                                const base::Id& prospect_id);

// An erasure tombstone of this organization matches.
absl::StatusOr<bool> IsErased(const Session& session, const base::Id& org_id, int kind,
                              std::string_view value);
// An erasure tombstone of this organization, or an installation suppression, matches.
absl::StatusOr<bool> IsBlocked(const Session& session, const base::Id& org_id, int kind,
                               std::string_view value);
// A suppression of this organization for `channel` (email or linkedin) matches.
absl::StatusOr<bool> IsSuppressedFor(const Session& session, const base::Id& org_id, int kind,
                                     std::string_view value, std::string_view channel);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_IDENTITY_H_
