// Requests of Unipile's API V1, as values: no I/O, no clock. Only what sending, finding a person
// and reconciling need exists; there is no builder that takes a password or a cookie. Ids of the
// requests are left 0 for the caller to set.
#ifndef ONLYLEADS_SRC_PROVIDERS_UNIPILE_REQUESTS_H_
#define ONLYLEADS_SRC_PROVIDERS_UNIPILE_REQUESTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "src/providers/transport.h"

namespace onlyleads::providers::unipile {

struct Account {
  // The DSN's origin ("https://api8.unipile.com:13443"), with or without /api/v1.
  std::string base_url;
  std::string api_key;
  std::string account_id;
};

// Whether an id may stand in a path. "." and ".." would be taken for folders, however they are
// encoded.
bool IsPathPart(std::string_view id);

// Where a listing goes on. The first page has no cursor; later pages carry the cursor alone, which
// holds the query's state (the API refuses cursor and limit together).
struct Page {
  int64_t after_us = 0;  // exclusive; 0 for no bound. Rounded down to the API's milliseconds
  std::string cursor;
};

// POST /users/invite. An empty note sends an invitation without one.
HttpRequest Invite(const Account& account, std::string_view provider_id, std::string_view note);
// POST /chats: a first message to a connection, by the id that this account sees.
HttpRequest StartChat(const Account& account, std::string_view provider_id, std::string_view text);
// POST /chats/{chat_id}/messages.
HttpRequest SendMessage(const Account& account, std::string_view chat_id, std::string_view text);

// GET /users/{identifier}: public identifier or provider id. Base profile, without a visible visit.
HttpRequest ReadProfile(const Account& account, std::string_view identifier);
// GET /chats.
HttpRequest ReadChats(const Account& account, const Page& page);
// GET /chats/{chat_id}/messages.
HttpRequest ReadChatMessages(const Account& account, std::string_view chat_id, const Page& page);
// GET /messages: over all chats of the account.
HttpRequest ReadMessages(const Account& account, const Page& page);
// GET /users/invite/sent. Knows no `after`.
HttpRequest ReadSentInvitations(const Account& account, const Page& page);

}  // namespace onlyleads::providers::unipile

#endif  // ONLYLEADS_SRC_PROVIDERS_UNIPILE_REQUESTS_H_
