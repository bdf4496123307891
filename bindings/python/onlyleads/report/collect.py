"""Reads what a report tells from the engine's own lists. Numbers and one person; no markup.

Everything is counted from lists that anybody can call, so each number of the page can be checked.
Decisions are read per offered person: allow about 0.1 ms for each.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any, Dict, Iterable, List, Optional, Set
from zoneinfo import ZoneInfo

from .._error import Error
from ..records import AuditReport, Prospect, Record

DAY_US = 86_400_000_000
MOST_DAYS = 28
MOST_SCORES = 10_000
INVITATION = "linkedin_invite_note"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def at(us: int, zone: tzinfo = timezone.utc) -> datetime:
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone)


@dataclass
class Day:
    date: date
    sent: int


@dataclass
class Series:
    """One kind of send of one sender, against its limits."""

    kind: str  # "invitations" or "messages"
    per_day: int
    per_week: int
    total: int
    days: List[Day]  # every day from the first to the last send, the latest MOST_DAYS of them
    dropped: int  # earlier days that are not shown
    busiest_week: int  # most sends in any 168 hours


@dataclass
class Sender:
    name: str
    state: str
    zone: str
    series: List[Series]


@dataclass
class Event:
    at_us: int
    kind: str  # "decision", "message", "reply", "fact"
    row: Dict[str, Any]


@dataclass
class Person:
    prospect: Prospect
    score: Optional[Record]
    events: List[Event]
    disclosures: Counter


@dataclass
class Facts:
    """What the page tells."""

    organization: Record
    at_us: int
    people: int
    scores: List[float]
    erased: int
    objected: int
    campaigns: List[Record]
    offered: Set[str]
    allowed: Set[str]
    refused: Counter  # reason -> people and campaigns that ended so
    written: Set[str]
    invited: Set[str]
    accepted: Set[str]
    connected: Set[str]
    replied: Set[str]
    labels: Counter
    messages: Counter  # state -> messages
    senders: List[Sender]
    audit: AuditReport
    person: Optional[Person] = None
    decisions: int = 0
    entries: List[Record] = field(default_factory=list, repr=False)


def zone_of(name: str) -> tzinfo:
    """The sender's zone, UTC where this system has no data about it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return timezone.utc


def _busiest(instants: List[int], span_us: int) -> int:
    most = start = 0
    for end, instant in enumerate(instants):
        while instant - instants[start] >= span_us:
            start += 1
        most = max(most, end - start + 1)
    return most


def _calendar(instants: Iterable[int], zone: tzinfo) -> List[date]:
    """Every day from the first instant's to the last one's."""
    days = {at(us, zone).date() for us in instants}
    if not days:
        return []
    first = min(days)
    return [first + timedelta(days=n) for n in range((max(days) - first).days + 1)]


def _series(kind: str, sender: Record, instants: Iterable[int], calendar: List[date],
            zone: tzinfo) -> Series:
    ordered = sorted(instants)
    counts = Counter(at(us, zone).date() for us in ordered)
    days = [Day(one, counts[one]) for one in calendar]
    return Series(kind, sender[f"{kind}_per_day"], sender[f"{kind}_per_week"], len(ordered),
                  days[-MOST_DAYS:], max(0, len(days) - MOST_DAYS), _busiest(ordered, 7 * DAY_US))


def _senders(ws: Any, campaigns: List[Record], sent: List[Record]) -> List[Sender]:
    owner = {campaign["campaign_id"]: campaign["sender_id"] for campaign in campaigns}
    result = []
    for row in ws.senders.list():
        zone = zone_of(row["zone"])
        own = [m for m in sent if owner.get(m["campaign_id"]) == row["sender_id"]]
        split = {"invitations": [m["sent_at_us"] for m in own if m["channel"] == INVITATION],
                 "messages": [m["sent_at_us"] for m in own if m["channel"] != INVITATION]}
        calendar = _calendar((m["sent_at_us"] for m in own), zone)
        result.append(Sender(row["name"], row["stop_reason"] or row["state"],
                             row["zone"] if zone is not timezone.utc else "UTC",
                             [_series(kind, row, instants, calendar, zone)
                              for kind, instants in split.items()]))
    return result


def _find(ws: Any, prospect_id: str) -> Optional[Prospect]:
    try:
        return ws.prospects.get(prospect_id)
    except Error as error:
        if error.code == "OL_NOT_FOUND":
            return None
        raise


def _most_told(ws: Any, decided: Dict[str, int], replied: Counter) -> Optional[Prospect]:
    """Whose timeline says most: somebody who objected before others, then by decisions, replies."""
    best, rank = None, (False, 0, 0)
    for prospect_id in sorted(decided):
        mine = (decided[prospect_id], replied[prospect_id])
        if best is not None and rank[0] and (True, *mine) <= rank:
            continue
        person = _find(ws, prospect_id)
        if person is None:
            continue
        own = (person.objected_at_us is not None, *mine)
        if best is None or own > rank:
            best, rank = person, own
    return best


def _person(ws: Any, prospect: Prospect, facts: Facts, outbox: List[Record],
            inbox: List[Record]) -> Person:
    own = {m["message_id"]: m for m in outbox if m["prospect_id"] == prospect.id}
    events = [Event(prospect.obtained_at_us, "fact", {"verb": "obtained"})]
    events += [Event(d["decided_at_us"], "decision", d) for d in ws.decisions.list(prospect.id)]
    for entry in facts.entries:
        if entry["subject_id"] in own and entry["verb"] != "message.claim":
            events.append(Event(entry["at_us"], "message",
                                {**own[entry["subject_id"]], **entry, "detail": entry["detail"] or {}}))
        elif entry["subject_id"] == prospect.id and entry["verb"] != "inbox.reply":
            events.append(Event(entry["at_us"], "fact", entry))
    events += [Event(r["received_at_us"], "reply", r) for r in inbox
               if r["prospect_id"] == prospect.id]
    # What happened at one instant is told in the order in which one thing leads to the next.
    order = {"fact": 2, "decision": 0, "message": 1, "reply": 1}
    events.sort(key=lambda e: (e.at_us, order[e.kind] if e.row.get("verb") != "obtained" else -1))
    score = next((s for s in ws.scoring.top(MOST_SCORES) if s["prospect_id"] == prospect.id), None)
    left = Counter((d["sub_processor_id"], d["purpose"]) for d in ws.disclosures.list(prospect.id))
    return Person(prospect, score, events, left)


def collect(engine: Any, ws: Any, prospect_id: Optional[str] = None) -> Facts:
    organization = next(o for o in engine.organizations() if o["org_id"] == ws.org_id)
    entries = list(ws.audit.entries())
    campaigns = ws.campaigns.list()
    offered: Set[str] = set()
    refused: Counter = Counter()
    for campaign in campaigns:
        for row in ws.campaigns.enrollments(campaign["campaign_id"]):
            offered.add(row["prospect_id"])
            if row["state"] == "refused":
                refused[row["reason"]] += 1
    allowed: Set[str] = set()
    decided: Dict[str, int] = {}
    for one in offered:
        decisions = ws.decisions.list(one)
        decided[one] = len(decisions)
        if any(d["allowed"] for d in decisions):
            allowed.add(one)
    outbox, inbox = list(ws.outbox.list()), list(ws.inbox.list())
    sent = [m for m in outbox if m["state"] == "sent"]
    invited: Dict[str, int] = {m["prospect_id"]: m["sent_at_us"] for m in sent
                               if m["channel"] == INVITATION}
    related = {e["subject_id"]: e["at_us"] for e in entries if e["verb"] == "relation.add"}
    accepted = {one for one, us in invited.items() if related.get(one, -1) >= us}
    replied = Counter(r["prospect_id"] for r in inbox)
    facts = Facts(
        organization=organization, at_us=engine.last_instant(), people=ws.prospects.count(),
        scores=[row["score"] for row in ws.scoring.top(MOST_SCORES)],
        erased=sum(1 for e in entries if e["verb"] == "prospect.erase"),
        objected=len({e["subject_id"] for e in entries if e["verb"] == "prospect.object"}),
        campaigns=campaigns, offered=offered, allowed=allowed, refused=refused,
        written={m["prospect_id"] for m in sent}, invited=set(invited), accepted=accepted,
        connected=set(related) - accepted, replied=set(replied),
        labels=Counter(r["label"] for r in inbox), messages=Counter(m["state"] for m in outbox),
        senders=_senders(ws, campaigns, sent), audit=engine.audit.verify(), entries=entries,
        decisions=sum(decided.values()))
    chosen = ws.prospects.get(prospect_id) if prospect_id else _most_told(ws, decided, replied)
    if chosen is not None:
        facts.person = _person(ws, chosen, facts, outbox, inbox)
    return facts
