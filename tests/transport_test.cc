// The libcurl transport against a raw socket: wherever a call breaks, its completion says what is
// known, and a write reaches the server at most once.
#include "src/providers/transport.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "src/base/error.h"
#include "src/providers/curl_transport.h"

namespace onlyleads::providers {
namespace {

domain::EgressPass Pass() {
  const domain::SubProcessor row = domain::UnipileSubProcessor(1);
  return *domain::Authorize(
      row, {"unipile", domain::EgressPurpose::kDeliver, {domain::DataCategory::kMessageText}, "FR"},
      2);
}

int Listen(uint16_t* port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  *port = ntohs(address.sin_port);
  return fd;
}

// One accepted connection, as the script of a test sees it.
class Connection {
 public:
  Connection(int fd, int number) : number(number), fd_(fd) {}
  ~Connection() { Close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A whole request (head and Content-Length bytes of body); empty when the client went away.
  std::string ReadRequest() {
    std::string text;
    size_t want = std::string::npos;
    while (text.size() < want) {
      char buffer[4096];
      const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
      if (got <= 0) return {};
      text.append(buffer, static_cast<size_t>(got));
      const size_t end = text.find("\r\n\r\n");
      if (end == std::string::npos || want != std::string::npos) continue;
      const size_t length = text.find("Content-Length: ");
      want = end + 4;
      if (length < end) want += std::strtoul(text.c_str() + length + 16, nullptr, 10);
    }
    return text;
  }

  bool Write(const std::string& text) {
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t sent = send(fd_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      done += static_cast<size_t>(sent);
    }
    return true;
  }

  // Until the client closes: a server that hangs.
  void WaitForClose() {
    char buffer[4096];
    while (recv(fd_, buffer, sizeof(buffer), 0) > 0) {
    }
  }

  // With RST instead of FIN, as a crashed server does.
  void Reset() {
    const linger hard{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    Close();
  }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  const int number;  // 1 is the first connection

 private:
  int fd_;
};

// Accepts on loopback and runs the script for each connection in a thread of its own.
class Server {
 public:
  using Script = std::function<void(Server*, Connection*)>;

  explicit Server(Script script) : script_(std::move(script)), fd_(Listen(&port_)) {
    EXPECT_EQ(listen(fd_, 16), 0);
    acceptor_ = std::thread([this] { Accept(); });
  }

  // The transport of a test dies first, so every script sees its client go.
  ~Server() {
    shutdown(fd_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& worker : workers_) worker.join();
    close(fd_);
  }

  std::string url(const std::string& path = "/x") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  uint16_t port() const { return port_; }

  // Call from a script with each request.
  void Record(const std::string& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!request.empty()) requests_.push_back(request);
  }
  std::vector<std::string> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }
  int CountOf(const std::string& method) const {
    const std::vector<std::string> all = requests();
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& text) {
      return text.rfind(method + " ", 0) == 0;
    }));
  }

 private:
  void Accept() {
    for (int number = 1;; ++number) {
      const int fd = accept(fd_, nullptr, nullptr);
      if (fd < 0) return;
      workers_.emplace_back([this, fd, number] {
        Connection connection(fd, number);
        script_(this, &connection);
      });
    }
  }

  Script script_;
  uint16_t port_ = 0;
  int fd_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

HttpRequest Get(const std::string& url) {
  HttpRequest request;
  request.id = 1;
  request.url = url;
  request.headers = {{"X-API-KEY", "k"}};
  request.timeout_ms = 20'000;
  request.connect_timeout_ms = 10'000;
  return request;
}

HttpRequest Post(const std::string& url) {
  HttpRequest request = Get(url);
  request.method = "POST";
  request.is_write = true;
  request.headers.emplace_back("content-type", "application/json");
  request.body = R"({"a":1})";
  return request;
}

std::unique_ptr<CurlTransport> Make(CurlOptions options = {}) {
  return *CurlTransport::Create(std::move(options));
}

HttpReply Wait(Transport* transport) {
  std::vector<HttpReply> replies;
  while (replies.empty()) EXPECT_TRUE(transport->Poll(1000, &replies).ok());
  EXPECT_EQ(replies.size(), 1u);
  return replies.front();
}

HttpReply Call(Transport* transport, HttpRequest request) {
  const absl::Status status = transport->Submit(Pass(), std::move(request));
  EXPECT_TRUE(status.ok()) << status;
  return status.ok() ? Wait(transport) : HttpReply{};
}

constexpr char kCreated[] =
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

// Reads one request, records it, answers with `bytes`, closes.
Server::Script AnswerOnce(std::string bytes) {
  return [bytes = std::move(bytes)](Server* server, Connection* connection) {
    server->Record(connection->ReadRequest());
    connection->Write(bytes);
  };
}

struct Cut {
  const char* name;
  const char* bytes;
};

TEST(Transport, CompletesAWriteWithStatusHeadersAndBody) {
  Server server(
      AnswerOnce("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
                 "HTTP/1.1 422 Unprocessable\r\nRetry-After:  7 \r\n"
                 "X-Two: a:b\r\nContent-Length: 2\r\n\r\n{}"));
  auto transport = Make();
  const HttpReply reply = Call(transport.get(), Post(server.url("/p?q=1")));
  EXPECT_EQ(reply.completion, Completion::kComplete);
  EXPECT_EQ(reply.id, 1u);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.body, "{}");
  EXPECT_TRUE(reply.error.empty());
  EXPECT_EQ(FindHeader(reply.headers, "retry-after"), "7");
  EXPECT_EQ(FindHeader(reply.headers, "x-two"), "a:b");
  EXPECT_EQ(FindHeader(reply.headers, "x-early"), std::nullopt);
  const std::string request = server.requests().at(0);
  EXPECT_EQ(request.rfind("POST /p?q=1 HTTP/1.1\r\n", 0), 0u);
  EXPECT_NE(request.find("X-API-KEY: k\r\n"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_NE(request.find("\r\n\r\n{\"a\":1}"), std::string::npos);
}

// Big enough for libcurl to ask for "100 Continue" first, if it were let.
TEST(Transport, SendsFieldsAsMultipartWithoutAsking) {
  Server server(AnswerOnce(kCreated));
  auto transport = Make();
  HttpRequest request = Post(server.url());
  request.headers.pop_back();
  request.body.clear();
  const std::string text = "Grüße\r\n--x\r\n" + std::string(1200 * 1024, 'y');
  request.fields = {{"text", text, "", ""}, {"linkedin[api]", "classic", "", ""}};
  EXPECT_EQ(Call(transport.get(), request).status, 201);
  const std::string sent = server.requests().at(0);
  EXPECT_NE(sent.find("multipart/form-data; boundary="), std::string::npos);
  EXPECT_TRUE(sent.find("name=\"text\"\r\n\r\n" + text + "\r\n") != std::string::npos);
  EXPECT_NE(sent.find("name=\"linkedin[api]\"\r\n\r\nclassic\r\n"), std::string::npos);
  EXPECT_EQ(sent.find("Expect"), std::string::npos);
  EXPECT_EQ(server.CountOf("POST"), 1);
}

TEST(Transport, WriteThatIsCutAnywhereAfterTheRequestIsUnknownAndSentOnce) {
  const std::vector<Cut> cuts = {
      {"before the status line", ""},
      {"inside the status line", "HTTP/1.1 20"},
      {"inside the headers", "HTTP/1.1 201 Created\r\nContent-Le"},
      {"after an interim answer", "HTTP/1.1 100 Continue\r\n\r\n"},
      {"inside the headers after an interim answer",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nX: 1\r\n"},
      {"after the headers", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n"},
      {"inside the body", "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{\"id"},
      {"inside a chunk", "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"id"},
      {"no HTTP at all", "\x15\x03\x01 nonsense"},
  };
  for (const Cut& cut : cuts) {
    SCOPED_TRACE(cut.name);
    Server server(AnswerOnce(cut.bytes));
    auto transport = Make();
    const HttpReply reply = Call(transport.get(), Post(server.url()));
    EXPECT_EQ(reply.completion, Completion::kUnknown) << reply.error;
    EXPECT_FALSE(reply.error.empty());
    EXPECT_EQ(server.CountOf("POST"), 1);
  }
}

TEST(Transport, ResetAfterTheRequestIsUnknown) {
  Server server([&](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    connection->Reset();
  });
  auto transport = Make();
  const HttpReply reply = Call(transport.get(), Post(server.url()));
  EXPECT_EQ(reply.completion, Completion::kUnknown);
  EXPECT_EQ(reply.error, "connection_died");
  EXPECT_EQ(server.CountOf("POST"), 1);
}

TEST(Transport, SilenceUntilTheTimeoutIsUnknown) {
  Server server([&](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    connection->WaitForClose();
  });
  auto transport = Make();
  HttpRequest request = Post(server.url());
  request.timeout_ms = 200;
  const HttpReply reply = Call(transport.get(), request);
  EXPECT_EQ(reply.completion, Completion::kUnknown);
  EXPECT_EQ(reply.error, "timeout");
  EXPECT_EQ(server.CountOf("POST"), 1);
  transport.reset();
}

TEST(Transport, RefusedConnectionIsNotStarted) {
  uint16_t port = 0;
  const int fd = Listen(&port);  // bound, never listening
  auto transport = Make();
  const HttpReply reply =
      Call(transport.get(), Post("http://127.0.0.1:" + std::to_string(port) + "/"));
  EXPECT_EQ(reply.completion, Completion::kNotStarted);
  EXPECT_EQ(reply.error, "connect_failed");
  close(fd);
}

TEST(Transport, UnresolvableHostIsNotStarted) {
  auto transport = Make();
  // A label of more than 63 bytes is refused before any resolver is asked.
  const HttpReply reply =
      Call(transport.get(), Post("http://" + std::string(70, 'a') + ".invalid/"));
  EXPECT_EQ(reply.completion, Completion::kNotStarted);
  EXPECT_EQ(reply.error, "resolve_failed");
}

TEST(Transport, FailedTlsHandshakeIsNotStarted) {
  const std::vector<Cut> cuts = {{"plain text", "HTTP/1.1 400 Bad Request\r\n\r\n"}, {"cut", ""}};
  for (const Cut& cut : cuts) {
    SCOPED_TRACE(cut.name);
    Server server([&](Server*, Connection* connection) {
      connection->Write(cut.bytes);
      if (*cut.bytes != '\0') connection->WaitForClose();
    });
    auto transport = Make();
    const HttpReply reply =
        Call(transport.get(), Post("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
    EXPECT_EQ(reply.completion, Completion::kNotStarted) << reply.error;
    transport.reset();
  }
}

TEST(Transport, HandshakeThatHangsUntilTheConnectTimeoutIsNotStarted) {
  Server server([](Server*, Connection* connection) { connection->WaitForClose(); });
  auto transport = Make();
  HttpRequest request = Post("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  request.connect_timeout_ms = 200;
  const HttpReply reply = Call(transport.get(), request);
  EXPECT_EQ(reply.completion, Completion::kNotStarted);
  EXPECT_EQ(reply.error, "timeout");
  transport.reset();
}

TEST(Transport, EndlessReplyStopsAtTheBoundAndIsUnknown) {
  for (const char* filler : {"body", "headers"}) {
    SCOPED_TRACE(filler);
    const bool headers = std::string_view(filler) == "headers";
    Server server([&](Server* self, Connection* connection) {
      self->Record(connection->ReadRequest());
      connection->Write(headers ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
      const std::string line = "x-a: " + std::string(1000, 'z') + "\r\n";
      while (connection->Write(line)) {
      }
    });
    CurlOptions options;
    options.max_reply_bytes = 64 * 1024;
    auto transport = Make(options);
    const HttpReply reply = Call(transport.get(), Post(server.url()));
    EXPECT_EQ(reply.completion, Completion::kUnknown);
    EXPECT_EQ(reply.error, "reply_too_large");
    EXPECT_LE(reply.body.size(), options.max_reply_bytes);
    EXPECT_EQ(server.CountOf("POST"), 1);
    transport.reset();
  }
}

TEST(Transport, DoesNotFollowRedirects) {
  Server server([&](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    connection->Write(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\n"
        "Content-Length: 0\r\n\r\n");
  });
  auto transport = Make();
  const HttpReply reply = Call(transport.get(), Post(server.url()));
  EXPECT_EQ(reply.completion, Completion::kComplete);
  EXPECT_EQ(reply.status, 307);
  EXPECT_EQ(server.requests().size(), 1u);
}

// Serves every request on a connection until the client goes.
Server::Script KeepAlive(std::vector<int>* connections) {
  return [connections](Server* server, Connection* connection) {
    for (;;) {
      const std::string request = connection->ReadRequest();
      if (request.empty()) return;
      connections->push_back(connection->number);
      server->Record(request);
      connection->Write(kCreated);
    }
  };
}

TEST(Transport, ReadsShareAConnectionAndWritesTakeAFreshOne) {
  std::vector<int> connections;
  Server server(KeepAlive(&connections));
  auto transport = Make();
  EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
  EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
  EXPECT_EQ(Call(transport.get(), Post(server.url())).status, 201);
  EXPECT_EQ(connections, (std::vector<int>{1, 1, 2}));
  transport.reset();
}

// The first connection answers a read, then takes a second request and dies without a word; others
// answer. This is where libcurl repeats a request by itself.
Server::Script DieOnSecondRequest() {
  return [](Server* server, Connection* connection) {
    for (int i = 0;; ++i) {
      const std::string request = connection->ReadRequest();
      if (request.empty()) return;
      server->Record(request);
      if (connection->number == 1 && i == 1) return;
      connection->Write(kCreated);
    }
  };
}

TEST(Transport, WriteOnAKeptConnectionThatDiesIsUnknownAndNotRepeated) {
  Server server(DieOnSecondRequest());
  CurlOptions options;
  options.fresh_connection_for_writes = false;
  auto transport = Make(options);
  EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
  const HttpReply reply = Call(transport.get(), Post(server.url()));
  EXPECT_EQ(reply.completion, Completion::kUnknown);
  EXPECT_EQ(reply.error, "connection_died");
  EXPECT_EQ(server.CountOf("POST"), 1);
  transport.reset();
}

TEST(Transport, ReadOnAKeptConnectionThatDiesIsRepeated) {
  Server server(DieOnSecondRequest());
  auto transport = Make();
  EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
  EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
  EXPECT_EQ(server.CountOf("GET"), 3);
  transport.reset();
}

TEST(Transport, WriteAfterAKeptConnectionWasClosedGoesOutOnceOnANewOne) {
  for (const bool fresh : {true, false}) {
    SCOPED_TRACE(fresh);
    std::promise<void> closed;
    Server server([&](Server* self, Connection* connection) {
      self->Record(connection->ReadRequest());
      connection->Write(kCreated);
      if (connection->number != 1) return;
      connection->Close();
      closed.set_value();
    });
    CurlOptions options;
    options.fresh_connection_for_writes = fresh;
    auto transport = Make(options);
    EXPECT_EQ(Call(transport.get(), Get(server.url())).status, 201);
    closed.get_future().wait();
    const HttpReply reply = Call(transport.get(), Post(server.url()));
    EXPECT_EQ(reply.completion, Completion::kComplete);
    EXPECT_EQ(server.CountOf("POST"), 1);
    transport.reset();
  }
}

TEST(Transport, CancelSaysWhetherAnythingHadLeft) {
  std::promise<void> arrived;
  Server server([&](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    arrived.set_value();
    connection->WaitForClose();
  });
  auto transport = Make();
  ASSERT_TRUE(transport->Submit(Pass(), Post(server.url())).ok());
  transport->Cancel(1);
  HttpReply reply = Wait(transport.get());
  EXPECT_EQ(reply.completion, Completion::kNotStarted);
  EXPECT_EQ(reply.error, "cancelled");
  EXPECT_EQ(server.CountOf("POST"), 0);

  ASSERT_TRUE(transport->Submit(Pass(), Post(server.url())).ok());
  auto seen = arrived.get_future();
  std::vector<HttpReply> none;
  while (seen.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    ASSERT_TRUE(transport->Poll(5, &none).ok());
  }
  EXPECT_TRUE(none.empty());
  transport->Cancel(1);
  transport->Cancel(77);
  reply = Wait(transport.get());
  EXPECT_EQ(reply.id, 1u);
  EXPECT_EQ(reply.completion, Completion::kUnknown);
  EXPECT_EQ(reply.error, "cancelled");
  transport.reset();
}

TEST(Transport, RunsCallsSideBySideUpToItsSlots) {
  std::promise<void> both;
  std::shared_future<void> released = both.get_future().share();
  std::atomic<int> waiting{0};
  Server server([&](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    if (waiting.fetch_add(1) == 1) both.set_value();
    released.wait();
    connection->Write(kCreated);
  });
  CurlOptions options;
  options.max_concurrent = 2;
  auto transport = Make(options);
  HttpRequest second = Post(server.url());
  ASSERT_TRUE(transport->Submit(Pass(), Post(server.url())).ok());
  EXPECT_EQ(base::CodeOf(transport->Submit(Pass(), second)), base::ErrorCode::kMisuse);
  second.id = 2;
  ASSERT_TRUE(transport->Submit(Pass(), second).ok());
  EXPECT_EQ(transport->free_slots(), 0);
  second.id = 3;
  EXPECT_EQ(base::CodeOf(transport->Submit(Pass(), second)), base::ErrorCode::kLimit);
  std::vector<HttpReply> replies;
  while (replies.size() < 2) ASSERT_TRUE(transport->Poll(1000, &replies).ok());
  EXPECT_EQ(transport->free_slots(), 2);
  EXPECT_EQ(server.CountOf("POST"), 2);
}

TEST(Transport, LoopbackIgnoresAProxyOfTheEnvironment) {
  uint16_t dead = 0;
  const int fd = Listen(&dead);
  setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(dead)).c_str(), 1);
  Server server(AnswerOnce(kCreated));
  auto transport = Make();
  EXPECT_EQ(Call(transport.get(), Post(server.url())).status, 201);
  unsetenv("http_proxy");
  close(fd);
}

TEST(Transport, RefusesWhatMustNotLeave) {
  auto transport = Make();
  const auto code = [&](HttpRequest request) {
    return base::CodeOf(transport->Submit(Pass(), std::move(request)));
  };
  HttpRequest request = Post("file:///etc/passwd");
  EXPECT_EQ(code(request), base::ErrorCode::kInvalidArgument);
  request = Post("http://127.0.0.1/a b");
  EXPECT_EQ(code(request), base::ErrorCode::kInvalidArgument);
  request = Post("http://127.0.0.1/");
  request.headers = {{"X-API-KEY", "k\r\nX-Other: 1"}};
  EXPECT_EQ(code(request), base::ErrorCode::kInvalidArgument);
  request = Post("http://127.0.0.1/");
  request.timeout_ms = 0;
  EXPECT_EQ(code(request), base::ErrorCode::kInvalidArgument);
  domain::EgressPass pass = Pass();
  const domain::EgressPass used = std::move(pass);
  EXPECT_EQ(base::CodeOf(transport->Submit(std::move(pass), Post("http://127.0.0.1/"))),
            base::ErrorCode::kMisuse);
  std::vector<HttpReply> replies;
  ASSERT_TRUE(transport->Poll(1000, &replies).ok()) << "nothing in flight returns at once";
  EXPECT_TRUE(replies.empty());
}

}  // namespace
}  // namespace onlyleads::providers
