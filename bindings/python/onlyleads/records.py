"""The shapes of results. Ids are strings, instants ints (microseconds since 1970 UTC), text that is
not known is "" and never None; None stands for an instant or number that does not exist."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

FLAGS = frozenset({"enrolled", "allowed", "premium", "active", "no_training"})
DOCUMENTS = frozenset({"factors", "detail"})


class Record(dict):
    """One row: columns by key or as attributes, `row["state"]` or `row.state`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def record(row: Dict[str, Any]) -> Record:
    """A row as the native half gives it, with its flags as bools and its documents parsed."""
    result = Record(row)
    for name, value in row.items():
        if name in FLAGS and value is not None:
            result[name] = bool(value)
        elif name in DOCUMENTS and value:
            result[name] = json.loads(value)
    return result


def records(rows: List[Dict[str, Any]]) -> List[Record]:
    return [record(row) for row in rows]


def pages(fetch: Callable[[str], Tuple[list, str]], make: Callable = record) -> Iterator:
    """Iterates over all pages of a list. The first is fetched now, so that a wrong argument raises
    here and not in the loop."""
    rows, token = fetch("")

    def rest() -> Iterator:
        page, next_token = rows, token
        while True:
            yield from map(make, page)
            if not next_token:
                return
            page, next_token = fetch(next_token)

    return rest()


@dataclass(frozen=True)
class Prospect:
    """A person. Text fields are "" where nothing is known."""

    id: str
    first_name: str
    last_name: str
    company: str
    title: str
    industry: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    recipient_type: str  # "corporate_named" or "unknown"
    emails: List[str]
    linkedin: str  # URL of the public profile
    member_id: str
    sales_navigator_id: str
    contact_points: List[str]  # role mailboxes such as info@: they never identify
    attributes: Dict[str, Any]  # what the file said beside the known fields
    source: str
    lawful_basis: str
    obtained_at_us: int
    objected_at_us: Optional[int]  # None: never
    restricted_at_us: Optional[int]  # None: no restriction of processing holds


def prospect(values: Dict[str, Any]) -> Prospect:
    values = dict(values)
    attributes = values.pop("attributes_json")
    return Prospect(attributes=json.loads(attributes) if attributes else {}, **values)


class Rejects(Sequence):
    """Rejected rows of an import in file order, as (line, column, reason) tuples.

    Behaves like a list but holds one page at a time: `line` is the physical line where the record
    starts, counted from 1, `column` the header of the column ("" where it is none), `reason` a
    reason code. Cell text is never shown.
    """

    def __init__(self, count: int, fetch: Callable[[str], Tuple[list, str]]) -> None:
        self._count = count
        self._fetch = fetch
        # Where each page that was seen starts, and the token that fetches it.
        self._starts: List[int] = [0]
        self._tokens: List[str] = [""]
        self._page_start = 0
        self._page: List[Tuple[int, str, str]] = []

    def __len__(self) -> int:
        return self._count

    def _load(self, number: int) -> None:
        rows, token = self._fetch(self._tokens[number])
        self._page = [(r["line"], r["column"] or "", r["reason"]) for r in rows]
        self._page_start = self._starts[number]
        if number + 1 == len(self._starts) and token:
            self._starts.append(self._page_start + len(rows))
            self._tokens.append(token)

    def _at(self, index: int) -> Tuple[int, str, str]:
        if not self._page_start <= index < self._page_start + len(self._page):
            number = max(i for i, start in enumerate(self._starts) if start <= index)
            self._load(number)
            while index >= self._page_start + len(self._page):
                if number + 1 == len(self._starts):
                    raise IndexError("the import has fewer rejects than it reported")
                number += 1
                self._load(number)
        return self._page[index - self._page_start]

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self._at(i) for i in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError("rejects index out of range")
        return self._at(index)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, tuple, Rejects)):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == (tuple(theirs) if isinstance(theirs, list) else theirs)
            for mine, theirs in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self[:5]))
        return f"[{shown}{', ...' if self._count > 5 else ''}]"


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: created + updated + unchanged + suppressed + rejected == rows."""

    import_id: str
    resumed: bool  # went on with an import that was interrupted; the numbers are the whole file's
    rows: int
    created: int
    updated: int
    unchanged: int
    suppressed: int  # matched an erasure tombstone or an installation suppression; not stored
    rejected: int
    opt_outs: int  # rows with an opt-out flag and an address, whatever their disposition
    rejects: Rejects = field(compare=False)


@dataclass(frozen=True)
class Preview:
    """How a CSV file would be read."""

    encoding: str
    delimiter: str
    header_row: int  # physical line of the header, counted from 1
    header: List[str]
    rows: List[List[str]]
    mapping: List[str]  # the field of each column, in the order of header


@dataclass(frozen=True)
class Decision:
    """The answer of policy.evaluate."""

    verdict: str  # "ALLOW" or "DENY"
    reason: str
    lawful_basis: Optional[str]  # None: nothing permits it
    obligations: List[Any]
    trace: List[Any]  # the steps that led there, in order


@dataclass(frozen=True)
class RunReport:
    """What one engine.run did."""

    calls: int  # provider calls, reads included
    sent: int
    not_sent: int
    unknown: int  # attempts whose outcome is open; settled by later runs
    settled: int
    parked: int
    enqueued: int
    refused: int
    sealed: int
    next_due_us: Optional[int]  # when to come back; None: nothing waits for time
    subscriptions_ended: int  # organizations with campaigns for which nothing is sent any more


@dataclass(frozen=True)
class InboxReport:
    """What became of a webhook."""

    duplicate: bool
    replies: int
    opt_outs: int
    connections: int
    settled: int


@dataclass(frozen=True)
class AuditReport:
    """What engine.audit.verify found."""

    intact: bool
    sealed: int
    unsealed: int
    overdue: int
    first_bad_seq: int  # 0 when intact
    first_bad_org: str  # "": the installation's own chain
    problem: str  # "", "changed", "removed", "reordered", "cut_tail", "head_forged"


@dataclass(frozen=True)
class Draft:
    """The text a person would get for a step."""

    body: str
    utf16_units: int
    limit_units: int
