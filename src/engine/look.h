// One look at the provider for one sender's open messages: is the account well, and which of the
// messages does it show? A look counts whole or not at all; one that ran out of its caller's calls
// goes on where it stopped.
#ifndef ONLYLEADS_SRC_ENGINE_LOOK_H_
#define ONLYLEADS_SRC_ENGINE_LOOK_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/domain/egress.h"
#include "src/engine/engine.h"
#include "src/providers/transport.h"
#include "src/providers/unipile/reconcile.h"
#include "src/providers/unipile/replies.h"
#include "src/providers/unipile/requests.h"
#include "src/storage/organization_store.h"
#include "src/storage/outbox_store.h"

namespace onlyleads::engine {

// The caller's way to the provider.
struct Reads {
  std::function<bool()> left;  // whether one more read may be made
  // Makes one and waits for its reply; only while some are left.
  std::function<absl::StatusOr<providers::HttpReply>(domain::EgressPass pass,
                                                     providers::HttpRequest request)>
      fetch;
};

// One sender's open messages and what is needed to ask about them.
struct Question {
  storage::SenderRow sender;
  providers::unipile::Account account;
  std::vector<storage::MessageRow> messages;
  std::vector<providers::unipile::StoredSend> sends;  // the same, in the matcher's terms
  std::vector<std::string> taken;
  bool profiles = true;  // also look at profiles, one read each

  bool HasInvitation() const;
  bool HasMessage() const;
};

enum class Finding { kAbsent, kSent, kAmbiguous };

struct Answer {
  Finding finding = Finding::kAbsent;
  std::string remote_id;
  std::string chat_id;
};

enum class LookEnd {
  kWhole,    // everything was seen while the account was well
  kVoid,     // a page did not come, or the account is not well
  kCut,      // no call left: goes on with the next one
  kEndless,  // more pages than a listing may have
};

struct LookResult {
  LookEnd end = LookEnd::kVoid;
  std::vector<Answer> answers;  // kWhole: one per message
};

// What an unfinished look has read so far.
struct LookState {
  template <typename T>
  struct Listing {
    std::vector<T> items;
    std::string cursor;
    std::set<std::string> seen;  // cursors
    int pages = 0;
    bool whole = false;
  };
  std::set<std::string> tokens;  // of the claims it looks for
  bool account_ok = false;
  std::map<std::string, Listing<providers::unipile::RemoteMessage>> messages;  // by chat
  std::map<std::string, Listing<providers::unipile::RemoteChat>> chats;
  std::map<std::string, Listing<providers::unipile::RemoteInvitation>> invitations;
  std::map<std::string, bool> profiles;  // whether an invitation shows, by message
  size_t bytes = 0;
};

absl::StatusOr<LookResult> Look(Engine& engine, const base::Id& org_id, const Question& question,
                                const Reads& reads);

}  // namespace onlyleads::engine

#endif  // ONLYLEADS_SRC_ENGINE_LOOK_H_
