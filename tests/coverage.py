"""Executed lines by folder, as gcovr counts them after the tests ran: coverage.py BUILD_DIR. Prints a
table and, per file, the lines that no test reached; exits with 1 when a folder is below its bound.
A process that is killed or leaves by _exit writes no counters, so what only a child of such an end
runs counts as not reached. ./run coverage runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

ROOT = Path(__file__).resolve().parent.parent
# Line coverage in percent that must be reached. First match decides; the last one is for the rest.
BOUNDS = [("src/domain/", 95.0), ("src/capi/", 95.0), ("", 85.0)]
COUNTED = ["src/", "include/", "bindings/"]


class File(NamedTuple):
    name: str
    total: int
    missed: List[int]


def measure(build: Path) -> List[File]:
    # gcov leaves its files where it runs: in the build's folder, out of git's sight.
    command = ["gcovr", "--root", str(ROOT), "--object-directory", str(build), "--json", "-",
               "-j", str(os.cpu_count() or 1)]
    for folder in COUNTED:
        command += ["--filter", f"{ROOT}/{folder}"]
    text = subprocess.run(command + [str(build)], check=True, stdout=subprocess.PIPE).stdout
    return [_file(entry) for entry in json.loads(text)["files"]]


def _file(entry: Dict[str, Any]) -> File:
    lines = [line for line in entry["lines"] if not line["gcovr/noncode"]]
    missed = [line["line_number"] for line in lines if line["count"] == 0]
    return File(entry["file"], len(lines), sorted(missed))


def runs(numbers: Iterable[int]) -> str:
    """3, 4, 5, 9 as "3-5 9"."""
    found: List[Tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def main(build: Path) -> int:
    files = measure(build)
    groups: Dict[str, List[File]] = {prefix: [] for prefix, _ in BOUNDS}
    for file in files:
        groups[next(prefix for prefix in groups if file.name.startswith(prefix))].append(file)
    below = 0
    for prefix, bound in BOUNDS:
        total = sum(file.total for file in groups[prefix])
        reached = total - sum(len(file.missed) for file in groups[prefix])
        percent = 100.0 * reached / max(total, 1)
        # A folder that was renamed away must not pass for a folder without gaps.
        below += percent < bound or total == 0
        print(f"{prefix or 'the rest':12} {percent:5.1f} % of {total} lines (bound {bound:.0f} %)")
    print()
    for file in sorted(files, key=lambda f: -len(f.missed)):
        if file.missed:
            print(f"{len(file.missed):4} of {file.total:4}  {file.name}: {runs(file.missed)}")
    return 1 if below else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve()))
