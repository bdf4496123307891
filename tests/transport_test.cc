// The libcurl transport against a raw socket: wherever a call breaks, its completion says what is
// known, and a write reaches the server at most once.
#include "src/providers/transport.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/providers/curl_transport.h"
#include "tests/support/raw_server.h"

namespace onlyleads::providers {
namespace {

using tests::Listen;
using Connection = tests::RawConnection;
using Server = tests::RawServer;

domain::EgressPass Pass() {
  const domain::SubProcessor row = domain::UnipileSubProcessor(1);
  return *domain::Authorize(
      row, {"unipile", domain::EgressPurpose::kDeliver, {domain::DataCategory::kMessageText}, "FR"},
      2);
}

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

TEST(Transport, AProxyOfTheEnvironmentGetsATunnel) {
  Server proxy([](Server* self, Connection* connection) {
    self->Record(connection->ReadRequest());
    connection->Write("HTTP/1.1 200 Connection established\r\n\r\n");
    self->Record(connection->ReadRequest());
    connection->Write(kCreated);
  });
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("no_proxy", "", 1);
  setenv("NO_PROXY", "", 1);
  auto transport = Make();
  EXPECT_EQ(Call(transport.get(), Get("http://provider.example/p?q=1")).status, 201);
  for (const char* name : {"http_proxy", "no_proxy", "NO_PROXY"}) unsetenv(name);
  ASSERT_EQ(proxy.requests().size(), 2u);
  EXPECT_EQ(proxy.requests()[0].rfind("CONNECT provider.example:80 HTTP/1.1\r\n", 0), 0u);
  EXPECT_EQ(proxy.requests()[0].find("X-API-KEY"), std::string::npos) << "the proxy sees our key";
  EXPECT_EQ(proxy.requests()[1].rfind("GET /p?q=1 HTTP/1.1\r\n", 0), 0u);
}

TEST(Transport, AsksForTheTargetOfTheUrl) {
  const std::pair<const char*, const char*> targets[] = {
      {"", "/"}, {"/", "/"}, {"?q=1", "/?q=1"}, {"/a/b?c=%20#d", "/a/b?c=%20"}, {"#d", "/"}};
  for (const auto& [path, target] : targets) {
    Server server(AnswerOnce(kCreated));
    auto transport = Make();
    EXPECT_EQ(Call(transport.get(), Get(server.url(path))).status, 201);
    EXPECT_EQ(server.requests().at(0).rfind(std::string("GET ") + target + " HTTP/1.1\r\n", 0), 0u);
  }
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
  // A spent pass is what this is about. NOLINTNEXTLINE(bugprone-use-after-move)
  const absl::Status spent = transport->Submit(std::move(pass), Post("http://127.0.0.1/"));
  EXPECT_EQ(base::CodeOf(spent), base::ErrorCode::kMisuse);
  std::vector<HttpReply> replies;
  ASSERT_TRUE(transport->Poll(1000, &replies).ok()) << "nothing in flight returns at once";
  EXPECT_TRUE(replies.empty());
}

}  // namespace
}  // namespace onlyleads::providers
