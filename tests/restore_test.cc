// Older copies of a database are put back: nobody who was erased or said no since comes back,
// nobody is sent a step twice, and the senders look before they send. The sandbox's ledger judges.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/match.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/contract_end.h"
#include "src/engine/holds.h"
#include "src/engine/import.h"
#include "src/engine/ledger.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "src/storage/organization_data.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class RestoreTest : public ::testing::Test {
 protected:
  void Backup(bool with_wal = true) {
    CopyFile(world_.database(), world_.database() + ".copy");
    fs::remove(world_.database() + ".copy-wal");
    if (with_wal && fs::exists(world_.database() + "-wal")) {
      CopyFile(world_.database() + "-wal", world_.database() + ".copy-wal");
    }
  }
  void PutBack() {
    world_.CloseEngine();
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(world_.database() + end);
    CopyFile(world_.database() + ".copy", world_.database());
    if (fs::exists(world_.database() + ".copy-wal")) {
      CopyFile(world_.database() + ".copy-wal", world_.database() + "-wal");
    }
  }
  static void CopyFile(const std::string& from, const std::string& to) {
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  }
  // What the C ABI does after each verb.
  void Record() {
    const absl::Status status = engine::FlushLedger(world_.engine());
    EXPECT_TRUE(status.ok()) << status;
  }
  void Object(const base::Id& person) {
    EXPECT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), person).ok());
  }
  void Erase(const base::Id& person) {
    EXPECT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), person).ok());
  }
  bool Known(int i) {
    const auto found =
        engine::FindProspect(world_.engine(), world_.org(), "", "person-" + std::to_string(i));
    return found.ok() && !found->is_nil();
  }
  std::string SenderState() {
    const auto table = engine::ListSenders(world_.engine(), world_.org());
    EXPECT_TRUE(table.ok());
    return std::get<std::string>(table->at(0, 7));
  }
  bool Restored() {
    const auto table = engine::DescribeLineage(world_.engine());
    EXPECT_TRUE(table.ok());
    return !std::holds_alternative<std::monostate>(table->at(0, 2));
  }
  ErrorCode OpenCode(bool new_ledger = false) {
    engine::OpenOptions options = world_.Options();
    options.new_ledger = new_ledger;
    return base::CodeOf(engine::Engine::Open(std::move(options)).status());
  }
  void ExpectNothingTwice(int size) {
    for (const auto& [key, count] : world_.LedgerCounts()) EXPECT_EQ(count, 1) << key;
    EXPECT_EQ(world_.LedgerSize(), size);
  }
  // With a sender of its own at the same provider, and a person.
  base::Id AddOtherOrganization() {
    engine::NewOrganization organization;
    organization.name = "Beta Ltd";
    const auto org = engine::CreateOrganization(world_.engine(), organization);
    EXPECT_TRUE(org.ok()) << org.status();
    const auto member = engine::AddMember(world_.engine(), *org, "Bob Example", "bob@beta.example");
    EXPECT_TRUE(member.ok()) << member.status();
    engine::NewSender sender;
    sender.member_id = *member;
    sender.account_id = "acc_beta";
    sender.base_url = world_.sandbox().base_url();
    sender.api_key = testing::Sandbox::ApiKey();
    sender.webhook_secret = kSecret;
    EXPECT_TRUE(engine::ConnectSender(world_.engine(), *org, sender).ok());
    const std::string csv = world_.database() + ".csv";
    std::ofstream(csv) << "First Name,Last Name,Company,Title,LinkedIn URL,Country\n"
                          "B,C,D Ltd,Head,https://www.linkedin.com/in/beta-0,US\n";
    engine::ImportOptions options;
    options.source = "test";
    options.lawful_basis = "legitimate_interests";
    EXPECT_TRUE(engine::ImportCsv(world_.engine(), *org, csv, options).ok());
    return *org;
  }
  // Of an organization, in each table but those of the audit, which outlives it. Read from the
  // tables: nothing that a verb does on its way could have removed them only now.
  std::map<std::string, int64_t> RowsOf(const base::Id& org_id) {
    auto session = world_.engine().Enter();
    const auto tables = storage::OwnedTables(session->db());
    EXPECT_TRUE(tables.ok()) << tables.status();
    std::map<std::string, int64_t> rows;
    for (const storage::OwnedTable& table : *tables) {
      if (table.outlives_deletion) continue;
      const auto count = storage::CountOwned(session->db(), table, org_id);
      EXPECT_TRUE(count.ok()) << table.name;
      rows[table.name] = count.value_or(-1);
    }
    return rows;
  }
  std::string ledger() const { return world_.database() + ".ledger"; }

  Outreach world_;
};

TEST_F(RestoreTest, AnOlderCopyForgetsNobodyAndSendsNothingTwice) {
  const auto people = world_.AddPeople(6);
  const base::Id campaign = world_.AddCampaign();
  world_.EnrollAll(campaign, people);
  Record();
  Backup();
  world_.RunUntil(kMonday + 8 * base::kHourUs);
  ASSERT_EQ(world_.LedgerSize(), 6);
  Erase(people[0]);
  world_.Ingest(world_.MessageEvent(1, "STOP", false, "m1"));
  Object(people[2]);
  const base::Id later = world_.AddPeople(1)[0];  // person-6, whom the copy does not know
  Object(later);
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  EXPECT_TRUE(std::any_of(world_.log().begin(), world_.log().end(), [](const std::string& line) {
    return absl::StrContains(line, "older copy");
  }));
  EXPECT_EQ(SenderState(), "reconcile_only");
  EXPECT_FALSE(Known(0));
  EXPECT_TRUE(absl::StartsWith(world_.EnrollmentState(campaign, people[1]), "stopped"));
  EXPECT_TRUE(absl::StartsWith(world_.EnrollmentState(campaign, people[2]), "stopped"));
  // Where the others are in the sequence is known too: they wait for acceptance.
  EXPECT_TRUE(absl::StartsWith(world_.EnrollmentState(campaign, people[3]), "waiting 1"));
  world_.RunUntil(kMonday + 2 * base::kDayUs);
  EXPECT_EQ(SenderState(), "active");
  ExpectNothingTwice(6);
  for (int i = 1; i < 6; ++i) world_.Accept(i);
  world_.RunUntil(kMonday + 30 * base::kDayUs);
  ExpectNothingTwice(6 + 3 * 2);  // the message and the follow-up of those who may be written to
}

TEST_F(RestoreTest, ADeletedOrganizationStaysGoneAndTheOthersAreWhole) {
  const auto people = world_.AddPeople(3);
  world_.EnrollAll(world_.AddCampaign(), people);
  const base::Id other = AddOtherOrganization();
  Record();
  Backup();
  const auto others_before = RowsOf(other);
  ASSERT_GT(others_before.at("prospects"), 0);
  ASSERT_GT(others_before.at("senders"), 0);
  ASSERT_GT(RowsOf(world_.org()).at("enrollments"), 0);
  world_.RunUntil(kMonday + 8 * base::kHourUs);  // intents and outcomes stand before the deletion
  ASSERT_EQ(world_.LedgerSize(), 3);
  const auto deleted = engine::DeleteOrganization(world_.engine(), world_.org(), {});
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  for (const auto& [table, rows] : RowsOf(world_.org())) EXPECT_EQ(rows, 0) << table;
  EXPECT_EQ(RowsOf(other), others_before);
  const auto organizations = engine::ListOrganizations(world_.engine());
  ASSERT_TRUE(organizations.ok());
  ASSERT_EQ(organizations->rows(), 1);
  EXPECT_EQ(std::get<base::Id>(organizations->at(0, 0)), other);
  EXPECT_FALSE(Known(0));
  EXPECT_EQ(base::CodeOf(engine::GetProspect(world_.engine(), world_.org(), people[0]).status()),
            ErrorCode::kNotFound);
  world_.RunUntil(kMonday + 30 * base::kDayUs);
  ExpectNothingTwice(3);
}

TEST_F(RestoreTest, WhoObjectedAfterTheCopyCannotBeImportedAgain) {
  Record();
  Backup();
  const auto people = world_.AddPeople(2);
  Object(people[0]);
  Erase(people[1]);
  Record();
  PutBack();
  world_.Reopen();
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  const std::string csv = world_.database() + ".csv";
  std::ofstream(csv) << "First Name,Last Name,Company,Title,LinkedIn URL,Country\n"
                        "A,B,C Ltd,Head,https://www.linkedin.com/in/person-0,US\n"
                        "A,B,C Ltd,Head,https://www.linkedin.com/in/person-1,US\n";
  const auto report = engine::ImportCsv(world_.engine(), world_.org(), csv, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(Known(1));
  ASSERT_TRUE(Known(0));
  const auto person = engine::FindProspect(world_.engine(), world_.org(), "", "person-0");
  const auto table = engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign(), {*person});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(std::get<int64_t>(table->at(0, 1)), 0);
}

TEST_F(RestoreTest, AnIdentifierThatAnObjectorGotAfterTheCopyIsKnownToo) {
  const auto people = world_.AddPeople(1);
  Record();
  Backup();
  Object(people[0]);
  world_.AddRecord("person-0", "late@home.example");
  Erase(people[0]);  // by nothing that the copy knows but the person's own id
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_FALSE(Known(0));
  const std::string csv = world_.database() + ".csv";
  std::ofstream(csv) << "First Name,Email,Country\nP,late@home.example,US\n";
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  const auto report = engine::ImportCsv(world_.engine(), world_.org(), csv, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->suppressed, 1);
}

TEST_F(RestoreTest, AnIdentifierThatCameWithAnObjectorsReturnIsKnownToo) {
  const auto people = world_.AddPeople(1);
  Object(people[0]);
  ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), people[0]).ok());
  Record();
  Backup();
  const auto import = [&](const std::string& row) {
    const std::string csv = world_.database() + ".csv";
    std::ofstream(csv) << "First Name,LinkedIn URL,Email,Country\n" << row << "\n";
    engine::ImportOptions options;
    options.source = "another list";
    options.lawful_basis = "legitimate_interests";
    const auto report = engine::ImportCsv(world_.engine(), world_.org(), csv, options);
    EXPECT_TRUE(report.ok()) << report.status();
  };
  import("P,https://www.linkedin.com/in/person-0,new@home.example,US");
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_FALSE(Known(0));
  import("P,,new@home.example,US");
  const auto back = engine::FindProspect(world_.engine(), world_.org(), "new@home.example", "");
  ASSERT_TRUE(back.ok() && !back->is_nil());
  auto session = world_.engine().Enter();
  EXPECT_TRUE((*storage::LoadFacts(session->db(), world_.org(), *back))->objected());
}

TEST_F(RestoreTest, WhoIsKnownUnderAnotherIdIsFoundByTheirIdentifiers) {
  Record();
  Backup();
  // After the copy: imported, objected and restricted there, under ids that the copy never had.
  const auto people = world_.AddPeople(3);
  Object(people[0]);
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people[1]).ok());
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people[2]).ok());
  ASSERT_TRUE(engine::LiftRestriction(world_.engine(), world_.org(), people[2]).ok());
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  for (int i = 0; i < 3; ++i) {
    const std::string name = "person-" + std::to_string(i);
    const base::Id back = world_.AddRecord(name, "p" + std::to_string(i) + "@company.example");
    auto session = world_.engine().Enter();
    const auto facts = storage::LoadFacts(session->db(), world_.org(), back);
    ASSERT_TRUE(facts.ok() && *facts) << i;
    EXPECT_EQ((*facts)->objected(), i == 0) << i;
    EXPECT_EQ((*facts)->restricted_at_us.has_value(), i == 1) << i;
  }
}

TEST_F(RestoreTest, TheCopysOwnPeopleAreFoundByIdentifiersToo) {
  const auto people = world_.AddPeople(2);
  Record();
  Backup();
  // The same two, deleted and imported anew: the copy knows them under their first ids alone, and
  // a purge's note of those is what it must not lose to.
  for (const base::Id& person : people) {
    ASSERT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person).ok());
  }
  const base::Id again = world_.AddRecord("person-0", "p0@company.example");
  Object(again);
  Record();
  PutBack();
  world_.Reopen();
  EXPECT_FALSE(Known(0));
  EXPECT_FALSE(Known(1));
  const base::Id back = world_.AddRecord("person-0", "p0@company.example");
  auto session = world_.engine().Enter();
  EXPECT_TRUE((*storage::LoadFacts(session->db(), world_.org(), back))->objected());
}

TEST_F(RestoreTest, TheEndOfASubscriptionAndHoldsHoldInTheCopy) {
  const auto people = world_.AddPeople(3);
  const auto before = engine::PlaceHold(world_.engine(), world_.org(), people[2], "old_claim", 0);
  ASSERT_TRUE(before.ok());
  Record();
  Backup();
  const int64_t until_us = world_.now_us() + base::kDayUs;
  ASSERT_TRUE(engine::SetSubscription(world_.engine(), world_.org(), until_us).ok());
  ASSERT_TRUE(engine::PlaceHold(world_.engine(), world_.org(), people[0], "claim", 0).ok());
  const auto ended = engine::PlaceHold(world_.engine(), world_.org(), people[1], "claim", 0);
  ASSERT_TRUE(engine::ReleaseHold(world_.engine(), world_.org(), *ended).ok());
  ASSERT_TRUE(engine::ReleaseHold(world_.engine(), world_.org(), *before).ok());
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  const auto erase = [&](size_t i) {
    return base::CodeOf(engine::EraseProspect(world_.engine(), world_.org(), people[i]).status());
  };
  EXPECT_EQ(erase(0), ErrorCode::kDenied);
  EXPECT_EQ(erase(1), ErrorCode::kOk);
  EXPECT_EQ(erase(2), ErrorCode::kOk);
  const auto organizations = engine::ListOrganizations(world_.engine());
  ASSERT_TRUE(organizations.ok());
  EXPECT_EQ(std::get<int64_t>(organizations->at(0, 5)), until_us);
}

TEST_F(RestoreTest, WhoWasDeletedStaysGoneWhateverTheCopyHadOfThem) {
  const auto people = world_.AddPeople(3);
  const auto remove = [&](const base::Id& person) {
    EXPECT_TRUE(engine::DeleteProspect(world_.engine(), world_.org(), person).ok());
  };
  remove(people[1]);
  remove(people[2]);
  Record();
  Backup();
  remove(people[0]);  // live in the copy
  Erase(people[1]);   // deleted in the copy
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  const auto access = [&](const base::Id& person) {
    return base::CodeOf(engine::AccessProspect(world_.engine(), world_.org(), person).status());
  };
  EXPECT_FALSE(Known(0));
  EXPECT_EQ(access(people[0]), ErrorCode::kNotFound);
  EXPECT_EQ(access(people[1]), ErrorCode::kNotFound);
  EXPECT_EQ(access(people[2]), ErrorCode::kOk) << "until the thirty days are over";
  world_.Advance(30 * base::kDayUs);
  world_.Run();
  EXPECT_EQ(access(people[2]), ErrorCode::kNotFound);
}

TEST_F(RestoreTest, MessagesQueuedInTheCopyAreNotSentAgain) {
  const auto people = world_.AddPeople(4);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.Run({.max_ms = 0, .max_calls = -1});
  ASSERT_EQ(world_.OutboxStates()["queued"], 4);
  Backup();
  world_.RunUntil(kMonday + 8 * base::kHourUs);
  ASSERT_EQ(world_.LedgerSize(), 4);
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  EXPECT_EQ(world_.OutboxStates()["sent"], 4);
  world_.RunUntil(kMonday + 3 * base::kDayUs);
  ExpectNothingTwice(4);
}

TEST_F(RestoreTest, ASendOfUnknownOutcomeIsAskedAboutBeforeItsSenderIsReleased) {
  world_.EnrollAll(world_.AddCampaign(), world_.AddPeople(1));
  world_.Run({.max_ms = 0, .max_calls = -1});
  Backup();
  // Accepted, but the answer never comes; and the process dies before the next look.
  world_.sandbox().Post("/sandbox/faults", R"([{"name":"c","match":{"route":"any_write"},)"
                                           R"("action":{"type":"cut","after_acceptance":true}}])");
  for (int i = 0; i < 20 && world_.LedgerSize() == 0; ++i) {
    world_.Run();
    world_.Advance(base::kMinuteUs);
  }
  ASSERT_EQ(world_.LedgerSize(), 1);
  PutBack();
  world_.Reopen();
  EXPECT_EQ(world_.OutboxStates()["unknown"], 1);
  EXPECT_EQ(SenderState(), "reconcile_only");
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.OutboxStates()["sent"], 1);
  EXPECT_EQ(SenderState(), "active");
  ExpectNothingTwice(1);
}

TEST_F(RestoreTest, WhatWasWithdrawnWhileItsOutcomeWasOpenIsNotSentFromTheCopy) {
  const base::Id campaign = world_.AddCampaign();
  world_.EnrollAll(campaign, world_.AddPeople(1));
  world_.Run({.max_ms = 0, .max_calls = -1});
  Backup();
  world_.sandbox().Post("/sandbox/faults",
                        R"([{"name":"c","match":{"route":"any_write"},"times":1,)"
                        R"("action":{"type":"cut","after_acceptance":false}}])");
  for (int i = 0; i < 20 && world_.OutboxStates()["unknown"] == 0; ++i) {
    world_.Run({.max_ms = 0, .max_calls = 2});
    world_.Advance(base::kMinuteUs);
  }
  ASSERT_EQ(world_.OutboxStates()["unknown"], 1);
  world_.Ingest(world_.MessageEvent(0, "Thanks, we talked on the phone.", false, "m1"));
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  world_.RunUntil(kMonday + 4 * base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  EXPECT_EQ(world_.OutboxStates()["cancelled"], 1);
}

TEST_F(RestoreTest, BytesThatAReaderKeepsAfterAReplayedErasureAreCounted) {
  const auto people = world_.AddPeople(2);
  Record();
  Backup();
  Erase(people[0]);
  Record();
  PutBack();
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(world_.database().c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM prospects", nullptr, nullptr, nullptr),
      SQLITE_OK);
  world_.Reopen();
  EXPECT_FALSE(Known(0));
  EXPECT_EQ(world_.Run().residue_pending, 1);
  sqlite3_close(reader);
  EXPECT_EQ(world_.Run().residue_pending, 0);
}

TEST_F(RestoreTest, ACopyWithoutItsWalIsRecognisedToo) {
  const auto people = world_.AddPeople(2);
  {
    auto session = world_.engine().Enter();
    auto checkpoint = session->db()->Query("PRAGMA wal_checkpoint(TRUNCATE)", {});
    ASSERT_TRUE(*checkpoint->Next());
  }
  Object(people[0]);
  Record();
  Backup(false);
  PutBack();
  world_.Reopen();
  ASSERT_TRUE(Restored());
  const auto table =
      engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign(), {people[0]});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(std::get<int64_t>(table->at(0, 1)), 0);
}

TEST_F(RestoreTest, TheSameDatabaseIsNoCopy) {
  Object(world_.AddPeople(1)[0]);  // noted, and the process dies before its frame is written
  world_.Reopen();
  EXPECT_FALSE(Restored());
  Object(world_.AddPeople(1)[0]);
  Record();
  world_.CloseEngine();
  // Its frame is there, but torn: its rest never reached the disk.
  fs::resize_file(ledger(), fs::file_size(ledger()) - 10);
  world_.Reopen();
  EXPECT_FALSE(Restored());
  EXPECT_EQ(SenderState(), "active");
  // And it is whole again: the copy that was never made would learn of the objection.
  const auto table = engine::DescribeLineage(world_.engine());
  EXPECT_EQ(std::get<int64_t>(table->at(0, 1)), 0);
  auto another = world_.OpenEngine();
  EXPECT_FALSE(Restored());
}

TEST_F(RestoreTest, SpaceACrashLeftBehindTheLastFrameIsNothing) {
  Record();
  Backup();
  Object(world_.AddPeople(1)[0]);
  Record();
  PutBack();
  fs::resize_file(ledger(), fs::file_size(ledger()) + 500);
  world_.Reopen();
  EXPECT_TRUE(Restored());
}

TEST_F(RestoreTest, ADamagedFrameIsAnErrorAndChangesNothing) {
  Record();
  Backup();
  const auto size = fs::file_size(ledger());
  Object(world_.AddPeople(1)[0]);
  Record();
  PutBack();
  for (const auto at : {size + 5, size + 100}) {  // its length, its content
    std::fstream file(ledger(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char was = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(was ^ 1));
    file.close();
    EXPECT_EQ(OpenCode(), ErrorCode::kLedgerCorrupt) << at;
    std::fstream again(ledger(), std::ios::in | std::ios::out | std::ios::binary);
    again.seekp(static_cast<std::streamoff>(at));
    again.put(was);
  }
  world_.Reopen();
  EXPECT_TRUE(Restored());
}

TEST_F(RestoreTest, ALostLedgerIsAnErrorUntilANewOneIsAskedFor) {
  // Also while nothing but its beginning was written: an older copy knows no more than that.
  world_.CloseEngine();
  fs::rename(ledger(), ledger() + ".kept");
  EXPECT_EQ(OpenCode(), ErrorCode::kLedgerBehind);
  fs::rename(ledger() + ".kept", ledger());
  world_.Reopen();
  for (const base::Id& person : world_.AddPeople(2)) {
    Object(person);
    Record();
  }
  world_.CloseEngine();
  const auto size = fs::file_size(ledger());
  fs::rename(ledger(), ledger() + ".lost");
  EXPECT_EQ(OpenCode(), ErrorCode::kLedgerBehind);
  EXPECT_EQ(OpenCode(true), ErrorCode::kOk);
  world_.Reopen();
  EXPECT_EQ(SenderState(), "reconcile_only");
  world_.CloseEngine();
  // The one that was lost is not taken for the new one.
  fs::rename(ledger() + ".lost", ledger());
  ASSERT_EQ(fs::file_size(ledger()), size);
  const ErrorCode code = OpenCode();
  EXPECT_TRUE(code == ErrorCode::kLedgerForked || code == ErrorCode::kLedgerBehind)
      << static_cast<int>(code);
}

TEST_F(RestoreTest, ALedgerOfAnotherDatabaseIsRefused) {
  Record();
  Outreach other;
  const std::string path = other.database();
  other.CloseEngine();
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(path + end);
  CopyFile(ledger(), path + ".ledger");
  // An empty database beside a ledger that tells of another.
  EXPECT_EQ(base::CodeOf(engine::Engine::Open(other.Options()).status()), ErrorCode::kLedgerForked);
}

TEST_F(RestoreTest, OfTwoCopiesThatLiveOnOneIsRefused) {
  const auto people = world_.AddPeople(2);
  Record();
  Backup();
  const std::string fork = world_.database() + ".fork";
  CopyFile(world_.database() + ".copy", fork);
  if (fs::exists(world_.database() + ".copy-wal")) {
    CopyFile(world_.database() + ".copy-wal", fork + "-wal");
  }
  fs::create_symlink(ledger(), fork + ".ledger");
  engine::OpenOptions options = world_.Options();
  options.path = fork;
  const auto second = engine::Engine::Open(std::move(options));
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(engine::ObjectProspect(**second, world_.org(), people[0]).ok());
  ASSERT_TRUE(engine::FlushLedger(**second).ok());
  Object(people[1]);
  EXPECT_EQ(base::CodeOf(engine::FlushLedger(world_.engine())), ErrorCode::kLedgerForked);
  EXPECT_EQ(base::CodeOf(engine::Run(world_.engine(), {}).status()), ErrorCode::kLedgerForked);
  world_.CloseEngine();
  EXPECT_EQ(OpenCode(), ErrorCode::kLedgerForked);
}

TEST_F(RestoreTest, TheAuditOfARolledBackDatabaseIsNotIntact) {
  const auto people = world_.AddPeople(2);
  world_.Run({.max_ms = 0, .max_calls = -1});
  Record();
  Backup();
  Object(people[0]);
  world_.Run({.max_ms = 0, .max_calls = -1});
  PutBack();
  world_.Reopen();
  // Also once as many entries were sealed anew.
  for (int i = 0; i < 2; ++i) {
    const auto report = engine::VerifyAudit(world_.engine());
    ASSERT_TRUE(report.ok());
    EXPECT_FALSE(report->intact);
    EXPECT_EQ(report->problem, "rolled_back");
    Object(people[1]);
    world_.Run({.max_ms = 0, .max_calls = -1});
    Object(people[0]);
    world_.Run({.max_ms = 0, .max_calls = -1});
  }
}

TEST_F(RestoreTest, AHeldSenderIsReleasedByHandAndNotByResumingIt) {
  Record();
  Backup();
  world_.AddPeople(1);
  Object(*engine::FindProspect(world_.engine(), world_.org(), "", "person-0"));
  Record();
  PutBack();
  world_.Reopen();
  ASSERT_EQ(SenderState(), "reconcile_only");
  ASSERT_TRUE(engine::ResumeSender(world_.engine(), world_.org(), world_.sender()).ok());
  EXPECT_EQ(SenderState(), "reconcile_only");
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(engine::ReleaseSender(world_.engine(), world_.org(), world_.sender()).ok());
    EXPECT_EQ(SenderState(), "active");
  }
  EXPECT_EQ(base::CodeOf(engine::ReleaseSender(world_.engine(), world_.org(), base::Id{})),
            ErrorCode::kNotFound);
  auto session = world_.engine().Enter();
  EXPECT_EQ(*storage::QueryInt(session->db(),
                               "SELECT count(*) FROM audit_entries WHERE org_id = $1 AND "
                               "actor = 'member' AND verb = 'sender.release'",
                               {world_.org()}),
            1)
      << "who ended the looks is on record, once";
}

// The ledger is an older copy, too: only the provider knows of the messages.
TEST_F(RestoreTest, AHeldSenderWhoseKeyIsRefusedLooksOnceItIsPutRight) {
  const auto people = world_.AddPeople(5);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.Run({.max_ms = 0, .max_calls = -1});
  Backup();
  Object(people[4]);
  Record();
  CopyFile(ledger(), ledger() + ".copy");
  world_.RunUntil(kMonday + 8 * base::kHourUs);
  ASSERT_EQ(world_.LedgerSize(), 4);
  PutBack();
  CopyFile(ledger() + ".copy", ledger());
  world_.sandbox().Post("/sandbox/faults",
                        R"([{"name":"key","match":{"route":"sent_invitations"},"times":1,)"
                        R"("action":{"type":"error","slug":"missing_credentials"}}])");
  world_.Reopen();
  ASSERT_EQ(SenderState(), "reconcile_only");
  world_.Run();
  ASSERT_EQ(SenderState(), "stopped");
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(engine::ResumeSender(world_.engine(), world_.org(), world_.sender()).ok());
    EXPECT_EQ(SenderState(), "reconcile_only") << "the looks are not done";
  }
  ASSERT_EQ(world_.OutboxStates()["queued"], 4);
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(SenderState(), "active");
  EXPECT_EQ(world_.OutboxStates()["sent"], 4);
  ExpectNothingTwice(4);
}

TEST_F(RestoreTest, LimitsHoldAcrossARestore) {
  world_.EnrollAll(world_.AddCampaign(), world_.AddPeople(40));
  Record();
  Backup();
  world_.RunUntil(kMonday + 7 * base::kHourUs);
  const int before = world_.LedgerSize();
  ASSERT_LT(before, 40) << "no limit was reached: the test means nothing";
  PutBack();
  world_.Reopen();
  world_.RunUntil(kMonday + 8 * base::kHourUs);
  ExpectNothingTwice(before);
}

}  // namespace
}  // namespace onlyleads::tests
