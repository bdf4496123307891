// Databases that are none, damaged, full, locked, newer, moved away: open and every verb answer
// with a code of the right class, nothing crashes, and what was reported as written is there.
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "tests/hostile/hostile.h"

namespace onlyleads::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

// Runs SQL on a file through a connection of its own.
void Sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_free(message);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
}

// The first value of a query, as text.
std::string ValueOf(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  std::string value;
  EXPECT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  const auto keep = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) = values[0] == nullptr ? "" : values[0];
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(db, sql, keep, &value, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  return value;
}

// SQLite once more in this process, with globals of its own, as a host has it that brings its own
// copy: neither of the two knows of the other's descriptors and locks.
class SecondSqlite {
 public:
  explicit SecondSqlite(const std::string& path)
      : library_(::dlmopen(LM_ID_NEWLM, "libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) {
      ADD_FAILURE() << ::dlerror();
      return;
    }
    EXPECT_NE(Find<decltype(&sqlite3_open)>("sqlite3_open"), &sqlite3_open);
    EXPECT_EQ(Find<decltype(&sqlite3_open)>("sqlite3_open")(path.c_str(), &db_), SQLITE_OK);
  }
  ~SecondSqlite() { Close(); }
  int Exec(const char* sql) {
    return Find<decltype(&sqlite3_exec)>("sqlite3_exec")(db_, sql, nullptr, nullptr, nullptr);
  }
  void Close() {
    if (db_ == nullptr) return;
    EXPECT_EQ(Find<decltype(&sqlite3_close)>("sqlite3_close")(db_), SQLITE_OK);
    db_ = nullptr;
  }

 private:
  template <typename F>
  F Find(const char* name) {
    return reinterpret_cast<F>(::dlsym(library_, name));
  }

  void* library_;  // stays loaded: its locks would go with it
  sqlite3* db_ = nullptr;
};

// A child process that holds a write lock until `release` is called.
class Locker {
 public:
  explicit Locker(const std::string& path) {
    int locked[2], go[2];
    if (::pipe(locked) != 0 || ::pipe(go) != 0) ::abort();
    child_ = ::fork();
    if (child_ == 0) {
      ::close(go[1]);
      sqlite3* db = nullptr;
      sqlite3_open(path.c_str(), &db);
      const bool held = sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
      char byte = held ? 'y' : 'n';
      if (::write(locked[1], &byte, 1) == 1 && ::read(go[0], &byte, 1) < 0) ::_exit(1);
      ::_exit(0);
    }
    ::close(locked[1]);
    ::close(go[0]);
    go_ = go[1];
    char byte = 'n';
    held_ = ::read(locked[0], &byte, 1) == 1 && byte == 'y';
    ::close(locked[0]);
  }
  ~Locker() { Release(); }
  void Release() {
    if (child_ < 0) return;
    ::close(go_);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  bool held() const { return held_; }

 private:
  pid_t child_ = -1;
  int go_ = -1;
  bool held_ = false;
};

// Runs `f` in a child; what it returns is the exit status.
template <typename F>
int InChild(F f) {
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 99;
    try {
      status = f();
    } catch (const std::exception& error) {
      std::cerr << error.what() << "\n";
    }
    ::_exit(status);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class HostileDatabase : public ::testing::Test {
 protected:
  static Engine Open(const std::string& path, int32_t busy_timeout_ms = 0) {
    EngineOptions options;
    options.key = "sixteen secret bytes";
    options.busy_timeout_ms = busy_timeout_ms;
    return Engine::open(path, options);
  }
  void ExpectOpen(int32_t code, std::string_view words, const std::string& path) {
    ExpectFailure(code, words, [&] { Open(path); });
  }

  std::string WriteFile(const std::string& name, std::string_view bytes) {
    std::ofstream(dir_.path(name), std::ios::binary) << bytes;
    return dir_.path(name);
  }

  // A database with one organization and 300 people, closed.
  std::string Make(const std::string& name = "leads.db") {
    const std::string path = dir_.path(name);
    const Engine engine = Open(path);
    Fill(engine.create_organization("Acme Ltd"), 300);
    engine.run();
    engine.close();
    return path;
  }

  // In a child: a file system of its own at "small"; false without the right to mount one.
  bool MountSmall(const std::string& size) {
    const int space = CLONE_NEWNS | (::getuid() == 0 ? 0 : CLONE_NEWUSER);
    if (::unshare(space) != 0) return false;
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    fs::create_directory(dir_.path("small"));
    return ::mount("tmpfs", dir_.path("small").c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }

  ImportReport Fill(const Workspace& ws, int people, int from = 0) {
    std::string rows = "Email,First Name,Company,Note\n";
    for (int i = from; i < from + people; ++i) {
      const std::string n = std::to_string(i);
      rows +=
          "p" + n + "@x.example,Person " + n + ",Company " + n + "," + std::string(40, 'n') + "\n";
    }
    ImportOptions how;
    how.source = "a list";
    how.lawful_basis = "legitimate_interests";
    return ws.prospects().import_csv(WriteFile("people.csv", rows), how);
  }

  // Everything that can be read, as text.
  static std::string Everything(const Engine& engine) {
    std::string text;
    for (const Row org : engine.organizations()) {
      const Workspace ws = engine.workspace(org.id("org_id"));
      text += org.text("name");
      for (const Row row : ws.prospects().list()) {
        const Prospect person = read_prospect(row);
        text += "\n" + person.id.to_string() + person.first_name + person.company +
                person.attributes_json + person.source;
        for (const std::string& email : person.emails) text += email;
      }
      for (const Row row : ws.audit().list()) text += "\n" + std::string(row.text("verb"));
    }
    return text;
  }

  TempDir dir_;
};

TEST_F(HostileDatabase, WhatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  for (const std::string& bytes :
       {"x"s, "Email,Name\na@x.example,Ann\n"s, std::string(8192, '\0'), std::string(5000, 'S'),
        "SQLite format 3\0"s, "SQLite format 3\0"s + std::string(4080, '\xff')}) {
    const std::string path = WriteFile("other", bytes);
    const Failure failure = FailureOf([&] { Open(path); });
    EXPECT_EQ(OL_PRIMARY(failure.code), OL_CORRUPT) << bytes.substr(0, 20) << failure.message;
    EXPECT_TRUE(ReadAll(path) == bytes) << "was overwritten";
  }
  Sql(dir_.path("foreign"), "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const std::string before = ReadAll(dir_.path("foreign"));
  ExpectOpen(OL_NOT_A_DATABASE, "another program", dir_.path("foreign"));
  Sql(dir_.path("foreign"), "SELECT a FROM t");

  ExpectOpen(OL_IO, "path", dir_.path());
  ExpectOpen(OL_NOT_A_DATABASE, "path", "/dev/null");
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  ExpectOpen(OL_NOT_A_DATABASE, "path", dir_.path("pipe"));
  ExpectOpen(OL_IO, "path", dir_.path("missing/leads.db"));
  ExpectOpen(OL_IO, "path", dir_.path(std::string(300, 'n')));
  ExpectOpen(OL_INVALID_ARGUMENT, "path", "");
  ExpectOpen(OL_INVALID_UTF8, "path", dir_.path("a\0b"s));
  ExpectOpen(OL_INVALID_UTF8, "path", dir_.path("\xff"));
}

// POSIX drops all locks of a process on a file when it closes any descriptor of it. Were that to
// happen on the way, the other process would take itself for the last and delete the log.
TEST_F(HostileDatabase, ASecondEngineAndAnExportLeaveTheFirstItsLocks) {
  const std::string path = Make();
  int go[2];
  ASSERT_EQ(::pipe(go), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    ::close(go[1]);
    char byte;
    if (::read(go[0], &byte, 1) < 0) ::_exit(1);
    Sql(path, "SELECT count(*) FROM migrations");
    ::_exit(HasFailure() ? 1 : 0);
  }
  ::close(go[0]);
  const Engine first = Open(path);
  const Workspace ws = first.workspace(first.organizations()[0].id("org_id"));
  Fill(ws, 1, 1000);
  EXPECT_EQ(Open(path).organizations().size(), 1);
  EXPECT_GT(first.export_organization(ws.org_id(), dir_.path("all.jsonl")), 300);
  ::close(go[1]);
  int status = -1;
  ::waitpid(other, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(Fill(ws, 1, 2000).created, 1);
  EXPECT_EQ(Open(path).workspace(ws.org_id()).prospects().count(), 302);
}

TEST_F(HostileDatabase, AnEmptyFileBecomesOneAndAMemoryNameIsAFile) {
  EXPECT_EQ(Open(WriteFile("empty.db", "")).organizations().size(), 0);
  const fs::path before = fs::current_path();
  fs::current_path(dir_.path());
  Open(":memory:").create_organization("Acme Ltd");
  EXPECT_EQ(Open(":memory:").organizations().size(), 1);
  EXPECT_TRUE(fs::is_regular_file(":memory:"));
  fs::current_path(before);
}

TEST_F(HostileDatabase, ALinkLeadsToTheSameDatabaseAndStraysBesideItDoNoHarm) {
  const std::string path = Make();
  fs::create_directory(dir_.path("else"));
  fs::create_symlink(path, dir_.path("else/link.db"));
  EXPECT_EQ(Open(dir_.path("else/link.db")).organizations().size(), 1);
  WriteFile("leads.db-wal", std::string(10'000, 'w'));
  WriteFile("leads.db-shm", std::string(10'000, 's'));
  WriteFile("leads.db-journal", std::string(10'000, 'j'));
  EXPECT_EQ(Open(path).organizations().size(), 1);
  fs::remove(path + "-wal");
  fs::create_directory(path + "-wal");
  ExpectOpen(OL_IO, "database", path);
}

TEST_F(HostileDatabase, APipeInPlaceOfTheKeyFileIsRefusedAndNotWaitedFor) {
  const std::string path = dir_.path("own-key.db");
  Engine::open(path, EngineOptions{}).create_organization("Acme Ltd");
  fs::remove(path + ".key");
  ASSERT_EQ(::mkfifo((path + ".key").c_str(), 0600), 0);
  ExpectFailure(OL_KEY_MISMATCH, "key file", [&] { Engine::open(path, EngineOptions{}); });
}

TEST_F(HostileDatabase, OneThatMayNotBeWrittenIsReadOnly) {
  const std::string path = Make();
  fs::permissions(dir_.path(), fs::perms(0555));
  fs::permissions(path, fs::perms(0444));
  EXPECT_EQ(InChild([&] {
              if (::getuid() == 0 && ::setuid(65534) != 0) return 2;
              const Failure file = FailureOf([&] { Open(path); });
              const Failure fresh = FailureOf([&] { Open(dir_.path("new.db")); });
              if (file.code != OL_READ_ONLY || fresh.code != OL_READ_ONLY) return 3;
              return file.message.find("path") != std::string::npos ? 0 : 4;
            }),
            0);
  fs::permissions(dir_.path(), fs::perms(0755));
}

TEST_F(HostileDatabase, ANewerOrChangedSchemaIsNamed) {
  const std::string path = Make();
  Sql(path, "INSERT INTO migrations VALUES (9999, 'future', x'00', 0)");
  ExpectOpen(OL_SCHEMA_TOO_NEW, "newer", path);
  Sql(path,
      "DELETE FROM migrations WHERE version = 9999;"
      "UPDATE migrations SET checksum = x'00' WHERE version = 1");
  ExpectOpen(OL_SCHEMA_CHANGED, "migration 1", path);
}

TEST_F(HostileDatabase, AnotherProcessesLockIsWaitedForThenBusyAndRetryable) {
  const std::string path = Make();
  const Engine engine = Open(path, 100);
  Locker locker(path);
  ASSERT_TRUE(locker.held());
  const auto start = std::chrono::steady_clock::now();
  try {
    engine.create_organization("Another Ltd");
    FAIL() << "wrote through a lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), OL_BUSY);
    EXPECT_TRUE(error.retryable());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(90));
  EXPECT_EQ(engine.organizations().size(), 1);
  ExpectFailure(OL_BUSY, "locked", [&] { Open(path, 50); });
  locker.Release();
  engine.create_organization("Another Ltd");
  EXPECT_EQ(Open(path).organizations().size(), 2);
}

// Needs a file system of its own; without the right to mount one the test says so.
TEST_F(HostileDatabase, AFullDiskStopsAnImportAtABatchAndItGoesOnWhenThereIsRoom) {
  const int status = InChild([&] {
    if (!MountSmall("40m")) return 77;
    const std::string filler = dir_.path("small/filler");
    // NOLINTNEXTLINE(bugprone-string-constructor): as much as fills the disk
    std::ofstream(filler, std::ios::binary) << std::string(36'000'000, 'f');
    const Engine engine = Open(dir_.path("small/leads.db"));
    const Workspace ws = engine.create_organization("Acme Ltd");
    const Failure failure = FailureOf([&] { Fill(ws, 12'000); });
    if (failure.code != OL_DISK_FULL) {
      std::cerr << failure.code << " " << failure.message << "\n";
      return 3;
    }
    const int64_t kept = ws.prospects().count();
    if (kept % 2000 != 0 || kept == 12'000) return 4;
    if (FailureOf([&] { engine.audit().verify(); }).code != OL_OK) return 5;
    fs::remove(filler);
    const ImportReport again = Fill(ws, 12'000);
    return again.resumed && again.created == 12'000 ? 0 : 6;
  });
  if (status == 77) GTEST_SKIP() << "may not mount a small file system";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileDatabase, AFullDiskPutsOffTheEndOfARemovalAndNothingElse) {
  const int status = InChild([&] {
    if (!MountSmall("30m")) return 77;
    const std::string path = dir_.path("small/leads.db"), filler = dir_.path("small/filler");
    {
      const Engine engine = Open(path);
      Fill(engine.create_organization("Acme Ltd"), 4'000);
      engine.run();
      engine.close();  // what stood in the log is in the database
    }
    {
      const Engine engine = Open(path);
      const Workspace ws = engine.workspace(engine.organizations()[0].id("org_id"));
      const auto people = ws.prospects().list({}, 1);
      const auto free = fs::space(dir_.path("small")).available;
      // NOLINTNEXTLINE(bugprone-string-constructor): room for the removal, not for a rebuilding
      std::ofstream(filler, std::ios::binary) << std::string(free - 1'500'000, 'f');
      ws.prospects().erase(people[0].id("prospect_id"));
      if (engine.run().residue_pending != 1) return 3;
    }
    {
      const Engine engine = Open(path);
      if (engine.residue().pending != 1) return 4;
      const Workspace ws = engine.workspace(engine.organizations()[0].id("org_id"));
      if (ws.prospects().count() != 3'999) return 5;
      fs::remove(filler);
      if (engine.run().residue_pending != 0) return 6;
    }
    return 0;
  });
  if (status == 77) GTEST_SKIP() << "may not mount a small file system";
  EXPECT_EQ(status, 0);
}

// The limit on file sizes stands for any other failure of writing.
TEST_F(HostileDatabase, AFailingWriteLosesNothingThatWasReported) {
  const std::string path = Make();
  EXPECT_EQ(InChild([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const Engine engine = Open(path);
              const Id org = engine.organizations()[0].id("org_id");
              const Workspace ws = engine.workspace(org);
              const struct rlimit limit { 1'500'000, 1'500'000 };
              ::setrlimit(RLIMIT_FSIZE, &limit);
              std::ofstream acknowledged(dir_.path("acknowledged"));
              const Failure failure = FailureOf([&] {
                for (int i = 0; i < 200; ++i) {
                  ws.members().add("Member " + std::to_string(i));
                  engine.create_organization("Org " + std::to_string(i));
                  acknowledged << 'x' << std::flush;
                }
              });
              const int primary = OL_PRIMARY(failure.code);
              return primary == OL_IO || primary == OL_BUSY ? 0 : 3;
            }),
            0);
  const Engine engine = Open(path);
  const auto acknowledged = static_cast<int64_t>(fs::file_size(dir_.path("acknowledged")));
  EXPECT_GT(acknowledged, 0);
  EXPECT_LT(acknowledged, 200);
  EXPECT_EQ(engine.organizations().size(), 1 + acknowledged);
  EXPECT_TRUE(engine.audit().verify().intact);
}

TEST_F(HostileDatabase, MovedRemovedOrReplacedFilesStopWritingInsteadOfLosingIt) {
  using Harm = std::function<void(const std::string&)>;
  const Harm harms[] = {[](const std::string& path) { fs::rename(path, path + ".moved"); },
                        [](const std::string& path) { fs::remove(path); },
                        [](const std::string& path) { fs::remove(path + "-wal"); },
                        [](const std::string& path) {
                          fs::copy_file(path, path + ".copy");
                          fs::rename(path + ".copy", path);
                        }};
  int n = 0;
  for (const Harm& harm : harms) {
    const std::string path = Make("leads" + std::to_string(n++) + ".db");
    const Engine engine = Open(path);
    const Workspace ws = engine.workspace(engine.organizations()[0].id("org_id"));
    ws.members().add("Ada Example");
    harm(path);
    ExpectFailure(OL_IO, "while it was open", [&] { ws.members().add("Bea Example"); });
    ExpectFailure(OL_IO, "while it was open", [&] { engine.create_organization("Another Ltd"); });
  }
}

// POSIX drops a process's locks on a file when any of its descriptors is closed. Another process
// then takes itself for the last one and deletes the log under this engine.
TEST_F(HostileDatabase, LocksThatTheHostDroppedShowBeforeAWriteIsLost) {
  const std::string path = Make();
  const Engine engine = Open(path);
  const Workspace ws = engine.workspace(engine.organizations()[0].id("org_id"));
  ws.members().add("Ada Example");
  ::close(::open(path.c_str(), O_RDONLY));
  // Not a fork: SQLite's own account of this process's locks must not come along.
  const std::string visit =
      "/usr/bin/python3 -c \"import sqlite3; c = sqlite3.connect('" + path +
      "'); c.execute('SELECT count(*) FROM prospects').fetchone(); c.close()\"";
  ASSERT_EQ(std::system(visit.c_str()), 0);
  ASSERT_FALSE(fs::exists(path + "-wal"));
  ExpectFailure(OL_IO, "while it was open", [&] { ws.members().add("Bea Example"); });
  EXPECT_EQ(Open(path).organizations().size(), 1);
}

// What a host must not do, done for real: a second SQLite opens, reads, writes and closes the
// database that an engine of this process has open. Whatever comes of it is said, and what was
// reported as written is there.
TEST_F(HostileDatabase, ASecondSqliteInThisProcessLosesNothingThatWasReported) {
  const char* const visits[] = {"SELECT count(*) FROM prospects",
                                "UPDATE organizations SET name = name",
                                "PRAGMA wal_checkpoint(TRUNCATE)"};
  int n = 0, told = 0;
  for (const char* visit : visits) {
    SCOPED_TRACE(visit);
    const std::string path = Make("visited" + std::to_string(n++) + ".db");
    int members = 0;
    {
      const Engine engine = Open(path);
      const Workspace ws = engine.workspace(engine.organizations()[0].id("org_id"));
      const auto add = [&](const char* when) {
        const Failure failure = FailureOf([&] { ws.members().add("Ada Example"); });
        members += failure.code == OL_OK ? 1 : 0;
        if (failure.code == OL_OK) return;
        ++told;
        EXPECT_EQ(failure.code, OL_IO) << when << ": " << failure.message;
        EXPECT_NE(failure.message.find("while it was open"), std::string::npos)
            << when << ": " << failure.message;
      };
      add("before");
      EXPECT_EQ(members, 1);
      SecondSqlite second(path);
      EXPECT_EQ(second.Exec(visit), SQLITE_OK);
      add("while the other has it open");
      EXPECT_EQ(second.Exec(visit), SQLITE_OK);
      add("while the other has it open still");
      second.Close();
      add("after the other closed it");
      add("again");
      // Another process sees all that was reported, also were this one to die now.
      const std::string look = "/usr/bin/python3 -c \"import sqlite3; c = sqlite3.connect('" +
                               path +
                               "'); assert c.execute('SELECT count(*) FROM members').fetchone() "
                               "== (" +
                               std::to_string(members) + ",)\"";
      EXPECT_EQ(std::system(look.c_str()), 0);
    }
    const Engine again = Open(path);
    EXPECT_EQ(again.workspace(again.organizations()[0].id("org_id")).prospects().count(), 300);
    EXPECT_TRUE(again.audit().verify().intact);
    EXPECT_EQ(ValueOf(path, "SELECT count(*) FROM members"), std::to_string(members));
    EXPECT_EQ(ValueOf(path, "PRAGMA integrity_check"), "ok");
  }
  std::cout << told << " writes were refused because of the other SQLite\n";
}

TEST_F(HostileDatabase, CutAnywhereItIsCorruptOrStillRight) {
  const std::string bytes = ReadAll(Make());
  std::mt19937 random(20261123);
  std::vector<size_t> sizes = {1, 15, 16, 99, 100, 511, 512, 4095, 4096, 4097};
  for (int i = 0; i < 25; ++i) sizes.push_back(random() % bytes.size());
  for (size_t i = 1; i < 12; ++i) sizes.push_back(bytes.size() - i * 4096);
  for (const size_t size : sizes) {
    const std::string path = WriteFile("cut" + std::to_string(size), bytes.substr(0, size));
    const Failure failure = FailureOf([&] {
      const Engine engine = Open(path);
      Everything(engine);
      Fill(engine.workspace(engine.organizations()[0].id("org_id")), 10, 5000);
      throw Error(OL_CORRUPT, "readable");
    });
    EXPECT_EQ(OL_PRIMARY(failure.code), OL_CORRUPT)
        << size << " of " << bytes.size() << ": " << failure.message;
  }
}

// One byte, at many places. What SQLite and the chain of the audit can see is OL_CORRUPT or a
// broken chain; a byte of a value is another value, which only a digest of its row would show.
TEST_F(HostileDatabase, OneWrongByteAnywhereCrashesNothingAndHasACodeOfItsClass) {
  const std::string made = Make();
  const std::string bytes = ReadAll(made), ledger = ReadAll(made + ".ledger");
  WriteFile("right.db.ledger", ledger);
  const std::string right = Everything(Open(WriteFile("right.db", bytes)));
  const std::set<int> allowed = {OL_CORRUPT, OL_KEY_MISMATCH, OL_NOT_FOUND, OL_CONFLICT,
                                 OL_READ_ONLY & 0xff};
  std::random_device device;
  const char* given = std::getenv("ONLYLEADS_SEED");
  const unsigned seed = given != nullptr ? std::strtoul(given, nullptr, 10) : device();
  std::cout << "ONLYLEADS_SEED=" << seed << "\n";
  std::mt19937 random(seed);
  const char* wanted = std::getenv("ONLYLEADS_HOSTILE_FLIPS");
  const int flips = wanted == nullptr ? 60 : std::atoi(wanted);
  int refused = 0, chain = 0, same = 0, changed = 0;
  for (int i = 0; i < flips; ++i) {
    std::string damaged = bytes;
    // The head of a page holds its structure: half of the damage goes there.
    const size_t page = random() % (bytes.size() / 4096) * 4096;
    const size_t at = page + random() % (i % 2 == 0 ? 4096 : 120);
    damaged[at] = static_cast<char>(damaged[at] ^ (1u << random() % 8));
    // A name of its own: an engine that is let go closes its file with the next call.
    const std::string path = WriteFile("flipped" + std::to_string(i) + ".db", damaged);
    WriteFile("flipped" + std::to_string(i) + ".db.ledger", ledger);
    bool intact = true;
    std::string read;
    const Failure failure = FailureOf([&] {
      const Engine engine = Open(path);
      intact = engine.audit().verify().intact;
      read = Everything(engine);
      Fill(engine.workspace(engine.organizations()[0].id("org_id")), 5, 5000);
      engine.run();
    });
    if (failure.code != OL_OK) {
      EXPECT_EQ(allowed.count(OL_PRIMARY(failure.code)), 1u)
          << "byte " << at << ": " << ol_code_name(failure.code) << " " << failure.message;
      ++refused;
    } else if (!intact) {
      ++chain;
    } else {
      ++(read == right ? same : changed);
    }
    fs::remove(path);
  }
  std::cout << flips << " flips: " << refused << " refused, " << chain << " broke the chain, "
            << same << " changed nothing that is read, " << changed << " changed a value\n";
}

}  // namespace
}  // namespace onlyleads::tests
