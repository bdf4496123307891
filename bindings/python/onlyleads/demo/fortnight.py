"""Two weeks on the accelerated clock, event by event: run, let the world move, jump to what is due.

The engine and the sandbox are told the same instant. Webhooks are fetched at each stop and calls are
made one after the other, so that the same seed and data give the same story: of two calls at once,
either may arrive first. A kill at any point loses nothing, because both sides keep their state and
the clock goes on from the later of the two.
"""

from typing import Any, Callable, Dict, List, Set

from .clock import DAY_US, HOUR_US, SECOND_US, Clock, show

FORTNIGHT_DAYS = 14
SETTLE_US = 2 * DAY_US


class Fortnight:
    """Drives an engine and a sandbox through time."""

    def __init__(self, engine: Any, world: Any, clock: Clock) -> None:
        self._engine = engine
        self._world = world
        self._clock = clock

    def step(self) -> Any:
        """One stop: the world is as late as we are, its news are in, due work is done."""
        self._clock.advance_to(self._world.set_clock(self._clock.now_us))
        while self._world.deliver()["delivered"]:
            pass
        report = self._engine.run(max_calls=1)
        while report.calls:
            report = self._engine.run(max_calls=1)
        return report

    def until(self, end_us: int, each_stop: Callable[[], None]) -> None:
        """Goes on to an instant; each_stop is called after every stop."""
        while True:
            report = self.step()
            each_stop()
            now = self._clock.now_us
            if now >= end_us:
                return
            due = report.next_due_us or end_us
            # Webhooks come between the due work too, so no jump is longer than an hour.
            self._clock.advance_to(min(max(due, now + SECOND_US), now + HOUR_US, end_us))

    def settle(self, workspaces: List[Any]) -> None:
        """Goes on until every open outcome is known or parked, for two days at most."""
        end_us = self._clock.now_us + SETTLE_US
        while self._clock.now_us < end_us and any(
                message["state"] in ("in_flight", "unknown")
                for ws in workspaces for message in ws.outbox.list()):
            self._clock.advance_to(self._clock.now_us + HOUR_US // 2)
            self.step()


def days(start_us: int, ledger: List[Dict[str, Any]], requests: List[Dict[str, Any]],
         inbox: List[Any]) -> List[List[Any]]:
    """Rows of the diary: day, invitations, messages, refused or lost attempts, replies, opt-outs.
    Read from what both sides keep, so that a killed story tells all its days."""
    diary: Dict[int, List[int]] = {}

    def note(at_us: int, column: int) -> None:
        diary.setdefault((at_us - start_us + 9 * HOUR_US) // DAY_US, [0] * 5)[column] += 1
    for entry in ledger:
        note(entry["at_us"], 0 if entry["kind"] == "invitation" else 1)
    for request in requests:
        if request["fault"] or request["outcome"] == "refused":
            note(request["arrived_us"], 2)
    for reply in inbox:
        note(reply["received_at_us"], 3)
        if reply["label"] in ("opt_out", "privacy_request"):
            note(reply["received_at_us"], 4)
    return [[show(start_us + day * DAY_US, "%a %d %b")] + counts
            for day, counts in sorted(diary.items())]


def faults_by_name(requests: List[Dict[str, Any]]) -> Dict[str, int]:
    """How often each of our faults struck a write."""
    result: Dict[str, int] = {}
    for request in requests:
        account, _, name = (request["fault"] or "").partition(": ")
        if name and account == request["account_id"]:
            result[name] = result.get(name, 0) + 1
    return result


def choose_objector(team: Any, second: Any, ledger: List[Dict[str, Any]],
                    answered: Set[str]) -> Dict[str, Any]:
    """Somebody who got a message, has not answered and is known to the second organization too, best
    before that one has written: the entry of the sandbox's ledger, {} when there is nobody."""
    written = {message["prospect_id"] for message in second.ws.outbox.list()
               if message["state"] == "sent"}
    candidates = []
    for entry in ledger:
        if entry["account_id"] != team.account or entry["kind"] == "invitation":
            continue
        name = entry.get("public_identifier") or entry["provider_id"]
        person, other = team.find(name), second.find(name)
        if person is not None and other is not None and person.id not in answered:
            candidates.append((other.id in written, entry["seq"], entry))
    return min(candidates)[2] if candidates else {}
