"""Every verb of a workspace once, against a real sandbox: what it returns and what it leaves."""

import json
import pathlib
import tempfile
import unittest

import onlyleads as ol
from sandbox import API_KEY, Sandbox

MONDAY_US = 1_795_428_000_000_000  # 2026-11-23T10:00:00Z
HOUR_US = 3_600_000_000
ACCOUNT = "acc1"
SECRET = "webhook-secret"
HEADER = "First Name,Last Name,Company,Title,Email,LinkedIn URL,Country\n"


def row(name, country="GB", title="Head of Sales"):
    slug = name.lower()
    return (f"{name},Test,{name} Ltd,{title},{slug}@company.example,"
            f"https://www.linkedin.com/in/{slug}-test,{country}\n")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.now_us = MONDAY_US
        self.sandbox = Sandbox(self.folder / "box", MONDAY_US, ACCOUNT)
        self.addCleanup(self.sandbox.stop)
        self.engine = ol.open(self.folder / "leads.db", clock=lambda: self.now_us)
        self.addCleanup(self.engine.close)
        self.ws, self.sender = self.organization("Acme Ltd")

    def organization(self, name):
        ws = self.engine.create_organization(name)
        sender = ws.senders.connect(ws.members.add("Ada Example"), ACCOUNT, self.sandbox.url,
                                    API_KEY, SECRET, min_gap_s=0)
        return ws, sender

    def people(self, *rows, ws=None):
        path = self.folder / "people.csv"
        path.write_text(HEADER + "".join(rows), encoding="utf-8")
        return (ws or self.ws).prospects.import_csv(path, source="test",
                                                    lawful_basis="legitimate_interests")

    def person(self, name, ws=None):
        return (ws or self.ws).prospects.find(linkedin=f"{name.lower()}-test")

    def campaign(self, ws=None, sender=None, external_ref="", **changes):
        spec = {"name": "Test", "sender_id": sender or self.sender, "profile": "balanced",
                "lia_on_file": True, "role_related": True, "art14_in_template": True,
                "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
                "steps": [{"action": "invitation", "template": "Hi {{first_name}} of {{company}}"},
                          {"action": "message", "after": "acceptance", "delay_s": 3600,
                           "template": "Thanks {{first_name}}, {{sender_name}} of "
                                       "{{organization_name}}"}]}
        return (ws or self.ws).campaigns.create({**spec, **changes}, external_ref)

    def enroll(self, campaign, *names):
        answers = self.ws.campaigns.enroll(campaign, [self.person(name).id for name in names])
        self.assertTrue(all(answer.enrolled for answer in answers), answers)

    def advance(self, us):
        self.now_us += us
        self.sandbox.post("clock", {"now_us": self.now_us})

    def state(self, campaign, name):
        wanted = self.person(name).id
        return next((e.state, e.step) for e in self.ws.campaigns.enrollments(campaign)
                    if e.prospect_id == wanted)

    def webhook(self, document, secret=SECRET):
        return self.engine.inbox.ingest("unipile", {"unipile-auth": secret}, json.dumps(document))

    def relation(self, name):
        return {"event": "new_relation", "account_id": ACCOUNT,
                "user_public_identifier": f"{name.lower()}-test"}

    def message(self, name, text, message_id):
        own = {"attendee_provider_id": "ACoAA-" + ACCOUNT}
        other = {"attendee_provider_id": self.provider_id(name),
                 "attendee_public_identifier": f"{name.lower()}-test"}
        return {"event": "message_received", "account_id": ACCOUNT, "chat_id": "chat",
                "message_id": message_id, "message": text, "is_sender": False,
                "account_info": {"type": "LINKEDIN", "user_id": "ACoAA-" + ACCOUNT},
                "sender": other, "attendees": [own, other]}

    def provider_id(self, name):
        """The provider's id of somebody who was written to."""
        wanted = self.person(name).id
        return next(m.target for m in self.ws.outbox.list() if m.prospect_id == wanted)


class Campaigns(Case):
    def test_create_is_idempotent_by_external_ref_and_lists(self):
        first = self.campaign(external_ref="crm-1")
        self.assertEqual(self.campaign(external_ref="crm-1"), first)
        other = self.campaign()
        self.assertNotEqual(other, first)
        listed = {c.campaign_id: c for c in self.ws.campaigns.list()}
        self.assertEqual(set(listed), {first, other})
        self.assertEqual((listed[first].name, listed[first].external_ref, listed[first].sender_id,
                          listed[first].created_at_us), ("Test", "crm-1", self.sender, MONDAY_US))

    def test_a_spec_that_is_wrong_is_refused_and_leaves_nothing(self):
        for changes, told in (({"steps": []}, "steps"), ({"profile": "lenient"}, "profile"),
                              ({"surprise": 1}, "a member that is not known")):
            with self.subTest(changes), self.assertRaises(ol.Error) as caught:
                self.campaign(**changes)
            self.assertIn(told, str(caught.exception))
        with self.assertRaises(ol.Error) as caught:
            self.campaign(sender=self.ws.org_id)
        self.assertEqual(caught.exception.code, "OL_NOT_FOUND")
        self.assertEqual(self.ws.campaigns.list(), [])

    def test_enroll_answers_for_each_in_the_order_given(self):
        self.people(row("Ann"), row("Jan", country="DE"),
                    "Eve,Test,Eve Ltd,CEO,eve@company.example,,GB\n")
        campaign = self.campaign()
        eve = self.ws.prospects.find(email="eve@company.example")
        nobody = "01890000-0000-7000-8000-000000000001"
        ids = [eve.id, self.person("Jan").id, self.person("Ann").id, nobody]
        answers = self.ws.campaigns.enroll(campaign, ids)
        self.assertEqual([(a.prospect_id, a.enrolled, a.reason) for a in answers],
                         [(ids[0], False, "no_linkedin"), (ids[1], False, "DENY_OPT_IN_REQUIRED"),
                          (ids[2], True, "ALLOW_OPT_OUT_REGIME"), (ids[3], False, "not_found")])
        again, = self.ws.campaigns.enroll(campaign, ids[2:3])
        self.assertEqual(again.reason, "already_enrolled")
        with self.assertRaises(TypeError):
            self.ws.campaigns.enroll(campaign, ids[0])

    def test_render_gives_the_text_or_names_the_variable(self):
        self.people(row("Ann"))
        ann = self.person("Ann").id
        draft = self.ws.campaigns.render(self.campaign(), ann)
        self.assertEqual((draft.body, draft.utf16_units, draft.limit_units),
                         ("Hi Ann of Ann Ltd", 17, 200))
        self.assertEqual(self.ws.campaigns.render(self.campaign(), ann, step=1).body,
                         "Thanks Ann, Ada Example of Acme Ltd")
        steps = [{"action": "invitation", "template": "Hi {{first_name}} in {{city}}"}]
        with self.assertRaises(ol.Error) as caught:
            self.ws.campaigns.render(self.campaign(steps=steps), ann)
        self.assertEqual(caught.exception.code, "OL_MISSING_VARIABLE")
        self.assertIn("city", str(caught.exception))
        steps[0]["template"] = "{{first_name}} " + "x" * 197
        with self.assertRaises(ol.Error) as caught:
            self.ws.campaigns.render(self.campaign(steps=steps), ann)
        self.assertEqual(caught.exception.code, "OL_LIMIT")

    def test_enrollments_follow_the_sequence_to_its_end(self):
        self.people(row("Ann"), row("Bea"))
        campaign = self.campaign()
        self.enroll(campaign, "Ann", "Bea")
        self.assertEqual(self.state(campaign, "Ann"), ("active", 0))
        self.assertEqual(self.engine.run().sent, 2)
        self.assertEqual(self.state(campaign, "Ann"), ("waiting", 1))
        self.sandbox.post("accept", {"account_id": ACCOUNT, "public_identifier": "ann-test"})
        self.assertEqual(self.webhook(self.relation("Ann")).connections, 1)
        self.advance(HOUR_US)
        self.assertEqual(self.engine.run().sent, 1)
        self.assertEqual(self.state(campaign, "Ann")[0], "completed")
        self.assertEqual(self.state(campaign, "Bea"), ("waiting", 1))
        self.assertEqual(sorted(self.sandbox.ledger()), [
            ("chat", "ann-test", "Thanks Ann, Ada Example of Acme Ltd"),
            ("invitation", "ann-test", "Hi Ann of Ann Ltd"),
            ("invitation", "bea-test", "Hi Bea of Bea Ltd")])
        paged = [e.prospect_id for e in self.ws.campaigns.enrollments(campaign, limit=1)]
        self.assertEqual(len(set(paged)), 2)

    def test_a_relation_skips_the_invitation(self):
        self.people(row("Ann"))
        self.sandbox.post("people", {"public_identifier": "ann-test", "connected_to": [ACCOUNT]})
        self.ws.relations.add(self.sender, self.person("Ann").id)
        self.ws.relations.add(self.sender, self.person("Ann").id)
        self.enroll(self.campaign(), "Ann")
        self.engine.run()
        self.advance(HOUR_US)
        self.engine.run()
        self.assertEqual([kind for kind, _, _ in self.sandbox.ledger()], ["chat"])
        with self.assertRaises(ol.Error):
            self.ws.relations.add(self.sender, "01890000-0000-7000-8000-000000000001")


class Scoring(Case):
    CARD = {"factors": [
        {"name": "senior", "field": "title", "points": 30, "any_of": ["head of"]},
        {"name": "near", "field": "country", "points": 5, "any_of": ["GB"]},
        {"name": "intern", "field": "title", "points": -10, "any_of": ["intern"]}]}

    def test_top_has_the_best_first_and_factors_that_add_up(self):
        self.people(row("Ann"), row("Jan", country="DE"), row("Ida", title="Intern"))
        self.assertEqual(self.ws.scoring.run(self.CARD), 3)
        top = self.ws.scoring.top()
        self.assertEqual([(t.prospect_id, t.score) for t in top],
                         [(self.person("Ann").id, 35), (self.person("Jan").id, 30),
                          (self.person("Ida").id, -5)])
        self.assertEqual(top[2].factors, [{"name": "near", "points": 5},
                                          {"name": "intern", "points": -10}])
        for one in top:
            self.assertEqual(sum(f["points"] for f in one.factors), one.score)
        self.assertEqual(self.ws.scoring.top(limit=1), top[:1])

    def test_who_objected_is_not_scored(self):
        self.people(row("Ann"), row("Bea"))
        self.ws.prospects.object(self.person("Ann").id)
        self.assertEqual(self.ws.scoring.run(self.CARD), 1)
        self.assertEqual([t.prospect_id for t in self.ws.scoring.top()], [self.person("Bea").id])


class Sending(Case):
    def test_outbox_decisions_disclosures_and_ledger_tell_of_one_message(self):
        self.people(row("Ann"))
        ann = self.person("Ann")
        campaign = self.campaign()
        self.enroll(campaign, "Ann")
        self.advance(1000)  # ids, and with them decisions, sort by the millisecond alone
        self.engine.run()
        message, = self.ws.outbox.list()
        self.assertEqual((message.prospect_id, message.campaign_id, message.step, message.channel,
                          message.state, message.attempts),
                         (ann.id, campaign, 0, "linkedin_invite_note", "sent", 1))
        self.assertEqual(message.sent_at_us, self.now_us)
        # Claimed twice: their profile is read for the provider's id before the note goes out.
        stages = [d.stage for d in self.ws.decisions.list(ann.id)]
        self.assertEqual(stages[0], "enroll")
        self.assertEqual(sorted(stages[1:]), ["claim", "claim", "enqueue"])
        for decision in self.ws.decisions.list(ann.id):
            self.assertEqual((decision.allowed, decision.reason, decision.lawful_basis,
                              decision.profile, decision.campaign_id),
                             (True, "ALLOW_OPT_OUT_REGIME", "legitimate_interests", "balanced",
                              campaign))
        left = self.ws.disclosures.list(ann.id)
        self.assertEqual({d.sub_processor_id for d in left}, {"unipile"})
        self.assertIn("deliver", {d.purpose for d in left})
        for identifier in ("ann@company.example", "ANN-test",
                           "https://www.linkedin.com/in/ann-test/"):
            found, = self.ws.ledger.find(identifier)
            self.assertEqual((found.campaign_id, found.step, found.channel, found.message_id,
                              found.outcome),
                             (campaign, 0, "linkedin_invite_note", message.message_id, "sent"))
        self.assertEqual(self.ws.ledger.find("nobody@company.example"), [])

    def queued(self, *names):
        self.people(*map(row, names))
        self.enroll(self.campaign(), *names)
        self.engine.run(max_calls=0)
        return list(self.ws.outbox.list())

    def test_a_cancelled_message_never_leaves(self):
        first, second = self.queued("Ann", "Bea")
        self.assertEqual((first.state, second.state), ("queued", "queued"))
        self.assertEqual(self.ws.outbox.cancel(first.message_id), "cancelled")
        self.engine.run()
        states = {m.message_id: m.state for m in self.ws.outbox.list(limit=1)}
        self.assertEqual(states, {first.message_id: "cancelled", second.message_id: "sent"})
        self.assertEqual(self.ws.outbox.cancel(second.message_id), "already_sent")
        self.assertEqual(len(self.sandbox.ledger()), 1)
        with self.assertRaises(ol.Error):
            self.ws.outbox.cancel("01890000-0000-7000-8000-000000000001")

    def test_an_objection_stops_what_is_queued(self):
        first, second = self.queued("Ann", "Bea")
        self.assertEqual(self.ws.prospects.object(first.prospect_id), [])
        self.assertEqual(self.ws.prospects.object(first.prospect_id), [])
        self.assertEqual(self.ws.prospects.get(first.prospect_id).objected_at_us, MONDAY_US)
        self.engine.run()
        states = {m.message_id: m.state for m in self.ws.outbox.list()}
        self.assertEqual(states, {first.message_id: "cancelled", second.message_id: "sent"})
        answer, = self.ws.campaigns.enroll(self.campaign(), [first.prospect_id])
        self.assertEqual((answer.enrolled, answer.reason), (False, "DENY_OBJECTED"))

    def test_exported_people_come_back_as_they_were_with_their_objection(self):
        self.people(row("Ann", title='"Head, ""Sales"""'), row("Bea", title="'=1+1"))
        self.ws.prospects.object(self.person("Ann").id)
        path = self.folder / "export.csv"
        told = []
        self.assertEqual(self.ws.prospects.export_csv(
            path, progress=lambda done, total: told.append((done, total))), 2)
        self.assertEqual(told, [(0, 2), (2, 2)])
        self.assertIn('"\'=1+1"', path.read_text(encoding="utf-8"))
        other, _ = self.organization("Bolt Ltd")
        report = other.prospects.import_csv(path, source="test",
                                            lawful_basis="legitimate_interests")
        self.assertEqual((report.created, report.opt_outs), (2, 1))
        ann, bea = self.person("Ann", other), self.person("Bea", other)
        self.assertEqual((ann.title, bea.title), ('Head, "Sales"', "=1+1"))
        self.assertEqual((ann.objected_at_us, bea.objected_at_us), (MONDAY_US, None))
        with self.assertRaises(ol.Error) as caught:
            self.ws.prospects.export_csv(path)
        self.assertEqual(caught.exception.code, "OL_ALREADY_EXISTS")
        with self.assertRaises(ol.Error) as caught:
            self.ws.prospects.export_csv(self.folder / "b.csv", progress=lambda *_: False)
        self.assertEqual(caught.exception.code, "OL_CANCELLED")
        self.assertFalse((self.folder / "b.csv").exists())

    def test_erased_person_does_not_come_back_and_is_remembered_by_the_ledger(self):
        self.people(row("Ann"), row("Bea"))
        ann = self.person("Ann").id
        self.enroll(self.campaign(), "Ann")
        self.engine.run()
        self.assertEqual(self.ws.prospects.erase(ann), [])
        self.assertIsNone(self.person("Ann"))
        with self.assertRaises(ol.Error) as caught:
            self.ws.prospects.erase(ann)
        self.assertEqual(caught.exception.code, "OL_NOT_FOUND")
        report = self.people(row("Ann"), row("Bea"))
        self.assertEqual((report.suppressed, report.created, report.unchanged), (1, 0, 1))
        found, = self.ws.ledger.find("ann@company.example")
        self.assertEqual(found.outcome, "sent")
        self.assertEqual([p.first_name for p in self.ws.prospects], ["Bea"])


class Inbox(Case):
    def test_an_opt_out_reply_stops_everything_at_once(self):
        self.people(row("Ann"), row("Bea"))
        campaign = self.campaign()
        self.enroll(campaign, "Ann", "Bea")
        self.engine.run()
        stop = self.message("Ann", "Please stop contacting me.", "m1")
        report = self.webhook(stop)
        self.assertEqual((report.replies, report.opt_outs, report.duplicate), (1, 1, False))
        self.assertTrue(self.webhook(stop).duplicate)
        reply, = self.ws.inbox.list()
        self.assertEqual((reply.prospect_id, reply.sender_id, reply.label, reply.body),
                         (self.person("Ann").id, self.sender, "opt_out",
                          "Please stop contacting me."))
        self.assertEqual(self.person("Ann").objected_at_us, MONDAY_US)
        self.assertEqual(self.state(campaign, "Ann")[0], "stopped")
        self.assertIsNone(self.person("Bea").objected_at_us)
        # An acceptance that comes late revives nothing.
        self.webhook(self.relation("Ann"))
        self.advance(2 * HOUR_US)
        self.engine.run()
        self.assertEqual(len(self.sandbox.ledger()), 2)

    def test_a_reply_ends_the_sequence_without_an_objection(self):
        self.people(row("Ann"))
        campaign = self.campaign()
        self.enroll(campaign, "Ann")
        self.engine.run()
        report = self.webhook(self.message("Ann", "Tell me more about prices.", "m1"))
        self.assertEqual((report.replies, report.opt_outs), (1, 0))
        self.assertEqual([r.label for r in self.ws.inbox.list(limit=1)], ["reply"])
        self.assertEqual(self.state(campaign, "Ann")[0], "stopped")
        self.assertIsNone(self.person("Ann").objected_at_us)

    def test_a_wrong_secret_changes_nothing(self):
        self.people(row("Ann"))
        self.enroll(self.campaign(), "Ann")
        self.engine.run()
        with self.assertRaises(ol.Error) as caught:
            self.webhook(self.message("Ann", "stop", "m1"), secret="guess")
        self.assertEqual(caught.exception.code, "OL_UNAUTHORIZED")
        self.assertEqual(list(self.ws.inbox.list()), [])
        self.assertIsNone(self.person("Ann").objected_at_us)


class Records(Case):
    def test_audit_tells_what_was_done_in_codes_and_verifies(self):
        # Ids sort by the millisecond, so each step has its own.
        for step in (lambda: self.people(row("Ann")), lambda: self.enroll(self.campaign(), "Ann"),
                     self.engine.run, lambda: self.ws.prospects.object(self.person("Ann").id),
                     self.engine.run):
            self.advance(1000)
            step()
        entries = list(self.engine.audit.entries(self.ws))
        self.assertGreater(len(entries), 4)
        self.assertEqual([e.at_us for e in entries], sorted(e.at_us for e in entries))
        self.assertEqual(sorted(e.seq for e in entries), list(range(1, len(entries) + 1)))
        self.assertEqual(entries, list(self.ws.audit.entries(limit=2)))
        text = json.dumps(entries)
        for personal in ("Ann", "ann@", "ann-test", "Ada"):
            self.assertNotIn(personal, text)
        report = self.engine.audit.verify()
        self.assertTrue(report.intact)
        self.assertEqual(report.unsealed, 0)

    def test_two_organizations_do_not_see_each_other(self):
        other, other_sender = self.organization("Other Ltd")
        for ws in (self.ws, other):
            self.people(row("Ann"), ws=ws)
        self.enroll(self.campaign(), "Ann")
        self.engine.run()
        ours, theirs = self.person("Ann").id, self.person("Ann", ws=other).id
        self.assertNotEqual(ours, theirs)
        self.assertEqual((len(list(self.ws.outbox.list())), list(other.outbox.list())), (1, []))
        self.assertEqual(other.ledger.find("ann-test"), [])
        self.assertEqual(other.decisions.list(ours), [])
        self.assertEqual(other.disclosures.list(ours), [])
        self.assertEqual(other.campaigns.list(), [])
        for verb in (other.prospects.get, other.prospects.object, other.prospects.erase):
            with self.assertRaises(ol.Error) as caught:
                verb(ours)
            self.assertEqual(caught.exception.code, "OL_NOT_FOUND")
        with self.assertRaises(ol.Error):
            self.campaign(ws=other, sender=self.sender)
        message, = self.ws.outbox.list()
        with self.assertRaises(ol.Error):
            other.outbox.cancel(message.message_id)
        self.ws.prospects.erase(ours)
        self.assertEqual(self.person("Ann", ws=other).id, theirs)
        self.assertEqual(self.people(row("Ann"), ws=other).unchanged, 1)
        answer, = other.campaigns.enroll(self.campaign(ws=other, sender=other_sender), [theirs])
        self.assertTrue(answer.enrolled)


if __name__ == "__main__":
    unittest.main()
