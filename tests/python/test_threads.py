"""Threads, garbage and Ctrl-C: the GIL is free while a verb works or waits, collecting a handle never
waits, and a signal ends a long call. Every program that could hang runs as a child with a time limit;
nothing here sleeps: a child says with a line that it is where the signal is to come.
"""

import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
import unittest

import onlyleads as ol
from sandbox import API_KEY, OPENER, Sandbox

MONDAY_US = 1_795_428_000_000_000  # 2026-11-23T10:00:00Z
LIMIT_S = 120


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "leads.db"

    def open(self, **options):
        engine = ol.open(self.path, **{"clock": lambda: MONDAY_US, **options})
        self.addCleanup(engine.close)
        return engine

    def child(self, program, *arguments):
        """A Python program with the package; its lines are read as they come."""
        process = subprocess.Popen([sys.executable, "-u", "-c", program, *map(str, arguments)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        watchdog = threading.Timer(LIMIT_S, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        return process

    def told(self, process):
        out, err = process.communicate()
        self.assertNotEqual(process.returncode, -signal.SIGKILL, f"it hung\n{out}{err}")
        self.assertEqual(process.returncode, 0, out + err)
        return out.splitlines()


class Provider(Case):
    """With a sandbox, a sender and one enrolled person: a run makes one call."""

    def setUp(self):
        super().setUp()
        self.sandbox = Sandbox(self.folder / "box", MONDAY_US, "acc1")
        self.addCleanup(self.sandbox.stop)
        with ol.open(self.path, clock=lambda: MONDAY_US) as engine:
            ws = engine.create_organization("Acme Ltd")
            self.org_id = ws.org_id
            sender = ws.senders.connect(ws.members.add("Ada"), "acc1", self.sandbox.url, API_KEY,
                                        "webhook-secret", min_gap_s=0)
            path = self.folder / "people.csv"
            path.write_text("First Name,LinkedIn URL,Country,Title\n"
                            "Ann,https://www.linkedin.com/in/ann-test,GB,CEO\n")
            ws.prospects.import_csv(path, source="test", lawful_basis="legitimate_interests")
            campaign = ws.campaigns.create({
                "name": "Test", "sender_id": sender, "profile": "balanced", "lia_on_file": True,
                "role_related": True, "art14_in_template": True,
                "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
                "steps": [{"action": "invitation", "template": "Hi {{first_name}}"}]})
            ws.campaigns.enroll(campaign, [person.id for person in ws.prospects])

    def hold(self):
        """The provider keeps the next call waiting until it is released."""
        self.sandbox.post("faults", [{"name": "slow", "match": {"route": "any"},
                                      "action": {"type": "hold", "when": "before"}}])

    def wait_until_held(self):
        with OPENER.open(f"{self.sandbox.url}/sandbox/held?wait_ms=60000", timeout=100) as answer:
            return json.load(answer)

    def release(self):
        self.sandbox.post("release", {"name": "slow"})


class TheGil(Provider):
    def test_it_is_free_while_a_verb_waits_for_a_locked_database(self):
        engine = self.open(busy_timeout_ms=60_000)
        holder = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        waiting, done = threading.Event(), []

        def write():
            waiting.set()
            done.append(engine.create_organization("Bolt Ltd"))

        thread = threading.Thread(target=write)
        thread.start()
        self.assertTrue(waiting.wait(LIMIT_S))
        # With the GIL held this thread would not come here before the wait is over.
        steps = sum(1 for _ in range(100_000))
        self.assertEqual((steps, done), (100_000, []))
        holder.execute("COMMIT")
        thread.join(LIMIT_S)
        self.assertEqual(len(done), 1)

    def test_it_is_free_and_verbs_work_while_a_run_waits_for_the_provider(self):
        engine = self.open()
        self.hold()
        reports = []
        thread = threading.Thread(target=lambda: reports.append(engine.run()))
        thread.start()
        self.wait_until_held()
        self.assertEqual(engine.workspace(self.org_id).prospects.count(), 1)
        self.assertEqual(reports, [])
        self.release()
        thread.join(LIMIT_S)
        self.assertFalse(thread.is_alive())
        self.assertGreater(reports[0].calls, 0)


class ACancel(Case):
    def test_it_ends_the_waiting_for_a_locked_database(self):
        engine = self.open(busy_timeout_ms=1000 * LIMIT_S)
        holder = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        ended = []

        def write():
            try:
                engine.create_organization("Bolt Ltd")
            except ol.Error as error:
                ended.append(error.code)

        thread = threading.Thread(target=write)
        thread.start()
        while thread.is_alive():  # once it waits it is ended; before that a cancel is for nobody
            engine.cancel()
            thread.join(0.01)
        self.assertEqual(ended, ["OL_CANCELLED"])
        holder.execute("ROLLBACK")
        self.assertEqual(len(engine.organizations()), 0)


# Daemon threads work in the library, with and without callbacks, while Python exits.
EXITS = """
import sys, threading
import onlyleads as ol
engine = ol.open(sys.argv[1], clock=lambda: 1_795_428_000_000_000)
ws = engine.create_organization("Acme Ltd")
started = threading.Semaphore(0)
def work(call):
    call()
    started.release()
    while True:
        call()
for call in (engine.run, ws.prospects.count, engine.organizations, lambda: ol.policy.evaluate({})):
    threading.Thread(target=work, args=[call], daemon=True).start()
for _ in range(4):
    started.acquire()
print("exits")
"""


class AnExit(Case):
    def test_it_is_an_orderly_one_whatever_daemon_threads_do(self):
        for i in range(8):
            self.assertEqual(self.told(self.child(EXITS, self.folder / f"{i}.db")), ["exits"])


# A callback of one thread waits for another thread that collects handles and goes on working.
COLLECTED = """
import gc, sys, threading
import onlyleads as ol
entered, leave = threading.Event(), threading.Event()
blocking = False
def clock():
    if blocking and threading.current_thread() is not threading.main_thread():
        entered.set()
        assert leave.wait(100)
    return 1_700_000_000_000_000
engine = ol.open(sys.argv[1], clock=clock)
workspaces = [engine.create_organization(f"Acme {i}") for i in range(20)]
others = [ol.open(f"{sys.argv[1]}.{i}", clock=clock) for i in range(3)]
lists = [workspace.prospects.list() for workspace in workspaces]
blocking = True
threads = [threading.Thread(target=engine.organizations),
           threading.Thread(target=others[0].organizations)]
for thread in threads:
    thread.start()
assert entered.wait(100)
if sys.argv[2] == "cycle":
    class Knot: pass
    knot = Knot()
    knot.self, knot.held = knot, (workspaces, others, lists)
    del knot
del workspaces, others, lists
before = ol.live_handles()
gc.collect()
assert ol.live_handles() <= before
print(len(engine.organizations()))
leave.set()
for thread in threads:
    thread.join(100)
    assert not thread.is_alive()
del engine, threads, thread
gc.collect()
print(ol.live_handles())
"""


class Garbage(Case):
    def test_handles_collected_while_another_thread_is_in_a_callback_do_not_hang(self):
        for kind in ("counted", "cycle"):
            with self.subTest(kind):
                self.assertEqual(self.told(self.child(COLLECTED, self.folder / kind, kind)),
                                 ["20", "0"])


class Callbacks(Case):
    def test_what_a_callback_raises_comes_out_as_itself_with_its_traceback(self):
        class Stopped(Exception):
            pass

        ready = []

        def the_clock_of_this_test():
            if ready:
                raise Stopped("no time")
            return MONDAY_US

        engine = self.open(clock=the_clock_of_this_test)
        ready.append(1)
        names = []
        try:
            engine.organizations()
        except Stopped as stopped:  # assertRaises would take the traceback away
            names = [frame.name for frame in traceback.extract_tb(stopped.__traceback__)]
        self.assertIn("the_clock_of_this_test", names)

    def test_each_thread_gets_its_own_exception(self):
        failing = threading.local()

        def clock():
            if getattr(failing, "name", None):
                raise LookupError(failing.name)
            return MONDAY_US

        engine, seen = self.open(clock=clock), []

        def work(name):
            failing.name = name
            for _ in range(20):
                try:
                    engine.organizations()
                except LookupError as error:
                    seen.append((name, str(error)))

        threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT_S)
        self.assertEqual(len(seen), 80)
        self.assertTrue(all(name == told for name, told in seen), seen)


class Errors(Case):
    def test_a_locked_database_is_retryable_and_its_outcome_is_known(self):
        engine = self.open(busy_timeout_ms=1)
        holder = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        with self.assertRaises(ol.Error) as caught:
            engine.create_organization("Acme Ltd")
        error = caught.exception
        self.assertEqual((error.code, error.retryable, error.outcome_unknown, error.callers_fault),
                         ("OL_BUSY", True, False, False))
        holder.execute("ROLLBACK")
        engine.create_organization("Acme Ltd")

    def test_every_field_of_an_error_is_reached_and_survives_a_copy(self):
        import pickle
        error = ol.Error("told", "OL_OUTCOME_UNKNOWN", 18, True, True, False)
        for one in (error, pickle.loads(pickle.dumps(error))):
            self.assertEqual((one.message, one.code, one.number, one.retryable,
                              one.outcome_unknown, one.callers_fault),
                             ("told", "OL_OUTCOME_UNKNOWN", 18, True, True, False))
            self.assertEqual(str(one), "OL_OUTCOME_UNKNOWN: told")


RUNS = """
import signal, sys
import onlyleads as ol
engine = ol.open(sys.argv[1], clock=lambda: int(sys.argv[3]))
print("running")
try:
    engine.run()
except KeyboardInterrupt:
    print("interrupted")
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
print(engine.workspace(sys.argv[2]).prospects.count())
"""

# Says "importing" when the first batch is in, and goes on importing.
IMPORTS = """
import sys
import onlyleads as ol
engine = ol.open(sys.argv[1])
ws = engine.create_organization("Acme Ltd")
said = []
def progress(*_):
    if not said:
        said.append(1)
        print("importing")
try:
    ws.prospects.import_csv(sys.argv[2], source="t", lawful_basis="legitimate_interests",
                            progress=progress)
except KeyboardInterrupt:
    print("interrupted")
print(0 < ws.prospects.count() < int(sys.argv[3]))
print(ws.prospects.import_csv(sys.argv[4], source="t", lawful_basis="legitimate_interests").rows)
"""


class CtrlC(Provider):
    def test_it_ends_a_run_that_waits_for_a_slow_provider(self):
        self.hold()
        process = self.child(RUNS, self.path, self.org_id, MONDAY_US)
        self.assertEqual(process.stdout.readline(), "running\n")
        self.wait_until_held()
        process.send_signal(signal.SIGINT)
        # The provider still holds the call: only the signal can have ended the run.
        self.assertEqual(self.told(process), ["interrupted", "1"])
        self.release()

    def test_it_ends_a_large_import_and_the_engine_works_on(self):
        # So many that no machine is through before the signal comes.
        csv, rows = self.folder / "large.csv", 200_000
        csv.write_text("First Name,Email\n" + "".join(
            f"P{i},p{i}@north.example\n" for i in range(rows)))
        process = self.child(IMPORTS, self.folder / "import.db", csv, rows,
                             self.folder / "people.csv")
        self.assertEqual(process.stdout.readline(), "importing\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.told(process), ["interrupted", "True", "1"])


# The signal comes inside the call, where no Python code can see it: this clock is C from end to end,
# and kill(2) of a program with one thread returns when the signal was taken. Each line: what was
# called, what came out of it, and the code of the error behind it.
WAITING = """
import ctypes, functools, os, signal, sqlite3, sys
import onlyleads as ol
path, csv, what = sys.argv[1:]
number = ctypes.c_int(0)
kill = ctypes.CDLL(None).kill
kill.restype = (1_700_000_000_000_000).__add__
clock = functools.partial(kill, os.getpid(), number)
engine = ol.open(path, clock=clock, busy_timeout_ms=600_000)
ws = engine.create_organization("Acme Ltd")
ws.prospects.import_csv(csv, "t", "legitimate_interests")
plan = ws.retention.plan()
class Handled(Exception): pass
def raises(*_): raise Handled
handled = []
signal.signal(signal.SIGINT, {"default": signal.default_int_handler, "raises": raises,
                              "returns": lambda *_: handled.append(1)}[what])
def told(name, call, wanted=signal.SIGINT):
    number.value = wanted
    try:
        call()
        number.value = 0
        print(f"{name}: returned", len(handled))
    except BaseException as error:
        number.value = 0
        behind = error.__context__
        print(f"{name}:", type(error).__name__, getattr(error, "code", getattr(behind, "code", None)),
              len(handled))
    handled.clear()
calls = {"create": lambda: engine.create_organization("Zed"), "add": lambda: ws.members.add("Ada"),
         "import": lambda: ws.prospects.import_csv(csv, "u", "legitimate_interests"),
         "run": lambda: engine.run(max_calls=0), "retain": lambda: ws.retention.run(plan),
         "audit": engine.audit.verify, "outbox": ws.outbox.list}
told("read", engine.organizations)
told("open", lambda: ol.open(f"{path}/no", clock=clock))
holder = sqlite3.connect(path, isolation_level=None)
holder.execute("BEGIN IMMEDIATE")
for name, call in calls.items():
    told(name, call)
holder.execute("ROLLBACK")
told("export", lambda: ws.prospects.export_csv(f"{path}.csv"))
told("export all", lambda: engine.organizations.export(ws, f"{path}.jsonl"))
told("retain all", lambda: ws.retention.run(plan))
told("delete", lambda: engine.organizations.delete(ws))
print(len(engine.organizations()), ws.prospects.count(), os.path.exists(f"{path}.csv"))
"""


class APendingSignal(Case):
    def outcomes(self, what):
        csv = self.folder / "people.csv"
        csv.write_text("First Name,Email\nAnn,ann@north.example\n")
        *lines, left = self.told(self.child(WAITING, self.folder / f"{what}.db", csv, what))
        self.assertEqual(left, "1 1 False", "the engine works on, and nothing was written")
        return dict(line.split(": ") for line in lines)

    def test_it_comes_out_as_what_its_handler_raises_with_the_error_behind_it(self):
        for what, raised in (("default", "KeyboardInterrupt"), ("raises", "Handled")):
            with self.subTest(what):
                alone = f"{raised} None 0"
                self.assertEqual(self.outcomes(what), {
                    "read": alone, "open": f"{raised} OL_IO 0", "create": alone, "add": alone,
                    "import": alone, "run": alone, "retain": alone, "audit": alone, "outbox": alone,
                    "export": alone, "export all": alone, "retain all": alone, "delete": alone})

    def test_the_error_survives_a_handler_that_raises_nothing(self):
        cancelled = "Error OL_CANCELLED 1"
        self.assertEqual(self.outcomes("returns"), {
            "read": "returned 1", "open": "Error OL_IO 1", "create": cancelled, "add": cancelled,
            "import": cancelled, "run": cancelled, "retain": cancelled, "audit": cancelled,
            "outbox": "returned 1", "export": cancelled, "export all": cancelled,
            "retain all": cancelled, "delete": cancelled})


if __name__ == "__main__":
    unittest.main()
