// The chains of audit entries against somebody who edits the database: what was changed, removed,
// reordered, cut off or forged is named by organization and number.
#include "src/engine/audit.h"

#include <gtest/gtest.h>

#include "src/base/time.h"
#include "tests/support/outreach.h"

namespace onlyleads::tests {
namespace {

// Two organizations with chains that were sealed in several batches.
class Audit : public ::testing::Test {
 protected:
  Audit() {
    const auto other = engine::CreateOrganization(world_.engine(), {.name = "Other Ltd"});
    EXPECT_TRUE(other.ok());
    other_ = *other;
    const base::Id campaign = world_.AddCampaign();
    for (int batch = 0; batch < 4; ++batch) {
      world_.EnrollAll(campaign, world_.AddPeople(3));
      EXPECT_TRUE(engine::AddMember(world_.engine(), other_, "Bob", "bob@other.example").ok());
      world_.Run();
      world_.Advance(base::kMinuteUs);
    }
  }

  void Sql(const std::string& sql, const base::Id& org_id) {
    auto session = world_.engine().Enter();
    const auto changed = session->db()->Run(sql, {org_id});
    ASSERT_TRUE(changed.ok()) << changed.status();
    ASSERT_GT(*changed, 0);
  }
  engine::AuditReport Verify() {
    const auto report = engine::VerifyAudit(world_.engine());
    EXPECT_TRUE(report.ok()) << report.status();
    return *report;
  }
  void ExpectBad(const base::Id& org_id, int64_t seq, const std::string& problem) {
    const engine::AuditReport report = Verify();
    EXPECT_FALSE(report.intact);
    EXPECT_EQ(report.first_bad_org, org_id);
    EXPECT_EQ(report.first_bad_seq, seq);
    EXPECT_EQ(report.problem, problem);
  }
  int64_t Length(const base::Id& org_id) {
    auto session = world_.engine().Enter();
    return **storage::QueryInt(session->db(),
                               "SELECT max(seq) FROM audit_entries WHERE org_id = $1", {org_id});
  }

  Outreach world_;
  base::Id other_;
};

TEST_F(Audit, IsIntactWhenNobodyTouchedIt) {
  const engine::AuditReport report = Verify();
  EXPECT_TRUE(report.intact) << report.problem;
  EXPECT_GT(Length(world_.org()), 30);
  EXPECT_GE(Length(other_), 5);
  EXPECT_EQ(report.sealed, Length(world_.org()) + Length(other_));
  EXPECT_EQ(report.unsealed, 0);
}

TEST_F(Audit, NamesAChangedEntryWhateverWasChanged) {
  for (const char* change :
       {"detail = '{}' || detail", "actor = 'nobody'", "verb = 'prospect.view'",
        "at_us = at_us + 1", "subject_id = x'00112233445566778899aabbccddeeff'", "hash = x'00'"}) {
    Sql("CREATE TEMP TABLE kept AS SELECT * FROM audit_entries WHERE org_id = $1 AND seq = 7 OR $1 "
        "IS NULL",
        world_.org());
    Sql(std::string("UPDATE audit_entries SET ") + change + " WHERE org_id = $1 AND seq = 7",
        world_.org());
    ExpectBad(world_.org(), 7, "changed");
    Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq = 7", world_.org());
    Sql("INSERT INTO audit_entries SELECT * FROM temp.kept WHERE org_id = $1", world_.org());
    auto session = world_.engine().Enter();
    ASSERT_TRUE(session->db()->Script("DROP TABLE temp.kept").ok());
  }
  EXPECT_TRUE(Verify().intact);
}

TEST_F(Audit, NamesARemovedEntryInTheMiddleAndAtTheFront) {
  Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq = 9", world_.org());
  ExpectBad(world_.org(), 9, "removed");
  Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq = 1", world_.org());
  ExpectBad(world_.org(), 1, "removed");
}

TEST_F(Audit, NamesAnEntryThatWasRemovedAndTheOthersRenumbered) {
  Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq = 9", world_.org());
  Sql("UPDATE audit_entries SET seq = -(seq - 1) WHERE org_id = $1 AND seq > 9", world_.org());
  Sql("UPDATE audit_entries SET seq = -seq WHERE org_id = $1 AND seq < 0", world_.org());
  const engine::AuditReport report = Verify();
  EXPECT_FALSE(report.intact);
  EXPECT_EQ(report.first_bad_seq, 9);
}

TEST_F(Audit, NamesSwappedNumbers) {
  Sql("UPDATE audit_entries SET seq = -1 WHERE org_id = $1 AND seq = 4", world_.org());
  Sql("UPDATE audit_entries SET seq = 4 WHERE org_id = $1 AND seq = 6", world_.org());
  Sql("UPDATE audit_entries SET seq = 6 WHERE org_id = $1 AND seq = -1", world_.org());
  ExpectBad(world_.org(), 4, "reordered");
}

TEST_F(Audit, NamesACutTail) {
  const int64_t length = Length(other_);
  Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq > (SELECT max(seq) - 2 FROM "
      "audit_entries WHERE org_id = $1)",
      other_);
  ExpectBad(other_, length - 1, "cut_tail");
}

TEST_F(Audit, MissesAnOrganizationsWholeChain) {
  Sql("DELETE FROM audit_entries WHERE org_id = $1", other_);
  Sql("DELETE FROM audit_heads WHERE org_id = $1", other_);
  ExpectBad(other_, 1, "removed");
}

TEST_F(Audit, NamesATailThatWasUnsealedAgain) {
  const int64_t length = Length(other_);
  Sql("UPDATE audit_entries SET seq = NULL, hash = NULL, detail = '{\"n\":1}' WHERE org_id = $1 "
      "AND "
      "seq = (SELECT max(seq) FROM audit_entries WHERE org_id = $1)",
      other_);
  ExpectBad(other_, length, "cut_tail");
}

TEST_F(Audit, NamesAForgedHead) {
  const int64_t length = Length(other_);
  Sql("DELETE FROM audit_entries WHERE org_id = $1 AND seq = (SELECT max(seq) FROM audit_entries "
      "WHERE org_id = $1)",
      other_);
  Sql("UPDATE audit_heads SET seq = seq - 1, hash = (SELECT hash FROM audit_entries e WHERE "
      "e.org_id = $1 AND e.seq = audit_heads.seq - 1) WHERE org_id = $1",
      other_);
  ExpectBad(other_, length - 1, "head_forged");
}

TEST_F(Audit, NamesAHeadThatIsGoneAndOneOfAnotherOrganization) {
  const int64_t length = Length(other_);
  Sql("UPDATE audit_heads SET (seq, hash, mac) = (SELECT seq, hash, mac FROM audit_heads WHERE "
      "org_id <> $1) WHERE org_id = $1",
      other_);
  EXPECT_EQ(Verify().problem, "head_forged");
  Sql("DELETE FROM audit_heads WHERE org_id = $1", other_);
  ExpectBad(other_, length, "head_forged");
}

TEST_F(Audit, CountsWhatWaitsTooLongForItsSeal) {
  ASSERT_TRUE(engine::AddMember(world_.engine(), other_, "Carol", "carol@other.example").ok());
  EXPECT_EQ(Verify().unsealed, 1);
  EXPECT_EQ(Verify().overdue, 0);
  world_.Advance(base::kMinuteUs);
  EXPECT_EQ(Verify().overdue, 1);
  world_.Run();
  EXPECT_EQ(Verify().unsealed, 0);
  EXPECT_EQ(Verify().overdue, 0);
  EXPECT_TRUE(Verify().intact);
}

}  // namespace
}  // namespace onlyleads::tests
