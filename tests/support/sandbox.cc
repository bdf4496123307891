// Starts and stops a real onlyleads-sandbox; see sandbox.h. Readiness is the line that the child
// prints once it serves, so nothing here sleeps or polls.
#include "tests/support/sandbox.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace onlyleads::testing {
namespace {

constexpr long kCallSeconds = 120;

size_t AppendBody(char* data, size_t size, size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

std::string ReadLine(int fd) {
  std::string line;
  char byte = 0;
  while (true) {
    const ssize_t got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return "";
    if (byte == '\n') return line;
    line += byte;
  }
}

pid_t Spawn(const std::vector<std::string>& arguments, int in, int out) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  pid_t child = -1;
  if (posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

}  // namespace

Sandbox::Sandbox(std::string state_directory) : state_directory_(std::move(state_directory)) {
  if (!state_directory_.empty()) return;
  std::string pattern = (std::filesystem::temp_directory_path() / "sandbox-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return;
  state_directory_ = pattern;
  owns_directory_ = true;
}

Sandbox::~Sandbox() {
  Stop();
  std::error_code ignored;
  if (owns_directory_) std::filesystem::remove_all(state_directory_, ignored);
}

bool Sandbox::Start(const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {ONLYLEADS_SANDBOX_PATH, "--state", state_directory_,
                                        "--until-stdin-closes"};
  // A host that knew the address before a restart must find the server there again.
  if (!base_url_.empty()) {
    arguments.push_back("--port");
    arguments.push_back(base_url_.substr(base_url_.rfind(':') + 1));
  }
  arguments.insert(arguments.end(), options.begin(), options.end());
  int in[2] = {-1, -1};
  int out[2] = {-1, -1};
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return false;
  child_ = Spawn(arguments, in[0], out[1]);
  close(in[0]);
  close(out[1]);
  stdin_write_ = in[1];
  const std::string line = child_ < 0 ? "" : ReadLine(out[0]);
  close(out[0]);
  if (line.empty()) {
    Wait();
    return false;
  }
  base_url_ = line;
  return true;
}

int Sandbox::Stop() {
  if (child_ > 0) kill(child_, SIGTERM);
  return Wait();
}

void Sandbox::Kill() {
  if (child_ > 0) kill(child_, SIGKILL);
  Wait();
}

int Sandbox::Wait() {
  int status = 0;
  pid_t waited = -1;
  if (child_ > 0) {
    do {
      waited = waitpid(child_, &status, 0);
    } while (waited < 0 && errno == EINTR);
  }
  if (stdin_write_ >= 0) close(stdin_write_);
  stdin_write_ = -1;
  const bool exited = waited == child_ && child_ > 0 && WIFEXITED(status);
  child_ = -1;
  return exited ? WEXITSTATUS(status) : -1;
}

std::string Sandbox::Post(const std::string& path, const std::string& json) const {
  const Answer answer = Call("POST", path, json);
  return answer.status / 100 == 2 ? answer.body : "";
}

std::string Sandbox::Get(const std::string& path) const {
  const Answer answer = Call("GET", path, "");
  return answer.status / 100 == 2 ? answer.body : "";
}

Sandbox::Answer Sandbox::Call(const std::string& method, const std::string& path,
                              const std::string& json) const {
  Answer answer;
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return answer;
  const std::string url = base_url_ + path;
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kCallSeconds);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, AppendBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size()));
  }
  long status = 0;
  if (curl_easy_perform(curl) == CURLE_OK) {
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  }
  answer.status = static_cast<int>(status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return answer;
}

}  // namespace onlyleads::testing
