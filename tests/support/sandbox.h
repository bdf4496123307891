// Starts and stops a real onlyleads-sandbox for a test and talks to its control API. The child ends
// with the test's process, whatever becomes of it. Needs ONLYLEADS_SANDBOX_PATH at compile time.
// One object belongs to one thread at a time, except Post and Get, which any thread may call.
#ifndef ONLYLEADS_TESTS_SUPPORT_SANDBOX_H_
#define ONLYLEADS_TESTS_SUPPORT_SANDBOX_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace onlyleads::testing {

class Sandbox {
 public:
  struct Answer {
    int status = 0;  // 0: no answer
    std::string body;
  };

  // An empty directory: a temporary one, removed with the object.
  explicit Sandbox(std::string state_directory = "");
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Returns once the server answers; false when it did not come up. Calling it again after Stop or
  // Kill starts a new process on the same state, on the same port unless `options` name another.
  bool Start(const std::vector<std::string>& options = {});
  // SIGTERM; the exit status, or -1 when it did not exit by itself.
  int Stop();
  // SIGKILL, as a crash.
  void Kill();

  // "http://127.0.0.1:PORT"
  const std::string& base_url() const { return base_url_; }
  const std::string& state_directory() const { return state_directory_; }
  static const char* ApiKey() { return "sandbox-api-key"; }

  // Control calls: `path` from "/sandbox/..." on. The body of a 2xx answer, otherwise "".
  std::string Post(const std::string& path, const std::string& json) const;
  std::string Get(const std::string& path) const;
  // The same with the status and any method.
  Answer Call(const std::string& method, const std::string& path, const std::string& json) const;

 private:
  int Wait();

  std::string state_directory_;
  bool owns_directory_ = false;
  std::string base_url_;
  pid_t child_ = -1;
  int stdin_write_ = -1;
};

}  // namespace onlyleads::testing

#endif  // ONLYLEADS_TESTS_SUPPORT_SANDBOX_H_
