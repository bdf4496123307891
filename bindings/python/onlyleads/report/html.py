"""Elements of a page, escaped unless they were made here. Pure; knows nothing of reports."""

import html
from typing import Any


class Html(str):
    """Markup that is finished: everything else is text."""


def text(value: Any) -> Html:
    """Text as markup. What is not printable (controls, overrides of direction) becomes a space."""
    if isinstance(value, Html):
        return value
    shown = "".join(c if c.isprintable() or c == "\n" else " " for c in str(value))
    return Html(html.escape(shown, quote=True))


def el(tag: str, /, *children: Any, **attributes: Any) -> Html:
    """<tag attributes>children</tag>. A trailing _ of a keyword goes, other _ become -; None
    leaves an attribute out, True writes it without a value."""
    written = []
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {key}")
        elif value is not None and value is not False:
            written.append(f' {key}="{text(value)}"')
    inner = "".join(map(text, children))
    return Html(f"<{tag}{''.join(written)}>{inner}</{tag}>")


def void(tag: str, /, **attributes: Any) -> Html:
    """An element without a closing tag, such as <meta>."""
    return Html(el(tag, **attributes)[:-len(f"</{tag}>")])


def join(parts: Any) -> Html:
    return Html("".join(map(text, parts)))


def name(value: Any) -> Html:
    """A name out of somebody's file: its own direction must not turn the sentence around it."""
    return el("bdi", value)
