"""python3 -m onlyleads demo ...: the entry for what the package can show by itself."""

import importlib
import sys


def main() -> int:
    if sys.argv[1:2] != ["demo"]:
        print("usage: python3 -m onlyleads demo [--help]", file=sys.stderr)
        return 2
    # The demo alone needs more than the standard library.
    code: int = importlib.import_module("onlyleads.demo").main(sys.argv[2:])
    return code


if __name__ == "__main__":
    sys.exit(main())
