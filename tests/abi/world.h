// A small installation for the sweeps over the whole ABI: an engine on a clock that the test moves,
// an organization with a sender, people, a campaign and a queued message, and one handle of each
// kind that was freed. Black box: public headers only.
#ifndef ONLYLEADS_TESTS_ABI_WORLD_H_
#define ONLYLEADS_TESTS_ABI_WORLD_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "onlyleads/onlyleads.h"
#include "tests/support/temp_dir.h"

namespace onlyleads::tests {

// Borrowed: the text must outlive the call.
inline ol_str Str(const std::string& text) { return {text.data(), text.size()}; }

// A provider that refuses its key: every request is answered with 401, so that a run reaches the
// network, stops the sender and tells the host's log.
class RefusingProvider {
 public:
  RefusingProvider();
  ~RefusingProvider();
  const std::string& base_url() const { return base_url_; }

 private:
  void Serve();

  int listener_ = -1;
  std::string base_url_;
  std::thread server_;
};

class World {
 public:
  // What the host does itself, beside clock, randomness and log.
  enum Part : uint32_t { kLedger = 1, kTransport = 2 };
  // Fails the test on any error, so that what follows may trust it. The sender is connected to the
  // provider at `provider_url`; empty: to one of its own that refuses.
  explicit World(uint32_t parts = 0, const std::string& provider_url = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Another engine on the same database, with the same host.
  ol_engine* OpenEngine();
  ol_workspace* OpenWorkspace(ol_engine* on);
  // A new person; every one has an address and a LinkedIn profile.
  ol_id AddPerson();
  // A webhook's body: a new person refuses.
  std::string OptOutEvent();
  // A campaign with one message queued for a new person.
  ol_id QueueMessage();
  ol_id AddCampaign();
  std::string WriteCsv(int people);
  std::string CampaignJson() const;
  std::string IdText(const ol_id& id) const;
  ol_sender_options SenderOptions(const std::string& account) const;
  // How much of everything is stored, as text: equal when nothing was half-written.
  std::string Snapshot();

  TempDir dir;
  std::string path = dir.path("leads.db");
  std::string key = "0123456789abcdef0123456789abcdef";
  RefusingProvider provider;

  // What the host's callbacks do beside their work; empty: nothing more.
  std::function<void()> in_clock, in_random, in_log;
  std::function<void()> in_ledger_append, in_ledger_read;
  std::function<void()> in_submit, in_poll, in_cancel;
  // Of whatever tells of progress, when it is given this world.
  std::function<void()> in_progress;
  // Given the sink of a poll and each answer before it is delivered.
  std::function<void(ol_http_deliver, void*, const ol_http_completion&)> before_deliver;
  // The host's transport keeps its answers to itself.
  bool silent = false;
  std::atomic<int64_t> now_us{1'795'424'400'000'000};  // 2026-11-23 09:00 UTC

  // Whether the entry of ol_engine_close takes this engine, else one of its own.
  bool close_main = false;

  ol_engine* engine = nullptr;
  ol_workspace* workspace = nullptr;
  ol_rows* rows = nullptr;
  ol_engine* freed_engine = nullptr;
  ol_workspace* freed_workspace = nullptr;
  ol_rows* freed_rows = nullptr;
  ol_id org{}, member{}, sender{}, person{}, campaign{}, message{}, import{};

 private:
  ol_host Host();
  void AddLedger(ol_host* host);
  void AddTransport(ol_host* host);
  void Check(int32_t code) const;
  void ImportPeople(int count);

  const uint32_t parts_;
  const std::string provider_url_;
  std::vector<std::string> frames_;  // of the host's ledger
  ol_transport transport_{};
  std::vector<uint64_t> requests_;  // that wait for their answer
  ol_error err_{};
  int people_ = 0;  // written to files
  // Imported and not given out yet.
  int next_person_ = 0, end_person_ = 0;
  std::string api_key_ = "sandbox-api-key", secret_ = "webhook-secret", name_ = "Ann Smith";
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_ABI_WORLD_H_
