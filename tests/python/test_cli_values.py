"""What stands on the command line and in the small files it names: refused in one line that names the
argument, before a database is opened or anything is waited for."""

import argparse
import os
import pathlib
import unittest

from onlyleads import cli
from onlyleads.cli import exits, outreach
from onlyleads.cli.values import filled
from test_cli import IMPORT, VERBS, Cli

# Each numeric option, and the most it takes.
NUMBERS = (("import", "--rejects", 100_000), ("score", "--top", 10_000),
           ("run", "--max-ms", 86_400_000), ("run", "--max-calls", 1_000_000),
           ("sweep", "--inactive-days", 36_500), ("run", "--busy-timeout-ms", 3_600_000))


class Values(Cli):
    """What stands on the command line is judged before a database is opened."""

    def options(self):
        """(verb, what is written before the value, the action) of all that takes a value."""
        verbs = next(action for action in cli.parser()._actions
                     if isinstance(action, argparse._SubParsersAction))
        for verb in VERBS:
            for action in verbs.choices[verb]._actions:
                if action.nargs is None:
                    yield verb, action.option_strings, action

    def test_an_empty_value_is_refused_by_the_options_name(self) -> None:
        seen = 0
        for verb, option, action in self.options():
            for empty in ("", " "):
                with self.subTest(verb=verb, option=option or action.metavar, empty=empty):
                    err = self.refused(exits.USAGE, verb, *option[:1], empty)
                    self.assertIn(f"argument {(option or [action.metavar])[0]}: ", err)
                    seen += 1
        self.assertGreater(seen, 100)

    def test_an_empty_option_of_demo_is_refused(self) -> None:
        for wrong in (("--out", ""), ("--data", ""), ("--seed", ""), ("--seed", "9" * 20),
                      ("--js",)):
            with self.subTest(wrong=wrong):
                code, out, err = self.called("demo", *wrong)
                self.assertEqual((code, out), (exits.USAGE, ""))
                self.assertIn(wrong[0], err)
        self.assertIn("behind", self.bad(exits.USAGE, "--json", "demo", db=False))

    def test_every_number_has_its_bounds(self) -> None:
        numeric = {option[0] for _, option, action in self.options()
                   if action.type not in (None, filled)}
        self.assertEqual(numeric, {option for _, option, _ in NUMBERS})
        for verb, option, most in NUMBERS:
            for wrong in (most + 1, 10**20 - 1, "9" * 5000, -1, "1_0", "1.5", "1e3", " 1", "\u0663"):
                with self.subTest(option=option, wrong=wrong):
                    err = self.refused(exits.USAGE, verb, option, wrong)
                    self.assertIn(f"argument {option}: must be a whole number from 0 to {most:,}",
                                  err)

    def test_the_library_takes_the_most_of_every_number(self) -> None:
        self.filled(1)
        needed = {"import": (self.people(1), *IMPORT), "score": (self.card(),)}
        for verb in {verb for verb, _, _ in NUMBERS}:
            given = [text for of, option, most in NUMBERS if of == verb for text in (option, most)]
            with self.subTest(verb=verb):
                self.json(verb, *needed.get(verb, ()), *given)

    def test_options_are_written_out(self) -> None:
        card = self.card()
        for wrong in (("erase", "--id", "x", "--y"), ("erase", "--id", "x", "--ye"),
                      ("sweep", "--ye"), ("score", card, "--to", "1"), ("run", "--max-m", "1"),
                      ("access", "--id", "x", "--ou", "f"), ("audit", "--js"), ("--js", "audit"),
                      ("import", self.people(), *IMPORT, "--new", "A")):
            with self.subTest(wrong=wrong):
                self.refused(exits.USAGE, *wrong)

    def test_a_label_is_one_that_there_is(self) -> None:
        err = self.refused(exits.USAGE, "inbox", "--label", "nonsense")
        for label in outreach.LABELS:
            self.assertIn(label, err)
        self.filled(1)
        for label in outreach.LABELS:
            with self.subTest(label=label):
                self.assertEqual(self.called("inbox", "--label", label),
                                 (exits.OK, "No replies.\n", ""))

    def test_a_webhooks_options_want_a_webhook(self) -> None:
        for option in (("--header", "A: b"), ("--secret-file", self.card())):
            self.assertIn("--ingest", self.refused(exits.USAGE, "inbox", *option))

    def test_an_empty_key_is_none(self) -> None:
        empty = self.folder / "empty"
        empty.write_bytes(b"")
        new = ("import", self.people(), *IMPORT, "--new-org", "A")
        for given in ("", " ", str(empty)):
            for verb in (new, ("doctor",), ("audit",)):
                with self.subTest(given=given, verb=verb[0]):
                    if verb is not new:
                        self.db.touch()
                    by_option = self.called(*verb, "--key-file", given)
                    self.environment["ONLYLEADS_KEY_FILE"] = given
                    by_variable = self.called(*verb)
                    del self.environment["ONLYLEADS_KEY_FILE"]
                    for code, out, err in (by_option, by_variable):
                        self.assertEqual((code, out), (exits.USAGE, ""), err)
                        self.assertIn("--key-file", err)
                        self.assertIn("empty", err)
                    self.assertFalse(pathlib.Path(f"{self.db}.key").exists())
                    self.db.unlink(missing_ok=True)

    def test_an_option_goes_before_its_variable(self) -> None:
        key = self.folder / "key"
        key.write_bytes(b"k" * 16)
        self.environment["ONLYLEADS_KEY_FILE"] = ""
        self.json("import", self.people(1), *IMPORT, "--new-org", "A", "--key-file", key)


class Files(Cli):
    """Arguments that name a small file: the name of each, and a command that reads it."""

    def arguments(self, path):
        new = ("import", self.people(), *IMPORT, "--new-org", "A")
        return (("FILE", 1 << 20, ("score", path)),
                ("--mapping", 1 << 20, (*new, "--mapping", path)),
                ("--key-file", 4096, (*new, "--key-file", path)),
                ("--secret-file", 4096, ("inbox", "--ingest", "unipile", "--secret-file", path)))

    def test_what_never_ends_is_refused_and_not_waited_for(self) -> None:
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        for name, _, command in self.arguments(fifo):
            with self.subTest(argument=name):
                err = self.bad(exits.STORAGE, *command, timeout=60)
                self.assertIn(f"{name}: {fifo} is no regular file", err)
        self.bad(exits.STORAGE, "import", fifo, *IMPORT, "--new-org", "A", timeout=60)
        self.assertIn("regular", self.bad(exits.STORAGE, "score", "/dev/zero", timeout=60))

    def test_what_is_no_file_is_named(self) -> None:
        for path, told in ((self.folder, "is no regular file"),
                           (self.folder / "none", ": no such file or directory")):
            for name, _, command in self.arguments(path):
                with self.subTest(argument=name, path=path):
                    err = self.refused(exits.STORAGE, *command)
                    self.assertIn(f"{name}: {path}{told if told[0] == ':' else ' ' + told}", err)

    def test_what_is_too_large_is_not_read_to_its_end(self) -> None:
        path = self.folder / "large"
        for name, most, command in self.arguments(path):
            with self.subTest(argument=name):
                with open(path, "wb") as file:
                    file.truncate(1 << 40)
                err = self.refused(exits.USAGE, *command)
                self.assertIn(f"{name}: holds more than {most:,} bytes", err)
                path.write_bytes(b"x" * (most + 1))
                self.assertIn("more than", self.refused(exits.USAGE, *command))
                path.write_bytes(b"x" * most)
                self.assertNotIn("more than", self.called(*command)[2])
            for made in self.folder.glob("leads.db*"):
                made.unlink()
        for command in (("score", "-"), ("inbox", "--ingest", "unipile")):
            self.assertIn("more than", self.refused(exits.USAGE, *command,
                                                    stdin=b" " * ((1 << 20) + 1)))

    def test_what_is_no_json_object_is_a_usage_error(self) -> None:
        path = self.folder / "card.json"
        for wrong in (b"", b"{", b"[]", b"1", b"\xff\xfe\xfd", b"[" * 100_000, b'{"a": NaN}',
                      b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}"):
            with self.subTest(wrong=wrong[:12]):
                path.write_bytes(wrong)
                for name, _, command in self.arguments(path)[:2]:
                    self.assertIn(f"{name}: ", self.refused(exits.USAGE, *command))
                self.assertIn("FILE: -", self.refused(exits.USAGE, "score", "-", stdin=wrong))

    def test_a_secret_is_text(self) -> None:
        path = self.folder / "secret"
        for wrong in (b"", b" \n", b"\xff\xff"):
            path.write_bytes(wrong)
            self.assertIn("--secret-file: ", self.refused(
                exits.USAGE, "inbox", "--ingest", "unipile", "--secret-file", path))

    def test_a_person_on_stdin_is_one_short_line(self) -> None:
        self.filled(1)
        for wrong in (b"", b"\n", b"\xff\n", b"a" * 5000):
            for option in ("--id", "--email", "--linkedin"):
                with self.subTest(wrong=wrong[:3], option=option):
                    code, out, err = self.called("access", option, "-", stdin=wrong)
                    self.assertEqual((code, out), (exits.USAGE, ""))
                    self.assertIn(f"onlyleads: {option}: ", err)


if __name__ == "__main__":
    unittest.main()
