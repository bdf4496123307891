"""The demo's clock: an instant that moves only when the story says so.

The engine reads it as its host clock; the sandbox is set to the same instant before each run, so
that both tell one time. It never goes backwards.
"""

from datetime import datetime, timedelta, timezone

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
# A Monday, 09:00 UTC.
FIRST_INSTANT_US = int(datetime(2026, 11, 23, 9, tzinfo=timezone.utc).timestamp()) * SECOND_US


class Clock:
    """Microseconds since 1970 UTC; calling it tells the time."""

    def __init__(self, now_us: int) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us

    def advance_to(self, at_us: int) -> None:
        self.now_us = max(self.now_us, at_us)


def next_start(at_us: int) -> int:
    """The first Monday, 09:00 UTC, that is not before an instant; never before FIRST_INSTANT_US."""
    if at_us <= FIRST_INSTANT_US:
        return FIRST_INSTANT_US
    weeks = -(-(at_us - FIRST_INSTANT_US) // (7 * DAY_US))
    return FIRST_INSTANT_US + weeks * 7 * DAY_US


def show(at_us: int, form: str = "%a %d %b %H:%M") -> str:
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=at_us)).strftime(form)
