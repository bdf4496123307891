"""What works or waits in the library is called without Python's lock (the GIL): inside the braces that
Unlocked or Interruptible of bindings/python run. Other threads of Python go on meanwhile, and a callback of the
host that needs the lock gets it. A call beside those braces fails this test; so does Python inside
them. Reads the sources as text. Standard library only.
"""

import re
import unittest
from pathlib import Path
from typing import Iterator, List, Set, Tuple

ROOT = Path(__file__).resolve().parent.parent
BINDINGS = ROOT / "bindings/python"
# Neither works nor waits, so it may be called with the lock held.
PURE = {
    "org_id": "reads a number of the handle",
    "cancel": "sets a flag; meant for signal handlers",
    "ol_code_name": "looks into a table",
    "ol_live_handles": "reads a counter",
}
# Functions of the face without a handle that read files or decide.
FREE = ("Engine::open", "preview_csv", "policy::evaluate")
# Pages and frees are not looked for: they hold no lock and never block (rows.h, error.h).


def bare(text: str) -> str:
    """Without comments and what stands in quotes."""
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def closing(text: str, at: int) -> int:
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    for end in range(at, len(text)):
        depth += (text[end] in "([{") - (text[end] in ")]}")
        if depth == 0:
            return end + 1
    raise AssertionError(f"no bracket closes {text[at:at + 40]!r}")


def unlocked(text: str) -> Iterator[Tuple[int, int]]:
    """Where the bodies lie that run without the lock."""
    for call in re.finditer(r"\b(?:Unlocked|Interruptible)\(", text):
        end = closing(text, call.end() - 1)
        body = re.compile(r"\[[^\]]*\]\s*\{").search(text, call.end(), end)
        if body is not None:
            yield body.end() - 1, closing(text, body.end() - 1)


def nouns() -> Set[str]:
    """prospects, senders, ...: what a workspace or an engine of the face has verbs under."""
    face = (ROOT / "include/onlyleads/onlyleads.hpp").read_text(encoding="utf-8")
    return set(re.findall(r"^  \w+ (\w+)\(\) const \{ return \w+\(shared_\); \}$", face, re.MULTILINE))


def exported() -> Set[str]:
    listed = (ROOT / "src/capi/exports.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^(ol_\w+)$", listed, re.MULTILINE))


def verbs(text: str) -> Iterator[Tuple[int, str]]:
    """Calls into the library that may work or wait: where, and how they are named."""
    handles = {"engine_", "face"} | set(re.findall(r"\b(?:Engine|Workspace)[&*]? (\w+)\b", text))
    on_handle = rf"\b(?:{'|'.join(sorted(handles))})(?:\(\))?(?:\.|->)(\w+)\("
    any_noun = "|".join(sorted(nouns()))
    on_noun = rf"(?:\.|->)(?:{any_noun})\(\)(?:\.|->)(\w+)\("
    kept_noun = rf"(?:\.|->)((?:{any_noun})\(\))(?!\.|->)"
    pointer = r"&(?:Engine|Workspace)::(\w+)"
    free = rf"(?<![\w:])((?:onlyleads::)?(?:{'|'.join(FREE)}))\b(?!\s*::)"
    of_c = rf"\b({'|'.join(sorted(exported()))})\b"
    for pattern in (on_handle, on_noun, kept_noun, pointer, free, of_c):
        for found in re.finditer(pattern, text):
            # A noun is no verb: what is called under it counts, and that it is kept for later.
            if found[1] not in PURE and found[1] not in nouns():
                yield found.start(), found[1]


def complaints(name: str, source: str) -> List[str]:
    text = bare(source)
    bodies = list(unlocked(text))

    def line(at: int) -> str:
        return f"{name}:{text.count(chr(10), 0, at) + 1}"
    found = [f"{line(at)}: {verb} is called with the lock held" for at, verb in verbs(text)
             if not any(begin < at < end for begin, end in bodies)]
    return found + [f"{line(begin)}: {word[0]} without the lock" for begin, end in bodies
                    for word in re.finditer(r"\bpy::\w+|\bTo(?:List|Page|Dict)\b|\bPy\w*_\w+",
                                            text[begin:end])]


class Unlocked(unittest.TestCase):
    def sources(self) -> Iterator[Tuple[str, str]]:
        for path in sorted(BINDINGS.glob("*.cc")) + sorted(BINDINGS.glob("*.h")):
            yield path.name, path.read_text(encoding="utf-8")

    def test_every_verb_is_called_without_the_lock(self) -> None:
        found = [line for name, source in self.sources() for line in complaints(name, source)]
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_the_verbs_were_found(self) -> None:
        texts = [bare(source) for _, source in self.sources()]
        called = [verb for text in texts for _, verb in verbs(text)]
        self.assertGreater(len(called), 50)
        self.assertLessEqual({"run", "import_csv", "export_organization", "erase", "close",
                              "set_subscription", "record", "create_organization", *FREE},
                             set(called))
        self.assertGreaterEqual(sum(len(list(unlocked(text))) for text in texts), 50)
        self.assertLessEqual({"prospects", "usage", "audit", "retention", "holds"}, nouns())

    def test_the_lock_is_let_go_in_one_place(self) -> None:
        released = r"\bReleased \w+;|gil_scoped_release"
        places = [name for name, source in self.sources() if re.search(released, bare(source))]
        self.assertEqual(places, ["convert.h"])
        saved = [name for name, source in self.sources() if "PyEval_SaveThread" in bare(source)]
        self.assertEqual(sorted(saved), ["gil.cc", "gil.h"])

    def test_exceptions_are_there(self) -> None:
        texts = " ".join(bare(source) for _, source in self.sources())
        self.assertEqual([name for name in PURE if not re.search(rf"\b{name}\b", texts)], [])

    def refused(self, source: str) -> None:
        self.assertTrue(complaints("made.cc", source), source)

    def test_a_call_with_the_lock_held_is_seen(self) -> None:
        for source in (
                "return ToList(w.face.prospects().object(ToId(id)));",
                "return w.face.usage().record(usage);",
                "return e.face().run({max_ms, max_calls});",
                "const auto people = ws.face.prospects();\nreturn people.count();",
                "engine_.close();",
                "Verb(c, \"\", \"\", \"\", [](const Engine& e) { return e.lineage(); });",
                "void F(Workspace* ws) { ws->holds().release(id); }",
                "Verb(c, \"lineage\", \"(self, /)\", \"\", &Engine::lineage);",
                "return preview_csv(path, limit);",
                "const Engine made = Engine::open(path, options);",
                "return policy::evaluate(facts);",
                "ol_engine_run(engine, nullptr, nullptr, nullptr);",
                "m.def(\"free\", &ol_workspace_open);",
                "Unlocked([&] { e.face().lineage(); }); e.face().residue();",
                "Interruptible(e.face(), [&] { return 1; }), e.face().run({});"):
            self.refused(source)

    def test_python_without_the_lock_is_seen(self) -> None:
        self.refused("Unlocked([&] { return ToList(e.face().lineage()); });")
        self.refused("Unlocked([&] { py::list names; e.face().close(); });")

    def test_what_is_right_is_let_be(self) -> None:
        for source in (
                "return ToList(Unlocked([&] { return w.face.prospects().object(ToId(id)); }));",
                "Interruptible(ws.engine, [&] { return ws.face.retention().run(token, options); });",
                "PyWorkspace{Unlocked([&] { return e.face().workspace(id); }), e.face()};",
                "return w.face.org_id().to_string();", "engine->cancel();",
                "// e.face().run({})\nTold(\"w.face.prospects().count()\");"):
            self.assertEqual(complaints("made.cc", source), [])


if __name__ == "__main__":
    unittest.main()
