"""The last two chapters: somebody is erased and does not come back, and the ledgers are compared."""

from typing import Any, Dict, List

from .. import Error
from . import copies, imports, ledger, visits
from .people import Team

SHOWN_PEOPLE = 15


def tell_erasure(story: Any) -> None:
    screen, memory, acme = story.screen, story.memory, story.acme
    screen.chapter(8, "One person asks for a copy and is erased; file and backup come again")
    story.numbers["usage"] = visits.tell_visits(story)
    pick = memory.once("erasure", lambda: _pick(story))
    if not pick:
        screen.say("There is nobody to erase.")
        story.numbers["erasure"] = None
        return
    before = memory.once("people before erasure", acme.ws.prospects.count)
    asked = copies.tell_access(story, pick)
    retention = copies.tell_retention(story)
    memory.once("backup", lambda: copies.back_up(story))
    try:
        acme.ws.prospects.erase(pick["prospect_id"])
    except Error as error:
        # Told again after a kill: they are gone already.
        if error.code != "OL_NOT_FOUND":
            raise
    path = story.options.data / pick["file"]
    report = imports.import_once(acme.ws, memory, "import again", path)
    gone = acme.get(pick["prospect_id"]) is None and not _found(story, pick)
    after = acme.ws.prospects.count()
    if "error" in report:
        screen.say(f"{pick['file']} could not be imported again: {report['error']}")
    else:
        screen.table(f"{pick['file']}, imported again",
                     [name.replace("_", "-") for name in imports.COUNTS],
                     [[report[name] for name in imports.COUNTS]])
    good = story.verdicts.judge(
        "erasure", gone and after == before - 1 and report.get("suppressed", 0) >= 1,
        f"Erased somebody who got {pick['messages']} of our messages: {before} people before, "
        f"{after} now; rows suppressed: {report.get('suppressed', 0)}; "
        + ("the person stays gone." if gone else "the person is back."))
    residue = story.engine.residue()["pending"]
    story.verdicts.judge("residue", not residue, "No removed bytes are left in the database's log."
                         if not residue else f"{residue} removals have bytes in the database's log.")
    restored = copies.tell_restore(story, pick["prospect_id"])
    story.numbers["erasure"] = {"people_before": before, "people_after": after, "gone": gone,
                                "messages": pick["messages"], "access": asked,
                                "retention": retention, "residue_pending": residue,
                                "restored": restored, "good": good,
                                "again": {k: v for k, v in report.items() if k != "rejects"}}


def _pick(story: Any) -> Dict[str, Any]:
    """Whom to erase: who was written to most often, else anybody of a file. No personal data: the
    person's names are found again through the sandbox's ledger."""
    files = {imports.source_of(path.name): path.name for path in story.exports.paths}
    written: Dict[str, List[Any]] = {}
    for message in story.acme.ws.outbox.list():
        if message["state"] == "sent":
            written.setdefault(message["prospect_id"], []).append(message["target"])
    for prospect_id in sorted(written, key=lambda id: (-len(written[id]), id)):
        person = story.acme.get(prospect_id)
        if person is None or person.source not in files or person.objected_at_us:
            continue
        entry = next((e for e in story.own_ledger() if e["account_id"] == story.acme.account
                      and e["provider_id"] in written[prospect_id]), None)
        if entry is not None:
            return {"prospect_id": prospect_id, "file": files[person.source], "seq": entry["seq"],
                    "messages": len(written[prospect_id])}
    for person in story.acme.ws.prospects.list():
        if person.source in files and person.emails:
            return {"prospect_id": person.id, "file": files[person.source], "seq": None,
                    "messages": 0}
    return {}


def _found(story: Any, pick: Dict[str, Any]) -> bool:
    entry = next((e for e in story.own_ledger() if e["seq"] == pick["seq"]), None)
    return entry is not None and any(story.acme.find(name) is not None
                                     for name in _names(entry))


def _names(entry: Dict[str, Any]) -> List[str]:
    return [name for name in (entry.get("public_identifier"), entry["provider_id"]) if name]


def tell_ledger(story: Any) -> None:
    screen = story.screen
    screen.chapter(9, "The provider's ledger against the library's, person by person")
    everything = story.own_ledger()
    comparisons = {team.name: _compare(team, everything) for team in story.teams}
    for team in story.teams:
        _show_people(screen, team, comparisons[team.name], everything)
    columns = ("accepted", "sent", "open", "twice", "lost", "phantom")
    screen.table("", ["organization", "people", *columns],
                 [[name, len(c.people), *[c.total(column) for column in columns]]
                  for name, c in comparisons.items()])
    waiting = sum(comparison.total("open") for comparison in comparisons.values())
    differ = not all(comparison.equal for comparison in comparisons.values())
    equal = story.verdicts.judge(
        "ledger", not differ, "The ledgers differ." if differ
        else "Equal: no step twice, none lost"
        + (f"; {waiting} listed as open." if waiting else "."))
    _tell_second(story)
    audit = story.engine.audit.verify()
    story.verdicts.judge(
        "audit", audit.intact, f"Audit: {audit.sealed} entries sealed, "
        + ("every chain is whole." if audit.intact else f"damaged: {audit.problem}."))
    story.numbers["ledger"] = {"equal": equal, "organizations": {
        name: comparison.numbers() for name, comparison in comparisons.items()}}
    story.numbers["audit"] = {"intact": bool(audit.intact), "sealed": audit.sealed}


def _compare(team: Team, everything: List[Dict[str, Any]]) -> ledger.Comparison:
    def remembered(entry: Dict[str, Any]) -> List[Any]:
        rows: Dict[str, Any] = {}
        for name in _names(entry):
            try:
                rows.update((row["message_id"], row) for row in team.ws.ledger.find(name))
            except Error as error:
                # A provider id that is no LinkedIn identifier is nothing the ledger is keyed by.
                if not error.callers_fault:
                    raise
        return list(rows.values())
    return ledger.compare([e for e in everything if e["account_id"] == team.account],
                          team.ws.outbox.list(), remembered)


def _show_people(screen: Any, team: Team, comparison: ledger.Comparison,
                 everything: List[Dict[str, Any]]) -> None:
    names = {e["provider_id"]: e.get("public_identifier") or e["provider_id"] for e in everything}
    wrong = [p for p in comparison.people if p.twice or p.lost or p.phantom]
    rest = sorted((p for p in comparison.people if p not in wrong), key=lambda p: -p.accepted)
    shown = (wrong + rest)[:SHOWN_PEOPLE + len(wrong)]
    if not shown:
        return
    screen.table(team.name, ["person", "provider accepted", "library: sent", "library: open", ""],
                 [[names.get(p.provider_id, p.provider_id), p.accepted, p.sent, p.open,
                   "DIFFERENT" if p in wrong else "open" if p.open else "equal"] for p in shown])
    if len(comparison.people) > len(shown):
        screen.say(f"... and {len(comparison.people) - len(shown)} more, all equal or open.")


def _tell_second(story: Any) -> None:
    """Whether the second organization is as it made itself."""
    numbers: Dict[str, Any] = story.numbers["second_organization"]
    people = story.bolt.ws.prospects.count()
    own = {person.id for person in story.bolt.ws.prospects.list()}
    strangers = sum(1 for reply in story.bolt.ws.inbox.list()
                    if reply["prospect_id"] and reply["prospect_id"] not in own)
    crossed = story.numbers["replies"]["crossed_over"]
    apart = people == numbers["people"] and not strangers and not crossed
    story.verdicts.judge(
        "second_organization", apart,
        f"{story.bolt.name}: {people} people as imported, {strangers} replies of strangers, "
        f"{crossed} opt-outs taken over: "
        + ("nothing crossed over." if apart else "something crossed over."))
    numbers.update({"people_at_the_end": people, "apart": apart})
