"""erase, access, sweep: what people may demand and what must not be kept."""

import argparse
import json
import os
import sys
from typing import Any

from . import exits
from .exits import Stop
from .opening import open_engine, person, workspace
from .output import Output, Progress, ask, plain

COLUMNS = ("retention_class", "rule", "table", "period", "due", "held", "oldest_us")


def erase(options: argparse.Namespace, out: Output) -> int:
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        prospect_id = person(ws, options)
        if not options.yes:
            if sys.stdin is None or not sys.stdin.isatty():
                raise Stop(exits.USAGE, "erasing cannot be undone: confirm with --yes")
            if not ask(f"Erase {prospect_id} for good? They do not come back by an import."):
                raise Stop(exits.FINDINGS, "nothing was erased")
        on_their_way = ws.prospects.erase(prospect_id)
        pending = engine.residue()["pending"]
    out.document({"prospect_id": prospect_id, "erased": True, "on_their_way": on_their_way,
                  "residue_pending": pending})
    out.say(f"Erased {prospect_id}.")
    if on_their_way:
        out.say(f"{len(on_their_way)} messages had left already:")
        out.table(["message_id", "channel"], [[row["message_id"], row["channel"]]
                                              for row in on_their_way])
    if pending:
        out.say("A reader keeps old pages of the database: onlyleads run clears them when it ends.")
    return exits.OK


def access(options: argparse.Namespace, out: Output) -> int:
    """Always JSON: it is a document by nature, to be handed over."""
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        bundle = ws.rights.access(person(ws, options))
    indent = None if out.as_json else 2
    if options.out is None:
        out.json(bundle, indent)
        return exits.OK
    data = (json.dumps(bundle, ensure_ascii=False, indent=indent) + "\n").encode()
    _write_new(options.out, data)
    out.document({"path": str(options.out), "bytes": len(data)})
    out.say(f"Written to {options.out}, readable by you alone.")
    return exits.OK


def _write_new(path: str, data: bytes) -> None:
    """The whole file, on the disk, or none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Stop(exits.REFUSED, f"{path} exists; nothing was overwritten") from error
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException as error:
        os.unlink(path)
        if isinstance(error, OSError):
            error.filename = path
        raise


def sweep(options: argparse.Namespace, out: Output) -> int:
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        plan = ws.retention.plan(options.inactive_days)
        done = None
        if options.yes:
            done = _run(ws, plan)
    rules = [{name: row[name] for name in COLUMNS} for row in plan.rules]
    due = sum(row["due"] for row in rules)
    out.document({"plan": rules, "due": due, "done": plain(done) if done else None})
    if not out.as_json:
        out.rows(COLUMNS, [row for row in rules if row["due"] or row["held"]],
                 "Nothing is past its period.")
    if done:
        out.say(f"Removed: {done.people:,} inactive people, {done.deleted:,} deleted ones for good, "
                f"{done.logs:,} log rows{', and the organization' if done.accounts else ''}.")
    elif due:
        out.say(f"{due:,} rows are due. Nothing was removed: --yes removes exactly these.")
    return exits.OK


def _run(ws: Any, plan: Any) -> Any:
    with Progress("removing") as bar:
        return ws.retention.run(plan, progress=lambda rows, all_: bar(f"{rows:,} rows", rows, all_))
