// The sandbox judged from outside: a real process, plain HTTP, and a small receiver for webhooks.
// What the other tests rely on is claimed here: the ledger holds exactly what was accepted, faults
// strike where they say, and a restart forgets nothing.
#include "tests/support/sandbox.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace onlyleads::testing {
namespace {

using rapidjson::Document;

constexpr char kNow[] = "2026-11-23T10:00:00Z";
constexpr int64_t kNowUs = 1795428000000000;
constexpr int64_t kHourUs = 3600000000;

Document Parse(const std::string& json) {
  Document document;
  document.Parse(json.data(), json.size());
  EXPECT_FALSE(document.HasParseError()) << json;
  if (!document.IsObject()) document.SetObject();
  return document;
}

std::string Text(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsString() ? it->value.GetString() : "";
}

int64_t Number(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsInt64() ? it->value.GetInt64() : -1;
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

// What a webhook receiver got, and what it answers.
class Receiver {
 public:
  Receiver() {
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      std::lock_guard<std::mutex> lock(mutex_);
      bodies_.push_back(request.body);
      secrets_.insert(request.get_header_value("Unipile-Auth"));
      response.status = status_;
      arrived_.notify_all();
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    httplib::Client("127.0.0.1", port_).Get("/");
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  void Answer(int status) {
    std::lock_guard<std::mutex> lock(mutex_);
    status_ = status;
  }
  std::vector<std::string> Bodies() {
    std::lock_guard<std::mutex> lock(mutex_);
    return bodies_;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (const std::string& body : Bodies()) texts.push_back(Text(Parse(body), "message"));
    return texts;
  }
  bool WaitFor(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return bodies_.size() >= count; });
  }
  std::set<std::string> secrets() {
    std::lock_guard<std::mutex> lock(mutex_);
    return secrets_;
  }

 private:
  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> bodies_;
  std::set<std::string> secrets_;
  int status_ = 200;
};

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(box_.Start({"--now", kNow}));
    Control("/sandbox/accounts",
            R"({"account_id":"acc","provider_id":"ACoSELF","public_identifier":"ada-example",
                "name":"Ada Example","premium":false})");
    Control(
        "/sandbox/people",
        R"([{"public_identifier":"friend-one","provider_id":"ACoFRIEND1","connected_to":["acc"]},
                {"public_identifier":"friend-two","provider_id":"ACoFRIEND2","connected_to":["acc"]},
                {"public_identifier":"gone-person","provider_id":"ACoGONE","missing":true}])");
  }

  Document Control(const std::string& path, const std::string& json) {
    const Sandbox::Answer answer = box_.Call("POST", path, json);
    EXPECT_EQ(answer.status, 200) << path << " " << answer.body;
    return Parse(answer.body);
  }
  Document Look(const std::string& path) { return Parse(box_.Get(path)); }

  httplib::Client Client() {
    httplib::Client client(box_.base_url());
    client.set_default_headers({{"X-API-KEY", Sandbox::ApiKey()}});
    client.set_read_timeout(60);
    return client;
  }
  httplib::Result Get(const std::string& path) { return Client().Get("/api/v1" + path); }
  httplib::Result Invite(const std::string& provider_id, const std::string& note = "") {
    const std::string body = R"({"account_id":"acc","provider_id":)" + Quoted(provider_id) +
                             R"(,"message":)" + Quoted(note) + "}";
    return Client().Post("/api/v1/users/invite", body, "application/json");
  }
  httplib::Result StartChat(const std::string& provider_id, const std::string& text,
                            const std::string& inmail = "false") {
    const httplib::MultipartFormDataItems form = {{"account_id", "acc", "", ""},
                                                  {"attendees_ids", provider_id, "", ""},
                                                  {"text", text, "", ""},
                                                  {"linkedin[api]", "classic", "", ""},
                                                  {"linkedin[inmail]", inmail, "", ""}};
    return Client().Post("/api/v1/chats", form);
  }
  httplib::Result Send(const std::string& chat_id, const std::string& text) {
    return Client().Post("/api/v1/chats/" + chat_id + "/messages",
                         httplib::MultipartFormDataItems{{"text", text, "", ""}});
  }
  // "403 errors/slug", "200 " or "no answer"
  static std::string Verdict(const httplib::Result& result) {
    if (!result) return "no answer";
    Document body;
    body.Parse(result->body.c_str());
    const bool error = result->status >= 400 && body.IsObject();
    return std::to_string(result->status) + " " + (error ? Text(body, "type") : "");
  }
  std::vector<std::string> LedgerTexts() {
    std::vector<std::string> texts;
    const Document ledger = Look("/sandbox/ledger");
    for (const auto& entry : ledger["entries"].GetArray()) {
      texts.push_back(Text(entry, "text"));
    }
    return texts;
  }
  // Outcome, slug and fault of the last attempt.
  std::string LastAttempt() {
    const Document all = Look("/sandbox/requests");
    const auto& list = all["requests"];
    if (list.Empty()) return "none";
    const auto& last = list[list.Size() - 1];
    return Text(last, "outcome") + "/" + Text(last, "slug") + "/" + Text(last, "fault");
  }
  void Fault(const std::string& route, const std::string& action) {
    Control("/sandbox/faults",
            R"([{"name":"f","match":{"route":)" + Quoted(route) + R"(},"action":)" + action + "}]");
  }

  Sandbox box_;
};

using Texts = std::vector<std::string>;

TEST_F(SandboxTest, AcceptedInvitationIsInTheLedgerAndPendingInTheProfile) {
  const std::string id =
      Text(Parse(Get("/users/Grace-Sample?account_id=acc")->body), "provider_id");
  ASSERT_EQ(id.substr(0, 5), "ACoAA");
  EXPECT_EQ(Verdict(Invite(id, "hello")), "201 ");
  const Document ledger = Look("/sandbox/ledger");
  ASSERT_EQ(ledger["entries"].Size(), 1u);
  const auto& entry = ledger["entries"][0];
  EXPECT_EQ(Text(entry, "kind"), "invitation");
  EXPECT_EQ(Text(entry, "provider_id"), id);
  EXPECT_EQ(Text(entry, "public_identifier"), "grace-sample");
  EXPECT_EQ(Number(entry, "at_us"), kNowUs);
  EXPECT_EQ(Number(entry, "request_seq"), 1);
  const Document profile = Parse(Get("/users/grace-sample?account_id=acc")->body);
  EXPECT_EQ(Text(profile["invitation"], "status"), "PENDING");
  const Document sent = Parse(Get("/users/invite/sent?account_id=acc")->body);
  EXPECT_EQ(Text(sent["items"][0], "invited_user_public_id"), "grace-sample");
}

TEST_F(SandboxTest, RefusalsCarryTheDocumentedSlugsAndLeaveTheLedgerEmpty) {
  httplib::Client keyless(box_.base_url());
  EXPECT_EQ(Verdict(keyless.Get("/api/v1/accounts")), "401 errors/missing_credentials");
  EXPECT_EQ(Verdict(Invite("ACoFRIEND1")), "422 errors/already_connected");
  EXPECT_EQ(Verdict(Invite("ACoGONE")), "422 errors/invalid_recipient");
  EXPECT_EQ(Verdict(Invite("friend-one")), "422 errors/invalid_recipient");
  EXPECT_EQ(Verdict(Invite("ACoNEW", std::string(201, 'x'))), "400 errors/too_many_characters");
  EXPECT_EQ(Verdict(StartChat("ACoNEW", "hi")), "422 errors/no_connection_with_recipient");
  EXPECT_EQ(Verdict(StartChat("ACoFRIEND1", "")), "400 errors/missing_parameters");
  EXPECT_EQ(Verdict(Send("chat_none", "hi")), "404 errors/resource_not_found");
  EXPECT_EQ(Verdict(Get("/users/gone-person?account_id=acc")), "404 errors/resource_not_found");
  EXPECT_EQ(Verdict(Get("/accounts/other")), "404 errors/resource_not_found");
  EXPECT_EQ(Verdict(Get("/users/me?account_id=other")), "422 errors/invalid_account");
  EXPECT_EQ(Verdict(Client().Post("/api/v1/users/invite", "{", "application/json")),
            "400 errors/malformed_request");
  EXPECT_EQ(Verdict(Client().Post("/api/v1/chats", "{}", "application/json")),
            "415 errors/unsupported_media_type");
  Control("/sandbox/accounts", R"({"account_id":"acc","status":"CREDENTIALS"})");
  EXPECT_EQ(Verdict(Invite("ACoNEW")), "401 errors/disconnected_account");
  EXPECT_EQ(Verdict(Get("/accounts/acc")), "200 ");
  EXPECT_TRUE(LedgerTexts().empty());
  EXPECT_EQ(LastAttempt(), "refused/disconnected_account/");
  EXPECT_EQ(Number(Look("/sandbox/requests"), "last_seq"), 10);
}

TEST_F(SandboxTest, NoteLengthIsCountedInUtf16UnitsAndDependsOnPremium) {
  std::string faces;
  for (int i = 0; i < 101; ++i) faces += "\xF0\x9F\x98\x80";
  EXPECT_EQ(Verdict(Invite("ACoNEW", faces)), "400 errors/too_many_characters");
  Control("/sandbox/accounts", R"({"account_id":"acc","premium":true})");
  EXPECT_EQ(Verdict(Invite("ACoNEW", faces)), "201 ");
}

TEST_F(SandboxTest, SecondInvitationIsRefusedButVisibleAsAnAttempt) {
  EXPECT_EQ(Verdict(Invite("ACoNEW", "first")), "201 ");
  EXPECT_EQ(Verdict(Invite("ACoNEW", "second")), "422 errors/already_invited_recently");
  EXPECT_EQ(LedgerTexts(), (Texts{"first"}));
  EXPECT_EQ(Look("/sandbox/requests")["requests"].Size(), 2u);
  EXPECT_EQ(LastAttempt(), "refused/already_invited_recently/");
}

TEST_F(SandboxTest, CutAfterAcceptanceGivesNoAnswerButAnEntry) {
  Fault("start_chat", R"({"type":"cut","after_acceptance":true})");
  const auto result = StartChat("ACoFRIEND1", "lost answer");
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error(), httplib::Error::Read);
  EXPECT_EQ(LedgerTexts(), (Texts{"lost answer"}));
  EXPECT_EQ(LastAttempt(), "accepted//f");
  EXPECT_EQ(Verdict(StartChat("ACoFRIEND1", "heard")), "201 ");
}

TEST_F(SandboxTest, CutBeforeAcceptanceLeavesNoEntry) {
  Fault("any_write", R"({"type":"cut"})");
  EXPECT_FALSE(StartChat("ACoFRIEND1", "never"));
  Fault("any_write", R"({"type":"cut","reset":true})");
  EXPECT_FALSE(Invite("ACoNEW"));
  EXPECT_TRUE(LedgerTexts().empty());
  EXPECT_EQ(LastAttempt(), "fault//f");
}

TEST_F(SandboxTest, CutStrikesInTheMiddleOfAKeptConnection) {
  httplib::Client client = Client();
  client.set_keep_alive(true);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.Get("/api/v1/accounts"));
  Fault("accounts", R"({"type":"cut"})");
  EXPECT_FALSE(client.Get("/api/v1/accounts"));
  EXPECT_TRUE(client.Get("/api/v1/accounts"));
}

TEST_F(SandboxTest, ErrorsThrottlesAndStatusesStrikeBeforeOrAfterAcceptance) {
  Fault("invite", R"({"type":"throttle","retry_after_s":7})");
  const auto throttled = Invite("ACoNEW1", "a");
  EXPECT_EQ(Verdict(throttled), "429 errors/too_many_requests");
  EXPECT_EQ(throttled->get_header_value("Retry-After"), "7");
  Fault("invite", R"({"type":"error","slug":"limit_exceeded"})");
  EXPECT_EQ(Verdict(Invite("ACoNEW1", "b")), "422 errors/limit_exceeded");
  Fault("invite", R"({"type":"error","slug":"provider_error","after_acceptance":true})");
  EXPECT_EQ(Verdict(Invite("ACoNEW1", "c")), "500 errors/provider_error");
  Fault("invite", R"({"type":"status","status":502})");
  const auto gateway = Invite("ACoNEW2", "d");
  EXPECT_EQ(gateway->status, 502);
  EXPECT_EQ(gateway->get_header_value("Content-Type"), "text/html");
  Fault("invite", R"({"type":"status","status":504,"body":"","after_acceptance":true})");
  EXPECT_EQ(Invite("ACoNEW2", "e")->status, 504);
  EXPECT_EQ(LedgerTexts(), (Texts{"c", "e"}));
}

TEST_F(SandboxTest, GarbledAndNullAnswersAreAccepted) {
  Fault("start_chat", R"({"type":"null_ids"})");
  const Document nulls = Parse(StartChat("ACoFRIEND1", "a")->body);
  EXPECT_TRUE(nulls["chat_id"].IsNull() && nulls["message_id"].IsNull());
  for (const char* how : {"not_json", "truncated"}) {
    Fault("start_chat", R"({"type":"garble","how":)" + Quoted(how) + "}");
    const auto garbled = StartChat("ACoFRIEND1", how);
    EXPECT_EQ(garbled->status, 201);
    EXPECT_TRUE(Document().Parse(garbled->body.c_str()).HasParseError()) << garbled->body;
  }
  Fault("start_chat", R"({"type":"garble","how":"wrong_types"})");
  EXPECT_TRUE(Parse(StartChat("ACoFRIEND1", "b")->body)["chat_id"].IsNumber());
  EXPECT_EQ(LedgerTexts(), (Texts{"a", "not_json", "truncated", "b"}));
}

TEST_F(SandboxTest, RulesCountEveryNthMatchAndStopAfterTheirTimes) {
  Control("/sandbox/faults", R"([{"name":"third","match":{"route":"accounts"},"every":3,"times":2,
                                  "action":{"type":"error","slug":"network_down"}}])");
  std::string statuses;
  for (int i = 0; i < 9; ++i) statuses += std::to_string(Get("/accounts")->status / 100);
  EXPECT_EQ(statuses, "225225222");
  EXPECT_EQ(Number(Look("/sandbox/faults")["faults"][0], "hits"), 2);
  EXPECT_EQ(box_.Call("DELETE", "/sandbox/faults", "").status, 200);
  EXPECT_TRUE(Look("/sandbox/faults")["faults"].Empty());
  EXPECT_EQ(box_.Call("POST", "/sandbox/faults", R"([{"action":"explode"}])").status, 400);
  EXPECT_EQ(
      box_.Call("POST", "/sandbox/faults", R"([{"action":"cut","match":{"route":"invitte"}}])")
          .status,
      400);
}

TEST_F(SandboxTest, HeldBeforeAcceptanceIsNotInTheLedgerUntilReleased) {
  Fault("start_chat", R"({"type":"hold","when":"before"})");
  auto sending =
      std::async(std::launch::async, [&] { return Verdict(StartChat("ACoFRIEND1", "h")); });
  const Document held = Look("/sandbox/held?wait_ms=20000");
  ASSERT_EQ(held["held"].Size(), 1u);
  EXPECT_EQ(Text(held["held"][0], "provider_id"), "ACoFRIEND1");
  EXPECT_TRUE(LedgerTexts().empty());
  EXPECT_EQ(Number(Control("/sandbox/release", "{}"), "released"), 1);
  EXPECT_EQ(sending.get(), "201 ");
  EXPECT_EQ(LedgerTexts(), (Texts{"h"}));
}

TEST_F(SandboxTest, HeldAfterAcceptanceIsInTheLedgerAndControlCallsStillAnswer) {
  Control("/sandbox/faults", R"([{"name":"f","match":{"route":"any_write"},"times":-1,
                                  "action":"hold","when":"after"}])");
  std::vector<std::future<std::string>> sends;
  for (int i = 0; i < 40; ++i) {
    sends.push_back(std::async(
        std::launch::async, [this, i] { return Verdict(Invite("ACoHELD" + std::to_string(i))); }));
  }
  while (Look("/sandbox/held?wait_ms=1000")["held"].Size() < 40) {
  }
  EXPECT_EQ(LedgerTexts().size(), 40u);
  EXPECT_EQ(Number(Control("/sandbox/release", R"({"name":"other"})"), "released"), 0);
  EXPECT_EQ(Number(Control("/sandbox/release", R"({"name":"f"})"), "released"), 40);
  for (auto& send : sends) EXPECT_EQ(send.get(), "201 ");
}

TEST_F(SandboxTest, StopDropsWhatIsHeldBeforeAcceptance) {
  Fault("start_chat", R"({"type":"hold"})");
  auto sending =
      std::async(std::launch::async, [&] { return Verdict(StartChat("ACoFRIEND1", "h")); });
  ASSERT_EQ(Look("/sandbox/held?wait_ms=20000")["held"].Size(), 1u);
  EXPECT_EQ(box_.Stop(), 0);
  EXPECT_EQ(sending.get(), "no answer");
  ASSERT_TRUE(box_.Start());
  EXPECT_TRUE(LedgerTexts().empty());
}

TEST_F(SandboxTest, KillAndRestartForgetNothing) {
  Receiver receiver;
  Control("/sandbox/webhooks", R"({"name":"w","url":)" + Quoted(receiver.url()) + "}");
  Control("/sandbox/behaviour",
          R"({"seed":1,"accept_probability":1,"accept_delay_us":[5000000,5000000]})");
  EXPECT_EQ(Verdict(Invite("ACoNEW", "note")), "201 ");
  const std::string chat = Text(Parse(StartChat("ACoFRIEND1", "one")->body), "chat_id");
  EXPECT_EQ(Verdict(Send(chat, "two")), "201 ");
  Control("/sandbox/clock", R"({"advance_us":1000000})");
  const std::string ledger = box_.Get("/sandbox/ledger");
  const std::string state = box_.Get("/sandbox/state");
  const std::string requests_before = Text(Look("/sandbox/clock"), "now");
  const std::string messages = Get("/messages?account_id=acc")->body;
  box_.Kill();
  ASSERT_TRUE(box_.Start());
  EXPECT_EQ(box_.Get("/sandbox/ledger"), ledger);
  EXPECT_EQ(box_.Get("/sandbox/state"), state);
  EXPECT_EQ(Text(Look("/sandbox/clock"), "now"), requests_before);
  EXPECT_EQ(Get("/messages?account_id=acc")->body, messages);
  EXPECT_EQ(Look("/sandbox/requests")["requests"].Size(), 3u);
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 2);
  Control("/sandbox/clock", R"({"advance_us":4000000})");
  EXPECT_EQ(Number(Look("/sandbox/state"), "accepted"), 1);
  EXPECT_EQ(Verdict(Send(chat, "three")), "201 ");
  EXPECT_EQ(LedgerTexts(), (Texts{"note", "one", "two", "three"}));
}

TEST_F(SandboxTest, AnAccountOfTheCommandLineIsAddedWhenMissingAndOtherwiseLeftAlone) {
  const std::string before = Get("/accounts/acc")->body;
  box_.Stop();
  ASSERT_TRUE(box_.Start({"--account", "acc"}));
  EXPECT_EQ(Get("/accounts/acc")->body, before);
  EXPECT_EQ(Get("/accounts/fresh")->status, 404);
  box_.Stop();
  ASSERT_TRUE(box_.Start({"--account", "fresh"}));
  EXPECT_EQ(Get("/accounts/fresh")->status, 200);
  EXPECT_EQ(Get("/accounts/acc")->body, before);
}

TEST_F(SandboxTest, TornLastLineIsDroppedAndABrokenMiddleIsRefused) {
  EXPECT_EQ(Verdict(StartChat("ACoFRIEND1", "whole")), "201 ");
  EXPECT_EQ(box_.Stop(), 0);
  const std::string path = box_.state_directory() + "/ledger.jsonl";
  std::ofstream(path, std::ios::app) << R"({"n":99,"seq":2,"ki)";
  ASSERT_TRUE(box_.Start());
  EXPECT_EQ(LedgerTexts(), (Texts{"whole"}));
  EXPECT_EQ(Verdict(StartChat("ACoFRIEND1", "next")), "201 ");
  EXPECT_EQ(box_.Stop(), 0);
  ASSERT_TRUE(box_.Start());
  EXPECT_EQ(LedgerTexts(), (Texts{"whole", "next"}));
  EXPECT_EQ(box_.Stop(), 0);
  std::ofstream(path, std::ios::app) << "garbage\n";
  EXPECT_FALSE(box_.Start());
}

TEST_F(SandboxTest, PagesCoverEveryMessageOnceNewestFirst) {
  const std::string chat = Text(Parse(StartChat("ACoFRIEND1", "m0")->body), "chat_id");
  for (int i = 1; i < 7; ++i) {
    Control("/sandbox/clock", R"({"advance_us":1000000})");
    ASSERT_EQ(Verdict(Send(chat, "m" + std::to_string(i))), "201 ");
  }
  Texts seen;
  std::string query = "limit=3";
  while (!query.empty()) {
    const Document page = Parse(Get("/chats/" + chat + "/messages?account_id=acc&" + query)->body);
    for (const auto& item : page["items"].GetArray()) seen.push_back(Text(item, "text"));
    const std::string cursor = Text(page, "cursor");
    query = cursor.empty() ? "" : "cursor=" + httplib::detail::encode_query_param(cursor);
  }
  EXPECT_EQ(seen, (Texts{"m6", "m5", "m4", "m3", "m2", "m1", "m0"}));
  const Document newer = Parse(
      Get("/messages?account_id=acc&after=2026-11-23T10:00:04.000Z&before=2026-11-23T10:00:06.000Z")
          ->body);
  ASSERT_EQ(newer["items"].Size(), 1u);
  EXPECT_EQ(Text(newer["items"][0], "text"), "m5");
  EXPECT_EQ(Number(newer["items"][0], "is_sender"), 1);
  const std::string bad = "400 errors/invalid_parameters";
  EXPECT_EQ(Verdict(Get("/messages?account_id=acc&after=2026-11-23T10:00:04Z")), bad);
  EXPECT_EQ(Verdict(Get("/messages?account_id=acc&after=2026-02-30T10:00:04.000Z")), bad);
  EXPECT_EQ(Verdict(Get("/messages?account_id=acc&limit=251")), bad);
  EXPECT_EQ(Verdict(Get("/messages?account_id=acc&cursor=nonsense")), bad);
  EXPECT_EQ(Verdict(Get("/users/invite/sent?account_id=acc&limit=101")), bad);
}

TEST_F(SandboxTest, InvitationAndRelationListsPage) {
  for (int i = 0; i < 12; ++i) ASSERT_EQ(Verdict(Invite("ACoP" + std::to_string(i))), "201 ");
  const Document first = Parse(Get("/users/invite/sent?account_id=acc")->body);
  EXPECT_EQ(first["items"].Size(), 10u);
  EXPECT_EQ(Text(first["items"][0], "invited_user_id"), "ACoP11");
  const std::string cursor = httplib::detail::encode_query_param(Text(first, "cursor"));
  const Document rest = Parse(Get("/users/invite/sent?account_id=acc&cursor=" + cursor)->body);
  EXPECT_EQ(rest["items"].Size(), 2u);
  EXPECT_TRUE(rest["cursor"].IsNull());
  const Document relations = Parse(Get("/users/relations?account_id=acc&limit=1")->body);
  EXPECT_EQ(Text(relations["items"][0], "member_id"), "ACoFRIEND2");
  EXPECT_EQ(Number(relations["items"][0], "created_at"), kNowUs / 1000);
  EXPECT_FALSE(relations["cursor"].IsNull());
}

TEST_F(SandboxTest, ReadLagHidesWhatWasAcceptedALittleWhileAgo) {
  Control("/sandbox/behaviour", R"({"read_lag_ms":60000})");
  const std::string chat = Text(Parse(StartChat("ACoFRIEND1", "late")->body), "chat_id");
  ASSERT_EQ(Verdict(Invite("ACoNEW")), "201 ");
  const auto counts = [&] {
    return std::vector<size_t>{
        Parse(Get("/messages?account_id=acc")->body)["items"].Size(),
        Parse(Get("/chats?account_id=acc")->body)["items"].Size(),
        Parse(Get("/chats/" + chat + "/messages")->body)["items"].Size(),
        Parse(Get("/users/invite/sent?account_id=acc")->body)["items"].Size(),
        Parse(Get("/users/ACoNEW?account_id=acc")->body).HasMember("invitation") ? 1u : 0u};
  };
  EXPECT_EQ(counts(), (std::vector<size_t>{0, 0, 0, 0, 0}));
  Control("/sandbox/clock", R"({"advance_us":59999999})");
  EXPECT_EQ(counts(), (std::vector<size_t>{0, 0, 0, 0, 0}));
  Control("/sandbox/clock", R"({"advance_us":1})");
  EXPECT_EQ(counts(), (std::vector<size_t>{1, 1, 1, 1, 1}));
}

TEST_F(SandboxTest, OneChatPerPersonIsReused) {
  const Document first = Parse(StartChat("ACoFRIEND1", "a")->body);
  const Document second = Parse(StartChat("ACoFRIEND1", "b")->body);
  EXPECT_EQ(Text(first, "object"), "ChatStarted");
  EXPECT_EQ(Text(first, "chat_id"), Text(second, "chat_id"));
  EXPECT_NE(Text(first, "message_id"), Text(second, "message_id"));
  EXPECT_EQ(Verdict(StartChat("ACoNEW", "inmail", "true")), "201 ");
  EXPECT_EQ(Parse(Get("/chats?account_id=acc")->body)["items"].Size(), 2u);
}

// Who accepted and who replied what, and when, after everybody was invited in the given order.
std::map<std::string, std::string> Fates(const std::vector<int>& order) {
  Sandbox box;
  EXPECT_TRUE(box.Start({"--now", kNow}));
  box.Post("/sandbox/accounts", R"({"account_id":"acc","provider_id":"ACoSELF"})");
  box.Post("/sandbox/behaviour", R"({"seed":"s","accept_probability":0.5,
           "accept_delay_us":[1000000,3600000000],"reply_probability":0.5,
           "reply_delay_us":[1000000,3600000000],
           "replies":[{"text":"yes","weight":1},{"text":"no","weight":1}]})");
  httplib::Client client(box.base_url());
  client.set_default_headers({{"X-API-KEY", Sandbox::ApiKey()}});
  for (const int person : order) {
    const std::string id = "ACoPERSON" + std::to_string(person);
    client.Post("/api/v1/users/invite", R"({"account_id":"acc","provider_id":)" + Quoted(id) + "}",
                "application/json");
    client.Post("/api/v1/chats",
                httplib::MultipartFormDataItems{{"account_id", "acc", "", ""},
                                                {"attendees_ids", id, "", ""},
                                                {"linkedin[inmail]", "true", "", ""},
                                                {"text", "hi", "", ""}});
  }
  box.Post("/sandbox/clock", R"({"advance_us":7200000000})");
  std::map<std::string, std::string> fates;
  const Document relations =
      Parse(client.Get("/api/v1/users/relations?account_id=acc&limit=1000")->body);
  for (const auto& item : relations["items"].GetArray()) {
    fates[Text(item, "member_id")] += std::to_string(Number(item, "created_at"));
  }
  const Document messages = Parse(client.Get("/api/v1/messages?account_id=acc&limit=250")->body);
  for (const auto& item : messages["items"].GetArray()) {
    if (Number(item, "is_sender") == 1) continue;
    fates[Text(item, "sender_id")] += " " + Text(item, "text") + Text(item, "timestamp");
  }
  return fates;
}

TEST(SandboxBehaviourTest, FatesDependOnSeedAccountAndPersonAndNotOnOrder) {
  std::vector<int> order;
  for (int i = 0; i < 30; ++i) order.push_back(i);
  const auto forwards = Fates(order);
  std::reverse(order.begin(), order.end());
  EXPECT_EQ(forwards, Fates(order));
  EXPECT_GT(forwards.size(), 8u);
  EXPECT_LT(forwards.size(), 30u);
}

TEST_F(SandboxTest, ClockJumpLetsEveryEventHappenAtItsOwnTime) {
  Control("/sandbox/behaviour",
          R"({"accept_probability":1,"accept_delay_us":[3600000000,3600000000],
              "reply_probability":1,"reply_delay_us":[1800000000,1800000000]})");
  ASSERT_EQ(Verdict(Invite("ACoNEW", "my note")), "201 ");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "question")), "201 ");
  Control("/sandbox/clock", R"({"advance_us":86400000000})");
  const Document messages = Parse(Get("/messages?account_id=acc")->body);
  ASSERT_EQ(messages["items"].Size(), 3u);
  EXPECT_EQ(Text(messages["items"][0], "text"), "my note");
  EXPECT_EQ(Text(messages["items"][0], "timestamp"), "2026-11-23T11:00:00.000Z");
  EXPECT_EQ(Text(messages["items"][1], "timestamp"), "2026-11-23T10:30:00.000Z");
  EXPECT_EQ(Number(messages["items"][1], "is_sender"), 0);
  const Document relations = Parse(Get("/users/relations?account_id=acc&limit=1")->body);
  EXPECT_EQ(Number(relations["items"][0], "created_at"), (kNowUs + kHourUs) / 1000);
  EXPECT_EQ(box_.Call("POST", "/sandbox/clock", R"({"now_us":5})").status, 400);
  EXPECT_EQ(Number(Look("/sandbox/clock"), "now_us"), kNowUs + 24 * kHourUs);
}

TEST_F(SandboxTest, AcceptanceSendsRelationThenNoteAndOwnSendsEcho) {
  Receiver receiver;
  const auto created = Client().Post(
      "/api/v1/webhooks",
      R"({"source":"messaging","name":"m","request_url":)" + Quoted(receiver.url()) +
          R"(,"headers":[{"key":"Unipile-Auth","value":"secret"}],"account_ids":["acc"]})",
      "application/json");
  EXPECT_EQ(created->status, 201);
  Control("/sandbox/webhooks",
          R"({"source":"users","headers":[{"key":"Unipile-Auth","value":"secret"}],"url":)" +
              Quoted(receiver.url()) + "}");
  ASSERT_EQ(Verdict(Invite("ACoNEW", "a note")), "201 ");
  Control("/sandbox/accept", R"({"account_id":"acc","provider_id":"ACoNEW"})");
  Control("/sandbox/reply", R"({"account_id":"acc","provider_id":"ACoNEW","text":"thanks"})");
  ASSERT_EQ(Verdict(StartChat("ACoNEW", "own")), "201 ");
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 4);
  std::vector<std::string> lines;
  for (const std::string& body : receiver.Bodies()) {
    const Document event = Parse(body);
    const bool own = event.HasMember("is_sender") && event["is_sender"].IsTrue();
    lines.push_back(Text(event, "event") + " " + Text(event, "message") +
                    Text(event, "user_provider_id") + (own ? " own" : ""));
  }
  EXPECT_EQ(lines, (Texts{"message_received a note own", "message_received thanks",
                          "message_received own own", "new_relation ACoNEW"}));
  EXPECT_EQ(receiver.secrets(), (std::set<std::string>{"secret"}));
  const std::string id = Text(Parse(created->body), "webhook_id");
  EXPECT_EQ(Client().Delete("/api/v1/webhooks/" + id)->status, 200);
  EXPECT_EQ(Parse(Get("/webhooks")->body)["items"].Size(), 1u);
}

TEST_F(SandboxTest, WebhooksAreDuplicatedAndReorderedOnCommandAndNoneIsMissing) {
  Receiver receiver;
  Control("/sandbox/webhooks", R"({"name":"w","seed":3,"reorder":true,"duplicate_probability":0.5,
                                   "url":)" +
                                   Quoted(receiver.url()) + "}");
  Texts sent;
  for (int i = 0; i < 20; ++i) {
    sent.push_back("t" + std::to_string(100 + i));
    ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", sent.back())), "201 ");
  }
  const Document report = Control("/sandbox/webhooks/deliver", "{}");
  EXPECT_EQ(Number(report, "pending"), 0);
  const Texts got = receiver.Texts();
  EXPECT_EQ(Number(report, "delivered"), static_cast<int64_t>(got.size()));
  EXPECT_GT(got.size(), sent.size());
  EXPECT_FALSE(std::is_sorted(got.begin(), got.end()));
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()),
            std::set<std::string>(sent.begin(), sent.end()));
}

TEST_F(SandboxTest, LateWebhooksWaitForTheSandboxClock) {
  Receiver receiver;
  Control("/sandbox/webhooks",
          R"({"name":"w","late_us":[1000000,1000000],"url":)" + Quoted(receiver.url()) + "}");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "late")), "201 ");
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 0);
  Control("/sandbox/clock", R"({"advance_us":1000000})");
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 1);
}

TEST_F(SandboxTest, OnlyStatus200RemovesAnEventAndSixFailuresLoseIt) {
  Receiver receiver;
  Control("/sandbox/webhooks", R"({"name":"w","url":)" + Quoted(receiver.url()) + "}");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "x")), "201 ");
  receiver.Answer(204);
  for (int i = 0; i < 5; ++i) {
    const Document report = Control("/sandbox/webhooks/deliver", "{}");
    EXPECT_EQ(Number(report, "failed"), 1);
    EXPECT_EQ(Number(report, "pending"), 1);
  }
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "lost"), 1);
  EXPECT_EQ(receiver.Bodies().size(), 6u);
}

TEST_F(SandboxTest, ARefusedConnectionIsNoTryAndTheQueueMovesToTheNewAddress) {
  std::string dead;
  {
    Receiver gone;
    dead = gone.url();
  }
  Control("/sandbox/webhooks", R"({"name":"w","url":)" + Quoted(dead) + "}");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "x")), "201 ");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "y")), "201 ");
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "pending"), 2);
  }
  Receiver receiver;
  Control("/sandbox/webhooks", R"({"name":"w","url":)" + Quoted(receiver.url()) + "}");
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", R"({"max":1})"), "delivered"), 1);
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 1);
  EXPECT_EQ(receiver.Texts(), (Texts{"x", "y"}));
}

TEST_F(SandboxTest, PushDeliversWithoutBeingAsked) {
  Receiver receiver;
  receiver.Answer(500);
  Control("/sandbox/webhooks",
          R"({"name":"w","mode":"push","url":)" + Quoted(receiver.url()) + "}");
  ASSERT_EQ(Verdict(StartChat("ACoFRIEND1", "x")), "201 ");
  ASSERT_TRUE(receiver.WaitFor(1));
  receiver.Answer(200);
  ASSERT_TRUE(receiver.WaitFor(2));
  EXPECT_EQ(box_.Stop(), 0);
}

TEST_F(SandboxTest, AccountStatusIsAnnouncedOnTransitionsOnly) {
  Receiver receiver;
  Control("/sandbox/webhooks",
          R"({"source":"account_status","url":)" + Quoted(receiver.url()) + "}");
  Control("/sandbox/accounts", R"({"account_id":"acc","status":"CREDENTIALS"})");
  Control("/sandbox/accounts", R"({"account_id":"acc","status":"CREDENTIALS"})");
  EXPECT_EQ(Number(Control("/sandbox/webhooks/deliver", "{}"), "delivered"), 1);
  EXPECT_EQ(Text(Parse(receiver.Bodies()[0])["AccountStatus"], "message"), "CREDENTIALS");
}

TEST_F(SandboxTest, AnAccountWithItsOwnKeyIsInvisibleToTheServersKey) {
  Control("/sandbox/accounts", R"({"account_id":"own","provider_id":"ACoOWN","api_key":"k2"})");
  EXPECT_EQ(Parse(Get("/accounts")->body)["items"].Size(), 1u);
  EXPECT_EQ(Verdict(Get("/accounts/own")), "404 errors/resource_not_found");
  httplib::Client other(box_.base_url());
  other.set_default_headers({{"X-API-KEY", "k2"}});
  EXPECT_EQ(other.Get("/api/v1/accounts/own")->status, 200);
  EXPECT_EQ(other.Get("/api/v1/accounts/acc")->status, 404);
}

TEST_F(SandboxTest, ASecondSandboxOnTheSameStateIsRefused) {
  Sandbox second(box_.state_directory());
  EXPECT_FALSE(second.Start());
}

TEST_F(SandboxTest, ConcurrentSendsAllLandInTheLedgerOnceWithDistinctIds) {
  std::vector<std::future<void>> senders;
  for (int t = 0; t < 8; ++t) {
    senders.push_back(std::async(std::launch::async, [this, t] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(Verdict(Invite("ACoC" + std::to_string(t * 10 + i))), "201 ");
      }
    }));
  }
  for (auto& sender : senders) sender.get();
  std::set<std::string> ids;
  const Document ledger = Look("/sandbox/ledger");
  for (const auto& entry : ledger["entries"].GetArray()) ids.insert(Text(entry, "id"));
  EXPECT_EQ(ledger["entries"].Size(), 80u);
  EXPECT_EQ(ids.size(), 80u);
}

}  // namespace
}  // namespace onlyleads::testing
