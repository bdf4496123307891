// What the tests of hostile input share: an engine of their own through the C++ face, and the
// calls that must fail with a code and a message that names the argument and nothing of its
// content. Black box: public headers only.
#ifndef ONLYLEADS_TESTS_HOSTILE_HOSTILE_H_
#define ONLYLEADS_TESTS_HOSTILE_HOSTILE_H_

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace onlyleads::tests {

struct Failure {
  int32_t code = OL_OK;
  std::string message;
};

// What `f` throws; OL_OK when it returns.
template <typename F>
Failure FailureOf(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

// `f` fails with `code`, and its message holds `words`.
template <typename F>
void ExpectFailure(int32_t code, std::string_view words, F&& f) {
  const Failure failure = FailureOf(f);
  EXPECT_EQ(failure.code, code) << ol_code_name(failure.code) << ": " << failure.message;
  EXPECT_NE(failure.message.find(words), std::string::npos) << failure.message;
}

inline int64_t PeakBytes() {
  struct rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

class Hostile : public ::testing::Test {
 protected:
  Hostile() : engine_(Open(dir_.path("leads.db"))), ws_(engine_.create_organization("Acme Ltd")) {}

  static Engine Open(const std::string& path, int32_t busy_timeout_ms = 0) {
    EngineOptions options;
    options.profile = "balanced";
    options.busy_timeout_ms = busy_timeout_ms;
    return Engine::open(path, options);
  }

  std::string Write(std::string_view bytes, const std::string& name = "people.csv") {
    const std::string path = dir_.path(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  static ImportOptions How() {
    ImportOptions how;
    how.source = "a list";
    how.lawful_basis = "legitimate_interests";
    return how;
  }
  ImportReport Import(const std::string& path) { return ws_.prospects().import_csv(path, How()); }
  ImportReport ImportText(std::string_view bytes) { return Import(Write(bytes)); }

  // "line column reason", one a line.
  std::string Rejects(const ImportReport& report) {
    std::string text;
    for (const Row row : ws_.prospects().import_rejects(report.import_id)) {
      text += std::to_string(row.integer("line")) + " " + std::string(row.text("column")) + " " +
              std::string(row.text("reason")) + "\n";
    }
    return text;
  }

  std::optional<Prospect> Person(const std::string& email) {
    return ws_.prospects().find_by_email(email);
  }

  TempDir dir_;
  Engine engine_;
  Workspace ws_;
};

}  // namespace onlyleads::tests

#endif  // ONLYLEADS_TESTS_HOSTILE_HOSTILE_H_
