// The log of what members did in the host's product: a class of data of its own, kept for days.
#ifndef ONLYLEADS_SRC_ENGINE_USAGE_H_
#define ONLYLEADS_SRC_ENGINE_USAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct NewUsage {
  base::Id member_id;
  int64_t at_us = 0;  // 0: now
  std::string ip;
  std::string browser;
  std::string page;
};

// How many; all or none. An error names the row and the field.
absl::StatusOr<int64_t> RecordUsage(Engine& engine, const base::Id& org_id,
                                    const std::vector<NewUsage>& usage);
absl::StatusOr<base::Table> ListUsage(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_USAGE_H_
