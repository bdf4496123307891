// The libcurl transport where memory runs out: whichever allocation of a call fails, a server that
// reads whole requests gets the one that was meant, to the byte, or none. A request that lost its
// query would ask about all accounts instead of one.
#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/providers/curl_transport.h"
#include "tests/abi/allocations.h"
#include "tests/support/raw_server.h"

namespace onlyleads::providers {
namespace {

using tests::CountAllocations;

domain::EgressPass Pass() {
  const domain::SubProcessor row = domain::UnipileSubProcessor(1);
  return *domain::Authorize(
      row,
      {"unipile", domain::EgressPurpose::kReconcile, {domain::DataCategory::kMessageText}, "FR"},
      2);
}

HttpRequest Request(const std::string& url, const std::string& body) {
  HttpRequest request;
  request.id = 1;
  request.url = url;
  request.headers = {{"X-API-KEY", "secret"}, {"Accept", "application/json"}};
  request.timeout_ms = 20'000;
  request.connect_timeout_ms = 10'000;
  if (body.empty()) return request;
  request.method = "POST";
  request.is_write = true;
  request.body = body;
  return request;
}

// On a transport of its own, the second time on the connection of the first if that is kept. The
// last one's error, "bad_alloc" or "complete".
std::string CallTwice(const HttpRequest& request) {
  try {
    auto transport = CurlTransport::Create({});
    if (!transport.ok()) return std::string(transport.status().message());
    std::vector<HttpReply> replies;
    for (size_t calls = 1; calls <= 2; ++calls) {
      const absl::Status submitted = (*transport)->Submit(Pass(), request);
      if (!submitted.ok()) return std::string(submitted.message());
      while (replies.size() < calls) {
        const absl::Status polled = (*transport)->Poll(1000, &replies);
        if (!polled.ok()) return std::string(polled.message());
      }
    }
    return replies[1].completion == Completion::kComplete ? "complete" : replies[1].error;
  } catch (const std::bad_alloc&) {
    return "bad_alloc";
  }
}

class TransportMemory : public ::testing::TestWithParam<std::string> {};

TEST_P(TransportMemory, ARequestLeavesWholeOrNotAtAll) {
  tests::RawServer server([](tests::RawServer* self, tests::RawConnection* connection) {
    for (std::string read; !(read = connection->ReadRequest()).empty();) {
      self->Record(read);
      connection->Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    }
  });
  const HttpRequest request =
      Request(server.url("/api/v1/chats?account_id=acc_1&cursor=c%3D1"), GetParam());
  ASSERT_EQ(CallTwice(request), "complete");
  const std::string whole = server.requests().at(0);
  ASSERT_NE(whole.find("/api/v1/chats?account_id=acc_1&cursor=c%3D1 HTTP/1.1\r\n"), whole.npos);
  int64_t n = 0;
  while (true) {
    std::string said;
    if (CountAllocations({.fail_at = ++n}, [&] { said = CallTwice(request); }).failed == 0) break;
    EXPECT_NE(said, "") << "allocation " << n;
  }
  EXPECT_GT(n, 100);
  for (const std::string& received : server.requests()) EXPECT_EQ(received, whole);
}

INSTANTIATE_TEST_SUITE_P(, TransportMemory, ::testing::Values("", R"({"a":1})"),
                         [](const auto& info) { return info.param.empty() ? "Get" : "Post"; });

}  // namespace
}  // namespace onlyleads::providers

int main(int argc, char** argv) {
  onlyleads::tests::TakeOverAllocations();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
