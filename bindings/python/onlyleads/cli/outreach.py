"""import, score, plan, run, inbox: the verbs of the daily work. They name people by id alone, except
inbox, which is asked for what people wrote."""

import argparse
import time
from collections import Counter
from typing import Any, Dict, Iterator, List, Tuple

from .._error import Error
from ..preview import preview_csv
from . import exits, files
from .exits import Stop
from .opening import for_all, names, new_workspace, open_engine, workspace
from .output import Output, Progress, moment, plain, some

COUNTS = ("rows", "created", "updated", "unchanged", "suppressed", "rejected", "opt_outs")
LABELS = ("opt_out", "privacy_request", "auto_reply", "reply")  # inbox.h
MOST_WEBHOOK_BYTES = 1 << 20
MOST_SECRET_BYTES = 4096


def import_(options: argparse.Namespace, out: Output) -> int:
    if options.preview:
        return _preview(options, out)
    for name in ("source", "basis"):
        if not getattr(options, name):
            raise Stop(exits.USAGE, f"import needs --{name} (where the data comes from, and what "
                                    "permits to hold it, is asked for by GDPR 14 and 6)")
    mapping = None
    if options.mapping is not None:
        mapping = files.json_object("--mapping", options.mapping)
    if options.country and options.new_org is None:
        raise Stop(exits.USAGE, "--country belongs to --new-org")
    files.check("FILE", options.file)  # before a database is made for it
    with open_engine(options, create=options.new_org is not None) as engine:
        ws = (workspace(engine, options.org) if options.new_org is None
              else new_workspace(engine, options))
        with Progress("importing") as bar:
            done = ws.prospects.import_csv(
                options.file, source=options.source, lawful_basis=options.basis, mapping=mapping,
                on_existing=options.on_existing,
                progress=lambda rows, read, size: bar(f"{rows:,} rows", read, size))
        rejects = [{"line": line, "column": column, "reason": reason}
                   for line, column, reason in some(done.rejects, options.rejects)]
    report = {"org_id": ws.org_id, "import_id": done.import_id, "resumed": done.resumed,
              **{name: getattr(done, name) for name in COUNTS}, "rejects": rejects}
    out.document(report)
    out.table([name.replace("_", "-") for name in COUNTS], [[report[name] for name in COUNTS]])
    if rejects:
        out.table(["line", "column", "reason"], [list(row.values()) for row in rejects])
        if done.rejected > len(rejects):
            out.say(f"... and {done.rejected - len(rejects):,} more (--rejects N)")
    return exits.OK


def _preview(options: argparse.Namespace, out: Output) -> int:
    found = preview_csv(options.file, limit=0)
    if any("@" in name or "linkedin.com/" in name.lower() for name in found.header):
        raise Stop(exits.USAGE, f"FILE: line {found.header_row} is about a person; the file needs a "
                                "line with the names of its columns")
    told = {name: getattr(found, name) for name in ("encoding", "delimiter", "header_row", "header",
                                                    "mapping")}
    out.document(told)
    out.say(f"{found.encoding}, delimiter {found.delimiter!r}, header in line {found.header_row}")
    out.table(["column", "read as"], list(zip(found.header, (m or "(not read)"
                                                             for m in found.mapping))))
    return exits.OK


def score(options: argparse.Namespace, out: Output) -> int:
    card = files.json_object("FILE", options.scorecard)
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        scored = ws.scoring.run(card)
        best = list(ws.scoring.top(options.top)) if options.top else []
    out.document({"scored": scored, "top": best})
    out.say(f"{scored:,} people scored.")
    out.table(["prospect_id", "score", "factors"],
              [[row["prospect_id"], row["score"],
                " + ".join(f"{f['name']} {f['points']:g}" for f in row["factors"])]
               for row in best])
    return exits.OK


# What an enrollment's state means for the next run.
PLANNED = {"active": "send", "sending": "send", "waiting": "wait", "parked": "wait",
           "refused": "refuse", "stopped": "stop", "completed": "done"}


def _planned(ws: Any, campaign: Dict[str, Any], row: Any, with_text: bool) -> Dict[str, Any]:
    """What would become of one enrolled person, without doing it."""
    verdict, reason = PLANNED.get(row["state"], row["state"]), row["reason"]
    decisions = ws.decisions.list(row["prospect_id"])
    last = next((d for d in reversed(decisions) if d["campaign_id"] == campaign["campaign_id"]), None)
    planned = {"campaign_id": campaign["campaign_id"], "prospect_id": row["prospect_id"],
               "verdict": verdict, "step": row["step"], "state": row["state"],
               "due_at_us": row["due_at_us"] if verdict == "send" else None,
               "reason": reason or (last["reason"] if last else ""),
               "lawful_basis": last["lawful_basis"] if last and verdict in ("send", "wait") else None,
               "profile": last["profile"] if last else None,
               "utf16_units": None, "limit_units": None}
    if row["state"] == "waiting":
        planned["reason"] = reason or "invitation_not_accepted"
    if verdict not in ("send", "wait"):
        return planned
    try:
        draft = ws.campaigns.render(campaign["campaign_id"], row["prospect_id"], row["step"])
    except Error as error:
        if error.code not in ("OL_MISSING_VARIABLE", "OL_LIMIT", "OL_NOT_FOUND"):
            raise
        planned.update(verdict="refuse", reason=error.code)
        return planned
    planned.update(utf16_units=draft.utf16_units, limit_units=draft.limit_units)
    if with_text:
        planned["text"] = draft.body
    return planned


def _held(engine: Any, ws: Any) -> Dict[str, str]:
    """Why a sender's messages would wait, by sender."""
    row = next(row for row in engine.organizations() if row["org_id"] == ws.org_id)
    until = row["active_until_us"]
    ended = until is not None and until <= time.time_ns() // 1000
    states = {s["sender_id"]: s["stop_reason"] or s["state"] for s in ws.senders.list()}
    return {sender: "subscription_ended" if ended else f"sender: {state}"
            for sender, state in states.items() if ended or state != "active"}


def _plan_rows(engine: Any, ws: Any, options: argparse.Namespace, counts: Counter[Tuple[str, str]]
               ) -> Iterator[Dict[str, Any]]:
    known = ws.campaigns.list()
    chosen = [c for c in known
              if not options.campaign
              or names(options.campaign, c["campaign_id"], c["external_ref"])]
    if options.campaign and not chosen:
        raise Stop(exits.NOT_FOUND, "--campaign: no campaign has this id or external reference")
    held = _held(engine, ws)
    for campaign in chosen:
        for row in ws.campaigns.enrollments(campaign["campaign_id"]):
            planned = _planned(ws, campaign, row, options.text)
            if planned["verdict"] == "send" and campaign["sender_id"] in held:
                planned.update(verdict="wait", reason=held[campaign["sender_id"]], due_at_us=None)
            counts[planned["verdict"], planned["reason"]] += 1
            yield planned


def plan(options: argparse.Namespace, out: Output) -> int:
    counts: Counter[Tuple[str, str]] = Counter()
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        columns = ["verdict", "reason", "step", "due_at_us", "prospect_id"]
        out.rows(columns, _plan_rows(engine, ws, options, counts), "Nobody is enrolled in a campaign.")
    out.table(["verdict", "reason", "people"],
              [[*told, number] for told, number in counts.most_common()])
    if counts:
        out.say("Nothing was sent. Each message is decided again when it is written and when it "
                "leaves; limits and working hours say when.")
    return exits.OK


def run(options: argparse.Namespace, out: Output) -> int:
    for_all(options, "run")
    with open_engine(options) as engine:
        report = plain(engine.run(max_ms=options.max_ms, max_calls=options.max_calls))
    out.document(report)
    next_due = report.pop("next_due_us")
    out.table(["what", "how many"], [[name, number] for name, number in report.items()
                                     if isinstance(number, int)])
    out.say(f"Next due: {moment(next_due) or 'nothing waits for time'}")
    return exits.OK


def _headers(given: List[str]) -> List[Tuple[str, str]]:
    pairs = [header.partition(":") for header in given]
    if any(not colon for _, colon, _ in pairs):
        raise Stop(exits.USAGE, "--header: write it as NAME: VALUE")
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _secret(path: str) -> str:
    """Without blanks around it, which no header value has (RFC 9110 5.5)."""
    try:
        secret = files.read("--secret-file", path, MOST_SECRET_BYTES).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Stop(exits.USAGE, f"--secret-file: {path} is not UTF-8") from error
    if not secret:
        raise Stop(exits.USAGE, f"--secret-file: {path} is empty")
    return secret


def _ingest(options: argparse.Namespace, out: Output) -> int:
    for_all(options, "inbox --ingest")
    if options.label is not None:
        raise Stop(exits.USAGE, "--label is for the list, not for --ingest")
    headers = _headers(options.header)
    if options.secret_file is not None:
        headers.append((options.secret_header or "Unipile-Auth", _secret(options.secret_file)))
    body = files.from_stdin("--ingest", MOST_WEBHOOK_BYTES)
    with open_engine(options) as engine:
        report = plain(engine.inbox.ingest(options.ingest, headers, body))
    out.document(report)
    out.table(["what", "how many"], [[name, int(number)] for name, number in report.items()])
    return exits.OK


def inbox(options: argparse.Namespace, out: Output) -> int:
    if options.ingest is not None:
        return _ingest(options, out)
    if options.header or options.secret_file is not None or options.secret_header is not None:
        raise Stop(exits.USAGE, "--header, --secret-file and --secret-header belong to --ingest")
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        rows = (row for row in ws.inbox.list() if options.label in (None, row["label"]))
        out.rows(["received_at_us", "label", "prospect_id", "body"], rows, "No replies.")
    return exits.OK
