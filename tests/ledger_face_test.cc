// Keys and the ledger sink as a host sees them, in C and through the C++ face: what a wrong key
// says, where frames go, what happens when the sink fails. Black box: public headers only.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "onlyleads/onlyleads.hpp"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using onlyleads::Engine;
using onlyleads::EngineOptions;
using onlyleads::Id;
using onlyleads::Workspace;

ol_str Str(const std::string& text) { return {text.data(), text.size()}; }

class KeyTest : public ::testing::Test {
 protected:
  KeyTest() { EXPECT_EQ(Open(path_), OL_OK) << err_.message; }

  int32_t Open(const std::string& path, const std::string& key = "") {
    ol_engine_options options{};
    options.struct_size = sizeof(options);
    options.key = Str(key);
    ol_engine* engine = nullptr;
    const int32_t code = ol_engine_open(Str(path), &options, &engine, &err_);
    EXPECT_EQ(engine != nullptr, code == OL_OK);
    ol_engine_free(engine);
    EXPECT_EQ(ol_code_name(code) != nullptr && code == err_.code, true);
    return code;
  }
  void WriteKey(const std::string& bytes) {
    std::ofstream(path_ + ".key", std::ios::binary | std::ios::trunc) << bytes;
  }

  onlyleads::tests::TempDir dir_;
  const std::string path_ = dir_.path("leads.db");
  ol_error err_{};
};

TEST_F(KeyTest, AMissingKeyFileIsAMismatchAndNoNewOneIsMade) {
  fs::remove(path_ + ".key");
  EXPECT_EQ(Open(path_), OL_KEY_MISMATCH);
  EXPECT_FALSE(fs::exists(path_ + ".key"));
}

TEST_F(KeyTest, ACutOrGrownKeyFileIsAMismatch) {
  for (size_t size : {size_t{0}, size_t{31}, size_t{33}}) {
    WriteKey(std::string(size, 'k'));
    EXPECT_EQ(Open(path_), OL_KEY_MISMATCH) << size;
  }
}

TEST_F(KeyTest, TheKeyFileOfAnotherDatabaseIsAMismatch) {
  const std::string other = dir_.path("other.db");
  ASSERT_EQ(Open(other), OL_OK);
  fs::copy_file(other + ".key", path_ + ".key", fs::copy_options::overwrite_existing);
  EXPECT_EQ(Open(path_), OL_KEY_MISMATCH);
}

TEST_F(KeyTest, AKeyFileThatOthersMayReadIsAMismatchUntilItIsClosedAgain) {
  for (const mode_t mode : {0640u, 0604u, 0660u}) {
    ASSERT_EQ(::chmod((path_ + ".key").c_str(), mode), 0);
    EXPECT_EQ(Open(path_), OL_KEY_MISMATCH) << mode;
    EXPECT_NE(std::strstr(err_.message, "0600"), nullptr);
  }
  ASSERT_EQ(::chmod((path_ + ".key").c_str(), 0600), 0);
  EXPECT_EQ(Open(path_), OL_OK) << err_.message;
}

TEST_F(KeyTest, ADirectoryInPlaceOfTheKeyFileIsAMismatch) {
  fs::remove(path_ + ".key");
  fs::create_directory(path_ + ".key");
  EXPECT_EQ(Open(path_), OL_KEY_MISMATCH);
}

TEST_F(KeyTest, AHostsKeyIsAMismatchForADatabaseWithAKeyFileAndTheOtherWayRound) {
  EXPECT_EQ(Open(path_, std::string(32, 'h')), OL_KEY_MISMATCH);
  const std::string other = dir_.path("other.db");
  ASSERT_EQ(Open(other, std::string(32, 'h')), OL_OK);
  EXPECT_EQ(Open(other, std::string(32, 'i')), OL_KEY_MISMATCH);
  EXPECT_EQ(Open(other), OL_KEY_MISMATCH);
  EXPECT_EQ(Open(other, "short"), OL_INVALID_ARGUMENT);
  EXPECT_EQ(Open(other, std::string(32, 'h')), OL_OK);
}

TEST_F(KeyTest, TheLedgerFileIsPrivateAndIsNamedWhenItIsLost) {
  struct stat info;
  ASSERT_EQ(::stat((path_ + ".ledger").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  {
    const Engine engine = Engine::open(path_);
    engine.create_organization("Acme Ltd");
    engine.run();  // what it seals is noted
  }
  fs::remove(path_ + ".ledger");
  EXPECT_EQ(Open(path_), OL_LEDGER_BEHIND);
  EXPECT_NE(std::strstr(err_.message, ".ledger"), nullptr);
  EXPECT_NE(std::strstr(err_.message, "OL_OPEN_NEW_LEDGER"), nullptr);
}

// A host's sink in plain C: an array of frames.
struct CSink {
  std::vector<std::string> frames;
  bool fails = false;
};
extern "C" {
static int32_t CAppend(void* ctx, ol_str frame) {
  auto* sink = static_cast<CSink*>(ctx);
  if (sink->fails) return 1;
  sink->frames.emplace_back(frame.data, frame.size);
  return 0;
}
static int32_t CRead(void* ctx, uint64_t from, ol_ledger_put put, void* put_ctx) {
  const auto& frames = static_cast<CSink*>(ctx)->frames;
  for (uint64_t i = from; i < frames.size(); ++i) {
    const int32_t code = put(put_ctx, {frames[i].data(), frames[i].size()});
    if (code != 0) return code;
  }
  return 0;
}
}

// The oldest copy there can be: nothing but the beginning of the ledger was written when it was
// made.
TEST_F(KeyTest, ALostOrEmptyLedgerIsNoticedByTheFirstCopyToo) {
  const std::string copy = path_ + ".copy";
  { const Engine engine = Engine::open(path_); }
  fs::copy_file(path_, copy);
  {
    const Engine engine = Engine::open(path_);
    engine.create_organization("Acme Ltd");
    engine.run();
  }
  fs::copy_file(copy, path_, fs::copy_options::overwrite_existing);
  fs::resize_file(path_ + ".ledger", 0);
  EXPECT_EQ(Open(path_), OL_LEDGER_BEHIND);
  fs::remove(path_ + ".ledger");
  EXPECT_EQ(Open(path_), OL_LEDGER_BEHIND);
}

class LedgerSinkInC : public ::testing::Test {
 protected:
  LedgerSinkInC() {
    host.struct_size = sizeof(host);
    host.ctx = &sink;
    host.ledger_append = &CAppend;
    host.ledger_read = &CRead;
    options.struct_size = sizeof(options);
    options.host = &host;
  }

  onlyleads::tests::TempDir dir;
  const std::string path = dir.path("leads.db");
  CSink sink;
  ol_host host{};
  ol_engine_options options{};
  ol_engine* engine = nullptr;
  ol_workspace* workspace = nullptr;
  ol_error err;
};

TEST_F(LedgerSinkInC, TakesFramesAndTellsAnOlderCopy) {
  host.ledger_read = nullptr;
  EXPECT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(err.message, "ledger_read"), nullptr) << err.message;
  host.ledger_read = &CRead;
  ASSERT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_OK) << err.message;
  EXPECT_EQ(sink.frames.size(), 1u);
  EXPECT_FALSE(fs::exists(path + ".ledger"));
  ASSERT_EQ(ol_organization_create(engine, Str("Acme Ltd"), nullptr, &workspace, &err), OL_OK);
  ASSERT_EQ(ol_engine_run(engine, nullptr, nullptr, &err), OL_OK) << err.message;
  EXPECT_EQ(sink.frames.size(), 2u) << "what a run seals is noted";
  ol_workspace_free(workspace);
  ASSERT_EQ(ol_engine_close(engine, &err), OL_OK);
  ol_engine_free(engine);
  engine = nullptr;
  // Fewer frames than the database wrote; then those of the ledger that was left.
  const std::vector<std::string> all = sink.frames;
  sink.frames.clear();
  EXPECT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_LEDGER_BEHIND);
  options.flags = 2;
  EXPECT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_INVALID_ARGUMENT);
  options.flags = OL_OPEN_NEW_LEDGER;
  ASSERT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_OK) << err.message;
  ol_rows* rows = nullptr;
  ASSERT_EQ(ol_engine_lineage(engine, &rows, &err), OL_OK) << err.message;
  EXPECT_EQ(ol_rows_count(rows), 1);
  ol_rows_free(rows);
  ol_engine_free(engine);
  engine = nullptr;
  sink.frames = all;
  options.flags = 0;
  EXPECT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_LEDGER_FORKED);
}

TEST_F(LedgerSinkInC, AChangeThatItDidNotTakeSaysThatItHappened) {
  ASSERT_EQ(ol_engine_open(Str(path), &options, &engine, &err), OL_OK) << err.message;
  ASSERT_EQ(ol_organization_create(engine, Str("Acme Ltd"), nullptr, &workspace, &err), OL_OK);
  sink.fails = true;
  const std::string file = dir.path("people.csv"), source = "test", basis = "legitimate_interests";
  std::ofstream(file) << "Email,Objected to marketing\na@x.example,yes\n";
  ol_import_options how{};
  how.struct_size = sizeof(how);
  how.source = Str(source);
  how.lawful_basis = Str(basis);
  ol_import_report report{};
  report.struct_size = sizeof(report);
  EXPECT_EQ(ol_prospects_import_csv(workspace, Str(file), &how, &report, &err), OL_CALLBACK_FAILED);
  EXPECT_EQ(err.flags, static_cast<uint32_t>(OL_ERROR_OUTCOME_UNKNOWN));
  EXPECT_EQ(report.created, 0) << "results of a failed call are zero";
  int64_t people = 0;
  EXPECT_EQ(ol_prospects_count(workspace, &people, &err), OL_OK);
  EXPECT_EQ(people, 1) << "and what it did is there";
  ol_workspace_free(workspace);
  ol_engine_free(engine);
}

class SinkTest : public ::testing::Test {
 protected:
  struct Down : std::runtime_error {
    Down() : std::runtime_error("the sink is down") {}
  };

  Engine Open() {
    EngineOptions options;
    options.host.ledger_append = [this](std::string_view frame) {
      if (down_) throw Down();
      frames_.emplace_back(frame);
    };
    options.host.ledger_read = [this](uint64_t from, const onlyleads::Host::PutFrame& put) {
      for (uint64_t i = from; i < frames_.size(); ++i) put(frames_[i]);
    };
    return Engine::open(path_, options);
  }
  static Id AddPerson(const Workspace& ws, const onlyleads::tests::TempDir& dir) {
    const std::string path = dir.path("people.csv");
    std::ofstream(path) << "First Name,Last Name,Company,LinkedIn URL,Country\n"
                           "Ann,Test,Acme Ltd,https://www.linkedin.com/in/ann-test,GB\n";
    onlyleads::ImportOptions how;
    how.source = "test";
    how.lawful_basis = "legitimate_interests";
    ws.prospects().import_csv(path, how);
    return ws.prospects().find_by_linkedin("ann-test")->id;
  }
  static int64_t Waiting(const Engine& engine) {
    const onlyleads::Rows rows = engine.lineage();
    return (*rows.begin()).integer("waiting");
  }

  onlyleads::tests::TempDir dir_;
  const std::string path_ = dir_.path("leads.db");
  std::vector<std::string> frames_;
  bool down_ = false;
};

TEST_F(SinkTest, WhatItThrowsComesOutAsItselfAndTheRecordFollows) {
  const Engine engine = Open();
  const Workspace ws = engine.create_organization("Acme Ltd");
  const Id person = AddPerson(ws, dir_);
  const size_t before = frames_.size();
  down_ = true;
  EXPECT_THROW(ws.prospects().object(person), Down);
  EXPECT_THROW(engine.run(), Down);
  EXPECT_EQ(frames_.size(), before);
  EXPECT_GT(Waiting(engine), 0);  // reading goes on
  EXPECT_EQ(engine.organizations().size(), 1);
  down_ = false;
  ws.members().add("Ada Example");  // any change brings the rest along
  EXPECT_GT(frames_.size(), before);
  EXPECT_EQ(Waiting(engine), 0);
}

TEST_F(SinkTest, WhatItThrowsIsNoLaterCalls) {
  const Engine engine = Open();
  const Workspace ws = engine.create_organization("Acme Ltd");
  const Id org = ws.org_id();
  AddPerson(ws, dir_);
  down_ = true;
  EXPECT_THROW(engine.delete_organization(
                   org, [](int64_t, int64_t) -> bool { throw std::out_of_range("told"); }),
               std::out_of_range);
  down_ = false;
  try {
    engine.export_organization(org, dir_.path("out.jsonl"), [](int64_t, int64_t) { return false; });
    ADD_FAILURE() << "was not stopped";
  } catch (const onlyleads::Error& error) {
    EXPECT_EQ(error.code(), OL_CANCELLED);
  }
}

TEST_F(SinkTest, WithoutItTheEngineDoesNotOpen) {
  down_ = true;
  EXPECT_THROW(Open(), Down);
  down_ = false;
  Open();
  EXPECT_EQ(frames_.size(), 1u);
}

TEST_F(SinkTest, AnOlderCopyLearnsFromItWhoWasErased) {
  {
    const Engine engine = Open();
    AddPerson(engine.create_organization("Acme Ltd"), dir_);
    engine.close();
  }
  fs::copy_file(path_, path_ + ".copy");
  fs::remove(path_ + ".copy-wal");
  if (fs::exists(path_ + "-wal")) fs::copy_file(path_ + "-wal", path_ + ".copy-wal");
  {
    const Engine engine = Open();
    const Id org = (*engine.organizations().begin()).id("org_id");
    const Workspace ws = engine.workspace(org);
    ws.prospects().erase(ws.prospects().find_by_linkedin("ann-test")->id);
    engine.close();
  }
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(path_ + end);
  fs::rename(path_ + ".copy", path_);
  if (fs::exists(path_ + ".copy-wal")) fs::rename(path_ + ".copy-wal", path_ + "-wal");
  const Engine engine = Open();
  const Id org = (*engine.organizations().begin()).id("org_id");
  EXPECT_FALSE(engine.workspace(org).prospects().find_by_linkedin("ann-test").has_value());
  EXPECT_FALSE((*engine.lineage().begin()).is_null("restored_at_us"));
}

}  // namespace
