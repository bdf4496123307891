"""Signals, restriction, mandates, the usage log, and the end of a contract, from Python."""

import json
import unittest

import onlyleads as ol
from test_verbs import HOUR_US, MONDAY_US, Case, row

DAY_US = 24 * HOUR_US
DIGEST = "ab" * 32


class Signals(Case):
    def setUp(self):
        super().setUp()
        self.people(row("Ada"), row("Bob"))

    def signal(self, name, **more):
        return {"prospect_id": self.person(name).id, "kind": "comment", "source": "page", **more}

    def test_count_in_the_score_by_age(self):
        answers = self.ws.signals.record([
            self.signal("Ada", at_us=MONDAY_US - 14 * DAY_US, external_ref="r1",
                        url="https://example.com/post"),
            self.signal("Ada"), self.signal("Ada", external_ref="r1")])
        self.assertEqual([a.disposition for a in answers], ["recorded", "recorded", "duplicate"])
        card = {"signals": [{"kind": "comment", "points": 8, "half_life_days": 14}]}
        self.assertEqual(self.ws.scoring.run(card), 2)
        best = self.ws.scoring.top(1)[0]
        self.assertEqual(best.score, 12)
        self.assertEqual(best.factors, [{"name": "signal:comment", "points": 12.0}])
        listed = list(self.ws.signals.list(self.person("Ada").id, limit=1))
        self.assertEqual([s.external_ref for s in listed], ["r1", ""])

    def test_one_mapping_is_a_batch_of_one(self):
        self.assertEqual(len(self.ws.signals.record(self.signal("Bob", kind="visit"))), 1)

    def test_a_bad_row_is_named_and_nothing_is_kept(self):
        for bad, name in [({"kind": "shout"}, "signals[1].kind"), ({"source": ""}, ".source"),
                          ({"at_us": MONDAY_US + HOUR_US}, ".at_us"), ({"url": "x"}, ".url")]:
            with self.assertRaises(ol.Error) as caught:
                self.ws.signals.record([self.signal("Ada"), self.signal("Ada", **bad)])
            self.assertIn(name, str(caught.exception))
        with self.assertRaises(TypeError):
            self.ws.signals.record([self.signal("Ada", points=3)])
        self.assertEqual(list(self.ws.signals.list(self.person("Ada").id)), [])

    def test_of_who_objected_or_is_restricted_are_refused(self):
        ada, bob = self.person("Ada").id, self.person("Bob").id
        self.ws.prospects.object(ada)
        self.assertEqual(self.ws.prospects.restrict(bob), [])
        self.assertEqual(self.ws.prospects.get(bob).restricted_at_us, MONDAY_US)
        answers = self.ws.signals.record([self.signal("Ada"), self.signal("Bob")])
        self.assertEqual([(a.disposition, a.reason, a.signal_id) for a in answers],
                         [("refused", "objected", None), ("refused", "restricted", None)])
        self.ws.prospects.lift_restriction(bob)
        self.assertIsNone(self.ws.prospects.get(bob).restricted_at_us)
        self.assertEqual(self.ws.signals.record(self.signal("Bob"))[0].disposition, "recorded")


class Mandates(Case):
    def test_revoking_stops_and_recording_goes_on(self):
        self.people(row("Ada"))
        campaign = self.campaign()
        self.enroll(campaign, "Ada")
        connected = next(self.ws.mandates.list())
        self.assertEqual((connected.text_version, connected.revoked_at_us), ("hosted_auth", None))
        self.assertEqual(self.ws.mandates.revoke(connected.mandate_id), [])
        self.assertEqual(self.engine.run().parked, 1)
        self.assertEqual(self.state(campaign, "Ada"), ("parked", 0))
        mandate = self.ws.mandates.record(connected.member_id, self.sender, "terms 2", DIGEST,
                                          scope=["linkedin_message", "linkedin_invite_note"],
                                          evidence_ref="doc")
        self.assertGreater(self.engine.run().calls, 0)
        last = list(self.ws.mandates.list())[-1]
        self.assertEqual((last.mandate_id, last.text_digest, last.scope),
                         (mandate, DIGEST, "linkedin_invite_note,linkedin_message"))
        with self.assertRaises(ol.Error):
            self.ws.mandates.record(connected.member_id, self.sender, "terms", "short")

    def test_disconnecting_names_what_is_on_its_way(self):
        self.assertEqual(self.ws.senders.disconnect(self.sender), [])

    def test_releasing_ends_no_disconnection_and_resuming_does(self):
        self.ws.senders.disconnect(self.sender)
        self.ws.senders.release(self.sender)
        self.assertEqual(list(self.ws.senders.list())[0].state, "disconnected")
        self.ws.senders.resume(self.sender)
        self.assertEqual(list(self.ws.senders.list())[0].state, "active")
        with self.assertRaises(ol.Error) as refused:
            self.ws.senders.release("00000000-0000-0000-0000-000000000001")
        self.assertEqual(refused.exception.code, "OL_NOT_FOUND")


class Usage(Case):
    def test_is_recorded_by_batch_or_by_keywords(self):
        member = self.ws.members.add("Ben Example")
        self.assertEqual(self.ws.usage.record([{"member_id": member, "ip": "2001:DB8::1"}] * 2), 2)
        self.assertEqual(self.ws.usage.record(member_id=member, browser="b", page="/x"), 1)
        rows = list(self.ws.usage.list(limit=2))
        self.assertEqual([(r.ip, r.page) for r in rows],
                         [("2001:db8::1", ""), ("2001:db8::1", ""), ("", "/x")])
        with self.assertRaises(ol.Error) as caught:
            self.ws.usage.record(member_id=member, ip="secret-host")
        self.assertIn("usage[0].ip", str(caught.exception))
        self.assertNotIn("secret-host", str(caught.exception))
        with self.assertRaises(TypeError):
            self.ws.usage.record()


class Contract(Case):
    def test_a_subscription_that_ended_sends_nothing(self):
        self.people(row("Ada"))
        self.enroll(self.campaign(), "Ada")
        self.engine.organizations.set_subscription(self.ws, MONDAY_US)
        done = self.engine.run()
        self.assertEqual((done.calls, done.subscriptions_ended), (0, 1))
        self.assertEqual(done.next_due_us, MONDAY_US + 365 * DAY_US)  # only the account waits
        listed = self.engine.organizations()[0]
        self.assertEqual(listed.active_until_us, MONDAY_US)
        self.assertEqual(listed.account_data_until_us, MONDAY_US + 365 * DAY_US)
        self.engine.organizations.set_subscription(self.ws.org_id, None)
        self.assertIsNone(self.engine.organizations()[0].active_until_us)
        self.assertGreater(self.engine.run().calls, 0)

    def test_export_and_delete_take_one_organization_whole(self):
        self.people(row("Ada"), row("Bob"))
        other, _ = self.organization("Other Ltd")
        path = self.folder / "acme.jsonl"
        seen = []
        rows = self.engine.organizations.export(self.ws, path,
                                                lambda done, total: seen.append((done, total)))
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self.assertEqual(lines[-1], {"end": True, "rows": rows})
        self.assertEqual(len(lines), rows + 2)
        self.assertEqual(seen[-1][0], seen[-1][1])
        names = {line["row"]["first_name"] for line in lines[1:-1] if line["table"] == "prospects"}
        self.assertEqual(names, {"Ada", "Bob"})
        with self.assertRaises(ol.Error) as caught:
            self.engine.organizations.export(self.ws, path)
        self.assertEqual(caught.exception.code, "OL_ALREADY_EXISTS")

        class Enough(Exception):
            pass

        def stop(done, total):
            raise Enough

        with self.assertRaises(Enough):
            self.engine.organizations.delete(self.ws, stop)
        self.assertGreater(self.engine.organizations.delete(self.ws), 0)
        self.assertEqual([o.org_id for o in self.engine.organizations], [other.org_id])
        with self.assertRaises(ol.Error) as caught:
            self.engine.workspace(self.ws.org_id)
        self.assertEqual(caught.exception.code, "OL_NOT_FOUND")


if __name__ == "__main__":
    unittest.main()
