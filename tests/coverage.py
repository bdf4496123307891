"""Executed lines by folder, as gcovr counts them after the tests ran: coverage.py BUILD_DIR. Prints a
table and, per file, the lines that no test reached; exits with 1 when a folder is below its bound.
./run coverage runs it."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent
# Line coverage in percent that must be reached. First match decides; the last one is for the rest.
BOUNDS = [("src/domain/", 95.0), ("src/capi/", 95.0), ("", 85.0)]
COUNTED = ["src/", "include/", "bindings/"]


def measure(build: Path) -> List[dict]:
    command = ["gcovr", "--root", str(ROOT), "--json-summary", "-", "--exclude-unreachable-branches",
               "--exclude", ".*/build/.*", str(build)]
    for folder in COUNTED:
        command += ["--filter", f"{ROOT}/{folder}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["files"]


def main(build: Path) -> int:
    groups: Dict[str, List[dict]] = defaultdict(list)
    for file in measure(build):
        groups[next(prefix for prefix, _ in BOUNDS if file["filename"].startswith(prefix))].append(file)
    below = 0
    for prefix, bound in BOUNDS:
        files = groups[prefix]
        covered = sum(file["line_covered"] for file in files)
        total = sum(file["line_total"] for file in files)
        percent = 100.0 * covered / max(total, 1)
        below += percent < bound
        print(f"{prefix or 'the rest':12} {percent:5.1f} % of {total} lines (bound {bound:.0f} %)")
    print()
    files = [file for group in groups.values() for file in group]
    for file in sorted(files, key=lambda f: f["line_covered"] - f["line_total"]):
        missed = file["line_total"] - file["line_covered"]
        if missed > 0:
            print(f"{missed:5} of {file['line_total']:5} not reached  {file['filename']}")
    return 1 if below else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve()))
