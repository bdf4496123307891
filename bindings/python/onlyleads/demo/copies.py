"""A person's copy of their data, what retention would remove, and an older copy of the database put back:
what was erased since stays erased, and its senders look before they write."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

from .. import Error
from .. import open as open_engine
from . import offer

DATABASE, KEY, LEDGER = "leads.db", "leads.db.key", "leads.db.ledger"
BACKUP, RESTORED = "backup", "restored"
# In a process of its own: this one's locks on the database would go with the second handle.
COPY = ("import sqlite3, sys; a, b = map(sqlite3.connect, sys.argv[1:3]); a.backup(b); "
        "b.execute('PRAGMA journal_mode = DELETE'); b.close(); a.close()")


def tell_access(story: Any, pick: Dict[str, Any]) -> Dict[str, Any]:
    """What the person would be handed. Whoever got a message has a recipient of their data."""
    told: Dict[str, Any] = story.memory.once("access", lambda: _ask(story, pick["prospect_id"]))
    good = story.verdicts.judge(
        "access", told["themselves"] and (told["recipients"] or not pick["messages"]),
        f"Their copy (GDPR 15): {told['values']} values in {len(told['sections'])} sections, "
        f"{told['categories']} categories with source, purposes and retention, recipients: "
        + (", ".join(told["recipients"]) or "none") + ".")
    return {"values": told["values"], "sections": told["sections"],
            "recipients": len(told["recipients"]), "good": good}


def _ask(story: Any, prospect_id: str) -> Dict[str, Any]:
    bundle = story.acme.ws.rights.access(prospect_id)
    return {"values": sum(len(row) for rows in bundle["data"].values() for row in rows),
            "sections": sorted(bundle["data"]), "categories": len(bundle["categories"]),
            "recipients": [row["sub_processor_id"] for row in bundle["recipients"]],
            "themselves": len(bundle["data"].get("prospects", [])) == 1}


def tell_retention(story: Any) -> Dict[str, Any]:
    """A dry run as of now, and one that calls two weeks without use too long."""
    ws = story.acme.ws
    before = ws.prospects.count()
    now, strict = (sum(row["due"] for row in ws.retention.plan(days).rules
                       if row["retention_class"] == "prospect_active") for days in (0, 13))
    good = story.verdicts.judge(
        "retention", now <= strict <= before == ws.prospects.count(),
        f"Retention, dry run: {now} people are past 24 months without use; were the limit "
        f"13 days, {strict} would be. Nothing is removed.")
    return {"due": now, "due_after_13_days": strict, "good": good}


def back_up(story: Any) -> None:
    """A copy of the database from before the erasure, without its ledger."""
    folder = story.options.out / BACKUP
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run([sys.executable, "-c", COPY, story.options.out / DATABASE, folder / DATABASE],
                   check=True)
    shutil.copy(story.options.out / KEY, folder / KEY)


def tell_restore(story: Any, prospect_id: str) -> Dict[str, Any]:
    """An older copy, opened with the ledger of today. Both copies go afterwards: they hold somebody
    who is erased."""
    told: Dict[str, Any] = story.memory.once("restored", lambda: _restore(story, prospect_id))
    good = story.verdicts.judge(
        "restore",
        told["recognised"] and not told["person_back"] and told["objected"] == told["known"],
        "A copy from before the erasure is put back: recognised by the ledger, the person "
        + ("is back" if told["person_back"] else "stays gone")
        + f", {told['objected']} objections hold, {told['senders_held']} senders look before they "
        "write.")
    # Not before it is remembered: a restore that was killed begins again with the backup.
    for name in (RESTORED, BACKUP):
        shutil.rmtree(story.options.out / name, ignore_errors=True)
    return {**{key: value for key, value in told.items() if key != "known"}, "good": good}


def _restore(story: Any, prospect_id: str) -> Dict[str, Any]:
    folder: Path = story.options.out / RESTORED
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(story.options.out / BACKUP, folder)
    shutil.copy(story.options.out / LEDGER, folder / LEDGER)
    with open_engine(folder / DATABASE, clock=story.clock, profile=offer.PROFILE) as engine:
        ws, lineage = engine.workspace(story.acme.ws.org_id), engine.lineage()
        back = _there(ws, prospect_id)
        objected = sum(1 for person in ws.prospects.list() if person.objected_at_us)
    known = sum(1 for person in story.acme.ws.prospects.list() if person.objected_at_us)
    return {"recognised": lineage["restored_at_us"] is not None, "person_back": back,
            "objected": objected, "known": known, "senders_held": lineage["senders_held"]}


def _there(ws: Any, prospect_id: str) -> bool:
    try:
        ws.prospects.get(prospect_id)
    except Error as error:
        if error.code != "OL_NOT_FOUND":
            raise
        return False
    return True
