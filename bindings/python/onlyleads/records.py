"""The shapes of results. Ids are strings, instants ints (microseconds since 1970 UTC), text that is
not known is "" and never None; None stands for an instant or number that does not exist."""

import json
import operator
from dataclasses import dataclass, field
from typing import (Any, Callable, Dict, Generic, Iterable, Iterator, List, Optional, Tuple,
                    TypeVar, Union, overload)

from . import _onlyleads

T = TypeVar("T")
# Fetches the page of a token; gives it with the token of the next one, "" after the last.
Fetch = Callable[[str], Tuple[_onlyleads.Rows, str]]
Reject = Tuple[int, str, str]
FLAGS = frozenset({"enrolled", "allowed", "premium", "active", "no_training"})
DOCUMENTS = frozenset({"factors", "detail"})


class Record(Dict[str, Any]):
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


class Listed(Generic[T]):
    """What the rows of a result have of a list: they are read like one, compared with one, and not
    changed.

    Not a list itself: PyArrow and Polars would take a list apart item by item and never ask for its
    columns.
    """

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        raise NotImplementedError

    def _at(self, index: int) -> T:
        """The item at an index from 0 to len(self) - 1."""
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> List[T]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[T, List[T]]:
        if isinstance(index, slice):
            return [self._at(i) for i in range(*index.indices(len(self)))]
        at = operator.index(index)
        if at < 0:
            at += len(self)
        if not 0 <= at < len(self):
            raise IndexError("index out of range")
        return self._at(at)

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))

    def __add__(self, other: Iterable[T]) -> List[T]:
        return [*self, *other]

    def __radd__(self, other: Iterable[T]) -> List[T]:
        return [*other, *self]

    def index(self, item: object) -> int:
        """Where the first item is that equals this one; ValueError when none does."""
        return list(self).index(item)  # type: ignore[arg-type]

    def count(self, item: object) -> int:
        """How many items equal this one."""
        return sum(1 for mine in self if mine == item)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, tuple, Listed)):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other))

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self[:5]))
        return f"[{shown}{', ...' if len(self) > 5 else ''}]"


class Records(Listed[Record]):
    """The rows of a short list, in order: `rows[0].state`, `for row in rows`, `rows == []`;
    `list(rows)` for what takes lists alone (json.dumps).

    Arrow consumers read it, too (pyarrow.table, pandas, polars.DataFrame): columns by name, instants
    as timestamps, flags as 0 and 1, documents as JSON text.
    """

    def __init__(self, rows: _onlyleads.Rows) -> None:
        self._rows = rows
        self._records = [record(row) for row in rows]

    def __len__(self) -> int:
        return len(self._records)

    def _at(self, index: int) -> Record:
        return self._records[index]

    def __reduce__(self) -> Tuple[Any, ...]:
        return list, (self._records,)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """An Arrow C stream in a capsule, for consumers. The schema is always the library's own."""
        return self._rows.__arrow_c_stream__(requested_schema)


def records(rows: _onlyleads.Rows) -> Records:
    """A page of a short list as the list it is."""
    return Records(rows)


class Pages(Iterator[T]):
    """A list that may be long: an iterator that fetches page by page, once through. The first page
    is fetched when it is made, so that a wrong argument raises there and not in the loop.

    Arrow consumers (pyarrow.table, pandas, polars.DataFrame) read it too, any number of times: they
    always get the whole list from its first page, however far the iteration has come, and fetch
    each page when they ask for it, on whatever thread they do. A failure in between is their own
    exception with this library's text. Ctrl-C ends their reading, too: KeyboardInterrupt follows
    as soon as Python runs again.
    """

    def __init__(self, fetch: Fetch, make: Callable[[Dict[str, Any]], T],
                 read: Callable[[_onlyleads.Rows], Iterable[Dict[str, Any]]]) -> None:
        self._fetch = fetch
        self._first, self._second = fetch("")
        self._items = _walk(self._first, self._second, fetch, make, read)

    def __iter__(self) -> "Pages[T]":
        return self

    def __next__(self) -> T:
        return next(self._items)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """An Arrow C stream in a capsule, for consumers. The schema is always the library's own."""
        return _onlyleads.arrow_stream(self._first, self._second, self._fetch)


def _walk(page: _onlyleads.Rows, token: str, fetch: Fetch, make: Callable[[Dict[str, Any]], T],
          read: Callable[[_onlyleads.Rows], Iterable[Dict[str, Any]]]) -> Iterator[T]:
    while True:
        yield from map(make, read(page))
        if not token:
            return
        page, token = fetch(token)


def pages(fetch: Fetch, make: Callable[[Dict[str, Any]], Any] = record,
          read: Callable[[_onlyleads.Rows], Iterable[Dict[str, Any]]] = iter) -> "Pages[Any]":
    """A list over all pages that fetch(token) gives. `read` takes the rows of a page apart, `make`
    gives each its shape."""
    return Pages(fetch, make, read)


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


class Rejects(Listed[Reject]):
    """Rejected rows of an import in file order, as (line, column, reason) tuples.

    Behaves like a list but holds one page at a time: `line` is the physical line where the record
    starts, counted from 1, `column` the header of the column ("" where it is none), `reason` a
    reason code. Cell text is never shown. Arrow consumers read it as they read Pages.
    """

    def __init__(self, count: int, fetch: Fetch) -> None:
        self._count = count
        self._fetch = fetch
        # Where each page that was seen starts, and the token that fetches it.
        self._starts: List[int] = [0]
        self._tokens: List[str] = [""]
        self._page_start = 0
        self._page: List[Reject] = []

    def __len__(self) -> int:
        return self._count

    def _load(self, number: int) -> None:
        rows, token = self._fetch(self._tokens[number])
        self._page = [(r["line"], r["column"] or "", r["reason"]) for r in rows]
        self._page_start = self._starts[number]
        if number + 1 == len(self._starts) and token:
            self._starts.append(self._page_start + len(rows))
            self._tokens.append(token)

    def _at(self, index: int) -> Reject:
        if not self._page_start <= index < self._page_start + len(self._page):
            number = max(i for i, start in enumerate(self._starts) if start <= index)
            self._load(number)
            while index >= self._page_start + len(self._page):
                if number + 1 == len(self._starts):
                    raise IndexError("the import has fewer rejects than it reported")
                number += 1
                self._load(number)
        return self._page[index - self._page_start]

    def __eq__(self, other: object) -> bool:
        # Rows that came through JSON are lists.
        if isinstance(other, (list, tuple)):
            other = [tuple(theirs) if isinstance(theirs, list) else theirs for theirs in other]
        return super().__eq__(other)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """An Arrow C stream in a capsule, for consumers. The schema is always the library's own."""
        return _onlyleads.arrow_stream(*self._fetch(""), self._fetch)


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
    opt_outs: int  # rows with an opt-out flag and an address, or an objection and any identifier
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
    purged: int  # rows past their retention period that were removed
    residue_pending: int  # removals whose bytes are not gone yet
    organizations_failed: int  # left out: a zone, a key or a campaign of theirs cannot be read


@dataclass(frozen=True)
class RetentionPlan:
    """What is past its period: a dry run that Retention.run can be bound to."""

    token: str
    rules: Records  # retention_class, rule, table, period, due, held, oldest_us, plan_token


@dataclass(frozen=True)
class RetentionReport:
    """What one retention run removed."""

    done: bool  # nothing of the plan is left but what a hold keeps
    people: int  # inactive prospects
    deleted: int  # deleted prospects, for good
    logs: int  # rows of logs
    accounts: int  # 1: the organization itself


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
    problem: str  # "", "changed", "removed", "reordered", "cut_tail", "head_forged",
    # or "rolled_back": the ledger knows entries that this older copy does not


@dataclass(frozen=True)
class Draft:
    """The text a person would get for a step."""

    body: str
    utf16_units: int
    limit_units: int
