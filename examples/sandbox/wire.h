// The shapes of Unipile V1: REST objects (booleans as 0/1 where Unipile does so) and webhook
// payloads (booleans as true/false). Pure rendering of the world's values; no rules.
#ifndef ONLYLEADS_SANDBOX_WIRE_H_
#define ONLYLEADS_SANDBOX_WIRE_H_

#include <cstdint>
#include <string>

#include "people.h"
#include "world.h"

namespace onlyleads_sandbox {

std::string RenderAccount(const Account& account);
std::string RenderOwner(const Account& account);
std::string RenderProfile(const World& world, const Account& account, const Person& person);
std::string RenderInvitation(const World& world, const Invitation& invitation);
std::string RenderRelation(const World& world, const Relation& relation);
// `last` is the newest visible message; `with_last` adds it as lastMessage.
std::string RenderChat(const Chat& chat, const Message& last, bool with_last);
std::string RenderMessage(const Chat& chat, const Message& message);
std::string RenderWebhook(const World& world, const Webhook& webhook);

std::string MessageReceivedPayload(const World& world, const Chat& chat, const Message& message,
                                   const std::string& webhook_name);
std::string NewRelationPayload(const Person& person, const std::string& account_id,
                               const std::string& webhook_name);
std::string AccountStatusPayload(const Account& account, const std::string& message);

}  // namespace onlyleads_sandbox

#endif  // ONLYLEADS_SANDBOX_WIRE_H_
