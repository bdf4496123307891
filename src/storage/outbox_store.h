// Rows of the outbox and of the send ledger, and what sending needs beside them: provider ids,
// chats, disclosures. An outbox row is made from a Permit and from nothing else. No rules.
#ifndef ONLYLEADS_SRC_STORAGE_OUTBOX_STORE_H_
#define ONLYLEADS_SRC_STORAGE_OUTBOX_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/domain/egress.h"
#include "src/domain/permit.h"
#include "src/storage/connection.h"
#include "src/storage/prospect_store.h"

namespace onlyleads::storage {

struct MessageRow {
  base::Id prospect_id;
  base::Id message_id;
  base::Id campaign_id;
  int step = 0;
  std::string channel;
  base::Id sender_id;
  std::string state;
  std::string body;
  std::string body_digest;
  std::string target;
  std::string chat_id;
  std::string remote_id;
  int64_t due_at_us = 0;
  int attempts = 0;
  base::Id fencing_token;  // nil: never claimed
  int64_t lease_end_us = 0;
  int64_t started_at_us = 0;
  int looks = 0;
  bool cancelled = false;
  std::string outcome;
};

// Queues a message under a permit. `decision_id` is the permit's recorded decision.
absl::Status InsertMessage(Connection* db, const domain::Permit& permit,
                           const base::Id& decision_id, const base::Id& message_id,
                           const base::Id& sender_id, std::string_view body,
                           std::string_view body_digest, int64_t due_at_us, int64_t now_us);
// The claim: in_flight with a fencing token, under the permit of the claim's own decision.
// False when the row was no longer queued.
absl::StatusOr<bool> ClaimMessage(Connection* db, const domain::Permit& permit,
                                  const base::Id& decision_id, const MessageRow& row);
// Writes state, target, chat, remote id, due, attempts, looks, outcome and cancellation, if the row
// still has the token it was read with. False when it has another one by now.
absl::StatusOr<bool> UpdateMessage(Connection* db, const base::Id& org_id, const MessageRow& row,
                                   std::optional<int64_t> sent_at_us);

absl::StatusOr<std::optional<MessageRow>> LoadMessage(Connection* db, const base::Id& org_id,
                                                      const base::Id& prospect_id,
                                                      const base::Id& message_id);
absl::StatusOr<std::optional<MessageRow>> FindMessage(Connection* db, const base::Id& org_id,
                                                      const base::Id& message_id);
absl::StatusOr<std::vector<MessageRow>> LoadMessagesOf(Connection* db, const base::Id& org_id,
                                                       const base::Id& prospect_id);
// Queued for one sender and channel, due at or before `until_us`, oldest first.
absl::StatusOr<std::vector<MessageRow>> LoadQueued(Connection* db, const base::Id& org_id,
                                                   const base::Id& sender_id,
                                                   std::string_view channel, int64_t until_us,
                                                   int limit);
// Open outcomes of one sender whose next look is due at or before `until_us`.
absl::StatusOr<std::vector<MessageRow>> LoadUnknown(Connection* db, const base::Id& org_id,
                                                    const base::Id& sender_id, int64_t until_us,
                                                    int limit);
absl::StatusOr<std::vector<MessageRow>> LoadExpiredLeases(Connection* db, const base::Id& org_id,
                                                          int64_t now_us, int limit);
// The next instant at which something of this organization that waits for time alone is due: steps,
// queued messages after `now_us`, looks of senders that may ask, lease ends. Not after `now_us`
// when such work was left undone. INT64_MAX when there is none.
absl::StatusOr<int64_t> NextTimedWork(Connection* db, const base::Id& org_id, int64_t now_us);
// The same without what a run would queue or send: looks and lease ends alone.
absl::StatusOr<int64_t> NextOpenQuestion(Connection* db, const base::Id& org_id);
// Remote ids that sends of this sender have already.
absl::StatusOr<std::vector<std::string>> LoadRemoteIds(Connection* db, const base::Id& org_id,
                                                       const base::Id& sender_id);

// The ledger's answer for a person, campaign, step and channel.
struct LedgerRow {
  base::Id message_id;
  std::string outcome;
};
absl::StatusOr<std::optional<LedgerRow>> LoadLedger(Connection* db, const base::Id& org_id,
                                                    const KeyedIdentifier& key,
                                                    const domain::Processing& processing);
absl::Status UpsertLedger(Connection* db, const KeyedIdentifier& key,
                          const domain::Processing& processing, const base::Id& message_id,
                          std::string_view outcome, int64_t now_us);
absl::Status SetLedgerOutcome(Connection* db, const base::Id& org_id, const base::Id& message_id,
                              std::string_view outcome, int64_t now_us);

absl::StatusOr<std::string> LoadProviderId(Connection* db, const base::Id& org_id,
                                           const base::Id& prospect_id, const base::Id& sender_id);
absl::Status SaveProviderId(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                            const base::Id& sender_id, std::string_view provider_id,
                            int64_t now_us);
// Whatever identifies the person: what was imported, and the provider ids that senders resolved, as
// member ids. Blocks and the send ledger are looked up and written under all of them.
absl::StatusOr<std::vector<IdentifierRow>> LoadKnownIdentifiers(Connection* db,
                                                                const base::Id& org_id,
                                                                const base::Id& prospect_id);
// The same, where what was imported is loaded already.
absl::StatusOr<std::vector<IdentifierRow>> WithResolved(Connection* db, const base::Id& org_id,
                                                        const base::Id& prospect_id,
                                                        std::vector<IdentifierRow> imported);
// Every record of the organization that this provider id belongs to.
absl::StatusOr<std::vector<base::Id>> LoadOwnersOf(Connection* db, const base::Id& org_id,
                                                   std::string_view provider_id);
absl::StatusOr<std::vector<base::Id>> FindByChat(Connection* db, const base::Id& org_id,
                                                 const base::Id& sender_id,
                                                 std::string_view chat_id);
absl::StatusOr<std::string> LoadChat(Connection* db, const base::Id& org_id,
                                     const base::Id& prospect_id, const base::Id& sender_id);
absl::Status SaveChat(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                      const base::Id& sender_id, std::string_view chat_id);

absl::StatusOr<std::optional<domain::SubProcessor>> LoadSubProcessor(Connection* db,
                                                                     std::string_view id);
absl::Status InsertSubProcessor(Connection* db, const domain::SubProcessor& row);
absl::Status InsertDisclosure(Connection* db, const base::Id& org_id, const base::Id& prospect_id,
                              const base::Id& disclosure_id, const domain::Disclosure& disclosure,
                              int64_t now_us);

}  // namespace onlyleads::storage

#endif  // ONLYLEADS_SRC_STORAGE_OUTBOX_STORE_H_
