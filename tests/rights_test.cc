// The copy of somebody's data, deletion and its purge, plans and runs of retention, holds, and the
// bytes that a reader keeps alive.
#include "src/engine/rights.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "src/base/error.h"
#include "src/base/time.h"
#include "src/domain/organizations.h"
#include "src/domain/retention.h"
#include "src/engine/access.h"
#include "src/engine/audit.h"
#include "src/engine/campaigns.h"
#include "src/engine/holds.h"
#include "src/engine/identity.h"
#include "src/engine/import.h"
#include "src/engine/organizations.h"
#include "src/engine/prospects.h"
#include "src/engine/residue.h"
#include "src/engine/retention.h"
#include "src/engine/scoring.h"
#include "src/engine/sending.h"
#include "src/engine/signals.h"
#include "src/engine/usage.h"
#include "src/storage/registry.h"
#include "tests/support/full_person.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

using base::CodeOf;
using base::ErrorCode;
using base::JsonValue;

class Rights : public ::testing::Test {
 protected:
  std::string Access(const base::Id& person) {
    auto page = engine::AccessProspect(world_.engine(), world_.org(), person);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? std::get<std::string>(page->at(0, 0)) : "{}";
  }
  absl::Status Erase(const base::Id& person) {
    return engine::EraseProspect(world_.engine(), world_.org(), person).status();
  }
  absl::Status Delete(const base::Id& person) {
    return engine::DeleteProspect(world_.engine(), world_.org(), person).status();
  }
  absl::Status Get(const base::Id& person) {
    return engine::GetProspect(world_.engine(), world_.org(), person).status();
  }
  int64_t Count(const std::string& table) {
    auto session = world_.engine().Enter();
    return storage::QueryInt(session->db(), "SELECT count(*) FROM " + table, {})->value_or(-1);
  }
  void Sql(const std::string& sql) {
    auto session = world_.engine().Enter();
    const absl::Status done = session->db()->Script(sql);
    ASSERT_TRUE(done.ok()) << done;
  }
  // due and held of a class, over its tables.
  std::pair<int64_t, int64_t> Planned(const base::Table& plan, const std::string& of) {
    std::pair<int64_t, int64_t> sum;
    for (int64_t row = 0; row < plan.rows(); ++row) {
      if (std::get<std::string>(plan.at(row, 0)) != of) continue;
      sum.first += std::get<int64_t>(plan.at(row, 4));
      sum.second += std::get<int64_t>(plan.at(row, 5));
    }
    return sum;
  }
  base::Table Plan(int inactive_days = 0) {
    auto plan = engine::PlanRetention(world_.engine(), world_.org(), inactive_days);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *std::move(plan);
  }
  static std::string Token(const base::Table& plan) { return std::get<std::string>(plan.at(0, 7)); }
  absl::StatusOr<engine::RetentionReport> RunPlan(const std::string& token, int64_t max_rows = 0) {
    return engine::RunRetention(world_.engine(), world_.org(), token, max_rows, nullptr);
  }

  // One more list, with a header and a line.
  engine::ImportReport Import(const std::string& csv, const std::string& source = "test") {
    const std::string path = world_.database() + ".csv";
    std::ofstream(path) << csv;
    engine::ImportOptions options;
    options.source = source;
    options.lawful_basis = "legitimate_interests";
    auto report = engine::ImportCsv(world_.engine(), world_.org(), path, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : engine::ImportReport{};
  }
  // Person i, who was removed, in another list.
  base::Id ComeBack(int i) {
    const std::string name = "person-" + std::to_string(i);
    Import("First Name,LinkedIn URL,Country\nP,https://www.linkedin.com/in/" + name + ",US\n",
           "another list");
    return *engine::FindProspect(world_.engine(), world_.org(), "", name);
  }
  storage::FactsRow Facts(const base::Id& person) {
    auto session = world_.engine().Enter();
    const auto facts = storage::LoadFacts(session->db(), world_.org(), person);
    EXPECT_TRUE(facts.ok() && *facts);
    return facts.ok() && *facts ? **facts : storage::FactsRow{};
  }
  int64_t Scored() {
    return engine::RunScoring(world_.engine(), world_.org(),
                              R"({"factors":[{"name":"us","field":"country","any_of":["us"],)"
                              R"("points":1}]})")
        .value_or(-1);
  }

  Outreach world_;
};

TEST_F(Rights, AccessHoldsEveryExportedColumnOfAFullPerson) {
  const auto people = world_.AddPeople(2);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.RunUntil(kMonday + base::kHourUs);
  std::map<std::string, std::string> words;
  {
    auto session = world_.engine().Enter();
    words = FillEveryColumn(session->db(), world_.org(), people[0], world_.sender());
    const auto key = engine::CurrentKey(*session, 1, words["identifiers.value"]);
    ASSERT_TRUE(
        storage::InsertSuppression(session->db(), world_.org(), key, "email", "test", 1).ok());
    ASSERT_TRUE(storage::InsertRestriction(session->db(), world_.org(), key, 1).ok());
    ASSERT_TRUE(storage::InsertHold(session->db(), world_.org(),
                                    {world_.sender(), people[0], "claim", {}}, 1)
                    .ok());
    ASSERT_TRUE(session->db()
                    ->Run("UPDATE OR REPLACE send_ledger SET person_digest = $1",
                          {storage::Blob{base::AsView(key.digest)}})
                    .ok());
    ASSERT_TRUE(
        session->db()
            ->Run("UPDATE OR REPLACE identifiers SET kind = 1 WHERE prospect_id = $1", {people[0]})
            .ok());
  }
  Access(people[0]);  // leaves an entry of its own in the record
  const std::string text = Access(people[0]);
  const auto document = base::JsonDocument::Parse(text);
  ASSERT_TRUE(document.ok());
  const JsonValue data = document->root()["data"];
  int exported = 0;
  for (const storage::PersonTable& table : storage::PersonTables()) {
    for (const storage::Column* column : table.columns) {
      const std::string name(column->export_name);
      if (name.empty()) {
        EXPECT_FALSE(storage::IsPersonal(*column))
            << column->table << "." << column->column << " is personal and not exported";
        continue;
      }
      ++exported;
      const size_t dot = name.find('.');
      EXPECT_TRUE(data[name.substr(0, dot)].at(0).Has(name.substr(dot + 1))) << name;
    }
  }
  EXPECT_GT(exported, 60);
  EXPECT_GT(words.size(), 20u);
  for (const auto& [column, word] : words) EXPECT_TRUE(absl::StrContains(text, word)) << column;
}

TEST_F(Rights, AccessSaysWhatTheLawWantsSaid) {
  const auto people = world_.AddPeople(1);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.RunUntil(kMonday + base::kHourUs);
  const auto document = base::JsonDocument::Parse(Access(people[0]));
  ASSERT_TRUE(document.ok());
  const JsonValue root = document->root();
  EXPECT_EQ(root["controller"].StringOr("name", ""), "Acme Ltd");
  EXPECT_EQ(root["recipients"].at(0).StringOr("sub_processor_id", ""), "unipile");
  EXPECT_EQ(root["recipients"].at(0).StringOr("region", ""), "FR");
  EXPECT_GE(root["rights"].size(), 8u);
  EXPECT_TRUE(root["automated"].Has("scoring"));
  EXPECT_EQ(root["data"]["prospects"].at(0).StringOr("source", ""), "test");
  EXPECT_EQ(root["data"]["messages"].at(0).StringOr("state", ""), "sent");
  EXPECT_FALSE(root["data"]["decisions"].at(0).StringOr("reason", "").empty());
  std::set<std::string> classes;
  for (size_t i = 0; i < root["retention"].size(); ++i) {
    classes.insert(root["retention"].at(i).StringOr("class", ""));
    EXPECT_FALSE(root["retention"].at(i).StringOr("period", "").empty());
  }
  size_t recipients = 0;
  for (size_t i = 0; i < root["categories"].size(); ++i) {
    const JsonValue one = root["categories"].at(i);
    EXPECT_GT(one["sources"].size(), 0u) << one.StringOr("category", "");
    EXPECT_FALSE(one["purposes"].at(0).StringOr("lawful_basis", "").empty());
    EXPECT_EQ(classes.count(std::string(*one["retention"].at(0).AsString())), 1u);
    recipients += one["recipients"].size();
  }
  EXPECT_GT(recipients, 0u);
  const auto audit = engine::ListAudit(world_.engine(), world_.org(), "", 1000);
  EXPECT_EQ(std::get<std::string>(audit->at(audit->rows() - 1, 3)), "rights.access");
}

// Ann and Bob share company, role mailbox, campaign and sender.
TEST_F(Rights, AccessTellsNothingAboutAnybodyElse) {
  const std::string csv = world_.database() + ".csv";
  std::ofstream(csv) << "First Name,Last Name,Company,Title,Email,LinkedIn URL,Country\n"
                        "Annqxzj,Lastqxzj,Shared Ltd,CEOqxzj,info@shared.example,"
                        "https://www.linkedin.com/in/annqxzj,US\n"
                        "Bobjzxq,Lastjzxq,Shared Ltd,CTOjzxq,info@shared.example,"
                        "https://www.linkedin.com/in/bobjzxq,US\n";
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  ASSERT_TRUE(engine::ImportCsv(world_.engine(), world_.org(), csv, options).ok());
  std::vector<base::Id> people;
  for (const char* name : {"annqxzj", "bobjzxq"}) {
    world_.sandbox().Post("/sandbox/people", R"({"public_identifier":")" + std::string(name) +
                                                 R"(","provider_id":"ACoAA)" + name + R"("})");
    people.push_back(*engine::FindProspect(world_.engine(), world_.org(), "", name));
  }
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.RunUntil(kMonday + base::kHourUs);
  ASSERT_EQ(world_.OutboxStates()["sent"], 2);
  const std::string ann = Access(people[0]), bob = Access(people[1]);
  EXPECT_TRUE(absl::StrContains(ann, "Annqxzj") && absl::StrContains(ann, "info@shared.example"));
  EXPECT_TRUE(absl::StrContains(bob, "Bobjzxq") && absl::StrContains(bob, "info@shared.example"));
  EXPECT_FALSE(absl::StrContains(ann, "jzxq")) << ann;
  EXPECT_FALSE(absl::StrContains(bob, "qxzj")) << bob;
  for (const std::string& copy : {ann, bob}) {
    for (const std::string& secret :
         {std::string("ada@acme.example"), std::string("Ada Example"), ToString(world_.sender()),
          std::string(testing::Sandbox::ApiKey()), std::string(kAccount)}) {
      EXPECT_FALSE(absl::StrContains(copy, secret)) << secret;
    }
  }
  EXPECT_FALSE(absl::StrContains(ann, ToString(people[1])));
}

TEST_F(Rights, AccessOfNobodyAndOfTheErasedIsNotFound) {
  const auto people = world_.AddPeople(1);
  const auto access = [&](const base::Id& id) {
    return CodeOf(engine::AccessProspect(world_.engine(), world_.org(), id).status());
  };
  EXPECT_EQ(access(world_.sender()), ErrorCode::kNotFound);
  ASSERT_TRUE(Erase(people[0]).ok());
  EXPECT_EQ(access(people[0]), ErrorCode::kNotFound);
}

TEST_F(Rights, DeletedPeopleAreOutOfReachAndPurgedAfterThirtyDays) {
  const auto people = world_.AddPeople(2);
  const base::Id campaign = world_.AddCampaign();
  world_.EnrollAll(campaign, people);
  world_.Run({.max_ms = 0, .max_calls = -1});
  ASSERT_TRUE(Delete(people[0]).ok());
  EXPECT_EQ(CodeOf(Get(people[0])), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Delete(people[0])), ErrorCode::kNotFound);
  EXPECT_EQ(*engine::CountProspects(world_.engine(), world_.org()), 1);
  EXPECT_TRUE(engine::FindProspect(world_.engine(), world_.org(), "", "person-0")->is_nil());
  const std::string copy = Access(people[0]);
  EXPECT_TRUE(absl::StrContains(copy, "person-0"));
  const auto document = base::JsonDocument::Parse(copy);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->root()["deleted"].IntOr("removed_at_us", 0),
            world_.now_us() + 30 * base::kDayUs);
  world_.RunUntil(kMonday + 2 * base::kDayUs);
  EXPECT_EQ(world_.LedgerSize(), 1) << "nothing went to the deleted one";
  world_.Advance(kMonday + 29 * base::kDayUs - world_.now_us());
  world_.Run();
  EXPECT_EQ(Count("deleted_prospects"), 1);
  EXPECT_EQ(world_.Run().next_due_us, kMonday + 30 * base::kDayUs);
  world_.Advance(base::kDayUs);
  EXPECT_EQ(world_.Run().purged, 1);
  EXPECT_EQ(Count("deleted_prospects") + Count("deleted_identifiers"), 0);
  EXPECT_EQ(Count("tombstones"), 0);
  EXPECT_TRUE(Get(people[1]).ok());
}

TEST_F(Rights, ADeletedObjectorComesBackSuppressedAndAnErasedOneNotAtAll) {
  const auto people = world_.AddPeople(2);
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), people[0]).ok());
  ASSERT_TRUE(Delete(people[0]).ok());
  ASSERT_TRUE(Delete(people[1]).ok());
  ASSERT_TRUE(Erase(people[1]).ok()) << "erasure reaches who was deleted";
  EXPECT_EQ(Count("deleted_prospects"), 1);
  EXPECT_GT(Count("tombstones"), 0);
  const std::string csv = world_.database() + ".csv";
  std::ofstream(csv) << "First Name,LinkedIn URL,Country\n"
                        "P0,https://www.linkedin.com/in/person-0,US\n"
                        "P1,https://www.linkedin.com/in/person-1,US\n";
  engine::ImportOptions options;
  options.source = "test";
  options.lawful_basis = "legitimate_interests";
  const auto report = engine::ImportCsv(world_.engine(), world_.org(), csv, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->created, 1);
  EXPECT_EQ(report->suppressed, 1);
  const base::Id back = *engine::FindProspect(world_.engine(), world_.org(), "", "person-0");
  const auto answer = engine::Enroll(world_.engine(), world_.org(), world_.AddCampaign(), {back});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(std::get<int64_t>(answer->at(0, 1)), 0);
}

TEST_F(Rights, WhoObjectedIsNeitherScoredNorWatchedWhenTheyComeBack) {
  const auto people = world_.AddPeople(2);
  const int64_t objected_us = world_.now_us();
  ASSERT_TRUE(engine::ObjectProspect(world_.engine(), world_.org(), people[0]).ok());
  ASSERT_TRUE(Delete(people[0]).ok());
  world_.Advance(base::kDayUs);
  const base::Id back = ComeBack(0);
  EXPECT_EQ(Facts(back).objected_at_us, objected_us);
  EXPECT_EQ(Scored(), 1) << "the other one";
  const auto taken = engine::RecordSignals(world_.engine(), world_.org(),
                                           {{back, "visit", 0, "", "site", ""},
                                            {people[0], "visit", 0, "", "site", ""},
                                            {people[1], "visit", 0, "", "site", ""}});
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(std::get<std::string>(taken->at(0, 3)), "objected");
  EXPECT_EQ(std::get<std::string>(taken->at(1, 3)), "deleted");
  EXPECT_EQ(std::get<std::string>(taken->at(2, 2)), "recorded");
}

TEST_F(Rights, AnObjectionReachesWhoWasDeletedAlready) {
  const auto people = world_.AddPeople(1);
  ASSERT_TRUE(Delete(people[0]).ok());
  const auto objected = engine::ObjectProspect(world_.engine(), world_.org(), people[0]);
  ASSERT_TRUE(objected.ok()) << objected.status();
  EXPECT_EQ(objected->rows(), 0);
  EXPECT_TRUE(Facts(ComeBack(0)).objected());
}

TEST_F(Rights, ARestrictionOutlivesDeletionUntilItIsLifted) {
  const auto people = world_.AddPeople(1);
  const int64_t restricted_us = world_.now_us();
  ASSERT_TRUE(engine::RestrictProspect(world_.engine(), world_.org(), people[0]).ok());
  world_.Advance(base::kDayUs);
  ASSERT_TRUE(Delete(people[0]).ok());
  const base::Id back = ComeBack(0);
  EXPECT_EQ(Facts(back).restricted_at_us, restricted_us);
  EXPECT_EQ(Scored(), 0);
  ASSERT_TRUE(engine::LiftRestriction(world_.engine(), world_.org(), back).ok());
  ASSERT_TRUE(Delete(back).ok());
  EXPECT_FALSE(Facts(ComeBack(0)).restricted_at_us);
}

TEST_F(Rights, ErasureReachesTheCopyFromBeforeThePersonCameBack) {
  const auto people = world_.AddPeople(1);
  ASSERT_TRUE(Delete(people[0]).ok());
  const base::Id back = ComeBack(0);
  const auto copy = base::JsonDocument::Parse(Access(back));
  ASSERT_TRUE(copy.ok()) << copy.status();
  ASSERT_EQ(copy->root()["earlier"].size(), 1u);
  EXPECT_EQ(copy->root()["earlier"].at(0).StringOr("prospect_id", ""), ToString(people[0]));
  ASSERT_TRUE(Erase(back).ok());
  EXPECT_EQ(Count("deleted_prospects") + Count("deleted_identifiers"), 0);
  EXPECT_EQ(CodeOf(engine::AccessProspect(world_.engine(), world_.org(), people[0]).status()),
            ErrorCode::kNotFound);
  // By the address, which only the earlier record had.
  EXPECT_EQ(Import("First Name,Email,Country\nP,p0@company.example,US\n").suppressed, 1);
}

TEST_F(Rights, WhoWasErasedDoesNotComeBackThroughAListThatNamesThemTwice) {
  const auto people = world_.AddPeople(1);
  ASSERT_TRUE(Erase(people[0]).ok());
  const std::string header = "First Name,LinkedIn URL,Email,Country\n";
  EXPECT_EQ(Import(header + "P,https://www.linkedin.com/in/person-0,private@home.example,US\n")
                .suppressed,
            1);
  EXPECT_EQ(Import(header + "P,,private@home.example,US\n").suppressed, 1);
  EXPECT_EQ(Import(header + "P,https://www.linkedin.com/in/person-0.,,US\n").suppressed, 1);
}

TEST_F(Rights, ErasureLeavesNoDigestOfAText) {
  const auto people = world_.AddPeople(1);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.RunUntil(kMonday + base::kHourUs);
  ASSERT_EQ(Count("outbox WHERE length(body_digest) = 32"), 1);
  ASSERT_TRUE(Erase(people[0]).ok());
  EXPECT_EQ(Count("outbox WHERE body IS NULL AND length(body_digest) = 0"), 1);
}

TEST_F(Rights, AccessNamesEverySourceAndOnlyWhoReceivedAKindOfData) {
  world_.AddPeople(1);
  Import("First Name,Email,Title,Industry\nP0,p0@company.example,,Mining\n", "fair");
  const base::Id person = *engine::FindProspect(world_.engine(), world_.org(), "", "person-0");
  world_.EnrollAll(world_.AddCampaign(), {person});
  world_.RunUntil(kMonday + base::kHourUs);
  ASSERT_TRUE(engine::RecordSignals(world_.engine(), world_.org(),
                                    {{person, "visit", 0, "", "our pricing page", ""}})
                  .ok());
  const auto document = base::JsonDocument::Parse(Access(person));
  ASSERT_TRUE(document.ok());
  std::map<std::string, std::set<std::string>> sources, recipients;
  for (size_t i = 0; i < document->root()["categories"].size(); ++i) {
    const JsonValue one = document->root()["categories"].at(i);
    const std::string name = one.StringOr("category", "");
    for (size_t k = 0; k < one["sources"].size(); ++k) {
      sources[name].emplace(*one["sources"].at(k).AsString());
    }
    for (size_t k = 0; k < one["recipients"].size(); ++k) {
      recipients[name].emplace(*one["recipients"].at(k).AsString());
    }
  }
  EXPECT_EQ(sources["employment"], (std::set<std::string>{"test", "fair"}));
  EXPECT_EQ(sources["contact"].count("test"), 1u);
  EXPECT_EQ(sources["contact"].size(), 3u) << "the network told the provider's id";
  EXPECT_EQ(sources["relationship"].count("our pricing page"), 1u);
  EXPECT_EQ(recipients["contact"], std::set<std::string>{"unipile"});
  EXPECT_EQ(recipients["employment"].size(), 0u);
}

TEST_F(Rights, AHoldCountsAlsoWhenTheClockSteppedBack) {
  const auto people = world_.AddPeople(1);
  world_.Advance(base::kHourUs);
  ASSERT_TRUE(engine::PlaceHold(world_.engine(), world_.org(), people[0], "claim", 0).ok());
  world_.Advance(-base::kHourUs);
  EXPECT_EQ(CodeOf(Erase(people[0])), ErrorCode::kDenied);
}

TEST_F(Rights, AHoldKeepsOffDeletionErasureAndPurgeButNoObjection) {
  const auto people = world_.AddPeople(3);
  engine::Engine& engine = world_.engine();
  ASSERT_TRUE(Delete(people[1]).ok());
  const auto one = engine::PlaceHold(engine, world_.org(), people[0], "claim_7", 0);
  const auto two = engine::PlaceHold(engine, world_.org(), people[1], "claim_7", 0);
  ASSERT_TRUE(one.ok() && two.ok()) << two.status();
  EXPECT_EQ(CodeOf(Erase(people[0])), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(Delete(people[0])), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(Erase(people[1])), ErrorCode::kDenied);
  EXPECT_TRUE(engine::ObjectProspect(engine, world_.org(), people[0]).ok());
  world_.Advance(31 * base::kDayUs);
  EXPECT_EQ(Planned(Plan(), "prospect_soft_deleted"), std::make_pair(int64_t{0}, int64_t{1}));
  EXPECT_EQ(world_.Run().purged, 0);
  EXPECT_EQ(Count("deleted_prospects"), 1);
  ASSERT_TRUE(engine::ReleaseHold(engine, world_.org(), *two).ok());
  ASSERT_TRUE(engine::ReleaseHold(engine, world_.org(), *two).ok());
  EXPECT_EQ(world_.Run().purged, 1) << "the original clock ran on";
  ASSERT_TRUE(engine::ReleaseHold(engine, world_.org(), *one).ok());
  EXPECT_TRUE(Erase(people[0]).ok());
  const auto all =
      engine::PlaceHold(engine, world_.org(), {}, "audit", world_.now_us() + base::kDayUs);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(CodeOf(Erase(people[2])), ErrorCode::kDenied);
  world_.Advance(base::kDayUs);
  EXPECT_TRUE(Erase(people[2]).ok()) << "it ended by itself";
  EXPECT_EQ(engine::ListHolds(engine, world_.org(), "", 10)->rows(), 3);
  EXPECT_EQ(CodeOf(engine::ReleaseHold(engine, world_.org(), people[2])), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(engine::PlaceHold(engine, world_.org(), people[2], "x", 0).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(engine::PlaceHold(engine, world_.org(), {}, "Because Ann", 0).status()),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(engine::PlaceHold(engine, world_.org(), {}, "x", 1).status()),
            ErrorCode::kInvalidArgument);
}

TEST_F(Rights, ARunRemovesWhatItsPlanNamedAndNothingElse) {
  const auto people = world_.AddPeople(5);
  world_.Advance(800 * base::kDayUs);
  world_.AddPeople(1);  // new, in use
  Sql("UPDATE prospects SET updated_at_us = " + std::to_string(world_.now_us()) +
      " WHERE first_name = 'P1'");
  ASSERT_TRUE(engine::PlaceHold(world_.engine(), world_.org(), people[2], "claim", 0).ok());
  const base::Table plan = Plan();
  EXPECT_EQ(Planned(plan, "prospect_active"), std::make_pair(int64_t{3}, int64_t{1}));
  EXPECT_EQ(*engine::CountProspects(world_.engine(), world_.org()), 6) << "a dry run";
  // Used again, and held and released, after the plan.
  Sql("UPDATE prospects SET updated_at_us = " + std::to_string(world_.now_us()) +
      " WHERE first_name = 'P3'");
  const auto first = RunPlan(Token(plan), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->done);
  EXPECT_EQ(first->people, 1);
  const auto rest = RunPlan(Token(plan));
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_TRUE(rest->done);
  EXPECT_EQ(rest->people, 1);
  EXPECT_EQ(RunPlan(Token(plan))->people, 0) << "once more changes nothing";
  for (const int left : {1, 2, 3}) EXPECT_TRUE(Get(people[static_cast<size_t>(left)]).ok()) << left;
  for (const int gone : {0, 4}) {
    EXPECT_EQ(CodeOf(Get(people[static_cast<size_t>(gone)])), ErrorCode::kNotFound) << gone;
  }
  EXPECT_EQ(Count("tombstones"), 0);
  EXPECT_EQ(Count("residue WHERE pending > 0"), 0);
}

TEST_F(Rights, AStaleOrForeignPlanIsRefused) {
  world_.AddPeople(1);
  const std::string token = Token(Plan());
  const auto other = engine::CreateOrganization(world_.engine(), {.name = "Other"});
  EXPECT_EQ(CodeOf(engine::RunRetention(world_.engine(), *other, token, 0, nullptr).status()),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(RunPlan("rp1.1.2.3").status()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(RunPlan("").status()), ErrorCode::kInvalidArgument);
  std::string changed = token;
  changed[5] = changed[5] == '1' ? '2' : '1';
  EXPECT_EQ(CodeOf(RunPlan(changed).status()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(RunPlan(token, -1).status()), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(RunPlan(token).ok());
  // More is due by the same instant than was planned.
  Sql("UPDATE prospects SET updated_at_us = 1; UPDATE identifiers SET added_at_us = 1");
  EXPECT_EQ(CodeOf(RunPlan(token).status()), ErrorCode::kConflict);
  world_.Advance(2 * base::kDayUs);
  EXPECT_EQ(CodeOf(RunPlan(token).status()), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(engine::PlanRetention(world_.engine(), world_.org(), -1).status()),
            ErrorCode::kInvalidArgument);
}

TEST_F(Rights, ProgressStopsARunAndTheSamePlanGoesOn) {
  world_.AddPeople(3);
  world_.Advance(800 * base::kDayUs);
  const std::string token = Token(Plan());
  int64_t planned = -1;
  int told = 0;
  const auto stop = [&](int64_t, int64_t of) {
    planned = of;
    ++told;
    return false;
  };
  const auto stopped = engine::RunRetention(world_.engine(), world_.org(), token, 2, stop);
  EXPECT_EQ(CodeOf(stopped.status()), ErrorCode::kCancelled);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(planned, 3);
  EXPECT_EQ(*engine::CountProspects(world_.engine(), world_.org()), 1);
  EXPECT_EQ(RunPlan(token)->people, 1);
}

TEST_F(Rights, LogsGoAfterNinetyDaysAndNotBefore) {
  const auto people = world_.AddPeople(1);
  world_.EnrollAll(world_.AddCampaign(), people);
  world_.RunUntil(kMonday + base::kHourUs);
  world_.Accept(0);
  ASSERT_EQ(Count("webhook_events"), 1);
  ASSERT_GT(Count("account_uses"), 0);
  Sql("INSERT INTO import_rejects SELECT org_id, import_id, 3, '', 'no_identifier' FROM imports");
  world_.Advance(89 * base::kDayUs);
  world_.Run();
  EXPECT_EQ(Count("webhook_events"), 1);
  world_.Advance(2 * base::kDayUs);
  const base::Table plan = Plan();
  EXPECT_EQ(Planned(plan, "logs").first,
            Count("webhook_events") +
                Count("account_uses WHERE used_at_us < " + std::to_string(kMonday + base::kDayUs)) +
                1);
  EXPECT_GE(world_.Run().purged, 2);
  EXPECT_EQ(Count("webhook_events") + Count("import_rejects"), 0);
  EXPECT_EQ(Planned(Plan(), "logs").first, 0);
  EXPECT_GT(Count("audit_entries"), 0) << "the audit is no log";
}

TEST_F(Rights, UsageIsAClassOfItsOwnAndGoesAfterNinetyDays) {
  const auto member = engine::AddMember(world_.engine(), world_.org(), "Ben Example", "");
  const std::vector<engine::NewUsage> visit = {{*member, 0, "192.0.2.7", "Browser/1.0", "/inbox"}};
  ASSERT_TRUE(engine::RecordUsage(world_.engine(), world_.org(), visit).ok());
  world_.Advance(89 * base::kDayUs);
  ASSERT_TRUE(engine::RecordUsage(world_.engine(), world_.org(), visit).ok());
  EXPECT_EQ(Planned(Plan(), "usage").first, 0);
  world_.Advance(base::kDayUs);
  EXPECT_EQ(Planned(Plan(), "usage").first, 1);
  EXPECT_EQ(Planned(Plan(), "logs").first, 0);
  world_.Run();
  EXPECT_EQ(Count("usage_log"), 1) << "a run takes what is past its time, and that alone";
}

TEST_F(Rights, UsageThatIsOldWhenItComesGoesWithTheNextRun) {
  const auto member = engine::AddMember(world_.engine(), world_.org(), "Ben Example", "");
  world_.Run();
  const std::vector<engine::NewUsage> old = {
      {*member, world_.now_us() - 91 * base::kDayUs, "192.0.2.7", "Browser/1.0", "/inbox"}};
  ASSERT_TRUE(engine::RecordUsage(world_.engine(), world_.org(), old).ok());
  EXPECT_EQ(world_.Run().purged, 1);
  EXPECT_EQ(Count("usage_log"), 0);
}

TEST_F(Rights, RejectsOfAnImportThatNeverEndedGoToo) {
  world_.AddPeople(1);
  Sql("INSERT INTO import_rejects SELECT org_id, import_id, 3, '', 'no_identifier' FROM imports; "
      "UPDATE imports SET finished_at_us = NULL, state = 'running'");
  world_.Advance(91 * base::kDayUs);
  EXPECT_EQ(Planned(Plan(), "logs").first, 1);
  world_.Run();
  EXPECT_EQ(Count("import_rejects"), 0);
}

TEST(RetentionClasses, AreTheOnesThatTheRegisterNamesAndTheRulesKnow) {
  std::ifstream file(ONLYLEADS_POLICY_RULES);
  const std::string rules((std::istreambuf_iterator<char>(file)), {});
  const auto document = base::JsonDocument::Parse(rules);
  ASSERT_TRUE(document.ok());
  std::set<std::string> known, named;
  for (size_t i = 0; i < document->root()["retention"].size(); ++i) {
    known.insert(document->root()["retention"].at(i).StringOr("id", ""));
  }
  for (const storage::Column& column : storage::Registry()) {
    named.insert(std::string(column.retention));
    EXPECT_NE(domain::FindRetentionClass(column.retention), nullptr) << column.table;
  }
  for (const domain::RetentionClass& one : domain::RetentionClasses()) {
    EXPECT_EQ(named.count(std::string(one.id)), 1u) << one.id;
    if (!one.rule.empty()) {
      EXPECT_EQ(known.count(std::string(one.rule)), 1u) << one.rule;
    }
  }
}

// A second connection that reads, as a backup or a shell does.
class Reader {
 public:
  explicit Reader(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db_, "BEGIN; SELECT count(*) FROM prospects", nullptr, nullptr, nullptr),
              SQLITE_OK);
  }
  ~Reader() { sqlite3_close(db_); }

 private:
  sqlite3* db_ = nullptr;
};

TEST_F(Rights, AnOrganizationGoesTwelveMonthsAfterItsSubscription) {
  world_.AddPeople(2);
  engine::Engine& engine = world_.engine();
  const base::Id other = *engine::CreateOrganization(engine, {.name = "Other"});
  const int64_t end_us = world_.now_us();
  ASSERT_TRUE(engine::SetSubscription(engine, world_.org(), end_us).ok());
  const int64_t until_us = domain::AccountDataUntilUs(end_us);
  EXPECT_EQ(world_.Run().next_due_us, until_us);
  world_.Advance(until_us - end_us - 1);
  EXPECT_EQ(Planned(Plan(), "account"), std::make_pair(int64_t{0}, int64_t{0}));
  world_.Run();
  ASSERT_EQ(Count("organizations"), 2);
  world_.Advance(1);
  const auto hold = engine::PlaceHold(engine, world_.org(), {}, "claim", 0);
  EXPECT_EQ(Planned(Plan(), "account"), std::make_pair(int64_t{0}, int64_t{1}));
  world_.Run();
  ASSERT_EQ(Count("organizations"), 2) << "a hold keeps it";
  ASSERT_TRUE(engine::ReleaseHold(engine, world_.org(), *hold).ok());
  world_.Advance(base::kDayUs);
  EXPECT_EQ(Planned(Plan(), "account"), std::make_pair(int64_t{1}, int64_t{0}));
  EXPECT_GT(world_.Run().purged, 2);
  EXPECT_EQ(Count("organizations"), 1);
  EXPECT_EQ(Count("prospects") + Count("members") + Count("senders"), 0);
  EXPECT_TRUE(engine::RequireOrganization(engine, other).ok());
  EXPECT_EQ(CodeOf(engine::RequireOrganization(engine, world_.org())), ErrorCode::kNotFound);
}

TEST_F(Rights, APlanNamesTheOrganizationAndItsRunRemovesIt) {
  world_.AddPeople(2);
  engine::Engine& engine = world_.engine();
  ASSERT_TRUE(engine::SetSubscription(engine, world_.org(), world_.now_us()).ok());
  world_.Advance(366 * base::kDayUs);
  const std::string token = Token(Plan());
  // A customer who comes back in between stays.
  ASSERT_TRUE(engine::SetSubscription(engine, world_.org(), std::nullopt).ok());
  auto report = RunPlan(token);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->accounts, 0);
  EXPECT_TRUE(engine::RequireOrganization(engine, world_.org()).ok());
  ASSERT_TRUE(
      engine::SetSubscription(engine, world_.org(), world_.now_us() - 366 * base::kDayUs).ok());
  int told = 0;
  const auto stop = engine::RunRetention(engine, world_.org(), token, 0,
                                         [&](int64_t, int64_t) { return ++told < 3; });
  EXPECT_EQ(CodeOf(stop.status()), ErrorCode::kCancelled);
  EXPECT_TRUE(engine::RequireOrganization(engine, world_.org()).ok()) << "goes last";
  report = RunPlan(token);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->done);
  EXPECT_EQ(report->accounts, 1);
  EXPECT_EQ(Count("organizations"), 0);
}

TEST_F(Rights, ResidueIsPendingAsLongAsSomebodyReads) {
  const auto people = world_.AddPeople(2);
  const auto residue = [&] { return *engine::GetResidue(world_.engine()); };
  {
    const Reader reader(world_.database());
    ASSERT_TRUE(Erase(people[0]).ok());
    EXPECT_EQ(residue().pending, 1);
    EXPECT_EQ(residue().since_us, kMonday);
    world_.Advance(base::kHourUs);
    EXPECT_EQ(world_.Run().residue_pending, 1);
    ASSERT_TRUE(Erase(people[1]).ok());
    EXPECT_EQ(world_.Run().residue_pending, 2);
    EXPECT_EQ(residue().since_us, kMonday);
  }
  EXPECT_EQ(residue().pending, 2) << "nobody has tried yet";
  EXPECT_EQ(world_.Run().residue_pending, 0);
  EXPECT_EQ(residue().since_us, 0);
}

TEST_F(Rights, ResidueOfACrashIsClearedByTheNextOpen) {
  const auto people = world_.AddPeople(1);
  {
    const Reader reader(world_.database());
    ASSERT_TRUE(Erase(people[0]).ok());
    EXPECT_EQ(engine::GetResidue(world_.engine())->pending, 1);
  }
  // Another process opens while this engine, which would clear it, is as good as gone.
  const auto other = world_.OpenEngine();
  EXPECT_EQ(engine::GetResidue(*other)->pending, 0);
}

}  // namespace
}  // namespace onlyleads::tests
