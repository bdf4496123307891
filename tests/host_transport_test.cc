// A host's own transport through the C++ face: requests reach a real sandbox over the host's
// libcurl, and whatever a host says or fails to say of a request's fate, nobody is written to
// twice.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/sandbox.h"
#include "tests/support/temp_dir.h"

namespace {

using onlyleads::Engine;
using onlyleads::Error;
using onlyleads::HttpCompletion;
using onlyleads::HttpRequest;
using onlyleads::Id;
using onlyleads::Row;
using onlyleads::RunReport;
using onlyleads::Workspace;

constexpr int64_t kMondayUs = 1'795'428'000'000'000;  // 2026-11-23T10:00:00Z
constexpr int64_t kMinuteUs = 60'000'000;

size_t Append(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

// One request over the host's own libcurl, waited for.
HttpCompletion Carry(const HttpRequest& request) {
  HttpCompletion done;
  done.id = request.id;
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const auto& [name, value] : request.headers) {
    headers = curl_slist_append(headers, (std::string(name) + ": " + std::string(value)).c_str());
  }
  const std::string url(request.url), method(request.method), body(request.body);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  if (method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &done.body);
  if (curl_easy_perform(easy) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    done.fate = OL_HTTP_COMPLETE;
    done.status = static_cast<int32_t>(status);
  }
  curl_slist_free_all(headers);
  curl_easy_cleanup(easy);
  return done;
}

// What the test's host does: carries at submit, hands out at poll, and lies where told to.
struct Carrier {
  std::vector<HttpCompletion> done;
  std::vector<size_t> batches;
  std::vector<uint64_t> cancelled;
  int writes = 0;
  std::function<void(const HttpRequest&, HttpCompletion*)> tamper = [](auto&, auto*) {};
  std::function<void()> before_submit = [] {};
  std::function<void()> before_poll = [] {};
  std::vector<std::string> logged;
  bool silent = false;  // carries, and never says so
  // Leaves it alone and says that it did not start.
  std::function<bool(const HttpRequest&)> declines = [](auto&) { return false; };
};

class HostTransport : public ::testing::Test {
 protected:
  HostTransport()
      : started_(sandbox_.Start({"--now", std::to_string(kMondayUs), "--account", "acc1"})),
        engine_(Open()),
        ws_(engine_.create_organization("Acme Ltd")) {
    EXPECT_TRUE(started_);
    onlyleads::SenderOptions sender;
    sender.member_id = ws_.members().add("Ada Example");
    sender.account_id = "acc1";
    sender.base_url = sandbox_.base_url();
    sender.api_key = onlyleads::testing::Sandbox::ApiKey();
    sender.webhook_secret = "webhook-secret";
    sender.min_gap_s = OL_NO_GAP;
    sender_ = ws_.senders().connect(sender);
  }
  ~HostTransport() override { sandbox_.Kill(); }

  Engine Open() {
    onlyleads::EngineOptions options;
    options.profile = "balanced";
    options.max_call_ms = 1000;
    options.host.now_us = [now = now_us_] { return *now; };
    const std::shared_ptr<Carrier> carrier = carrier_;
    options.host.log = [carrier](int32_t level, std::string_view line) {
      carrier->logged.push_back(std::to_string(level) + " " + std::string(line));
      throw std::runtime_error("the log is full");
    };
    options.host.transport.submit = [carrier](const std::vector<HttpRequest>& requests) {
      carrier->before_submit();
      carrier->batches.push_back(requests.size());
      for (const HttpRequest& request : requests) {
        if (carrier->declines(request)) {
          HttpCompletion& done = carrier->done.emplace_back();
          done.id = request.id;
          done.fate = OL_HTTP_NOT_STARTED;
          continue;
        }
        carrier->writes += request.is_write ? 1 : 0;
        HttpCompletion completion = Carry(request);
        carrier->tamper(request, &completion);
        if (!carrier->silent) carrier->done.push_back(std::move(completion));
      }
    };
    options.host.transport.poll = [carrier](std::chrono::microseconds) {
      carrier->before_poll();
      return std::move(carrier->done);
    };
    options.host.transport.cancel = [carrier](uint64_t id) { carrier->cancelled.push_back(id); };
    return Engine::open(dir_.path("leads.db"), options);
  }

  void Enroll(const std::vector<std::string>& names) {
    std::ofstream file(dir_.path("people.csv"));
    file << "First Name,Last Name,Company,Title,LinkedIn URL,Country\n";
    for (const std::string& name : names) {
      file << name << ",Test," << name << " Ltd,Head of Sales,https://www.linkedin.com/in/" << name
           << "-test,GB\n";
    }
    file.close();
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    ws_.prospects().import_csv(dir_.path("people.csv"), how);
    const Id campaign = ws_.campaigns().create(R"({"name": "Test", "sender_id": ")" +
                                               sender_.to_string() + R"(", "lia_on_file": true,
            "role_related": true, "art14_in_template": true,
            "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
            "steps": [{"action": "invitation", "template": "Hi {{first_name}}"}]})");
    std::vector<Id> ids;
    for (const std::string& name : names) {
      ids.push_back(ws_.prospects().find_by_linkedin(name + "-test")->id);
    }
    ws_.campaigns().enroll(campaign, ids);
  }

  // How often the provider was asked to invite, and how often it did.
  size_t Occurrences(const std::string& path, const std::string& what) {
    const std::string text = sandbox_.Get(path);
    size_t count = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
      ++count;
    return count;
  }
  size_t Invitations() { return Occurrences("/sandbox/ledger", R"("kind":"invitation")"); }

  std::map<std::string, int> States() {
    std::map<std::string, int> states;
    for (const Row row : ws_.outbox().list()) ++states[std::string(row.text("state"))];
    return states;
  }

  // Lets the clock run until everything is settled, as a host would come back.
  void ComeBack(int times) {
    for (int i = 0; i < times; ++i) {
      *now_us_ += 30 * kMinuteUs;
      engine_.run();
    }
  }

  onlyleads::tests::TempDir dir_;
  onlyleads::testing::Sandbox sandbox_;
  std::shared_ptr<int64_t> now_us_ = std::make_shared<int64_t>(kMondayUs);
  std::shared_ptr<Carrier> carrier_ = std::make_shared<Carrier>();
  bool started_;
  Engine engine_;
  Workspace ws_;
  Id sender_;
};

TEST_F(HostTransport, CarriesEveryRequestAndNothingElseDoes) {
  Enroll({"ann", "bea", "cid"});
  const RunReport report = engine_.run();
  EXPECT_EQ(report.sent, 3);
  EXPECT_EQ(carrier_->writes, 3);
  EXPECT_EQ(Invitations(), 3u);
  size_t requests = 0;
  for (const size_t batch : carrier_->batches) requests += batch;
  EXPECT_EQ(static_cast<int64_t>(requests), report.calls);
  EXPECT_LT(carrier_->batches.size(), requests)
      << "requests that were due together came one by one";
}

TEST_F(HostTransport, WhatDidNotStartIsTriedAgainWithoutALook) {
  Enroll({"ann"});
  carrier_->declines = [](const HttpRequest& request) { return request.is_write; };
  const RunReport report = engine_.run();
  EXPECT_EQ(report.sent, 0);
  EXPECT_EQ(report.unknown, 0);
  EXPECT_EQ(States()["unknown"], 0) << "nothing left, so there is nothing to ask about";
  EXPECT_EQ(Invitations(), 0u);
  carrier_->declines = [](auto&) { return false; };
  ComeBack(20);
  EXPECT_EQ(States(), (std::map<std::string, int>{{"sent", 1}}));
  EXPECT_EQ(carrier_->writes, 1);
  EXPECT_EQ(Invitations(), 1u);
}

TEST_F(HostTransport, UnknownIsLookedUpBeforeItIsTriedAgain) {
  Enroll({"ann"});
  carrier_->tamper = [](const HttpRequest& request, HttpCompletion* done) {
    if (!request.is_write) return;
    done->fate = OL_HTTP_UNKNOWN;
    done->error = "timeout";
  };
  const RunReport report = engine_.run();
  EXPECT_EQ(report.sent, 0);
  EXPECT_EQ(report.unknown, 1);
  EXPECT_EQ(Invitations(), 1u) << "the provider did take it";
  carrier_->tamper = [](auto&, auto*) {};
  ComeBack(20);
  EXPECT_EQ(States(), (std::map<std::string, int>{{"sent", 1}}));
  EXPECT_EQ(Invitations(), 1u);
  EXPECT_EQ(carrier_->writes, 1) << "an unknown outcome was repeated";
}

TEST_F(HostTransport, WhatTheLogThrowsIsDropped) {
  Enroll({"ann"});
  carrier_->tamper = [](const HttpRequest&, HttpCompletion* done) {
    done->status = 401;
    done->body = R"({"status": 401, "type": "errors/missing_credentials"})";
  };
  EXPECT_EQ(engine_.run().sent, 0);
  ASSERT_EQ(carrier_->logged.size(), 1u) << "the sender was stopped";
  EXPECT_EQ(carrier_->logged[0].substr(0, 2), std::to_string(OL_LOG_ERROR) + " ");
  EXPECT_EQ(ws_.senders().list()[0].text("state"), "stopped");
}

TEST_F(HostTransport, SubmitThatThrowsSendsNothingAndItsExceptionComesOut) {
  Enroll({"ann"});
  carrier_->before_submit = [] { throw std::runtime_error("no network card"); };
  EXPECT_THROW(engine_.run(), std::runtime_error);
  EXPECT_EQ(Invitations(), 0u);
  carrier_->before_submit = [] {};
  ComeBack(20);
  EXPECT_EQ(States(), (std::map<std::string, int>{{"sent", 1}}));
  EXPECT_EQ(Invitations(), 1u);
}

TEST_F(HostTransport, PollThatThrowsLeavesUnknownOutcomesThatAreLookedUp) {
  Enroll({"ann", "bea"});
  carrier_->before_poll = [this] {
    if (carrier_->writes > 0) throw std::runtime_error("event loop is gone");
  };
  EXPECT_THROW(engine_.run(), std::runtime_error);
  EXPECT_EQ(States()["unknown"], 2);
  const int writes = carrier_->writes;
  carrier_->before_poll = [] {};
  carrier_->done.clear();
  ComeBack(20);
  EXPECT_EQ(States(), (std::map<std::string, int>{{"sent", 2}}));
  EXPECT_EQ(carrier_->writes, writes);
  EXPECT_EQ(Invitations(), 2u);
}

TEST_F(HostTransport, NotStartedWithAStatusIsUnknown) {
  Enroll({"ann"});
  carrier_->tamper = [](const HttpRequest& request, HttpCompletion* done) {
    if (request.is_write) done->fate = OL_HTTP_NOT_STARTED;
  };
  EXPECT_EQ(engine_.run().unknown, 1);
  carrier_->tamper = [](auto&, auto*) {};
  ComeBack(20);
  EXPECT_EQ(Invitations(), 1u);
  EXPECT_EQ(carrier_->writes, 1);
}

TEST_F(HostTransport, NonsenseCountsAsUnknownAndStrangersAreIgnored) {
  Enroll({"ann"});
  carrier_->tamper = [this](const HttpRequest& request, HttpCompletion* done) {
    HttpCompletion stranger;
    stranger.id = request.id + 1000;
    stranger.fate = OL_HTTP_COMPLETE;
    stranger.status = 200;
    carrier_->done.push_back(stranger);
    carrier_->done.push_back(*done);  // and the true one twice
    if (request.is_write) {
      carrier_->done.back().status = 42;
      done->fate = 99;
    }
  };
  EXPECT_EQ(engine_.run().unknown, 1);
  EXPECT_EQ(ws_.outbox().list()[0].text("outcome"), "bad_completion");
  carrier_->tamper = [](auto&, auto*) {};
  ComeBack(20);
  EXPECT_EQ(Invitations(), 1u);
  EXPECT_EQ(carrier_->writes, 1);
}

TEST_F(HostTransport, RequestThatIsNeverAnsweredIsGivenUp) {
  Enroll({"ann"});
  carrier_->silent = true;
  const RunReport report = engine_.run();
  EXPECT_EQ(report.sent, 0);
  EXPECT_EQ(carrier_->cancelled.size(), static_cast<size_t>(report.calls));
}

TEST_F(HostTransport, EnteringTheEngineFromACallbackIsMisuse) {
  Enroll({"ann"});
  int32_t code = OL_OK;
  carrier_->before_submit = [&] {
    try {
      engine_.run();
    } catch (const Error& error) {
      code = error.code();
    }
  };
  EXPECT_EQ(engine_.run().sent, 1);
  EXPECT_EQ(code, OL_MISUSE);
}

}  // namespace
