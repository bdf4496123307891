"""The ledger outside the database from Python: an older copy learns what it must not forget, from the
file or from the host's own sink. Real library, no mocks."""

import logging
import pathlib
import shutil
import tempfile
import unittest
import unittest.mock

import onlyleads as ol

NOW_US = 1_700_000_000_000_000
CSV = ("First Name,Last Name,Company,LinkedIn URL,Country\n"
       "Ann,One,North Ltd,https://www.linkedin.com/in/ann-one,GB\n"
       "Bo,Two,South Ltd,https://www.linkedin.com/in/bo-two,GB\n")
DATABASE = ("leads.db", "leads.db-wal", "leads.db-shm")


class Down(Exception):
    pass


class Sink:
    def __init__(self):
        self.frames = []
        self.down = False

    def append(self, frame):
        if self.down:
            raise Down("the sink is down")
        self.frames.append(frame)

    def read(self, start):
        return self.frames[start:]


class LedgerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.copy = self.folder / "copy"

    def open(self, **options):
        engine = ol.open(self.folder / "leads.db", clock=lambda: NOW_US, **options)
        self.addCleanup(engine.close)
        return engine

    def back_up(self):
        self.copy.mkdir()
        for name in DATABASE[:2]:
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, self.copy / name)

    def put_back(self):
        for name in DATABASE:
            (self.folder / name).unlink(missing_ok=True)
        for path in self.copy.iterdir():
            shutil.copy(path, self.folder / path.name)

    def populate(self, engine):
        workspace = engine.create_organization("Acme Ltd", external_ref="acme")
        path = self.folder / "people.csv"
        path.write_text(CSV, encoding="utf-8")
        workspace.prospects.import_csv(path, source="test", lawful_basis="legitimate_interests")
        return workspace

    def check_restore(self, **options):
        with self.open(**options) as engine:
            self.populate(engine)
            self.assertIsNone(engine.lineage().restored_at_us)
        self.back_up()
        with self.open(**options) as engine:
            workspace = engine.create_organization("Acme Ltd", external_ref="acme")
            ann = workspace.prospects.find(linkedin="ann-one")
            workspace.prospects.erase(ann.id)
            engine.run(max_calls=0)
            self.assertEqual(engine.lineage().waiting, 0)
            self.assertTrue(engine.audit.verify().intact)
        self.put_back()
        with self.open(**options) as engine:
            self.assertEqual(engine.lineage().restored_at_us, NOW_US)
            workspace = engine.create_organization("Acme Ltd", external_ref="acme")
            self.assertIsNone(workspace.prospects.find(linkedin="ann-one"))
            self.assertIsNotNone(workspace.prospects.find(linkedin="bo-two"))
            self.assertEqual(engine.audit.verify().problem, "rolled_back")
            report = workspace.prospects.import_csv(
                self.folder / "people.csv", source="again", lawful_basis="legitimate_interests")
            self.assertEqual(report.suppressed, 1)

    def test_an_older_copy_learns_from_the_file_who_was_erased(self):
        self.check_restore()

    def test_an_older_copy_learns_from_a_sink_in_python_who_was_erased(self):
        sink = Sink()
        self.check_restore(ledger=sink)
        self.assertTrue(all(isinstance(frame, bytes) for frame in sink.frames))
        self.assertFalse((self.folder / "leads.db.ledger").exists())
        self.assertFalse(any(b"ann" in frame.lower() for frame in sink.frames))

    def test_what_a_sink_raises_comes_out_and_its_record_follows(self):
        sink = Sink()
        engine = self.open(ledger=sink)
        workspace = self.populate(engine)
        ann = workspace.prospects.find(linkedin="ann-one")
        sink.down = True
        with self.assertRaises(Down):
            workspace.prospects.object(ann.id)
        with self.assertRaises(Down):
            engine.run()
        self.assertGreater(engine.lineage().waiting, 0)
        sink.down = False
        engine.run(max_calls=0)
        self.assertEqual(engine.lineage().waiting, 0)

    def test_a_lost_ledger_is_an_error_until_a_new_one_is_asked_for(self):
        with self.open() as engine:
            self.populate(engine)
            engine.run(max_calls=0)
        (self.folder / "leads.db.ledger").unlink()
        with self.assertRaises(ol.Error) as raised:
            self.open()
        self.assertEqual(raised.exception.code, "OL_LEDGER_BEHIND")
        self.assertIsNotNone(self.open(new_ledger=True).lineage().restored_at_us)

    def test_the_log_is_a_callable_of_the_logging_module(self):
        with self.open() as engine:
            self.populate(engine)
        lines = []

        def log(level, line):
            lines.append((level, line))
            raise Down("dropped")

        with unittest.mock.patch("sys.unraisablehook"):
            with self.open(new_ledger=True, log=log) as engine:
                self.assertEqual(len(engine.organizations()), 1)
        self.assertEqual([level for level, _ in lines], [logging.WARNING])
        self.assertIn("a new ledger was begun", lines[0][1])
        with self.assertRaisesRegex(TypeError, "log must be callable"):
            self.open(log="log")

    def test_a_sink_must_be_one(self):
        with self.assertRaisesRegex(TypeError, "read"):
            self.open(ledger=type("Half", (), {"append": print})())

        class Wrong(Sink):
            def read(self, start):
                return ["text"]

        with self.assertRaisesRegex(TypeError, "bytes"):
            self.open(ledger=Wrong())


if __name__ == "__main__":
    unittest.main()
