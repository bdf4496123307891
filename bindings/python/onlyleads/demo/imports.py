"""Reading a directory of exports and importing it: what is there, in which order, what became of each
file, and whether that is what its truth.json says.
"""

import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from .. import Error, preview_csv
from . import DemoError

SUFFIXES = {".csv", ".txt"}
COUNTS = ("rows", "created", "updated", "unchanged", "suppressed", "rejected", "opt_outs")
BASIS = "legitimate_interests"
# A column that only an export of one's own connections has.
CONNECTED_COLUMNS = {"connected on", "verbunden am"}
SHOWN_REJECTS = 50


class Exports:
    """The files of --data and what is said to be true of them."""

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            raise DemoError(f"--data {directory} is not a directory")
        self.truth = _truth(directory / "truth.json")
        found = sorted(p for p in directory.iterdir()
                       if p.is_file() and p.suffix.lower() in SUFFIXES)
        if not found:
            raise DemoError(f"--data {directory} holds no *.csv and no *.txt to import")
        order = {name: i for i, name in enumerate(self.truth.get("order", []))}
        self.paths = sorted(found, key=lambda p: (order.get(p.name, len(order)), p.name))

    def expected(self, name: str) -> Optional[Dict[str, int]]:
        """The numbers truth.json has for a file, None when it says nothing."""
        for entry in self.truth.get("files", []):
            if entry.get("file") == name:
                names = {"data_rows": "rows"}
                return {names.get(key, key): value for key, value in entry.items()
                        if isinstance(value, int)}
        return None


def _truth(path: Path) -> Dict[str, Any]:
    if not path.exists():
        return {}
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise DemoError(f"{path} cannot be read as JSON") from error
    if not isinstance(truth, dict):
        raise DemoError(f"{path} is not a JSON object")
    return truth


def source_of(name: str) -> str:
    return f"Export {name}"


def import_file(ws: Any, path: Path, progress: Callable[[int, int, int], None]) -> Dict[str, Any]:
    """The counts of one file, its reasons and first rejects; or the code of the error."""
    try:
        report = ws.prospects.import_csv(path, source=source_of(path.name), lawful_basis=BASIS,
                                         progress=progress)
    except Error as error:
        return {"file": path.name, "error": error.code}
    return _told(path.name, {name: getattr(report, name) for name in COUNTS}, report.rejects)


def finished(ws: Any) -> List[Any]:
    """The audit's entries of imports that ended, oldest first."""
    return [entry for entry in ws.audit.entries() if entry["verb"] == "import.finish"]


def import_once(ws: Any, memory: Any, key: str, path: Path,
                progress: Callable[[int, int, int], None] = lambda *counts: None) -> Dict[str, Any]:
    """import_file, remembered under a key. A kill may come after the import's last commit and before
    it is remembered; then the audit knows the counts, and the file is not imported once more."""
    told: Dict[str, Any] = memory.get(key)
    if told is not None:
        return told
    done = finished(ws)
    begun = memory.once("begun " + key, lambda: len(done))
    if len(done) > begun:
        entry = done[-1]
        told = memory.once(key, lambda: _told(path.name, entry["detail"],
                                              ws.prospects.rejects(entry["subject_id"])))
    else:
        told = memory.once(key, lambda: import_file(ws, path, progress))
    return told


def _told(name: str, counts: Dict[str, int], rejects: Iterable[Tuple[int, str, str]]
          ) -> Dict[str, Any]:
    reasons: Dict[str, int] = {}
    shown: List[List[Any]] = []
    for line, column, reason in rejects:
        reasons[reason] = reasons.get(reason, 0) + 1
        if len(shown) < SHOWN_REJECTS:
            shown.append([line, column, reason])
    return {"file": name, **{count: counts[count] for count in COUNTS}, "reasons": reasons,
            "rejects": shown}


def differences(report: Dict[str, Any], expected: Dict[str, int]) -> List[str]:
    """What is not as expected; empty when the file came out right."""
    return [f"{report['file']}: {key} is {report.get(key, 'missing')}, expected {value}"
            for key, value in expected.items() if report.get(key) != value]


def connections(path: Path) -> Iterator[Dict[str, str]]:
    """Identifiers of the people in an export of connections, one find() argument each; nothing for
    any other file."""
    try:
        header = {name.strip().lower() for name in preview_csv(path, limit=0).header}
        if not header & CONNECTED_COLUMNS:
            return
        preview = preview_csv(path, limit=None)
    except Error:
        return
    fields = {field: [i for i, mapped in enumerate(preview.mapping) if mapped == field]
              for field in ("linkedin", "email")}
    for row in preview.rows:
        for field, columns in fields.items():
            value = next((row[i].strip() for i in columns if i < len(row) and row[i].strip()), "")
            if value:
                yield {field: value}
                break
