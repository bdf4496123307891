"""Each public header compiles alone without a warning: C ones as C99 and C++17, the face as C++17.
"""

import pathlib
import subprocess
import sys

cc, cxx, include = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
FLAGS = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", f"-I{include}"]


def compiles(command, header):
    source = f'#include "onlyleads/{header.name}"\n'
    done = subprocess.run(command + FLAGS + ["-"], input=source, text=True, capture_output=True)
    assert done.returncode == 0, f"{' '.join(command)}: {header.name}\n{done.stderr}"


headers = sorted((include / "onlyleads").glob("*.h"))
assert len(headers) > 10
for header in headers:
    compiles([cc, "-std=c99", "-xc"], header)
    compiles([cxx, "-std=c++17", "-xc++"], header)
compiles([cxx, "-std=c++17", "-xc++"], include / "onlyleads/onlyleads.hpp")
