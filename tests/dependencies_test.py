"""What ./run installs and what docs/dependencies.md explains are the same packages, each once and
with a reason. Standard library only; ./run lint and ctest run it."""

import re
import subprocess
import unittest
from collections import Counter
from pathlib import Path
from typing import List, Tuple

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|\s*$", re.MULTILINE)


def documented(text: str) -> List[Tuple[str, List[str]]]:
    """Package and the cells beside it, one pair a row of the table."""
    return [(name, [cell.strip() for cell in rest.split("|")]) for name, rest in ROW.findall(text)]


class Dependencies(unittest.TestCase):
    def setUp(self) -> None:
        self.rows = documented((ROOT / "docs/dependencies.md").read_text(encoding="utf-8"))
        answer = subprocess.run([str(ROOT / "run"), "packages"], check=True, capture_output=True,
                                text=True)
        self.installed = answer.stdout.split()

    def test_the_two_lists_are_equal(self) -> None:
        self.assertEqual(sorted(name for name, _ in self.rows), sorted(self.installed))

    def test_each_package_is_explained_once(self) -> None:
        counts = Counter(name for name, _ in self.rows)
        self.assertEqual([name for name, count in counts.items() if count > 1], [])
        for name, cells in self.rows:
            self.assertEqual(len(cells), 3, name)
            self.assertTrue(all(cells), f"{name}: a cell is empty")

    def test_a_row_is_read_as_a_row(self) -> None:
        self.assertEqual(documented("| `a-b` | build | x | y |\n| c | build | x | y |"),
                         [("a-b", ["build", "x", "y"])])


if __name__ == "__main__":
    unittest.main()
