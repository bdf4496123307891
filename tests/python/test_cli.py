"""The command line as a user has it: a program with arguments, two streams and an exit code."""

import contextlib
import io
import json
import os
import pathlib
import pty
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import onlyleads as ol
from onlyleads import cli
from onlyleads.cli import exits

HEADER = "First Name,Last Name,Company,Title,Person Linkedin Url,Email,Country\n"
CARD = {"factors": [{"name": "decides", "field": "title", "points": 40, "any_of": ["ceo"]}]}
IMPORT = ("--source", "Fair", "--basis", "legitimate_interests")
VERBS = ("import", "score", "plan", "run", "inbox", "erase", "access", "sweep", "audit", "doctor")
PERSONAL = ("Ann0", "Person", "a0@firm.example", "ann-0")


class Cli(unittest.TestCase):
    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)
        self.db = self.folder / "leads.db"
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("ONLYLEADS_")}

    def run_cli(self, *arguments, stdin=b"", db=True, **more):
        """(code, stdout, stderr)"""
        command = [sys.executable, "-m", "onlyleads", *map(str, arguments)]
        if db:
            command += ["--db", str(self.db)]
        done = subprocess.run(command, input=stdin, capture_output=True, env=self.environment, **more)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def good(self, *arguments, **more):
        code, out, err = self.run_cli(*arguments, **more)
        self.assertEqual((code, err), (exits.OK, ""), out)
        return out

    def erasing(self):
        """A child that is about to ask at a terminal, and that terminal's other end."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "onlyleads", "erase", "--email", "a0@firm.example", "--db",
             str(self.db)], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.environment)
        os.close(slave)
        return process, master

    def json(self, *arguments, **more):
        return json.loads(self.good(*arguments, "--json", **more))

    def lines(self, *arguments, **more):
        return [json.loads(line) for line in self.good(*arguments, "--json", **more).splitlines()]

    def bad(self, code, *arguments, **more):
        got, out, err = self.run_cli(*arguments, **more)
        self.assertEqual(got, code, out + err)
        self.assertRegex(err, r"\Aonlyleads: [^\n]+\n\Z")
        for word in PERSONAL:
            self.assertNotIn(word, err)
        return err

    def called(self, *arguments, stdin=b""):
        """The same without a process, for tables of what opens no database."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), \
                mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))), \
                mock.patch.dict(os.environ, self.environment, clear=True):
            try:
                code = cli.main([*map(str, arguments), "--db", str(self.db)])
            except SystemExit as end:
                code = end.code
        return code, out.getvalue(), err.getvalue()

    def refused(self, code, *arguments, **more):
        """Refused in one line, with nothing told and nothing made; the line."""
        got, out, err = self.called(*arguments, **more)
        self.assertEqual((got, out), (code, ""), err)
        self.assertRegex(err, r"\Aonlyleads: [^\n]+\n\Z")
        self.assertFalse(self.db.exists() or pathlib.Path(f"{self.db}.key").exists())
        return err

    def people(self, number=3, name="people.csv"):
        rows = [f"Ann{n},Person,Firm {n},CEO,https://www.linkedin.com/in/ann-{n},a{n}@firm.example,GB\n"
                for n in range(number)]
        path = self.folder / name
        path.write_text(HEADER + "".join(rows), encoding="utf-8")
        return path

    def filled(self, number=3):
        return self.json("import", self.people(number), *IMPORT, "--new-org", "Acme Ltd", "--org",
                         "acme")

    def outdated(self, number=3):
        """People who were used last 800 days ago."""
        old_us = time.time_ns() // 1000 - 800 * 86_400_000_000
        with ol.open(self.db, clock=lambda: old_us) as engine:
            engine.create_organization("Acme").prospects.import_csv(
                self.people(number), source="Fair", lawful_basis="legitimate_interests")

    def card(self):
        path = self.folder / "card.json"
        path.write_text(json.dumps(CARD))
        return path


class Importing(Cli):
    def test_it_makes_the_database_and_counts_every_row(self) -> None:
        report = self.filled()
        self.assertEqual({key: report[key] for key in ("rows", "created", "rejected", "resumed")},
                         {"rows": 3, "created": 3, "rejected": 0, "resumed": False})
        again = self.json("import", self.people(), *IMPORT)
        self.assertEqual((again["created"], again["unchanged"]), (0, 3))
        self.assertEqual(again["org_id"], report["org_id"])

    def test_people_are_named_nowhere(self) -> None:
        told = self.good("import", self.people(), *IMPORT, "--new-org", "Acme")
        told += self.good("score", self.card()) + self.good("plan") + self.good("doctor")
        told += self.good("audit", "--entries")
        for word in PERSONAL:
            self.assertNotIn(word, told)

    def test_rejects_are_listed_without_their_text(self) -> None:
        path = self.folder / "bad.csv"
        path.write_text(HEADER + "Secretname,,,,,not an address,\n" * 3)
        report = self.json("import", path, *IMPORT, "--new-org", "Acme", "--rejects", "2")
        self.assertEqual((report["rejected"], len(report["rejects"])), (3, 2))
        self.assertNotIn("Secretname", json.dumps(report))
        self.assertIn("--rejects N", self.good("import", path, *IMPORT, "--rejects", "1"))

    def test_preview_needs_no_database(self) -> None:
        told = self.json("import", self.people(), "--preview", db=False)
        self.assertEqual(told["mapping"][0], "first_name")
        self.assertFalse(self.db.exists())

    def test_what_is_missing_is_asked_for(self) -> None:
        self.assertIn("--source", self.bad(exits.USAGE, "import", self.people(), "--basis", "x"))
        self.assertIn("--db", self.bad(exits.USAGE, "import", self.people(), *IMPORT, db=False))
        self.assertIn("no database", self.bad(exits.NOT_FOUND, "import", self.people(), *IMPORT))
        self.bad(exits.USAGE, "import", self.people(), "--source", "x", "--basis", "fun",
                 "--new-org", "A")
        self.bad(exits.USAGE, "import", self.people(), *IMPORT, "--country", "GB")

    def test_a_file_that_is_not_there_makes_no_database(self) -> None:
        self.bad(exits.STORAGE, "import", self.folder / "none.csv", *IMPORT, "--new-org", "A")
        self.bad(exits.STORAGE, "import", self.folder, *IMPORT, "--new-org", "A")
        self.assertFalse(self.db.exists())

    def test_the_same_command_again_means_the_same_organization(self) -> None:
        command = ("import", self.people(), *IMPORT, "--new-org", "Acme Ltd")
        first = self.json(*command)
        self.json("erase", "--email", "a1@firm.example", "--yes")
        again = self.json(*command)
        self.assertEqual((again["org_id"], again["created"], again["suppressed"]),
                         (first["org_id"], 0, 1))
        other = self.json(*command[:-1], "Other Ltd")
        self.assertNotEqual(other["org_id"], first["org_id"])
        with ol.open(self.db) as engine:
            engine.create_organization("Acme Ltd")
        self.assertIn("--org", self.bad(exits.USAGE, *command))

    def test_a_preview_shows_columns_and_no_person(self) -> None:
        path = self.folder / "headless.csv"
        path.write_text("Ann0,Person,a0@firm.example\nAnn1,Person,a1@firm.example\n")
        self.assertIn("line 1", self.bad(exits.USAGE, "import", path, "--preview", db=False))

    def test_the_database_may_come_from_the_environment(self) -> None:
        self.filled()
        self.environment["ONLYLEADS_DB"] = str(self.db)
        self.assertEqual(self.json("score", self.card(), db=False)["scored"], 3)

    def test_an_interrupt_ends_it_with_130_and_the_rest_can_follow(self) -> None:
        path = self.people(200_000)
        process = subprocess.Popen(
            [sys.executable, "-m", "onlyleads", "import", str(path), *IMPORT, "--new-org", "A",
             "--db", str(self.db)], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        # It has begun for certain once the database is there and grows.
        wal = pathlib.Path(f"{self.db}-wal")
        while process.poll() is None and not (wal.exists() and wal.stat().st_size > 2_000_000):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        self.assertEqual(process.returncode, exits.INTERRUPTED, err)
        self.assertRegex(err.decode(), r"\Aonlyleads: interrupted[^\n]*\n\Z")


class Terminal(Cli):
    def terminal(self, *arguments):
        """stdout of a command whose stderr is a terminal, and what that terminal got."""
        master, slave = pty.openpty()
        environment = {**self.environment, "TERM": "xterm"}
        process = subprocess.Popen(
            [sys.executable, "-m", "onlyleads", *map(str, arguments), "--db", str(self.db)],
            stdout=subprocess.PIPE, stderr=slave, stdin=subprocess.DEVNULL, env=environment)
        os.close(slave)
        out, shown = process.stdout.read(), b""
        process.wait()
        try:
            while chunk := os.read(master, 65536):
                shown += chunk
        except OSError:
            pass  # a terminal without a program at its other end
        os.close(master)
        process.stdout.close()
        self.assertEqual(process.returncode, exits.OK, shown)
        return out.decode(), shown.decode()

    def nothing(self) -> None:
        for path in self.folder.glob(self.db.name + "*"):
            path.unlink()

    def more_people_than_one_transaction_removes(self) -> None:
        self.nothing()
        self.outdated(600)

    def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(self) -> None:
        bars = {
            "importing": (self.nothing, ("import", self.people(20_000, "many.csv"), *IMPORT,
                                         "--new-org", "A"), lambda told: told["rows"] == 20_000),
            "removing": (self.more_people_than_one_transaction_removes, ("sweep", "--yes"),
                         lambda told: told["done"]["people"] == 600)}
        for bar, (begin, arguments, done) in bars.items():
            with self.subTest(bar=bar):
                begin()
                out, shown = self.terminal(*arguments, "--json")
                self.assertRegex(shown, bar + r" \[#+\.*\] +\d+ % [\d,]+ rows")
                self.assertTrue(shown.endswith("\r\x1b[K"), "the bar is not cleared")
                self.assertTrue(done(json.loads(out)), out)
                begin()
                self.assertTrue(done(self.json(*arguments)))
        drawn = re.compile(r"\bProgress\(\"(\w+)\"")
        self.assertEqual(sorted(bars), sorted(
            name for path in pathlib.Path(cli.__file__).parent.glob("*.py")
            for name in drawn.findall(path.read_text(encoding="utf-8"))), "a bar is not tested")

    def asked(self, answer):
        """Code and both streams of erasing somebody whose question is answered so."""
        process, master = self.erasing()
        os.write(master, answer)
        out, err = process.communicate(timeout=60)
        os.close(master)
        return process.returncode, out.decode(), err.decode()

    def test_only_a_yes_erases(self) -> None:
        self.filled()
        for answer in (b"n\n", b"\n", b"\x04"):
            code, out, err = self.asked(answer)
            self.assertEqual((code, out), (exits.FINDINGS, ""), err)
            self.assertIn("nothing was erased", err)
        code, out, err = self.asked(b"y\n")
        self.assertEqual(code, exits.OK, err)
        self.assertIn("Erased", out)
        self.bad(exits.NOT_FOUND, "access", "--email", "a0@firm.example")

    def test_a_narrow_terminal_cuts_no_id(self) -> None:
        self.filled()
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "onlyleads", "audit", "--entries", "--db", str(self.db)],
            stdout=slave, stdin=subprocess.DEVNULL,
            env={**self.environment, "TERM": "xterm", "COLUMNS": "60"})
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # a terminal without a program at its other end
            while chunk := os.read(master, 65536):
                shown += chunk
        os.close(master)
        self.assertEqual(process.wait(), exits.OK)
        self.assertIn("subject_id".encode(), shown.replace(b"\n", b""))
        self.assertNotIn("\u2026".encode(), shown)


class Streams(Cli):
    """Standard streams that are full, closed, or speak another encoding."""

    def shell(self, redirection, *arguments, **environment):
        """(code, stdout, stderr) of a command with this behind it."""
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "onlyleads",
             *map(str, arguments), "--db", str(self.db)], stdin=subprocess.DEVNULL,
            capture_output=True, env={**self.environment, **environment})
        return done.returncode, done.stdout, done.stderr.decode()

    def test_a_full_stdout_is_one_line_and_6(self) -> None:
        self.filled()
        for unbuffered in ("", "1"):
            for command in (("score", self.card(), "--json"), ("audit",), ("--help",)):
                with self.subTest(command=command, unbuffered=unbuffered):
                    code, _, err = self.shell(">/dev/full", *command, PYTHONUNBUFFERED=unbuffered)
                    self.assertEqual(code, exits.STORAGE, err)
                    self.assertRegex(err, r"\Aonlyleads: stdout: no space [^\n]+ stays\n\Z")

    def test_a_full_or_closed_stderr_keeps_the_code(self) -> None:
        for unbuffered in ("", "1"):
            for redirection in ("2>/dev/full", "2>&-"):
                with self.subTest(redirection=redirection, unbuffered=unbuffered):
                    self.assertEqual(
                        self.shell(redirection, "audit", "--json", PYTHONUNBUFFERED=unbuffered),
                        (exits.NOT_FOUND, b"", ""))
        code, out, err = self.shell("2>&-", "import", self.people(), *IMPORT, "--new-org", "A",
                                    "--json")
        self.assertEqual((code, json.loads(out)["created"], err), (exits.OK, 3, ""))

    def test_a_closed_stdout_is_no_defect(self) -> None:
        self.filled()
        self.assertEqual(self.shell(">&-", "score", self.card(), "--json"), (exits.OK, b"", ""))

    def test_json_is_utf8_whatever_the_terminal_speaks(self) -> None:
        path = self.folder / "names.csv"
        path.write_text("First Name,Email\n\u00c4nn,a@firm.example\n", encoding="utf-8")
        self.json("import", path, *IMPORT, "--new-org", "A")
        for form in ((), ("--json",)):
            code, out, err = self.shell("", "access", "--email", "a@firm.example", *form,
                                        PYTHONIOENCODING="ascii")
            self.assertEqual((code, err), (exits.OK, ""))
            self.assertIn("\u00c4nn", json.dumps(json.loads(out.decode("utf-8")),
                                                ensure_ascii=False))


class Daily(Cli):
    def test_score_tells_the_best_with_their_factors(self) -> None:
        self.filled()
        told = self.json("score", self.card(), "--top", "2")
        self.assertEqual((told["scored"], len(told["top"])), (3, 2))
        self.assertEqual(told["top"][0]["factors"], [{"name": "decides", "points": 40}])
        self.assertEqual(self.json("score", "-", stdin=json.dumps(CARD).encode())["scored"], 3)
        self.bad(exits.USAGE, "score", "-", stdin=b"[]")
        self.bad(exits.USAGE, "score", "-", stdin=b"{")
        self.bad(exits.USAGE, "score", "-", stdin=b'{"factors": 1}')

    def test_an_organization_is_found_by_id_or_reference_or_as_the_only_one(self) -> None:
        org_id = self.filled()["org_id"]
        for wanted in ((), ("--org", org_id), ("--org", org_id.upper()), ("--org", "acme")):
            self.assertEqual(self.json("score", self.card(), *wanted)["scored"], 3)
        self.bad(exits.NOT_FOUND, "score", self.card(), "--org", "nobody")
        with ol.open(self.db) as engine:
            engine.create_organization("Second")
        self.assertIn("2 organizations", self.bad(exits.USAGE, "score", self.card()))

    def test_run_says_when_to_come_back(self) -> None:
        self.filled()
        report = self.json("run", "--max-ms", "1000", "--max-calls", "0")
        self.assertEqual((report["sent"], report["next_due_us"]), (0, None))
        self.assertIn("nothing waits", self.good("run"))

    def test_an_empty_inbox_and_plan_say_so(self) -> None:
        self.filled()
        self.assertIn("No replies", self.good("inbox"))
        self.assertIn("Nobody is enrolled", self.good("plan"))
        self.assertEqual(self.good("inbox", "--json") + self.good("plan", "--json"), "")
        self.bad(exits.NOT_FOUND, "plan", "--campaign", "spring")

    def test_a_strange_webhook_is_refused(self) -> None:
        self.filled()
        self.bad(exits.USAGE, "inbox", "--ingest", "unipile", stdin=b"{")
        self.bad(exits.USAGE, "inbox", "--ingest", "unipile", "--header", "x", stdin=b"{}")
        self.bad(exits.USAGE, "inbox", "--ingest", "unipile", "--label", "reply", stdin=b"{}")
        self.bad(exits.USAGE, "inbox", "--secret-header", "X")

    def test_org_is_refused_where_it_would_change_nothing(self) -> None:
        for command in (("run",), ("audit",), ("doctor",), ("inbox", "--ingest", "unipile")):
            self.assertIn("--org", self.bad(exits.USAGE, *command, "--org", "acme"))


class Rights(Cli):
    def test_erase_wants_a_yes_and_is_final(self) -> None:
        self.filled()
        person = ("--email", "a0@firm.example")
        self.assertIn("--yes", self.bad(exits.USAGE, "erase", *person))
        done = self.json("erase", "--email", "-", "--yes", stdin=b"a0@firm.example\n")
        self.assertTrue(done["erased"])
        self.assertEqual((done["on_their_way"], done["residue_pending"]), ([], 0))
        self.bad(exits.NOT_FOUND, "erase", *person, "--yes")
        self.bad(exits.NOT_FOUND, "erase", "--id", done["prospect_id"], "--yes")
        again = self.json("import", self.people(), *IMPORT)
        self.assertEqual((again["suppressed"], again["unchanged"]), (1, 2))

    def test_one_person_is_named_in_one_way(self) -> None:
        self.filled()
        self.bad(exits.USAGE, "erase", "--yes")
        self.bad(exits.USAGE, "erase", "--id", "x", "--email", "y", "--yes")
        self.bad(exits.USAGE, "erase", "--id", "x", "--yes")

    def test_access_is_the_document_of_one_person(self) -> None:
        self.filled()
        told = json.loads(self.good("access", "--linkedin", "https://www.linkedin.com/in/ann-0"))
        self.assertEqual(told["format"], "onlyleads.access/1")
        self.assertIn("Ann0", json.dumps(told))
        self.assertNotIn("Ann1", json.dumps(told))
        path = self.folder / "copy.json"
        self.good("access", "--email", "a0@firm.example", "--out", path)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(path.read_text())["data"]["prospects"], told["data"]["prospects"])
        self.bad(exits.REFUSED, "access", "--email", "a0@firm.example", "--out", path)
        self.bad(exits.NOT_FOUND, "access", "--email", "nobody@firm.example")

    def test_a_copy_is_whole_or_not_there(self) -> None:
        self.filled()
        path = self.folder / "copy.json"
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            code, _, err = self.called("access", "--email", "a0@firm.example", "--out", path)
        self.assertEqual((code, err),
                         (exits.STORAGE, f"onlyleads: {path}: no space left on device\n"))
        self.assertFalse(path.exists())
        self.good("access", "--email", "a0@firm.example", "--out", path)

    def test_a_hold_refuses_an_erasure(self) -> None:
        self.filled()
        with ol.open(self.db) as engine:
            ws = engine.workspace(engine.organizations()[0].org_id)
            ws.holds.place(None, "claim_1")
        self.bad(exits.REFUSED, "erase", "--email", "a0@firm.example", "--yes")

    def test_sweep_removes_only_after_a_yes(self) -> None:
        self.outdated()
        dry = self.json("sweep")
        self.assertEqual((dry["due"] >= 3, dry["done"]), (True, None))
        self.assertEqual(self.json("sweep"), dry)
        self.assertEqual(self.json("sweep", "--inactive-days", "900")["due"], dry["due"] - 3)
        self.assertIn("--yes", self.good("sweep"))
        self.assertEqual(self.json("sweep", "--yes")["done"]["people"], 3)
        self.assertIn("Nothing is past", self.good("sweep"))


class Health(Cli):
    def states(self, *arguments):
        code, out, err = self.run_cli("doctor", "--json", *arguments)
        self.assertEqual(err, "")
        told = json.loads(out)
        self.assertEqual(code, exits.OK if told["ok"] else exits.FINDINGS)
        return {row["check"]: row for row in told["checks"]}

    def test_a_new_database_is_well(self) -> None:
        self.filled()
        self.json("run")
        found = self.states()
        self.assertEqual({row["state"] for row in found.values()}, {"ok"})
        self.assertTrue({"database file", "key file", "opening", "audit", "sub-processors", "clock",
                         "zone data", "erasures", "ledger", "organization acme"} <= set(found))

    def test_what_is_wrong_is_found_and_advised(self) -> None:
        self.filled()
        key = pathlib.Path(f"{self.db}.key")
        key.chmod(0o644)
        self.assertEqual(self.states()["key file"]["state"], "failure")
        self.assertIn("chmod 600", self.states()["key file"]["advice"])
        key.chmod(0o600)
        kept = key.read_bytes()
        key.write_bytes(bytes(len(kept)))
        self.assertEqual(self.states()["opening"]["state"], "failure")
        key.write_bytes(kept)
        self.db.write_bytes(b"no database" * 1000)
        self.assertIn("something else", self.states()["opening"]["advice"])
        self.db.unlink()
        self.assertEqual(self.states()["database file"]["state"], "failure")
        self.assertNotIn("opening", self.states())
        self.db.symlink_to(self.db.name)
        self.assertNotIn("is not there", self.states()["database file"]["told"])
        self.db = self.folder / "nowhere" / "leads.db"
        self.assertIn("is not there", self.states()["database file"]["told"])

    def test_a_clock_behind_the_database_is_found(self) -> None:
        ahead_us = time.time_ns() // 1000 + 86_400_000_000
        with ol.open(self.db, clock=lambda: ahead_us) as engine:
            engine.create_organization("Acme")
        self.assertEqual(self.states()["clock"]["state"], "failure")

    def test_a_damaged_audit_is_the_answer_no(self) -> None:
        self.filled()
        self.json("run")
        self.assertTrue(self.json("audit")["intact"])
        other = sqlite3.connect(self.db)
        with other:
            other.execute("UPDATE audit_entries SET verb = 'import.begin' WHERE verb = 'import.start'")
        other.close()
        code, out, _ = self.run_cli("audit", "--json")
        self.assertEqual((code, json.loads(out)["problem"]), (exits.FINDINGS, "changed"))
        self.assertEqual(self.states()["audit"]["state"], "failure")
        code, out, err = self.run_cli("audit", "--entries", "--json")
        self.assertEqual(code, exits.FINDINGS)
        self.assertRegex(err, r"\Aonlyleads: Damaged: changed, [^\n]+\n\Z")
        self.assertTrue(all("seq" in json.loads(line) for line in out.splitlines()))

    def test_a_key_of_the_hosts_own(self) -> None:
        key = self.folder / "host.key"
        # Whatever bytes a host has: its key is none the shorter for a blank at its end.
        held = b" \n\t" + bytes(range(256)) + b"sixteen bytes or more\n"
        key.write_bytes(held)
        self.json("import", self.people(), *IMPORT, "--new-org", "A", "--key-file", key)
        self.assertFalse(pathlib.Path(f"{self.db}.key").exists())
        key.chmod(0o600)
        self.assertEqual(self.states("--key-file", key)["key file"]["state"], "ok")
        key.chmod(0o644)
        self.assertEqual(self.states("--key-file", key)["key file"]["state"], "warning")
        self.bad(exits.STORAGE, "audit")
        with ol.open(self.db, key=held) as engine:
            self.assertTrue(engine.audit.verify().intact)
        with self.assertRaises(ol.Error) as caught:
            ol.open(self.db, key=held.strip())
        self.assertEqual(caught.exception.code, "OL_KEY_MISMATCH")


class Readme(Cli):
    def test_its_commands_work(self) -> None:
        block = re.search(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"),
                          re.MULTILINE | re.DOTALL)
        commands = [shlex.split(line) for line in block[1].splitlines()]
        self.assertEqual([command[1] for command in commands], ["import", "plan", "run", "doctor"])
        (self.folder / "examples").symlink_to(ROOT / "examples")
        for program, *arguments in commands:
            self.assertEqual(program, "onlyleads")
            self.good(*arguments, db=False, cwd=self.folder)


class Manners(Cli):
    def test_every_verb_helps(self) -> None:
        for verb in VERBS:
            out = self.good(verb, "--help", db=False)
            self.assertIn("--json", out)
            self.assertGreater(len(out), 500)
        top = self.good("--help", db=False)
        for verb in VERBS + ("demo",):
            self.assertIn(f"    {verb} ", top)
        self.assertIn("exit codes", top)
        self.assertRegex(self.good("--version", db=False), r"^onlyleads \d+\.\d+")

    def test_usage_is_one_line_and_2(self) -> None:
        for wrong in ((), ("fly",), ("run", "--max-ms", "soon"), ("run", "--max-ms", "-1"),
                      ("plan", "--profile", "loose"), ("a0@firm.example",),
                      ("erase", "--id", "x", "a0@firm.example")):
            self.bad(exits.USAGE, *wrong)
        self.bad(exits.NOT_FOUND, "audit", "--db", "no\nne.db", db=False)

    def test_json_is_everywhere(self) -> None:
        self.filled()
        one = ("--email", "a0@firm.example")
        commands = {"import": [(self.people(), *IMPORT), (self.people(), "--preview")],
                    "score": [(self.card(),)], "plan": [()], "run": [()], "inbox": [()],
                    "access": [one, (*one, "--out", self.folder / "copy.json")],
                    "sweep": [(), ("--yes",)], "audit": [(), ("--entries",)], "doctor": [()],
                    "erase": [(*one, "--yes")]}
        self.assertEqual(set(commands), set(VERBS))
        for verb, ways in commands.items():
            for way in ways:
                with self.subTest(verb=verb, way=way):
                    told = self.lines(verb, *way)
                    if (verb, *way) not in (("plan",), ("inbox",)):  # nobody is enrolled or wrote
                        self.assertTrue(told and all(isinstance(line, dict) for line in told))

    def test_options_stand_before_or_after_the_verb(self) -> None:
        self.filled()
        self.json("run")
        self.assertEqual(self.good("--db", self.db, "--json", "run", "--max-calls", "0", db=False),
                         self.good("run", "--max-calls", "0", "--json"))

    def test_a_busy_database_is_3(self) -> None:
        self.filled()
        holder = sqlite3.connect(self.db, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        self.bad(exits.BUSY, "score", self.card(), "--busy-timeout-ms", "50")
        holder.execute("ROLLBACK")
        holder.close()
        self.json("score", self.card())

    def test_a_directory_is_no_database(self) -> None:
        self.db.mkdir()
        self.bad(exits.STORAGE, "run")

    def test_a_reader_that_goes_away_is_no_error(self) -> None:
        self.filled(3000)
        process = subprocess.Popen(
            [sys.executable, "-m", "onlyleads", "score", str(self.card()), "--top", "3000", "--json",
             "--db", str(self.db)], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        self.assertEqual((process.wait(), err), (exits.PIPE, b""))

    def test_an_interrupt_is_130_wherever_it_comes(self) -> None:
        given = {"import": [self.people()], "score": [self.card()], "erase": ["--id", "x"],
                 "access": ["--id", "x"]}
        places = {"import": "outreach.import_", "audit": "health.audit", "doctor": "health.doctor",
                  **{verb: f"rights.{verb}" for verb in ("erase", "access", "sweep")},
                  **{verb: f"outreach.{verb}" for verb in ("score", "plan", "run", "inbox")}}
        self.assertEqual(set(places), set(VERBS))
        cases = [(verb, f"onlyleads.cli.{place}") for verb, place in places.items()]
        cases += [("audit", "onlyleads.cli.parser"), ("audit", "onlyleads.cli.Output"),
                  ("audit", "onlyleads.cli.health.open_engine"), ("demo", "onlyleads.demo.main"),
                  ("demo", "onlyleads.demo.arguments"), ("demo", "onlyleads.demo.story.Story")]
        for verb, place in cases:
            with self.subTest(verb=verb, place=place), \
                    mock.patch(place, side_effect=KeyboardInterrupt):
                if verb == "demo":
                    with contextlib.redirect_stderr(io.StringIO()) as told:
                        code, err = cli.main(["demo"]), told.getvalue()
                else:
                    code, _, err = self.called(verb, *given.get(verb, ()))
                self.assertEqual(code, exits.INTERRUPTED, err)
                self.assertRegex(err, r"\A(onlyleads|demo): interrupted[^\n]*\n\Z")

    def test_an_interrupt_at_a_question_is_a_no_and_130(self) -> None:
        self.filled(1)
        process, master = self.erasing()
        asked = b""
        while not asked.endswith(b"[y/N] ") and (read := os.read(process.stderr.fileno(), 4096)):
            asked += read
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        os.close(master)
        self.assertEqual(process.returncode, exits.INTERRUPTED, asked + err)
        self.assertRegex(err, rb"\Aonlyleads: interrupted[^\n]*\n\Z")
        self.assertEqual(len(json.loads(self.good("access", "--email", "a0@firm.example"))["data"]
                             ["prospects"]), 1)

    def test_a_defect_shows_no_data(self) -> None:
        probe = ("import onlyleads.cli as c; c.outreach.score = None\n"
                 "def broken(*_): raise ValueError('Ann0')\n"
                 "c.outreach.run = broken\nimport sys; sys.exit(c.main(['run', '--db', 'x']))")
        done = subprocess.run([sys.executable, "-c", probe], env=self.environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, exits.INTERNAL)
        self.assertRegex(done.stderr, r"\Aonlyleads: internal error: ValueError;[^\n]*\n\Z")

    def test_every_primary_code_has_an_exit(self) -> None:
        primary = {name: int(number) for name, number
                   in re.findall(r"^#define (OL_\w+) (\d+)$", CODES, re.MULTILINE)}
        detailed = re.findall(r"^#define (OL_\w+) \((OL_\w+) \| \((\d+) << 8\)\)$", CODES,
                              re.MULTILINE)
        self.assertEqual((len(primary), len(detailed)), (21, CODES.count("#define OL_") - 21))
        self.assertEqual(set(exits.OF_PRIMARY), set(primary.values()) - {0})
        told = {code: int(number) for number, codes
                in re.findall(r"^\| `(\d+)` \| [^|]*\|([^|]*)\|$", MANUAL, re.MULTILINE)
                for code in re.findall(r"`(OL_\w+)`", codes)}
        self.assertEqual(told, {name: exits.OF_PRIMARY.get(number, exits.OK)
                                for name, number in primary.items()})
        for name, number in primary.items():
            if number:
                self.assertEqual(exits.of(ol.Error("x", name, number)), told[name])
        for name, its_class, detail in detailed:
            number = primary[its_class] | int(detail) << 8
            self.assertEqual(exits.of(ol.Error("x", name, number)), told[its_class], name)

    def test_every_exit_is_in_the_manual(self) -> None:
        listed = re.findall(r"^\| `(\d+)` \|", MANUAL, re.MULTILINE)
        used = {value for name, value in vars(exits).items()
                if name.isupper() and isinstance(value, int)}
        self.assertEqual({int(number) for number in listed}, used)

    def test_what_may_succeed_later_is_busy(self) -> None:
        self.assertEqual(exits.of(ol.Error("x", "OL_IO", 8, retryable=True)), exits.BUSY)
        self.assertEqual(exits.of(ol.Error("x", "OL_LIMIT", 12, retryable=True)), exits.USAGE)
        self.assertEqual(exits.of(ol.Error("x", "OL_LATER", 99)), exits.INTERNAL)


ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
CODES = re.search(r"@name Primary codes.*?The primary code of any code",
                  (ROOT / "include/onlyleads/error.h").read_text(encoding="utf-8"), re.DOTALL)[0]

if __name__ == "__main__":
    unittest.main()
