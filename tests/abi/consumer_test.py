"""Installs into a prefix of its own, moves it, and builds and runs two programs outside the tree:
C99 by pkg-config, C++17 by find_package. A library with sanitizers needs programs with them."""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

parser = argparse.ArgumentParser()
for name in ("cmake", "build", "source", "cc", "cxx"):
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--sanitize", default="")
args = parser.parse_args()
sanitize = [f"-fsanitize={args.sanitize}"] if args.sanitize else []


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run(command, check=True, **options)


def run_program(program, work, prefix):
    library = next(prefix.glob("lib*/**/libonlyleads.so"))
    out = run(program, work / f"{program.name}.db", stdout=subprocess.PIPE, text=True,
              env=os.environ | {"LD_LIBRARY_PATH": str(library.parent)})
    assert '"verdict":"DENY"' in out.stdout.replace(" ", ""), out.stdout
    print(out.stdout)


def c_by_pkg_config(work, prefix):
    found = next(prefix.glob("lib*/**/onlyleads.pc")).parent
    flags = run("pkg-config", "--cflags", "--libs", "onlyleads", stdout=subprocess.PIPE, text=True,
                env=os.environ | {"PKG_CONFIG_PATH": str(found)}).stdout.split()
    program = work / "consumer_c"
    run(args.cc, "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", *sanitize,
        work / "consumer.c", "-o", program, *flags)
    run_program(program, work, prefix)


def cpp_by_find_package(work, prefix):
    build = work / "build"
    run(args.cmake, "-S", work, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={args.cxx}", f"-DCMAKE_CXX_FLAGS={' '.join(sanitize)}")
    run(args.cmake, "--build", build)
    run_program(build / "consumer", work, prefix)


with tempfile.TemporaryDirectory(prefix="onlyleads-consumer-") as folder:
    work = pathlib.Path(folder)
    run(args.cmake, "--install", args.build, "--prefix", work / "first", stdout=subprocess.DEVNULL)
    prefix = work / "moved"
    (work / "first").rename(prefix)
    for file in (pathlib.Path(args.source) / "tests/abi/consumer").iterdir():
        shutil.copy(file, work)
    c_by_pkg_config(work, prefix)
    cpp_by_find_package(work, prefix)
