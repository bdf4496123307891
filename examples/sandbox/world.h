// The made-up LinkedIn behind the sandbox: accounts, relations, invitations, chats, messages, the
// clock, and what people will do later. It changes only through Apply, one log record at a time,
// and AdvanceTo; both are deterministic, so replaying the log rebuilds it exactly. It knows no
// HTTP, no disk, no threads and no system clock; the store's lock covers it.
#ifndef ONLYLEADS_SANDBOX_WORLD_H_
#define ONLYLEADS_SANDBOX_WORLD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json.h"
#include "people.h"
#include "webhooks.h"

namespace onlyleads_sandbox {

struct Account {
  std::string id;
  std::string api_key;  // empty: the server's own
  std::string provider_id;
  std::string public_identifier;
  std::string name;
  std::string status = "OK";
  bool premium = false;
  int64_t created_us = 0;

  // Writes need a live session; reads are answered from the cache.
  bool Disconnected() const {
    return status == "CREDENTIALS" || status == "PERMISSIONS" || status == "STOPPED";
  }
};

struct Invitation {
  std::string id;
  std::string account_id;
  std::string provider_id;
  std::string text;
  int64_t at_us = 0;
  bool pending = true;
};

struct Relation {
  std::string account_id;
  std::string provider_id;
  int64_t at_us = 0;
};

struct Message {
  std::string id;
  std::string chat_id;
  std::string account_id;
  std::string sender_id;  // provider id
  std::string text;
  std::string subject;
  int64_t at_us = 0;
  bool is_sender = false;
  bool inmail = false;
};

struct Chat {
  std::string id;
  std::string provider_chat_id;
  std::string account_id;
  std::string provider_id;  // the other person
  std::string subject;
  bool inmail = false;
  std::vector<size_t> messages;  // indexes into World::messages, oldest first
};

struct Behaviour {
  std::string seed;
  double accept_probability = 0;
  double reply_probability = 0;
  int64_t accept_min_us = 0;
  int64_t accept_max_us = 0;
  int64_t reply_min_us = 0;
  int64_t reply_max_us = 0;
  int64_t max_replies = 1;
  int64_t read_lag_us = 0;
  bool echo_own_sends = true;
  std::vector<std::pair<std::string, double>> replies;  // text, weight
};

class World {
 public:
  using Pair = std::pair<std::string, std::string>;  // account id, provider id

  void Apply(const JsonValue& record);
  // What is due until then happens, in order of time, each at its own moment.
  void AdvanceTo(int64_t now_us);

  int64_t now() const { return now_us_; }
  bool live() const { return live_; }
  int64_t live_offset() const { return live_offset_us_; }
  const People& people() const { return people_; }
  const WebhookBook& webhooks() const { return webhooks_; }
  const Behaviour& behaviour() const { return behaviour_; }
  const std::map<std::string, Account>& accounts() const { return accounts_; }
  const std::vector<Invitation>& invitations() const { return invitations_; }
  const std::vector<Relation>& relations() const { return relations_; }
  const std::vector<Message>& messages() const { return messages_; }
  const std::map<std::string, Chat>& chats() const { return chats_; }
  const std::vector<std::string>& ledger() const { return ledger_; }
  // When people next do something on their own.
  std::optional<int64_t> NextPlanUs() const;
  size_t scheduled() const { return scheduled_.size(); }
  size_t accepted() const { return accepted_; }

  const Account* FindAccount(const std::string& id) const;
  // By Unipile's id or the provider's.
  const Chat* FindChat(const std::string& id) const;
  const Chat* FindChatWith(const Pair& pair) const;
  const Invitation* FindPending(const Pair& pair) const;
  const Message* FindMessage(const std::string& id) const;
  bool Related(const Pair& pair) const { return related_.count(pair) != 0; }
  // False while the read lag hides it.
  bool Visible(int64_t at_us) const { return at_us + behaviour_.read_lag_us <= now_us_; }

  uint64_t NextLedgerSeq() const { return ledger_.size() + 1; }
  std::string NextInvitationId() const;
  std::string NextChatId() const;
  std::string NextMessageId() const;

 private:
  struct Plan {
    bool is_reply = false;
    Pair pair;
    std::string text;
  };

  void ApplyEntry(const JsonValue& entry, const std::string& kind);
  void ApplyAccount(const JsonValue& record);
  void ApplyPeople(const JsonValue& record);
  void ApplyBehaviour(const JsonValue& record);
  void AddInvitation(const JsonValue& entry, const Pair& pair);
  void AddRelation(const Pair& pair, int64_t at_us);
  Chat& EnsureChat(const Pair& pair);
  void AddMessage(Chat* chat, Message message, bool announce);
  void AcceptInvitation(const Pair& pair);
  void Reply(const Pair& pair, const std::string& text);
  void PlanAcceptance(const Pair& pair);
  void PlanReply(const Pair& pair);
  std::string ReplyText(const Pair& pair, const std::string& turn) const;

  int64_t now_us_ = 0;
  bool live_ = false;
  int64_t live_offset_us_ = 0;
  People people_;
  WebhookBook webhooks_;
  Behaviour behaviour_;
  std::map<std::string, Account> accounts_;
  std::vector<Invitation> invitations_;
  std::map<Pair, size_t> pending_;
  std::vector<Relation> relations_;
  std::map<Pair, size_t> related_;
  std::vector<Message> messages_;
  std::map<std::string, size_t> message_by_id_;
  std::map<std::string, Chat> chats_;
  std::map<std::string, std::string> chat_by_provider_chat_;
  std::map<Pair, std::string> chat_with_;
  std::map<Pair, int64_t> replies_planned_;
  std::map<std::pair<int64_t, uint64_t>, Plan> scheduled_;
  uint64_t next_plan_ = 1;
  size_t accepted_ = 0;
  std::vector<std::string> ledger_;  // entries as JSON; entry i has seq i + 1
};

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_WORLD_H_
