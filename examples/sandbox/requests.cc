// Every attempt to write; see requests.h.
#include "requests.h"

#include <algorithm>
#include <utility>

namespace onlyleads_sandbox {

void Requests::Restore(const JsonValue& record) {
  const bool is_entry = Find(record, "kind") != nullptr;
  const auto seq = static_cast<uint64_t>(GetInt(record, is_entry ? "request_seq" : "seq"));
  if (seq == 0) return;
  last_ = std::max(last_, seq);
  Attempt& attempt = attempts_[seq];
  attempt.seq = seq;
  attempt.account_id = GetString(record, "account_id");
  attempt.provider_id = GetString(record, "provider_id");
  if (is_entry) {
    const std::string kind = GetString(record, "kind");
    attempt.method = "POST";
    attempt.route = kind == "invitation" ? "invite"
                    : kind == "chat"     ? "start_chat"
                                         : "send_message";
    attempt.at_us = GetInt(record, "at_us");
    attempt.outcome = "accepted";
    attempt.ledger_seq = static_cast<uint64_t>(GetInt(record, "seq"));
    return;
  }
  attempt.method = GetString(record, "method");
  attempt.route = GetString(record, "route");
  attempt.at_us = GetInt(record, "arrived_us");
  attempt.outcome = GetString(record, "outcome");
  attempt.slug = GetString(record, "slug");
  attempt.fault = GetString(record, "fault");
  attempt.status = static_cast<int>(GetInt(record, "status"));
  attempt.ledger_seq = static_cast<uint64_t>(GetInt(record, "ledger_seq"));
}

uint64_t Requests::Open(Attempt attempt) {
  attempt.seq = ++last_;
  attempts_[last_] = std::move(attempt);
  return last_;
}

std::string Requests::Render(const Attempt& attempt) {
  Json out;
  out.Begin()
      .Field("op", "request")
      .Field("seq", attempt.seq)
      .Field("method", attempt.method)
      .Field("route", attempt.route)
      .Field("account_id", attempt.account_id)
      .Field("provider_id", attempt.provider_id)
      .Field("arrived_us", attempt.at_us)
      .Field("outcome", attempt.outcome)
      .Nullable("slug", attempt.slug)
      .Nullable("fault", attempt.fault)
      .Field("status", attempt.status);
  if (attempt.ledger_seq != 0) out.Field("ledger_seq", attempt.ledger_seq);
  return out.End().Take();
}

std::string Requests::RenderAll(uint64_t after) const {
  Json out;
  out.Begin().BeginArray("requests");
  for (auto it = attempts_.upper_bound(after); it != attempts_.end(); ++it) {
    out.Raw(Render(it->second));
  }
  out.EndArray().Field("last_seq", last_).Begin("reads");
  for (const auto& [route, count] : reads_) out.Field(route, count);
  return out.End().End().Take();
}

}  // namespace onlyleads_sandbox
