"""The ten exports, imported in order into one empty organization, equal truth.json."""

import json
import os
import pathlib
import tempfile
import unittest

import onlyleads as ol

EXPORTS = pathlib.Path(os.environ["ONLYLEADS_TEST_DATA"]) / "exports"
NUMBERS = {"data_rows": "rows", "created": "created", "updated": "updated",
           "unchanged": "unchanged", "rejected": "rejected", "opt_outs": "opt_outs"}


class Truth(unittest.TestCase):
    def test_every_file_and_person(self):
        truth = json.loads((EXPORTS / "truth.json").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder, ol.open(folder + "/leads.db") as engine:
            ws = engine.create_organization("Acme Ltd")
            for expected in truth["files"]:
                with self.subTest(expected["file"]):
                    report = ws.prospects.import_csv(EXPORTS / expected["file"], source="export",
                                                     lawful_basis="legitimate_interests")
                    self.assertEqual({key: getattr(report, mine) for key, mine in NUMBERS.items()},
                                     {key: expected[key] for key in NUMBERS})
                    reasons = {}
                    for _, _, reason in report.rejects:
                        reasons[reason] = reasons.get(reason, 0) + 1
                    self.assertEqual(reasons, expected["reasons"])
            self.assertEqual(ws.prospects.count(), truth["distinct_people"])
            self.assertEqual(len(list(ws.prospects.list(limit=100))), truth["distinct_people"])
            for person in truth["people"]:
                with self.subTest(person["identifiers"]):
                    self.check_person(ws, person)

    def check_person(self, ws, expected):
        for identifier in expected["identifiers"]:
            kind, value = identifier.split(":", 1)
            if kind not in ("email", "slug"):
                continue
            found = ws.prospects.find(**{"email" if kind == "email" else "linkedin": value})
            self.assertIsNotNone(found)
            self.assertEqual((found.first_name, found.last_name, found.company, found.title),
                             (expected["first"], expected["last"], expected["company"],
                              expected["title"]))


if __name__ == "__main__":
    unittest.main()
