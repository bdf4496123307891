// A provider, or whatever stands between, that answers with what is meant to break a reader: pages,
// bodies without end, bombs, damaged text. A real sandbox lies behind a gateway that passes
// requests on or not and then says what the test wants. However it answers, a send ends as the
// facts bear it, memory stays bounded and nobody is written to twice. White box: it links the
// engine.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "src/base/time.h"
#include "src/engine/sending.h"
#include "tests/support/outreach.h"
#include "tests/support/raw_server.h"

#if defined(__SANITIZE_ADDRESS__)
// Freed memory goes back, so that the bounds on memory can be measured here too.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "quarantine_size_mb=4:thread_local_quarantine_size_kb=64";
}
#endif

namespace onlyleads::tests {
namespace {

using namespace std::string_literals;
using base::kDayUs;
using base::kHourUs;
using States = std::map<std::string, int>;

constexpr int64_t kMiB = 1024 * 1024;

// One way to answer, and what it means for a write.
struct Answer {
  const char* name;
  std::function<void(RawConnection*)> give;
  const char* outcome;  // as the outbox tells it
  bool in_doubt = true;
};

void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }

std::function<void(RawConnection*)> Say(std::string bytes) {
  return [bytes = std::move(bytes)](RawConnection* client) { client->Write(bytes); };
}

std::string Http(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

std::function<void(RawConnection*)> Json(const std::string& body) {
  return Say(Http("201 Created", "Content-Type: application/json\r\n", body));
}

// `head`, then `piece` until the client goes.
std::function<void(RawConnection*)> Endless(std::string head, std::string piece) {
  return [head = std::move(head), piece = std::move(piece)](RawConnection* client) {
    if (!client->Write(head)) return;
    while (client->Write(piece)) {
    }
  };
}

// Deflate with its fixed codes: one zero, then "258 bytes from one byte back" again and again, 13
// bits each. 13 bytes of it are 2064 zeros.
std::string Bomb(int64_t unpacked) {
  std::string bytes;
  int filled = 8;
  const auto put = [&](uint32_t bits, int count) {  // most significant first, as Huffman codes are
    for (int i = count - 1; i >= 0; --i) {
      if (filled == 8) {
        bytes.push_back('\0');
        filled = 0;
      }
      if ((bits >> i & 1) != 0) bytes.back() = static_cast<char>(bytes.back() | 1 << filled);
      ++filled;
    }
  };
  put(0b1, 1);         // the last block,
  put(0b10, 2);        // type 01 with its low bit first
  put(0b00110000, 8);  // the literal 0
  for (int64_t done = 1; done < unpacked; done += 258) put(0b1100010100000, 13);
  put(0b0000000, 7);
  return bytes;
}

std::string Gzip(int64_t unpacked) {
  return "\x1f\x8b\x08\0\0\0\0\0\0\x03"s + Bomb(unpacked) + std::string(8, '\0');
}

std::vector<Answer> Answers() {
  const std::string html = "<!DOCTYPE html><html><body>Just a moment...</body></html>";
  const std::string type = "Content-Type: application/json\r\n";
  const std::string filler(64 * 1024, 'x');
  return {
      {"a_page_with_status_200", Say(Http("200 OK", "Content-Type: text/html\r\n", html)),
       "unreadable_reply"},
      {"a_page_with_status_502", Say(Http("502 Bad Gateway", "", html)), "http_502"},
      {"a_page_with_a_status_unheard_of", Say(Http("799 Odd", "", html)), "http_799"},
      {"a_body_without_end", Endless("HTTP/1.1 200 OK\r\n\r\n{\"a\":\"", filler),
       "reply_too_large"},
      {"chunks_without_end",
       Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
               "10000\r\n" + filler + "\r\n"),
       "reply_too_large"},
      {"headers_without_end", Endless("HTTP/1.1 200 OK\r\n", "X-A: " + filler + "\r\n"), nullptr},
      {"small_headers_without_end", Endless("HTTP/1.1 200 OK\r\n", "a:\r\nb:\r\nc:\r\nd:\r\n"),
       nullptr},
      {"interim_answers_without_end", Endless("", "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n"),
       nullptr},
      {"a_header_of_a_megabyte",
       Say(Http("201 Created", "X-A: " + std::string(kMiB, 'y') + "\r\n", "{}")), nullptr},
      {"a_body_that_trickles",
       [](RawConnection* client) {
         client->Write("HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n{");
         client->Trickle(' ');
       },
       "timeout"},
      {"headers_that_trickle",
       [](RawConnection* client) {
         client->Write("HTTP/1.1 201 Created\r\nX-A: ");
         client->Trickle('z');
       },
       "timeout"},
      {"a_gzip_bomb",
       Say(Http("201 Created", type + "Content-Encoding: gzip\r\n", Gzip(1024 * kMiB))),
       "unreadable_reply"},
      {"a_deflate_bomb",
       Say(Http("201 Created", type + "Content-Encoding: deflate\r\n", Bomb(1024 * kMiB))),
       "unreadable_reply"},
      {"a_gzip_bomb_in_chunks_of_transfer",
       Say("HTTP/1.1 201 Created\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
       nullptr},
      {"a_list", Json(R"([{"invitation_id":"1"}])"), "unreadable_reply"},
      {"a_number", Json("200"), "unreadable_reply"},
      {"half_an_object", Json(R"({"object":"UserInvitationSent","invita)"), "unreadable_reply"},
      {"damaged_text", Json("{\"invitation_id\":\"\xff\xfe\"}"), "unreadable_reply"},
      {"a_lone_surrogate", Json(R"({"invitation_id":"\ud800"})"), "unreadable_reply"},
      {"a_member_twice", Json(R"({"invitation_id":"1","invitation_id":"2"})"), "unreadable_reply"},
      {"a_tower_of_lists", Json("{\"a\":" + std::string(100'000, '[')), "unreadable_reply"},
      {"an_error_that_says_created",
       Json(R"({"status":500,"type":"errors/provider_error","title":"x"})"), "provider_error"},
      {"a_body_cut_short",
       Say("HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"object\":\"UserInv"),
       "reply_cut"},
      {"a_length_below_zero", Say("HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n{}"), nullptr},
      // Such a length counts as none: the body ends with the connection.
      {"a_length_beyond_numbers",
       Say("HTTP/1.1 201 Created\r\nContent-Length: 99999999999999999999\r\n\r\n"
           R"({"object":"UserInvitationSent","invitation_id":"1"})"),
       "sent", /*in_doubt=*/false},
      {"a_redirect_to_itself", Say(Http("307 Temporary Redirect", "Location: /\r\n", "")),
       "http_307"},
      {"a_redirect_elsewhere", Say(Http("301 Moved", "Location: file:///etc/passwd\r\n", "moved")),
       "http_301"},
      {"nothing_with_status_200", Say(Http("200 OK", "", "")), "unreadable_reply"},
      {"an_empty_object", Json("{}"), "unreadable_reply"},
      {"an_error_in_other_words", Json(R"({"object":"Error","code":503})"), "unreadable_reply"},
      {"a_place_in_a_queue", Say(Http("202 Accepted", "", R"({"queued":true})")),
       "unreadable_reply"},
      {"a_list_of_nothing_in_particular", Json(R"({"items":[{}],"cursor":null})"),
       "unreadable_reply"},
      {"a_stopped_account_after_the_fact",
       Say(Http("500 Error", "", R"({"status":500,"type":"errors/disconnected_account"})")),
       "disconnected_account"},
      {"no_session_said_by_a_gateway",
       Say(Http("504 Timeout", "", R"({"status":504,"type":"errors/no_client_session"})")),
       "no_client_session"},
      {"a_client_that_hung_up", Say(Http("499 Closed", "", "")), "http_499"},
  };
}

// Between the engine and the sandbox. Reads pass unless `reads` is set.
class Gateway {
 public:
  Gateway()
      : server_([this](RawServer* server, RawConnection* client) { Serve(server, client); }) {}

  std::string Before(const std::string& sandbox) {
    sandbox_port_ = std::stoi(sandbox.substr(sandbox.rfind(':') + 1));
    return server_.url("");
  }
  int writes() const { return server_.CountOf("POST"); }
  int reads() const { return server_.CountOf("GET"); }
  std::vector<std::string> requests() const { return server_.requests(); }

  // How requests from now on are answered. Without one: as the sandbox answers.
  using Give = std::function<void(RawConnection*)>;
  void AnswerWrites(Give give) { Set(&write_answer_, std::move(give)); }
  void AnswerReads(Give give) { Set(&read_answer_, std::move(give)); }
  void KeepWrites() { passes_writes_on_ = false; }

 private:
  void Set(Give* answer, Give give) {
    std::lock_guard<std::mutex> lock(mutex_);  // an earlier answer may still be under way
    std::swap(*answer, give);
  }
  void Serve(RawServer* server, RawConnection* client) {
    const std::string request = client->ReadRequest();
    if (request.empty()) return;
    server->Record(request);
    const bool write = request.rfind("POST ", 0) == 0;
    Give answer;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      answer = write ? write_answer_ : read_answer_;
    }
    std::string own;
    if (!answer || (write && passes_writes_on_)) own = Ask(request);
    if (answer) return answer(client);
    client->Write(own);
  }

  // What the sandbox says.
  std::string Ask(std::string request) const {
    request.insert(request.find("\r\n") + 2, "Connection: close\r\n");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(sandbox_port_));
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    RawConnection sandbox(fd, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_TRUE(sandbox.Write(request));
    return sandbox.ReadToEnd();
  }

  int sandbox_port_ = 0;
  std::mutex mutex_;
  Give write_answer_, read_answer_;
  std::atomic<bool> passes_writes_on_{true};
  RawServer server_;
};

int64_t PeakBytes() {
  struct rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

class HostileAnswers : public ::testing::TestWithParam<Answer> {
 protected:
  HostileAnswers() : world_([this](const std::string& url) { return gateway_.Before(url); }) {
    world_.EnrollAll(world_.AddCampaign(), world_.AddPeople(1));
  }

  // One run in bounded memory, by an engine that waits for no answer longer than a moment.
  engine::RunReport Run() {
    const int64_t before = PeakBytes();
    engine::OpenOptions options = world_.Options();
    options.max_call_ms = 500;
    const auto engine = engine::Engine::Open(std::move(options));
    const auto report = engine::Run(**engine, {});
    EXPECT_TRUE(report.ok()) << report.status();
    EXPECT_LT(PeakBytes() - before, 96 * kMiB);
    return *report;
  }
  std::string Outcome() {
    const auto table = engine::ListOutbox(world_.engine(), world_.org(), "", 10);
    return std::get<std::string>(table->at(0, 7));
  }
  void BeHonest() {
    gateway_.AnswerWrites(nullptr);
    gateway_.AnswerReads(nullptr);
  }

  Gateway gateway_;
  Outreach world_;
};

TEST_P(HostileAnswers, ToAWriteThatWasAcceptedLeaveItSentOrInDoubtAndNeverRepeated) {
  gateway_.AnswerWrites(GetParam().give);
  Run();
  EXPECT_EQ(gateway_.writes(), 1);
  EXPECT_EQ(world_.LedgerSize(), 1);
  EXPECT_EQ(world_.OutboxStates(), (States{{GetParam().in_doubt ? "unknown" : "sent", 1}}));
  if (GetParam().outcome != nullptr) {
    EXPECT_EQ(Outcome(), GetParam().outcome);
  }
  BeHonest();
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(gateway_.writes(), 1);
  EXPECT_EQ(world_.LedgerSize(), 1);
}

TEST_P(HostileAnswers, ToAWriteThatNeverArrivedAreAskedAboutBeforeItGoesOutAgain) {
  gateway_.KeepWrites();
  gateway_.AnswerWrites(GetParam().give);
  Run();
  EXPECT_EQ(gateway_.writes(), 1);
  EXPECT_EQ(world_.OutboxStates(), (States{{GetParam().in_doubt ? "unknown" : "sent", 1}}));
  BeHonest();
  world_.RunUntil(kMonday + 12 * kHourUs);
  EXPECT_EQ(gateway_.writes(), 1) << "not the same day";
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world_.LedgerSize(), GetParam().in_doubt ? 1 : 0);
  EXPECT_EQ(gateway_.writes(), GetParam().in_doubt ? 2 : 1);
}

TEST_P(HostileAnswers, ToAProfileWriteToNobodyAndLoseNobody) {
  gateway_.AnswerReads(GetParam().give);
  for (int i = 0; i < 2; ++i) {
    Run();
    world_.Advance(kHourUs);
  }
  EXPECT_EQ(gateway_.writes(), 0);
  EXPECT_EQ(gateway_.reads(), 2);
  EXPECT_EQ(world_.OutboxStates(), (States{{"queued", 1}}));
  BeHonest();
  world_.RunUntil(kMonday + kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(world_.LedgerSize(), 1);
}

// A look that could not see everything must not count as "it is not there".
TEST_P(HostileAnswers, ToALookSettleNothing) {
  gateway_.AnswerWrites([](RawConnection*) {});  // accepted, and no word of it
  Run();
  ASSERT_EQ(world_.OutboxStates(), (States{{"unknown", 1}}));
  gateway_.AnswerReads(GetParam().give);
  const int asked = gateway_.reads();
  for (int i = 0; i < 4; ++i) {
    world_.Advance(kHourUs);
    Run();
  }
  EXPECT_EQ(gateway_.reads(), asked + 4);
  EXPECT_EQ(world_.OutboxStates(), (States{{"unknown", 1}}));
  BeHonest();
  world_.RunUntil(kMonday + 2 * kDayUs);
  EXPECT_EQ(world_.OutboxStates(), (States{{"sent", 1}}));
  EXPECT_EQ(gateway_.writes(), 1);
  EXPECT_EQ(world_.LedgerSize(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, HostileAnswers, ::testing::ValuesIn(Answers()),
                         [](const auto& info) { return std::string(info.param.name); });

class HostileRefusals : public HostileAnswers {};

// A refusal is a status, whatever the page around it looks like.
TEST_P(HostileRefusals, MeanNotSentWhateverTheirBodyIs) {
  gateway_.KeepWrites();
  gateway_.AnswerWrites(GetParam().give);
  Run();
  EXPECT_EQ(gateway_.writes(), 1);
  EXPECT_EQ(world_.OutboxStates(), (States{{GetParam().outcome, 1}}));
  BeHonest();
  world_.RunUntil(kMonday + 2 * kDayUs);
  const bool again = GetParam().outcome == "queued"s;
  EXPECT_EQ(world_.OutboxStates(), (States{{again ? "sent" : "not_sent", 1}}));
  EXPECT_EQ(world_.LedgerSize(), again ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileRefusals,
    ::testing::Values(
        Answer{"a_page_with_status_400", Say(Http("400 Bad Request", "", "<html>no</html>")),
               "not_sent"},
        Answer{"wrong_types_with_status_422",
               Say(Http("422 Unprocessable", "", R"({"type":[1],"status":"x","title":null})")),
               "not_sent"},
        Answer{"damaged_text_with_status_422",
               Say(Http("422 Unprocessable", "", "{\"type\":\"errors/\xff\"}")), "not_sent"},
        Answer{"a_bomb_with_status_422",
               Say(Http("422 Unprocessable", "Content-Encoding: gzip\r\n", Gzip(1024 * kMiB))),
               "not_sent"},
        Answer{"a_page_with_status_429",
               Say(Http("429 Slow", "Retry-After: -7\r\nRetry-After: soon\r\n", "<html>")),
               "queued"},
        Answer{"a_wait_until_the_end_of_time",
               Say(Http("425 Early", "Retry-After: 18446744073709551616\r\n", "")), "queued"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(HostileBombs, AreNotAskedFor) {
  Gateway gateway;
  Outreach world([&](const std::string& url) { return gateway.Before(url); });
  world.EnrollAll(world.AddCampaign(), world.AddPeople(1));
  world.Run();
  ASSERT_EQ(gateway.requests().size(), 2u);
  for (const std::string& request : gateway.requests()) {
    EXPECT_EQ(request.find("ccept-Encoding"), std::string::npos);
    EXPECT_EQ(request.find("TE:"), std::string::npos);
  }
}

}  // namespace
}  // namespace onlyleads::tests
