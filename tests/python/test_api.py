"""The Python package: shapes, errors, callbacks, signals, garbage. Real library, no mocks."""

import gc
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import onlyleads as ol

NOW_US = 1_700_000_000_000_000
CSV = ("First Name,Last Name,Email Address,Company,Position\n"
       "Ann,Bé,ann@north.example,North Ltd,CEO\n"
       "Bo,Li,,South Ltd,CTO\n")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "leads.db"

    def open(self, **options):
        engine = ol.open(self.path, **{"clock": lambda: NOW_US, **options})
        self.addCleanup(engine.close)
        return engine

    def csv(self, text=CSV):
        path = self.folder / "people.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def import_csv(self, ws, path, **options):
        return ws.prospects.import_csv(path, source="test", lawful_basis="legitimate_interests",
                                       **options)


class Errors(Case):
    def test_code_number_and_flags_are_on_the_exception(self):
        with self.assertRaises(ol.Error) as caught:
            self.open().workspace("01890000-0000-7000-8000-000000000001")
        self.assertEqual(caught.exception.code, "OL_NOT_FOUND")
        self.assertEqual(caught.exception.number, 3)
        self.assertFalse(caught.exception.retryable)
        self.assertFalse(caught.exception.outcome_unknown)

    def test_wrong_type_names_the_argument_and_hides_the_value(self):
        ws = self.open().create_organization("Acme Ltd")
        with self.assertRaises(TypeError) as caught:
            ws.members.add(12345678)
        self.assertIn("name", str(caught.exception))
        self.assertNotIn("12345678", str(caught.exception))

    def test_lone_surrogate_is_invalid_utf8(self):
        with self.assertRaises(ol.Error) as caught:
            self.open().create_organization("\ud800")
        self.assertEqual(caught.exception.code, "OL_INVALID_UTF8")

    def test_transport_without_its_methods_is_refused_clearly(self):
        with self.assertRaises(TypeError) as caught:
            ol.open(self.path, transport=object())
        self.assertIn("submit", str(caught.exception))

    def test_malformed_id_is_an_error(self):
        with self.assertRaises(ol.Error):
            self.open().workspace("not an id")

    def test_wrong_key_is_key_mismatch(self):
        self.open(key=b"0123456789abcdef").close()
        with self.assertRaises(ol.Error) as caught:
            self.open(key=b"fedcba9876543210")
        self.assertEqual(caught.exception.code, "OL_KEY_MISMATCH")


class Clock(Case):
    def test_exception_comes_out_as_itself(self):
        class Stopped(Exception):
            pass

        stop = []

        def clock():
            if stop:
                raise Stopped
            return NOW_US

        engine = self.open(clock=clock)
        stop.append(1)
        with self.assertRaises(Stopped):
            engine.organizations()
        stop.clear()
        self.assertEqual(engine.organizations(), [])

    def test_float_is_refused(self):
        with self.assertRaises(TypeError):
            self.open(clock=lambda: 1.5)

    def test_entering_the_engine_is_misuse(self):
        inside = []

        def clock():
            if inside:
                inside[0].organizations()
            return NOW_US

        engine = self.open(clock=clock)
        inside.append(engine)
        with self.assertRaises(ol.Error) as caught:
            engine.organizations()
        self.assertEqual(caught.exception.code, "OL_MISUSE")
        inside.clear()

    def test_instants_come_from_it(self):
        engine = self.open()
        engine.create_organization("Acme Ltd")
        self.assertEqual(engine.organizations()[0].created_at_us, NOW_US)
        self.assertEqual(engine.last_instant(), NOW_US)

    def test_system_clock_is_the_default(self):
        with ol.open(self.path) as engine:
            engine.create_organization("Acme Ltd")
            self.assertGreater(engine.organizations()[0].created_at_us, NOW_US)


class Organizations(Case):
    def test_external_ref_is_idempotent(self):
        engine = self.open()
        first = engine.create_organization("Acme Ltd", country="FR", external_ref="a")
        self.assertEqual(engine.create_organization("Acme", external_ref="a").org_id, first.org_id)
        self.assertEqual(engine.workspace(first.org_id).org_id, first.org_id)
        self.assertEqual([row.country for row in engine.organizations()], ["FR"])

    def test_sender_options_arrive(self):
        ws = self.open().create_organization("Acme Ltd")
        member = ws.members.add("Ann", "ann@acme.example")
        sender = ws.senders.connect(member, "acc1", "http://127.0.0.1:1", "key", "secret",
                                    zone="Europe/Berlin", premium=True, work_days=range(7),
                                    min_gap_s=0)
        row, = ws.senders.list()
        self.assertEqual(row.sender_id, sender)
        self.assertIs(row.premium, True)
        self.assertEqual(row["zone"], "Europe/Berlin")
        with self.assertRaises(ol.Error) as caught:
            ws.senders.connect(member, "acc2", "http://127.0.0.1:1", "key", "secret",
                               zone="Mars/Base")
        self.assertEqual(caught.exception.code, "OL_TIME_ZONE")
        ws.senders.disconnect(sender)


class Import(Case):
    def test_report_adds_up_and_rejects_are_tuples(self):
        ws = self.open().create_organization("Acme Ltd")
        told = []
        report = self.import_csv(ws, self.csv(), progress=lambda *told_now: told.append(told_now))
        self.assertEqual((report.rows, report.created, report.rejected), (2, 1, 1))
        self.assertEqual(report.rejects, [(3, "", "no_identifier")])
        self.assertEqual(report.rejects[-1], (3, "", "no_identifier"))
        self.assertEqual(list(report.rejects), report.rejects[:])
        with self.assertRaises(IndexError):
            report.rejects[1]
        size = self.csv().stat().st_size
        self.assertTrue(told and told[-1][2] == size, told)

    def test_person_has_the_fields_of_the_row(self):
        ws = self.open().create_organization("Acme Ltd")
        self.import_csv(ws, self.csv())
        self.assertEqual(ws.prospects.count(), 1)
        person = ws.prospects.find(email="ANN@north.example")
        self.assertEqual((person.first_name, person.last_name, person.company, person.title),
                         ("Ann", "Bé", "North Ltd", "CEO"))
        self.assertEqual(person.emails, ["ann@north.example"])
        self.assertEqual((person.city, person.linkedin, person.objected_at_us), ("", "", None))
        self.assertEqual(ws.prospects.get(person.id), person)
        self.assertEqual(list(ws.prospects.list()), [person])
        self.assertIsNone(ws.prospects.find(email="nobody@north.example"))
        self.assertIsNone(ws.prospects.find(linkedin="https://www.linkedin.com/in/nobody"))
        with self.assertRaises(TypeError):
            ws.prospects.find()

    def test_erased_person_is_suppressed(self):
        ws = self.open().create_organization("Acme Ltd")
        self.import_csv(ws, self.csv())
        ws.prospects.erase(ws.prospects.find(email="ann@north.example").id)
        self.assertEqual(ws.prospects.count(), 0)
        report = self.import_csv(ws, self.csv(CSV + "\n"))
        self.assertEqual((report.suppressed, report.rejected), (1, 1))
        self.assertEqual(ws.prospects.count(), 0)

    def test_rejects_page_through(self):
        ws = self.open().create_organization("Acme Ltd")
        lines = CSV.splitlines()[0] + "\n" + "Bo,Li,,South Ltd,CTO\n" * 2300
        report = self.import_csv(ws, self.csv(lines))
        self.assertEqual(len(report.rejects), 2300)
        self.assertEqual(report.rejects[2299], (2301, "", "no_identifier"))
        self.assertEqual(report.rejects[1], (3, "", "no_identifier"))
        self.assertEqual([line for line, _, _ in report.rejects], list(range(2, 2302)))

    def test_exception_of_progress_comes_out_as_itself(self):
        ws = self.open().create_organization("Acme Ltd")

        def progress(rows, bytes_read, total_bytes):
            raise LookupError("stop")

        with self.assertRaises(LookupError):
            self.import_csv(ws, self.csv(), progress=progress)

    def test_progress_that_returns_false_cancels(self):
        ws = self.open().create_organization("Acme Ltd")
        # More than a batch: after the last one there is nothing left to stop.
        path = self.csv(CSV.splitlines()[0] + "\n" + "Bo,Li,,South Ltd,CTO\n" * 5000)
        with self.assertRaises(ol.Error) as caught:
            self.import_csv(ws, path, progress=lambda *_: False)
        self.assertEqual(caught.exception.code, "OL_CANCELLED")
        report = self.import_csv(ws, path)
        self.assertTrue(report.resumed)
        self.assertEqual((report.rows, report.rejected), (5000, 5000))

    def test_preview_shows_how_a_file_would_be_read(self):
        preview = ol.preview_csv(self.csv(), limit=1)
        self.assertEqual(preview.delimiter, ",")
        self.assertEqual(preview.header[0], "First Name")
        self.assertEqual(preview.rows, [["Ann", "Bé", "ann@north.example", "North Ltd", "CEO"]])
        self.assertEqual(preview.header_row, 1)
        self.assertEqual(len(ol.preview_csv(self.csv(), limit=None).rows), 2)


class Policy(Case):
    def test_germany_is_denied_without_consent(self):
        decision = ol.policy.evaluate({"recipient_country": "DE"})
        self.assertEqual(decision.verdict, "DENY")
        self.assertTrue(decision.reason)
        self.assertTrue(decision.trace)

    def test_unknown_fact_is_named(self):
        with self.assertRaises(ol.Error) as caught:
            ol.policy.evaluate({"recipient_cuntry": "DE"})
        self.assertIn("recipient_cuntry", str(caught.exception))


class Running(Case):
    def test_idle_run_says_that_nothing_waits(self):
        engine = self.open()
        report = engine.run(max_calls=0)
        self.assertEqual((report.calls, report.sent, report.next_due_us), (0, 0, None))

    def test_audit_is_intact_after_sealing(self):
        engine = self.open()
        ws = engine.create_organization("Acme Ltd")
        ws.members.add("Ann")
        engine.run(max_calls=0)
        report = engine.audit.verify()
        self.assertTrue(report.intact)
        self.assertEqual(report.problem, "")
        entries = list(engine.audit.entries(ws))
        self.assertTrue(entries)
        self.assertIsInstance(entries[0].detail, dict)
        self.assertEqual(entries, list(engine.audit.entries(ws.org_id, limit=1)))

    def test_webhook_of_an_unknown_account_is_ignored(self):
        report = self.open().inbox.ingest(
            "unipile", {"Unipile-Auth": "x"},
            b'{"event": "message_received", "account_id": "nobody"}')
        self.assertEqual((report.replies, report.duplicate), (0, False))


# A program that is in a long call, or between them, when the signal comes.
INTERRUPTED = """
import os, signal, sys, threading, pathlib
import onlyleads as ol
path, csv, kind = sys.argv[1:]
calls = 0
def clock():
    global calls
    calls += 1
    return 1_700_000_000_000_000 + calls
engine = ol.open(path, clock=None if kind == "run" else clock)
ws = engine.create_organization("Acme Ltd")
raised = False
def poke(*_):
    os.kill(os.getpid(), signal.SIGINT)
try:
    if kind == "progress":
        ws.prospects.import_csv(csv, source="t", lawful_basis="legitimate_interests", progress=poke)
    else:
        stop = threading.Timer(0.2, poke)
        stop.start()
        while True:
            engine.run(max_calls=0)
except KeyboardInterrupt:
    raised = True
assert raised
assert engine.organizations(), "the engine works on after Ctrl-C"
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
engine.run(max_calls=0)
print("interrupted")
"""


class Signals(Case):
    def interrupted(self, kind):
        # Enough rows for several batches.
        rows = "".join(f"Ann,Li,ann{i}@north.example,North,CEO\n" for i in range(5000))
        csv = self.csv(CSV.splitlines()[0] + "\n" + rows)
        done = subprocess.run([sys.executable, "-c", INTERRUPTED, self.path, csv, kind],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout, "interrupted\n", done.stderr)

    def test_ctrl_c_ends_an_import(self):
        self.interrupted("progress")

    def test_ctrl_c_ends_runs(self):
        self.interrupted("run")


class Results(Case):
    def test_every_list_verb_gives_a_list_that_arrow_consumers_read(self):
        import inspect
        import typing
        from onlyleads import engine, workspace
        lists = set()
        for module in (engine, workspace):
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if kind.__module__ != module.__name__:
                    continue
                for name, verb in inspect.getmembers(kind, inspect.isfunction):
                    given = typing.get_type_hints(verb).get("return")
                    given = typing.get_origin(given) or given
                    if name.startswith("_") or not isinstance(given, type):
                        continue
                    if issubclass(given, (list, typing.Iterator)) or given is ol.Records:
                        lists.add(f"{kind.__name__}.{name}")
                        self.assertTrue(hasattr(given, "__arrow_c_stream__"), f"{kind}.{name}")
        self.assertGreater(len(lists), 15, lists)

    def test_a_short_list_behaves_like_one(self):
        engine = self.open()
        for name in ("Acme", "Bolt", "Corp"):
            engine.create_organization(name)
        rows = engine.organizations()
        names = [row.name for row in rows]
        self.assertEqual(sorted(names), ["Acme", "Bolt", "Corp"])
        self.assertEqual((len(rows), rows[-1].name, [r.name for r in rows[:2]]),
                         (3, names[2], names[:2]))
        self.assertEqual(rows, list(rows))
        self.assertEqual(list(rows), rows)
        self.assertEqual(rows, engine.organizations())
        self.assertNotEqual(rows, rows[:2])
        self.assertIn(rows[1], rows)
        self.assertEqual((rows.index(rows[2]), rows.count(rows[0])), (2, 1))
        self.assertEqual([row.name for row in reversed(rows)], names[::-1])
        self.assertEqual(rows + [1], [*rows, 1])
        self.assertEqual([1] + rows, [1, *rows])
        self.assertEqual(repr(rows), repr(list(rows)))
        with self.assertRaises(IndexError):
            rows[3]
        import pickle
        self.assertEqual(pickle.loads(pickle.dumps(rows)), rows)

    def test_native_signatures_and_docstrings_are_told(self):
        import inspect
        from onlyleads import _onlyleads
        self.assertEqual(str(inspect.signature(_onlyleads.Engine.run)),
                         "(self, max_ms, max_calls, /)")
        told = 0
        for scope in (_onlyleads, _onlyleads.Engine, _onlyleads.Workspace, _onlyleads.Rows):
            for name, verb in vars(scope).items():
                if not name.startswith("_") and callable(verb) and not inspect.isclass(verb):
                    self.assertTrue(verb.__doc__, name)
                    self.assertNotIn("onlyleads::", verb.__doc__)
                    inspect.signature(verb)
                    told += 1
        self.assertGreater(told, 40)

    def test_everything_public_has_a_docstring(self):
        import inspect
        for name in ol.__all__:
            thing = getattr(ol, name)
            self.assertTrue(thing.__doc__, name)
            if inspect.isclass(thing):
                for member, value in vars(thing).items():
                    if not member.startswith("_") and (callable(value)
                                                       or isinstance(value, property)):
                        self.assertTrue(value.__doc__, f"{name}.{member}")


class Lifetimes(Case):
    def test_handles_go_with_their_objects(self):
        gc.collect()
        before = ol.live_handles()
        engine = self.open()
        ws = engine.create_organization("Acme Ltd")
        self.assertEqual(ol.live_handles(), before + 2)
        engine.close()
        self.doCleanups()
        del engine, ws
        gc.collect()
        self.assertEqual(ol.live_handles(), before)

    def test_workspace_outlives_its_engine_object(self):
        ws = ol.open(self.path, clock=lambda: NOW_US).create_organization("Acme Ltd")
        gc.collect()
        self.assertEqual(ws.prospects.count(), 0)

    def test_close_lets_go_of_the_clock(self):
        class Clock:
            def __call__(self):
                return NOW_US

        import weakref
        clock = Clock()
        gone = weakref.ref(clock)
        engine = self.open(clock=clock)
        del clock
        engine.close()
        gc.collect()
        self.assertIsNone(gone())

    def test_collecting_handles_while_another_thread_is_in_a_callback_does_not_hang(self):
        entered, leave = threading.Event(), threading.Event()
        block = []

        def clock():
            if block and threading.current_thread() is not threading.main_thread():
                entered.set()
                leave.wait(30)
            return NOW_US

        engine = self.open(clock=clock)
        workspaces = [engine.create_organization(f"Acme {i}") for i in range(20)]
        block.append(1)
        thread = threading.Thread(target=engine.organizations)
        thread.start()
        self.assertTrue(entered.wait(30))
        del workspaces
        gc.collect()
        self.assertEqual(len(engine.organizations()), 20)
        leave.set()
        thread.join(30)
        self.assertFalse(thread.is_alive())

    def test_threads_share_an_engine(self):
        engine = self.open()
        failures = []

        def work(n):
            try:
                for i in range(10):
                    engine.create_organization(f"Acme {n} {i}")
            except Exception as error:  # reported below, a thread has nowhere to raise
                failures.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        self.assertEqual(len(engine.organizations()), 40)

    def test_forked_child_is_refused(self):
        engine = self.open()
        child = os.fork()
        if child == 0:
            try:
                engine.organizations()
            except ol.Error as error:
                os._exit(0 if error.code == "OL_FORKED" else 1)
            os._exit(2)
        _, status = os.waitpid(child, 0)
        self.assertEqual(status, 0)
        self.assertEqual(engine.organizations(), [])


class Entry(Case):
    def test_unknown_command_shows_usage(self):
        done = subprocess.run([sys.executable, "-m", "onlyleads", "nonsense"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--help", done.stderr)

    def test_importing_needs_only_the_standard_library(self):
        done = subprocess.run([sys.executable, "-S", "-c", "import onlyleads"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
