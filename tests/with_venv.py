"""Runs a command with packages from PyPI: in a virtual environment that is made once and kept until
the list of packages changes.

    with_venv.py VENV REQUIREMENTS.TXT COMMAND...

"{python}" in the command is the environment's interpreter. Where PyPI cannot be reached, this says so
and ends with 77, which ctest reports as skipped.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import venv

SKIPPED = 77
UNREACHABLE = re.compile(r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|ConnectionError|"
                         r"Temporary failure in name resolution|Network is unreachable")


def pip(folder: pathlib.Path, *arguments: str) -> None:
    """Runs pip in an environment; ends the program with 77 when there is no way to PyPI."""
    done = subprocess.run([folder / "bin/python", "-m", "pip", "--disable-pip-version-check",
                           "--retries", "1", "--timeout", "20", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return
    print(done.stdout)
    if UNREACHABLE.search(done.stdout):
        print("SKIPPED: PyPI CANNOT BE REACHED FROM HERE, so nothing of this was tested")
        sys.exit(SKIPPED)
    sys.exit("with_venv: pip failed")


def environment(folder: pathlib.Path, requirements: pathlib.Path) -> pathlib.Path:
    """The interpreter of an environment with these packages."""
    wanted, stamp = requirements.read_text(), folder / "requirements.txt"
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip(folder, "install", "--quiet", "--only-binary", ":all:", "-r", str(requirements))
        stamp.write_text(wanted)
    return folder / "bin/python"


if __name__ == "__main__":
    interpreter = environment(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    command = [part.replace("{python}", str(interpreter)) for part in sys.argv[3:]]
    sys.exit(subprocess.run(command).returncode)
