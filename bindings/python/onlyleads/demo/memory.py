"""What a resumed story must know beside the database: one small JSON file in the out directory.

It holds numbers, ids and the sandbox's names, no personal data. It is written by rename, so a kill
leaves the old one or the new one.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Callable, Dict

from . import DemoError

FILE = "demo-state.json"
VERSION = 3
# Everything that a story leaves in its out directory, the sandbox's state excepted.
OWN_FILES = ("leads.db", "leads.db-wal", "leads.db-shm", "leads.db.key", "leads.db.ledger", FILE,
             FILE + ".new", "summary.json", "report.html", "report.html.new",
             "second-organization.csv", "carried.log", "departed-organization.jsonl",
             "compared.jsonl")
OWN_FOLDERS = ("backup", "restored")


class Memory:
    """A dict that survives the process; once() is how chapters become idempotent."""

    def __init__(self, directory: Path, resume: bool) -> None:
        self._path = directory / FILE
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DemoError(f"--out {directory} cannot be a directory: {error.strerror}") from error
        self.resumed = resume and self._path.exists()
        if self.resumed:
            self._data: Dict[str, Any] = self._load()
        else:
            self._clear(directory)
            self._data = {"version": VERSION}
            self.save()

    def _load(self) -> Dict[str, Any]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DemoError(f"{self._path} is damaged; start again without --resume") from error
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise DemoError(f"{self._path} is of another version; start again without --resume")
        return data

    def _clear(self, directory: Path) -> None:
        """Makes room for a new story, but only where an old one was."""
        database = directory / "leads.db"
        if database.exists() and not self._path.exists():
            raise DemoError(f"{database} was not made by the demo; choose another --out")
        for name in OWN_FOLDERS:
            shutil.rmtree(directory / name, ignore_errors=True)
        # The state file last: a kill in between must leave a directory that is known as ours.
        for name in sorted(OWN_FILES, key=lambda name: name == FILE):
            (directory / name).unlink(missing_ok=True)

    def save(self) -> None:
        new = self._path.with_name(FILE + ".new")
        with open(new, "w", encoding="utf-8") as file:
            json.dump(self._data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """The remembered value, or what make() returns, remembered from then on."""
        if key not in self._data:
            self._data[key] = make()
            self.save()
        return self._data[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self._data.get(key, default)

    def put(self, key: str, value: Any) -> None:
        self._data[key] = value
        self.save()
