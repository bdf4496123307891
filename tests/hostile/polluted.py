"""CSV files polluted in the ways that the literature on CSV quality lists, and who reads them.

The kinds follow "Pollock: A Data Loading Benchmark" (Vitagliano et al., PVLDB 16(8), 2023): one
clean table, and one file per pollution of its delimiters, quotes, escapes, line ends, encoding,
header, preamble and rows. Each is read without being told anything, and a row counts when all its
cells come out under the names of its columns.

    polluted.py            what onlyleads reads, compared with what it is expected to (the test)
    polluted.py --compare  a table beside Python's csv.Sniffer and DuckDB's read_csv (pip: duckdb)
"""

import csv
import pathlib
import sys
import tempfile

import onlyleads as ol

HEADER = ["Email", "First Name", "Last Name", "Company", "Note"]
ROWS = [[f"p{i}@x.example", first, last, company, note] for i, (first, last, company, note) in
        enumerate([("Ann", "Bé", "North Ltd", "likes tea"), ("Bo", "Li", "South Ltd", "calls"),
                   ("Zoë", "Groß", "Ost GmbH", "schreibt"), ("Max", "O'Neil", "West Inc", "x"),
                   ("Eve", "Abel", "Nord & Co", "50 % off"), ("Kai", "Sun", "Mid Ltd", "no"),
                   ("Lea", "Ott", "Top SA", "yes"), ("Ray", "Fox", "Low Ltd", "maybe"),
                   ("Uma", "Rao", "New Ltd", "later"), ("Jon", "Dee", "Old Ltd", "soon")])]


def text(rows=None, *, header=HEADER, sep=",", quote='"', end="\n", every=False, escape=None):
    """The table in one dialect; cells are quoted where they must be, or all of them."""
    def cell(value):
        if not (every or any(c in value for c in (sep, quote, "\n", "\r"))):
            return value
        doubled = quote * 2 if escape is None else escape + quote
        return quote + value.replace(quote, doubled) + quote
    lines = ([header] if header else []) + (ROWS if rows is None else rows)
    return "".join(sep.join(map(cell, line)) + end for line in lines)


def spaced(rows):
    """Cells without blanks, for files whose delimiter is one."""
    return [[cell.replace(" ", "_") for cell in row] for row in rows]


def noted(notes):
    """The table with other notes, over and over."""
    return [row[:4] + [notes[i % len(notes)]] for i, row in enumerate(ROWS)]


def lines(change):
    """The clean text with one line changed: change(list of lines)."""
    parts = text().splitlines(keepends=True)
    change(parts)
    return "".join(parts)


def swap(index, value):
    return lambda parts: parts.__setitem__(index, value)


COMMAS, QUOTED = noted(["a, b", "c", "d, e, f"]), noted(['say "hi" now', "plain", 'the "x" in y'])
BREAKS, SEMIS = noted(["one\ntwo", "three"]), noted(["a; b", "c"])

PLAIN = [[cell.replace("'", "") for cell in row] for row in ROWS]

MANY = [[f"q{i}@x.example"] + ROWS[i % len(ROWS)][1:] for i in range(5000)]

# name: (bytes, rows of the table as they should come out, which of them can be read)
ALL = range(len(ROWS))
KINDS = {
    "clean": (text(), ROWS, ALL),
    "delimiter ;": (text(sep=";"), ROWS, ALL),
    "delimiter tab": (text(sep="\t"), ROWS, ALL),
    "delimiter |": (text(sep="|"), ROWS, ALL),
    "delimiter ; with commas in cells": (text(COMMAS, sep=";"), COMMAS, ALL),
    "delimiter , with semicolons in cells": (text(SEMIS), SEMIS, ALL),
    "delimiter named by sep=": ("sep=;\n" + text(sep=";"), ROWS, ALL),
    "delimiter , and a space": (text(sep=", "), ROWS, ALL),
    "quotes around every cell": (text(every=True), ROWS, ALL),
    "delimiter , and a space, with commas in quotes": (
        text(COMMAS).replace(",", ", ").replace(",  ", ", "), COMMAS, ALL),
    "delimiter ; and a space, all in quotes": (text(COMMAS, sep="; ", every=True), COMMAS, ALL),
    "delimiter space": (text(spaced(ROWS), header=HEADER, sep=" "), spaced(ROWS), ALL),
    "delimiter ^": (text(sep="^"), ROWS, ALL),
    "delimiter ~": (text(sep="~"), ROWS, ALL),
    "delimiter #": (text(sep="#"), ROWS, ALL),
    "delimiter :": (text(sep=":"), ROWS, ALL),
    "delimiter U+001F": (text(sep="\x1f"), ROWS, ALL),
    "delimiter named wrongly by sep=": ("sep=;\n" + text(), ROWS, ALL),
    "quotes of apostrophes": (text(PLAIN, quote="'", every=True), PLAIN, ALL),
    "quotes of apostrophes where needed": (
        text([row[:4] + [note] for row, (*_, note) in zip(PLAIN, COMMAS)], quote="'"),
        [row[:4] + [note] for row, (*_, note) in zip(PLAIN, COMMAS)], ALL),
    "quotes doubled inside": (text(QUOTED), QUOTED, ALL),
    "quotes inside plain cells": (text(QUOTED).replace('""', "\0").replace('"', "")
                                  .replace("\0", '"'), QUOTED, ALL),
    "quote that never closes": (lines(swap(4, ROWS[3][0] + ',"Max,ONeil,West Inc,x\n')), ROWS,
                                [i for i in ALL if i != 3]),
    "quotes that swallow lines": (
        lines(lambda p: (p.__setitem__(4, ROWS[3][0] + ',"Max,ONeil,West Inc,x\n'),
                         p.__setitem__(7, ROWS[6][0] + ',Lea",Ott,Top SA,yes\n'))), ROWS,
        [i for i in ALL if i not in (3, 6)]),
    "text behind a closing quote": (lines(swap(4, ROWS[3][0] + ',"Max",O\'Neil,"West" Inc,x\n')),
                                    ROWS, ALL),
    "escape by backslash": (text(QUOTED, every=True, escape="\\"), QUOTED, ALL),
    "line breaks in cells": (text(BREAKS), BREAKS, ALL),
    "line ends CRLF": (text(end="\r\n"), ROWS, ALL),
    "line ends CR": (text(end="\r"), ROWS, ALL),
    "line ends mixed": (lines(lambda p: p.__setitem__(slice(3, 6), [
        x.replace("\n", "\r\n") for x in p[3:6]])), ROWS, ALL),
    "line end missing at the end": (text().rstrip("\n"), ROWS, ALL),
    "blank lines between": (text().replace("\n", "\n\n"), ROWS, ALL),
    "encoding with a UTF-8 mark": (b"\xef\xbb\xbf" + text().encode(), ROWS, ALL),
    "encoding UTF-16 LE with a mark": (text().encode("utf-16"), ROWS, ALL),
    "encoding UTF-16 LE without": (text().encode("utf-16-le"), ROWS, ALL),
    "encoding UTF-16 BE without": (text().encode("utf-16-be"), ROWS, ALL),
    "encoding Windows-1252": (text().encode("cp1252"), ROWS, ALL),
    "encoding damaged in one row": (text().encode().replace("Zoë".encode(), b"Zo\xff"), ROWS,
                                    [i for i in ALL if i != 2]),
    "zero byte in one row": (text().replace("calls", "ca\0lls"), ROWS, [i for i in ALL if i != 1]),
    "preamble of one line": ("Export of 23 November\n" + text(), ROWS, ALL),
    "preamble of five lines": ("Export\n\nby: Ada, Sales\nfilter: a, b, c\n\n" + text(), ROWS, ALL),
    "preamble of sixty lines": ("about this export\n" * 60 + text(), ROWS, ALL),
    "footer": (text() + "\n10 rows\n", ROWS, ALL),
    "header twice": (lines(lambda p: p.insert(5, p[0])), ROWS, ALL),
    "header with spaces around": (text(header=[f" {h} " for h in HEADER]), ROWS, ALL),
    "header in capitals": (text(header=[h.upper() for h in HEADER]), ROWS, ALL),
    "row with a cell too few": (lines(swap(4, "p3@x.example,Max,O'Neil,West Inc\n")), ROWS,
                                [i for i in ALL if i != 3]),
    "row with a cell too many": (lines(swap(4, "p3@x.example,Max,O'Neil,West Inc,x,y\n")), ROWS,
                                 ALL),
    "rows with a delimiter at the end": (text().replace("\n", ",\n"), ROWS, ALL),
    "row of delimiters alone": (lines(lambda p: p.insert(5, ",,,,\n")), ROWS, ALL),
    "spaces around cells": (text(sep=" , "), ROWS, ALL),
    "second table below": (text() + "\nCode,Meaning\n1,one\n2,two\n", ROWS, ALL),
    "lines in quotes": ("".join(f'"{line}"\n' for line in text().splitlines()), ROWS, ALL),
    "rows in quotes below a plain header": (
        "".join(line + "\n" if i == 0 else '"' + line.replace('"', '""') + '"\n'
                for i, line in enumerate(text(COMMAS).splitlines())), COMMAS, ALL),
    "one row": (text(ROWS[:1]), ROWS, [0]),
    "one column": (text([r[:1] for r in ROWS], header=HEADER[:1]), [r[:1] for r in ROWS], ALL),
    "300 columns": (text([r + [""] * 295 for r in ROWS],
                         header=HEADER + [f"c{i}" for i in range(295)]), ROWS, ALL),
    "5,000 rows": (text(MANY), MANY, range(5000)),
}


def key(name):
    return name.strip().lower().lstrip("\ufeff")


def right(records, header, kind):
    """How many of the rows that can be read came out, each under its columns' names."""
    _, rows, readable = KINDS[kind]
    found = {}
    for record in records:
        named = dict(zip(map(key, header), (c.strip() if c else "" for c in record)))
        found.setdefault(tuple(named.get(key(h), "") for h in HEADER), []).append(1)
    count = 0
    for i in readable:
        wanted = tuple(rows[i]) + ("",) * (len(HEADER) - len(rows[i]))
        count += bool(found.get(wanted) and found[wanted].pop())
    return count


def ours(path):
    """By an import: what is stored is what was read."""
    with tempfile.TemporaryDirectory(prefix="onlyleads-") as folder:
        engine = ol.open(pathlib.Path(folder) / "leads.db")
        ws = engine.create_organization("Acme Ltd")
        ws.prospects.import_csv(path, source="test", lawful_basis="legitimate_interests")
        records = []
        for person in ws.prospects:
            note = {key(k): v for k, v in person.attributes.items()}.get("note", "")
            records.append([(person.emails or [""])[0], person.first_name, person.last_name,
                            person.company, note])
        engine.close()
    return records, HEADER


def python(path):
    with open(path, encoding="utf-8", newline="") as file:
        head = file.read(65536)
        file.seek(0)
        rows = list(csv.reader(file, csv.Sniffer().sniff(head)))
    return rows[1:], rows[0]


def duckdb(path):
    import duckdb as db
    read = db.sql(f"SELECT * FROM read_csv('{path}', all_varchar = true)")
    return read.fetchall(), read.columns


def count(reader, kind, folder):
    data = KINDS[kind][0]
    path = pathlib.Path(folder) / "polluted.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    try:
        return right(*reader(path), kind)
    except Exception as error:
        return f"0 ({type(error).__name__})"


def main():
    readers = [ours, python, duckdb] if "--compare" in sys.argv else [ours]
    failed = []
    with tempfile.TemporaryDirectory(prefix="onlyleads-") as folder:
        if len(readers) > 1:
            print("| pollution | rows | onlyleads | Python csv | DuckDB |\n"
                  "| --- | --- | --- | --- | --- |")
        for kind, (_, _, readable) in KINDS.items():
            counts = [count(reader, kind, folder) for reader in readers]
            if len(readers) > 1:
                print(f"| {kind} | {len(readable)} | ".replace("delimiter |", "delimiter \\|")
                      + " | ".join(map(str, counts)) + " |")
            if counts[0] != len(readable):
                failed.append((kind, counts[0], len(readable)))
    for kind, got, wanted in failed:
        print(f"{kind}: {got} rows of {wanted}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
