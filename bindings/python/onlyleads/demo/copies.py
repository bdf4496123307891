"""A person's copy of their data, what retention would remove, and an older copy of the database put back:
what was erased since stays erased, and its senders look before they write."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Optional

from .. import Error
from .. import open as open_engine
from . import offer

DATABASE, KEY, LEDGER = "leads.db", "leads.db.key", "leads.db.ledger"
BACKUP, RESTORED = "backup", "restored"
# In a process of its own: this one's locks on the database would go with the second handle.
COPY = ("import sqlite3, sys; a, b = map(sqlite3.connect, sys.argv[1:3]); a.backup(b); "
        "b.execute('PRAGMA journal_mode = DELETE'); b.close(); a.close()")


def tell_access(story: Any, prospect_id: str) -> Optional[Dict[str, Any]]:
    """What the person would be handed; None when they are erased already."""
    try:
        bundle = story.acme.ws.rights.access(prospect_id)
    except Error as error:
        if error.code != "OL_NOT_FOUND":
            raise
        return None
    values = sum(len(row) for rows in bundle["data"].values() for row in rows)
    story.screen.say(
        f"Their copy (GDPR 15): {values} values in {len(bundle['data'])} sections, "
        f"{len(bundle['categories'])} categories with source, purposes and retention, recipients: "
        + (", ".join(r["sub_processor_id"] for r in bundle["recipients"]) or "none") + ".")
    return {"values": values, "sections": sorted(bundle["data"]),
            "recipients": len(bundle["recipients"])}


def tell_retention(story: Any) -> Dict[str, int]:
    """A dry run as of now, and one that calls two weeks without use too long."""
    now, strict = (sum(row["due"] for row in story.acme.ws.retention.plan(days).rules
                       if row["retention_class"] == "prospect_active") for days in (0, 13))
    story.screen.say(f"Retention, dry run: {now} people are past 24 months without use; were the limit "
                     f"13 days, {strict} would be. Nothing is removed.")
    return {"due": now, "due_after_13_days": strict}


def back_up(story: Any) -> None:
    """A copy of the database from before the erasure, without its ledger."""
    folder = story.options.out / BACKUP
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run([sys.executable, "-c", COPY, story.options.out / DATABASE, folder / DATABASE],
                   check=True)
    shutil.copy(story.options.out / KEY, folder / KEY)


def tell_restore(story: Any, prospect_id: str) -> Dict[str, Any]:
    """Opens the copy with the ledger of today, as after a disaster. Both copies go afterwards: they
    hold somebody who is erased."""
    folder: Path = story.options.out / RESTORED
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(story.options.out / BACKUP, folder)
    shutil.copy(story.options.out / LEDGER, folder / LEDGER)
    with open_engine(folder / DATABASE, clock=story.clock, profile=offer.PROFILE) as engine:
        ws, lineage = engine.workspace(story.acme.ws.org_id), engine.lineage()
        back = _there(ws, prospect_id)
        objected = sum(1 for person in ws.prospects.list() if person.objected_at_us)
    known = sum(1 for person in story.acme.ws.prospects.list() if person.objected_at_us)
    good = lineage["restored_at_us"] is not None and not back and objected == known
    (story.screen.good if good else story.screen.bad)(
        "A copy from before the erasure is put back: recognised by the ledger, the person "
        + ("is back" if back else "stays gone")
        + f", {objected} objections hold, {lineage['senders_held']} senders look before they write.")
    for name in (RESTORED, BACKUP):
        shutil.rmtree(story.options.out / name)
    return {"recognised": lineage["restored_at_us"] is not None, "person_back": back,
            "objected": objected, "senders_held": lineage["senders_held"]}


def _there(ws: Any, prospect_id: str) -> bool:
    try:
        ws.prospects.get(prospect_id)
    except Error as error:
        if error.code != "OL_NOT_FOUND":
            raise
        return False
    return True
