"""The code that README.md shows is in the quickstarts, which other tests run. Standard library only.

A line "..." stands for what is left out; the parts between may stand in any order in the file, the
lines of a part stand together.
"""

import re
import unittest
from pathlib import Path
from typing import Iterator, List, Tuple

ROOT = Path(__file__).resolve().parent.parent
FILES = {"python": "quickstart.py", "cpp": "quickstart.cc", "c": "quickstart.c"}
BLOCK = re.compile(r"^```(python|cpp|c)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lines(text: str) -> List[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def parts(text: str) -> Iterator[Tuple[str, List[str]]]:
    """Language and lines of each part of each block."""
    for language, block in BLOCK.findall(text):
        for part in re.split(r"^\s*\.\.\.\s*$", block, flags=re.MULTILINE):
            yield language, lines(part)


def stands_in(part: List[str], whole: List[str]) -> bool:
    return any(whole[i:i + len(part)] == part for i in range(len(whole) - len(part) + 1))


class Readme(unittest.TestCase):
    def test_its_code_is_in_the_quickstarts(self) -> None:
        found = list(parts((ROOT / "README.md").read_text(encoding="utf-8")))
        self.assertEqual({language for language, _ in found}, set(FILES))
        for language, part in found:
            source = (ROOT / "examples" / FILES[language]).read_text(encoding="utf-8")
            self.assertTrue(stands_in(part, lines(source)), "\n".join(part))

    def test_a_line_that_is_not_there_is_seen(self) -> None:
        self.assertFalse(stands_in(["a", "c"], ["a", "b", "c"]))
        self.assertTrue(stands_in(["b", "c"], ["a", "b", "c"]))


if __name__ == "__main__":
    unittest.main()
