// The C ABI of inbox.h. Headers and body are bytes from the network: the engine judges them.
#include "onlyleads/inbox.h"

#include "src/base/limits.h"
#include "src/capi/neck.h"
#include "src/engine/inbox.h"

namespace onlyleads::capi {
namespace {

// Far above what any HTTP server lets through.
constexpr size_t kMaxHeaders = 1000;

absl::StatusOr<engine::Headers> HeadersFromC(const ol_header* in, size_t count) {
  if (count > 0 && in == nullptr) return BadArgument("headers", "must not be NULL");
  if (count > kMaxHeaders) {
    return base::Error(ErrorCode::kLimit, "header_count: above kMaxHeaders (1000)");
  }
  engine::Headers headers(count);
  for (size_t i = 0; i < count; ++i) {
    OL_ASSIGN_OR_RETURN(headers[i].first, Bytes(in[i].name, "headers.name"));
    OL_ASSIGN_OR_RETURN(headers[i].second, Bytes(in[i].value, "headers.value"));
  }
  return headers;
}

ol_inbox_report ReportToC(const engine::InboxReport& report) {
  ol_inbox_report result{};
  result.duplicate = report.duplicate ? 1 : 0;
  result.replies = report.replies;
  result.opt_outs = report.opt_outs;
  result.connections = report.connections;
  result.settled = report.settled;
  return result;
}

}  // namespace
}  // namespace onlyleads::capi

namespace capi = onlyleads::capi;
namespace engine = onlyleads::engine;

int32_t ol_inbox_ingest(ol_engine* handle, ol_str provider, const ol_header* headers,
                        size_t header_count, ol_str body, ol_inbox_report* report, ol_error* err) {
  return capi::Guard(err, [&]() -> absl::Status {
    OL_RETURN_IF_ERROR(capi::ClearStruct(report, "report"));
    OL_RETURN_IF_ERROR(capi::Check(handle));
    capi::CloseRetired();
    OL_ASSIGN_OR_RETURN(const std::string name, capi::Text(provider, "provider"));
    OL_ASSIGN_OR_RETURN(const auto list, capi::HeadersFromC(headers, header_count));
    if (body.size > 0 && body.data == nullptr) {
      return capi::BadArgument("body", "size without data");
    }
    OL_ASSIGN_OR_RETURN(const capi::Held held, capi::Held::Take(handle->engine));
    OL_ASSIGN_OR_RETURN(const auto done, capi::Recorded(*held, [&] {
                          return engine::Ingest(*held, name, list,
                                                std::string_view(body.data, body.size));
                        }));
    capi::WriteStruct(report, capi::ReportToC(done));
    return absl::OkStatus();
  });
}

int32_t ol_inbox_list(ol_workspace* workspace, ol_str page_token, int32_t limit, ol_rows** out,
                      ol_error* err) {
  return capi::PageVerb(workspace, page_token, limit, out, err, engine::ListInbox);
}
