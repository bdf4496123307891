"""From the command line's options to an engine, an organization and a person."""

import argparse
import logging
import os
import stat
import sys
from pathlib import Path
from typing import Any, Optional

from .. import engine as engines
from .._error import Error
from ..workspace import Workspace
from . import exits, files
from .exits import Stop

MOST_KEY_BYTES = 4096
MOST_IDENTIFIER_BYTES = 4096


def database(options: argparse.Namespace) -> Path:
    """The path that was named; it need not exist."""
    given = options.db or os.environ.get("ONLYLEADS_DB")
    if not given:
        raise Stop(exits.USAGE, "name the database with --db PATH or ONLYLEADS_DB")
    return Path(given)


def key(options: argparse.Namespace) -> Optional[bytes]:
    """The host's own key, every byte of its file; None: the file beside the database. An empty name
    or file is refused: the database would get another key than the one that was meant."""
    given, argument = options.key_file, "--key-file"
    if given is None:
        given, argument = os.environ.get("ONLYLEADS_KEY_FILE"), "--key-file (ONLYLEADS_KEY_FILE)"
    if given is None:
        return None
    if not given.strip():
        raise Stop(exits.USAGE, f"{argument}: must not be empty (an unset variable?)")
    held = files.read(argument, given, MOST_KEY_BYTES)
    if not held:
        raise Stop(exits.USAGE, f"{argument}: {given} is empty")
    return held


def open_engine(options: argparse.Namespace, create: bool = False) -> Any:
    path = database(options)
    if not create and not path.exists():
        raise Stop(exits.NOT_FOUND, f"there is no database at {path}; "
                                    "onlyleads import --new-org NAME makes one")
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise Stop(exits.STORAGE, f"{path} is no file")
    return engines.open(path, key=key(options), profile=options.profile,
                        busy_timeout_ms=options.busy_timeout_ms, log=_tell)


def _tell(level: int, line: str) -> None:
    """What the library's log has to say to an operator: a sender that stopped, an older copy."""
    if level >= logging.WARNING:
        print(f"onlyleads: {line}", file=sys.stderr, flush=True)


def workspace(engine: Any, wanted: Optional[str]) -> Workspace:
    """By id or external reference; without either the only one there is."""
    rows = engine.organizations()
    found = [row for row in rows
             if not wanted or names(wanted, row["org_id"], row["external_ref"])]
    if len(found) == 1:
        ws: Workspace = engine.workspace(found[0]["org_id"])
        return ws
    if not wanted:
        raise Stop(exits.NOT_FOUND if not rows else exits.USAGE,
                   "the database holds no organization yet; import --new-org NAME makes one"
                   if not rows else
                   f"the database holds {len(rows)} organizations: name one with --org")
    raise Stop(exits.NOT_FOUND, "--org: no organization has this id or external reference")


def for_all(options: argparse.Namespace, command: str) -> None:
    """Refuses --org where it would change nothing: who gives it means one organization alone."""
    if options.org:
        raise Stop(exits.USAGE, f"--org: {command} is for the whole database")


def new_workspace(engine: Any, options: argparse.Namespace) -> Workspace:
    """The organization that --new-org names: the one that is there, or a new one. With --org the
    library itself keeps it one, by its external reference."""
    named = [] if options.org else [row["org_id"] for row in engine.organizations()
                                    if row["name"] == options.new_org]
    if len(named) > 1:
        raise Stop(exits.USAGE, f"the database holds {len(named)} organizations of this name: name "
                                "one with --org")
    ws: Workspace = (engine.workspace(named[0]) if named else
                     engine.create_organization(options.new_org, country=options.country or "",
                                                external_ref=options.org or ""))
    return ws


def names(wanted: str, its_id: str, external_ref: str) -> bool:
    """Whether this is what --org or --campaign means."""
    return wanted.lower() == its_id or wanted == external_ref


def person(ws: Workspace, options: argparse.Namespace) -> str:
    """The id of the person that --id, --email or --linkedin names. "-" is read from stdin, so that
    an address need not stand in a list of processes."""
    given = {name: getattr(options, name) for name in ("id", "email", "linkedin")}
    name, value = next((name, value) for name, value in given.items() if value is not None)
    if value == "-":
        value = files.line_from_stdin("--" + name, MOST_IDENTIFIER_BYTES)
    try:
        found = ws.prospects.get(value) if name == "id" else ws.prospects.find(**{name: value})
    except Error as error:
        if error.code != "OL_NOT_FOUND":
            raise
        found = None
    if found is None:
        raise Stop(exits.NOT_FOUND, "there is no such person in this organization")
    return found.id
