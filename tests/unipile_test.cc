// Every documented example of Unipile's API is built or understood, and what its replies mean for a
// send is fixed row by row.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/json.h"
#include "src/base/limits.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/providers/unipile/errors.h"
#include "src/providers/unipile/reconcile.h"
#include "src/providers/unipile/replies.h"
#include "src/providers/unipile/requests.h"
#include "src/providers/unipile/webhook.h"

namespace onlyleads::providers::unipile {
namespace {

constexpr char kAccountId[] = "acc_Kx81TestAAAAAA";
constexpr char kLead[] = "ACoAAA0000002leadTEST";
constexpr char kChat[] = "chat_T3st000000000001";
constexpr int64_t kNow = 1'795'428'000'000'000;

const Account kAccount{"https://api8.unipile.test:13443", "<api key>", kAccountId};

std::string ReadData(const std::string& name) {
  std::ifstream in(std::string(ONLYLEADS_TEST_DATA) + "/unipile/unipile-" + name + ".json");
  EXPECT_TRUE(in.good()) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

base::JsonDocument Example(const std::string& name) {
  return *base::JsonDocument::Parse(ReadData(name));
}

HttpReply Reply(int status, std::string body, Headers headers = {}) {
  HttpReply reply;
  reply.completion = Completion::kComplete;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return reply;
}

HttpReply ReplyOf(const std::string& name) {
  const base::JsonDocument example = Example(name);
  const base::JsonValue root = example.root();
  const std::string body =
      root.Has("raw_body") ? root.StringOr("raw_body", "") : root["json_body"].Dump();
  return Reply(static_cast<int>(root.IntOr("status", 0)), body);
}

HttpReply ErrorReply(int status, const std::string& slug) {
  return Reply(status, R"({"type":"errors/)" + slug + R"("})");
}

std::map<std::string, std::string> QueryOf(const std::string& url) {
  std::map<std::string, std::string> query;
  const size_t mark = url.find('?');
  if (mark == std::string::npos) return query;
  std::istringstream in(url.substr(mark + 1));
  for (std::string pair; std::getline(in, pair, '&');) {
    const size_t equals = pair.find('=');
    query[pair.substr(0, equals)] = *base::PercentDecode(pair.substr(equals + 1));
  }
  return query;
}

// Compares a built request with the documented one; `query` are the members to compare.
void ExpectLike(const HttpRequest& request, const std::string& name,
                const std::vector<std::string>& query) {
  SCOPED_TRACE(name);
  const base::JsonDocument example = Example(name);
  const base::JsonValue root = example.root();
  EXPECT_EQ(request.method, root.StringOr("method", ""));
  EXPECT_EQ(request.url.substr(0, request.url.find('?')), root.StringOr("url", ""));
  EXPECT_EQ(request.is_write, request.method != "GET");
  for (const auto& [key, value] : request.headers) {
    EXPECT_EQ(value, root["headers"].StringOr(key, "")) << key;
  }
  std::map<std::string, std::string> built = QueryOf(request.url);
  for (const std::string& key : query) {
    const base::JsonValue value = root["query"][key];
    const std::string text =
        value.IsInt() ? std::to_string(*value.AsInt()) : std::string(value.AsString().value_or(""));
    EXPECT_EQ(built[key], text) << key;
  }
  EXPECT_EQ(request.body, root.Has("json_body") ? root["json_body"].Dump() : "");
  const base::JsonValue fields = root["multipart_fields"];
  ASSERT_EQ(request.fields.size(), fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(request.fields[i].name, fields.at(i).StringOr("name", ""));
    EXPECT_EQ(request.fields[i].value, fields.at(i).StringOr("value", ""));
  }
}

int64_t At(const char* text) { return *base::ParseIso(text); }

TEST(UnipileRequests, EqualTheDocumentedOnes) {
  ExpectLike(Invite(kAccount, kLead, "Hello Grace, I work on the same press line problem."),
             "invite.send.request", {});
  ExpectLike(StartChat(kAccount, kLead, "Hello Grace, thanks for connecting."),
             "chats.start.request.classic", {});
  ExpectLike(SendMessage(kAccount, kChat, "Following up on my note."), "messages.send.request", {});
  ExpectLike(ReadProfile(kAccount, "grace-sample"), "users.profile.request", {"account_id"});
  const Page after_chats{At("2026-11-23T10:00:00Z"), ""};
  ExpectLike(ReadChats(kAccount, after_chats), "chats.list.request", {"account_id", "after"});
  const Page after{At("2026-11-23T10:14:00Z"), ""};
  ExpectLike(ReadChatMessages(kAccount, kChat, after), "messages.list.request", {"after", "limit"});
  ExpectLike(ReadMessages(kAccount, after), "messages.list-all.request", {"account_id", "after"});
  ExpectLike(ReadSentInvitations(kAccount, {}), "invite.sent-list.request", {"account_id"});
  const HttpRequest next = ReadChats(kAccount, {1, "bWFkZS11cC1vcGFxdWUtY3Vyc29y"});
  ExpectLike(next, "chats.list.request.next-page", {"account_id", "cursor"});
  EXPECT_EQ(QueryOf(next.url).size(), 2u) << "a cursor goes without limit and after";
}

TEST(UnipileRequests, EncodePathPartsAndToleratesAnApiPathInTheAddress) {
  const Account account{"http://127.0.0.1:8080/api/v1/", "k", "a&b"};
  EXPECT_EQ(ReadProfile(account, "josé/../x?y").url,
            "http://127.0.0.1:8080/api/v1/users/jos%C3%A9%2F..%2Fx%3Fy?account_id=a%26b");
  EXPECT_EQ(QueryOf(ReadChats(account, {0, "a+/="}).url)["cursor"], "a+/=");
}

TEST(UnipileRequests, InviteWithoutNoteHasNoMessageMember) {
  EXPECT_EQ(Invite(kAccount, kLead, "").body.find("message"), std::string::npos);
}

TEST(UnipileReplies, WritesAreSentWithTheirIds) {
  WriteResult chat = ParseWriteReply(ReplyOf("chats.start.response.201"), kNow);
  EXPECT_EQ(chat.outcome, WriteOutcome::kSent);
  EXPECT_EQ(chat.chat_id, kChat);
  EXPECT_EQ(chat.remote_id, "msg_T3st0000000000001");
  WriteResult message = ParseWriteReply(ReplyOf("messages.send.response.201"), kNow);
  EXPECT_EQ(message.remote_id, "msg_T3st0000000000001");
  WriteResult invite = ParseWriteReply(ReplyOf("invite.send.response.201"), kNow);
  EXPECT_EQ(invite.outcome, WriteOutcome::kSent);
  EXPECT_EQ(invite.remote_id, "7200000000000000001");
  EXPECT_EQ(invite.usage_percent, 75);
}

TEST(UnipileReplies, NullIdsAreStillSent) {
  const WriteResult nulls = ParseWriteReply(ReplyOf("chats.start.response.201.null-ids"), kNow);
  EXPECT_EQ(nulls.outcome, WriteOutcome::kSent);
  EXPECT_EQ(nulls.cls, ErrorClass::kNone);
  EXPECT_TRUE(nulls.remote_id.empty());
  EXPECT_TRUE(nulls.chat_id.empty());
}

TEST(UnipileReplies, ASuccessOtherThanTheDocumentedOneIsUnknown) {
  for (const char* body :
       {"", "{}", "<html>login</html>", "[]", R"({"object":"Chat)", R"({"error":"upstream"})",
        R"({"object":"Error","code":503})", R"({"message_id":null})", R"({"queued":true})"}) {
    const WriteResult result = ParseWriteReply(Reply(200, body), kNow);
    EXPECT_EQ(result.outcome, WriteOutcome::kUnknown) << body;
    EXPECT_EQ(result.cls, ErrorClass::kInDoubt);
  }
  const char* sent = R"({"object":"MessageSent","message_id":"m"})";
  EXPECT_EQ(ParseWriteReply(Reply(200, sent), kNow).outcome, WriteOutcome::kSent);
  for (int status : {202, 204, 206}) {
    EXPECT_EQ(ParseWriteReply(Reply(status, sent), kNow).outcome, WriteOutcome::kUnknown);
  }
}

TEST(UnipileReplies, IncompleteWritesAreUnknownOrNotSentNeverSent) {
  HttpReply reply = ReplyOf("messages.send.response.201");
  reply.error = "timeout";
  reply.completion = Completion::kUnknown;
  EXPECT_EQ(ParseWriteReply(reply, kNow).outcome, WriteOutcome::kUnknown);
  EXPECT_EQ(Classify(reply, false, kNow).cls, ErrorClass::kRetry);
  reply.completion = Completion::kNotStarted;
  const WriteResult result = ParseWriteReply(reply, kNow);
  EXPECT_EQ(result.outcome, WriteOutcome::kNotSent);
  EXPECT_EQ(result.cls, ErrorClass::kRetry);
  EXPECT_EQ(result.slug, "timeout");
  EXPECT_TRUE(result.doubles);
}

TEST(UnipileReplies, ProfileTellsInvitationAndDistance) {
  const auto profile = ParseProfile(ReplyOf("users.profile.response.200"), kNow);
  ASSERT_TRUE(profile.value);
  EXPECT_EQ(profile.value->provider_id, kLead);
  EXPECT_EQ(profile.value->public_identifier, "grace-sample");
  EXPECT_EQ(profile.value->invitation, InvitationState::kPending);
  EXPECT_EQ(profile.value->network_distance, 2);
  EXPECT_FALSE(profile.value->connected);
  for (const char* body :
       {R"({"provider_id":"p","network_distance":"FIRST_DEGREE"})",
        R"({"provider_id":"p","network_distance":"DISTANCE_1"})",
        R"({"provider_id":"p","is_relationship":1,"invitation":null,"network_distance":null})"}) {
    EXPECT_TRUE(ParseProfile(Reply(200, body), kNow).value->connected) << body;
  }
}

TEST(UnipileReplies, ListsKeepItemsAndCursor) {
  const auto messages = ParseMessages(ReplyOf("messages.list.response.200"), kNow);
  ASSERT_TRUE(messages.value);
  ASSERT_EQ(messages.value->items.size(), 2u);
  EXPECT_TRUE(messages.value->cursor.empty());
  const RemoteMessage& own = messages.value->items[1];
  EXPECT_EQ(own.id, "msg_T3st0000000000001");
  EXPECT_EQ(own.chat_id, kChat);
  EXPECT_EQ(own.text, "Following up on my note.");
  EXPECT_TRUE(own.is_sender);
  EXPECT_FALSE(own.deleted);
  EXPECT_EQ(own.at_us, At("2026-11-23T10:15:02.123Z"));
  EXPECT_FALSE(messages.value->items[0].is_sender);
  EXPECT_EQ(ParseMessages(ReplyOf("messages.list.response.200.page1"), kNow).value->cursor,
            "cGFnZS0y");

  const auto chats = ParseChats(ReplyOf("chats.list.response.200"), kNow);
  ASSERT_EQ(chats.value->items.size(), 1u);
  EXPECT_EQ(chats.value->items[0].attendee_provider_id, kLead);

  const auto invitations = ParseSentInvitations(ReplyOf("invite.sent-list.response.200"), kNow);
  ASSERT_EQ(invitations.value->items.size(), 1u);
  EXPECT_EQ(invitations.value->items[0].id, "7200000000000000001");
  EXPECT_EQ(invitations.value->items[0].invited_public_identifier, "grace-sample");
}

TEST(UnipileReplies, AListOfMoreItemsThanAPageHasIsNoList) {
  std::string items = R"({"id":"c"})";
  for (int i = 1; i < 1000; ++i) items += R"(,{"id":"c"})";
  const auto page = [&] { return ParseChats(Reply(200, R"({"items":[)" + items + "]}"), kNow); };
  EXPECT_TRUE(page().value);
  items += R"(,{"id":"c"})";
  EXPECT_FALSE(page().value);
}

TEST(UnipileReplies, AnIdThatIsAFolderIsNone) {
  EXPECT_FALSE(ParseChats(Reply(200, R"({"items":[{"id":".."}]})"), kNow).value);
  EXPECT_FALSE(ParseProfile(Reply(200, R"({"provider_id":"."})"), kNow).value);
}

TEST(UnipileReplies, ListWithoutItemsIsARetryNotAnEmptyList) {
  for (const char* body : {"{}", R"({"items":null})", "<html>", ""}) {
    const auto page = ParseMessages(Reply(200, body), kNow);
    EXPECT_FALSE(page.value) << body;
    EXPECT_EQ(page.verdict.cls, ErrorClass::kRetry);
  }
  EXPECT_TRUE(ParseMessages(Reply(200, R"({"items":[],"cursor":"c"})"), kNow).value);
  EXPECT_TRUE(
      ParseMessages(Reply(200, R"({"items":[{"id":1,"is_sender":true,"text":null}]})"), kNow)
          .value->items[0]
          .is_sender);
}

TEST(UnipileReplies, AnItemThatDoesNotSayWhoseItIsMakesTheListUnreadable) {
  const auto list = [](const std::string& item) {
    return Reply(200, R"({"items":[)" + item + "]}");
  };
  for (const char* item :
       {"{}", R"({"id":"m","text":"t"})",
        R"({"id":"m","text":"t","is_sender":null,"sender_id":"p"})", R"({"id":"m","is_sender":1})",
        R"({"text":"t","is_sender":1})", R"({"id":"","text":"t","is_sender":1})"}) {
    EXPECT_FALSE(ParseMessages(list(item), kNow).value) << item;
  }
  for (const char* item : {"{}", R"({"attendee_provider_id":"p"})"}) {
    EXPECT_FALSE(ParseChats(list(item), kNow).value) << item;
  }
  for (const char* item : {"{}", R"({"id":"1"})", R"({"invited_user_id":"p"})"}) {
    EXPECT_FALSE(ParseSentInvitations(list(item), kNow).value) << item;
  }
  EXPECT_FALSE(ParseProfile(Reply(200, "{}"), kNow).value);
}

// Each member of a documented reply, one after the other, holds something else.
template <typename F>
void ForEachWrongType(const std::string& item, const std::vector<std::string>& members,
                      const std::vector<std::string>& values, const F& f) {
  for (const std::string& member : members) {
    for (const std::string& value : values) {
      std::string object = item;
      const size_t at = object.find("\"" + member + "\":");
      ASSERT_NE(at, std::string::npos) << member;
      const size_t begin = at + member.size() + 3;
      object.replace(begin, object.find_first_of(",}", begin) - begin, value);
      f(object, member + "=" + value);
    }
  }
}

TEST(UnipileReplies, AReadWithAMemberOfAWrongTypeHasNoValue) {
  const std::vector<std::string> values = {"[]", "{}", "[\"x\"]", "0.5", "true"};
  const auto refused = [](const auto& parse) {
    return [&parse](const std::string& object, const std::string& what) {
      const auto result = parse(Reply(200, R"({"items":[)" + object + "]}"), kNow);
      EXPECT_FALSE(result.value) << what;
      EXPECT_EQ(result.verdict.cls, ErrorClass::kRetry) << what;
      EXPECT_EQ(result.verdict.slug, "unreadable_reply") << what;
    };
  };
  const std::string message =
      R"({"id":"m","chat_id":"c","text":"t","is_sender":1,"deleted":0,"is_event":0})";
  ForEachWrongType(message, {"id", "chat_id", "text"}, values, refused(ParseMessages));
  ForEachWrongType(message, {"is_sender", "deleted", "is_event"}, {"[]", "{}", "\"1\"", "7"},
                   refused(ParseMessages));
  ForEachWrongType(R"({"id":"c","attendee_provider_id":"p"})", {"id", "attendee_provider_id"},
                   values, refused(ParseChats));
  ForEachWrongType(R"({"id":"1","invited_user_id":"p","invited_user_public_id":"n"})",
                   {"id", "invited_user_id", "invited_user_public_id"}, values,
                   refused(ParseSentInvitations));
  for (const char* item : {"7", "null", "\"x\"", "[]"}) refused(ParseMessages)(item, item);

  const auto refused_profile = [](const std::string& object, const std::string& what) {
    EXPECT_FALSE(ParseProfile(Reply(200, object), kNow).value) << what;
  };
  const std::string profile =
      R"({"provider_id":"p","network_distance":"x","is_relationship":0,"invitation":null})";
  ForEachWrongType(profile, {"provider_id", "network_distance"}, values, refused_profile);
  ForEachWrongType(profile, {"is_relationship"}, {"[]", "\"yes\""}, refused_profile);
  ForEachWrongType(profile, {"invitation"}, {"[]", "\"PENDING\"", "1", R"({"status":1})"},
                   refused_profile);
  EXPECT_TRUE(ParseProfile(Reply(200, profile), kNow).value);
}

TEST(UnipileReplies, ACursorOfAWrongTypeEndsNoListing) {
  for (const char* cursor : {"7", "true", "{}", "[\"c\"]"}) {
    const std::string body = R"({"items":[],"cursor":)" + std::string(cursor) + "}";
    EXPECT_FALSE(ParseMessages(Reply(200, body), kNow).value) << cursor;
  }
}

TEST(UnipileReplies, AnErrorUnderASuccessIsInDoubtForAWriteAndNoValueForARead) {
  const std::string error = R"({"status":500,"type":"errors/provider_error","items":[]})";
  const WriteResult write = ParseWriteReply(Reply(200, error), kNow);
  EXPECT_EQ(write.outcome, WriteOutcome::kUnknown);
  EXPECT_EQ(write.cls, ErrorClass::kInDoubt);
  EXPECT_EQ(write.slug, "provider_error");
  EXPECT_FALSE(ParseMessages(Reply(200, error), kNow).value);
  EXPECT_FALSE(ParseProfile(Reply(200, error), kNow).value);
}

TEST(UnipileReplies, AWriteIsSentWhateverTypesItsIdsHave) {
  ForEachWrongType(R"({"object":"ChatStarted","chat_id":"c","message_id":"m","usage":1})",
                   {"object", "chat_id", "message_id", "usage"},
                   {"[]", "{}", "null", "true", "\"\"", "-1", "1e300", "9223372036854775807"},
                   [](const std::string& object, const std::string& what) {
                     const WriteResult result = ParseWriteReply(Reply(201, object), kNow);
                     EXPECT_EQ(result.outcome, WriteOutcome::kSent) << what;
                     EXPECT_GE(result.usage_percent, 0) << what;
                     EXPECT_LE(result.usage_percent, 100) << what;
                   });
}

TEST(UnipileErrors, EveryDocumentedExampleHasItsClass) {
  using E = ErrorClass;
  const std::map<std::string, E> expected = {
      {"400.invalid_parameters", E::kFinal},
      {"400.too_many_characters", E::kFinal},
      {"401.disconnected_account", E::kAccount},
      {"401.expired_credentials", E::kAccount},
      {"401.missing_credentials", E::kConfig},
      {"401.multiple_sessions", E::kAccount},
      {"403.account_restricted", E::kAccount},
      {"403.feature_not_subscribed", E::kFinal},
      {"403.insufficient_permissions", E::kFinal},
      {"404.resource_not_found", E::kFinal},
      {"415.unsupported_media_type", E::kFinal},
      {"422.already_connected", E::kFinal},
      {"422.already_invited_recently", E::kFinal},
      {"422.cannot_resend_yet", E::kLimited},
      {"422.insufficient_credits", E::kLimited},
      {"422.invalid_recipient", E::kFinal},
      {"422.limit_exceeded", E::kLimited},
      {"422.no_connection_with_recipient", E::kFinal},
      {"422.not_allowed_inmail", E::kFinal},
      {"425.auth_in_progress", E::kRetry},
      {"429.too_many_requests", E::kLimited},
      {"500.provider_error", E::kInDoubt},
      {"500.unexpected_error", E::kInDoubt},
      {"501.feature_not_implemented", E::kFinal},
      {"503.network_down", E::kRetry},
      {"503.no_channel", E::kRetry},
      {"503.no_client_session", E::kRetry},
      {"503.no_handler", E::kRetry},
      {"503.service_unavailable", E::kInDoubt},
      {"504.request_timeout", E::kInDoubt},
      {"legacy-type-shape", E::kFinal},
      {"non-json-gateway", E::kInDoubt},
  };
  size_t files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(ONLYLEADS_TEST_DATA) + "/unipile")) {
    const std::string name = file.path().stem().string();
    const std::string prefix = "unipile-error.";
    if (name.rfind(prefix, 0) != 0) continue;
    ++files;
    const std::string key = name.substr(prefix.size());
    SCOPED_TRACE(key);
    ASSERT_TRUE(expected.count(key));
    const HttpReply reply = ReplyOf("error." + key);
    const E cls = expected.at(key);
    EXPECT_EQ(Classify(reply, true, kNow).cls, cls);
    EXPECT_EQ(Classify(reply, false, kNow).cls, cls == E::kInDoubt ? E::kRetry : cls);
    const WriteOutcome outcome = ParseWriteReply(reply, kNow).outcome;
    EXPECT_EQ(outcome, cls == E::kInDoubt ? WriteOutcome::kUnknown : WriteOutcome::kNotSent);
    const size_t dot = key.find('.');
    if (dot != std::string::npos) {
      EXPECT_EQ(Classify(reply, true, kNow).slug, key.substr(dot + 1));
    }
  }
  EXPECT_EQ(files, expected.size());
  EXPECT_EQ(Classify(ReplyOf("error.legacy-type-shape"), true, kNow).slug, "invalid_invitation_id");
}

TEST(UnipileErrors, SpecialTreatmentsAndPauses) {
  const auto of = [](int status, const char* slug) {
    return Classify(ErrorReply(status, slug), true, kNow);
  };
  EXPECT_EQ(of(422, "already_connected").special, Special::kAlreadyConnected);
  EXPECT_EQ(of(422, "already_invited_recently").special, Special::kInvitationPending);
  EXPECT_EQ(of(422, "action_already_performed").special, Special::kInvitationPending);
  EXPECT_EQ(of(403, "account_restricted").special, Special::kHumanDecision);
  EXPECT_EQ(of(422, "cannot_resend_yet").special, Special::kNotYet);
  EXPECT_EQ(of(422, "cannot_resend_yet").pause_us, base::kDayUs);
  EXPECT_EQ(of(422, "cannot_resend_within_24hrs").special, Special::kNone);
  EXPECT_EQ(of(422, "cannot_resend_within_24hrs").pause_us, base::kDayUs);
  EXPECT_EQ(of(422, "limit_exceeded").pause_us, 7 * base::kDayUs);
  EXPECT_EQ(of(425, "auth_in_progress").pause_us, 30 * base::kSecondUs);
  EXPECT_TRUE(of(429, "too_many_requests").doubles);
  EXPECT_EQ(of(429, "too_many_requests").pause_us, base::kMinuteUs);
}

TEST(UnipileErrors, UnknownSlugsGoByStatusAndServerErrorsStayInDoubt) {
  using E = ErrorClass;
  const std::map<int, E> by_status = {
      {301, E::kInDoubt}, {307, E::kInDoubt}, {400, E::kFinal},   {401, E::kAccount},
      {403, E::kAccount}, {404, E::kFinal},   {408, E::kInDoubt}, {409, E::kInDoubt},
      {422, E::kFinal},   {421, E::kInDoubt}, {499, E::kInDoubt}, {425, E::kRetry},
      {429, E::kLimited}, {500, E::kInDoubt}, {501, E::kFinal},   {502, E::kInDoubt},
      {503, E::kInDoubt}, {504, E::kInDoubt}, {507, E::kInDoubt}, {599, E::kInDoubt}};
  for (const auto& [status, cls] : by_status) {
    EXPECT_EQ(Classify(ErrorReply(status, "brand_new"), true, kNow).cls, cls) << status;
    EXPECT_EQ(Classify(Reply(status, "<html>"), true, kNow).cls, cls) << status;
  }
  // A row is a refusal under a server error only where it was documented for that one.
  for (const char* slug :
       {"invalid_recipient", "disconnected_account", "missing_credentials", "auth_in_progress",
        "no_client_session", "network_down", "too_many_requests", "feature_not_implemented"}) {
    for (int status : {500, 502, 504, 507, 409, 499}) {
      EXPECT_EQ(Classify(ErrorReply(status, slug), true, kNow).cls, E::kInDoubt) << slug << status;
    }
  }
  EXPECT_EQ(Classify(ErrorReply(500, "authentication_intent_error"), true, kNow).cls, E::kAccount);
}

TEST(UnipileErrors, SlugIsACodeOrNothing) {
  EXPECT_EQ(SlugOf("errors/limit_exceeded"), "limit_exceeded");
  EXPECT_EQ(SlugOf("api.Error.BadRequest.Some_Thing"), "some_thing");
  EXPECT_EQ(SlugOf("errors/Grace Sample <g@x.test>"), "");
  EXPECT_EQ(SlugOf("errors/" + std::string(65, 'a')), "");
  EXPECT_EQ(SlugOf(""), "");
}

TEST(UnipileErrors, RetryAfterLengthensFixedPausesAndReplacesDoublingOnes) {
  const auto pause = [](int status, const char* slug, const char* after) {
    HttpReply reply = ErrorReply(status, slug);
    reply.headers = {{"retry-after", after}};
    return Classify(reply, true, kNow).pause_us;
  };
  EXPECT_EQ(pause(429, "too_many_requests", "7"), 7 * base::kSecondUs);
  EXPECT_EQ(pause(422, "limit_exceeded", "7"), 7 * base::kDayUs);
  EXPECT_EQ(pause(422, "limit_exceeded", "864000"), 10 * base::kDayUs);
  EXPECT_EQ(pause(429, "too_many_requests", "4294967295"), 30 * base::kDayUs);
  EXPECT_EQ(pause(429, "too_many_requests", "soon"), base::kMinuteUs);
  HttpReply dated = ErrorReply(429, "too_many_requests");
  dated.headers = {{"retry-after", "Mon, 23 Nov 2026 10:00:30 GMT"}};
  EXPECT_EQ(Classify(dated, true, At("2026-11-23T10:00:00Z")).pause_us, 30 * base::kSecondUs);
}

TEST(UnipileErrors, RetryAfterAtTheEndOfTimeIsBounded) {
  HttpReply reply = ErrorReply(429, "too_many_requests");
  for (const char* never : {"infinite-past", "Mon, 23 Nov -290308 17:00:00 GMT"}) {
    reply.headers = {{"retry-after", never}};
    EXPECT_EQ(Classify(reply, false, kNow).pause_us, 0) << never;
  }
  reply.headers = {{"retry-after", "infinite-future"}};
  EXPECT_EQ(Classify(reply, false, kNow).pause_us, 30 * base::kDayUs);
}

TEST(UnipileErrors, BackoffDoublesToItsCeiling) {
  EXPECT_EQ(BackoffUs(0, 0), base::kMinuteUs);
  EXPECT_EQ(BackoffUs(3, 0), 8 * base::kMinuteUs);
  EXPECT_EQ(BackoffUs(1000, 0), 6 * base::kHourUs);
  EXPECT_EQ(BackoffUs(0, UINT32_MAX), 75 * base::kSecondUs);
}

StoredSend Message(std::string_view text, int64_t started_us, std::string chat = "c1") {
  StoredSend send;
  send.chat_id = std::move(chat);
  send.text_digest = TextDigest(text);
  send.started_us = started_us;
  return send;
}

StoredSend NewChat(std::string_view text, std::string person) {
  StoredSend send = Message(text, kNow, "");
  send.kind = SendKind::kNewChat;
  send.provider_id = std::move(person);
  return send;
}

RemoteMessage Remote(std::string id, std::string chat, std::string text, int64_t at_us = kNow) {
  RemoteMessage message;
  message.id = std::move(id);
  message.chat_id = std::move(chat);
  message.text = std::move(text);
  message.is_sender = true;
  message.at_us = at_us;
  return message;
}

TEST(UnipileReconcile, FindsTheSameTextWhateverItsLineEnds) {
  const auto match =
      MatchMessages({Message("Hi\r\nthere ", kNow)}, {Remote("m", "c1", " Hi\nthere")}, {}, {});
  EXPECT_EQ(match[0].state, MatchState::kFound);
  EXPECT_EQ(match[0].remote, 0u);
}

TEST(UnipileReconcile, IgnoresWhatIsNotOurLiveMessageInThatChatAndWindow) {
  std::vector<RemoteMessage> wrong;
  wrong.push_back(Remote("other-chat", "c2", "Hi"));
  wrong.push_back(Remote("other-text", "c1", "Hi!"));
  wrong.push_back(Remote("too-early", "c1", "Hi", kNow - 120 * base::kSecondUs - 1));
  wrong.push_back(Remote("taken", "c1", "Hi"));
  wrong.push_back(Remote("theirs", "c1", "Hi"));
  wrong.back().is_sender = false;
  wrong.push_back(Remote("deleted", "c1", "Hi"));
  wrong.back().deleted = true;
  wrong.push_back(Remote("event", "c1", "Hi"));
  wrong.back().is_event = true;
  EXPECT_EQ(MatchMessages({Message("Hi", kNow)}, wrong, {}, {"taken"})[0].state,
            MatchState::kAbsent);
  wrong.push_back(Remote("right", "c1", "Hi", kNow - 120 * base::kSecondUs));
  const auto match = MatchMessages({Message("Hi", kNow)}, wrong, {}, {"taken"});
  EXPECT_EQ(match[0].state, MatchState::kFound);
  EXPECT_EQ(match[0].remote, wrong.size() - 1);
}

TEST(UnipileReconcile, OneRemoteMessageSettlesOneSend) {
  const std::vector<StoredSend> twice = {Message("Hi", kNow + 1), Message("Hi", kNow)};
  auto match = MatchMessages(twice, {Remote("m", "c1", "Hi")}, {}, {});
  EXPECT_EQ(match[1].state, MatchState::kFound) << "the older send takes it";
  EXPECT_EQ(match[0].state, MatchState::kAbsent);
  // The same message on two overlapping pages is still one message.
  match = MatchMessages(twice, {Remote("m", "c1", "Hi"), Remote("m", "c1", "Hi")}, {}, {});
  EXPECT_EQ(match[0].state, MatchState::kAbsent);
  match = MatchMessages(twice, {Remote("n", "c1", "Hi"), Remote("m", "c1", "Hi")}, {}, {});
  EXPECT_EQ(match[0].state, MatchState::kFound);
  EXPECT_NE(match[0].remote, match[1].remote);
}

TEST(UnipileReconcile, NewChatIsFoundByItsAttendeeOrByAnUnmistakableText) {
  const std::vector<RemoteMessage> messages = {Remote("m", "c9", "Hi")};
  auto match = MatchMessages({NewChat("Hi", "p1")}, messages, {{"c9", "p1"}}, {});
  EXPECT_EQ(match[0].state, MatchState::kFound);
  EXPECT_TRUE(match[0].chat_known);
  match = MatchMessages({NewChat("Hi", "p1")}, messages, {{"c9", "p2"}}, {});
  EXPECT_EQ(match[0].state, MatchState::kAbsent);
  match = MatchMessages({NewChat("Hi", "p1")}, messages, {}, {});
  EXPECT_EQ(match[0].state, MatchState::kFound);
  EXPECT_FALSE(match[0].chat_known);
  match = MatchMessages({NewChat("Hi", "p1"), NewChat("Hi", "p2")}, messages, {}, {});
  EXPECT_EQ(match[0].state, MatchState::kAmbiguous);
  EXPECT_EQ(match[1].state, MatchState::kAmbiguous);
  match = MatchMessages({NewChat("Hi", "p1"), NewChat("Hi", "p2")},
                        {Remote("m", "c9", "Hi"), Remote("n", "c8", "Hi")}, {{"c9", "p1"}}, {});
  EXPECT_EQ(match[0].remote, 0u);
  EXPECT_EQ(match[1].state, MatchState::kFound);
  EXPECT_EQ(match[1].remote, 1u);
}

TEST(UnipileReconcile, InvitationIsFoundByEitherIdOrOnTheProfile) {
  StoredSend send;
  send.kind = SendKind::kInvitation;
  send.provider_id = "p1";
  send.public_identifier = "Grace-Sample";
  const RemoteInvitation other{"1", "p9", "x"};
  EXPECT_EQ(MatchInvitation(send, {other, {"2", "p1", ""}}), 1u);
  EXPECT_EQ(MatchInvitation(send, {other, {"2", "", "grace-sample"}}), 1u);
  EXPECT_EQ(MatchInvitation(send, {other, {"2", "", ""}}), std::nullopt);
  send.public_identifier.clear();
  send.provider_id.clear();
  EXPECT_EQ(MatchInvitation(send, {{"2", "", ""}}), std::nullopt);

  Profile profile;
  EXPECT_FALSE(ProfileShowsInvitation(send, profile));
  profile.invitation = InvitationState::kWithdrawn;
  EXPECT_FALSE(ProfileShowsInvitation(send, profile));
  profile.invitation = InvitationState::kReceived;
  EXPECT_FALSE(ProfileShowsInvitation(send, profile));
  profile.invitation = InvitationState::kPending;
  EXPECT_TRUE(ProfileShowsInvitation(send, profile));
  profile = {};
  profile.connected = true;
  EXPECT_TRUE(ProfileShowsInvitation(send, profile));
}

TEST(UnipileReconcile, TheLastLookTakesWhatFitsOfADayBefore) {
  const std::vector<RemoteMessage> early = {Remote("early", "c1", "Hi", kNow - 3 * base::kHourUs)};
  StoredSend send = Message("Hi", kNow);
  EXPECT_EQ(MatchMessages({send}, early, {}, {})[0].state, MatchState::kAbsent);
  send.last_look = true;
  EXPECT_EQ(MatchMessages({send}, early, {}, {})[0].state, MatchState::kFound);
  EXPECT_EQ(MatchMessages({send}, early, {}, {"early"})[0].state, MatchState::kAbsent);
}

TEST(UnipileReconcile, LooksFourTimesThenGivesUp) {
  EXPECT_EQ(NextLookUs(kNow, 0), kNow + base::kMinuteUs);
  EXPECT_EQ(NextLookUs(kNow, 1), kNow + 5 * base::kMinuteUs);
  EXPECT_EQ(NextLookUs(kNow, 2), kNow + 15 * base::kMinuteUs);
  EXPECT_EQ(NextLookUs(kNow, 3), kNow + base::kDayUs);
  EXPECT_EQ(NextLookUs(kNow, 4), std::nullopt);
  EXPECT_TRUE(IsLastLook(3));
  EXPECT_FALSE(IsLastLook(2));
}

InboundEvent WebhookOf(const std::string& name) {
  const base::JsonDocument example = Example("webhook." + name);
  auto event = ParseWebhook(example.root()["json_body"].Dump());
  EXPECT_TRUE(event.ok()) << name << event.status();
  return event.ok() ? *event : InboundEvent{};
}

InboundEvent Parse(std::string_view body) {
  auto event = ParseWebhook(body);
  EXPECT_TRUE(event.ok()) << event.status();
  return event.ok() ? *event : InboundEvent{};
}

TEST(UnipileWebhook, EveryDocumentedExampleIsUnderstoodOrIgnored) {
  size_t messages = 0;
  size_t relations = 0;
  size_t ignored = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(ONLYLEADS_TEST_DATA) + "/unipile")) {
    const std::string name = file.path().stem().string();
    const std::string prefix = "unipile-webhook.";
    if (name.rfind(prefix, 0) != 0) continue;
    const InboundKind kind = WebhookOf(name.substr(prefix.size())).kind;
    messages += kind == InboundKind::kMessage;
    relations += kind == InboundKind::kNewRelation;
    ignored += kind == InboundKind::kIgnored;
  }
  EXPECT_EQ(messages, 4u);
  EXPECT_EQ(relations, 1u);
  EXPECT_EQ(ignored, 14u);
}

TEST(UnipileWebhook, ReplyNamesItsWriterAndEchoItsReceiver) {
  const InboundEvent reply = WebhookOf("message_received.inbound");
  EXPECT_EQ(reply.account_id, kAccountId);
  EXPECT_EQ(reply.chat_id, kChat);
  EXPECT_EQ(reply.message_id, "msg_T3st0000000000002");
  EXPECT_EQ(reply.text, "Sounds good, call me Thursday.");
  EXPECT_FALSE(reply.is_sender);
  EXPECT_FALSE(reply.is_event);
  EXPECT_FALSE(reply.has_attachments);
  EXPECT_EQ(reply.counterpart_provider_id, kLead);
  EXPECT_EQ(reply.counterpart_public_identifier, "grace-sample");
  EXPECT_EQ(reply.at_us, At("2026-11-23T10:20:00.500Z"));

  const InboundEvent echo = WebhookOf("message_received.own-send-echo");
  EXPECT_TRUE(echo.is_sender);
  EXPECT_EQ(echo.counterpart_provider_id, kLead);
  EXPECT_EQ(echo.text, "Following up on my note.");
  EXPECT_NE(echo.dedupe_key, reply.dedupe_key);
  EXPECT_EQ(echo.dedupe_key, WebhookOf("message_received.own-send-echo").dedupe_key);
}

TEST(UnipileWebhook, NewRelationIsReadFlatAndNested) {
  const InboundEvent flat = WebhookOf("new_relation");
  EXPECT_EQ(flat.kind, InboundKind::kNewRelation);
  EXPECT_EQ(flat.counterpart_provider_id, kLead);
  EXPECT_EQ(flat.counterpart_public_identifier, "grace-sample");
  for (const char* member :
       {R"("user":{"provider_id":"p","public_identifier":"i"})",
        R"("relation":{"member_id":"p","public_identifier":"i"})",
        R"("relation":{"user":{"user_provider_id":"p","user_public_identifier":"i"}})",
        R"("user_provider_id":"p","user":{"public_identifier":"i"})"}) {
    const InboundEvent event =
        Parse(std::string(R"({"event":"new_relation","account_id":"a",)") + member + "}");
    EXPECT_EQ(event.kind, InboundKind::kNewRelation) << member;
    EXPECT_EQ(event.counterpart_provider_id, "p") << member;
    EXPECT_EQ(event.counterpart_public_identifier, "i") << member;
  }
  EXPECT_EQ(Parse(R"({"event":"new_relation","account_id":"a"})").kind, InboundKind::kIgnored);
}

std::string MessageJson(const std::string& members) {
  return R"({"event":"message_received","account_id":"a","message_id":"m",)" + members + "}";
}

TEST(UnipileWebhook, SenderIsComparedByIdWhenTheFlagIsMissing) {
  const std::string people = R"("account_info":{"user_id":"me"},)"
                             R"("attendees":[{"attendee_provider_id":"me"},)"
                             R"({"attendee_provider_id":"you"}],)";
  const InboundEvent own = Parse(MessageJson(people + R"("sender":{"attendee_provider_id":"me"})"));
  EXPECT_TRUE(own.is_sender);
  EXPECT_EQ(own.counterpart_provider_id, "you");
  const InboundEvent theirs =
      Parse(MessageJson(people + R"("is_sender":null,"sender":{"attendee_provider_id":"you"})"));
  EXPECT_FALSE(theirs.is_sender);
  EXPECT_EQ(theirs.counterpart_provider_id, "you");
  EXPECT_TRUE(Parse(MessageJson(people + R"("is_sender":1)")).is_sender);
  EXPECT_FALSE(Parse(MessageJson(R"("message":"stop")")).is_sender);
}

TEST(UnipileWebhook, ToleratesShapesOfAttachmentsTimesAndText) {
  EXPECT_FALSE(Parse(MessageJson(R"("attachments":[])")).has_attachments);
  EXPECT_FALSE(Parse(MessageJson(R"("attachments":{})")).has_attachments);
  EXPECT_TRUE(Parse(MessageJson(R"("attachments":{"id":"x"})")).has_attachments);
  EXPECT_TRUE(Parse(MessageJson(R"("attachments":[{}],"message":null)")).has_attachments);
  EXPECT_EQ(Parse(MessageJson(R"("timestamp":1795428000)")).at_us, kNow);
  EXPECT_EQ(Parse(MessageJson(R"("timestamp":1795428000000)")).at_us, kNow);
  EXPECT_EQ(Parse(MessageJson(R"("timestamp":9223372036854775807)")).at_us, 0);
  EXPECT_EQ(Parse(MessageJson(R"("timestamp":"yesterday")")).at_us, 0);
  EXPECT_TRUE(Parse(MessageJson(R"("is_event":1)")).is_event);
}

TEST(UnipileWebhook, AChatThatIsAFolderIsNone) {
  EXPECT_EQ(Parse(MessageJson(R"("chat_id":"..")")).chat_id, "");
  EXPECT_EQ(Parse(MessageJson(R"("chat_id":"...")")).chat_id, "...");
}

TEST(UnipileWebhook, OptOutIsNotLostToANulCharacter) {
  EXPECT_EQ(Parse(MessageJson("\"message\":\"st\\u0000op\"")).text, "stop");
}

TEST(UnipileWebhook, DedupeKeyNeedsNoMessageIdAndCannotBeForgedAcrossAccounts) {
  const auto key = [](const char* account, const char* id) {
    return Parse(std::string(R"({"event":"message_received","account_id":")") + account +
                 R"(","message_id":")" + id + R"("})")
        .dedupe_key;
  };
  EXPECT_NE(key("a", "1:b"), key("a1:", "b"));
  const std::string bare = R"({"event":"message_received","account_id":"a","message":"x"})";
  EXPECT_EQ(Parse(bare).dedupe_key, Parse(bare).dedupe_key);
  EXPECT_NE(Parse(bare).dedupe_key, Parse(bare + " ").dedupe_key);
}

TEST(UnipileWebhook, UnknownEventsAreIgnoredAndBrokenBodiesRefused) {
  EXPECT_EQ(Parse(R"({"event":"brand_new","account_id":"a"})").kind, InboundKind::kIgnored);
  EXPECT_EQ(Parse(R"({"event":7})").kind, InboundKind::kIgnored);
  EXPECT_EQ(Parse(R"({"event":"message_received"})").kind, InboundKind::kIgnored);
  for (const char* body : {"", "null", "[]", "event=message_received", "{\"event\":"}) {
    EXPECT_EQ(base::CodeOf(ParseWebhook(body).status()), base::ErrorCode::kInvalidJson) << body;
  }
  const std::string big = R"({"event":")" + std::string(base::kMaxWebhookBytes, 'x') + R"("})";
  EXPECT_EQ(base::CodeOf(ParseWebhook(big).status()), base::ErrorCode::kLimit);
  const std::string deep = R"({"event":)" + std::string(100000, '[');
  EXPECT_FALSE(ParseWebhook(deep).ok());
}

TEST(UnipileWebhook, SecretMatchesWholeValueUnderAnySpellingOfTheHeader) {
  const Headers headers = {{"content-type", "application/json"}, {"uNiPiLe-AuTh", "secret"}};
  EXPECT_TRUE(HeaderSecretMatches(headers, kSecretHeader, "secret"));
  EXPECT_FALSE(HeaderSecretMatches(headers, kSecretHeader, "secre"));
  EXPECT_FALSE(HeaderSecretMatches(headers, kSecretHeader, "Secret"));
  EXPECT_FALSE(HeaderSecretMatches(headers, kSecretHeader, ""));
  EXPECT_FALSE(HeaderSecretMatches({}, kSecretHeader, "secret"));
  EXPECT_FALSE(HeaderSecretMatches({{"unipile-auth", ""}}, kSecretHeader, ""));
  EXPECT_FALSE(HeaderSecretMatches({{"unipile-auth", "secret"}, {"Unipile-Auth", "x"}},
                                   kSecretHeader, "secret"));
  EXPECT_FALSE(HeaderSecretMatches({{"unipile-authx", "secret"}}, kSecretHeader, "secret"));
}

}  // namespace
}  // namespace onlyleads::providers::unipile
