// The TCP relay in front of the HTTP server; see relay.h. Each direction buffers at most one read,
// so a slow reader slows its writer down and nothing grows.
#include "relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace onlyleads_sandbox {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr int kBacklog = 512;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int LocalPort(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void NoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// False when the peer is gone.
bool ReadSome(int fd, std::string* buffer, bool* done) {
  char bytes[kReadBytes];
  const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) *done = true;
  buffer->append(bytes, static_cast<size_t>(got));
  return true;
}

bool WriteSome(int fd, std::string* buffer) {
  const ssize_t put = send(fd, buffer->data(), buffer->size(), MSG_NOSIGNAL);
  if (put < 0) return errno == EAGAIN || errno == EINTR;
  buffer->erase(0, static_cast<size_t>(put));
  return true;
}

}  // namespace

std::string Relay::Start(int public_port, int inner_port) {
  inner_port_ = inner_port;
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = Loopback(public_port);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, kBacklog) != 0 || pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) {
    return "port " + std::to_string(public_port) + ": " + std::strerror(errno);
  }
  port_ = LocalPort(listener_);
  thread_ = std::thread([this] { Loop(); });
  return "";
}

void Relay::Cut(int inner_client_port, bool reset) {
  std::lock_guard<std::mutex> lock(mutex_);
  cuts_[inner_client_port] = reset;
}

void Relay::Stop() {
  if (!thread_.joinable()) return;
  close(wake_[1]);
  thread_.join();
  for (Connection& connection : connections_) Close(&connection);
  connections_.clear();
  close(wake_[0]);
  close(listener_);
}

void Relay::Loop() {
  std::vector<pollfd> fds;
  while (true) {
    fds.assign({{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}});
    for (const Connection& c : connections_) {
      const bool reads_client = c.to_inner.empty() && !c.client_done;
      const bool reads_inner = c.to_client.empty() && !c.inner_done;
      // A negative descriptor is skipped: a half-closed side with nothing to write would otherwise
      // report its hang-up for ever.
      const short client =
          static_cast<short>((reads_client ? POLLIN : 0) | (c.to_client.empty() ? 0 : POLLOUT));
      const short inner =
          static_cast<short>((reads_inner ? POLLIN : 0) | (c.to_inner.empty() ? 0 : POLLOUT));
      fds.push_back({client == 0 ? -1 : c.client, client, 0});
      fds.push_back({inner == 0 ? -1 : c.inner, inner, 0});
    }
    if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0) return;
    size_t at = 2;
    for (Connection& connection : connections_) {
      Serve(&connection, fds[at].revents, fds[at + 1].revents);
      at += 2;
    }
    connections_.remove_if([](const Connection& connection) { return connection.closed; });
    if (fds[1].revents != 0) Accept();
  }
}

void Relay::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const int inner = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(inner_port_);
    if (inner < 0 ||
        (connect(inner, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
         errno != EINPROGRESS)) {
      close(client);
      if (inner >= 0) close(inner);
      continue;
    }
    NoDelay(client);
    NoDelay(inner);
    Connection connection;
    connection.client = client;
    connection.inner = inner;
    connection.inner_port = LocalPort(inner);
    connections_.push_back(connection);
    std::lock_guard<std::mutex> lock(mutex_);
    cuts_.erase(connection.inner_port);
  }
}

void Relay::Serve(Connection* c, short client_events, short inner_events) {
  bool alive = true;
  if (client_events != 0 && c->to_inner.empty() && !c->client_done) {
    alive = ReadSome(c->client, &c->to_inner, &c->client_done);
  }
  if (alive && inner_events != 0 && c->to_client.empty() && !c->inner_done) {
    alive = ReadSome(c->inner, &c->to_client, &c->inner_done);
    if (TakeCut(c)) return;
  }
  if (alive && !c->to_inner.empty()) alive = WriteSome(c->inner, &c->to_inner);
  if (alive && !c->to_client.empty()) alive = WriteSome(c->client, &c->to_client);
  if (alive && c->client_done && c->to_inner.empty() && !c->forwarded_end) {
    c->forwarded_end = true;
    shutdown(c->inner, SHUT_WR);
  }
  if (!alive || (c->inner_done && c->to_client.empty())) Close(c);
}

// The handler asks for the cut before the server writes, so with the first byte (or the end) of
// the answer the wish is known.
bool Relay::TakeCut(Connection* c) {
  if (c->to_client.empty() && !c->inner_done) return false;
  bool reset = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto cut = cuts_.find(c->inner_port);
    if (cut == cuts_.end()) return false;
    reset = cut->second;
    cuts_.erase(cut);
  }
  if (reset) {
    const linger now{1, 0};
    setsockopt(c->client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }
  Close(c);
  return true;
}

void Relay::Close(Connection* c) {
  if (c->closed) return;
  close(c->client);
  close(c->inner);
  c->closed = true;
}

}  // namespace onlyleads_sandbox
