// An HTTP server of a test that says whatever its script says: loopback sockets and bytes, no
// parser that could refuse to be wrong. One thread for each connection; the client goes first, then
// every script sees it go and the server ends.
#ifndef ONLYLEADS_TESTS_SUPPORT_RAW_SERVER_H_
#define ONLYLEADS_TESTS_SUPPORT_RAW_SERVER_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace onlyleads::tests {

// Bound on loopback, not listening yet.
inline int Listen(uint16_t* port) {
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
class RawConnection {
 public:
  RawConnection(int fd, int number) : number(number), fd_(fd) {}
  ~RawConnection() { Close(); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

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

  std::string ReadToEnd() {
    std::string text;
    char buffer[4096];
    while (true) {
      const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<size_t>(got));
    }
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

  // `byte` again and again, each a moment after the other, until the client closes.
  void Trickle(char byte) {
    pollfd client{fd_, POLLIN, 0};
    while (poll(&client, 1, /*timeout=*/5) == 0 && Write(std::string(1, byte))) {
    }
  }

  const int number;  // 1 is the first connection

 private:
  int fd_;
};

// Accepts on loopback and runs the script for each connection in a thread of its own.
class RawServer {
 public:
  using Script = std::function<void(RawServer*, RawConnection*)>;

  explicit RawServer(Script script) : script_(std::move(script)), fd_(Listen(&port_)) {
    EXPECT_EQ(listen(fd_, 16), 0);
    acceptor_ = std::thread([this] { Accept(); });
  }

  // The transport of a test dies first, so every script sees its client go.
  ~RawServer() {
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
        RawConnection connection(fd, number);
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

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_RAW_SERVER_H_
