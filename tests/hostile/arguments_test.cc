// Numbers out of range and combinations without sense, in every place of the C++ face that takes
// them: refused by the name of the argument, and nothing is written.
#include <filesystem>
#include <functional>
#include <limits>

#include "tests/hostile/hostile.h"

namespace onlyleads::tests {
namespace {

using namespace std::string_literals;

constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
constexpr int32_t kHighest = std::numeric_limits<int32_t>::max();

class HostileArguments : public Hostile {
 protected:
  SenderOptions Sender() {
    SenderOptions sender;
    sender.member_id = member_;
    sender.account_id = "acc1";
    sender.base_url = "http://127.0.0.1:9";
    sender.api_key = "key";
    sender.webhook_secret = "secret";
    return sender;
  }
  int64_t AuditEntries() { return ws_.audit().list("", 1000).size(); }

  // `f` is refused by that name and leaves neither a row nor an audit entry.
  void Refuse(std::string_view name, const std::function<void()>& f, int32_t code = 0) {
    const int64_t entries = AuditEntries();
    const Failure failure = FailureOf(f);
    EXPECT_EQ(failure.code, code == 0 ? OL_INVALID_ARGUMENT : code) << name << failure.message;
    EXPECT_NE(failure.message.find(name), std::string::npos) << name << ": " << failure.message;
    EXPECT_EQ(AuditEntries(), entries) << name;
  }
  void RefuseSender(std::string_view name, const std::function<void(SenderOptions*)>& spoil) {
    SenderOptions sender = Sender();
    spoil(&sender);
    Refuse(name, [&] { ws_.senders().connect(sender); });
    EXPECT_EQ(ws_.senders().list().size(), 0) << name;
    EXPECT_EQ(ws_.mandates().list().size(), 0) << name;
  }

  const Id member_ = ws_.members().add("Ada Example");
};

TEST_F(HostileArguments, OfASenderAreRefusedOneByOne) {
  const std::pair<const char*, int32_t SenderOptions::*> limits[] = {
      {"invitations_per_day", &SenderOptions::invitations_per_day},
      {"invitations_per_week", &SenderOptions::invitations_per_week},
      {"messages_per_day", &SenderOptions::messages_per_day},
      {"messages_per_week", &SenderOptions::messages_per_week},
      {"profiles_per_day", &SenderOptions::profiles_per_day},
      {"profiles_per_week", &SenderOptions::profiles_per_week}};
  for (const auto& [name, member] : limits) {
    for (const int32_t value : {-1, kLowest, 10'001, kHighest}) {
      RefuseSender(name, [&, at = member](SenderOptions* s) { s->*at = value; });
    }
  }
  for (const int32_t gap : {-2, kLowest, 86'401, kHighest}) {
    RefuseSender("min_gap_s", [&](SenderOptions* s) { s->min_gap_s = gap; });
  }
  for (const uint32_t days : {0x80u, 0xffu, 0x80000000u}) {
    RefuseSender("work_days", [&](SenderOptions* s) { s->work_days = days; });
  }
  const std::pair<int32_t, int32_t> spans[] = {{-1, 600}, {600, 600}, {601, 600},
                                               {600, 0},  {0, 1441},  {kLowest, kHighest}};
  for (const auto& [start, end] : spans) {
    RefuseSender("work_start_min", [&, a = start, b = end](SenderOptions* s) {
      s->work_start_min = a;
      s->work_end_min = b;
    });
  }
  // Somebody of another organization is nobody here.
  const Id stranger = engine_.create_organization("Other Ltd").members().add("Bob Example");
  SenderOptions sender = Sender();
  sender.member_id = stranger;
  Refuse(
      "member_id", [&] { ws_.senders().connect(sender); }, OL_NOT_FOUND);
  EXPECT_EQ(ws_.senders().list().size(), 0);
}

TEST_F(HostileArguments, ThatNoRequestCouldCarryAreRefusedWhenTheSenderIsConnected) {
  for (const std::string& url : {"ftp://127.0.0.1"s,
                                 "127.0.0.1:9"s,
                                 "http:/127.0.0.1"s,
                                 "http://"s,
                                 "https:///api"s,
                                 "http://:8080"s,
                                 "http://?a"s,
                                 "http://a b"s,
                                 "http://a\tb"s,
                                 "http://a\nb"s,
                                 "http://z\xc3\xbcrich.example"s,
                                 "http://@host"s,
                                 "file:///etc/passwd"s,
                                 "http://user:secret@host"s,
                                 "http://host?a=1"s,
                                 "http://host/api#x"s,
                                 "http://host:0"s,
                                 "http://host:65536"s,
                                 "http://host:x"s,
                                 "http://host:"s,
                                 "http://[::1"s,
                                 "http://[]"s,
                                 "http://host\\evil"s,
                                 "http://host/a/../b"s,
                                 "http://host/."s,
                                 "http://ho*st"s}) {
    RefuseSender("base_url", [&](SenderOptions* s) { s->base_url = url; });
  }
  for (const std::string& key : {"k\r\nX-Other: 1"s, "k\n"s, " k"s, "k\x7f"s, "\xc3\xa9"s}) {
    RefuseSender("api_key", [&](SenderOptions* s) { s->api_key = key; });
  }
  for (const std::string& id : {" \t"s, "a b"s, "a\nb"s, "\x01"s}) {
    RefuseSender("account_id", [&](SenderOptions* s) { s->account_id = id; });
  }
  for (const std::string& secret : {""s, " secret"s, "secret "s, "a\r\nb"s, "\xc3\xa9"s}) {
    RefuseSender("webhook_secret", [&](SenderOptions* s) { s->webhook_secret = secret; });
  }
  for (const std::string& name : {"X Secret"s, "X-Secret:"s, "X-Secret\r\n"s, "\xc3\xa9"s}) {
    RefuseSender("webhook_header", [&](SenderOptions* s) { s->webhook_header = name; });
  }
  RefuseSender("provider", [](SenderOptions* s) { s->provider = "Unipile"; });
  RefuseSender("scope", [](SenderOptions* s) { s->mandate_scope = "email"; });
  RefuseSender("digest", [](SenderOptions* s) { s->mandate_digest = "00"; });
  for (const std::string& url : {"https://[::1]:8080/api/v1"s, "http://api_8.example:13443/"s}) {
    SenderOptions sender = Sender();
    sender.base_url = url;
    sender.webhook_secret = "two words";
    sender.account_id += std::to_string(ws_.senders().list().size());
    ws_.senders().connect(sender);
  }
  EXPECT_EQ(ws_.senders().list().size(), 2);
}

TEST_F(HostileArguments, OfPagesAndRunsAreRefusedByName) {
  const std::pair<const char*, std::function<void(int32_t)>> pages[] = {
      {"prospects", [&](int32_t n) { ws_.prospects().list("", n); }},
      {"outbox", [&](int32_t n) { ws_.outbox().list("", n); }},
      {"inbox", [&](int32_t n) { ws_.inbox().list("", n); }},
      {"audit", [&](int32_t n) { ws_.audit().list("", n); }},
      {"holds", [&](int32_t n) { ws_.holds().list("", n); }},
      {"mandates", [&](int32_t n) { ws_.mandates().list("", n); }},
      {"usage", [&](int32_t n) { ws_.usage().list("", n); }},
      {"scoring", [&](int32_t n) { ws_.scoring().top(n); }}};
  for (const auto& [what, page] : pages) {
    SCOPED_TRACE(what);
    Refuse("limit", [&, f = page] { f(-1); });
    Refuse("limit", [&, f = page] { f(kLowest); });
    Refuse(
        "limit", [&, f = page] { f(10'001); }, OL_LIMIT);
    Refuse(
        "limit", [&, f = page] { f(kHighest); }, OL_LIMIT);
  }
  for (const char* token :
       {"x", "-1", "0x1", "01890000-0000-7000-8000-00000000000", "a.b.c", "."}) {
    SCOPED_TRACE(token);
    Refuse("page_token", [&] { ws_.prospects().list(token); });
    Refuse("page_token", [&] { ws_.outbox().list(token); });
    Refuse("page_token", [&] { ws_.inbox().list(token); });
    Refuse("page_token", [&] { ws_.audit().list(token); });
    Refuse("page_token", [&] { ws_.holds().list(token); });
    Refuse("page_token", [&] { ws_.mandates().list(token); });
    Refuse("page_token", [&] { ws_.usage().list(token); });
    Refuse("page_token", [&] { ws_.prospects().import_rejects(member_, token); });
  }
  Refuse("max_ms", [&] { engine_.run({-1, 0}); });
  Refuse("max_calls", [&] { engine_.run({0, -2}); });
  Refuse("inactive_days", [&] { ws_.retention().plan(-1); });
  Refuse("inactive_days", [&] { ws_.retention().plan(36'501); });
  Refuse("plan_token", [&] { ws_.retention().run("x"); });
  Refuse("plan_token", [&] { ws_.retention().run(""); });
}

TEST_F(HostileArguments, OfAnEngineAreRefusedBeforeThereIsAFile) {
  const auto refuse = [&](std::string_view name, EngineOptions options) {
    ExpectFailure(OL_INVALID_ARGUMENT, name, [&] { Engine::open(dir_.path("never.db"), options); });
    EXPECT_FALSE(std::filesystem::exists(dir_.path("never.db"))) << name;
  };
  EngineOptions options;
  options.busy_timeout_ms = -1;
  refuse("busy_timeout_ms", options);
  options = {};
  options.max_call_ms = kLowest;
  refuse("max_call_ms", options);
  options = {};
  options.profile = "Strict";
  refuse("profile", options);
  options = {};
  options.key = "fifteen bytes..";
  ExpectFailure(OL_INVALID_ARGUMENT, "key", [&] { Engine::open(dir_.path("key.db"), options); });
  for (const char* url : {"postgresql://h/d", "postgres://h/d"}) {
    ExpectFailure(OL_INVALID_ARGUMENT, "path", [&] { Engine::open(url); });
  }
}

// A clock that is off its hinges would put deadlines beyond the end of time.
TEST_F(HostileArguments, OfTheHostsClockFailTheCallAndWriteNothing) {
  int64_t now_us = 1'795'428'000'000'000;
  EngineOptions options;
  options.host.now_us = [&now_us] { return now_us; };
  const Engine engine = Engine::open(dir_.path("clock.db"), options);
  for (const int64_t wrong :
       {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min(),
        std::numeric_limits<int64_t>::max(), int64_t{221'845'392'000'000'000}}) {
    now_us = wrong;
    ExpectFailure(OL_CALLBACK_FAILED, "host.now_us", [&] { engine.create_organization("Acme"); });
    ExpectFailure(OL_CALLBACK_FAILED, "host.now_us", [&] { engine.run(); });
    ExpectFailure(OL_CALLBACK_FAILED, "host.now_us",
                  [&] { Engine::open(dir_.path("other.db"), options); });
    EXPECT_FALSE(std::filesystem::exists(dir_.path("other.db")));
  }
  now_us = 1'795'428'000'000'000;
  EXPECT_EQ(engine.organizations().size(), 0);
  EXPECT_TRUE(engine.audit().verify().intact);
}

TEST_F(HostileArguments, OfAnImportAreRefusedByName) {
  const std::string path = Write("Email\na@x.example\n");
  const auto refuse = [&](std::string_view name, const std::function<void(ImportOptions*)>& spoil,
                          int32_t code = 0) {
    ImportOptions how = How();
    spoil(&how);
    Refuse(
        name, [&] { ws_.prospects().import_csv(path, how); }, code);
    EXPECT_EQ(ws_.prospects().count(), 0);
  };
  refuse("source", [](ImportOptions* how) { how->source = " "; });
  refuse("lawful_basis", [](ImportOptions* how) { how->lawful_basis = ""; });
  refuse("lawful_basis", [](ImportOptions* how) { how->lawful_basis = "because"; });
  refuse("on_existing", [](ImportOptions* how) { how->on_existing = "replace"; });
  for (const char* mapping : {"[]", "7", "{\"Email\":1}", "{\"Email\":null}"}) {
    refuse("mapping_json", [&](ImportOptions* how) { how->mapping_json = mapping; });
  }
  for (const char* mapping : {"{", "nonsense", "{\"a\":\"b\",\"a\":\"c\"}"}) {
    refuse(
        "mapping_json", [&](ImportOptions* how) { how->mapping_json = mapping; }, OL_INVALID_JSON);
  }
  refuse("mapping", [](ImportOptions* how) { how->mapping_json = R"({"Email":"shoe"})"; });
  refuse("mapping", [](ImportOptions* how) { how->mapping_json = R"({"Nope":"email"})"; });
}

}  // namespace
}  // namespace onlyleads::tests
