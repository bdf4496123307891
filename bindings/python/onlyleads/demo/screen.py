"""What the demo says: chapters, sentences, tables, a progress bar.

With rich on a terminal, as plain text anywhere else; the words and numbers are the same. rich is
imported here alone, and only when a terminal asks for it.
"""

import sys
from typing import Any, Iterable, List, Sequence

WITHOUT_RICH = ("(plain text: the package rich is not installed; on Debian: "
                "apt-get install python3-rich)")


class Screen:
    """Plain text."""

    def chapter(self, number: int, title: str) -> None:
        print(f"\n== {number}. {title} ==", flush=True)

    def say(self, text: str) -> None:
        print(text, flush=True)

    def good(self, text: str) -> None:
        self.say(text)

    def bad(self, text: str) -> None:
        self.say("!! " + text)

    def letter(self, title: str, body: str) -> None:
        print(f"--- {title}")
        for line in body.splitlines():
            print(f"  | {line}")

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Numbers to the right, everything else to the left; nothing for no rows."""
        rows = [list(row) for row in rows]
        if not rows:
            return
        texts = [list(columns)] + [[_text(cell) for cell in row] for row in rows]
        widths = [max(len(line[i]) for line in texts) for i in range(len(columns))]
        right = [_is_number_column(rows, i) for i in range(len(columns))]
        if title:
            print(title)
        for number, line in enumerate(texts):
            cells = [cell.rjust(width) if is_right else cell.ljust(width)
                     for cell, width, is_right in zip(line, widths, right)]
            print("  " + "  ".join(cells).rstrip())
            if number == 0:
                print("  " + "  ".join("-" * width for width in widths))
        sys.stdout.flush()

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long chapter is; a terminal shows a bar, a file nothing."""


class SilentScreen(Screen):
    """Nothing, so that stdout holds one document."""

    def chapter(self, number: int, title: str) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def letter(self, title: str, body: str) -> None:
        """Nothing."""

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Nothing."""


class RichScreen(Screen):
    """The same on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        self._console = Console(highlight=False)
        self._bar: Any = None
        self._task: Any = None

    def chapter(self, number: int, title: str) -> None:
        from rich.rule import Rule
        from rich.text import Text
        self._end_bar()
        self._console.print()
        self._console.print(Rule(Text(f"{number}. {title}", style="bold cyan"), align="left"))

    def say(self, text: str) -> None:
        self._print(text, "")

    def good(self, text: str) -> None:
        self._print("✔ " + text, "green")

    def bad(self, text: str) -> None:
        self._print("✘ " + text, "bold red")

    def _print(self, text: str, style: str) -> None:
        from rich.text import Text
        self._end_bar()
        self._console.print(Text(text, style=style))

    def letter(self, title: str, body: str) -> None:
        from rich.panel import Panel
        from rich.text import Text
        self._end_bar()
        self._console.print(Panel(Text(body), title=Text(title, style="bold"), title_align="left",
                                  width=min(100, self._console.width)))

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        from rich.table import Table
        from rich.text import Text
        self._end_bar()
        rows = [list(row) for row in rows]
        if not rows:
            return
        table = Table(title=Text(title) if title else None, title_justify="left",
                      header_style="bold", title_style="italic")
        for number, name in enumerate(columns):
            # Folded, not cut: an id without its end is none.
            table.add_column(Text(name), overflow="fold",
                             justify="right" if _is_number_column(rows, number) else "left")
        for row in rows:
            table.add_row(*[Text(_text(cell)) for cell in row])
        self._console.print(table)

    def progress(self, what: str, done: int, total: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        if self._bar is None:
            self._bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(),
                                 TextColumn("{task.percentage:>3.0f}%"), console=self._console,
                                 transient=True)
            self._task = self._bar.add_task(what, total=total)
            self._bar.start()
        self._bar.update(self._task, description=what, completed=done, total=total)
        if done >= total:
            self._end_bar()

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def open_screen() -> Screen:
    # Names from a file may hold letters that the terminal's encoding lacks.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    if not sys.stdout.isatty():
        return Screen()
    try:
        return RichScreen()
    except ImportError:
        print(WITHOUT_RICH)
        return Screen()


def _is_number_column(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return bool(rows) and all(isinstance(row[column], (int, float)) or row[column] == ""
                              for row in rows)


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:g}"
    # Control characters of a file must not steer the terminal.
    return "".join(c if c.isprintable() else " " for c in str(cell))
