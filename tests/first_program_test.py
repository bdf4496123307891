"""docs/first-program.md does what it says: its files are built against an installed prefix, its program
prints what the page shows, and the sandbox has the one message. Standard library only.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/first-program.md"


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    if len(found) != 1:
        sys.exit(f"{PAGE.name}: {len(found)} blocks of {language}")
    return found[0]


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **options).stdout


def main(args: argparse.Namespace, folder: pathlib.Path) -> None:
    prefix = folder / "prefix"
    run(args.cmake, "--install", args.build, "--prefix", prefix, stdout=subprocess.DEVNULL)
    # A library with sanitizers needs programs with them.
    flags = f"-fsanitize={args.sanitize}" if args.sanitize else ""
    (folder / "CMakeLists.txt").write_text(block("cmake"), "utf-8")
    (folder / "main.cc").write_text(block("cpp"), "utf-8")
    run(args.cmake, "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={args.cxx}", f"-DCMAKE_CXX_FLAGS={flags}")
    run(args.cmake, "--build", folder / "build")
    box = subprocess.Popen([prefix / "bin/onlyleads-sandbox", "--state", folder / "box", "--account",
                            "demo", "--until-stdin-closes"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = box.stdout.readline().strip()
        said = run(folder / "build/first", url, cwd=folder, stdout=subprocess.PIPE, timeout=100)
    finally:
        box.communicate()
    if said != block("text"):
        sys.exit(f"the page shows\n{block('text')}the program says\n{said}")
    ledger = (folder / "box/ledger.jsonl").read_text("utf-8").splitlines()
    if [json.loads(line)["public_identifier"] for line in ledger] != ["grace-sample"]:
        sys.exit(f"the sandbox accepted {ledger}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("cmake", "cxx", "build"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--sanitize", default="")
    with tempfile.TemporaryDirectory(prefix="onlyleads-first-") as name:
        main(parser.parse_args(), pathlib.Path(name))
