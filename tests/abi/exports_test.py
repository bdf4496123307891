"""The library exports what src/capi/exports.txt lists and the headers declare, and nothing else."""

import pathlib
import re
import subprocess
import sys

library, root = sys.argv[1], pathlib.Path(sys.argv[2])


def listed():
    """Symbols by header as the list groups them."""
    groups, header = {}, None
    for line in (root / "src/capi/exports.txt").read_text().splitlines():
        if match := re.fullmatch(r"# (\w+\.h)", line):
            header = match.group(1)
            groups[header] = set()
        elif line.startswith("ol_"):
            groups[header].add(line)
    return groups


def declared():
    """Symbols by header as OL_API declares them."""
    groups = {}
    for header in sorted((root / "include/onlyleads").glob("*.h")):
        text = re.sub(r"/\*.*?\*/|^\s*#[^\n]*", "", header.read_text(), flags=re.S | re.M)
        names = set(re.findall(r"\bOL_API\s[^(;]*?\b(ol_\w+)\s*\(", text))
        functions = set(re.findall(r"^[^;{}\n(]*\b(ol_\w+)\s*\((?!\*)", text, flags=re.M))
        missing = functions - names
        assert not missing, f"{header.name} declares without OL_API: {missing}"
        if names:
            groups[header.name] = names
    return groups


def exported():
    # ONLYLEADS_0 is the version node itself.
    table = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                           capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in table.splitlines()}
    return names - {"ONLYLEADS_0"}


in_list, in_headers, in_library = listed(), declared(), exported()
assert in_list == in_headers, f"list and headers differ: {in_list} against {in_headers}"
expected = set().union(*in_list.values())
assert expected == in_library, f"list and library differ: {expected ^ in_library}"
print(f"{len(expected)} symbols in {len(in_list)} headers")
