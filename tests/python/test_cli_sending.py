"""The verbs of the command line that need a provider: plan, run, inbox, doctor and demo against a real
sandbox."""

import json
import os
import pathlib
import time
import unittest

import onlyleads as ol
from onlyleads.cli import exits
from onlyleads.demo import verdicts
from sandbox import API_KEY, Sandbox
from test_cli import Cli


README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
MONDAY_US = 1_795_424_400_000_000  # 2026-11-23 09:00 UTC


@unittest.skipUnless(os.environ.get("ONLYLEADS_SANDBOX"), "needs the sandbox: set ONLYLEADS_SANDBOX")
class Sending(Cli):
    def setUp(self) -> None:
        super().setUp()
        now_us = time.time_ns() // 1000
        self.sandbox = Sandbox(self.folder / "sandbox", now_us, "acc-1")
        self.addCleanup(self.sandbox.stop)
        self.filled()
        with ol.open(self.db) as engine:
            ws = engine.workspace(engine.organizations()[0].org_id)
            sender = ws.senders.connect(ws.members.add("Dana"), "acc-1", self.sandbox.url, API_KEY,
                                        "webhook-secret", premium=True, min_gap_s=0,
                                        work_start_min=0, work_end_min=1440, work_days=range(7))
            text = ("Ad: Dana of {{organization_name}}, 1 High St, Leeds, to {{first_name}}. Data: a "
                    "fair. Object, free: reply STOP. firm.example/p")
            campaign = ws.campaigns.create({
                "name": "Spring", "sender_id": sender, "profile": "balanced", "lia_on_file": True,
                "role_related": True, "art14_in_template": True,
                "content": ["truthful_headers", "truthful_subject", "sender_identity",
                            "on_whose_behalf", "postal_address", "one_of_phone_email_web",
                            "sender_contact", "contact_for_opt_out", "opt_out_free_easy",
                            "recognisable_as_commercial", "commercial_label", "controller_identity",
                            "data_source", "privacy_notice_link", "right_to_object"],
                "steps": [{"action": "invitation", "template": text},
                          {"action": "message", "after": "acceptance", "template": text}]},
                external_ref="spring")
            self.ids = [p.id for p in ws.prospects.list()]
            ws.campaigns.enroll(campaign, self.ids)
            ws.prospects.object(self.ids[0])

    def test_plan_sends_nothing_and_run_does_what_it_said(self) -> None:
        before = self.lines("plan")
        self.assertEqual({row["prospect_id"]: row["verdict"] for row in before},
                         {self.ids[0]: "stop", self.ids[1]: "send", self.ids[2]: "send"})
        self.assertTrue(all(row["reason"].startswith("ALLOW") for row in before[1:]))
        self.assertNotIn("text", before[1])
        self.assertEqual(self.lines("plan", "--campaign", "spring"), before)
        self.assertIn("Ann1", self.lines("plan", "--text")[1]["text"])
        self.assertEqual(self.sandbox.ledger(), [])
        self.assertEqual(self.json("run")["sent"], 2)
        self.assertEqual(len(self.sandbox.ledger()), 2)
        self.assertEqual([row["verdict"] for row in self.lines("plan")], ["stop", "wait", "wait"])

    def test_plan_says_what_holds_a_sender_back(self) -> None:
        def reasons():
            return {row["reason"] for row in self.lines("plan")[1:]}
        with ol.open(self.db) as engine:
            ws = engine.workspace(engine.organizations()[0].org_id)
            sender = ws.senders.list()[0].sender_id
            ws.senders.disconnect(sender)
        self.assertEqual(reasons(), {"sender: disconnected"})
        with ol.open(self.db) as engine:
            ws = engine.workspace(engine.organizations()[0].org_id)
            engine.organizations.set_subscription(ws, time.time_ns() // 1000 - 1)
        self.assertEqual(reasons(), {"subscription_ended"})
        self.assertEqual(self.json("run")["sent"], 0)

    def test_doctor_names_a_provider_that_takes_nothing(self) -> None:
        self.sandbox.stop()
        self.assertEqual(self.json("run")["sent"], 0)
        found = {row["check"]: row for row in self.json("doctor")["checks"]}
        self.assertIn("2 messages were not taken: connect_failed (2)",
                      found["provider of acme"]["told"])

    def test_doctor_says_that_senders_of_an_older_copy_look_first(self) -> None:
        copy = self.db.read_bytes()
        with ol.open(self.db) as engine:
            engine.workspace(engine.organizations()[0].org_id).prospects.object(self.ids[1])
        self.db.write_bytes(copy)
        ol.open(self.db).close()  # its log, which warns of the copy, goes nowhere
        found = {row["check"]: row for row in self.json("doctor")["checks"]}
        self.assertIn("senders that look before they write: 1", found["ledger"]["told"])
        self.assertIn("onlyleads run asks", found["ledger"]["advice"])
        self.assertNotIn("senders of acme", found)
        self.assertEqual(self.json("run")["sent"], 1)
        found = {row["check"]: row for row in self.json("doctor")["checks"]}
        self.assertEqual(found["ledger"]["state"], "ok")

    def test_a_webhook_becomes_a_reply_that_inbox_lists(self) -> None:
        self.json("run")
        told = {"event": "message_received", "account_id": "acc-1", "account_type": "LINKEDIN",
                "account_info": {"user_id": "ACoAAOwner"}, "chat_id": "c", "message_id": "m-1",
                "message": "STOP", "timestamp": "2026-11-24T10:00:00.000Z",
                "sender": {"attendee_id": "a", "attendee_name": "Ann1",
                           "attendee_provider_id": self._provider_id("ann-1"),
                           "attendee_profile_url": "https://www.linkedin.com/in/ann-1"}}
        body = json.dumps(told).encode()
        self.bad(exits.REFUSED, "inbox", "--ingest", "unipile", "--header", "Unipile-Auth: wrong",
                 stdin=body)
        secret = self.folder / "secret"
        secret.write_text("webhook-secret\n")
        taken = ("inbox", "--ingest", "unipile", "--secret-file", secret)
        self.assertEqual(self.json(*taken, stdin=body)["opt_outs"], 1)
        self.assertTrue(self.json(*taken, stdin=body)["duplicate"])
        rows = self.lines("inbox")
        self.assertEqual([(row["label"], row["body"]) for row in rows], [("opt_out", "STOP")])
        self.assertEqual(self.lines("inbox", "--label", "reply"), [])

    def test_demo_as_json_is_one_document(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        self.people(5).rename(data / "people.csv")
        # Two of one score whom no campaign knows, for the chapter on interest.
        with open(data / "people.csv", "a", encoding="utf-8") as file:
            file.writelines(f"Bea{n},Person,Firm,CEO,,b{n}@firm.example,GB\n" for n in range(2))
        (data / "truth.json").write_text(json.dumps(
            {"files": [{"file": "people.csv", "data_rows": 7, "created": 7}], "distinct_people": 7}))
        out = self.folder / "out"
        told = self.json("demo", "--data", data, "--out", out, "--sandbox", self.sandbox.url,
                         db=False)
        self.assertEqual(told, json.loads((out / "summary.json").read_text(encoding="utf-8")))
        self.assertEqual((told["import"]["people"], told["organizations"]), (7, 2))
        self.assertEqual(told["verdicts"], {name: True for name in verdicts.MEANING})

    def test_demo_says_what_the_readme_shows(self) -> None:
        """As ./run demo tells it: the ten exports, from the Monday on which its story begins."""
        sandbox = Sandbox(self.folder / "of_the_demo", MONDAY_US, "nobodys")
        self.addCleanup(sandbox.stop)
        told = self.good("demo", "--data", pathlib.Path(os.environ["ONLYLEADS_TEST_DATA"]) / "exports",
                         "--out", self.folder / "out", "--sandbox", sandbox.url, db=False)
        told_lines = iter([line.rstrip() for line in told.splitlines()])
        shown = README.read_text(encoding="utf-8").partition("\n== 4. ")[2].partition("\n```")[0]
        for line in ("== 4. " + shown).splitlines():
            if line not in ("", "..."):
                self.assertIn(line, told_lines)  # in this order
        report = (self.folder / "out/report.html").read_text(encoding="utf-8")
        self.assertGreaterEqual(report.count("<svg"), 4)
        self.assertIn("Acme Ltd", report)

    def _provider_id(self, name):
        with ol.open(self.db) as engine:
            ws = engine.workspace(engine.organizations()[0].org_id)
            person = ws.prospects.find(linkedin=name).id
            return next(m.target for m in ws.outbox.list() if m.prospect_id == person)


if __name__ == "__main__":
    unittest.main()
