"""python3 -m onlyleads demo: the main job as a story in the terminal.

A client of the package like any other: it imports lists, scores, enrolls, sends to the sandbox
provider on an accelerated clock of two weeks, takes replies, erases somebody, and compares the
provider's ledger with the library's. It can be killed at any moment and resumed.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import List

MOST_SEED = 2**31 - 1


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


def arguments(argv: List[str]) -> argparse.Namespace:
    # Imported here because the command line needs the demo's screen.
    from ..cli import Parser
    from ..cli.values import filled, number

    def folder(text: str) -> Path:
        return Path(filled(text))
    parser = Parser(prog="python3 -m onlyleads demo", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=folder, default=Path("tests/data/exports"),
                        help="directory with exports, *.csv and *.txt (default: %(default)s)")
    parser.add_argument("--out", type=folder, default=Path("demo-out"),
                        help="where the database and summary.json go (default: %(default)s)")
    parser.add_argument("--seed", type=number(MOST_SEED), default=1,
                        help="how the people and the faults of the sandbox behave (default: 1)")
    parser.add_argument("--resume", action="store_true",
                        help="go on with the database in --out; its clock goes on too")
    parser.add_argument("--sandbox", metavar="URL", default=os.environ.get("ONLYLEADS_SANDBOX_URL"),
                        help="a running onlyleads-sandbox (default: $ONLYLEADS_SANDBOX_URL)")
    parser.add_argument("--json", action="store_true",
                        help="tell nothing; the numbers of summary.json as one JSON document")
    return parser.parse_args(argv)


def main(argv: List[str]) -> int:
    options = arguments(argv)
    # Imported here so that --help needs nothing.
    from .. import Error
    from ..cli import exits
    from .story import Story
    try:
        return Story(options).tell()
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return exits.USAGE
    except Error as error:
        print(f"demo: the library says {error}", file=sys.stderr)
        return exits.of(error)
    except OSError as error:
        print(f"demo: {error}", file=sys.stderr)
        return exits.STORAGE
    except KeyboardInterrupt:
        print("demo: interrupted; --resume goes on from here", file=sys.stderr)
        return exits.INTERRUPTED
