"""Charts as inline SVG. Pure: numbers in, markup out.

Widths are percentages and text keeps the page's size, so that one drawing is as readable at 320 as
at 1,280 pixels. Colours are classes of the style sheet. Each drawing is an image with a name and a
description; its numbers stand beside it as a table.
"""

import math
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .html import Html, el

ROW = 46
PLOT_TOP = 42
PLOT = 120


class Bar(NamedTuple):
    label: str
    value: int
    note: str = ""  # beside the label where there is room


class Column(NamedTuple):
    value: int
    tick: str = ""  # under the column, "" for none


def percent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"


def picture(key: str, title: str, description: str, height: int, parts: Sequence[Html],
            kind: str) -> Html:
    return el("svg", el("title", title, id=f"{key}-title"), el("desc", description, id=f"{key}-desc"),
              *parts, role="img", aria_labelledby=f"{key}-title", aria_describedby=f"{key}-desc",
              width="100%", height=height, class_=f"chart {kind}")


def bars(key: str, title: str, description: str, rows: Sequence[Bar], tone: str = "a") -> Html:
    """Bars to the right, each under its own line of text."""
    most = max([row.value for row in rows] + [1])
    parts: List[Html] = []
    for number, row in enumerate(rows):
        top = number * ROW
        note = el("tspan", "  " + row.note, class_="note") if row.note else ""
        parts += [el("text", row.label, note, x=0, y=top + 15, class_="label"),
                  el("text", f"{row.value:,}", x="100%", y=top + 15, class_="value end"),
                  el("rect", x=0, y=top + 23, width="100%", height=10, rx=2, class_="track")]
        if row.value:
            parts.append(el("rect", x=0, y=top + 23, width=percent(100 * row.value / most), height=10,
                            rx=2, class_=f"bar {tone}"))
    return picture(key, title, description, len(rows) * ROW - 8, parts, "rows")


def columns(key: str, title: str, description: str, shown: Sequence[Column],
            limit: Optional[Tuple[int, str]] = None, tone: str = "a") -> Html:
    """Columns with their values on top, and a limit as a line with its words."""
    top = max([column.value for column in shown] + [limit[0] if limit else 0, 1])
    slot = 100 / max(len(shown), 7)  # a few columns stay columns
    base = PLOT_TOP + PLOT
    crowded = len(shown) > 18
    most = max(column.value for column in shown)
    parts: List[Html] = []
    for number, column in enumerate(shown):
        left, height = number * slot, PLOT * column.value / top
        if column.value:
            parts.append(el("rect", x=percent(left + slot * 0.12), y=round(base - height, 1),
                            width=percent(slot * 0.76), height=round(height, 1), rx=1.5,
                            class_=f"bar {tone}"))
            if not crowded or column.value == most:
                parts.append(el("text", f"{column.value:,}", x=percent(left + slot / 2),
                                y=round(base - height - 6, 1), class_="value middle"))
        if column.tick:
            at_end = left > 80
            parts.append(el("text", column.tick, y=base + 18,
                            x=percent(left + slot * (0.88 if at_end else 0.12)),
                            class_="tick end" if at_end else "tick"))
    parts.append(el("line", x1=0, x2="100%", y1=base + 0.5, y2=base + 0.5, class_="base"))
    if limit and limit[0]:
        y = round(base - PLOT * limit[0] / top, 1)
        parts += [el("line", x1=0, x2="100%", y1=y, y2=y, class_="limit"),
                  el("text", limit[1], x="100%", y=y - 22, class_="limit-label end")]
    return picture(key, title, description, base + 26, parts, "columns")


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[object]],
          numbers: Sequence[int] = (), class_: Optional[str] = None) -> Html:
    """A table whose first column names the row; `numbers` are the columns aligned as such."""
    def cell(tag: str, column: int, value: object, **more: object) -> Html:
        return el(tag, value, class_="n" if column in numbers else None, **more)
    head = el("tr", *[cell("th", i, title, scope="col") for i, title in enumerate(header)])
    body = [el("tr", *[cell("th", 0, value, scope="row") if i == 0 else cell("td", i, value)
                       for i, value in enumerate(row)]) for row in rows]
    return el("table", el("caption", caption), el("thead", head), el("tbody", *body), class_=class_)


def figure(words: object, drawing: Html, numbers: Optional[Html] = None) -> Html:
    """A drawing under its words, with its numbers folded away below."""
    folded = el("details", el("summary", "The numbers as a table"), numbers) if numbers else ""
    return el("figure", el("figcaption", words), drawing, folded)


def bins(values: Sequence[float], wanted: int = 10) -> List[Tuple[float, float, int]]:
    """(from, to, how many) of equal and round widths; the last one holds its upper end too."""
    if not values:
        return []
    low, high = min(values), max(values)
    raw = max((high - low) / wanted, 1e-9)
    power = 10 ** math.floor(math.log10(raw))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * 0.999)
    if high == low:
        width = 1
    first = math.floor(low / width)
    last = max(first, math.ceil(high / width) - 1)
    counts = [0] * (last - first + 1)
    for value in values:
        counts[min(max(math.floor(value / width) - first, 0), last - first)] += 1
    return [((first + i) * width, (first + i + 1) * width, count) for i, count in enumerate(counts)]
