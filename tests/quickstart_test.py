"""Runs an example against a sandbox of its own: it says what it did, and the ledger agrees.

    quickstart_test.py SANDBOX PEOPLE.CSV COMMAND...
"""

import json
import pathlib
import subprocess
import sys
import tempfile

TEXT = ("Hi Grace, Ada Example of Acme Ltd here. Why I have your name: acme.example/privacy. "
        "Reply STOP to opt out.")


def check(claim, detail):
    if not claim:
        sys.exit(f"quickstart_test: {detail}")


def main(sandbox, people, *command):
    with tempfile.TemporaryDirectory(prefix="onlyleads-") as name:
        folder = pathlib.Path(name)
        box = subprocess.Popen([sandbox, "--state", folder / "box", "--account", "demo",
                                "--until-stdin-closes"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            url = box.stdout.readline().strip()
            check(url.startswith("http://127.0.0.1:"), "the sandbox does not start")
            done = subprocess.run([*command, folder / "leads.db", people, url],
                                  capture_output=True, text=True, timeout=100)
        finally:
            box.communicate()
        check(done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
        for line in ("imported 2 of 2 rows", "sent 1", "audit intact"):
            check(line in done.stdout.splitlines(), f"no line {line!r} in\n{done.stdout}")
        for told in ("DENY_OPT_IN_REQUIRED", "ALLOW_OPT_OUT_REGIME", ": sent"):
            check(told in done.stdout, f"nothing of {told} in\n{done.stdout}")
        entries = [json.loads(line)
                   for line in (folder / "box" / "ledger.jsonl").read_text("utf-8").splitlines()]
        check([(e["kind"], e["account_id"], e["public_identifier"], e["text"]) for e in entries]
              == [("invitation", "demo", "grace-sample", TEXT)], f"the ledger has {entries}")


if __name__ == "__main__":
    main(*sys.argv[1:])
