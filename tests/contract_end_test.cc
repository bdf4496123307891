// Subscriptions that end, and what the end of a contract takes along: everything of one
// organization and nothing of another.
#include "src/engine/contract_end.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <set>

#include "src/base/time.h"
#include "src/domain/organizations.h"
#include "src/engine/audit.h"
#include "src/engine/ledger.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "src/engine/rights.h"
#include "src/engine/signals.h"
#include "src/engine/usage.h"
#include "src/storage/organization_data.h"
#include "src/storage/registry.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::CodeOf;
using base::ErrorCode;
using base::Table;

int64_t Instant(const char* iso) { return *base::ParseIso(iso); }

TEST(AccountData, IsKeptForTwelveCalendarMonths) {
  EXPECT_EQ(domain::AccountDataUntilUs(Instant("2026-11-23T10:15:02.5Z")),
            Instant("2027-11-23T10:15:02.5Z"));
  EXPECT_EQ(domain::AccountDataUntilUs(Instant("2028-02-29T23:59:59Z")),
            Instant("2029-02-28T23:59:59Z"));
  EXPECT_EQ(domain::AccountDataUntilUs(Instant("2027-12-31T00:00:00Z")),
            Instant("2028-12-31T00:00:00Z"));
}

class ContractEnd : public ::testing::Test {
 protected:
  ContractEnd() : people_(world_.AddPeople(3)) {}

  int64_t Rows(const std::string& sql) {
    auto session = world_.engine().Enter();
    return storage::QueryInt(session->db(), sql, {})->value_or(-1);
  }
  void Subscribe(std::optional<int64_t> until) {
    ASSERT_TRUE(engine::SetSubscription(world_.engine(), world_.org(), until).ok());
  }
  absl::StatusOr<int64_t> Delete(const engine::WorkProgress& progress = {}) {
    return engine::DeleteOrganization(world_.engine(), world_.org(), progress);
  }
  absl::StatusOr<int64_t> Export(const std::string& path,
                                 const engine::WorkProgress& progress = {}) {
    return engine::ExportOrganization(world_.engine(), world_.org(), path, progress);
  }
  // A row in every table that the organization's life fills.
  void Live() {
    world_.EnrollAll(world_.AddCampaign(), people_);
    world_.RunUntil(kMonday + base::kHourUs);
    world_.Accept(0);
    world_.RunUntil(kMonday + base::kDayUs);
    world_.Ingest(world_.MessageEvent(0, "Tell me more", false, "m1"));
    world_.Ingest(world_.MessageEvent(1, "STOP", false, "m2"));
    ASSERT_TRUE(engine::EraseProspect(world_.engine(), world_.org(), people_[2]).ok());
    const base::Id member = *engine::AddMember(world_.engine(), world_.org(), "Ben", "");
    ASSERT_TRUE(
        engine::RecordUsage(world_.engine(), world_.org(), {{member, 0, "::1", "b", "/"}}).ok());
    world_.Run();
  }
  // How many rows with this org_id each table holds.
  std::map<std::string, int64_t> Owned(const base::Id& org) {
    auto session = world_.engine().Enter();
    std::map<std::string, int64_t> counts;
    const auto tables = storage::OwnedTables(session->db());
    for (const storage::OwnedTable& table : *tables) {
      counts[table.name] = *storage::CountOwned(session->db(), table, org);
    }
    return counts;
  }

  Outreach world_;
  std::vector<base::Id> people_;
};

TEST_F(ContractEnd, OfTheSubscriptionHoldsBackWhatIsDueUntilItIsRenewed) {
  world_.EnrollAll(world_.AddCampaign(), {people_[0]});
  world_.Run({.max_calls = -1});
  ASSERT_EQ(world_.OutboxStates()["queued"], 1);
  Subscribe(kMonday);
  world_.EnrollAll(world_.AddCampaign(), {people_[1]});
  engine::RunReport report = world_.Run();
  EXPECT_EQ(report.calls, 0);
  EXPECT_EQ(report.enqueued, 0);
  EXPECT_EQ(report.subscriptions_ended, 1);
  EXPECT_EQ(report.next_due_us, domain::AccountDataUntilUs(kMonday)) << "only the account waits";
  EXPECT_EQ(world_.OutboxStates()["queued"], 1);
  Subscribe(kMonday + 30 * base::kDayUs);
  world_.RunUntil(kMonday + base::kHourUs);
  EXPECT_EQ(world_.LedgerSize(), 2);
  EXPECT_EQ(world_.Run().subscriptions_ended, 0);
}

TEST_F(ContractEnd, ComesAtItsInstantWithoutAnybodyDoingAnything) {
  Subscribe(kMonday + base::kHourUs);
  world_.EnrollAll(world_.AddCampaign(), {people_[0]});
  world_.RunUntil(kMonday + base::kMinuteUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
  world_.Advance(2 * base::kHourUs);
  world_.Accept(0);
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1);
}

TEST_F(ContractEnd, IsListedWithWhatItMeansForAccountData) {
  const auto last_two = [&] {
    const Table table = *engine::ListOrganizations(world_.engine());
    const auto instant = [&](int column) {
      const auto* value = std::get_if<int64_t>(&table.at(0, column));
      return value ? *value : 0;
    };
    return std::pair(instant(5), instant(6));
  };
  EXPECT_EQ(last_two(), std::pair(int64_t{0}, int64_t{0}));
  Subscribe(Instant("2026-12-31T00:00:00Z"));
  EXPECT_EQ(last_two(),
            std::pair(Instant("2026-12-31T00:00:00Z"), Instant("2027-12-31T00:00:00Z")));
  Subscribe(std::nullopt);
  EXPECT_EQ(last_two(), std::pair(int64_t{0}, int64_t{0}));
  EXPECT_EQ(CodeOf(engine::SetSubscription(world_.engine(), people_[0], kMonday)),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(engine::SetSubscription(world_.engine(), world_.org(), -5)),
            ErrorCode::kInvalidArgument);
}

TEST_F(ContractEnd, ExportsEveryRowOfEveryTableAndNoSecret) {
  Live();
  const std::string path = world_.database() + ".jsonl";
  const auto rows = Export(path);
  ASSERT_TRUE(rows.ok()) << rows.status();
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  std::map<std::string, int64_t> exported;
  std::set<std::string> columns;
  int64_t lines = 0;
  bool ended = false;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line); ++lines) {
    const auto document = base::JsonDocument::Parse(line);
    ASSERT_TRUE(document.ok()) << line;
    const base::JsonValue root = document->root();
    if (lines == 0) {
      EXPECT_EQ(root.StringOr("format", ""), "onlyleads.organization");
      EXPECT_EQ(root.StringOr("org_id", ""), ToString(world_.org()));
    } else if (root.Has("end")) {
      ended = true;
      EXPECT_EQ(root.IntOr("rows", -1), *rows);
    } else {
      const std::string table = root.StringOr("table", "");
      ++exported[table];
      root["row"].ForEachMember([&](std::string_view column, base::JsonValue) {
        columns.insert(table + "." + std::string(column));
      });
    }
  }
  EXPECT_TRUE(ended);
  EXPECT_EQ(lines, *rows + 2);
  auto owned = Owned(world_.org());
  EXPECT_EQ(exported["external_accounts"], 1);
  exported.erase("external_accounts");
  for (const auto& [table, count] : owned) EXPECT_EQ(exported[table], count) << table;
  for (const char* table : {"outbox", "inbox_messages", "signals", "tombstones", "decisions",
                            "send_ledger", "usage_log", "mandates", "members", "chats"}) {
    EXPECT_GT(exported[table], 0) << table << ": the world is too small to tell";
  }
  for (const storage::Column& column : storage::Registry()) {
    if (owned.count(std::string(column.table)) == 0 || owned[std::string(column.table)] == 0) {
      continue;
    }
    const std::string name = std::string(column.table) + "." + std::string(column.column);
    EXPECT_EQ(columns.count(name), column.category == "secret" ? 0u : 1u) << name;
  }
}

TEST_F(ContractEnd, ExportsIntoNewFilesOnlyAndLeavesNoneBehindWhenItFails) {
  const std::string path = world_.database() + ".jsonl";
  std::ofstream(path) << "mine";
  EXPECT_EQ(CodeOf(Export(path).status()), ErrorCode::kAlreadyExists);
  std::string content;
  std::ifstream(path) >> content;
  EXPECT_EQ(content, "mine");
  const std::string other = world_.database() + ".other";
  EXPECT_EQ(CodeOf(Export(other, [](int64_t, int64_t) { return false; }).status()),
            ErrorCode::kCancelled);
  EXPECT_FALSE(std::ifstream(other).good());
  EXPECT_EQ(CodeOf(Export("/nonexistent/x.jsonl").status()), ErrorCode::kIo);
  EXPECT_EQ(CodeOf(engine::ExportOrganization(world_.engine(), people_[0], other, {}).status()),
            ErrorCode::kNotFound);
}

TEST_F(ContractEnd, DeletesEverythingOfTheOrganizationAndNothingOfAnother) {
  Live();
  engine::NewOrganization second;
  second.name = "Other Ltd";
  const base::Id other = *engine::CreateOrganization(world_.engine(), second);
  const base::Id member = *engine::AddMember(world_.engine(), other, "Eve", "");
  ASSERT_TRUE(engine::RecordUsage(world_.engine(), other, {{member, 0, "::1", "b", "/"}}).ok());
  const auto before = Owned(other);
  const int64_t audited = Owned(world_.org())["audit_entries"];
  int calls = 0;
  const auto rows = Delete([&](int64_t done, int64_t total) {
    ++calls;
    EXPECT_LE(done, total);
    return true;
  });
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_TRUE(engine::FlushLedger(world_.engine()).ok());
  EXPECT_GT(*rows, 30);
  EXPECT_GT(calls, 20);
  for (const auto& [table, count] : Owned(world_.org())) {
    if (table == "audit_entries" || table == "audit_heads") continue;
    EXPECT_EQ(count, 0) << table;
  }
  EXPECT_EQ(Owned(other), before);
  EXPECT_EQ(Rows("SELECT count(*) FROM external_accounts"), 0);
  EXPECT_EQ(Rows("SELECT count(*) FROM account_uses"), 0);
  // The chain stays whole, with the deletion in it, and the installation's own chain says so too.
  EXPECT_EQ(Owned(world_.org())["audit_entries"], audited + 1);
  EXPECT_EQ(Rows("SELECT count(*) FROM audit_entries WHERE verb = 'organization.delete' AND org_id "
                 "= zeroblob(16)"),
            1);
  world_.Run();
  const auto report = engine::VerifyAudit(world_.engine());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->intact) << report->problem;
  EXPECT_EQ(report->unsealed, 0);
  EXPECT_EQ(CodeOf(engine::RequireOrganization(world_.engine(), world_.org())),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Delete().status()), ErrorCode::kNotFound);
}

TEST_F(ContractEnd, DeletionStoppedHalfwayLetsNothingOutAndGoesOn) {
  world_.EnrollAll(world_.AddCampaign(), people_);
  world_.Run({.max_calls = -1});
  int calls = 0;
  EXPECT_EQ(CodeOf(Delete([&](int64_t, int64_t) { return ++calls < 4; }).status()),
            ErrorCode::kCancelled);
  EXPECT_TRUE(engine::RequireOrganization(world_.engine(), world_.org()).ok());
  world_.RunUntil(kMonday + base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 0);
  EXPECT_TRUE(Delete().ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM prospects"), 0);
}

TEST_F(ContractEnd, ACustomerWhoCameBackIsNotSweptAway) {
  Subscribe(kMonday);
  const auto remove = [&](int64_t as_of_us) {
    return CodeOf(
        engine::RemoveEndedOrganization(world_.engine(), world_.org(), as_of_us, {}).status());
  };
  EXPECT_EQ(remove(kMonday + 364 * base::kDayUs), ErrorCode::kDenied);
  Subscribe(std::nullopt);
  EXPECT_EQ(remove(kMonday + 366 * base::kDayUs), ErrorCode::kDenied);
  EXPECT_EQ(Rows("SELECT count(*) FROM senders WHERE state = 'active'"), 1)
      << "nothing was stopped";
  Subscribe(kMonday);
  EXPECT_EQ(remove(kMonday + 366 * base::kDayUs), ErrorCode::kOk);
}

TEST_F(ContractEnd, DeletionWaitsForWhatIsBeingSent) {
  world_.EnrollAll(world_.AddCampaign(), {people_[0]});
  world_.Run({.max_calls = -1});
  {
    auto session = world_.engine().Enter();
    ASSERT_TRUE(session->db()
                    ->Script("UPDATE outbox SET state = 'in_flight', started_at_us = 1, "
                             "lease_end_us = 2, fencing_token = randomblob(16)")
                    .ok());
  }
  EXPECT_EQ(CodeOf(Delete().status()), ErrorCode::kConflict);
  EXPECT_EQ(Rows("SELECT count(*) FROM prospects"), 3);
  world_.Run({.max_calls = -1});  // the lease has ended: its outcome is open
  EXPECT_TRUE(Delete().ok());
}

TEST_F(ContractEnd, DeletesByRegistryAlsoWhatOtherFilesBrought) {
  auto session = world_.engine().Enter();
  const auto tables = storage::OwnedTables(session->db());
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_EQ(tables->back().name, "organizations");
  std::set<std::string> seen;
  for (const storage::OwnedTable& table : *tables) {
    EXPECT_FALSE(table.key.empty()) << table.name;
    seen.insert(table.name);
    // Children first.
    for (const char* parent : {"prospects", "senders", "members", "decisions"}) {
      if (table.name == parent) {
        EXPECT_TRUE(seen.count("outbox")) << parent;
      }
    }
  }
  for (const storage::Column& column : storage::Registry()) {
    if (column.column == "org_id") {
      EXPECT_TRUE(seen.count(std::string(column.table))) << column.table;
    }
  }
}

}  // namespace
}  // namespace onlyleads::tests
