// What providers tell by webhook: replies, opt-outs, accepted invitations, the echo of one's own.
#ifndef ONLYLEADS_SRC_ENGINE_INBOX_H_
#define ONLYLEADS_SRC_ENGINE_INBOX_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/table.h"
#include "src/engine/engine.h"

namespace onlyleads::engine {

struct InboxReport {
  bool duplicate = false;
  int32_t replies = 0;
  int32_t opt_outs = 0;
  int32_t connections = 0;
  int32_t settled = 0;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<InboxReport> Ingest(Engine& engine, const std::string& provider,
                                   const Headers& headers, std::string_view body);
absl::StatusOr<base::Table> ListInbox(Engine& engine, const base::Id& org_id,
                                      const std::string& page_token, int limit);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_INBOX_H_
