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
     'stub argument "calls" differs from runtime argument "max_calls"'),
    ("def evaluate(facts_json: str, /)", "def evaluate()", "_onlyleads.evaluate is inconsistent"),
    ("    def cancel(self, /) -> None: ...\n", "", "Engine.cancel is not present in stub"),
    ("def version() -> str: ...", "def version() -> str: ...\ndef nothing() -> None: ...",
     "_onlyleads.nothing is not present at runtime"),
    ("requested_schema: object = None", "requested_schema: object",
     'runtime argument "requested_schema" has a default value but stub argument does not'),
)


def stubtest(folder: pathlib.Path) -> subprocess.CompletedProcess:
    """Compares the stub in folder/onlyleads with the module beside it."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    return subprocess.run([sys.executable, "-m", "mypy.stubtest", MODULE], cwd=folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)


def broken_copy(package: pathlib.Path, folder: pathlib.Path) -> None:
    """The package with a stub that is wrong in all of those ways."""
    shutil.copytree(package, folder / "onlyleads", ignore=shutil.ignore_patterns("demo", "*.so"))
    for native in package.glob("*.so"):
        (folder / "onlyleads" / native.name).symlink_to(native)
    stub = folder / "onlyleads/_onlyleads.pyi"
    text = stub.read_text()
    for old, new, _ in BREAKS:
        assert text.count(old) == 1, f"the stub has no single {old!r} to break"
        text = text.replace(old, new)
    stub.write_text(text)


def main(package: pathlib.Path) -> None:
    done = stubtest(package.parent)
    assert done.returncode == 0, f"the stub and the module differ\n{done.stdout}"
    assert "Success" in done.stdout, done.stdout
    with tempfile.TemporaryDirectory(prefix="onlyleads-") as name:
        broken_copy(package, pathlib.Path(name))
        done = stubtest(pathlib.Path(name))
    assert done.returncode != 0, "nobody noticed that the stub was broken"
    for old, new, told in BREAKS:
        assert told in done.stdout, f"{old!r} became {new!r} and nobody noticed:\n{done.stdout}"
    assert f"Found {len(BREAKS)} errors" in done.stdout, done.stdout


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
