"""A workspace: the only handle on one organization, its verbs grouped by noun.

Lists that may be long are iterators that fetch page by page (Pages); short ones are lists (Records).
Both are read by Arrow consumers, too: pyarrow.table(ws.outbox.list()). Rows are Records whose columns
the C header of the noun names. Every method may raise onlyleads.Error.
"""

import json
from typing import (Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple,
                    Union)

from . import _onlyleads
from . import _arguments as check
from .records import (Draft, ImportReport, Pages, Prospect, Record, Records, Reject, Rejects,
                      RetentionPlan, RetentionReport, pages, prospect, record, records)

Document = Union[Dict[str, Any], str]
CANCEL_ANSWERS = {1: "cancelled", 2: "already_sent", 3: "in_flight"}


class Noun:
    """What the groups of verbs have in common."""

    def __init__(self, native: _onlyleads.Workspace) -> None:
        self._native = native


class Prospects(Noun):
    """The people the organization wants to reach."""

    def import_csv(self, path: Any, source: str = "", lawful_basis: str = "",
                   mapping: Optional[Dict[str, str]] = None, on_existing: str = "fill",
                   progress: Optional[Callable[[int, int, int], Any]] = None) -> ImportReport:
        """Imports a CSV file of any common encoding, delimiter and dialect.

        source: where the data comes from, required (GDPR 14(2)(f)).
        lawful_basis: an id of the rules' lawful bases, e.g. "legitimate_interests", required.
        mapping: {"column header": "field or empty"}; None: by the known headers.
        on_existing: "fill" (only empty fields), "skip" or "overwrite".
        progress: called between transactions with rows so far, bytes read and bytes in all. What it
            raises stops the import and comes out of this call; returning False stops it with Error
            OL_CANCELLED. What is committed stays, and the same import started again goes on.
        """
        done = _onlyleads.import_csv(
            self._native, check.path("path", path), check.text("source", source),
            check.text("lawful_basis", lawful_basis),
            "" if mapping is None else check.document("mapping", mapping),
            check.text("on_existing", on_existing), check.callback("progress", progress))
        native, import_id = self._native, done["import_id"]
        rejects = Rejects(done["rejected"],
                          lambda token: native.import_rejects(import_id, token, 0))
        return ImportReport(rejects=rejects, **done)

    def export_csv(self, path: Any,
                   progress: Optional[Callable[[int, int], Any]] = None) -> int:
        """Writes everybody as CSV into a new file that import_csv reads back; how many people.

        Objections, restrictions and opt-outs are columns that the import honours; cells that a
        spreadsheet would run as formulas have an apostrophe before them, which the import takes
        away. The columns are in prospects.h.
        progress: called with people done and in all; what it raises stops the export and comes out,
            returning False is Error OL_CANCELLED. Either removes the file again.
        Error OL_ALREADY_EXISTS (it never overwrites), OL_IO."""
        return _onlyleads.export_csv(self._native, check.path("path", path),
                                     check.callback("progress", progress))

    def rejects(self, import_id: str) -> Pages[Reject]:
        """Rejected rows of an earlier import in file order: (line, column, reason)."""
        wanted = check.identifier("import_id", import_id)
        return pages(lambda token: self._native.import_rejects(wanted, token, 0),
                     lambda row: (row["line"], row["column"] or "", row["reason"]))

    def count(self) -> int:
        """How many people there are."""
        return self._native.prospects_count()

    def find(self, email: Optional[str] = None,
             linkedin: Optional[str] = None) -> Optional[Prospect]:
        """The person with this address or LinkedIn URL (or public identifier or member id).

        Give exactly one. None when there is nobody."""
        if (email is None) == (linkedin is None):
            raise TypeError("find takes email= or linkedin=, exactly one")
        address, profile = check.text("email", email), check.text("linkedin", linkedin)
        found = self._native.prospects_find(address, profile) if address or profile else None
        return None if found is None else prospect(found)

    def get(self, prospect_id: str) -> Prospect:
        """One person; Error OL_NOT_FOUND."""
        return prospect(self._native.prospects_get(check.identifier("prospect_id", prospect_id)))

    def list(self, limit: Optional[int] = None) -> Pages[Prospect]:
        """Everybody, in id order; `limit` is the rows of a page, not of the list."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.prospects_list(token, rows), prospect,
                     lambda page: page.prospects())

    def __iter__(self) -> Pages[Prospect]:
        return self.list()

    def object(self, prospect_id: str) -> Records:
        """The person objects (GDPR 21(2)): from now on no message to them can be claimed.

        Returns the messages already on their way: message_id, channel, started_at_us. Idempotent.
        """
        return records(self._native.prospects_object(check.identifier("prospect_id", prospect_id)))

    def delete(self, prospect_id: str) -> Records:
        """Deletes the person because there is no more use for them: out of reach at once, never
        restored, purged 30 days later. A later import may bring them back, as somebody new.

        Returns what object does. Error OL_NOT_FOUND, OL_DENIED under a hold."""
        return records(self._native.prospects_delete(check.identifier("prospect_id", prospect_id)))

    def restrict(self, prospect_id: str) -> Records:
        """The person's data may only be stored from now on (GDPR 18): nothing to them is claimed,
        they are not scored. Returns the messages already on their way, as object does."""
        return records(self._native.prospects_restrict(
            check.identifier("prospect_id", prospect_id)))

    def lift_restriction(self, prospect_id: str) -> None:
        """Ends a restriction (GDPR 18(3): the person is told before). What it stopped stays so."""
        self._native.prospects_lift_restriction(check.identifier("prospect_id", prospect_id))

    def erase(self, prospect_id: str) -> Records:
        """Erases the person (GDPR 17); they do not come back by an import.

        Returns the messages already on their way, as object does. Error OL_NOT_FOUND."""
        return records(self._native.prospects_erase(check.identifier("prospect_id", prospect_id)))


class Members(Noun):
    """Users of the customer."""

    def add(self, name: str, email: str = "") -> str:
        """Adds a member; their id."""
        return self._native.member_add(check.text("name", name), check.text("email", email))


class Senders(Noun):
    """Members' LinkedIn accounts, connected at the provider."""

    def connect(self, member_id: str, account_id: str, base_url: str, api_key: str,
                webhook_secret: str, *, name: str = "", provider: str = "unipile",
                webhook_header: str = "Unipile-Auth", zone: str = "UTC", premium: bool = False,
                work_start_min: int = 0, work_end_min: int = 0,
                work_days: Union[int, Iterable[int]] = 0,
                invitations_per_day: int = 0, invitations_per_week: int = 0,
                messages_per_day: int = 0, messages_per_week: int = 0, profiles_per_day: int = 0,
                profiles_per_week: int = 0, min_gap_s: Optional[int] = None,
                mandate_scope: Union[str, Iterable[str]] = "", mandate_version: str = "",
                mandate_digest: str = "", mandate_evidence: str = "") -> str:
        """Connects an account; the sender's id.

        base_url: the provider's address with scheme. api_key, webhook_secret: sealed before stored.
        zone: IANA zone of the working hours, in minutes after local midnight (both 0: 09:00 to
        17:30). work_days: days as ints (Monday is 0) or a bit mask (bit 0 is Monday); 0: Monday to
        Friday. Limits are rolling windows, 0 takes the default of organizations.h. min_gap_s:
        seconds between two writes; None: 60, 0: none. mandate_*: what the member authorised, as for
        mandates.record; without any it is the provider's hosted sign-in, for every channel.
        """
        options = _onlyleads.SenderOptions()
        options.member_id = check.identifier("member_id", member_id)
        texts = {"account_id": account_id, "base_url": base_url, "api_key": api_key,
                 "webhook_secret": webhook_secret, "name": name, "provider": provider,
                 "webhook_header": webhook_header, "zone": zone,
                 "mandate_scope": check.scope("mandate_scope", mandate_scope),
                 "mandate_version": mandate_version, "mandate_digest": mandate_digest,
                 "mandate_evidence": mandate_evidence}
        for key, value in texts.items():
            setattr(options, key, check.text(key, value))
        numbers = {"work_start_min": work_start_min, "work_end_min": work_end_min,
                   "invitations_per_day": invitations_per_day,
                   "invitations_per_week": invitations_per_week,
                   "messages_per_day": messages_per_day, "messages_per_week": messages_per_week,
                   "profiles_per_day": profiles_per_day, "profiles_per_week": profiles_per_week}
        for key, number in numbers.items():
            setattr(options, key, check.integer(key, number))
        options.work_days = check.days("work_days", work_days)
        options.premium = check.flag("premium", premium)
        gap = 60 if min_gap_s is None else check.integer("min_gap_s", min_gap_s, 0)
        options.min_gap_s = -1 if gap == 0 else gap
        return self._native.sender_connect(options)

    def list(self) -> Records:
        """sender_id, member_id, name, account_id, base_url, premium, zone, state, paused_until_us,
        stop_reason, and the limits in force under the names that connect takes."""
        return records(self._native.sender_list())

    def disconnect(self, sender_id: str) -> Records:
        """Stops a sender at once; what is queued waits. Returns the messages on their way or with an
        open outcome: message_id, prospect_id, channel, started_at_us."""
        return records(self._native.sender_disconnect(check.identifier("sender_id", sender_id)))

    def resume(self, sender_id: str) -> None:
        """The account is in order again: clears a stop or a disconnection; what was queued goes on.
        The reconcile-only mode of a database that was put back runs on."""
        self._native.sender_resume(check.identifier("sender_id", sender_id))

    def release(self, sender_id: str) -> None:
        """Ends a sender's reconcile-only mode before run() has asked the provider what was sent after
        the copy was made: what is not in the ledger may be sent again. Nothing in another state."""
        self._native.sender_release(check.identifier("sender_id", sender_id))


class Mandates(Noun):
    """Members' authorisations to send on their behalf; without one nothing is queued or claimed."""

    def record(self, member_id: str, sender_id: str, text_version: str, text_digest: str, *,
               scope: Union[str, Iterable[str]] = "", evidence_ref: str = "",
               given_at_us: Optional[int] = None) -> str:
        """Records one; its id. What was parked for want of it goes on.

        text_version, text_digest: the host's name for the text agreed to, and its SHA-256 in
        hexadecimal. scope: channels ("linkedin_invite_note", "linkedin_message"); empty: all.
        """
        return self._native.mandate_record(
            check.identifier("member_id", member_id), check.identifier("sender_id", sender_id),
            check.scope("scope", scope), check.text("text_version", text_version),
            check.text("text_digest", text_digest), check.text("evidence_ref", evidence_ref),
            check.instant("given_at_us", given_at_us))

    def revoke(self, mandate_id: str) -> Records:
        """The member takes it back: nothing that no other mandate covers is claimed any more. Returns
        the messages on their way: message_id, prospect_id, channel, started_at_us."""
        return records(self._native.mandate_revoke(check.identifier("mandate_id", mandate_id)))

    def list(self, limit: Optional[int] = None) -> Pages[Record]:
        """All ever recorded: mandate_id, sender_id, member_id, scope, text_version, text_digest,
        evidence_ref, given_at_us, recorded_at_us, revoked_at_us (None while it holds)."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.mandate_list(token, rows))


class Usage(Noun):
    """What members did in the host's product: a log of its own, kept for 90 days."""

    def record(self, usage: Union[None, Mapping[str, Any], Iterable[Mapping[str, Any]]] = None,
               **one: Any) -> int:
        """Records mappings (or one, or keywords) with member_id and, as far as known, at_us (absent:
        now), ip, browser (the user agent) and page; all or none; how many. Error names row and field,
        for example usage[3].ip."""
        if (usage is None) == (not one):
            raise TypeError("record takes mappings or keywords, one of both")
        rows = [[check.identifier(f"usage[{i}].member_id", row.get("member_id"))]
                + [check.text(f"usage[{i}].{key}", row.get(key))
                   for key in ("ip", "browser", "page")]
                + [check.instant(f"usage[{i}].at_us", row.get("at_us"))]
                for i, row in enumerate(check.batch(
                    "usage", usage if usage is not None else one,
                    {"member_id", "ip", "browser", "page", "at_us"}))]
        return self._native.usage_record(rows)

    def list(self, limit: Optional[int] = None) -> Pages[Record]:
        """As recorded: usage_id, member_id, at_us, ip, browser, page."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.usage_list(token, rows))


class Campaigns(Noun):
    """Sequences of steps with an audience and a sender."""

    def create(self, spec: Document, external_ref: str = "") -> str:
        """Creates a campaign from its document (see campaigns.h); its id. The same external_ref
        again gives the existing campaign."""
        return self._native.campaign_create(check.document("spec", spec),
                                            check.text("external_ref", external_ref))

    def list(self) -> Records:
        """campaign_id, name, external_ref, sender_id, created_at_us."""
        return records(self._native.campaign_list())

    def enroll(self, campaign_id: str, prospect_ids: Iterable[str]) -> Records:
        """Offers people: prospect_id, enrolled (bool), reason for each, in the order given.
        At most 10,000 at once; enrolling again changes nothing."""
        return records(self._native.campaign_enroll(
            check.identifier("campaign_id", campaign_id),
            check.identifiers("prospect_ids", prospect_ids)))

    def enrollments(self, campaign_id: str, limit: Optional[int] = None) -> Pages[Record]:
        """prospect_id, state, step, due_at_us, reason."""
        campaign, rows = check.identifier("campaign_id", campaign_id), check.limit(limit)
        return pages(lambda token: self._native.campaign_enrollments(campaign, token, rows))

    def render(self, campaign_id: str, prospect_id: str, step: int = 0) -> Draft:
        """The text this person would get for a step (counted from 0). Error OL_MISSING_VARIABLE,
        OL_LIMIT."""
        rows = self._native.campaign_render(check.identifier("campaign_id", campaign_id),
                                            check.identifier("prospect_id", prospect_id),
                                            check.integer("step", step))
        return Draft(**rows[0])


class Relations(Noun):
    """Who is connected to a sender already."""

    def add(self, sender_id: str, prospect_id: str) -> None:
        """They are connected: campaigns skip the invitation."""
        self._native.relation_add(check.identifier("sender_id", sender_id),
                                  check.identifier("prospect_id", prospect_id))


class Scoring(Noun):
    """How well people fit, with the factors that make the score."""

    def run(self, scorecard: Document) -> int:
        """Scores everybody with this scorecard (see scoring.h), replacing earlier scores; how
        many."""
        return self._native.scoring_run(check.document("scorecard", scorecard))

    def top(self, limit: int = 10, with_linkedin: bool = False) -> Records:
        """The best, highest score first: prospect_id, score, factors ([{"name", "points"}])."""
        return records(self._native.scoring_top(check.integer("limit", limit),
                                                check.flag("with_linkedin", with_linkedin)))


class Signals(Noun):
    """What people did that tells of interest; scorecards may weigh it."""

    def record(self, signals: Union[Mapping[str, Any], Iterable[Mapping[str, Any]]]
               ) -> Records:
        """Records signals, all or none: mappings (or one) with prospect_id, kind ("reaction",
        "comment", "profile_view", "follow", "reply", "visit") and source (where it was seen);
        at_us (absent: now), external_ref and url may be added.

        One Record each, in the order given: prospect_id, signal_id (None when refused), disposition
        ("recorded", "duplicate", "refused"), reason ("objected", "restricted", "erased", "deleted").
        Error names row and field, for example signals[3].kind; then nothing was written."""
        rows = [[check.identifier(f"signals[{i}].prospect_id", row.get("prospect_id"))]
                + [check.text(f"signals[{i}].{key}", row.get(key))
                   for key in ("kind", "source", "external_ref", "url")]
                + [check.instant(f"signals[{i}].at_us", row.get("at_us"))]
                for i, row in enumerate(check.batch(
                    "signals", signals,
                    {"prospect_id", "kind", "source", "external_ref", "url", "at_us"}))]
        return records(self._native.signals_record(rows))

    def list(self, prospect_id: str, limit: Optional[int] = None) -> Pages[Record]:
        """One person's, as recorded: signal_id, kind, at_us, external_ref, source, url,
        recorded_at_us."""
        person, rows = check.identifier("prospect_id", prospect_id), check.limit(limit)
        return pages(lambda token: self._native.signals_list(person, token, rows))


class Outbox(Noun):
    """Messages queued, on their way, sent, open."""

    def list(self, limit: Optional[int] = None) -> Pages[Record]:
        """message_id, prospect_id, campaign_id, step, channel, state, attempts, outcome, remote_id,
        target, due_at_us, started_at_us, sent_at_us; in person order."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.outbox_list(token, rows))

    def cancel(self, message_id: str) -> str:
        """"cancelled", "already_sent" or "in_flight" (never retried if it did not go out)."""
        return CANCEL_ANSWERS[self._native.outbox_cancel(
            check.identifier("message_id", message_id))]


class Ledger(Noun):
    """What was sent to an identifier, also after its person was erased."""

    def find(self, identifier: str) -> Records:
        """campaign_id, step, channel, message_id, outcome, recorded_at_us."""
        return records(self._native.ledger_find(check.text("identifier", identifier)))


class Decisions(Noun):
    """Recorded decisions."""

    def list(self, prospect_id: str) -> Records:
        """Oldest first: decision_id, campaign_id, step, channel, stage, allowed (bool), reason,
        lawful_basis, profile, decided_at_us, pack_version."""
        return records(self._native.decision_list(check.identifier("prospect_id", prospect_id)))


class Disclosures(Noun):
    """What left about a person."""

    def list(self, prospect_id: str) -> Records:
        """sub_processor_id, purpose, data_categories (names with commas between), disclosed_at_us."""
        return records(self._native.disclosure_list(check.identifier("prospect_id", prospect_id)))


class Inbox(Noun):
    """Replies that came."""

    def list(self, limit: Optional[int] = None) -> Pages[Record]:
        """inbox_id, prospect_id, sender_id, label (opt_out, auto_reply, reply), body,
        received_at_us."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.inbox_list(token, rows))


class Rights(Noun):
    """What a person may demand to see."""

    def access(self, prospect_id: str) -> Dict[str, Any]:
        """A copy of everything stored about one person (GDPR 15), as the document of rights.h:
        data, categories, recipients, retention, rights, automated. Error OL_NOT_FOUND."""
        bundle: Dict[str, Any] = json.loads(
            self._native.rights_access(check.identifier("prospect_id", prospect_id)))
        return bundle


class Retention(Noun):
    """What is past its period, and its removal."""

    def plan(self, inactive_days: int = 0) -> RetentionPlan:
        """A dry run. inactive_days: without use, after which a prospect is inactive; 0: 730."""
        rows = records(self._native.retention_plan(check.integer("inactive_days", inactive_days)))
        return RetentionPlan(rows[0].plan_token, rows)

    def run(self, plan: Union[RetentionPlan, str], max_rows: Optional[int] = None,
            progress: Optional[Callable[[int, int], Any]] = None) -> RetentionReport:
        """Removes what the plan (or its token) named and nothing else.

        max_rows: about how many rows at most; None: all. progress: called between transactions
        with rows so far and rows planned; returning False stops it with Error OL_CANCELLED, what it
        raises comes out of this call. The same plan goes on. Error OL_CONFLICT: the plan is stale.
        """
        if plan is None:
            raise TypeError("plan must be a RetentionPlan or its token, not NoneType")
        token = plan.token if isinstance(plan, RetentionPlan) else check.text("plan", plan)
        rows = 0 if max_rows is None else check.integer("max_rows", max_rows, 1, 2**62)
        return RetentionReport(**_onlyleads.retention_run(
            self._native, token, rows, check.callback("progress", progress)))


class Holds(Noun):
    """What keeps data although its period is over. A hold permits no use."""

    def place(self, prospect_id: Optional[str], reason: str,
              until_us: Optional[int] = None) -> str:
        """Keeps one person's data (None: everybody's) from deletion; the hold's id.

        reason: a code of lower-case letters, digits and underscores. until_us: when it ends by
        itself; None: when it is released."""
        return self._native.hold_place(
            "" if prospect_id is None else check.identifier("prospect_id", prospect_id),
            check.text("reason", reason),
            0 if until_us is None else check.integer("until_us", until_us, 1, 2**62))

    def release(self, hold_id: str) -> None:
        """Ends a hold; twice is the same as once. Error OL_NOT_FOUND."""
        self._native.hold_release(check.identifier("hold_id", hold_id))

    def list(self, limit: Optional[int] = None) -> Pages[Record]:
        """Oldest first, ended ones too: hold_id, prospect_id (None: everybody), reason,
        placed_at_us, until_us, released_at_us."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.hold_list(token, rows))


class Audit(Noun):
    """The organization's audit entries."""

    def entries(self, limit: Optional[int] = None) -> Pages[Record]:
        """Oldest first: entry_id, at_us, actor, verb, subject_id, detail (dict), seq (0 while
        unsealed)."""
        rows = check.limit(limit)
        return pages(lambda token: self._native.audit_list(token, rows))


class Workspace:
    """One organization. Made by Engine.create_organization and Engine.workspace; keeps its engine
    alive. May be used from any thread."""

    def __init__(self, native: _onlyleads.Workspace) -> None:
        self._native = native
        self.prospects = Prospects(native)
        self.members = Members(native)
        self.senders = Senders(native)
        self.mandates = Mandates(native)
        self.usage = Usage(native)
        self.campaigns = Campaigns(native)
        self.relations = Relations(native)
        self.scoring = Scoring(native)
        self.signals = Signals(native)
        self.outbox = Outbox(native)
        self.ledger = Ledger(native)
        self.decisions = Decisions(native)
        self.disclosures = Disclosures(native)
        self.rights = Rights(native)
        self.retention = Retention(native)
        self.holds = Holds(native)
        self.inbox = Inbox(native)
        self.audit = Audit(native)

    @property
    def org_id(self) -> str:
        """The organization's id, for Engine.workspace."""
        return self._native.org_id

    @property
    def id(self) -> str:
        """The same as org_id."""
        return self._native.org_id

    def __repr__(self) -> str:
        return f"<onlyleads.Workspace {self.org_id}>"
