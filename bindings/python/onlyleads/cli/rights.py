"""erase: what people may demand."""

import argparse
import sys

from . import exits
from .exits import Stop
from .opening import open_engine, person, workspace
from .output import Output, ask


def erase(options: argparse.Namespace, out: Output) -> int:
    with open_engine(options) as engine:
        ws = workspace(engine, options.org)
        prospect_id = person(ws, options)
        if not options.yes:
            if not sys.stdin.isatty():
                raise Stop(exits.USAGE, "erasing cannot be undone: confirm with --yes")
            if not ask(f"Erase {prospect_id} for good? They do not come back by an import."):
                raise Stop(exits.FINDINGS, "nothing was erased")
        on_their_way = ws.prospects.erase(prospect_id)
    out.document({"prospect_id": prospect_id, "erased": True, "on_their_way": on_their_way})
    out.say(f"Erased {prospect_id}.")
    if on_their_way:
        out.say(f"{len(on_their_way)} messages had left already:")
        out.table(["message_id", "channel"], [[row["message_id"], row["channel"]]
                                              for row in on_their_way])
    return exits.OK

