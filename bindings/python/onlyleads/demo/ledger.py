"""The provider's ledger against the library's, person by person. Pure.

A person is who the provider says: their provider id. What the provider accepted is the truth; the
library may say sent, or say that it does not know yet (unknown, parked, still in flight).
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Tuple

OPEN_STATES = {"unknown", "parked", "in_flight", "intent"}


@dataclass
class Person:
    """Steps of one person, counted on both sides."""

    provider_id: str
    accepted: int = 0
    sent: int = 0
    open: int = 0
    twice: int = 0

    @property
    def lost(self) -> int:
        """Accepted by the provider, and the library neither says sent nor lists it as open."""
        return max(0, self.accepted - self.sent - self.open)

    @property
    def phantom(self) -> int:
        """The library says sent, the provider never accepted it."""
        return max(0, self.sent - self.accepted)


@dataclass
class Comparison:
    """All persons of one account."""

    people: List[Person] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(getattr(person, name) for person in self.people)

    @property
    def equal(self) -> bool:
        return not (self.total("twice") or self.total("lost") or self.total("phantom"))

    def numbers(self) -> Dict[str, Any]:
        names = ("accepted", "sent", "open", "twice", "lost", "phantom")
        return {"people": len(self.people), "equal": self.equal,
                **{name: self.total(name) for name in names}}


def compare(entries: Iterable[Dict[str, Any]], messages: Iterable[Any],
            remembered: Callable[[Dict[str, Any]], Iterable[Any]]) -> Comparison:
    """entries: the sandbox's ledger of one account. messages: rows of the library's outbox (target,
    state). remembered: what the library's ledger knows about somebody of an entry who has no row in
    the outbox that names them, because they were erased."""
    people: Dict[str, Person] = {}
    names: Dict[str, str] = {}
    examples: Dict[str, Dict[str, Any]] = {}
    texts: Counter[Tuple[str, str]] = Counter()
    for entry in entries:
        key = entry["provider_id"]
        names[entry.get("public_identifier") or key] = key
        examples.setdefault(key, entry)
        person = people.setdefault(key, Person(key))
        person.accepted += 1
        # Steps differ in their text, and nobody is invited twice at all.
        what = "invitation" if entry["kind"] == "invitation" else entry["text"]
        texts[key, what] += 1
        person.twice += texts[key, what] > 1
    known = set()
    for message in messages:
        target = message["target"]
        # A row without a target is what erasure left of it.
        if not target:
            continue
        key = names.get(target, target)
        known.add(key)
        if message["state"] == "sent" or message["state"] in OPEN_STATES:
            _count(people.setdefault(key, Person(key)), message["state"])
    for key, entry in examples.items():
        if key not in known:
            for row in remembered(entry):
                _count(people[key], row["outcome"])
    return Comparison(sorted(people.values(), key=lambda person: person.provider_id))


def _count(person: Person, state: str) -> None:
    if state == "sent":
        person.sent += 1
    elif state in OPEN_STATES:
        person.open += 1
