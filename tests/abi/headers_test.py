"""Each public header compiles alone without a warning, under g++ and clang: C ones as C99 and C++17,
the face as C++17. And each is its own manual: at least half of its lines are comment and nothing
else, blank lines counted as code.
"""

import pathlib
import subprocess
import sys

include = pathlib.Path(sys.argv[1])
FLAGS = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", f"-I{include}"]
COMPILERS = (("gcc", "g++"), ("clang", "clang++"))
SMALLEST_SHARE = 0.5


def compiles(command, header):
    source = f'#include "onlyleads/{header.name}"\n'
    done = subprocess.run(command + FLAGS + ["-"], input=source, text=True, capture_output=True)
    assert done.returncode == 0, f"{' '.join(command)}: {header.name}\n{done.stderr}"


def comment_share(text):
    """Lines that hold comment alone, of all lines."""
    lines, inside, comments = text.splitlines(), False, 0
    for line in map(str.strip, lines):
        comments += inside or line.startswith(("/*", "//"))
        if inside or line.startswith("/*"):
            inside = "*/" not in line
    return comments / len(lines)


assert comment_share("/* a\n b */\nint c; /* d */\n\n// e\n") == 3 / 5
headers = sorted((include / "onlyleads").glob("*.h"))
face = include / "onlyleads/onlyleads.hpp"
assert len(headers) > 10
for cc, cxx in COMPILERS:
    for header in headers:
        compiles([cc, "-std=c99", "-xc"], header)
        compiles([cxx, "-std=c++17", "-xc++"], header)
    compiles([cxx, "-std=c++17", "-xc++"], face)
shares = {header.name: comment_share(header.read_text()) for header in headers + [face]}
for name, share in shares.items():
    print(f"{share:4.0%} {name}")
low = [name for name, share in shares.items() if share < SMALLEST_SHARE]
assert not low, f"less than half of the lines are comment: {low}"
