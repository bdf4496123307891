"""Writes the SQL files of a folder as one C++ source: embed_migrations.py OUT FILE..."""
import pathlib
import re
import sys


def main(out, files):
    lines = ['#include "src/storage/migrations.h"', "", "namespace onlyleads::storage {", "",
             "const std::vector<Migration>& Migrations() {",
             "  static const std::vector<Migration> kMigrations = {"]
    versions = []
    for name in sorted(files, key=lambda f: pathlib.Path(f).name):
        stem = pathlib.Path(name).stem
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", stem)
        if not match:
            sys.exit(f"migration {name} is not named NNNN_name.sql")
        versions.append(int(match.group(1)))
        sql = pathlib.Path(name).read_text(encoding="utf-8")
        if ')sql"' in sql:
            sys.exit(f"migration {name} contains the raw-string terminator")
        lines.append(f'      {{{versions[-1]}, "{match.group(2)}", R"sql({sql})sql"}},')
    if versions != list(range(1, len(versions) + 1)):
        sys.exit("migrations must be numbered 1, 2, 3 without a gap")
    lines += ["  };", "  return kMigrations;", "}", "", "}  // namespace onlyleads::storage", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


main(sys.argv[1], sys.argv[2:])
