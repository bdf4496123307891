"""What the command line says: JSON or tables on stdout, progress and errors on stderr.

A pipe gets plain text and no progress; a terminal gets rich's tables when rich is installed.
"""

import io
import itertools
import json
import os
import shutil
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Iterable, List, Optional, Sequence

from ..demo.screen import RichScreen, Screen
from ..records import Records

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TICK_S = 0.1


def moment(us: Optional[int]) -> str:
    """An instant for people; "" for none."""
    if us is None:
        return ""
    return (EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%d %H:%M UTC")


def _screen() -> Screen:
    if sys.stdout.isatty():
        try:
            return RichScreen()
        except ImportError:
            pass
    return Screen()


def discard(stream: Any) -> None:
    """Lets go of what cannot be written: the interpreter would try once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Output:
    """Either JSON or words, decided once."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        for stream in (sys.stdout, sys.stderr):
            # Names from a file may hold letters that the terminal's encoding lacks.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        self._screen = _screen()

    def json(self, value: Any, indent: Optional[int] = None) -> None:
        """A JSON document, in UTF-8 whatever the terminal speaks."""
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_rows, indent=indent)
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding != "utf-8":
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        print(text, flush=True)

    def document(self, value: Any) -> None:
        """One JSON document on one line; nothing for people."""
        if self.as_json:
            self.json(value)

    def rows(self, columns: Sequence[str], rows: Iterable[Dict[str, Any]], empty: str) -> int:
        """JSON lines, or a table of these columns; how many rows."""
        if self.as_json:
            count = 0
            for row in rows:
                self.document(row)
                count += 1
            return count
        held = list(rows)
        if held:
            self._screen.table("", columns, [[_cell(name, row.get(name)) for name in columns]
                                             for row in held])
        else:
            self.say(empty)
        return len(held)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """For people alone."""
        if not self.as_json:
            self._screen.table("", columns, rows)

    def say(self, text: str) -> None:
        """For people alone."""
        if not self.as_json:
            print(text, flush=True)


def _rows(value: Any) -> List[Any]:
    """A short list of the library as the JSON list it is."""
    if isinstance(value, Records):
        return list(value)
    raise TypeError(f"JSON has no form for {type(value).__name__}")


def _cell(name: str, value: Any) -> Any:
    if name.endswith("_us"):
        return moment(value)
    return "" if value is None else value


class Progress:
    """A bar on stderr while that is a terminal, silence otherwise. A context manager."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn_at = 0.0

    def __call__(self, text: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._shown or (now - self._drawn_at < TICK_S and done < total):
            return
        self._drawn_at = now
        part = min(1.0, done / total) if total > 0 else 0.0
        width = max(10, min(40, shutil.get_terminal_size().columns - len(self._what) - 40))
        filled = round(part * width)
        bar = "#" * filled + "." * (width - filled)
        sys.stderr.write(f"\r\x1b[K{self._what} [{bar}] {100 * part:3.0f} % {text}")
        sys.stderr.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._shown and self._drawn_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def ask(question: str) -> bool:
    """Yes or no from a terminal. Whoever cannot be asked has not said yes."""
    sys.stderr.write(question + " [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def plain(report: Any) -> Dict[str, Any]:
    """A report's fields as a dict."""
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


def some(rows: Iterable[Any], most: int) -> List[Any]:
    """The first of possibly many."""
    return list(itertools.islice(rows, most))
