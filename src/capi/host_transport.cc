#include "src/capi/host_transport.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "src/base/limits.h"
#include "src/capi/neck.h"

namespace onlyleads::capi {
namespace {

using base::Error;
using providers::Completion;
using providers::HttpReply;
using providers::HttpRequest;

// A host keeps its requests' timeouts itself; past this it has forgotten one.
constexpr std::chrono::milliseconds kHostGrace{2000};

// What one batch lends to the host: views into the pending requests.
class Batch {
 public:
  void Add(const HttpRequest& request) {
    std::vector<ol_http_header> headers;
    headers.reserve(request.headers.size());
    for (const auto& [name, value] : request.headers) headers.push_back({ToC(name), ToC(value)});
    ol_http_request c{};
    c.struct_size = sizeof(c);
    c.is_write = request.is_write ? 1 : 0;
    c.id = request.id;
    c.method = ToC(request.method);
    c.url = ToC(request.url);
    c.headers = headers.data();
    c.header_count = static_cast<int64_t>(headers.size());
    c.body = ToC(request.body);
    c.timeout_ms = request.timeout_ms;
    c.connect_timeout_ms = request.connect_timeout_ms;
    // Moving a vector leaves its elements where they are.
    headers_.push_back(std::move(headers));
    requests_.push_back(c);
  }
  const ol_http_request* data() const { return requests_.data(); }
  int64_t size() const { return static_cast<int64_t>(requests_.size()); }

 private:
  std::vector<ol_http_request> requests_;
  std::vector<std::vector<ol_http_header>> headers_;
};

// A code goes to the operator as it stands; free text might tell of a person.
std::string ErrorCodeOf(ol_str error) {
  constexpr size_t kMaxCodeBytes = 64;
  const bool code = error.data != nullptr && error.size > 0 && error.size <= kMaxCodeBytes &&
                    std::all_of(error.data, error.data + error.size, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                    });
  return code ? std::string(error.data, error.size) : "host_error";
}

// Adds a text's size to the total; false when it is none or too much.
bool Count(ol_str text, size_t* total) {
  if (text.data == nullptr && text.size != 0) return false;
  if (text.size > base::kMaxReplyBytes - *total) return false;
  *total += text.size;
  return true;
}

// The whole answer, nullopt when it breaks the rules of transport.h.
std::optional<HttpReply> AnswerOf(const ol_http_completion& completion) {
  if (completion.status < 200 || completion.status > 599) return std::nullopt;
  if (completion.header_count < 0 || completion.header_count > base::kMaxReplyHeaders ||
      (completion.headers == nullptr && completion.header_count > 0)) {
    return std::nullopt;
  }
  HttpReply reply;
  size_t total = 0;
  for (int64_t i = 0; i < completion.header_count; ++i) {
    const ol_http_header& header = completion.headers[i];
    if (!Count(header.name, &total) || !Count(header.value, &total)) return std::nullopt;
    std::string name(header.name.data, header.name.size);
    for (char& c : name) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    reply.headers.emplace_back(std::move(name), std::string(header.value.data, header.value.size));
  }
  if (!Count(completion.body, &total)) return std::nullopt;
  reply.body.assign(completion.body.data, completion.body.size);
  reply.status = completion.status;
  return reply;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HostTransport>> HostTransport::FromC(const ol_transport* transport) {
  constexpr int32_t kDefaultConcurrent = 8;
  constexpr int32_t kMaxConcurrent = 1024;
  if (transport == nullptr) return nullptr;
  OL_ASSIGN_OR_RETURN(ol_transport given, ReadStruct(transport, "host.transport"));
  if (given.submit == nullptr) return BadArgument("host.transport.submit", "must not be NULL");
  if (given.poll == nullptr) return BadArgument("host.transport.poll", "must not be NULL");
  if (given.cancel == nullptr) return BadArgument("host.transport.cancel", "must not be NULL");
  if (given.max_concurrent < 0 || given.max_concurrent > kMaxConcurrent) {
    return BadArgument("host.transport.max_concurrent", "must be 0 to 1024");
  }
  if (given.max_concurrent == 0) given.max_concurrent = kDefaultConcurrent;
  return std::unique_ptr<HostTransport>(new HostTransport(given));
}

absl::Status HostTransport::Submit(domain::EgressPass pass, HttpRequest request) {
  OL_RETURN_IF_ERROR(providers::CheckRequest(pass, request));
  if (free_slots() == 0) return Error(ErrorCode::kLimit, "host.transport.max_concurrent");
  providers::EncodeFields(&request);
  const uint64_t id = request.id;
  const bool fresh = pending_.try_emplace(id, Pending{std::move(request), false, false, {}}).second;
  return fresh ? absl::OkStatus() : Error(ErrorCode::kMisuse, "request id is in flight");
}

absl::Status HostTransport::Poll(int64_t wait_ms, std::vector<HttpReply>* out) {
  absl::Status status = HandOver();
  if (status.ok()) status = Ask(finished_.empty() ? wait_ms : 0);
  if (!status.ok()) FinishAll("transport_failed");
  GiveUpOverdue();
  std::move(finished_.begin(), finished_.end(), std::back_inserter(*out));
  finished_.clear();
  return status;
}

absl::Status HostTransport::HandOver() {
  Batch batch;
  for (auto& [id, pending] : pending_) {
    if (!pending.handed_over) batch.Add(pending.request);
  }
  if (batch.size() == 0) return absl::OkStatus();
  const bool taken =
      host_.submit(host_.ctx, batch.data(), batch.size(), sizeof(ol_http_request)) == 0;
  const Clock::time_point now = Clock::now();
  for (auto it = pending_.begin(); it != pending_.end();) {
    const auto current = it++;
    Pending& pending = current->second;
    if (pending.handed_over) continue;
    pending.handed_over = true;
    pending.deadline = now + std::chrono::milliseconds(pending.request.timeout_ms) + kHostGrace;
    if (!taken) Finish(current, Completion::kNotStarted, "refused_by_transport");
  }
  if (taken) return absl::OkStatus();
  return Error(ErrorCode::kCallbackFailed, "host.transport.submit reported failure");
}

absl::Status HostTransport::Ask(int64_t wait_ms) {
  if (pending_.empty()) return absl::OkStatus();
  const int64_t wait_us = std::max<int64_t>(wait_ms, 0) * 1000;
  if (host_.poll(host_.ctx, wait_us, &HostTransport::Deliver, this) == 0) return absl::OkStatus();
  return Error(ErrorCode::kCallbackFailed, "host.transport.poll reported failure");
}

void HostTransport::GiveUpOverdue() {
  const Clock::time_point now = Clock::now();
  for (auto it = pending_.begin(); it != pending_.end();) {
    const auto current = it++;
    if (current->second.cancelled) {
      Finish(current, Completion::kUnknown, "cancelled");
    } else if (now >= current->second.deadline) {
      // A failure here adds nothing: the request is given up either way.
      (void)host_.cancel(host_.ctx, current->first);
      Finish(current, Completion::kUnknown, "timeout");
    }
  }
}

int32_t HostTransport::Take(const ol_http_completion* completion) {
  if (completion == nullptr) return OL_INVALID_ARGUMENT;
  const auto given = ReadStruct(completion, "completion");
  // A struct that cannot be read still tells of which request it is, if it goes as far.
  constexpr uint32_t kUpToId = offsetof(ol_http_completion, id) + sizeof(completion->id);
  const bool names_one = completion->struct_size == 0 || completion->struct_size >= kUpToId;
  if (!given.ok() && !names_one) return OL_INVALID_ARGUMENT;
  const auto pending = pending_.find(given.ok() ? given->id : completion->id);
  if (pending == pending_.end() || !pending->second.handed_over) return OL_NOT_FOUND;
  if (!given.ok() || given->reserved0 != 0) {
    Finish(pending, Completion::kUnknown, "bad_completion");
    return OL_INVALID_ARGUMENT;
  }
  // With a status it contradicts itself, and what is in doubt is unknown.
  if (given->fate == OL_HTTP_NOT_STARTED && given->status == 0) {
    Finish(pending, Completion::kNotStarted, ErrorCodeOf(given->error));
    return OL_OK;
  }
  if (given->fate == OL_HTTP_UNKNOWN) {
    Finish(pending, Completion::kUnknown, ErrorCodeOf(given->error));
    return OL_OK;
  }
  std::optional<HttpReply> reply;
  if (given->fate == OL_HTTP_COMPLETE) reply = AnswerOf(*given);
  if (!reply) {
    Finish(pending, Completion::kUnknown, "bad_completion");
    return OL_INVALID_ARGUMENT;
  }
  reply->id = given->id;
  reply->completion = Completion::kComplete;
  finished_.push_back(*std::move(reply));
  pending_.erase(pending);
  return OL_OK;
}

void HostTransport::Finish(std::map<uint64_t, Pending>::iterator pending, Completion fate,
                           std::string_view error) {
  HttpReply reply;
  reply.id = pending->first;
  reply.completion = fate;
  reply.error = error;
  finished_.push_back(std::move(reply));
  pending_.erase(pending);
}

void HostTransport::FinishAll(std::string_view error) {
  while (!pending_.empty()) Finish(pending_.begin(), Completion::kUnknown, error);
}

void HostTransport::Cancel(uint64_t id) {
  const auto pending = pending_.find(id);
  if (pending == pending_.end()) return;
  if (!pending->second.handed_over) {
    Finish(pending, Completion::kNotStarted, "cancelled");
    return;
  }
  pending->second.cancelled = true;
  // Whatever it answers: the next poll takes the completion or gives the request up.
  (void)host_.cancel(host_.ctx, id);
}

int HostTransport::free_slots() const {
  return host_.max_concurrent - static_cast<int>(pending_.size());
}

int32_t HostTransport::Deliver(void* self, const ol_http_completion* completion) noexcept {
  try {
    return static_cast<HostTransport*>(self)->Take(completion);
  } catch (const std::bad_alloc&) {
    // The request stays pending and ends as unknown when its time is over.
    return OL_NOMEM;
  } catch (...) {
    return OL_INTERNAL;
  }
}

}  // namespace onlyleads::capi
