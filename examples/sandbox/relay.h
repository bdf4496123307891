// A small TCP relay in front of the HTTP server: the public port is the relay's. It passes bytes
// both ways, and can close the client's side before a single byte of an answer has passed, which
// no HTTP library lets a handler do. One thread, one poll loop; Cut may be called from any thread.
#ifndef ONLYLEADS_SANDBOX_RELAY_H_
#define ONLYLEADS_SANDBOX_RELAY_H_

#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace onlyleads_sandbox {

class Relay {
 public:
  Relay() = default;
  ~Relay() { Stop(); }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Listens on 127.0.0.1:`public_port` (0: any). "" or what went wrong.
  std::string Start(int public_port, int inner_port);
  int port() const { return port_; }
  // The connection that reaches the server from `inner_client_port` is closed instead of answered:
  // to be called before the handler returns. `reset` closes with RST, otherwise with FIN.
  void Cut(int inner_client_port, bool reset);
  void Stop();

 private:
  struct Connection {
    int client = -1;
    int inner = -1;
    int inner_port = 0;
    bool client_done = false;  // it will send no more
    bool inner_done = false;
    bool forwarded_end = false;  // the end of the client's bytes was passed on
    bool closed = false;
    std::string to_inner;
    std::string to_client;
  };

  void Loop();
  void Accept();
  void Serve(Connection* connection, short client_events, short inner_events);
  bool TakeCut(Connection* connection);
  void Close(Connection* connection);

  int port_ = 0;
  int inner_port_ = 0;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::thread thread_;
  std::list<Connection> connections_;  // the loop's thread only
  std::mutex mutex_;
  std::map<int, bool> cuts_;  // inner client port -> reset; under mutex_
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_RELAY_H_
