// The one way out to a provider: requests in, completions out, never a decision in between.
// Every request carries an EgressPass; every accepted request yields exactly one reply from Poll.
// A completion says what is known of the request's fate, not what the provider thinks of it.
#ifndef ONLYLEADS_SRC_PROVIDERS_TRANSPORT_H_
#define ONLYLEADS_SRC_PROVIDERS_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "src/domain/egress.h"

namespace onlyleads::providers {

using Headers = std::vector<std::pair<std::string, std::string>>;

// One part of multipart/form-data; a filename makes it a file part.
struct MultipartField {
  std::string name;
  std::string value;
  std::string filename;
  std::string content_type;
};

struct HttpRequest {
  uint64_t id = 0;             // the caller's, unique among the requests in flight
  std::string method = "GET";  // GET, POST, ...
  std::string url;             // http or https
  Headers headers;
  std::string body;                    // sent as it stands; replaced when there are fields
  std::vector<MultipartField> fields;  // multipart/form-data when not empty
  int64_t timeout_ms = 0;              // whole call; must be positive
  int64_t connect_timeout_ms = 0;      // must be positive
  bool is_write = false;               // has an effect at the provider: never repeated blindly
};

enum class Completion {
  kNotStarted,  // no byte of the request left: as if it had not been made
  kUnknown,     // bytes left and no whole answer came back: ask before repeating
  kComplete,    // a whole answer, whatever its status
};

struct HttpReply {
  uint64_t id = 0;
  Completion completion = Completion::kNotStarted;
  int status = 0;   // meaningful when complete
  Headers headers;  // names in lower case, in order of arrival
  std::string body;
  std::string error;  // a code such as "timeout" when not complete; never personal data
};

// The value of a header (name in lower case), nullopt when absent.
std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// What every transport refuses before anything leaves: a spent pass, a scheme other than http and
// https, a method or header with control characters, missing timeouts. The message names the
// member.
absl::Status CheckRequest(const domain::EgressPass& pass, const HttpRequest& request);

// Turns the fields into a body of multipart/form-data (RFC 7578) with its content-type header, so
// that a transport only has bytes to carry. Nothing to do without fields.
void EncodeFields(HttpRequest* request);

// Used by one thread at a time.
class Transport {
 public:
  virtual ~Transport() = default;

  // An error means that nothing left and no reply will come: kLimit without a free slot,
  // kInvalidArgument or kMisuse for what CheckRequest refuses or for an id in flight.
  virtual absl::Status Submit(domain::EgressPass pass, HttpRequest request) = 0;

  // Appends finished replies, also when it fails. Waits up to `wait_ms` for news when none is
  // ready, may return earlier without any, and returns at once when nothing is in flight.
  virtual absl::Status Poll(int64_t wait_ms, std::vector<HttpReply>* out) = 0;

  // Gives a request up. Its reply comes from the next Poll with error "cancelled": kNotStarted
  // when no byte had left, else kUnknown. Unknown ids are ignored.
  virtual void Cancel(uint64_t id) = 0;

  virtual int free_slots() const = 0;
};

}  // namespace onlyleads::providers

#endif  // ONLYLEADS_SRC_PROVIDERS_TRANSPORT_H_
