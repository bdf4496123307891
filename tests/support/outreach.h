// An engine on a clock of its own, a sandbox that follows it, an organization with a sender and
// people: what a test of sending starts from. White box: it links the engine, not the ABI.
#ifndef ONLYLEADS_TESTS_SUPPORT_OUTREACH_H_
#define ONLYLEADS_TESTS_SUPPORT_OUTREACH_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/engine/engine.h"
#include "src/engine/inbox.h"
#include "src/engine/organizations.h"
#include "src/engine/run.h"
#include "tests/support/sandbox.h"
#include "tests/support/temp_dir.h"

namespace onlyleads::tests {

inline constexpr char kAccount[] = "acc_test";
inline constexpr char kSecret[] = "webhook-secret-of-the-test";
inline constexpr int64_t kMonday = 1'795'424'400'000'000;  // 2026-11-23 09:00 UTC

class Outreach {
 public:
  // Starts the sandbox at kMonday with the sender's account; opens the engine. With `through`, the
  // sender is connected to what it makes of the sandbox's address: something that stands between.
  // With `key_file` the host gives no key: the engine reads the file beside the database.
  explicit Outreach(const std::function<std::string(const std::string&)>& through = {},
                    bool key_file = false);

  // What the engines told the host's log.
  const std::vector<std::string>& log() const { return *log_; }
  // Another engine on the same database and clock.
  std::shared_ptr<engine::Engine> OpenEngine(int busy_timeout_ms = 10'000);
  engine::OpenOptions Options() const;
  engine::Engine& engine() { return *engine_; }
  void Reopen() { engine_ = OpenEngine(); }
  // Lets go of the engine; until Reopen there is none.
  void CloseEngine() { engine_.reset(); }
  testing::Sandbox& sandbox() { return sandbox_; }
  const base::Id& org() const { return org_; }
  const base::Id& sender() const { return sender_; }
  const std::string& database() const { return database_; }

  // Imports people p0..p{n-1} of `country`, public identifiers "person-<i>". Returns their ids.
  std::vector<base::Id> AddPeople(int n, const std::string& country = "US");
  // Imports one more record, of whoever LinkedIn knows under this id of either kind.
  base::Id AddRecord(const std::string& linkedin_id, const std::string& email);
  // An invitation, a message after acceptance, a follow-up three days later; all facts in order.
  base::Id AddCampaign(const std::string& profile = "balanced");
  // Enrolls and expects everybody to be taken.
  void EnrollAll(const base::Id& campaign, const std::vector<base::Id>& people);

  int64_t now_us() const { return now_us_->load(); }
  void Advance(int64_t us);
  engine::RunReport Run(engine::RunOptions options = {});
  // Runs and advances to the next due instant until `until_us`.
  void RunUntil(int64_t until_us);
  // The webhook bodies that Unipile would send about person i, and their way into the engine.
  std::string RelationEvent(int i) const;
  std::string MessageEvent(int i, const std::string& text, bool is_sender,
                           const std::string& message_id) const;
  engine::InboxReport Ingest(const std::string& body, const std::string& secret = kSecret);
  // Person i accepts, at the sandbox and by webhook.
  void Accept(int i);

  // Accepted by the sandbox: how often per "kind provider_id text".
  std::map<std::string, int> LedgerCounts();
  int LedgerSize();
  // Messages of the outbox by state.
  std::map<std::string, int> OutboxStates();
  std::string EnrollmentState(const base::Id& campaign, const base::Id& person);

 private:
  void Import(const std::string& path);

  TempDir dir_;
  std::string database_;
  std::string key_;
  std::shared_ptr<std::atomic<int64_t>> now_us_;
  std::shared_ptr<std::vector<std::string>> log_ = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<std::atomic<uint64_t>> random_blocks_ =
      std::make_shared<std::atomic<uint64_t>>(0);
  testing::Sandbox sandbox_;
  std::shared_ptr<engine::Engine> engine_;
  base::Id org_, sender_;
  int people_ = 0;
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_SUPPORT_OUTREACH_H_
