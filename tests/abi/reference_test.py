"""The reference is generated without a warning, and a comment that is missing is one: copies of the
headers that lack one in each kind of place must fail.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

doxyfile, include = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

# What is taken away, from which header, and what the warning then has to name.
GAPS = (
    ("types.h", r"  /\*\* Bytes, not characters\. \*/\n", "Member size"),
    ("types.h", r"/\*\* The library's version.*?\*/\n", "ol_version"),
    ("sending.h", r"/\*\* Too late.*?\*/\n", "OL_CANCEL_ALREADY_SENT"),
    ("onlyleads.hpp", r"  /// Works as long as.*?\n|  /// For rejects\.\n", "import_id"),
    ("onlyleads.hpp", r"  /// @param page_token [^\n]*\n", "page_token"),
)


def warnings(folder, headers):
    """What Doxygen says about these headers, and whether it called that a failure."""
    text = doxyfile.read_text().replace(str(include), str(headers))
    text += f"\nOUTPUT_DIRECTORY = {folder}\n"
    (folder / "Doxyfile").write_text(text)
    done = subprocess.run(["doxygen", folder / "Doxyfile"], capture_output=True, text=True)
    return done.returncode, done.stderr


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    code, said = warnings(folder, include)
    assert code == 0 and not said, said
    pages = {page.name for page in (folder / "html").glob("*.html")}
    assert {"prospects_8h.html", "structol__error.html", "classonlyleads_1_1Engine.html"} <= pages
    for header, pattern, named in GAPS:
        copy = folder / "include"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(include, copy)
        path = copy / "onlyleads" / header
        text, cut = re.subn(pattern, "", path.read_text(), flags=re.S)
        assert cut, f"{header}: nothing to take away for {named}"
        path.write_text(text)
        code, said = warnings(folder, copy)
        assert code != 0 and named in said, f"{header}: {named} is not missed: {said}"
    print(f"{len(pages)} pages, {len(GAPS)} gaps noticed")
