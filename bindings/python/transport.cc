#include "transport.h"

#include <chrono>
#include <tuple>
#include <utility>
#include <vector>

namespace onlyleads::python {
namespace {

using Seconds = std::chrono::duration<double>;
using Plain =
    std::tuple<uint64_t, int32_t, int32_t, std::vector<std::pair<std::string, std::string>>,
               std::string, std::string>;

// A copy: close() on another thread may let go of the object while it works.
py::object Held(const PyTransport& transport) {
  py::object object = transport.object;
  if (!object || object.is_none()) {
    throw Error(OL_MISUSE, "transport: the engine was closed while it worked");
  }
  return object;
}

py::tuple ToTuple(const HttpRequest& request) {
  py::list headers;
  for (const auto& [name, value] : request.headers) {
    headers.append(
        py::make_tuple(py::str(name.data(), name.size()), py::str(value.data(), value.size())));
  }
  return py::make_tuple(request.id, request.is_write,
                        py::str(request.method.data(), request.method.size()),
                        py::str(request.url.data(), request.url.size()), std::move(headers),
                        py::bytes(request.body.data(), request.body.size()),
                        Seconds(request.timeout).count(), Seconds(request.connect_timeout).count());
}

HttpCompletion FromTuple(Plain plain) {
  HttpCompletion done;
  std::tie(done.id, done.fate, done.status, done.headers, done.body, done.error) = std::move(plain);
  return done;
}

}  // namespace

Transport TransportOf(const std::shared_ptr<PyTransport>& transport, int32_t max_concurrent) {
  Transport result;
  result.max_concurrent = max_concurrent;
  result.submit = [transport](const std::vector<HttpRequest>& requests) {
    const Acquired acquired;
    py::list batch;
    for (const HttpRequest& request : requests) batch.append(ToTuple(request));
    Held(*transport).attr("submit")(std::move(batch));
  };
  result.poll = [transport](std::chrono::microseconds max_wait) {
    const Acquired acquired;
    const py::object polled = Held(*transport).attr("poll")(Seconds(max_wait).count());
    std::vector<HttpCompletion> done;
    for (const py::handle item : polled) done.push_back(FromTuple(item.cast<Plain>()));
    return done;
  };
  result.cancel = [transport](uint64_t id) {
    const Acquired acquired;
    Held(*transport).attr("cancel")(id);
  };
  return result;
}

}  // namespace onlyleads::python
