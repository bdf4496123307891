"""What may stand on the command line: numbers within bounds, names that are not empty.

An empty value is mostly a shell variable that nobody has set; taken for "not given" it would do
something else than was meant. Numbers are refused here, before a database is opened.
"""

import argparse
from typing import Callable

MOST_DIGITS = 20


def filled(text: str) -> str:
    """A path, name or id: anything but blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty (an unset variable?)")
    return text


def number(most: int) -> Callable[[str], int]:
    """Whole numbers from 0 to `most`."""
    def parsed(text: str) -> int:
        # int() alone would take "1_000", other scripts' digits and any number of them.
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {most:,}")
    return parsed
