"""Access, deletion, holds, plans and residue from Python."""

import pathlib
import sqlite3
import tempfile
import unittest

import onlyleads as ol

MONDAY_US = 1_795_428_000_000_000
DAY_US = 86_400_000_000


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.now_us = MONDAY_US
        self.engine = ol.open(self.folder / "leads.db", clock=lambda: self.now_us)
        self.addCleanup(self.engine.close)
        self.ws = self.engine.create_organization("Acme Ltd")
        rows = "".join(f"P{i},Company,p{i}@company.example,GB\n" for i in range(3))
        path = self.folder / "people.csv"
        path.write_text("First Name,Company,Email,Country\n" + rows, encoding="utf-8")
        self.ws.prospects.import_csv(path, source="fair", lawful_basis="legitimate_interests")
        self.ids = [self.ws.prospects.find(email=f"p{i}@company.example").id for i in range(3)]

    def refused(self, code, call, *args, **keywords):
        with self.assertRaises(ol.Error) as caught:
            call(*args, **keywords)
        self.assertEqual(caught.exception.code, code)


class Rights(Case):
    def test_access_is_a_dict_with_the_persons_values_and_nobody_elses(self):
        copy = self.ws.rights.access(self.ids[0])
        self.assertEqual(copy["data"]["prospects"][0]["first_name"], "P0")
        self.assertEqual(copy["data"]["identifiers"][0]["value"], "p0@company.example")
        self.assertEqual(copy["data"]["identifiers"][0]["kind"], "email")
        self.assertEqual(copy["controller"]["name"], "Acme Ltd")
        self.assertNotIn("p1@", str(copy))
        self.assertEqual([c["sources"] for c in copy["categories"] if c["category"] == "identity"],
                         [["fair"]])
        self.assertEqual([e.verb for e in self.ws.audit.entries()][-1], "rights.access")

    def test_access_of_the_deleted_is_the_copy_and_of_the_erased_is_none(self):
        self.assertEqual(self.ws.prospects.delete(self.ids[0]), [])
        self.refused("OL_NOT_FOUND", self.ws.prospects.get, self.ids[0])
        self.assertEqual(self.ws.rights.access(self.ids[0])["data"]["prospects"][0]["first_name"],
                         "P0")
        self.ws.prospects.erase(self.ids[0])
        self.refused("OL_NOT_FOUND", self.ws.rights.access, self.ids[0])
        self.refused("OL_INVALID_ARGUMENT", self.ws.rights.access, "nonsense")

    def test_run_purges_the_deleted_after_thirty_days_and_says_when(self):
        self.ws.prospects.delete(self.ids[0])
        self.assertEqual(self.engine.run().next_due_us, MONDAY_US + 30 * DAY_US)
        self.now_us += 30 * DAY_US
        report = self.engine.run()
        self.assertEqual((report.purged, report.next_due_us), (1, None))
        self.refused("OL_NOT_FOUND", self.ws.rights.access, self.ids[0])

    def test_the_organization_itself_goes_twelve_months_after_its_subscription(self):
        self.engine.organizations.set_subscription(self.ws.org_id, self.now_us)
        self.now_us += 366 * DAY_US
        plan = self.ws.retention.plan()
        due = {r.retention_class: (r.rule, r.table, r.period, r.due) for r in plan.rules}
        self.assertEqual(due["account"], ("account", "organizations", "P12M", 1))
        report = self.ws.retention.run(plan)
        self.assertEqual((report.done, report.accounts), (True, 1))
        self.refused("OL_NOT_FOUND", self.engine.workspace, self.ws.org_id)

    def test_a_plan_counts_and_its_run_removes(self):
        self.now_us += 731 * DAY_US
        plan = self.ws.retention.plan()
        due = {(r.retention_class, r.table): (r.rule, r.due, r.held) for r in plan.rules}
        self.assertEqual(due["prospect_active", "prospects"], ("prospect_active", 3, 0))
        self.assertEqual(due["logs", "webhook_events"], ("system_logs", 0, 0))
        self.assertEqual(self.ws.prospects.count(), 3)
        told = []
        report = self.ws.retention.run(plan, max_rows=2, progress=lambda *n: told.append(n))
        self.assertEqual((report.done, report.people), (False, 2))
        self.assertEqual(told[0][1], 3)
        self.assertTrue(self.ws.retention.run(plan.token).done)
        self.assertEqual(self.ws.prospects.count(), 0)
        self.refused("OL_INVALID_ARGUMENT", self.ws.retention.run, "rp1")
        self.now_us += 2 * DAY_US
        self.refused("OL_CONFLICT", self.ws.retention.run, plan)
        self.refused("OL_INVALID_ARGUMENT", self.ws.retention.plan, -1)

    def test_what_progress_raises_comes_out_of_the_run(self):
        self.now_us += 731 * DAY_US
        plan = self.ws.retention.plan()
        with self.assertRaises(ZeroDivisionError):
            self.ws.retention.run(plan, max_rows=1, progress=lambda *n: 1 // 0)
        self.refused("OL_CANCELLED", self.ws.retention.run, plan, 1, lambda *n: False)
        self.assertEqual(self.ws.prospects.count(), 1)

    def test_a_hold_keeps_a_person_until_it_is_released(self):
        hold = self.ws.holds.place(self.ids[0], "claim_7")
        everybody = self.ws.holds.place(None, "audit", until_us=self.now_us + DAY_US)
        self.refused("OL_DENIED", self.ws.prospects.erase, self.ids[0])
        self.refused("OL_DENIED", self.ws.prospects.delete, self.ids[1])
        listed = list(self.ws.holds.list())
        self.assertEqual([(h.hold_id, h.prospect_id, h.reason) for h in listed],
                         [(hold, self.ids[0], "claim_7"), (everybody, None, "audit")])
        self.now_us += DAY_US
        self.ws.holds.release(hold)
        self.ws.prospects.erase(self.ids[0])
        self.refused("OL_NOT_FOUND", self.ws.holds.release, self.ids[0])
        self.refused("OL_INVALID_ARGUMENT", self.ws.holds.place, None, "Not a code")

    def test_residue_stays_pending_while_another_connection_reads(self):
        self.assertEqual(self.engine.residue(), {"pending": 0, "since_us": 0})
        reader = sqlite3.connect(self.folder / "leads.db", isolation_level=None)
        self.addCleanup(reader.close)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM prospects").fetchone()
        self.ws.prospects.erase(self.ids[0])
        self.assertEqual(self.engine.run().residue_pending, 1)
        self.assertEqual(self.engine.residue(), {"pending": 1, "since_us": MONDAY_US})
        reader.execute("COMMIT")
        self.assertEqual(self.engine.run().residue_pending, 0)
        self.assertEqual(self.engine.residue().pending, 0)


if __name__ == "__main__":
    unittest.main()
