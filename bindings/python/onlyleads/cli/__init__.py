"""onlyleads on the command line: the library's verbs for a shell, a cron job, a first look.

    onlyleads import people.csv --db leads.db --new-org "Acme Ltd" \\
        --source "Fair 2026" --basis legitimate_interests

It is a client of the package like any other. docs/cli.md is its manual.
"""

import argparse
import os
import re
import sys
from typing import Any, Callable, List, NoReturn, Optional

from .._error import Error
from .._onlyleads import version
from . import exits, health, outreach, rights
from .output import Output, discard
from .values import filled, number

EPILOG = """exit codes: 0 done; 1 the answer is no (damage found, not confirmed); 2 usage or a wrong value;
3 busy, try again; 4 refused by law or state; 5 not found; 6 database, key or file unusable;
70 internal; 130 interrupted. `onlyleads COMMAND --help` says more; so does docs/cli.md."""

Verb = Callable[[argparse.Namespace, Output], int]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, like every other failure here. Options are written out: what
    "--y" stands for changes with the next option, and one of them erases."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.allow_abbrev = False

    def error(self, message: str) -> NoReturn:
        # Without the values: an address on the wrong place would stand in a log.
        message = re.sub(r"(invalid choice): .*? (\(choose)", r"\1 \2", message, flags=re.DOTALL)
        _, unrecognized, rest = message.partition("unrecognized arguments: ")
        if unrecognized:
            options = re.findall(r"(?<!\S)--?[A-Za-z][A-Za-z-]*", rest)
            message = "unrecognized arguments" + (f": {' '.join(options)}" if options else "")
        self.exit(exits.USAGE, f"onlyleads: {message} ({self.prog} --help)\n")


def _common() -> Parser:
    """Options that may stand before and after the command."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--db", type=filled, metavar="PATH",
                        help="the database (default: $ONLYLEADS_DB)")
    parser.add_argument("--org", type=filled, metavar="ID",
                        help="the organization's id or external reference (default: the only one)")
    parser.add_argument("--json", action="store_true", help="JSON on stdout: one document, or one a "
                                                            "line for lists")
    parser.add_argument("--key-file", type=filled, metavar="FILE",
                        help="the host's key, all bytes of the file (default: "
                             "$ONLYLEADS_KEY_FILE, else PATH.key)")
    parser.add_argument("--profile", choices=("strict", "balanced"),
                        help="how contested law is read (default: strict)")
    parser.add_argument("--busy-timeout-ms", type=number(MOST_BUSY_MS), metavar="MS",
                        help="how long to wait for another process (0: the default, 10000)")
    return parser


DEFAULTS = {"db": None, "org": None, "json": False, "key_file": None, "profile": "strict",
            "busy_timeout_ms": 0}
MOST_BUSY_MS = 3_600_000
MOST_RUN_MS = 86_400_000
MOST_CALLS = 1_000_000
MOST_REJECTS = 100_000
MOST_TOP = 10_000  # scoring.h
MOST_INACTIVE_DAYS = 36_500  # retention.h


def _person(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--id", type=filled, metavar="ID", help="the prospect's id")
    who.add_argument("--email", type=filled, metavar="ADDRESS", help='"-" reads it from stdin')
    who.add_argument("--linkedin", type=filled, metavar="URL",
                     help='profile URL or identifier; "-": from stdin')


def _daily(add: Any) -> None:
    verb = add("import", outreach.import_, "import a CSV file of people",
               "Imports a CSV file of any common encoding, delimiter and dialect. Started again "
               "after a kill, it goes on where it was.")
    verb.add_argument("file", type=filled, metavar="FILE")
    verb.add_argument("--source", type=filled, help="where the data comes from (GDPR 14(2)(f))")
    verb.add_argument("--basis", type=filled,
                      help="lawful basis, such as legitimate_interests (GDPR 6(1))")
    verb.add_argument("--mapping", type=filled, metavar="JSON",
                      help='a file with {"column header": "field"}')
    verb.add_argument("--on-existing", choices=("fill", "skip", "overwrite"), default="fill",
                      help="people who are there already (default: fill empty fields)")
    verb.add_argument("--rejects", type=number(MOST_REJECTS), default=20, metavar="N",
                      help="how many rejected rows to list (default: 20)")
    verb.add_argument("--preview", action="store_true",
                      help="how the file would be read; no database, nothing stored")
    verb.add_argument("--new-org", type=filled, metavar="NAME",
                      help="make the database and the organization when they are not there: one of "
                           "this name, or of the external reference that --org gives")
    verb.add_argument("--country", type=filled, metavar="CC", help="of the new organization (GB)")
    verb = add("score", outreach.score, "score everybody with a scorecard",
               "Scores everybody with a scorecard (JSON, see scoring.h), replacing earlier scores.")
    verb.add_argument("scorecard", type=filled, metavar="FILE", help='"-" is stdin')
    verb.add_argument("--top", type=number(MOST_TOP), default=10, metavar="N",
                      help="list the best (10)")
    verb = add("plan", outreach.plan, "who would be sent what, and who not and why",
               "Previews each enrolled person's next step. Sends nothing and records no decision.")
    verb.add_argument("--campaign", type=filled, metavar="ID",
                      help="its id or external reference (all)")
    verb.add_argument("--text", action="store_true", help="with the text of each message, which is "
                                                          "personal data (JSON only)")
    verb = add("run", outreach.run, "let due work happen: decide, send, look up, seal, purge",
               "Lets due work happen and says when to come back. Safe to run from several places.")
    verb.add_argument("--max-ms", type=number(MOST_RUN_MS), metavar="MS",
                      help="start nothing new after this")
    verb.add_argument("--max-calls", type=number(MOST_CALLS), metavar="N",
                      help="provider calls at most; 0: none")
    verb = add("inbox", outreach.inbox, "list replies, or take a webhook from stdin",
               "Lists replies with their text, or takes one webhook body from stdin.")
    verb.add_argument("--label", choices=outreach.LABELS, help="only these")
    verb.add_argument("--ingest", type=filled, metavar="PROVIDER",
                      help="take a webhook of this provider (unipile)")
    verb.add_argument("--header", action="append", type=filled, default=[],
                      metavar="'NAME: VALUE'",
                      help="an HTTP header the webhook came with; repeatable")
    verb.add_argument("--secret-file", type=filled, metavar="FILE",
                      help="the shared secret, so that it stands in no list of processes")
    verb.add_argument("--secret-header", type=filled, metavar="NAME",
                      help="the header it came in (default: Unipile-Auth)")


def _rights(add: Any) -> None:
    verb = add("erase", rights.erase, "erase a person for good (GDPR 17)",
               "Erases one person. They do not come back by an import.")
    _person(verb)
    verb.add_argument("--yes", action="store_true", help="do not ask")
    verb = add("access", rights.access, "a copy of everything about a person (GDPR 15)",
               "Prints one JSON document with everything stored about one person. Check first who "
               "asks (GDPR 12(6)).")
    _person(verb)
    verb.add_argument("--out", type=filled, metavar="FILE",
                      help="a new file, readable by you alone")
    verb = add("sweep", rights.sweep, "what is past its retention period; --yes removes it",
               "Plans what is past its period. With --yes it removes exactly what was planned.")
    verb.add_argument("--inactive-days", type=number(MOST_INACTIVE_DAYS), default=0, metavar="N",
                      help="days without use that make a person inactive (default: 730)")
    verb.add_argument("--yes", action="store_true", help="remove it")
    verb = add("audit", health.audit, "verify the audit's chains",
               "Recomputes every chain; exit code 1 when one is damaged.")
    verb.add_argument("--entries", action="store_true", help="list the organization's entries")
    add("doctor", health.doctor, "check database, key, clock, register and what waits",
        "Checks everything around and in the database and says what to do; exit code 1 when "
        "something does not work.")


def parser() -> argparse.ArgumentParser:
    common = _common()
    top = Parser(
        prog="onlyleads", epilog=EPILOG, parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compliance-first B2B outreach: a message cannot leave without a recorded "
                    "decision that allows it.")
    top.add_argument("--version", action="version", version=f"onlyleads {version()}")
    verbs = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, verb: Verb, short: str, long: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, parents=[common], help=short, description=long)
        made.set_defaults(verb=verb)
        return made
    _daily(add)
    _rights(add)
    demo = verbs.add_parser("demo", add_help=False,
                            help="the main job as a story, against a sandbox")
    demo.set_defaults(verb=_demo_comes_first)
    return top


def _demo_comes_first(_options: argparse.Namespace, _out: Output) -> int:
    raise exits.Stop(exits.USAGE, "the options of demo stand behind it: onlyleads demo --help")


def _say(message: str) -> None:
    line = "".join(c if c.isprintable() else "?" for c in message)  # a path may hold a line end
    try:
        print(f"onlyleads: {line}", file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr)  # the exit code says it too


def main(argv: Optional[List[str]] = None) -> int:
    """Runs one command; its exit code."""
    # A process may be started without them; what is said then goes nowhere, and no file that is
    # opened later takes their place.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        _say("interrupted; what was committed stays")
        return exits.INTERRUPTED


def _command(given: List[str]) -> int:
    if given[:1] == ["demo"]:
        from .. import demo
        return demo.main(given[1:])
    try:
        options = argparse.Namespace(**{**DEFAULTS, **vars(parser().parse_args(given))})
    except SystemExit as end:  # --help, --version, or told what is wrong
        return int(end.code or 0)
    code: int = options.verb(options, Output(options.json))
    return code


def _run(given: List[str]) -> int:
    try:
        code = _command(given)
        sys.stdout.flush()
        return code
    except exits.Stop as stop:
        _say(stop.message)
        return stop.code
    except Error as error:
        code = exits.of(error)
        _say("interrupted; what was committed stays" if code == exits.INTERRUPTED
             else f"{error.message} ({error.code})")
        return code
    except BrokenPipeError:
        discard(sys.stdout)
        return exits.PIPE
    except OSError as error:
        told = (error.strerror or "cannot be used").lower()
        if error.filename is not None:
            _say(f"{os.fsdecode(error.filename)}: {told}")
        else:  # what has no name is a stream
            discard(sys.stdout)
            _say(f"stdout: {told}; what the command did stays")
        return exits.STORAGE
    except UnicodeDecodeError:
        _say("a file is not UTF-8")
        return exits.USAGE
    except Exception as error:  # noqa: BLE001 (a traceback may hold personal data)
        if os.environ.get("ONLYLEADS_TRACEBACK"):
            raise
        _say(f"internal error: {type(error).__name__}; ONLYLEADS_TRACEBACK=1 shows where")
        return exits.INTERNAL
