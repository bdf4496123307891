// Rows of signals. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_SIGNAL_STORE_H_
#define ONLYLEADS_SRC_STORAGE_SIGNAL_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/domain/signals.h"
#include "src/storage/connection.h"

namespace onlyleads::storage {

struct SignalRow {
  base::Id signal_id;
  base::Id prospect_id;
  domain::SignalKind kind{};
  int64_t at_us = 0;
  std::string external_ref;  // empty: none
  std::string source;
  std::string url;
};

absl::Status InsertSignal(Connection* db, const base::Id& org_id, const SignalRow& row,
                          int64_t now_us);
// Whose signal carries this reference, and of which kind.
struct SignalOwner {
  base::Id signal_id;
  base::Id prospect_id;
  std::string kind;
};
absl::StatusOr<std::optional<SignalOwner>> FindSignalByRef(Connection* db, const base::Id& org_id,
                                                           std::string_view external_ref);
// What counts of one person's, in no particular order.
absl::StatusOr<std::vector<domain::Signal>> LoadSignals(Connection* db, const base::Id& org_id,
                                                        const base::Id& prospect_id);
// How a person of this id, who was there once, was removed: prospect.erase before prospect.delete
// or prospect.purge.
absl::StatusOr<std::optional<std::string>> FindRemoval(Connection* db, const base::Id& org_id,
                                                       const base::Id& prospect_id);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_SIGNAL_STORE_H_
