"""python3 -m onlyleads: the command line, see onlyleads.cli. The console script starts here too."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
