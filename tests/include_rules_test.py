"""Who may include whom: reads every #include of the tree and fails on an edge that ROOMS does not allow.
Standard library only; ./run lint and ctest run it.

The table below is the rule; docs/architecture.md shows it in short. A room lists the folders of the project and the third-party libraries it
may use; what is not listed is forbidden, an unknown library included.
"""

import re
import sys
import unittest
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("src", "include", "bindings", "examples", "tests", "bench")
SUFFIXES = {".h", ".hpp", ".c", ".cc", ".cpp", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
COMPUTED = re.compile(r"^\s*#\s*include\s+[^<\"\s]", re.MULTILINE)

C_HEADERS = set("""assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h
    locale.h math.h setjmp.h signal.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h
    tgmath.h time.h wchar.h wctype.h""".split())
# Rules are pure: no I/O, no clock, no randomness, no threads.
IMPURE = set("""chrono condition_variable csignal cstdio ctime filesystem fstream future iostream
    istream mutex ostream random shared_mutex stdio.h thread time.h""".split())
POSIX = re.compile(r"^(unistd|fcntl|poll|pthread|sched|spawn|dlfcn|dirent|iconv|signal|netdb|sys/.*|"
                   r"netinet/.*|arpa/.*)\.h$")
# First match decides. iconv is in libc, but it is an encoding library all the same.
LIBRARIES = [
    # Hash tables that cannot be destroyed once an allocation of theirs failed (docs/adr/0004).
    ("abseil's containers", re.compile(r"^absl/container/")),
    ("abseil", re.compile(r"^absl/")), ("rapidjson", re.compile(r"^rapidjson/")),
    ("openssl", re.compile(r"^openssl/")), ("utf8proc", re.compile(r"^utf8proc\.h$")),
    ("idn2", re.compile(r"^idn2\.h$")), ("iconv", re.compile(r"^iconv\.h$")),
    ("sqlite", re.compile(r"^sqlite3\.h$")), ("libpq", re.compile(r"^libpq|^postgres")),
    ("curl", re.compile(r"^curl/")), ("httplib", re.compile(r"^httplib\.h$")),
    ("python", re.compile(r"^(pybind11/|Python\.h$)")),
    ("googletest", re.compile(r"^g(test|mock)/")), ("benchmark", re.compile(r"^benchmark/")),
    ("compiler", re.compile(r"^(sanitizer/.*|unwind\.h|malloc\.h)$")), ("posix", POSIX)]


class Room(NamedTuple):
    """What the files below a folder may include."""

    folders: tuple
    libraries: tuple
    standard: str = "cxx"  # or "c" for C99 headers alone
    pure: bool = False


BASE, DOMAIN = ("src/base/",), ("src/base/", "src/domain/")
ENGINE = DOMAIN + ("src/storage/", "src/providers/", "src/engine/")
# The longest matching prefix decides.
ROOMS: Dict[str, Room] = {
    "src/base/": Room(BASE, ("abseil", "rapidjson", "openssl", "utf8proc", "idn2", "iconv", "posix")),
    "src/domain/": Room(DOMAIN, ("abseil",), pure=True),
    "src/storage/": Room(DOMAIN + ("src/storage/",), ("abseil", "sqlite", "libpq", "posix")),
    "src/providers/": Room(DOMAIN + ("src/providers/",), ("abseil", "curl", "posix")),
    "src/engine/": Room(ENGINE, ("abseil", "posix")),
    "src/capi/": Room(ENGINE + ("src/capi/", "include/"), ("abseil", "posix")),
    "include/": Room(("include/",), (), standard="c"),
    "bindings/": Room(("include/", "bindings/"), ("python", "posix")),
    "examples/": Room(("include/", "examples/"), ("posix",)),
    # The sandbox judges the library, so it stands alone.
    "examples/sandbox/": Room(("examples/sandbox/",), ("httplib", "rapidjson", "posix")),
    "bench/": Room(("include/", "src/", "bench/"), ("abseil", "benchmark", "posix")),
    "tests/": Room(("include/", "src/", "tests/"),
                   ("abseil", "googletest", "rapidjson", "openssl", "sqlite", "curl", "posix")),
    # These two talk to, or are, an HTTP server of their own.
    "tests/sandbox_test": Room(("tests/",), ("googletest", "rapidjson", "httplib", "curl", "posix")),
    # Black-box tests see what a user sees.
    "tests/abi/": Room(("include/", "tests/"), ("googletest", "posix")),
    # This one stands between the libraries and malloc.
    "tests/abi/allocation": Room(("include/", "tests/"), ("googletest", "sqlite", "curl", "openssl",
                                                          "compiler", "posix")),
}


class Edge(NamedTuple):
    """One #include: where it stands and what it means."""

    path: str
    line: int
    quoted: bool
    target: str


def edges(path: str, text: str) -> Iterator[Edge]:
    for match in INCLUDE.finditer(text):
        yield Edge(path, text.count("\n", 0, match.start(2)) + 1, match.group(1) == '"',
                   match.group(2))


def room_of(path: str) -> Optional[Room]:
    prefixes = [prefix for prefix in ROOMS if path.startswith(prefix)]
    return ROOMS[max(prefixes, key=len)] if prefixes else None


def project_path(edge: Edge) -> Optional[str]:
    """The project's file that is meant; None for a header from outside."""
    target = edge.target
    if ".." in Path(target).parts:
        return "../" + target
    if target.startswith(("src/", "bindings/", "examples/", "tests/", "bench/")):
        return target
    if target.startswith("onlyleads/"):
        return "include/" + target
    if edge.quoted and library_of(target) is None:
        return str(Path(edge.path).parent / target)
    return None


def library_of(target: str) -> Optional[str]:
    return next((name for name, pattern in LIBRARIES if pattern.match(target)), None)


def complaint(edge: Edge) -> Optional[str]:
    """Why an edge is not allowed; None when it is."""
    room = room_of(edge.path)
    if room is None:
        return "stands in no room"
    inside = project_path(edge)
    if inside is not None:
        allowed = inside.startswith(room.folders) or (
            inside.startswith("include/") and "include/" in room.folders)
        return None if allowed else f"may not use {inside}"
    if room.standard == "c" and not edge.path.endswith(".hpp"):
        return None if edge.target in C_HEADERS else "may use C standard headers only"
    library = library_of(edge.target)
    if library is not None and not (library == "posix" and edge.target in C_HEADERS):
        return None if library in room.libraries else f"may not use {library}"
    if room.pure and edge.target in IMPURE:
        return "is pure: no I/O, clock, randomness or threads"
    if edge.target in C_HEADERS or re.fullmatch(r"[a-z_0-9]+", edge.target):
        return None
    return "is a library that no room lists"


def complaints(path: str, text: str) -> List[str]:
    found = [f"{edge.path}:{edge.line}: {edge.target}: {why}"
             for edge in edges(path, text) if (why := complaint(edge)) is not None]
    if COMPUTED.search(text):
        found.append(f"{path}: a computed #include cannot be checked")
    return found


def tree() -> Iterator[Path]:
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


class IncludeRules(unittest.TestCase):
    def refused(self, path: str, line: str) -> None:
        self.assertTrue(complaints(path, line), f"{path} may say {line}")

    def allowed(self, path: str, line: str) -> None:
        self.assertEqual(complaints(path, line), [])

    def test_the_tree_keeps_to_the_table(self) -> None:
        found, files = [], 0
        for path in tree():
            files += 1
            found += complaints(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        self.assertGreater(files, 50, "the tree was not found")
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_no_room_reaches_upwards(self) -> None:
        self.refused("src/base/text.cc", '#include "src/domain/words.h"')
        self.refused("src/domain/words.cc", '#include "src/storage/connection.h"')
        self.refused("src/storage/keyring.cc", '#include "src/providers/transport.h"')
        self.refused("src/providers/transport.cc", '#include "src/storage/connection.h"')
        self.refused("src/engine/run.cc", '#include "src/capi/neck.h"')
        self.refused("src/engine/run.cc", '#include "onlyleads/engine.h"')
        self.allowed("src/engine/run.cc", '#include "src/storage/outbox_store.h"')
        self.allowed("src/capi/engine.cc", '#include "onlyleads/engine.h"')

    def test_clients_see_the_public_headers_alone(self) -> None:
        self.refused("bindings/python/engine.cc", '#include "src/engine/engine.h"')
        self.refused("bindings/python/engine.cc", '#include "../../src/engine/engine.h"')
        self.refused("examples/quickstart.cc", '#include "src/base/text.h"')
        self.refused("examples/quickstart.cc", '#include "absl/strings/string_view.h"')
        self.refused("examples/sandbox/world.cc", '#include "onlyleads/onlyleads.h"')
        self.refused("tests/abi/layout_test.cc", '#include "src/base/text.h"')
        self.allowed("examples/quickstart.cc", '#include <onlyleads/onlyleads.hpp>')
        self.allowed("bindings/python/engine.cc", '#include "convert.h"')

    def test_libraries_stay_in_their_rooms(self) -> None:
        self.refused("src/domain/words.cc", '#include <utf8proc.h>')
        self.refused("src/storage/keyring.cc", '#include <openssl/evp.h>')
        self.refused("src/engine/import.cc", '#include <rapidjson/document.h>')
        self.refused("src/engine/import.cc", '#include <sqlite3.h>')
        self.refused("src/engine/run.cc", '#include "curl/curl.h"')
        self.refused("src/providers/transport.cc", '#include <httplib.h>')
        self.refused("src/base/text.cc", '#include <boost/any.hpp>')
        self.refused("src/base/json.cc", '#include "absl/container/flat_hash_map.h"')
        self.refused("src/engine/run.cc", '#include "absl/container/inlined_vector.h"')
        self.allowed("src/base/text.cc", '#include <utf8proc.h>')
        self.allowed("src/storage/sqlite_connection.cc", '#include <sqlite3.h>')

    def test_rules_are_pure(self) -> None:
        self.refused("src/domain/decision.cc", '#include <chrono>')
        self.refused("src/domain/decision.cc", '#  include <fstream>')
        self.refused("src/domain/decision.cc", '#include <unistd.h>')
        self.allowed("src/domain/decision.cc", '#include <vector>')

    def test_public_c_headers_name_c_headers_only(self) -> None:
        self.refused("include/onlyleads/types.h", '#include <cstdint>')
        self.refused("include/onlyleads/types.h", '#include <unistd.h>')
        self.refused("include/onlyleads/onlyleads.hpp", '#include "absl/status/status.h"')
        self.allowed("include/onlyleads/types.h", '#include <stdint.h>')
        self.allowed("include/onlyleads/onlyleads.hpp", '#include <string>')

    def test_a_computed_include_is_refused(self) -> None:
        self.refused("src/base/text.cc", '#include HEADER')


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
