// Webhooks from a stranger, and from a provider gone wrong: huge, deep, no JSON, wrong types in
// every place, wrongly signed, replayed. Each is refused with a code to answer by, or harmless.
#include <atomic>
#include <thread>

#include "tests/hostile/hostile.h"

namespace onlyleads::tests {
namespace {

using namespace std::string_literals;

constexpr char kSecret[] = "webhook-secret";

class HostileWebhooks : public Hostile {
 protected:
  HostileWebhooks() {
    SenderOptions sender;
    sender.member_id = ws_.members().add("Ada Example");
    sender.account_id = "acc1";
    sender.base_url = "http://127.0.0.1:9";
    sender.api_key = "key";
    sender.webhook_secret = kSecret;
    ws_.senders().connect(sender);
    ImportText("Email,LinkedIn URL\nann@x.example,https://www.linkedin.com/in/ann-test\n");
  }

  InboxReport Ingest(std::string_view body, const Headers& headers = {{"Unipile-Auth", kSecret}}) {
    return engine_.ingest_webhook("unipile", headers, body);
  }
  void Refuse(int32_t code, std::string_view body) {
    ExpectFailure(code, code == OL_UNAUTHORIZED ? "secret" : "body", [&] { Ingest(body); });
    EXPECT_EQ(ws_.inbox().list().size(), 0);
  }

  // A message of Ann's. `extra` is a list of further members that begins with a comma.
  static std::string Message(const std::string& id, const std::string& text,
                             const std::string& extra = {}) {
    return R"({"event":"message_received","account_id":"acc1","chat_id":"c","message_id":")" + id +
           R"(","message":")" + text + R"(","timestamp":"2026-11-23T10:00:00.000Z",)" +
           R"("is_sender":false,"sender":{"attendee_provider_id":"ACoANN",)" +
           R"("attendee_public_identifier":"ann-test"},"attendees":[{"attendee_provider_id":)" +
           R"("ACoANN","attendee_public_identifier":"ann-test"}],)" +
           R"("account_info":{"user_id":"ACoSELF"})" + extra + "}";
  }
};

TEST_F(HostileWebhooks, HugeOrDeepOnesAreALimit) {
  Refuse(OL_LIMIT, Message("m1", std::string(1024 * 1024, 'x')));
  Refuse(OL_LIMIT, Message("m1", "hi", ",\"deep\":" + std::string(65, '[') + std::string(65, ']')));
  Refuse(OL_LIMIT, std::string(500'000, '['));
  Refuse(OL_LIMIT, std::string(200'000, '{'));
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "{\"a\":";
  Refuse(OL_LIMIT, nested);
  EXPECT_EQ(Ingest(Message("m1", std::string(100'000, 'x'))).replies, 1);
}

TEST_F(HostileWebhooks, WhatIsNoJsonObjectIsRefused) {
  const std::string whole = Message("m1", "hi");
  for (size_t size = 0; size < whole.size(); ++size) Refuse(OL_INVALID_JSON, whole.substr(0, size));
  for (const char* body :
       {"<html>502</html>", "null", "[]", "7", "\"text\"", "{}{}", "{} x", "{'a':1}", "{\"a\":01}",
        "{\"a\":NaN}", "{\"a\":1e999}", "{\"a\":\"\t\"}", "{\"a\":1,}", "// c\n{}"}) {
    Refuse(OL_INVALID_JSON, body);
  }
  Refuse(OL_INVALID_JSON, "\xff\xfe{\0}\0"s);
}

TEST_F(HostileWebhooks, RepeatedMembersAndDamagedTextAreRefused) {
  Refuse(OL_INVALID_JSON, Message("m1", "hi", R"(,"message":"stop")"));
  Refuse(OL_INVALID_JSON, Message("m1", "hi", R"(,"x":{"a":1,"\u0061":2})"));
  Refuse(OL_INVALID_JSON, Message("m1", "\xff"));
  Refuse(OL_INVALID_JSON, Message("m1", "\xed\xa0\x80"));
  Refuse(OL_INVALID_JSON, Message("m1", "\xc0\x80"));
  Refuse(OL_INVALID_JSON, Message("m1", R"(\ud800)"));
  Refuse(OL_INVALID_JSON, Message("m1", R"(\udc00 x)"));
  Refuse(OL_INVALID_JSON, Message("m1", R"(a\u0000b\udc00)"));
}

TEST_F(HostileWebhooks, AZeroByteHidesNoOptOut) {
  EXPECT_EQ(Ingest(Message("m1", R"(sto\u0000p)")).opt_outs, 1);
  EXPECT_EQ(ws_.inbox().list()[0].text("body"), "stop");
}

TEST_F(HostileWebhooks, OnlyTheWholeSecretUnderItsHeaderOpens) {
  const std::string body = Message("m1", "stop");
  const auto refuse = [&](const Headers& headers) {
    ExpectFailure(OL_UNAUTHORIZED, "secret", [&] { Ingest(body, headers); });
    EXPECT_EQ(ws_.inbox().list().size(), 0);
  };
  refuse({});
  refuse({{"Unipile-Auth", ""}});
  refuse({{"Unipile-Auth", "webhook-secre"}});
  refuse({{"Unipile-Auth", "webhook-secret "}});
  refuse({{"Unipile-Auth", "Webhook-Secret"}});
  refuse({{"Unipile-Auth", kSecret + "\0"s}});
  refuse({{"Unipile-Auth", "\xff"}});
  refuse({{"Unipile-Auth ", kSecret}});
  refuse({{"Authorization", kSecret}});
  refuse({{"Unipile-Auth", kSecret}, {"unipile-auth", "other"}});
  refuse({{"unipile-auth", "other"}, {"Unipile-Auth", kSecret}});
  ExpectFailure(OL_UNAUTHORIZED, "secret", [&] { Ingest(Message("m1", "x", ",\"y\":[1]"), {}); });
  EXPECT_EQ(Ingest(body, {{"uNIPILE-aUTH", kSecret}}).opt_outs, 1);
}

TEST_F(HostileWebhooks, AReplayDoesNothingAlsoFromManyThreadsAndAnotherEngine) {
  const Engine other = Open(dir_.path("leads.db"));
  const std::string body = Message("m1", "Tell me more");
  std::atomic<int> replies{0}, duplicates{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Engine& engine = i % 2 == 0 ? engine_ : other;
      for (int n = 0; n < 5; ++n) {
        const InboxReport report =
            engine.ingest_webhook("unipile", {{"Unipile-Auth", kSecret}}, body);
        replies += report.replies;
        duplicates += report.duplicate ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(replies, 1);
  EXPECT_EQ(duplicates, 39);
  EXPECT_EQ(ws_.inbox().list().size(), 1);
}

// Whatever stands in the place of a member, the event is taken, ignored or refused, what is stored
// is text, and the next webhook works.
TEST_F(HostileWebhooks, WrongTypesInAnyPlaceAreHarmless) {
  const std::string values[] = {"null",
                                "true",
                                "7",
                                "-1",
                                "0.5",
                                "9223372036854775807",
                                "-9223372036854775808",
                                "18446744073709551615",
                                "1e308",
                                "\"\"",
                                "\"\\u0000\"",
                                "\"x\"",
                                "[]",
                                "[null]",
                                "[[[]]]",
                                "{}",
                                "{\"a\":{\"b\":null}}",
                                "\"" + std::string(70'000, 'x') + "\""};
  const std::string names[] = {"event",
                               "account_id",
                               "chat_id",
                               "message_id",
                               "message",
                               "timestamp",
                               "is_sender",
                               "is_event",
                               "is_group",
                               "sender",
                               "attendees",
                               "account_info",
                               "attachments",
                               "data",
                               "user",
                               "user_provider_id",
                               "user_public_identifier"};
  int taken = 0;
  for (const char* event : {"message_received", "new_relation"}) {
    for (const std::string& name : names) {
      for (const std::string& value : values) {
        std::string body = "{\"" + name + "\":" + value;
        if (name != "event") body += R"(,"event":")" + std::string(event) + "\"";
        if (name != "account_id") body += R"(,"account_id":"acc1")";
        if (name != "sender") body += R"(,"sender":{"attendee_public_identifier":"ann-test"})";
        if (name != "message") body += R"(,"message":"hello")";
        const Failure failure = FailureOf([&] { Ingest(body + "}"); });
        EXPECT_EQ(failure.code, OL_OK) << body.substr(0, 200) << failure.message;
        ++taken;
      }
    }
  }
  EXPECT_EQ(taken, 2 * 17 * 18);
  EXPECT_FALSE(Person("ann@x.example")->objected_at_us);
  EXPECT_EQ(Ingest(Message("last", "stop")).opt_outs, 1);
  EXPECT_TRUE(engine_.audit().verify().intact);
}

TEST_F(HostileWebhooks, UnknownEventsAccountsAndProvidersStoreNothing) {
  for (const char* event :
       {"mail_received", "", "MESSAGE_RECEIVED", "message_received ", "\\u0000"}) {
    const InboxReport report =
        Ingest(R"({"event":")" + std::string(event) + R"(","account_id":"acc1","message":"stop"})");
    EXPECT_EQ(report.opt_outs + report.replies + report.connections, 0);
  }
  std::string stranger = Message("m1", "stop");
  stranger.replace(stranger.find("acc1"), 4, "acc2");
  EXPECT_EQ(Ingest(stranger).opt_outs, 0);
  ExpectFailure(OL_INVALID_ARGUMENT, "provider",
                [&] { engine_.ingest_webhook("Unipile", {}, "{}"); });
  EXPECT_EQ(ws_.inbox().list().size(), 0);
}

TEST_F(HostileWebhooks, TimesOutOfRangeBecomeTheHostsOwn) {
  int n = 0;
  for (const char* time :
       {"-1", "0", "9223372036854775807", "1e300", "\"infinite-future\"",
        "\"99999-01-01T00:00:00Z\"", "\"yesterday\"", "\"-290308-12-21T19:59:05Z\"", "[]"}) {
    std::string body = Message("m" + std::to_string(++n), "hello");
    const std::string given = "\"2026-11-23T10:00:00.000Z\"";
    body.replace(body.find(given), given.size(), time);
    EXPECT_EQ(Ingest(body).replies, 1) << time;
  }
  for (const Row row : ws_.inbox().list()) {
    EXPECT_GT(row.integer("received_at_us"), 1'500'000'000'000'000);
    EXPECT_LT(row.integer("received_at_us"), 253'402'300'800'000'000);
  }
}

}  // namespace
}  // namespace onlyleads::tests
