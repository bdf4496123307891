"""Every argument of the whole public interface, given what it cannot be: the error names it, does not
show it, and comes before anything is done. Real library; what exists is found by looking, so that a
verb or an argument added later is tried, too.
"""

import inspect
import os
import pathlib
import sqlite3
import tempfile
import typing
import unittest

import onlyleads as ol
from onlyleads import engine as engine_module, workspace as workspace_module
from onlyleads.report import write_report

NOW_US = 1_700_000_000_000_000
SOME_ID = "01890000-0000-7000-8000-000000000001"
# No message may hold these digits: they stand for personal data.
MARK = "73917391"
NUMBER = 73917391
LONE = f"\ud800{MARK}"


class Odd:
    def __repr__(self):
        return MARK


# What an argument of each kind cannot be. None is added where the argument is not optional.
ID = [None, NUMBER, MARK, b"x", "", SOME_ID + "0", " " + SOME_ID[1:], f"\ud800{SOME_ID[1:]}"]
TEXT = [NUMBER, MARK.encode(), LONE, [MARK], Odd()]
PATH = [None, NUMBER, LONE, f"a\0{MARK}", Odd(), [MARK]]
INTEGER = [MARK, 1.5, True, 2**70, Odd()]
FLAG = [None, 0, 1, "no", "", Odd()]
CALLBACK = [NUMBER, MARK, Odd()]
DOCUMENT = [NUMBER, [MARK], {"a": Odd()}, {"a": float("nan")}, {"a": LONE}, LONE]
RAW = [NUMBER, LONE, [MARK], Odd()]
IDS = [None, NUMBER, MARK, SOME_ID, b"x", [NUMBER], [MARK], [SOME_ID, None], Odd()]
SCOPE = [NUMBER, b"x", [NUMBER], ["linkedin_message", LONE], Odd()]
DAYS = [None, MARK, 1.5, True, 128, -1, [7], [0, None], [[1]], [True], Odd()]
PAIRS = [None, NUMBER, MARK, b"x", [MARK], [("a",)], [("a", "b"), ("a", "b", MARK)], [NUMBER],
         {"a": NUMBER}, {NUMBER: "a"}, {"a": LONE}]
ROWS = [NUMBER, MARK, [NUMBER], [MARK], {MARK: 1}, [{}], {"member_id": MARK, "prospect_id": MARK}]
HANDLE = [NUMBER, MARK, Odd()]

KINDS = {
    "prospect_id": ID, "member_id": ID, "sender_id": ID, "campaign_id": ID, "message_id": ID,
    "mandate_id": ID, "hold_id": ID, "import_id": ID, "org_id": ID, "organization": ID,
    "workspace": ID, "path": PATH, "prospect_ids": IDS,
    "dpa_missing": FLAG, "new_ledger": FLAG, "premium": FLAG, "with_linkedin": FLAG,
    "progress": CALLBACK, "clock": CALLBACK, "transport": HANDLE, "ledger": HANDLE,
    "engine": HANDLE, "log": CALLBACK,
    "spec": [None, *DOCUMENT], "scorecard": [None, *DOCUMENT], "mapping": DOCUMENT, "facts": DOCUMENT,
    "key": [b"", "", *RAW], "body": [None, *RAW], "headers": PAIRS,
    "scope": SCOPE, "mandate_scope": SCOPE, "work_days": DAYS, "signals": [None, *ROWS],
    "usage": ROWS, "plan": [None, NUMBER, LONE],
    **{name: TEXT for name in (
        "name", "country", "external_ref", "profile", "provider", "source", "lawful_basis",
        "on_existing", "email", "linkedin", "account_id", "base_url", "api_key", "webhook_secret",
        "webhook_header", "zone", "mandate_version", "mandate_digest", "mandate_evidence",
        "text_version", "text_digest", "evidence_ref", "identifier", "reason")},
    **{name: INTEGER for name in (
        "limit", "max_ms", "max_calls", "busy_timeout_ms", "max_call_ms", "active_until_us",
        "work_start_min", "work_end_min", "invitations_per_day", "invitations_per_week",
        "messages_per_day", "messages_per_week", "profiles_per_day", "profiles_per_week",
        "min_gap_s", "given_at_us", "until_us", "step", "max_rows", "inactive_days")},
}


def classes():
    for module in (engine_module, workspace_module):
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and name != "LedgerSink":
                yield name, kind


def optional(verb, parameter):
    """Whether None means something by itself."""
    return type(None) in typing.get_args(typing.get_type_hints(verb).get(parameter))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.engine = ol.open(self.folder / "leads.db", clock=lambda: NOW_US)
        self.addCleanup(self.engine.close)
        self.ws = self.engine.create_organization("Acme Ltd")
        self.member = self.ws.members.add("Ada")
        self.csv = self.folder / "people.csv"
        self.csv.write_text("First Name,Email\nAnn,ann@north.example\n")
        self.ws.prospects.import_csv(self.csv, "test", "legitimate_interests")
        self.csv.write_text("First Name,Email\nBea,bea@north.example\n")
        self.person = next(self.ws.prospects.list()).id
        self.watch = sqlite3.connect(self.folder / "leads.db")
        self.addCleanup(self.watch.close)

    def state(self):
        """Changes with everything that is written into the database or the folder."""
        return self.watch.execute("PRAGMA data_version").fetchone(), sorted(os.listdir(self.folder))

    def refused(self, named, verb, *arguments, **options):
        """The call raises an error that starts with the name, and nothing else happens."""
        before = self.state()
        with self.assertRaises((TypeError, ol.Error)) as caught:
            verb(*arguments, **options)
        error = caught.exception
        told = error.message if isinstance(error, ol.Error) else str(error)
        self.assertTrue(told.startswith(named), f"{named}: {told!r}")
        self.assertFalse((told[len(named):] + ":")[0].isalnum() or told[len(named):][:1] == "_", told)
        self.assertNotIn(MARK, told)
        self.assertEqual(self.state(), before, f"{named}: something was written")
        return error


class Every(Case):
    def things(self):
        """Every function and verb of the interface with what it is called for."""
        yield "open", ol.open
        yield "preview_csv", ol.preview_csv
        yield "policy.evaluate", ol.policy.evaluate
        yield "write_report", write_report
        handles = [self.engine, self.engine.inbox, self.engine.audit, self.engine.organizations,
                   self.ws, *(value for value in vars(self.ws).values()
                              if isinstance(value, workspace_module.Noun))]
        known = {type(handle) for handle in handles}
        for name, kind in classes():
            self.assertTrue(kind in known or kind is workspace_module.Noun, f"{name} is not tried")
        for handle in handles:
            for name, verb in inspect.getmembers(handle, inspect.ismethod):
                if not name.startswith("_"):
                    yield f"{type(handle).__name__}.{name}", verb

    def given(self, name, verb):
        """What the arguments without a default get: such that the call would do something."""
        values = {
            "prospect_id": self.person, "member_id": self.member, "sender_id": SOME_ID,
            "prospect_ids": [self.person], "org_id": self.ws.org_id, "organization": self.ws.org_id,
            "workspace": self.ws.org_id, "path": self.folder / "new", "name": "Bo", "spec": {},
            "engine": self.engine, "source": "test", "lawful_basis": "legitimate_interests",
            "body": b'{"event": "message_received", "account_id": "nobody"}', "headers": {},
            "provider": "unipile", "account_id": "acc1", "base_url": "http://127.0.0.1:1",
            "api_key": "key", "webhook_secret": "secret", "reason": "claim_1",
            "signals": {"prospect_id": self.person, "kind": "visit", "source": "test"},
            "scorecard": {"factors": []}, "text_version": "1", "text_digest": "0" * 64,
            "identifier": "ann@north.example", "plan": "plan", "active_until_us": NOW_US}
        if name in ("preview_csv", "Prospects.import_csv"):
            values["path"] = self.csv
        parameters = inspect.signature(verb).parameters
        wanted = {p.name for p in parameters.values() if p.default is p.empty
                  and p.kind is not p.VAR_KEYWORD}
        if name == "Prospects.import_csv":
            wanted |= {"source", "lawful_basis"}
        return {p: values.get(p, SOME_ID) for p in wanted}

    def test_wrong_argument_is_named_and_not_shown_and_nothing_is_done(self):
        tried, seen = 0, set()
        for name, verb in self.things():
            given = self.given(name, verb)
            for parameter in inspect.signature(verb).parameters.values():
                if parameter.kind is parameter.VAR_KEYWORD:
                    continue
                self.assertIn(parameter.name, KINDS, f"{name} has an argument of no known kind")
                seen.add(parameter.name)
                for number, bad in enumerate(KINDS[parameter.name]):
                    if bad is None and optional(verb, parameter.name):
                        continue
                    if name == "write_report" and parameter.name == "workspace" and bad is None:
                        continue  # the only one there is
                    with self.subTest(f"{name}({parameter.name}) {number}"):
                        self.refused(parameter.name, verb, **{**given, parameter.name: bad})
                        tried += 1
        self.assertEqual(seen, set(KINDS), "a kind of an argument that is nowhere")
        self.assertGreater(tried, 700)

    def test_the_calls_would_do_something_with_the_right_arguments(self):
        # Else what the test above finds unchanged would prove nothing.
        before, changed = self.state(), set()
        for name, verb in self.things():
            if name in ("Engine.close", "Organizations.delete", "Prospects.erase", "Prospects.delete",
                        "Prospects.object", "Prospects.restrict"):
                continue
            given = self.given(name, verb)
            try:
                verb(**given)
            except (ol.Error, TypeError):  # wants a campaign, a sender or one of two arguments
                continue
            if self.state() != before:
                changed.add(name)
            before = self.state()
            for made in (self.folder / "new", self.folder / "new.key", self.folder / "new.ledger"):
                made.unlink(missing_ok=True)
            before = self.state()
        self.assertGreaterEqual(changed, {
            "open", "write_report", "Engine.create_organization", "Prospects.import_csv",
            "Prospects.export_csv", "Members.add", "Senders.connect", "Signals.record",
            "Holds.place", "Organizations.export", "Organizations.set_subscription"})


class Places(Case):
    def test_item_row_and_field_are_named(self):
        ws, good = self.ws, {"prospect_id": self.person, "kind": "visit", "source": "test"}
        use = {"member_id": self.member, "page": "/"}
        for named, verb, arguments, options in (
                ("prospect_ids[2]", ws.campaigns.enroll, (SOME_ID, [SOME_ID, SOME_ID, MARK]), {}),
                ("prospect_ids[1]", ws.campaigns.enroll, (SOME_ID, iter([SOME_ID, None])), {}),
                ("signals[1].prospect_id", ws.signals.record, ([good, {**good, "prospect_id": MARK}],),
                 {}),
                ("signals[1].kind", ws.signals.record, ([good, {**good, "kind": NUMBER}],), {}),
                ("signals[1].at_us", ws.signals.record, ([good, {**good, "at_us": MARK}],), {}),
                ("signals[1]", ws.signals.record, ([good, MARK],), {}),
                ("usage[1].member_id", ws.usage.record, ([use, {"page": MARK}],), {}),
                ("usage[0].member_id", ws.usage.record, (), {"member_id": MARK}),
                ("usage[1].ip", ws.usage.record, ([use, {**use, "ip": MARK}],), {}),
                ("headers[1]", self.engine.inbox.ingest,
                 ("unipile", [("a", "b"), ("c", NUMBER)], b"{}"), {}),
                ("scope[1]", ws.mandates.record, (self.member, SOME_ID, "1", "0" * 64),
                 {"scope": ["linkedin_message", NUMBER]}),
                ("work_days[1]", ws.senders.connect,
                 (self.member, "acc1", "http://127.0.0.1:1", "key", "secret"),
                 {"work_days": [0, 7]})):
            with self.subTest(named):
                self.refused(named, verb, *arguments, **options)

    def test_what_only_looks_wrong_is_taken(self):
        ws = self.ws
        self.assertEqual(ws.prospects.get(self.person.upper()).id, self.person)
        self.assertEqual(self.engine.workspace(ws.org_id.upper()).org_id, ws.org_id)
        sender = ws.senders.connect(self.member, "acc1", "http://127.0.0.1:1", "key", "secret",
                                    work_days=(day for day in (0, 0, 6)), mandate_scope=None)
        ws.relations.add(sender, self.person)
        campaign = ws.campaigns.create({"name": "T", "sender_id": sender, "steps": [
            {"action": "message", "template": "Hi"}]})
        self.assertEqual(len(ws.campaigns.enroll(campaign, iter([self.person]))), 1)
        self.assertEqual(len(ws.campaigns.enroll(campaign, [])), 0)
        body = b'{"event": "message_received", "account_id": "nobody"}'
        for headers in ({"a": b"b"}, [("a", "b")], ([b"a", b"b"],), {}.items(), ()):
            self.engine.inbox.ingest("unipile", headers, body)
        self.assertEqual(len(ol.preview_csv(os.fsencode(self.csv)).rows), 1)
        self.assertTrue(ws.holds.place(None, "claim_1"))


class TheKey(Case):
    def test_an_empty_one_is_refused_and_no_key_file_is_made(self):
        for empty in (b"", "", bytearray()):
            error = self.refused("key", ol.open, self.folder / "other.db", key=empty)
            self.assertEqual(error.code, "OL_INVALID_ARGUMENT")

    def test_none_takes_the_key_file(self):
        ol.open(self.folder / "other.db", key=None).close()
        self.assertTrue((self.folder / "other.db.key").exists())


class Callbacks(Case):
    def test_a_transport_that_gives_no_completions_is_told_so(self):
        class Silent:
            submit = cancel = staticmethod(lambda *_: None)
            poll = staticmethod(lambda _: None)

        from onlyleads.transport import Adapter
        with self.assertRaises(TypeError) as caught:
            Adapter(Silent()).poll(0.0)
        self.assertTrue(str(caught.exception).startswith("transport.poll()"))

    def test_a_clock_beyond_64_bits_is_named(self):
        with self.assertRaises(ol.Error) as caught:
            ol.open(self.folder / "other.db", clock=lambda: 2**80)
        self.assertTrue(caught.exception.message.startswith("clock"), caught.exception)


if __name__ == "__main__":
    unittest.main()
