// Implements CurlTransport. One CurlCall per request in flight; easy handles are recycled,
// connections live in the multi handle. What left is learnt from libcurl's prerequest and debug
// callbacks, the only ones that run between "connected" and "first byte out".
#include "src/providers/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/error.h"

namespace onlyleads::providers {
// One request on its way.
struct CurlCall {
  HttpRequest request;
  HttpReply reply;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  size_t received = 0;
  size_t max_received = 0;
  bool started = false;       // a connection was handed the request at least once
  bool bytes_out = false;     // a byte of the request left after that
  bool headers_done = false;  // of the last status line
  bool too_large = false;
  bool repeat_refused = false;
  bool no_memory = false;

  ~CurlCall() { curl_slist_free_all(headers); }

  // An unmarked POST is treated like a write: the method says that it may have an effect.
  bool once_only() const { return request.is_write || request.method != "GET"; }

  bool Count(size_t size) {
    received += size;
    too_large = too_large || received > max_received;
    return !too_large;
  }
};

namespace {

using base::Error;
using base::ErrorCode;

size_t OnBody(char* data, size_t size, size_t count, void* user) {
  auto* call = static_cast<CurlCall*>(user);
  if (!call->Count(size * count)) return 0;
  // No exception may pass libcurl's frames; it takes 0 for a failure and ends the call.
  try {
    call->reply.body.append(data, size * count);
  } catch (const std::bad_alloc&) {
    call->no_memory = true;
    return 0;
  }
  return size * count;
}

std::string_view TrimSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void KeepHeader(CurlCall* call, std::string_view line) {
  // A new status line (after 1xx) starts the headers anew.
  if (line.substr(0, 5) == "HTTP/") {
    call->reply.headers.clear();
    call->headers_done = false;
    return;
  }
  call->headers_done = call->headers_done || TrimSpace(line).empty();
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(TrimSpace(line.substr(0, colon)));
  for (char& c : name) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  call->reply.headers.emplace_back(std::move(name), TrimSpace(line.substr(colon + 1)));
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  auto* call = static_cast<CurlCall*>(user);
  if (!call->Count(size * count)) return 0;
  try {
    KeepHeader(call, std::string_view(data, size * count));
  } catch (const std::bad_alloc&) {
    call->no_memory = true;
    return 0;
  }
  return size * count;
}

// Runs when a connection is ready and before the request goes out on it: once for a plain call,
// again when libcurl starts over on another connection.
int OnRequestStart(void* user, char*, char*, int, int) {
  auto* call = static_cast<CurlCall*>(user);
  if (call->bytes_out && call->once_only()) {
    call->repeat_refused = true;
    return CURL_PREREQFUNC_ABORT;
  }
  call->started = true;
  return CURL_PREREQFUNC_OK;
}

// Counts that bytes left, never looks at them. TLS records count too: when one is cut in the
// middle, libcurl has not reported the plain bytes yet. Bytes before the start belong to
// handshakes and proxies.
int OnDebug(CURL*, curl_infotype type, char*, size_t size, void* user) {
  auto* call = static_cast<CurlCall*>(user);
  const bool out =
      type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT || type == CURLINFO_SSL_DATA_OUT;
  if (call->started && out && size > 0) call->bytes_out = true;
  return 0;
}

std::string_view ErrorName(const CurlCall& call, CURLcode code) {
  if (call.too_large) return "reply_too_large";
  if (call.repeat_refused) return "connection_died";
  if (call.no_memory) return "no_memory";
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "resolve_failed";
    case CURLE_COULDNT_CONNECT:
      return "connect_failed";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "tls_failed";
    case CURLE_OPERATION_TIMEDOUT:
      return "timeout";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return "connection_died";
    case CURLE_PARTIAL_FILE:
      return "reply_cut";
    case CURLE_OUT_OF_MEMORY:
      return "no_memory";
    default:
      return "transfer_failed";
  }
}

Completion FateOf(const CurlCall& call) {
  return call.bytes_out ? Completion::kUnknown : Completion::kNotStarted;
}

// Loopback never goes through a proxy of the environment; setting the list replaces no_proxy, so
// what stands there is kept.
std::string NoProxyList() {
  std::string list = "localhost,127.0.0.0/8,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value) == "*" ? "*" : list + "," + value;
  }
  return list;
}

// Path and query as they stand in the URL, of which transport.cc has seen that it is one.
std::string TargetOf(std::string_view url) {
  const size_t start = url.find_first_of("/?#", url.find("://") + 3);
  if (start == std::string_view::npos) return "/";
  const std::string_view rest = url.substr(start, url.find('#', start) - start);
  return std::string(rest.starts_with("/") ? "" : "/").append(rest);
}

bool BuildHeaders(CurlCall* call) {
  // Without it libcurl may wait for "100 Continue", and answer a 417 by sending again.
  std::vector<std::string> lines = {"Expect:"};
  for (const auto& [name, value] : call->request.headers) {
    // libcurl drops a header whose value is empty unless it is written with a semicolon.
    lines.push_back(value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  for (const std::string& line : lines) {
    curl_slist* next = curl_slist_append(call->headers, line.c_str());
    if (next == nullptr) return false;
    call->headers = next;
  }
  return true;
}

}  // namespace

struct CurlTransport::Impl {
  CurlOptions options;
  std::string no_proxy = NoProxyList();
  CURLM* multi = nullptr;
  std::vector<std::unique_ptr<CurlCall>> calls;
  std::vector<HttpReply> cancelled;
  std::vector<CURL*> idle;

  ~Impl() {
    for (const auto& call : calls) {
      curl_multi_remove_handle(multi, call->easy);
      curl_easy_cleanup(call->easy);
    }
    for (CURL* easy : idle) curl_easy_cleanup(easy);
    if (multi != nullptr) curl_multi_cleanup(multi);
  }

  CURL* TakeHandle() {
    if (idle.empty()) return curl_easy_init();
    CURL* easy = idle.back();
    idle.pop_back();
    return easy;
  }

  void GiveBack(CURL* easy) {
    curl_easy_reset(easy);
    idle.push_back(easy);  // has room: see Create
  }

  bool Configure(CurlCall* call);
  bool SetBody(CurlCall* call);
  HttpReply Finish(std::unique_ptr<CurlCall> call, CURLcode code);
  std::unique_ptr<CurlCall> Take(const CurlCall* call);
};

bool CurlTransport::Impl::SetBody(CurlCall* call) {
  CURLcode code = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    code = std::max(code, curl_easy_setopt(call->easy, option, value));
  };
  const HttpRequest& request = call->request;
  if (request.method == "POST" || !request.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
  } else {
    set(CURLOPT_HTTPGET, 1L);
  }
  if (request.method != "GET" && request.method != "POST") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return code == CURLE_OK;
}

bool CurlTransport::Impl::Configure(CurlCall* call) {
  CURL* easy = call->easy;
  const HttpRequest& request = call->request;
  if (!BuildHeaders(call) || !SetBody(call)) return false;
  // libcurl copies texts: an option that could not be copied, the proxy's say, must not be lost.
  CURLcode code = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    code = std::max(code, curl_easy_setopt(easy, option, value));
  };
  set(CURLOPT_PRIVATE, call);
  set(CURLOPT_URL, request.url.c_str());
  // libcurl 7.88 copies the URL's query once more when the call starts, and where there is no
  // memory for that it sends the request without it: a listing then asks about every account.
  // The target is copied here, where failing is noticed. A proxy gets a tunnel, because without one
  // it would want the whole URL for a target.
  set(CURLOPT_REQUEST_TARGET, TargetOf(request.url).c_str());
  set(CURLOPT_HTTPPROXYTUNNEL, 1L);
  set(CURLOPT_HTTPHEADER, call->headers);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // HTTP/2 adds a way of its own to repeat a request (REFUSED_STREAM).
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, no_proxy.c_str());
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  if (!options.ca_file.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.c_str());
  }
  if (call->once_only() && options.fresh_connection_for_writes) {
    set(CURLOPT_FRESH_CONNECT, 1L);
  }
  set(CURLOPT_WRITEFUNCTION, &OnBody);
  set(CURLOPT_WRITEDATA, call);
  set(CURLOPT_HEADERFUNCTION, &OnHeader);
  set(CURLOPT_HEADERDATA, call);
  set(CURLOPT_PREREQFUNCTION, &OnRequestStart);
  set(CURLOPT_PREREQDATA, call);
  set(CURLOPT_DEBUGFUNCTION, &OnDebug);
  set(CURLOPT_DEBUGDATA, call);
  set(CURLOPT_VERBOSE, 1L);
  return code == CURLE_OK;
}

std::unique_ptr<CurlCall> CurlTransport::Impl::Take(const CurlCall* call) {
  auto found = std::find_if(calls.begin(), calls.end(),
                            [call](const auto& candidate) { return candidate.get() == call; });
  if (found == calls.end()) return nullptr;
  std::unique_ptr<CurlCall> taken = std::move(*found);
  calls.erase(found);
  return taken;
}

HttpReply CurlTransport::Impl::Finish(std::unique_ptr<CurlCall> call, CURLcode code) {
  long status = 0;
  curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
  // Judged before the connection is torn down, which may send a last TLS record of its own.
  const Completion fate = FateOf(*call);
  curl_multi_remove_handle(multi, call->easy);
  HttpReply reply = std::move(call->reply);
  reply.id = call->request.id;
  reply.status = static_cast<int>(status);
  // libcurl is content with headers that end in the middle; a whole answer they are not.
  const bool whole = call->headers_done && status >= 200;
  if (code == CURLE_OK && whole) {
    reply.completion = Completion::kComplete;
  } else if (code == CURLE_OK) {
    reply.completion = fate;
    reply.error = "reply_cut";
  } else {
    reply.completion = fate;
    reply.error = ErrorName(*call, code);
  }
  CURL* easy = call->easy;
  call.reset();
  GiveBack(easy);
  return reply;
}

absl::StatusOr<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlOptions options) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK) return Error(ErrorCode::kInternal, "curl_global_init");
  if (options.max_concurrent < 1) return Error(ErrorCode::kInvalidArgument, "max_concurrent");
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  // A handle that is at work must not get lost because a list could not grow.
  impl->calls.reserve(static_cast<size_t>(impl->options.max_concurrent));
  impl->idle.reserve(static_cast<size_t>(impl->options.max_concurrent));
  impl->cancelled.reserve(static_cast<size_t>(impl->options.max_concurrent));
  impl->multi = curl_multi_init();
  if (impl->multi == nullptr) return Error(ErrorCode::kNoMemory, "curl_multi_init");
  curl_multi_setopt(impl->multi, CURLMOPT_MAXCONNECTS,
                    static_cast<long>(impl->options.max_concurrent));
  return std::unique_ptr<CurlTransport>(new CurlTransport(std::move(impl)));
}

CurlTransport::CurlTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CurlTransport::~CurlTransport() = default;

absl::Status CurlTransport::Submit(domain::EgressPass pass, HttpRequest request) {
  OL_RETURN_IF_ERROR(CheckRequest(pass, request));
  if (free_slots() == 0) return Error(ErrorCode::kLimit, "max_concurrent");
  const bool known = std::any_of(impl_->calls.begin(), impl_->calls.end(),
                                 [&](const auto& call) { return call->request.id == request.id; });
  if (known) return Error(ErrorCode::kMisuse, "request id is in flight");

  auto call = std::make_unique<CurlCall>();
  call->request = std::move(request);
  EncodeFields(&call->request);
  call->max_received = impl_->options.max_reply_bytes;
  call->easy = impl_->TakeHandle();
  if (call->easy == nullptr) return Error(ErrorCode::kNoMemory, "curl_easy_init");
  bool configured = false;
  try {
    configured =
        impl_->Configure(call.get()) && curl_multi_add_handle(impl_->multi, call->easy) == CURLM_OK;
  } catch (const std::bad_alloc&) {
    configured = false;
  }
  if (!configured) {
    CURL* easy = call->easy;
    call.reset();
    impl_->GiveBack(easy);
    // What a request may hold was checked before: nothing but memory is left to be missing.
    return Error(ErrorCode::kNoMemory, "libcurl: out of memory");
  }
  impl_->calls.push_back(std::move(call));
  return absl::OkStatus();
}

absl::Status CurlTransport::Poll(int64_t wait_ms, std::vector<HttpReply>* out) {
  const size_t before = out->size();
  // An answer that was taken from libcurl must find its place.
  out->reserve(before + impl_->cancelled.size() + impl_->calls.size());
  std::move(impl_->cancelled.begin(), impl_->cancelled.end(), std::back_inserter(*out));
  impl_->cancelled.clear();
  const auto collect = [&]() -> CURLMcode {
    int running = 0;
    const CURLMcode code = curl_multi_perform(impl_->multi, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(impl_->multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode result = message->data.result;
      char* call = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
      std::unique_ptr<CurlCall> done = impl_->Take(reinterpret_cast<CurlCall*>(call));
      if (done != nullptr) out->push_back(impl_->Finish(std::move(done), result));
    }
    return code;
  };
  CURLMcode code = collect();
  const bool wait = wait_ms > 0 && out->size() == before && !impl_->calls.empty();
  if (code == CURLM_OK && wait) {
    const int timeout_ms = static_cast<int>(std::min<int64_t>(wait_ms, int64_t{1000} * 60 * 60));
    code = curl_multi_poll(impl_->multi, nullptr, 0, timeout_ms, nullptr);
    if (code == CURLM_OK) code = collect();
  }
  if (code == CURLM_OUT_OF_MEMORY) return Error(ErrorCode::kNoMemory, "libcurl: out of memory");
  if (code != CURLM_OK) return Error(ErrorCode::kInternal, "libcurl multi interface failed");
  return absl::OkStatus();
}

void CurlTransport::Cancel(uint64_t id) {
  for (const auto& candidate : impl_->calls) {
    if (candidate->request.id != id) continue;
    HttpReply reply = impl_->Finish(impl_->Take(candidate.get()), CURLE_ABORTED_BY_CALLBACK);
    reply.error = "cancelled";
    impl_->cancelled.push_back(std::move(reply));
    return;
  }
}

int CurlTransport::free_slots() const {
  return impl_->options.max_concurrent - static_cast<int>(impl_->calls.size());
}

}  // namespace onlyleads::providers
