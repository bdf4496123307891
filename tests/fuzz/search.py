"""Runs every fuzz target of a build for a while, all at once and out of everybody's way, and prints
what came of it as a table: search.py BUILD_DIR CORPUS_DIR OUT_DIR SECONDS [TARGET...]

What the search finds is kept in OUT_DIR: new inputs in <target>/, findings as <target>-crash-... (or
-timeout-, -oom-), logs in <target>.log. The exit code is 1 when there was a finding. Standard
library only.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

LIMITS = ["-rss_limit_mb=1024", "-timeout=300", "-print_final_stats=1", "-max_len=16384"]
STATUS = re.compile(r"^#\d+.* cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
EXECUTED = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
COLUMNS = ("target", "executions", "edges", "features", "corpus", "CPU minutes", "findings")


def start(program: Path, corpus: Path, out: Path, seconds: int) -> "subprocess.Popen[bytes]":
    """One search; it begins with the checked-in corpus and writes beside it, never into it."""
    kept = out / corpus.name
    kept.mkdir(parents=True, exist_ok=True)
    command = ["nice", "-n", "19", str(program), str(kept), str(corpus), *LIMITS,
               f"-max_total_time={seconds}", f"-artifact_prefix={out}/{corpus.name}-"]
    with open(out / f"{corpus.name}.log", "wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def row(name: str, out: Path, cpu_seconds: float) -> List[str]:
    log = (out / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    edges, features, corpus = (STATUS.findall(log) or [("-", "-", "-")])[-1]
    executed = EXECUTED.findall(log)
    findings = [path for kind in ("crash", "timeout", "oom", "leak")
                for path in out.glob(f"{name}-{kind}-*")]
    return [name, executed[-1] if executed else "-", edges, features, corpus,
            f"{cpu_seconds / 60:.1f}", str(len(findings))]


def main(build: Path, corpora: Path, out: Path, seconds: int, only: List[str]) -> int:
    names = only or sorted(path.name for path in corpora.iterdir() if path.is_dir())
    running: Dict[int, str] = {}
    for name in names:
        running[start(build / f"fuzz_{name}", corpora / name, out, seconds).pid] = name
    rows = []
    while running:
        pid, _, usage = os.wait4(-1, 0)
        rows.append(row(running.pop(pid), out, usage.ru_utime + usage.ru_stime))
    for cells in [COLUMNS, ["---"] * len(COLUMNS)] + sorted(rows):
        print("| " + " | ".join(cells) + " |")
    return 1 if any(cells[-1] != "0" for cells in rows) else 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]),
                  sys.argv[5:]))
