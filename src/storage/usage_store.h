// Rows of the usage log. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_USAGE_STORE_H_
#define ONLYLEADS_SRC_STORAGE_USAGE_STORE_H_

#include <string>

#include "src/storage/connection.h"

namespace onlyleads::storage {

struct UsageRow {
  base::Id usage_id;
  base::Id member_id;
  int64_t at_us = 0;
  std::string ip;
  std::string browser;
  std::string page;
};

absl::Status InsertUsage(Connection* db, const base::Id& org_id, const UsageRow& row,
                         int64_t now_us);
absl::StatusOr<bool> IsMember(Connection* db, const base::Id& org_id, const base::Id& member_id);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_USAGE_STORE_H_
