"""clang-tidy over every translation unit of a build, within minutes: tidy.py BUILD_DIR [-j N] [FILE...].

Reading the headers of a file costs ten times what checking the file does, so files whose local names
do not clash are put together, each group read as one unit. Where that does not compile, the files are
checked one by one: grouping can cost time, it cannot hide a finding. Fails when clang-tidy fails, for
whatever reason, and when it was given nothing to check. Names alone some files: those are checked.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLANG_TIDY = "clang-tidy-14"
FOLDERS = ("src", "bindings", "examples", "tests")
MAX_GROUP_LINES = 4000
# What is left out in a folder. Of tests no speed is asked, and following every path through the macros
# of GoogleTest takes longer than the rest of the tree.
LEFT_OUT = {"tests": "-clang-analyzer-*,-performance-*"}
# What the preset clang compiles with: its warnings are findings.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic"]
# Fewer nodes for each function, and no long functions inlined: half the time.
ANALYZER = ["-Xclang", "-analyzer-config", "-Xclang", "mode=shallow"]

# room: only units of one room share a group, tests that look inside or use what the tests
# share apart from the others, because onlyleads::testing hides GoogleTest's namespace.
Unit = collections.namedtuple("Unit", "path room flags lines names")


def kept_flags(command):
    """The flags that decide what the source means: language, macros, include paths."""
    words = shlex.split(command)
    kept, take_next = [], False
    for word in words:
        if take_next or re.match(r"-(std=|D|I)", word) or word == "-isystem":
            kept.append(word)
        take_next = word == "-isystem"
    return kept


def local_names(text):
    """What a file declares at the left margin; two files that share a name are kept apart."""
    names = set()
    for line in re.sub(r"//.*", "", text).split("\n"):
        line = line.removeprefix('extern "C" ')
        if not line or line[0] in ' \t}#"' or line.startswith(("namespace ", "using namespace ")):
            continue
        using = re.match(r"using ([\w:]+);", line)
        if using:
            names.add(("using", using[1].rsplit("::", 1)[-1], using[1]))
            continue
        test = re.match(r"[A-Z_]+\((\w+), (\w+)", line)
        if test:
            names.add(test[1] + "_" + test[2])
            continue
        known = re.match(r"(?:template <.*> )?(?:class|struct|enum class|enum|union|using) (\w+)", line)
        declared = known or re.search(r"([\w:]+) ?(?:\[[^\]]*\] ?)*[({=;]", line)
        if declared and "::" not in declared[1]:
            names.add(declared[1])
    return names


def clash(left, right):
    """Equal using-declarations do not clash, different ones of one name do."""
    if {n for n in left & right if isinstance(n, str)}:
        return True
    meanings = {n[1]: n[2] for n in left if isinstance(n, tuple)}
    return any(meanings.get(n[1], n[2]) != n[2] for n in right if isinstance(n, tuple))


def read_units(build):
    units = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"])
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in FOLDERS:
            text = path.read_text()
            folder = path.relative_to(ROOT).parts[0]
            room = (folder, path.suffix, '#include "src/' in text, '#include "tests/' in text)
            units[path] = Unit(path, room, kept_flags(entry["command"]), len(text.splitlines()),
                               local_names(text))
    return [units[path] for path in sorted(units)]


def merged_flags(units):
    """All flags of the units, or None where two of them give one macro two values."""
    flags = list(dict.fromkeys(flag for unit in units for flag in flag_pairs(unit.flags)))
    macros = [flag[0].split("=")[0] for flag in flags if flag[0].startswith(("-D", "-std"))]
    if len(macros) != len(set(macros)):
        return None
    return [word for flag in flags for word in flag]


def flag_pairs(flags):
    words = iter(flags)
    return [(word, next(words)) if word == "-isystem" else (word,) for word in words]


def groups_of(units):
    """Greedy: each unit joins the first group of its folder where it fits."""
    groups = []
    for unit in units:
        for group in groups:
            if fits(group, unit):
                group.append(unit)
                break
        else:
            groups.append([unit])
    # The largest first, so that none of them is left for the end.
    return sorted(groups, key=lambda group: -sum(unit.lines for unit in group))


def fits(group, unit):
    return (group[0].room == unit.room
            and sum(u.lines for u in group) + unit.lines <= MAX_GROUP_LINES
            and merged_flags(group + [unit]) is not None
            and not any(clash(u.names, unit.names) for u in group))


def tidy(path, flags, folder):
    done = subprocess.run(
        [CLANG_TIDY, "-quiet", f"--config-file={ROOT / '.clang-tidy'}",
         f"--checks={LEFT_OUT.get(folder, '')}",
         f"--header-filter=^{ROOT}/({'|'.join(FOLDERS)}|include)/", str(path), "--",
         *flags, *WARNINGS, *ANALYZER],
        capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def joined_text(group):
    """The texts one after the other: #include would make headers of them, which the analyzer skips."""
    text, seen = "", set()
    for unit in group:
        lines = unit.path.read_text().splitlines()
        includes = {line for line in lines if line.startswith("#include")}
        text += "".join(("" if line in seen else line) + "\n" for line in lines)
        seen |= includes
    return text


def quote_paths(group):
    return [word for folder in dict.fromkeys(str(u.path.parent) for u in group)
            for word in ("-iquote", folder)]


def with_real_places(out, path, group):
    def real(match):
        line = int(match[1])
        for unit in group:
            if line <= unit.lines:
                return f"{unit.path}:{line}:"
            line -= unit.lines
        return match[0]
    return re.sub(re.escape(str(path)) + r":(\d+):", real, out)


def told(err):
    """Standard error without the count of what was found in headers of others."""
    return "".join(line for line in err.splitlines(True)
                   if not re.match(r"\d+ (warning|error)s?( and \d+ errors?)? ", line))


def check(group, scratch, index):
    """Returns (failed, text) for one group."""
    folder, suffix, *_ = group[0].room
    if len(group) > 1:
        path = scratch / f"{folder}_{index}{suffix}"
        path.write_text(joined_text(group))
        code, out, err = tidy(path, merged_flags(group) + quote_paths(group), folder)
        out = with_real_places(out, path, group)
        if "clang-diagnostic-error" not in out:
            return code != 0, out + told(err)
        print(f"tidy: {path.name} does not compile as one, taking its files one by one:\n"
              + "\n".join(line for line in out.split("\n") if "clang-diagnostic-error" in line),
              file=sys.stderr)
    failed, text = False, ""
    for unit in group:
        code, out, err = tidy(unit.path, unit.flags, folder)
        failed, text = failed or code != 0, text + out + told(err)
    return failed, text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    options = parser.parse_intermixed_args()
    units = read_units(options.build.resolve())
    if options.files:
        wanted = {pathlib.Path(name).resolve() for name in options.files}
        units = [unit for unit in units if unit.path in wanted]
    if not units:
        sys.exit("tidy: nothing to check")
    groups = groups_of(units)
    scratch = options.build.resolve() / "tidy"
    scratch.mkdir(exist_ok=True)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for failed, text in pool.map(check, groups, [scratch] * len(groups), range(len(groups))):
            failures += failed
            print(text, end="", flush=True)
    print(f"tidy: {len(units)} files, {failures} of {len(groups)} groups with findings")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
