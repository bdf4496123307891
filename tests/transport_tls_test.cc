// The libcurl transport over TLS, against a server with a certificate made for the test: https
// works, an untrusted server gets nothing, and a cut after the request is unknown here too.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/providers/curl_transport.h"

namespace onlyleads::providers {
namespace {

struct Identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();

  Identity() {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>("loopback");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* address =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, address, -1);
    X509_EXTENSION_free(address);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
};

// Answers each connection's first request with `answer` and closes.
class TlsServer {
 public:
  explicit TlsServer(std::string answer) : answer_(std::move(answer)) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listen(fd_, 4), 0);
    url_ = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    SSL_CTX_use_certificate(context_, identity_.certificate);
    SSL_CTX_use_PrivateKey(context_, identity_.key);
    acceptor_ = std::thread([this] { Serve(); });
  }

  ~TlsServer() {
    Stop();
    SSL_CTX_free(context_);
    unlink(ca_file().c_str());
  }

  // Ends the server; what it saw can be read afterwards.
  const std::vector<std::string>& Stop() {
    if (acceptor_.joinable()) {
      shutdown(fd_, SHUT_RDWR);
      acceptor_.join();
      close(fd_);
    }
    return requests_;
  }

  const std::string& url() const { return url_; }

  std::string ca_file() const {
    const std::string path =
        testing::TempDir() + "onlyleads_tls_test." + std::to_string(getpid()) + ".pem";
    if (FILE* file = fopen(path.c_str(), "w")) {
      PEM_write_X509(file, identity_.certificate);
      fclose(file);
    }
    return path;
  }

 private:
  void Serve() {
    for (;;) {
      const int connection = accept(fd_, nullptr, nullptr);
      if (connection < 0) return;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, connection);
      if (SSL_accept(ssl) == 1) Answer(ssl);
      SSL_free(ssl);
      close(connection);
    }
  }

  void Answer(SSL* ssl) {
    std::string request;
    while (request.find("{\"a\":1}") == std::string::npos) {
      char buffer[4096];
      const int got = SSL_read(ssl, buffer, sizeof(buffer));
      if (got <= 0) break;
      request.append(buffer, static_cast<size_t>(got));
    }
    if (!request.empty()) requests_.push_back(request);
    if (!answer_.empty()) SSL_write(ssl, answer_.data(), static_cast<int>(answer_.size()));
  }

  std::string answer_;
  Identity identity_;
  SSL_CTX* context_ = SSL_CTX_new(TLS_server_method());
  int fd_ = -1;
  std::string url_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};

HttpReply Post(const TlsServer& server, const std::string& ca_file) {
  CurlOptions options;
  options.ca_file = ca_file;
  auto transport = *CurlTransport::Create(options);
  const domain::SubProcessor row = domain::UnipileSubProcessor(1);
  const domain::Disclosure disclosure = {
      "unipile", domain::EgressPurpose::kDeliver, {domain::DataCategory::kMessageText}, "FR"};
  HttpRequest request;
  request.method = "POST";
  request.url = server.url();
  request.body = R"({"a":1})";
  request.timeout_ms = 20'000;
  request.connect_timeout_ms = 10'000;
  request.is_write = true;
  EXPECT_TRUE(transport->Submit(*domain::Authorize(row, disclosure, 2), request).ok());
  std::vector<HttpReply> replies;
  while (replies.empty()) EXPECT_TRUE(transport->Poll(1000, &replies).ok());
  return replies.front();
}

TEST(TransportTls, CompletesOverHttps) {
  TlsServer server("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
  const HttpReply reply = Post(server, server.ca_file());
  EXPECT_EQ(reply.completion, Completion::kComplete) << reply.error;
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(server.Stop().size(), 1u);
}

TEST(TransportTls, UntrustedServerGetsNothing) {
  TlsServer server("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
  const HttpReply reply = Post(server, "");
  EXPECT_EQ(reply.completion, Completion::kNotStarted);
  EXPECT_EQ(reply.error, "tls_failed");
  EXPECT_TRUE(server.Stop().empty());
}

TEST(TransportTls, CutAfterTheRequestIsUnknownAndSentOnce) {
  for (const char* answer : {"", "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"}) {
    TlsServer server(answer);
    const HttpReply reply = Post(server, server.ca_file());
    EXPECT_EQ(reply.completion, Completion::kUnknown) << answer;
    EXPECT_EQ(server.Stop().size(), 1u);
  }
}

}  // namespace
}  // namespace onlyleads::providers
