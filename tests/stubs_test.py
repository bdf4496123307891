"""The type stub of the native module tells the truth, as mypy's stubtest sees it, and stubtest would
notice if it did not: broken copies of the stub must be refused.

    stubs_test.py BUILT_PACKAGE_DIR
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

MODULE = "onlyleads._onlyleads"
# What is done to the stub, and what stubtest must then say.
BREAKS = (
    ("def run(self, max_ms: int, max_calls: int, /)", "def run(self, max_ms: int, calls: int, /)",
     "max_calls"),
    ("def import_csv(workspace: Workspace, path: str, source: str,", "def import_csv(workspace: "
     "Workspace, source: str,", "import_csv"),
    ("    def cancel(self, /) -> None: ...\n", "", "cancel"),
    ("def version() -> str: ...", "def version() -> str: ...\ndef nothing() -> None: ...", "nothing"),
    ("requested_schema: object = None", "requested_schema: object", "requested_schema"),
)


def stubtest(folder: pathlib.Path) -> subprocess.CompletedProcess:
    """Compares the stub in folder/onlyleads with the module beside it."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    return subprocess.run([sys.executable, "-m", "mypy.stubtest", MODULE], cwd=folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)


def broken_copy(package: pathlib.Path, folder: pathlib.Path, old: str, new: str) -> None:
    shutil.copytree(package, folder / "onlyleads", ignore=shutil.ignore_patterns("demo", "*.so"))
    for native in package.glob("*.so"):
        (folder / "onlyleads" / native.name).symlink_to(native)
    stub = folder / "onlyleads/_onlyleads.pyi"
    text = stub.read_text()
    assert old in text, f"the stub has no {old!r} to break"
    stub.write_text(text.replace(old, new, 1))


def main(package: pathlib.Path) -> None:
    done = stubtest(package.parent)
    assert done.returncode == 0, f"the stub and the module differ\n{done.stdout}"
    assert "Success" in done.stdout, done.stdout
    for old, new, told in BREAKS:
        with tempfile.TemporaryDirectory(prefix="onlyleads-") as name:
            folder = pathlib.Path(name)
            broken_copy(package, folder, old, new)
            done = stubtest(folder)
            assert done.returncode != 0, f"nobody noticed that {old!r} became {new!r}"
            assert told in done.stdout, f"of {told} nothing is said:\n{done.stdout}"


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
