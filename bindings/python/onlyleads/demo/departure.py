"""A customer's contract ends: a third organization, with some of the same people, is handed its data as one
file and deleted. Nothing of it may stay behind, and nothing of the others may change.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

from .. import Error
from . import imports, offer, visits
from .people import SECOND_FILE
from .world import API_KEY

FILE, COMPARED = "departed-organization.jsonl", "compared.jsonl"
# Exporting writes to the chain that it exports, and the ledger's queue is the installation's.
NOT_COMPARED = ("audit_entries", "audit_heads", "audit_anchors", "ledger_pending")
# In a process of its own: closing a file of the database here would let go of the engine's locks.
SEARCH = ("import pathlib, sys; read = lambda p: p.read_bytes() if p.exists() else b''; "
          "data = b''.join(read(pathlib.Path(sys.argv[1] + end)) for end in ('', '-wal')); "
          "print(sum(text.encode() in data for text in sys.argv[2:]))")


def tell_departure(story: Any) -> Dict[str, Any]:
    screen, name = story.screen, offer.DEPARTING["name"]
    handed = story.memory.once("departure file", lambda: _hand_out(story))
    screen.say(f"The contract with {name} is over: its {handed['rows']} rows ({handed['people']} people, "
               f"{handed['visits']} visits of its member) are handed out in {FILE}.")
    told: Dict[str, Any] = story.memory.once("departure", lambda: _depart(story, handed["org_id"]))
    clean = bool(told["gone"] and told["names_before"] and not told["names_left"]
                 and not told["residue_pending"])
    good = story.verdicts.judge(
        "departure", clean and handed["whole"] and told["untouched"],
        f"{name} is deleted: {told['names_before']} names that it alone had were in the database file, now "
        f"{told['names_left']} are; the other organizations' rows are "
        + ("the same, byte by byte." if told["untouched"] else "not the same."))
    # Not the rows: what is begun again after a kill has more lines in the audit.
    return {"people": handed["people"], "visits": handed["visits"], "whole": handed["whole"], **told,
            "good": good}


def _hand_out(story: Any) -> Dict[str, Any]:
    """Founds the organization, lets it work a little and exports it. Can begin again at any point."""
    plan = offer.DEPARTING
    ws = story.engine.create_organization(plan["name"], country=plan["country"],
                                          external_ref=plan["ref"])
    senders = list(ws.senders.list())
    member = senders[0]["member_id"] if senders else ws.members.add(plan["member"], plan["email"])
    sender = senders[0]["sender_id"] if senders else ws.senders.connect(
        member, plan["account"], story.world.url, API_KEY, offer.WEBHOOK_SECRET,
        name=plan["member"], **plan["limits"])
    visits.record(ws, member, story.start_us)
    imports.import_once(ws, story.memory, "import of the third", story.options.out / SECOND_FILE)
    campaign = ws.campaigns.create(offer.departing_campaign(sender), "demo-farewell")
    ws.campaigns.enroll(campaign, [person.id for person in ws.prospects.list()])
    path = story.options.out / FILE
    path.unlink(missing_ok=True)
    rows = story.engine.organizations.export(ws, path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {"org_id": ws.org_id, "rows": rows, "people": ws.prospects.count(),
            "visits": len(list(ws.usage.list())),
            "whole": lines[-1] == {"end": True, "rows": len(lines) - 2} and rows == len(lines) - 2}


def _depart(story: Any, org_id: str) -> Dict[str, Any]:
    before = story.memory.once("others before departure", lambda: _others(story))
    found = story.memory.once("departing names", lambda: _search(story))
    try:
        story.engine.organizations.delete(org_id)
    except Error as error:
        # Told again after a kill: it is gone already.
        if error.code != "OL_NOT_FOUND":
            raise
    return {"gone": _is_gone(story.engine, org_id), "names_before": found,
            "names_left": _search(story), "residue_pending": story.engine.residue()["pending"],
            "untouched": _others(story) == before}


def _is_gone(engine: Any, org_id: str) -> bool:
    try:
        engine.workspace(org_id)
    except Error as error:
        if error.code != "OL_NOT_FOUND":
            raise
        return all(row["org_id"] != org_id for row in engine.organizations())
    return False


def _search(story: Any) -> int:
    """How many of the names that only the third organization has are in the database file or its log."""
    plan = offer.DEPARTING
    database = story.options.out / "leads.db"
    done = subprocess.run([sys.executable, "-c", SEARCH, str(database), plan["member"], plan["email"],
                           plan["account"]], check=True, capture_output=True, text=True)
    return int(done.stdout)


def _others(story: Any) -> Dict[str, str]:
    """A digest of every row of the organizations that stay."""
    return {team.ws.org_id: digest(story.engine, team.ws, story.options.out / COMPARED)
            for team in story.teams}


def digest(engine: Any, ws: Any, path: Path) -> str:
    """What an export of an organization says, whenever it is made; the file does not stay."""
    path.unlink(missing_ok=True)
    engine.organizations.export(ws, path)
    found = hashlib.sha256()
    with open(path, encoding="utf-8") as file:
        for line in file:
            if json.loads(line).get("table", NOT_COMPARED[0]) not in NOT_COMPARED:
                found.update(line.encode())
    path.unlink()
    return found.hexdigest()

