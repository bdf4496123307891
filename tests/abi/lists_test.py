"""The lists that tests of the C ABI keep by hand are whole: every field of every public struct is in
layout_test.c, every text that goes in is in hostile/strings_test.cc, every number in
hostile/numbers_test.cc, every struct that grows in fuzz/structs_fuzz.cc. What they leave out on
purpose stands below, with its reason.

Reads the headers and the tests as text. Standard library only.
"""

import pathlib
import re
import unittest
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
Place = Tuple[str, str]  # a struct and its field, or a function and its parameter

NUMBERS = {"int32_t", "int64_t", "uint32_t", "uint64_t"}
# The library writes these, or sets every field before it hands them out.
OUT = {"ol_audit_report", "ol_run_report", "ol_error", "ol_inbox_report", "ol_import_report",
       "ol_retention_report", "ol_http_request"}
BYTES = "bytes of any kind, not text"
ANSWER = "a host's answer to a request: host_transport_test.cc and answers_test.cc spoil it"
TEXTS_LEFT_OUT: Dict[Place, str] = {
    ("ol_engine_options", "key"): BYTES,
    ("ol_header", "name"): "a name that is no text matches no secret's: webhooks_test.cc",
    ("ol_header", "value"): BYTES,
    ("ol_http_header", "name"): ANSWER,
    ("ol_http_header", "value"): ANSWER,
    ("ol_http_completion", "body"): ANSWER,
    ("ol_http_completion", "error"): ANSWER,
    ("ol_id_from_text", "text"): "has no message that could name it: misuse_test.cc",
}
# Texts that the test hands over through a helper of its own: what stands there.
TEXTS_THROUGH_A_HELPER: Dict[Place, str] = {
    ("ol_engine_open", "path"): "return open(text, Sized<ol_engine_options>(), err);",
    ("ol_engine_options", "profile"): "options.profile = text;",
    ("ol_organization_create", "name"): "return organization(text, {}, {}, err);",
    ("ol_organization_options", "external_ref"): 'return organization(S("B"), text, {}, err);',
    ("ol_organization_options", "country"): 'return organization(S("B"), {}, text, err);',
    ("ol_inbox_ingest", "provider"): "*provider = text;",
    ("ol_inbox_ingest", "body"): "*body = text;",
}
NO_MESSAGE = "has no message that could name it; misuse_test.cc gives it both ends"
NUMBERS_LEFT_OUT: Dict[Place, str] = {
    ("ol_code_name", "code"): NO_MESSAGE,
    ("ol_http_completion", "fate"): ANSWER,
    ("ol_http_completion", "id"): ANSWER,
    ("ol_http_completion", "status"): ANSWER,
    ("ol_http_completion", "reserved0"): ANSWER,
    ("ol_http_completion", "header_count"): ANSWER,
    **{(function, place): NO_MESSAGE
       for function in ("ol_rows_is_null", "ol_rows_text", "ol_rows_int", "ol_rows_double",
                        "ol_rows_id") for place in ("row", "column")},
    ("ol_rows_column_name", "column"): NO_MESSAGE,
    ("ol_rows_column_type", "column"): NO_MESSAGE,
}
# The caller does not set its size: the library hands it out whole.
STRUCTS_LEFT_OUT = {"ol_http_request"}


class Interface(NamedTuple):
    """What the headers declare: names and types, in order."""

    structs: Dict[str, List[Tuple[str, str]]]
    functions: Dict[str, List[Tuple[str, str]]]


def bare(text: str) -> str:
    """Without comments and preprocessor lines."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
    return re.sub(r"^\s*#[^\n]*", "", text, flags=re.MULTILINE)


def declared(text: str) -> Tuple[str, str]:
    """Name and type of one declaration: `int32_t a`, `char b[32]`, `int32_t (*c)(void* ctx)`."""
    text = " ".join(text.split())
    if pointer := re.fullmatch(r"(.*)\(\s*\*\s*(\w+)\)\s*\(.*\)", text):
        return pointer[2], "function"
    name = re.fullmatch(r"(.*?)(\w+)(\[\w+\])?", text)
    assert name, f"{text!r} is read as no declaration"
    return name[2], name[1].strip() + (name[3] or "")


def parts(text: str, between: str) -> Iterator[str]:
    """Split where no bracket is open."""
    depth, begin = 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == between and depth == 0:
            yield text[begin:at]
            begin = at + 1
    yield text[begin:]


def read(headers: str) -> Interface:
    text = bare(headers)
    structs = {name: [declared(field) for field in parts(body, ";") if field.strip()]
               for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\n\} \1;", text, re.DOTALL)}
    functions = {name: [declared(parameter) for parameter in parts(parameters, ",")
                        if parameter.strip() not in ("", "void")]
                 for name, parameters in re.findall(r"\bOL_API\s[^;(]*?\b(ol_\w+)\s*\(([^;]*)\);",
                                                    text)}
    return Interface(structs, functions)


def going_in(interface: Interface, types: Set[str]) -> Iterator[Place]:
    """Fields and parameters of these types that a caller fills in."""
    for name, fields in interface.structs.items():
        if name not in OUT:
            yield from ((name, field) for field, of in fields
                        if of in types and field != "struct_size")
    for name, parameters in interface.functions.items():
        yield from ((name, parameter) for parameter, of in parameters if of in types)


def calls(source: str, function: str) -> Iterator[List[str]]:
    """The arguments of each call."""
    for match in re.finditer(rf"\b{function}\(", source):
        depth, at = 1, match.end()
        while depth:
            depth += (source[at] in "([{") - (source[at] in ")]}")
            at += 1
        yield [" ".join(argument.split()) for argument in parts(source[match.end():at - 1], ",")]


def tried(interface: Interface, source: str, place: Place, argument: str) -> bool:
    """Whether a field is named with its struct, or `argument` stands in a parameter's place."""
    name, part = place
    if name in interface.structs:
        return re.search(rf"&{name}::{part}\b", source) is not None
    position = [parameter for parameter, _ in interface.functions[name]].index(part)
    return any(given[position] == argument for given in calls(source, name))


def spelled_out(source: str) -> str:
    """Each function's `using Options = T;` put in."""
    functions = re.split(r"(?m)^(?=\w[^\n;]*\) \{$)", source)
    for at, body in enumerate(functions):
        if alias := re.search(r"using (\w+) = (\w+);", body):
            functions[at] = re.sub(rf"\b{alias[1]}::", f"{alias[2]}::", body)
    return "".join(functions)


class Lists(unittest.TestCase):
    interface = read("\n".join(path.read_text(encoding="utf-8") for path
                               in sorted((ROOT / "include/onlyleads").glob("*.h"))
                               if path.name != "arrow.h"))
    layout = bare((ROOT / "tests/abi/layout_test.c").read_text(encoding="utf-8"))
    strings = bare((ROOT / "tests/hostile/strings_test.cc").read_text(encoding="utf-8"))
    numbers = spelled_out(bare((ROOT / "tests/hostile/numbers_test.cc").read_text(encoding="utf-8")))

    def test_the_headers_were_read(self) -> None:
        exported = (ROOT / "src/capi/exports.txt").read_text(encoding="utf-8")
        listed = set(re.findall(r"^(ol_\w+)$", exported, re.MULTILINE)) - {"ol_rows_to_arrow"}
        self.assertEqual(set(self.interface.functions), listed)
        self.assertEqual(self.interface.structs["ol_str"],
                         [("data", "const char*"), ("size", "size_t")])
        self.assertIn(("now_us", "function"), self.interface.structs["ol_host"])
        self.assertEqual(self.interface.functions["ol_hold_release"],
                         [("workspace", "ol_workspace*"), ("hold_id", "ol_id"), ("err", "ol_error*")])

    def test_every_field_has_its_offset(self) -> None:
        missing = [f"SIZE({name})" for name in self.interface.structs
                   if not re.search(rf"\bSIZE\({name}, \d+\);", self.layout)]
        missing += [f"AT({name}, {field})" for name, fields in self.interface.structs.items()
                    for field, _ in fields
                    if not re.search(rf"\bAT\({name}, {field}, \d+\);", self.layout)]
        self.assertEqual(missing, [], "are not in tests/abi/layout_test.c")

    def test_every_text_is_tried(self) -> None:
        for place, stands in TEXTS_THROUGH_A_HELPER.items():
            self.assertIn(stands, self.strings, place)
        wanted = set(going_in(self.interface, {"ol_str"}))
        found = {place for place in wanted if tried(self.interface, self.strings, place, "text")}
        self.compare(wanted, found | set(TEXTS_THROUGH_A_HELPER), TEXTS_LEFT_OUT)

    def test_every_number_is_tried(self) -> None:
        wanted = set(going_in(self.interface, NUMBERS))
        found = {place for place in wanted if tried(self.interface, self.numbers, place, "value")}
        self.compare(wanted, found, NUMBERS_LEFT_OUT)

    def test_every_growing_struct_is_searched(self) -> None:
        batches = {of.split()[1].rstrip("*") for parameters in self.interface.functions.values()
                   if ("row_size", "size_t") in parameters for _, of in parameters
                   if of.startswith("const ol_")}
        grown = {name for name, fields in self.interface.structs.items()
                 if ("struct_size", "uint32_t") in fields}
        self.assertTrue(batches and grown)
        source = (ROOT / "tests/fuzz/structs_fuzz.cc").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"\bCheckBatch<(ol_\w+)>", source)), batches)
        self.assertEqual(set(re.findall(r"\bCheck<(ol_\w+)>", source)), grown - STRUCTS_LEFT_OUT)

    def compare(self, wanted: Set[Place], found: Set[Place], left_out: Dict[Place, str]) -> None:
        self.assertEqual(sorted(wanted - found - set(left_out)), [], "are not tried")
        self.assertEqual(sorted(set(left_out) - wanted), [], "are left out and not there")
        self.assertEqual(sorted(found & set(left_out)), [], "are left out and tried all the same")
        self.assertEqual(sorted(found - wanted), [], "are tried and not there")

    def test_every_number_is_tried_at_its_own_ends(self) -> None:
        """A 64-bit argument that is given 32-bit numbers is not tried."""
        for argument in re.finditer(r"\bArgument<(\w+)>\((.*?)\n  \}\);", self.numbers, re.DOTALL):
            function, parameter = next(
                (name, names[given.index("value")][0:2])
                for name, names in self.interface.functions.items()
                for given in calls(argument[2], name) if "value" in given)
            self.assertEqual(argument[1], parameter[1], f"{function}, {parameter[0]}")

    def test_what_is_missing_is_seen(self) -> None:
        made = read("""typedef struct ol_new {
  /** int32_t comment; */
  uint32_t struct_size;
  int32_t (*told)(void* ctx, int64_t rows);
  ol_str word;
  int64_t at_us;
} ol_new;
OL_API int32_t ol_new_make(ol_engine* engine, const ol_new* in, ol_str name,
                           int32_t limit, int64_t* out, ol_error* err);""")
        self.assertEqual(set(going_in(made, {"ol_str"})), {("ol_new", "word"), ("ol_new_make", "name")})
        self.assertEqual(set(going_in(made, NUMBERS)), {("ol_new", "at_us"), ("ol_new_make", "limit")})
        source = "Field(&ol_new::at_us); ol_new_make(e, F(a, b), text, value, &out, err);"
        self.assertTrue(tried(made, source, ("ol_new", "at_us"), "value"))
        self.assertTrue(tried(made, source, ("ol_new_make", "name"), "text"))
        self.assertTrue(tried(made, source, ("ol_new_make", "limit"), "value"))
        self.assertFalse(tried(made, source, ("ol_new", "word"), "text"))
        self.assertFalse(tried(made, source, ("ol_new_make", "limit"), "text"))


if __name__ == "__main__":
    unittest.main()
