"""Every list result as PyArrow, pandas and Polars read it: types, nulls, laziness, who frees what,
Ctrl-C. Needs tests/python/requirements.txt; tests/with_venv.py brings it."""

import datetime
import gc
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

import pandas as pd
import polars as pl
import pyarrow as pa

import onlyleads as ol
from onlyleads.records import Pages

NOW_US = 1_700_000_000_000_000
NOW = datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)
INSTANT = pa.timestamp("us", "UTC")
PEOPLE = 25


class Case(unittest.TestCase):
    def setUp(self):
        gc.collect()
        before = ol.live_handles()
        folder = tempfile.TemporaryDirectory(prefix="onlyleads-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.engine = ol.open(self.folder / "leads.db", clock=lambda: NOW_US)
        self.ws = self.engine.create_organization("Acme Ltd")
        self.addCleanup(self.no_handle_is_left, before)

    def no_handle_is_left(self, before):
        self.engine.close()
        del self.engine, self.ws
        gc.collect()
        self.assertEqual(ol.live_handles(), before)

    def people(self, count=PEOPLE):
        path = self.folder / "people.csv"
        rows = "".join(f"P{i},Bé,p{i}@north.example,\"a \"\"b\"\" {i}\"\n" for i in range(count))
        path.write_text("First Name,Last Name,Email,Company\n" + rows + "No,One,,\n" * 3,
                        encoding="utf-8")
        return self.ws.prospects.import_csv(path, source="test",
                                            lawful_basis="legitimate_interests")

    def counted(self, limit=10):
        """The list of people with the number of pages it fetched so far."""
        fetched = []
        native = self.ws._native

        def fetch(token):
            fetched.append(token)
            return native.prospects_list(token, limit)

        return Pages(fetch, dict, iter), fetched


class PyArrow(Case):
    def test_a_short_list_becomes_a_table_with_its_types(self):
        listed = self.engine.organizations()
        table = pa.table(listed)
        types = {field.name: field.type for field in table.schema}
        self.assertEqual(types, {"org_id": pa.utf8(), "name": pa.utf8(), "country": pa.utf8(),
                                 "external_ref": pa.utf8(), "created_at_us": INSTANT,
                                 "active_until_us": INSTANT, "account_data_until_us": INSTANT})
        row, = table.to_pylist()
        self.assertEqual((row["org_id"], row["name"], row["created_at_us"]),
                         (self.ws.org_id, "Acme Ltd", NOW))
        table.validate(full=True)

    def test_an_empty_list_becomes_an_empty_table_with_columns(self):
        for listed in (self.ws.senders.list(), self.ws.outbox.list(), self.ws.campaigns.list()):
            table = pa.table(listed)
            self.assertEqual(table.num_rows, 0)
            self.assertGreater(table.num_columns, 3)

    def test_a_long_list_comes_whole_with_its_nulls(self):
        self.people()
        table = pa.table(self.ws.prospects.list(limit=10))
        table.validate(full=True)
        people = list(self.ws.prospects.list())
        self.assertEqual(table.num_rows, PEOPLE)
        self.assertEqual(table.column("prospect_id").to_pylist(), [p.id for p in people])
        self.assertEqual(table.column("company").to_pylist(), [p.company for p in people])
        self.assertEqual(table.column("obtained_at_us").to_pylist(), [NOW] * PEOPLE)
        self.assertEqual(table.column("objected_at_us").null_count, PEOPLE)
        self.assertEqual(table.schema.field("objected_at_us").type, INSTANT)

    def test_some_nulls_among_values_stand_where_they_belong(self):
        self.people()
        for person in list(self.ws.prospects.list())[3::5]:
            self.ws.prospects.object(person.id)
        column = pa.table(self.ws.prospects.list()).column("objected_at_us")
        self.assertEqual(column.to_pylist(),
                         [NOW if i % 5 == 3 else None for i in range(PEOPLE)])
        self.assertEqual(column.null_count, 20)

    def test_pages_are_fetched_when_they_are_asked_for(self):
        self.people()
        listed, fetched = self.counted()
        reader = pa.RecordBatchReader.from_stream(listed)
        self.assertEqual(len(fetched), 1)
        self.assertEqual(reader.read_next_batch().num_rows, 10)
        self.assertEqual(len(fetched), 1)
        self.assertEqual(reader.read_next_batch().num_rows, 10)
        self.assertEqual(len(fetched), 2)
        self.assertEqual([batch.num_rows for batch in reader], [5])

    def test_a_consumer_may_stop_early_and_start_again(self):
        self.people()
        listed, fetched = self.counted()
        reader = pa.RecordBatchReader.from_stream(listed)
        reader.read_next_batch()
        reader.close()
        del reader
        self.assertEqual(len(fetched), 1)
        self.assertEqual(pa.table(listed).num_rows, PEOPLE)
        self.assertEqual(pa.table(listed).num_rows, PEOPLE)

    def test_iteration_and_streams_do_not_disturb_each_other(self):
        self.people()
        listed = self.ws.prospects.list(limit=10)
        first = next(listed)
        self.assertEqual(pa.table(listed).num_rows, PEOPLE)
        self.assertEqual([first, *listed], list(self.ws.prospects.list()))

    def test_the_result_may_go_before_its_stream_and_a_table_after_the_engine(self):
        self.people()
        for listed in (self.ws.prospects.list(limit=10), self.engine.organizations()):
            capsule = listed.__arrow_c_stream__()
            del listed
            gc.collect()
            table = pa.RecordBatchReader._import_from_c_capsule(capsule).read_all()
            self.assertGreater(table.num_rows, 0)
        listed = self.engine.organizations()
        self.engine.close()
        self.assertEqual(pa.table(listed).column("name").to_pylist(), ["Acme Ltd"])
        table.validate(full=True)

    def test_a_capsule_that_nobody_took_frees_its_stream(self):
        self.people()
        gc.collect()
        before = ol.live_handles()
        listed = self.ws.prospects.list(limit=10)
        capsules = [listed.__arrow_c_stream__(), self.engine.organizations().__arrow_c_stream__()]
        self.assertGreater(ol.live_handles(), before)
        del listed, capsules
        gc.collect()
        self.assertEqual(ol.live_handles(), before)

    def test_rejects_and_earlier_imports_are_lists_too(self):
        report = self.people()
        self.assertEqual(pa.table(report.rejects).column("reason").to_pylist(),
                         ["no_identifier"] * 3)
        again = pa.table(self.ws.prospects.rejects(report.import_id))
        self.assertEqual(again.column("line").to_pylist(), [line for line, _, _ in report.rejects])

    def test_another_thread_may_read(self):
        self.people()
        listed, tables = self.ws.prospects.list(limit=3), []
        thread = threading.Thread(target=lambda: tables.append(pa.table(listed)))
        thread.start()
        thread.join(60)
        self.assertEqual(tables[0].num_rows, PEOPLE)

    def test_a_failure_between_pages_is_told_with_its_code(self):
        self.people()
        reader = pa.RecordBatchReader.from_stream(self.ws.prospects.list(limit=10))
        reader.read_next_batch()
        self.engine.close()
        with self.assertRaises(OSError) as caught:
            reader.read_next_batch()
        self.assertIn("OL_MISUSE", str(caught.exception))


class OtherConsumers(Case):
    def test_pandas_reads_a_list(self):
        self.people()
        for frame in (pa.table(self.ws.prospects.list(limit=10)).to_pandas(),
                      pd.DataFrame.from_arrow(self.ws.prospects.list(limit=10))):
            self.assertEqual(len(frame), PEOPLE)
            self.assertEqual(frame["obtained_at_us"][0], pd.Timestamp(NOW))
            self.assertEqual(frame["last_name"][24], "Bé")
            self.assertTrue(frame["objected_at_us"].isna().all())

    def test_polars_reads_a_list(self):
        self.people()
        for frame in (pl.DataFrame(self.ws.prospects.list(limit=10)),
                      pl.from_arrow(pa.table(self.ws.prospects.list(limit=10)))):
            self.assertEqual(frame.height, PEOPLE)
            self.assertEqual(frame.schema["obtained_at_us"], pl.Datetime("us", "UTC"))
            self.assertEqual(frame["company"][7], list(self.ws.prospects)[7].company)
            self.assertEqual(frame["objected_at_us"].null_count(), PEOPLE)
        self.assertEqual(pl.DataFrame(self.engine.organizations())["name"].to_list(), ["Acme Ltd"])


# Ctrl-C comes while the third page is fetched.
INTERRUPTED = """
import os, signal, sys
import onlyleads as ol, pyarrow as pa
from onlyleads.records import Pages
engine = ol.open(sys.argv[1])
native = engine.workspace(sys.argv[2])._native
fetched = 0
def fetch(token):
    global fetched
    fetched += 1
    if fetched == 3:
        os.kill(os.getpid(), signal.SIGINT)
    return native.prospects_list(token, 1)
def ended():
    pass
try:
    try:
        pa.table(Pages(fetch, dict, iter))
    finally:
        ended()
except KeyboardInterrupt:
    print("interrupted after", fetched, "pages")
print(engine.workspace(sys.argv[2]).prospects.count())
"""


class Interrupt(Case):
    def test_ctrl_c_ends_reading_and_comes_out_as_itself(self):
        self.people()
        done = subprocess.run([sys.executable, "-c", INTERRUPTED, self.folder / "leads.db",
                               self.ws.org_id], capture_output=True, text=True, timeout=100)
        self.assertEqual(done.stdout, f"interrupted after 3 pages\n{PEOPLE}\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
