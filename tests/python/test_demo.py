"""The demo's judgement and its manners: what counts as lost or twice, as carried or left behind, and what it
says when it cannot begin. Needs no sandbox."""

import argparse
import contextlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List
from unittest import mock

import onlyleads as ol
from onlyleads.demo import DemoError, departure, ledger, offer, visits
from onlyleads.demo.carrier import FILE, Carrier, counts, tell_carried
from onlyleads.demo.clock import DAY_US, FIRST_INSTANT_US, Clock, next_start
from onlyleads.demo.imports import Exports, import_file
from onlyleads.demo.memory import Memory
from onlyleads.demo.people import SECOND_FILE
from onlyleads.demo.story import Story
from onlyleads.demo.verdicts import MEANING, Verdicts
from onlyleads.transport import COMPLETE, NOT_STARTED, UNKNOWN, HttpRequest


def entry(person: str, kind: str = "message", text: str = "one") -> Dict[str, Any]:
    return {"provider_id": person, "public_identifier": "slug-" + person, "kind": kind, "text": text}


def message(target: str, state: str = "sent") -> Dict[str, str]:
    return {"target": target, "state": state}


def compare(entries: List[Any], messages: List[Any], remembered: Any = lambda e: []) -> Any:
    return ledger.compare(entries, messages, remembered)


class LedgerComparison(unittest.TestCase):
    def test_equal_sides_are_equal(self) -> None:
        found = compare([entry("A"), entry("A", text="two"), entry("B", "invitation")],
                        [message("A"), message("slug-A"), message("B"), message("C", "queued")])
        self.assertTrue(found.equal)
        self.assertEqual(found.total("accepted"), 3)

    def test_an_accepted_step_that_the_library_does_not_know_is_lost(self) -> None:
        found = compare([entry("A"), entry("B")], [message("A"), message("B", "not_sent")])
        self.assertFalse(found.equal)
        self.assertEqual(found.total("lost"), 1)

    def test_an_open_step_is_not_lost(self) -> None:
        for state in ("unknown", "parked", "in_flight"):
            found = compare([entry("A")], [message("A", state)])
            self.assertTrue(found.equal)
            self.assertEqual((found.total("open"), found.total("sent")), (1, 0))

    def test_a_step_that_was_never_accepted_is_a_phantom(self) -> None:
        self.assertEqual(compare([], [message("A")]).total("phantom"), 1)

    def test_the_same_text_or_a_second_invitation_is_twice(self) -> None:
        two = [message("A"), message("A")]
        self.assertEqual(compare([entry("A"), entry("A", "chat")], two).total("twice"), 1)
        self.assertEqual(compare([entry("A", "invitation", "x"), entry("A", "invitation", "y")],
                                 two).total("twice"), 1)

    def test_an_erased_person_is_asked_of_the_ledger(self) -> None:
        found = compare([entry("A")], [message("")], lambda e: [{"outcome": "sent"}])
        self.assertTrue(found.equal)
        self.assertEqual(found.total("sent"), 1)


class ClockRules(unittest.TestCase):
    def test_it_never_goes_backwards(self) -> None:
        clock = Clock(10)
        clock.advance_to(5)
        self.assertEqual(clock(), 10)

    def test_a_story_starts_on_a_monday_that_is_not_past(self) -> None:
        self.assertEqual(next_start(0), FIRST_INSTANT_US)
        self.assertEqual(next_start(FIRST_INSTANT_US + 1), FIRST_INSTANT_US + 7 * DAY_US)


class OutDirectory(unittest.TestCase):
    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.path = Path(held.name)

    def test_once_survives_the_process(self) -> None:
        Memory(self.path, False).once("answer", lambda: 42)
        again = Memory(self.path, True)
        self.assertTrue(again.resumed)
        self.assertEqual(again.once("answer", lambda: 43), 42)

    def test_a_new_story_forgets_the_old_one(self) -> None:
        Memory(self.path, False).put("answer", 42)
        (self.path / "leads.db").write_text("old")
        self.assertIsNone(Memory(self.path, False).get("answer"))
        self.assertFalse((self.path / "leads.db").exists())

    def test_somebody_elses_database_is_not_touched(self) -> None:
        (self.path / "leads.db").write_text("precious")
        with self.assertRaises(DemoError):
            Memory(self.path, False)
        self.assertEqual((self.path / "leads.db").read_text(), "precious")

    def test_files_come_in_the_order_of_the_truth(self) -> None:
        for name in ("a.csv", "b.csv", "c.txt", "notes.md"):
            (self.path / name).write_text("Email\n")
        (self.path / "truth.json").write_text('{"order": ["c.txt", "b.csv"]}')
        self.assertEqual([p.name for p in Exports(self.path).paths], ["c.txt", "b.csv", "a.csv"])


class Told:
    """A screen that remembers what was good and what was bad."""

    def __init__(self) -> None:
        self.goods: List[str] = []
        self.bads: List[str] = []

    def good(self, text: str) -> None:
        self.goods.append(text)

    def bad(self, text: str) -> None:
        self.bads.append(text)

    def say(self, text: str) -> None:
        pass

    def table(self, *parts: Any) -> None:
        pass


class OneAnswer:
    """A server that reads one request and answers with these bytes, none: it hangs up."""

    def __init__(self, answer: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked = b""
        self._thread = threading.Thread(target=self._serve, args=(answer,))
        self._thread.start()

    def _serve(self, answer: bytes) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while b"\r\n\r\n" not in self.asked:
                self.asked += connection.recv(65536)
            connection.sendall(answer)

    def stop(self) -> None:
        self._thread.join()
        self._listener.close()


class HostTransport(unittest.TestCase):
    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.out = Path(held.name)
        self.log = self.out / FILE

    def carry(self, port: int, is_write: bool = True) -> Any:
        carrier = Carrier(self.log)
        carrier.submit([HttpRequest(7, is_write, "GET", f"http://127.0.0.1:{port}/a?b=c",
                                    [("X-Key", "k")], b"", 30, 30)])
        done, = carrier.poll(0)
        self.assertEqual((done.id, list(carrier.poll(0))), (7, []))
        return done

    def test_an_answer_of_any_status_is_complete(self) -> None:
        server = OneAnswer(b"HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 2\r\n\r\nno")
        self.addCleanup(server.stop)
        done = self.carry(server.port)
        self.assertEqual((done.fate, done.status, done.body), (COMPLETE, 429, b"no"))
        self.assertIn(("Retry-After", "5"), list(done.headers))
        self.assertTrue(server.asked.startswith(b"GET /a?b=c HTTP/1.1\r\n"))
        self.assertIn(b"X-Key: k\r\n", server.asked)

    def test_a_connection_cut_after_the_request_leaves_it_unknown(self) -> None:
        server = OneAnswer(b"")
        self.addCleanup(server.stop)
        self.assertEqual(self.carry(server.port).fate, UNKNOWN)
        self.assertEqual(counts(self.log)["writes"], 1)

    def test_where_nobody_listens_nothing_was_started_or_counted(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.assertEqual(self.carry(port).fate, NOT_STARTED)
        self.assertEqual(counts(self.log), {"reads": 0, "writes": 0, "openings": 1})

    def judge(self, log: str, seen: int) -> bool:
        self.log.write_text(log)
        story = SimpleNamespace(options=SimpleNamespace(out=self.out), verdicts=Verdicts(Told()))
        numbers = tell_carried(story, seen, "then", "later")
        self.assertEqual(story.verdicts.found, {"transport": numbers["all_carried"]})
        return bool(numbers["all_carried"])

    def test_a_write_that_somebody_else_carried_is_noticed(self) -> None:
        self.assertTrue(self.judge("owrw", 2))
        self.assertFalse(self.judge("owrw", 3))
        self.assertFalse(self.judge("owrw", 1))

    def test_a_kill_may_leave_one_letter_too_many(self) -> None:
        self.assertTrue(self.judge("owwow", 2))
        self.assertFalse(self.judge("owwow", 1))


class ExitCode(unittest.TestCase):
    """What the verdicts of a story do, whatever its chapters are."""

    def end(self, chapters: Any, as_json: bool = False) -> Any:
        """Exit code, stdout, stderr and the verdicts of summary.json."""
        with tempfile.TemporaryDirectory() as out, \
                contextlib.redirect_stdout(io.StringIO()) as said, \
                contextlib.redirect_stderr(io.StringIO()) as complained, \
                mock.patch("onlyleads.demo.story.write_report"):
            story = mock.MagicMock(
                options=argparse.Namespace(out=Path(out), json=as_json), numbers={},
                verdicts=Verdicts(Told()))
            story._chapters = lambda: chapters(story.verdicts)
            code = Story.tell(story)
            found = json.loads((Path(out) / "summary.json").read_text(encoding="utf-8"))["verdicts"]
        return code, said.getvalue(), complained.getvalue(), found

    def test_it_is_0_when_every_verdict_is_good(self) -> None:
        def chapters(verdicts: Verdicts) -> None:
            for name in MEANING:
                verdicts.judge(name, True, "well")
        self.assertEqual(self.end(chapters), (0, "", "", {name: True for name in MEANING}))

    def test_one_bad_verdict_makes_it_1_and_is_named(self) -> None:
        for bad in MEANING:
            with self.subTest(verdict=bad):
                def chapters(verdicts: Verdicts) -> None:
                    for name in MEANING:
                        verdicts.judge(name, name != bad, "said")
                code, _, complained, found = self.end(chapters)
                self.assertEqual(code, 1)
                self.assertEqual(complained, f"demo: not as promised: {bad} ({MEANING[bad]})\n")
                self.assertEqual([name for name, good in found.items() if not good], [bad])

    def test_stdout_stays_one_document(self) -> None:
        code, said, complained, found = self.end(
            lambda verdicts: verdicts.judge("erasure", False, "back"), as_json=True)
        self.assertEqual((code, json.loads(said)["verdicts"]), (1, {"erasure": False}))
        self.assertIn("erasure", complained)
        self.assertEqual(found, {"erasure": False})

    def test_what_is_bad_is_said_as_bad(self) -> None:
        screen = Told()
        verdicts = Verdicts(screen)
        verdicts.judge("ledger", 1, "equal")
        verdicts.judge("audit", None, "damaged")
        self.assertEqual((screen.goods, screen.bads), (["equal"], ["damaged"]))
        self.assertEqual(verdicts.found, {"ledger": True, "audit": False})

    def test_no_chapter_says_bad_past_the_verdicts(self) -> None:
        for path in Path(ol.__file__).parent.glob("demo/*.py"):
            if path.name not in ("verdicts.py", "screen.py"):
                self.assertNotRegex(path.read_text(encoding="utf-8"), r"\bscreen\.(good|bad)\b",
                                    path.name)

    def test_the_manual_lists_every_verdict(self) -> None:
        manual = (Path(__file__).resolve().parents[2] / "docs/demo.md").read_text(encoding="utf-8")
        listed = manual.split("## Verdicts")[1].split("\n## ")[0]
        self.assertEqual(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE), list(MEANING))


class ContractEnd(unittest.TestCase):
    """The chapters of the usage log and of the customer who leaves, on an engine that sends nothing."""

    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.out = Path(held.name)
        self.memory = Memory(self.out, False)
        self.engine = ol.open(self.out / "leads.db", clock=lambda: FIRST_INSTANT_US + DAY_US,
                              profile=offer.PROFILE)
        self.addCleanup(self.engine.close)
        self.ws = self.engine.create_organization("Stays Ltd")
        self.member = self.ws.members.add("Vera Stays", "vera@stays.example")
        self.ws.senders.connect(self.member, "acc-stays", "http://127.0.0.1:9", "key", "secret")
        (self.out / SECOND_FILE).write_text("First Name,Last Name,Company,Title,LinkedIn URL\n"
                                            "Ann,Same,Same Ltd,CEO,https://linkedin.com/in/ann-same\n")
        import_file(self.ws, self.out / SECOND_FILE, lambda *counts: None)
        team = SimpleNamespace(ws=self.ws, name="Stays Ltd", member="Vera Stays")
        screen = Told()
        self.story = SimpleNamespace(
            engine=self.engine, memory=self.memory, screen=screen, verdicts=Verdicts(screen),
            start_us=FIRST_INSTANT_US, teams=[team], acme=team,
            options=SimpleNamespace(out=self.out), world=SimpleNamespace(url="http://127.0.0.1:9"))

    def test_the_customer_who_leaves_takes_everything_along(self) -> None:
        told = departure.tell_departure(self.story)
        self.assertTrue(told["good"], told)
        self.assertEqual(self.story.verdicts.found, {"departure": True})
        self.assertEqual((told["people"], told["visits"]), (1, 3))
        self.assertEqual((told["names_before"], told["names_left"]), (3, 0))
        self.assertEqual([row["name"] for row in self.engine.organizations()], ["Stays Ltd"])
        text = (self.out / departure.FILE).read_text()
        for kept in (offer.DEPARTING["member"], "ann-same", "192.0.2.17"):
            self.assertIn(kept, text)
        self.assertEqual(departure.tell_departure(self.story), told)

    def test_a_deletion_that_was_killed_goes_on(self) -> None:
        handed = self.memory.once("departure file", lambda: departure._hand_out(self.story))
        departure._depart(self.story, handed["org_id"])
        self.assertTrue(departure.tell_departure(self.story)["good"])

    def test_a_change_of_the_others_is_noticed(self) -> None:
        self.memory.once("others before departure", lambda: departure._others(self.story))
        self.ws.prospects.restrict(next(iter(self.ws.prospects.list())).id)
        told = departure.tell_departure(self.story)
        self.assertEqual((told["untouched"], told["good"]), (False, False))
        self.assertEqual(self.story.verdicts.found, {"departure": False})

    def test_a_name_that_is_left_is_noticed(self) -> None:
        self.ws.members.add(offer.DEPARTING["member"])
        told = departure.tell_departure(self.story)
        self.assertEqual(told["names_left"], 1)
        self.assertFalse(told["good"])

    def test_visits_are_recorded_once_and_only_the_old_one_goes(self) -> None:
        self.assertEqual(visits.record(self.ws, self.member, FIRST_INSTANT_US), 3)
        told = visits.tell_visits(self.story)
        self.assertEqual(told, {"recorded": 3, "due": 1, "kept": 2, "good": True})
        self.assertEqual(visits.tell_visits(self.story), told)
        self.assertEqual(self.ws.prospects.count(), 1)


class Manners(unittest.TestCase):
    def demo(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = {k: v for k, v in os.environ.items() if k != "ONLYLEADS_SANDBOX_URL"}
        with tempfile.TemporaryDirectory() as out:
            return subprocess.run([sys.executable, "-m", "onlyleads", "demo", "--out", out,
                                   *arguments], env=environment, capture_output=True, text=True)

    def test_without_a_sandbox_it_says_how_to_name_one(self) -> None:
        done = self.demo()
        self.assertEqual(done.returncode, 2)
        self.assertIn("--sandbox", done.stderr)
        self.assertIn("ONLYLEADS_SANDBOX_URL", done.stderr)

    def test_a_sandbox_that_does_not_answer_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            (Path(data) / "a.csv").write_text("Email\n")
            done = self.demo("--data", data, "--sandbox", "http://127.0.0.1:9")
        self.assertEqual(done.returncode, 2)
        self.assertIn("http://127.0.0.1:9", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_a_directory_without_exports_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            done = self.demo("--data", data, "--sandbox", "http://127.0.0.1:9")
        self.assertEqual(done.returncode, 2)
        self.assertIn(data, done.stderr)

    def test_a_wrong_option_is_told_in_one_line(self) -> None:
        done = self.demo("--nonsense", "a0@firm.example")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"\Aonlyleads: unrecognized arguments: --nonsense \([^\n@]+\)\n\Z")


if __name__ == "__main__":
    unittest.main()
