// What the engine asks the database while it sends, listens and seals never reads all of an
// organization: every statement is overheard and its plan judged.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "src/base/time.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/holds.h"
#include "src/engine/mandates.h"
#include "src/engine/retention.h"
#include "src/engine/rights.h"
#include "src/engine/sending.h"
#include "src/engine/signals.h"
#include "src/engine/usage.h"
#include "src/storage/signal_store.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

const char* const kLarge[] = {"prospects",    "identifiers",     "outbox",         "enrollments",
                              "decisions",    "send_ledger",     "chats",          "relations",
                              "disclosures",  "sender_profiles", "person_facts",   "inbox_messages",
                              "account_uses", "audit_entries",   "webhook_events", "signals",
                              "usage_log"};

std::vector<std::string> Plan(sqlite3* db, const std::string& sql) {
  std::vector<std::string> lines;
  sqlite3_stmt* statement = nullptr;
  const std::string explain = "EXPLAIN QUERY PLAN " + sql;
  EXPECT_EQ(sqlite3_prepare_v2(db, explain.c_str(), -1, &statement, nullptr), SQLITE_OK) << sql;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
  }
  sqlite3_finalize(statement);
  return lines;
}

bool ReadsAll(const std::string& line) {
  for (const std::string table : kLarge) {
    // What has no seal yet has an index of its own, which is short.
    const bool short_index = line.find("audit_entries_unsealed") != std::string::npos ||
                             // The oldest by age is the first entry: nothing behind it is read.
                             line.find("webhook_events_age (org_id=?)") != std::string::npos ||
                             line.find("usage_log_age (org_id=?)") != std::string::npos;
    if (line.rfind("SCAN " + table, 0) == 0 && !short_index) return true;
    // An organization's whole table, whatever the order.
    if (!short_index && line.rfind("SEARCH " + table + " ", 0) == 0 &&
        line.find("(org_id=?)") != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST(Plans, OfSendingReadNoOrganizationWhole) {
  Outreach world;
  std::set<std::string> statements;
  {
    auto session = world.engine().Enter();
    session->db()->set_statement_hook([&](std::string_view sql) { statements.emplace(sql); });
  }
  const auto people = world.AddPeople(3);
  world.EnrollAll(world.AddCampaign(), people);
  world.sandbox().Post(
      "/sandbox/faults",
      R"([{"name":"f","match":{"route":"any_write"},"times":2,"every":2,"action":{"type":"cut","after_acceptance":true}}])");
  world.RunUntil(kMonday + base::kHourUs);
  world.Accept(0);
  world.RunUntil(kMonday + 4 * base::kDayUs);
  world.Ingest(world.MessageEvent(0, "STOP", false, "m1"));
  ASSERT_TRUE(engine::ListInbox(world.engine(), world.org(), "", 10).ok());
  ASSERT_TRUE(engine::FindInLedger(world.engine(), world.org(), "person-0").ok());
  const base::Id mandate =
      std::get<base::Id>(engine::ListMandates(world.engine(), world.org(), "", 1)->at(0, 0));
  ASSERT_TRUE(engine::RevokeMandate(world.engine(), world.org(), mandate).ok());
  const base::Id member =
      std::get<base::Id>(engine::ListMandates(world.engine(), world.org(), "", 1)->at(0, 2));
  ASSERT_TRUE(
      engine::RecordMandate(world.engine(), world.org(),
                            {member, world.sender(), "", "terms", std::string(64, '0'), "", 0})
          .ok());
  ASSERT_TRUE(
      engine::RecordUsage(world.engine(), world.org(), {{member, 0, "::1", "b", "/"}}).ok());
  ASSERT_TRUE(engine::ListUsage(world.engine(), world.org(), "", 10).ok());
  ASSERT_TRUE(engine::RestrictProspect(world.engine(), world.org(), people[2]).ok());
  ASSERT_TRUE(engine::LiftRestriction(world.engine(), world.org(), people[2]).ok());
  ASSERT_TRUE(engine::EraseProspect(world.engine(), world.org(), people[1]).ok());
  ASSERT_TRUE(engine::RecordSignals(world.engine(), world.org(),
                                    {{people[2], "comment", 0, "ref", "test", ""},
                                     {people[1], "comment", 0, "", "test", ""}})
                  .ok());
  ASSERT_TRUE(engine::ListSignals(world.engine(), world.org(), people[2], "", 10).ok());
  {
    auto session = world.engine().Enter();
    ASSERT_TRUE(storage::LoadSignals(session->db(), world.org(), people[2]).ok());
  }
  ASSERT_TRUE(engine::AccessProspect(world.engine(), world.org(), people[0]).ok());
  ASSERT_TRUE(engine::DeleteProspect(world.engine(), world.org(), people[2]).ok());
  const auto hold = engine::PlaceHold(world.engine(), world.org(), people[0], "claim", 0);
  ASSERT_TRUE(hold.ok() && engine::ReleaseHold(world.engine(), world.org(), *hold).ok());
  world.Advance(31 * base::kDayUs);
  const auto plan = engine::PlanRetention(world.engine(), world.org(), 1);
  ASSERT_TRUE(plan.ok());
  ASSERT_TRUE(engine::RunRetention(world.engine(), world.org(),
                                   std::get<std::string>(plan->at(0, 7)), 0, nullptr)
                  .ok());
  world.Run();
  ASSERT_TRUE(engine::SealAudit(world.engine()).ok());
  {
    auto session = world.engine().Enter();
    session->db()->set_statement_hook(nullptr);
  }
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open_v2(world.database().c_str(), &db, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  int judged = 0;
  for (const std::string& sql : statements) {
    if (sql.rfind("PRAGMA", 0) == 0 || sql == "BEGIN IMMEDIATE" || sql == "COMMIT") continue;
    ++judged;
    for (const std::string& line : Plan(db, sql))
      EXPECT_FALSE(ReadsAll(line)) << line << "\n" << sql;
  }
  sqlite3_close(db);
  EXPECT_GT(judged, 60);
}

}  // namespace
}  // namespace onlyleads::tests
