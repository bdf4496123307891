"""`pip install .` as a newcomer does it: a wheel, a fresh environment, the quickstart from there.

    wheel_test.py SOURCE BUILD_DIR SANDBOX

The build folder is kept between runs, and the library is compiled without optimising: what is tested
is the packaging. Where PyPI cannot be reached (for scikit-build-core), this says so and ends
with 77.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from with_venv import pip  # noqa: E402

# Where the library comes from, and that nothing of the source tree is in the way.
PROBE = """
import importlib.metadata, pathlib, sys, onlyleads
package = pathlib.Path(onlyleads.__file__).parent
assert package.is_relative_to(sys.prefix), package
maps = pathlib.Path("/proc/self/maps").read_text()
loaded = {line.split()[-1] for line in maps.splitlines() if "libonlyleads" in line}
assert loaded == {str(package / "libonlyleads.so.0")}, loaded
assert onlyleads.__version__ == importlib.metadata.version("onlyleads")
print(onlyleads.policy.evaluate({"recipient_country": "DE"}).verdict)
"""


def check(claim: object, detail: str) -> None:
    if not claim:
        sys.exit(f"wheel_test: {detail}")


def build(source: pathlib.Path, kept: pathlib.Path, out: pathlib.Path) -> pathlib.Path:
    """The wheel, built by an environment of its own."""
    builder = out / "builder"
    venv.create(builder, with_pip=True)
    faster = ("CMAKE_CXX_COMPILER_LAUNCHER=ccache" if shutil.which("ccache")
              else "ONLYLEADS_PRECOMPILE=ON")
    settings = [f"build-dir={kept}", "cmake.define.CMAKE_CXX_FLAGS_RELEASE=-O0",
                f"cmake.define.{faster}"]
    options = [part for setting in settings for part in ("--config-settings", setting)]
    pip(builder, "wheel", "--no-deps", "--wheel-dir", str(out / "wheels"), *options, str(source))
    wheels = list((out / "wheels").iterdir())
    check(len(wheels) == 1, f"pip made {wheels}")
    return wheels[0]


def main(source: pathlib.Path, kept: pathlib.Path, sandbox: str) -> None:
    with tempfile.TemporaryDirectory(prefix="onlyleads-") as name:
        out = pathlib.Path(name)
        wheel = build(source, kept, out)
        tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
        check(f"-{tag}-{tag}-linux_" in wheel.name, f"{wheel.name} is not for one CPython")
        inside = set(zipfile.ZipFile(wheel).namelist())
        for wanted in ("onlyleads/libonlyleads.so.0", "onlyleads/py.typed",
                       "onlyleads/_onlyleads.pyi", "onlyleads/demo/__init__.py"):
            check(wanted in inside, f"no {wanted} in {sorted(inside)}")
        fresh = out / "fresh"
        venv.create(fresh, with_pip=True)
        pip(fresh, "install", "--no-index", str(wheel))
        python = str(fresh / "bin/python")
        told = subprocess.run([python, "-I", "-c", PROBE], cwd=out, text=True, capture_output=True)
        check(told.stdout == "DENY\n", f"the package does not work:\n{told.stdout}{told.stderr}")
        used = subprocess.run([fresh / "bin/onlyleads", "nonsense"], text=True, capture_output=True)
        check((used.returncode, "--help" in used.stderr) == (2, True), f"onlyleads: {used}")
        examples = source / "examples"
        subprocess.run([sys.executable, source / "tests/quickstart_test.py", sandbox,
                        examples / "people.csv", python, "-I", examples / "quickstart.py"],
                       check=True, cwd=out)
    print(wheel.name)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), sys.argv[3])
