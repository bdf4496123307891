"""The preview of every csv-spectrum file equals the JSON that belongs to it."""

import json
import os
import pathlib
import unittest

import onlyleads as ol

SPECTRUM = pathlib.Path(os.environ["ONLYLEADS_TEST_DATA"]) / "csv-spectrum"


class Spectrum(unittest.TestCase):
    def test_rows_under_their_header_equal_the_json(self):
        files = sorted((SPECTRUM / "csvs").glob("*.csv"))
        self.assertEqual(len(files), 12)
        for file in files:
            with self.subTest(file.name):
                path = SPECTRUM / "json" / file.with_suffix(".json").name
                expected = json.loads(path.read_text(encoding="utf-8"))
                preview = ol.preview_csv(file, limit=None)
                for row in preview.rows:
                    self.assertEqual(len(row), len(preview.header))
                self.assertEqual([dict(zip(preview.header, row)) for row in preview.rows], expected)


if __name__ == "__main__":
    unittest.main()
