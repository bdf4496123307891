"""A host's own HTTP transport, in place of libcurl: onlyleads.open(transport=...).

The library decides what is sent and when; the transport only carries it, and says honestly what
became of each request. See transport.h for the whole contract.
"""

import dataclasses
from typing import Any, Iterable, List, Protocol, Sequence, Tuple

from . import _arguments as check

NOT_STARTED = "not_started"
UNKNOWN = "unknown"
COMPLETE = "complete"
_FATES = {NOT_STARTED: 1, UNKNOWN: 2, COMPLETE: 3}


@dataclasses.dataclass(frozen=True)
class HttpRequest:
    """A request to be made. Headers carry the provider's key and the body personal data: neither
    belongs in a log."""

    id: int
    is_write: bool  # has an effect at the provider: at most once on the wire, no retry, no redirect
    method: str
    url: str
    headers: List[Tuple[str, str]] = dataclasses.field(repr=False)
    body: bytes = dataclasses.field(repr=False)
    timeout_s: float
    connect_timeout_s: float


@dataclasses.dataclass
class HttpCompletion:
    """What became of one. `fate` is NOT_STARTED only when certain that no byte left, COMPLETE for a
    whole answer of any status, else UNKNOWN: then the provider is asked before anything is repeated.
    error: a code such as "timeout" (a-z, 0-9, _) when not complete."""

    id: int
    fate: str = UNKNOWN
    status: int = 0
    headers: Iterable[Tuple[str, str]] = dataclasses.field(default=(), repr=False)
    body: bytes = dataclasses.field(default=b"", repr=False)
    error: str = ""


class Transport(Protocol):
    """What a transport offers. Called on the thread inside Engine.run(), one call at a time; it must
    not call the engine. An exception ends that run and comes out of it, after what is known of each
    request was recorded."""

    def submit(self, requests: Sequence[HttpRequest]) -> None:
        """Takes a batch; each ends in exactly one completion. Raises: none of them was started."""

    def poll(self, max_wait_s: float) -> Iterable[HttpCompletion]:
        """What is finished; waits for it up to max_wait_s of real time when nothing is. Raises:
        every request in flight counts as unknown."""

    def cancel(self, request_id: int) -> None:
        """Gives a request up; a completion in the next poll is still believed."""


class Adapter:
    """A Transport as the native module calls it: tuples in and out."""

    def __init__(self, transport: Transport) -> None:
        for name in ("submit", "poll", "cancel"):
            if not callable(getattr(transport, name, None)):
                raise TypeError(f"transport must have a method {name}()")
        self._transport = transport
        self.cancel = transport.cancel

    def submit(self, requests: List[Tuple[Any, ...]]) -> None:
        self._transport.submit([HttpRequest(*request) for request in requests])

    def poll(self, max_wait_s: float) -> List[Tuple[Any, ...]]:
        given = check.items("transport.poll()", self._transport.poll(max_wait_s), "completions")
        return [_plain(done) for done in given]


def _plain(done: HttpCompletion) -> Tuple[Any, ...]:
    if done.fate not in _FATES:
        raise ValueError("fate must be NOT_STARTED, UNKNOWN or COMPLETE")
    return (int(done.id), _FATES[done.fate], int(done.status), check.pairs("headers", done.headers),
            check.raw("body", done.body), check.text("error", done.error))
