// A list of many pages as one Arrow C stream. A consumer calls from any thread, with the GIL or
// without: it is taken for fetching a page, whose verb releases it while it works. What a fetch
// raises cannot cross the stream: its text does. Only what a signal raised (Ctrl-C) also comes out
// as itself, as soon as Python runs again.
#include "arrow.h"

#include <cerrno>
#include <memory>
#include <new>
#include <string>

#include "interrupt.h"

namespace onlyleads::python {
namespace {

constexpr char kCapsuleName[] = "arrow_array_stream";

void ReleaseStream(ArrowArrayStream* stream) noexcept {
  if (stream->release != nullptr) stream->release(stream);
}

void DestroyCapsule(PyObject* capsule) {
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, kCapsuleName));
  if (stream == nullptr) return PyErr_Clear();
  // Released already when a consumer moved it out.
  ReleaseStream(stream);
  delete stream;
}

py::capsule Capsule(std::unique_ptr<ArrowArrayStream> stream) {
  PyObject* capsule = PyCapsule_New(stream.get(), kCapsuleName, &DestroyCapsule);
  if (capsule == nullptr) {
    ReleaseStream(stream.get());
    throw py::error_already_set();
  }
  static_cast<void>(stream.release());  // the capsule frees it
  return py::reinterpret_steal<py::capsule>(capsule);
}

class PagedStream {
 public:
  PagedStream(const Rows& first, std::string next, py::object fetch)
      : next_(std::move(next)), fetch_(std::move(fetch)) {
    first.to_arrow(&page_);
  }
  ~PagedStream() { ReleaseStream(&page_); }
  PagedStream(const PagedStream&) = delete;
  PagedStream& operator=(const PagedStream&) = delete;

  static int GetSchema(ArrowArrayStream* self, ArrowSchema* out) noexcept {
    PagedStream& stream = Of(self);
    return stream.Told(stream.page_.get_schema(&stream.page_, out));
  }
  static int GetNext(ArrowArrayStream* self, ArrowArray* out) noexcept {
    return Of(self).Next(out);
  }
  static const char* GetLastError(ArrowArrayStream* self) noexcept {
    return Of(self).error_.empty() ? nullptr : Of(self).error_.c_str();
  }
  static void Release(ArrowArrayStream* self) noexcept {
    std::unique_ptr<PagedStream> stream(&Of(self));
    *self = ArrowArrayStream{};
    if (Py_IsInitialized() != 0) {
      const Acquired acquired;
      stream->fetch_ = py::object();
    } else {
      stream->fetch_.release();  // Python is gone, and its objects with it
    }
  }

 private:
  static PagedStream& Of(ArrowArrayStream* self) {
    return *static_cast<PagedStream*>(self->private_data);
  }

  int Next(ArrowArray* out) noexcept {
    for (;;) {
      const int code = Told(page_.get_next(&page_, out));
      if (code != 0 || out->release != nullptr || next_.empty()) return code;
      if (const int failed = Turn(); failed != 0) return failed;
    }
  }

  // Keeps what the page has to say about its own failure.
  int Told(int code) noexcept {
    const char* told = code == 0 ? nullptr : page_.get_last_error(&page_);
    return Failed(code, told == nullptr ? "" : told);
  }
  int Failed(int code, const std::string& text) noexcept {
    try {
      error_ = text;
    } catch (const std::bad_alloc&) {
      error_.clear();
    }
    return code;
  }

  // To the next page.
  int Turn() noexcept {
    if (Py_IsInitialized() == 0) return Failed(ECANCELED, "Python has ended");
    const Acquired acquired;
    try {
      const py::tuple answer = fetch_(next_);
      std::string next = answer[1].cast<std::string>();
      ArrowArrayStream page;
      answer[0].cast<const PyRows&>().page->to_arrow(&page);
      ReleaseStream(&page_);
      page_ = page;
      next_ = std::move(next);
      return 0;
    } catch (py::error_already_set& error) {
      const int code = Failed(error.matches(PyExc_MemoryError) ? ENOMEM : EIO, error.what());
      if (error.matches(PyExc_Exception)) return code;
      RaiseLater(error);
      return ECANCELED;
    } catch (const std::bad_alloc&) {
      return Failed(ENOMEM, "out of memory");
    } catch (const std::exception& error) {
      return Failed(EIO, error.what());
    }
  }

  ArrowArrayStream page_{};
  std::string next_;
  py::object fetch_;
  std::string error_;
};

py::capsule ArrowStream(const PyRows& first, std::string next, py::object fetch) {
  auto stream = std::make_unique<ArrowArrayStream>();
  auto paged = std::make_unique<PagedStream>(*first.page, std::move(next), std::move(fetch));
  *stream = {&PagedStream::GetSchema, &PagedStream::GetNext, &PagedStream::GetLastError,
             &PagedStream::Release, paged.release()};
  return Capsule(std::move(stream));
}

}  // namespace

py::capsule ToCapsule(const PyRows& rows, const py::object&) {
  auto stream = std::make_unique<ArrowArrayStream>();
  rows.page->to_arrow(stream.get());
  return Capsule(std::move(stream));
}

void BindArrow(py::module_& m) {
  Verb(m, "arrow_stream", "(first, next_token, fetch, /)",
       "An Arrow C stream of a list from this page on; fetch(token) gives the pages after it.",
       &ArrowStream);
}

}  // namespace onlyleads::python
