"""Writes truth.json as C tables, so that a C99 program can compare itself with it.

    compile_truth.py TRUTH.JSON OUT.H
"""

import json
import pathlib
import sys

FILE_NUMBERS = ("data_rows", "created", "updated", "unchanged", "rejected", "opt_outs")
PERSON_TEXTS = ("first", "last", "company", "title", "industry", "city", "country")


def c_string(text):
    # Octal escapes end after three digits; hexadecimal ones swallow what follows.
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                         for b in text.encode("utf-8")) + '"'


def main(source, out):
    truth = json.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    files = {f["file"]: f for f in truth["files"]}
    assert list(files) == truth["order"], "the files are not listed in their order"
    reasons = max(len(f["reasons"]) for f in truth["files"])
    identifiers = max(len(p["identifiers"]) for p in truth["people"])
    lines = ["/* Made from truth.json by tests/abi/compile_truth.py. */",
             "#include <stdint.h>",
             "typedef struct truth_reason { const char* name; int64_t count; } truth_reason;",
             "typedef struct truth_file {", "  const char* name;",
             *(f"  int64_t {n};" for n in FILE_NUMBERS),
             f"  truth_reason reasons[{reasons + 1}]; /* ends with a NULL name */",
             "} truth_file;",
             "/* A text that is NULL is not claimed. */",
             "typedef struct truth_person {",
             f"  const char* identifiers[{identifiers + 1}]; /* kind:value, ends with NULL */",
             *(f"  const char* {t};" for t in PERSON_TEXTS),
             "} truth_person;",
             f"static const int64_t kDistinctPeople = {truth['distinct_people']};",
             "static const truth_file kFiles[] = {"]
    for f in truth["files"]:
        told = ", ".join(f"{{{c_string(k)}, {v}}}" for k, v in f["reasons"].items())
        lines.append(f"  {{{c_string(f['file'])}, {', '.join(str(f[n]) for n in FILE_NUMBERS)}, "
                     f"{{{told + ', ' if told else ''}{{0, 0}}}}}},")
    lines += ["};", "static const truth_person kPeople[] = {"]
    for p in truth["people"]:
        ids = ", ".join(map(c_string, p["identifiers"]))
        texts = ", ".join(c_string(p[t]) if t in p else "0" for t in PERSON_TEXTS)
        lines.append(f"  {{{{{ids}, 0}}, {texts}}},")
    lines += ["};",
              "#define FILE_COUNT (sizeof(kFiles) / sizeof(kFiles[0]))",
              "#define PEOPLE_COUNT (sizeof(kPeople) / sizeof(kPeople[0]))", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
