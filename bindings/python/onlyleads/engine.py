"""An engine: one database with every organization in it."""

from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Protocol, Tuple, Union

from . import _onlyleads
from . import _arguments as check
from ._error import Error
from .records import AuditReport, InboxReport, Pages, Record, Records, RunReport, record, records
from .transport import Adapter, Transport
from .workspace import Workspace

Headers = Union[Mapping[str, Any], Iterable[Tuple[Any, Any]]]
RUN_NO_CALLS = -1


class LedgerSink(Protocol):
    """Where the ledger lies outside the database; see open."""

    def append(self, frame: bytes) -> Any:
        """Keeps one frame behind all others; durable when it returns."""

    def read(self, start: int) -> Iterable[bytes]:
        """Every frame from the start-th on, 0 being the first, in the order of appending."""


class EngineInbox:
    """Webhooks, for every organization at once."""

    def __init__(self, native: _onlyleads.Engine) -> None:
        self._native = native

    def ingest(self, provider: str, headers: Headers, body: Union[bytes, str]) -> InboxReport:
        """Takes one webhook of a provider ("unipile"): its HTTP headers (a mapping or pairs) and
        the raw body. Durable when it returns; twice, late and out of order are harmless. Error
        OL_UNAUTHORIZED when the shared secret is wrong (answer 401)."""
        return InboxReport(**self._native.ingest(check.text("provider", provider),
                                                 check.pairs("headers", headers),
                                                 check.raw("body", body)))


class EngineAudit:
    """The record of what was decided and done."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def verify(self) -> AuditReport:
        """Recomputes every chain. Damage is a result, not an exception."""
        return AuditReport(**self._engine._native.verify())

    def entries(self, workspace: Union[Workspace, str],
                limit: Optional[int] = None) -> Pages[Record]:
        """Entries of an organization (a Workspace or its id), oldest first."""
        if not isinstance(workspace, Workspace):
            workspace = self._engine.workspace(check.identifier("workspace", workspace))
        return workspace.audit.entries(limit)


class Organizations:
    """The customers: called or iterated it lists them, its verbs are those of their contracts."""

    def __init__(self, native: _onlyleads.Engine) -> None:
        self._native = native

    def list(self) -> Records:
        """org_id, name, country, external_ref, created_at_us, active_until_us, account_data_until_us
        of each; the last two None while no end of the subscription is known."""
        return records(self._native.organizations())

    def __call__(self) -> Records:
        return self.list()

    def __iter__(self) -> Iterator[Record]:
        return iter(self.list())

    def set_subscription(self, organization: Union[Workspace, str],
                         active_until_us: Optional[int]) -> None:
        """When the subscription ends or ended; None: no end is known. From then on nothing of the
        organization is queued or sent, and its account data may be kept for twelve months."""
        until = _onlyleads.NEVER if active_until_us is None else check.instant("active_until_us",
                                                                              active_until_us)
        self._native.set_subscription(organization_id(organization), until)

    def export(self, organization: Union[Workspace, str], path: Any,
               progress: Optional[Callable[[int, int], Any]] = None) -> int:
        """Writes everything of the organization as JSON Lines (see organizations.h) into a new file;
        how many rows. progress: called with rows done and in all; what it raises stops the export and
        comes out, returning False is Error OL_CANCELLED. Error OL_ALREADY_EXISTS, OL_NOT_FOUND."""
        return self._native.export_organization(organization_id(organization),
                                                check.path("path", path),
                                                check.callback("progress", progress))

    def delete(self, organization: Union[Workspace, str],
               progress: Optional[Callable[[int, int], Any]] = None) -> int:
        """Deletes the organization for good; how many rows. Its audit chain stays. Stopped, it goes
        on when called again. Error OL_CONFLICT while messages are in flight, OL_NOT_FOUND."""
        return self._native.delete_organization(organization_id(organization),
                                                check.callback("progress", progress))


def organization_id(organization: Union[Workspace, str]) -> str:
    if isinstance(organization, Workspace):
        return organization.org_id
    return check.identifier("organization", organization)


class Engine:
    """One installation. Made by onlyleads.open; a context manager that closes.

    May be used from any thread; calls queue behind the engine's lock, which is not held while HTTP
    is under way. The GIL is released while the library works.
    """

    def __init__(self, native: _onlyleads.Engine) -> None:
        self._native = native
        self.inbox = EngineInbox(native)
        self.audit = EngineAudit(self)
        self.organizations = Organizations(native)

    def create_organization(self, name: str, country: str = "", external_ref: str = "",
                            dpa_missing: bool = False) -> Workspace:
        """Creates an organization; the same external_ref again opens the existing one.

        country: ISO 3166-1 alpha-2, "" is "GB". dpa_missing: there is no processor contract (GDPR
        28(3)) yet, every send is refused."""
        options = _onlyleads.OrganizationOptions()
        options.external_ref = check.text("external_ref", external_ref)
        options.country = check.text("country", country)
        options.dpa_missing = check.flag("dpa_missing", dpa_missing)
        return Workspace(self._native.create_organization(check.text("name", name), options))

    def workspace(self, org_id: str) -> Workspace:
        """A workspace on an existing organization; Error OL_NOT_FOUND."""
        return Workspace(self._native.workspace(check.identifier("org_id", org_id)))

    def sub_processors(self) -> Records:
        """The register of sub-processors, one Record each (see engine.h)."""
        return records(self._native.sub_processors())

    def lineage(self) -> Record:
        """How the database stands to its ledger: frames, waiting (0 unless the ledger could not be
        written), restored_at_us (when an older copy was put back, None if never), senders_held (in
        reconcile-only mode)."""
        return records(self._native.lineage())[0]

    def run(self, max_ms: Optional[int] = None, max_calls: Optional[int] = None) -> RunReport:
        """Lets due work happen: queue, send, look up open outcomes, seal the audit.

        max_ms: stop taking new work after this many milliseconds of real time, 365 days at most;
        None: no bound.
        max_calls: provider calls at most; None: no bound, 0: none at all.
        Ctrl-C ends it; what was committed stays."""
        ms = 0 if max_ms is None else max(1, check.integer("max_ms", max_ms, 0, 2**62))
        calls = 0 if max_calls is None else check.integer("max_calls", max_calls, 0, 2**62)
        if max_calls == 0:
            calls = RUN_NO_CALLS
        done = self._native.run(ms, calls)
        if done["next_due_us"] == _onlyleads.NEVER:
            done["next_due_us"] = None
        return RunReport(**done)

    def residue(self) -> Record:
        """What erasures have still to clear: pending (removals) and since_us; both 0 when all is
        gone. A reader of the database in any process puts it off until it ends."""
        return record(self._native.residue())

    def cancel(self) -> None:
        """Makes every long call that is under way raise Error OL_CANCELLED soon, on whichever thread:
        run, imports, exports, enroll, scoring, audit.verify, retention, the deletion of an
        organization; and any call that waits for another process's lock. Any thread."""
        self._native.cancel()

    def last_instant(self) -> int:
        """The last instant the database knows of (microseconds since 1970 UTC), 0 when it is empty:
        where an accelerated clock goes on."""
        return self._native.last_instant()

    def close(self) -> None:
        """Closes the database and lets go of the clock. Twice is fine."""
        self._native.close()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


def open(path: Any, key: Union[bytes, str, None] = None,
         clock: Optional[Callable[[], int]] = None, transport: Optional[Transport] = None,
         profile: str = "strict", *, busy_timeout_ms: int = 0, max_call_ms: int = 0,
         ledger: Optional[LedgerSink] = None, new_ledger: bool = False,
         log: Optional[Callable[[int, str], None]] = None) -> Engine:
    """Opens or creates the database at `path`.

    key: at least 16 secret bytes, never none at all; None: the file PATH.key (0600), made when the database is new.
    clock: a callable that returns the present as an int, microseconds since 1970 UTC; None: the
        system's. What it raises comes out of the call that asked. It must not call the engine.
    transport: how HTTP requests are carried, see onlyleads.transport; None: by libcurl. An integer
        attribute max_concurrent bounds the requests in flight (8).
    profile: "strict" or "balanced", how contested law is read.
    busy_timeout_ms: how long to wait for another process (0: 10,000).
    max_call_ms: longest provider call (0: 120,000).
    ledger: where the ledger lies outside the database: an object with append(frame: bytes), which
        returns once the frame is durable, and read(start: int), which gives every frame from that
        one on. None: the file PATH.ledger. What it raises comes out of the call that needed it,
        although what that call changed is stored. It must not call the engine.
    new_ledger: for one open: leave the ledger that was and begin a new one, when it was lost
        (OL_LEDGER_BEHIND) or this copy is to live on apart (OL_LEDGER_FORKED).
    log: a callable of a level of the logging module and a line without personal data, such as
        logging.getLogger("leads").log: a sender that stops, an organization that is left out. What
        it raises is told to sys.unraisablehook and changes nothing. It must not call the engine.
    """
    secret = b"" if key is None else check.raw("key", key)
    if key is not None and not secret:
        raise Error("key: is empty; None takes the key file")
    for name in ("append", "read"):
        if ledger is not None and not callable(getattr(ledger, name, None)):
            raise TypeError(f"ledger must have a callable {name}")
    return Engine(_onlyleads.Engine(
        check.path("path", path), secret,
        check.text("profile", profile), check.callback("clock", clock),
        None if transport is None else Adapter(transport),
        check.integer("transport.max_concurrent", getattr(transport, "max_concurrent", 0)),
        check.integer("busy_timeout_ms", busy_timeout_ms, 0),
        check.integer("max_call_ms", max_call_ms, 0), ledger, check.flag("new_ledger", new_ledger),
        check.callback("log", log)))
