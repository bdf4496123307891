// onlyleads-sandbox: a loopback server that speaks Unipile V1's wire format and misbehaves on
// command, for programs that want to be tested without a provider. This file reads the options,
// puts the parts together and waits for the end.
#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "clock.h"
#include "control_routes.h"
#include "faults.h"
#include "json.h"
#include "relay.h"
#include "store.h"
#include "task_queue.h"
#include "text.h"
#include "unipile_routes.h"
#include "webhook_delivery.h"

namespace onlyleads_sandbox {
namespace {

constexpr size_t kMaxTargetBytes = 4096;
constexpr size_t kMaxBodyBytes = 256 * 1024 * 1024;
constexpr size_t kRequestsPerConnection = 1000000;

constexpr char kUsage[] =
    "onlyleads-sandbox --state DIR [options]\n"
    "A loopback server that speaks Unipile V1 and misbehaves on command.\n\n"
    "  --state DIR           where the ledger and the journal live; created if missing\n"
    "  --port N              port on 127.0.0.1, 0 (default) for any free one\n"
    "  --port-file PATH      written, with the port alone in it, once the server is ready\n"
    "  --now TIME            YYYY-MM-DDTHH:MM:SS[.sss]Z or microseconds since 1970; the clock "
    "then\n"
    "                        moves only on command. Default: the restored or the system's clock\n"
    "  --api-key KEY         X-API-KEY of accounts without a key of their own (sandbox-api-key)\n"
    "  --account ID          an account that is there from the start, unless the state has it\n"
    "  --until-stdin-closes  also end when standard input is closed\n"
    "  --help\n";

struct Options {
  std::string state;
  std::string port_file;
  std::string api_key = "sandbox-api-key";
  std::string account;
  int port = 0;
  std::optional<int64_t> now_us;
  bool until_stdin_closes = false;
  bool help = false;
};

// "" or what is wrong.
std::string SetOption(std::string_view name, std::string_view value, Options* options) {
  if (name == "--state") {
    options->state = value;
  } else if (name == "--port-file") {
    options->port_file = value;
  } else if (name == "--api-key") {
    options->api_key = value;
  } else if (name == "--account") {
    options->account = value;
  } else if (name == "--now") {
    options->now_us = ParseNowOption(value);
    if (!options->now_us) return "--now: neither a time nor microseconds";
  } else if (name == "--port") {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), options->port);
    const bool number = error == std::errc() && end == value.data() + value.size();
    if (!number || options->port < 0 || options->port > 65535) return "--port: 0 to 65535";
  } else {
    return "unknown option " + std::string(name);
  }
  return "";
}

std::string ReadOptions(const std::vector<std::string>& arguments, Options* options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") {
      options->help = true;
    } else if (arguments[i] == "--until-stdin-closes") {
      options->until_stdin_closes = true;
    } else if (i + 1 == arguments.size()) {
      return arguments[i] + " needs a value, or is unknown";
    } else {
      std::string error = SetOption(arguments[i], arguments[i + 1], options);
      if (!error.empty()) return error;
      ++i;
    }
  }
  return options->help || !options->state.empty() ? "" : "--state is missing";
}

bool WritePortFile(const std::string& path, int port) {
  const std::string temporary = path + ".tmp";
  FILE* file = std::fopen(temporary.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fprintf(file, "%d\n", port) > 0;
  const bool closed = std::fclose(file) == 0;
  return written && closed && std::rename(temporary.c_str(), path.c_str()) == 0;
}

// Segments of the raw target, so that an escaped slash stays inside its segment.
std::vector<std::string> Segments(const std::string& target) {
  std::vector<std::string> segments = Split(target.substr(1, target.find('?') - 1), '/');
  for (std::string& segment : segments) segment = PercentDecode(segment);
  return segments;
}

class Server {
 public:
  explicit Server(std::string api_key)
      : delivery_(&store_),
        unipile_(&store_, &faults_, std::move(api_key)),
        control_(&store_, &faults_, &delivery_) {}

  std::string Start(const Options& options) {
    std::string error = store_.Open(options.state, options.now_us);
    if (!error.empty()) return error;
    if (!AddAccount(options.account)) return options.state + ": cannot be written";
    Configure();
    const int inner_port = http_.bind_to_any_port("127.0.0.1");
    if (inner_port < 0) return "no free port on 127.0.0.1";
    std::string relay_error = relay_.Start(options.port, inner_port);
    if (!relay_error.empty()) return relay_error;
    http_thread_ = std::thread([this] { http_.listen_after_bind(); });
    delivery_.Start();
    // Stopping a server that has not come up yet is lost on it, so wait for a first answer.
    const auto ready = httplib::Client("127.0.0.1", inner_port).Get("/sandbox/clock");
    return ready && ready->status == 200 ? "" : "the server does not answer";
  }

  void Stop() {
    faults_.Shutdown();
    delivery_.Stop();
    http_.stop();
    if (http_thread_.joinable()) http_thread_.join();
    relay_.Stop();
  }

  int port() const { return relay_.port(); }

 private:
  // What POST /sandbox/accounts would record; one that a restored state has stays as it is.
  bool AddAccount(const std::string& id) {
    std::lock_guard<std::mutex> lock(store_.mutex());
    if (id.empty() || store_.world().FindAccount(id) != nullptr) return true;
    Json record;
    record.Begin().Field("op", "account").Field("account_id", id);
    record.Field("provider_id", "ACoAA-" + id).End();
    return store_.Commit(LogFile::kJournal, record.Take());
  }

  void Configure() {
    http_.new_task_queue = [] { return new GrowingTaskQueue; };
    http_.set_tcp_nodelay(true);
    http_.set_keep_alive_max_count(kRequestsPerConnection);
    http_.set_payload_max_length(kMaxBodyBytes);
    // The library routes by regular expression, which recurses once per character.
    http_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      if (request.target.size() <= kMaxTargetBytes) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      response.status = 414;
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      Serve(request, &response);
    };
    http_.Get("/.*", handler);
    http_.Post("/.*", handler);
    http_.Put("/.*", handler);
    http_.Delete("/.*", handler);
  }

  void Serve(const httplib::Request& request, httplib::Response* response) {
    const Reply reply = Answer(request);
    if (reply.cut) relay_.Cut(request.remote_port, reply.reset);
    response->status = reply.status;
    response->set_content(reply.body, reply.content_type);
    for (const auto& [name, value] : reply.headers) response->set_header(name, value);
  }

  Reply Answer(const httplib::Request& request) {
    std::vector<std::string> path = Segments(request.target);
    if (path.size() >= 2 && path[0] == "sandbox") {
      return control_.Handle(request, path.size() == 2 ? path[1] : path[1] + "/" + path[2]);
    }
    if (path.size() >= 3 && path[0] == "api" && path[1] == "v1") {
      path.erase(path.begin(), path.begin() + 2);
      return unipile_.Handle(request, std::move(path));
    }
    Reply reply;
    reply.status = 404;
    reply.body = "{\"error\":\"nothing is here; see /api/v1 and /sandbox\"}";
    return reply;
  }

  Store store_;
  Faults faults_;
  WebhookDelivery delivery_;
  UnipileApi unipile_;
  ControlApi control_;
  Relay relay_;
  httplib::Server http_;
  std::thread http_thread_;
};

// Returns when a signal asks for the end, or standard input closes if that counts.
void WaitForEnd(int signals, bool until_stdin_closes) {
  pollfd fds[] = {{signals, POLLIN, 0}, {until_stdin_closes ? STDIN_FILENO : -1, POLLIN, 0}};
  while (true) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents != 0) return;
    char byte = 0;
    if (fds[1].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0) return;
  }
}

int Run(const Options& options) {
  // Before any thread starts, so that all inherit it and the signal comes to the descriptor.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);

  Server server(options.api_key);
  std::string error = server.Start(options);
  if (error.empty() && !options.port_file.empty() &&
      !WritePortFile(options.port_file, server.port())) {
    error = options.port_file + ": cannot be written";
  }
  if (error.empty()) {
    std::printf("http://127.0.0.1:%d\n", server.port());
    std::fflush(stdout);
    WaitForEnd(signals, options.until_stdin_closes);
  } else {
    std::fprintf(stderr, "onlyleads-sandbox: %s\n", error.c_str());
  }
  server.Stop();
  close(signals);
  return error.empty() ? 0 : 1;
}

}  // namespace
}  // namespace onlyleads_sandbox

int main(int argc, char** argv) {
  onlyleads_sandbox::Options options;
  const std::string error =
      onlyleads_sandbox::ReadOptions(std::vector<std::string>(argv + 1, argv + argc), &options);
  if (options.help) {
    std::fputs(onlyleads_sandbox::kUsage, stdout);
    return 0;
  }
  if (!error.empty()) {
    std::fprintf(stderr, "onlyleads-sandbox: %s\n%s", error.c_str(), onlyleads_sandbox::kUsage);
    return 2;
  }
  return onlyleads_sandbox::Run(options);
}
