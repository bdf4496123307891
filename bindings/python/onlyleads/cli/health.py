"""audit and doctor: is everything as it should be, and what to do when it is not.

doctor looks and changes nothing but what opening a database changes. Each check answers ok, warning
(somebody should look) or failure (something does not work), with a sentence on what to do.
"""

import argparse
import os
import shutil
import stat
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional

from .._error import Error
from . import exits
from .exits import Stop
from .opening import database, for_all, key, open_engine, workspace
from .output import Output, moment, plain

OK, WARNING, FAILURE = "ok", "warning", "failure"
CLOCK_SLACK_US = 60_000_000
LEAST_FREE_BYTES = 256 << 20
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Check(NamedTuple):
    check: str
    state: str
    told: str
    advice: str = ""


def audit(options: argparse.Namespace, out: Output) -> int:
    if not options.entries:
        for_all(options, "audit without --entries")
    with open_engine(options) as engine:
        report = engine.audit.verify()
        if options.entries:
            ws = workspace(engine, options.org)
            out.rows(["at_us", "actor", "verb", "subject_id", "seq"], ws.audit.entries(),
                     "No entries.")
    if not options.entries:
        out.document(plain(report))
    out.say(f"{report.sealed:,} entries sealed, {report.unsealed:,} not yet, {report.overdue:,} "
            "waiting too long.")
    if report.intact:
        out.say("Every chain is whole.")
        return exits.OK
    damage = (f"Damaged: {report.problem}, first at entry {report.first_bad_seq:,} of "
              + (f"organization {report.first_bad_org}." if report.first_bad_org
                 else "the installation's own chain."))
    if options.entries and out.as_json:
        raise Stop(exits.FINDINGS, damage)  # no line among the entries
    out.say(damage)
    return exits.FINDINGS


# What can be wrong when a database does not open, and what helps.
OPENING = {
    "OL_KEY_MISMATCH": "put back the key file that belongs to this database; without it nothing that "
                       "was blocked or erased can be recognised",
    "OL_NOT_A_DATABASE": "the file is something else: name the right one",
    "OL_SCHEMA_TOO_NEW": "a newer onlyleads wrote it: use that version",
    "OL_SCHEMA_CHANGED": "somebody changed the schema: restore the file",
    "OL_CORRUPT": "restore the newest backup",
    "OL_READ_ONLY": "give this user the right to write to the file and its directory",
    "OL_DISK_FULL": "make room",
    "OL_BUSY": "another process holds the database: try again",
}


def _file(path: Path, what: str, private: bool) -> Check:
    try:
        info = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return Check(what, FAILURE, f"{path} is not there", "check the path, or restore the file")
    except OSError as error:
        return Check(what, FAILURE, f"{path}: {(error.strerror or 'cannot be reached').lower()}",
                     "let this user reach it; it may well be there")
    if not stat.S_ISREG(info.st_mode):
        return Check(what, FAILURE, f"{path} is no file", "name the database file")
    if not os.access(path, os.R_OK | (0 if private else os.W_OK)):
        return Check(what, FAILURE, f"{path} may not be used by this user",
                     f"run as its owner (user id {info.st_uid})")
    if info.st_mode & OTHERS:
        return Check(what, FAILURE if private else WARNING,
                     f"{path} is open to others (mode {stat.S_IMODE(info.st_mode):04o})",
                     f"chmod 600 {path}")
    return Check(what, OK, f"{path}, mode {stat.S_IMODE(info.st_mode):04o}")


def _files(options: argparse.Namespace) -> Iterator[Check]:
    path = database(options)
    yield _file(path, "database file", False)
    if key(options) is None:
        yield _file(path.with_name(path.name + ".key"), "key file", True)
    else:
        given = _file(Path(options.key_file or os.environ["ONLYLEADS_KEY_FILE"]), "key file", True)
        # Where secrets are mounted, others may be locked out otherwise.
        yield given if given.state == OK else given._replace(state=WARNING)
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return  # told with the database file
    yield Check("disk", OK if free >= LEAST_FREE_BYTES else WARNING, f"{free >> 20:,} MiB free",
                "" if free >= LEAST_FREE_BYTES else "make room: a full disk stops sending")


def _audit(engine: Any) -> Check:
    report = engine.audit.verify()
    if not report.intact:
        return Check("audit", FAILURE, f"damaged: {report.problem}, entry {report.first_bad_seq}",
                     "keep a copy of the file, then restore a backup; onlyleads audit says more")
    if report.overdue:
        return Check("audit", WARNING, f"whole, but {report.overdue:,} entries wait to be sealed",
                     "let onlyleads run run regularly")
    return Check("audit", OK, f"{report.sealed:,} entries, every chain whole")


def _register(engine: Any) -> Check:
    rows = engine.sub_processors()
    active = [row for row in rows if row["active"]]
    training = [row["sub_processor_id"] for row in active if not row["no_training"]]
    names = ", ".join(f"{row['sub_processor_id']} ({row['region']})" for row in active)
    if not active:
        return Check("sub-processors", WARNING, "none is active, so nothing can be sent",
                     "authorise the provider")
    if training:
        return Check("sub-processors", FAILURE, f"no term against training: {', '.join(training)}",
                     "agree on one before personal data goes there")
    return Check("sub-processors", OK, names)


def _clock(engine: Any) -> Check:
    now, last = time.time_ns() // 1000, engine.last_instant()
    if last > now + CLOCK_SLACK_US:
        return Check("clock", FAILURE, f"the database has seen {moment(last)}, this machine says "
                                       f"{moment(now)}",
                     "set the clock; until then limits and deadlines stand still")
    return Check("clock", OK, moment(now))


def _zones(senders: List[Any]) -> Check:
    folder = Path(os.environ.get("TZDIR", "/usr/share/zoneinfo"))
    missing = sorted({s["zone"] for s in senders if not (folder / s["zone"]).is_file()})
    if not folder.is_dir() or missing:
        return Check("zone data", FAILURE, f"{folder} lacks {', '.join(missing) or 'everything'}",
                     "install tzdata, or point TZDIR to it")
    return Check("zone data", OK, str(folder))


def _residue(engine: Any) -> Check:
    found = engine.residue()
    if found["pending"]:
        return Check("erasures", WARNING, f"{found['pending']:,} removals may have bytes in the "
                                          f"database's log, since {moment(found['since_us'])}",
                     "end what reads the database (a backup, a shell), then onlyleads run")
    return Check("erasures", OK, "no bytes of removed data are left")


def _ledger(engine: Any, path: Path) -> Iterator[Check]:
    beside = path.with_name(path.name + ".ledger")
    if beside.exists():
        yield _file(beside, "ledger file", True)
    found = engine.lineage()
    if found["waiting"]:
        yield Check("ledger", WARNING, f"{found['waiting']:,} frames are not outside the database yet",
                    "make its place writable; onlyleads run writes them")
    elif found["senders_held"]:
        yield Check("ledger", WARNING, f"an older copy was put back {moment(found['restored_at_us'])}; "
                                       f"senders that look before they write: {found['senders_held']:,}",
                    "onlyleads run asks the provider what was sent since, then they send again; those that "
                    "are stopped once they are resumed")
    else:
        yield Check("ledger", OK, f"{found['frames']:,} frames, nothing waits")


def _organization(engine: Any, row: Dict[str, Any]) -> Iterator[Check]:
    ws, name = engine.workspace(row["org_id"]), row["external_ref"] or row["org_id"]
    stopped = [s for s in ws.senders.list() if s["state"] not in ("active", "reconcile_only")]
    for sender in stopped:
        yield Check(f"senders of {name}", WARNING, f"{sender['sender_id']} is "
                    f"{sender['stop_reason'] or sender['state']}",
                    "put the account in order at the provider, then ws.senders.resume(sender_id)")
    messages = list(ws.outbox.list())
    states = Counter(message["state"] for message in messages)
    if states["parked"]:
        yield Check(f"outbox of {name}", WARNING, f"{states['parked']:,} messages wait for a person",
                    "look whether they arrived; cancel them or leave them")
    failed = Counter(m["outcome"] for m in messages if m["state"] == "queued" and m["outcome"])
    if failed:
        codes = ", ".join(f"{code} ({count:,})" for code, count in failed.most_common())
        yield Check(f"provider of {name}", WARNING,
                    f"{sum(failed.values()):,} messages were not taken: {codes}",
                    "look whether the provider can be reached; onlyleads run tries again")
    if not stopped and not states["parked"] and not failed:
        yield Check(f"organization {name}", OK, f"{ws.prospects.count():,} people, "
                                                f"{states['queued']:,} messages queued, "
                                                f"{states['unknown']:,} being looked up")


def _inside(engine: Any, path: Path) -> Iterator[Check]:
    organizations = engine.organizations()
    senders = [s for row in organizations for s in engine.workspace(row["org_id"]).senders.list()]
    whole: List[Callable[[], Check]] = [lambda: _audit(engine), lambda: _register(engine),
                                        lambda: _clock(engine), lambda: _zones(senders),
                                        lambda: _residue(engine)]
    for check in whole:
        yield check()
    yield from _ledger(engine, path)
    for row in organizations:
        yield from _organization(engine, row)


def _checks(options: argparse.Namespace) -> Iterator[Check]:
    failed = False
    for check in _files(options):
        failed = failed or check.state == FAILURE and check.check == "database file"
        yield check
    if failed:
        return
    engine: Optional[Any] = None
    try:
        engine = open_engine(options)
    except Error as error:
        yield Check("opening", FAILURE, error.message, OPENING.get(error.code, "see " + error.code))
        return
    with engine:
        yield Check("opening", OK, "the key fits, the schema is this version's")
        yield from _inside(engine, database(options))


def doctor(options: argparse.Namespace, out: Output) -> int:
    for_all(options, "doctor")
    checks = list(_checks(options))
    bad = [check for check in checks if check.state == FAILURE]
    out.document({"ok": not bad, "checks": [check._asdict() for check in checks]})
    marks = {OK: "ok", WARNING: "LOOK", FAILURE: "FAIL"}
    out.table(["", "check", "found"], [[marks[c.state], c.check, c.told] for c in checks])
    for check in checks:
        if check.advice:
            out.say(f"{check.check}: {check.advice}")
    return exits.FINDINGS if bad else exits.OK
