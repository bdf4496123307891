"""The demo, SIGKILLed 24 times and resumed each time: 20 times at moments drawn from the sandbox's ledger,
four times where nothing is sent.

Half of the 20 lie between the provider's acceptance and the library's record of it: the sandbox
holds the answer of an accepted write, the demo dies waiting for it, then the answer is released. The
judge is the sandbox's ledger, read here and not by the demo: no step twice for anybody, every accepted
step in the library's ledger or listed as unknown or parked, parked one or 1 % at most.

ONLYLEADS_SEED replays a run.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Optional

KILLS = 20
LEAST_BETWEEN = 5
START = "2026-11-23T09:00:00Z"
PATIENCE_S = 150
POLL_S = 0.004
OPEN_STATES = ("unknown", "parked")


class Sandbox:
    """A sandbox of this test's own; ends with it, whatever becomes of it."""

    def __init__(self, binary: str, directory: Path) -> None:
        port_file = directory / "port"
        self.process = subprocess.Popen(
            [binary, "--state", str(directory / "sandbox"), "--now", START, "--port-file",
             str(port_file), "--until-stdin-closes"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the sandbox did not start")
            time.sleep(POLL_S)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def call(self, path: str, body: Any = None) -> Dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data),
                                    timeout=60) as answer:
            return json.load(answer)

    def accepted(self) -> int:
        return self.call("/sandbox/state")["ledger"]

    def ledger(self) -> List[Dict[str, Any]]:
        return self.call("/sandbox/ledger")["entries"]

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


class Demo:
    """Runs of the demo on one out directory."""

    def __init__(self, sandbox: Sandbox, data: str, out: Path, seed: int) -> None:
        self._command = [sys.executable, "-m", "onlyleads", "demo", "--data", data, "--out",
                         str(out), "--seed", str(seed), "--resume", "--sandbox", sandbox.url]
        self._log = out.parent / "demo.log"

    def start(self) -> subprocess.Popen:
        with open(self._log, "wb") as log:
            return subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)

    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


def kill(child: subprocess.Popen) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


def kill_when(child: subprocess.Popen, happened: Any) -> bool:
    """False when the demo ended first."""
    deadline = time.monotonic() + PATIENCE_S
    while child.poll() is None:
        if happened():
            kill(child)
            return True
        if time.monotonic() > deadline:
            kill(child)
            raise SystemExit("the demo neither ends nor sends")
        time.sleep(POLL_S)
    return False


def kill_between(sandbox: Sandbox, demo: Demo, name: str, nth: int) -> Optional[bool]:
    """Kills while the answer of the nth write is held after its acceptance. None when the demo ended
    first, else whether the ledger shows the acceptance."""
    sandbox.call("/sandbox/faults", {"name": name, "match": {"route": "any_write"}, "every": nth,
                                     "times": 1, "action": {"type": "hold", "when": "after"}})
    child = demo.start()
    if not kill_when(child, lambda: sandbox.call("/sandbox/held?wait_ms=20")["held"]):
        return None
    # Still held now that nobody is left to read the answer: it was never given.
    held = [h for h in sandbox.call("/sandbox/held")["held"] if h["name"] == name]
    accepted = {entry["request_seq"] for entry in sandbox.ledger()}
    sandbox.call("/sandbox/release", {"name": name})
    return bool(held) and held[0]["request_seq"] in accepted


def kill_after(sandbox: Sandbox, demo: Demo, more: int) -> Optional[bool]:
    """Kills as soon as the ledger has so many entries more."""
    target = sandbox.accepted() + more
    child = demo.start()
    return False if kill_when(child, lambda: sandbox.accepted() >= target) else None


def kill_early(demo: Demo, state: Path, word: str) -> None:
    """Where nothing is sent: as soon as the demo has come to this chapter."""
    child = demo.start()
    if not kill_when(child, lambda: state.exists() and word in state.read_text(encoding="utf-8")):
        raise SystemExit(f"the demo ended before it came to {word}:\n{demo.output()}")


def remembered(ws: Any, entry: Dict[str, Any]) -> List[Any]:
    """What the library's ledger knows under either name of an entry's person."""
    import onlyleads as ol
    rows: List[Any] = []
    for name in (entry.get("public_identifier"), entry["provider_id"]):
        try:
            rows += ws.ledger.find(name) if name else []
        except ol.Error as error:
            if not error.callers_fault:
                raise
    return rows


class Judge:
    """Compares what the sandbox accepted with what the library says, read from its database."""

    def __init__(self, entries: List[Dict[str, Any]], database: Path) -> None:
        self.problems: List[str] = []
        self.entries = entries
        self.steps = self.parked = self.unknown = 0
        import onlyleads as ol
        last = max(entry["at_us"] for entry in entries) if entries else 0
        with ol.open(database, clock=lambda: last + 86_400_000_000 * 30) as engine:
            for organization in engine.organizations():
                self._judge(engine.workspace(organization["org_id"]))
            audit = engine.audit.verify()
            if not audit.intact:
                self.problems.append(f"the audit is damaged: {audit.problem}")
        self._twice()
        if self.parked > max(1, self.steps // 100):
            self.problems.append(f"{self.parked} of {self.steps} steps are parked")

    def _twice(self) -> None:
        counts = Counter((e["account_id"], e["provider_id"],
                          "invitation" if e["kind"] == "invitation" else e["text"])
                         for e in self.entries)
        for (_, person, _), count in counts.items():
            if count > 1:
                self.problems.append(f"a step went out {count} times to {person}")

    def _judge(self, ws: Any) -> None:
        accounts = {sender["account_id"] for sender in ws.senders.list()}
        mine = [e for e in self.entries if e["account_id"] in accounts]
        accepted = Counter(e["provider_id"] for e in mine)
        alias = {e.get("public_identifier") or "": e["provider_id"] for e in mine}
        sent: Counter = Counter()
        open_steps: Counter = Counter()
        named = set()
        for message in ws.outbox.list():
            if not message["target"]:
                continue  # what erasure left of it
            person = alias.get(message["target"], message["target"])
            named.add(person)
            sent[person] += message["state"] == "sent"
            open_steps[person] += message["state"] in OPEN_STATES
            self.steps += message["state"] in ("sent", *OPEN_STATES)
            self.parked += message["state"] == "parked"
            self.unknown += message["state"] == "unknown"
        for entry in mine:
            person = entry["provider_id"]
            if person in named:
                continue
            # No row that names them any more: erased, and remembered by the ledger alone.
            found = {row["message_id"]: row["outcome"] for row in remembered(ws, entry)}
            sent[person] = sum(outcome == "sent" for outcome in found.values())
            open_steps[person] = sum(outcome in ("unknown", "intent") for outcome in found.values())
        for person in accepted.keys() | sent.keys():
            if accepted[person] > sent[person] + open_steps[person]:
                self.problems.append(f"{person}: accepted {accepted[person]}, the library knows "
                                     f"{sent[person]} and lists {open_steps[person]}")
            if sent[person] > accepted[person]:
                self.problems.append(f"{person}: the library says {sent[person]} were sent, "
                                     f"{accepted[person]} were accepted")


def torment(sandbox: Sandbox, demo: Demo, rng: random.Random, state: Path) -> int:
    """All the kills; how many lay between acceptance and record."""
    for word in ("start_us", rng.choice(["import hubspot", "import apollo"]), "related"):
        kill_early(demo, state, word)
    kinds = ["between"] * (KILLS // 2) + ["after"] * (KILLS - KILLS // 2)
    rng.shuffle(kinds)
    between = 0
    for number, kind in enumerate(kinds, 1):
        if kind == "between":
            lay = kill_between(sandbox, demo, f"kill-{number}", rng.randint(1, 5))
        else:
            lay = kill_after(sandbox, demo, rng.randint(1, 5))
        if lay is None:
            raise SystemExit(f"kill {number}: the demo ended first:\n{demo.output()}")
        between += lay
        print(f"kill {number:2} {kind:8} after {sandbox.accepted()} acceptances"
              + (", before the record" if lay else ""), flush=True)
    return between


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sandbox", required=True, help="the onlyleads-sandbox program")
    parser.add_argument("--data", required=True, help="a directory of exports")
    options = parser.parse_args()
    seed = int(os.environ.get("ONLYLEADS_SEED") or random.SystemRandom().randrange(1, 2**31))
    print(f"ONLYLEADS_SEED={seed}", flush=True)
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="onlyleads-kill-") as directory:
        out = Path(directory) / "out"
        sandbox = Sandbox(options.sandbox, Path(directory))
        try:
            demo = Demo(sandbox, options.data, out, seed)
            between = torment(sandbox, demo, rng, out / "demo-state.json")
            # Once more after the last send: while a customer is being deleted.
            kill_early(demo, out / "demo-state.json", "others before departure")
            child = demo.start()
            status = child.wait(PATIENCE_S)
            judge = Judge(sandbox.ledger(), out / "leads.db")
        finally:
            sandbox.stop()
        if status != 0:
            judge.problems.append(f"the demo ended with {status}:\n{demo.output()}")
    print(f"{KILLS} kills, {between} between acceptance and record; {len(judge.entries)} accepted, "
          f"{judge.unknown} unknown, {judge.parked} parked")
    if between < LEAST_BETWEEN:
        judge.problems.append(f"only {between} kills lay between acceptance and record")
    for problem in judge.problems:
        print(f"FAILED: {problem}")
    return 1 if judge.problems else 0


if __name__ == "__main__":
    sys.exit(main())
