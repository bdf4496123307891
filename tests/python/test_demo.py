"""The demo's judgement and its manners: what counts as lost or twice, and what it says when it cannot
begin. Needs no sandbox."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

from onlyleads.demo import DemoError, ledger
from onlyleads.demo.clock import DAY_US, FIRST_INSTANT_US, Clock, next_start
from onlyleads.demo.imports import Exports
from onlyleads.demo.memory import Memory


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


class Manners(unittest.TestCase):
    def demo(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = {k: v for k, v in os.environ.items() if k != "ONLYLEADS_SANDBOX_URL"}
        with tempfile.TemporaryDirectory() as out:
            return subprocess.run([sys.executable, "-m", "onlyleads", "demo", "--out", out,
                                   *arguments], env=environment, capture_output=True, text=True)

    def test_without_a_sandbox_it_says_how_to_name_one(self) -> None:
        done = self.demo()
        self.assertEqual(done.returncode, 1)
        self.assertIn("--sandbox", done.stderr)
        self.assertIn("ONLYLEADS_SANDBOX_URL", done.stderr)

    def test_a_sandbox_that_does_not_answer_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            (Path(data) / "a.csv").write_text("Email\n")
            done = self.demo("--data", data, "--sandbox", "http://127.0.0.1:9")
        self.assertEqual(done.returncode, 1)
        self.assertIn("http://127.0.0.1:9", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_a_directory_without_exports_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as data:
            done = self.demo("--data", data, "--sandbox", "http://127.0.0.1:9")
        self.assertEqual(done.returncode, 1)
        self.assertIn(data, done.stderr)


if __name__ == "__main__":
    unittest.main()
