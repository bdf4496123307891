"""Checks of arguments, by name and before anything is done. A wrong type is a TypeError, a value
that cannot be one an Error; neither ever shows the value, because values here are personal data. What
a value means is checked by the library."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, List, Optional, Set, Tuple

from ._error import Error

INVALID_UTF8 = ("OL_INVALID_UTF8", 1 | (1 << 8))
ID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def text(name: str, value: Any) -> str:
    """A str that is encodable as UTF-8; None is the empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Error(f"{name}: contains a lone surrogate", *INVALID_UTF8) from None
    return value


def identifier(name: str, value: Any) -> str:
    """The 36-character form of an id."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be an id as a str, not {type(value).__name__}")
    if not ID.fullmatch(value):
        raise Error(f"{name}: not the 36-character form of an id")
    return value


def path(name: str, value: Any) -> str:
    """A str, bytes or os.PathLike, without a NUL."""
    if not isinstance(value, (str, bytes, os.PathLike)):
        raise TypeError(f"{name} must be a str, bytes or os.PathLike, not {type(value).__name__}")
    result = text(name, os.fsdecode(value))
    if "\0" in result:
        raise Error(f"{name}: contains a NUL")
    return result


def flag(name: str, value: Any) -> bool:
    """True or False and nothing that merely counts as one: "no" would count as true."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def callback(name: str, value: Any) -> Any:
    """Something to call, or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be callable, not {type(value).__name__}")
    return value


def items(name: str, value: Any, what: str) -> List[Any]:
    """What an iterable gives; a lone str or bytes is none. `what` names its items."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be an iterable of {what}, not {type(value).__name__}")
    return list(value)


def identifiers(name: str, value: Any) -> List[str]:
    """An iterable of ids."""
    return [identifier(f"{name}[{i}]", one) for i, one in enumerate(items(name, value, "ids"))]


def scope(name: str, value: Any) -> str:
    """Channel ids as the library takes them, with commas between: from that text or an iterable."""
    if value is None or isinstance(value, str):
        return text(name, value)
    return ",".join(text(f"{name}[{i}]", channel)
                    for i, channel in enumerate(items(name, value, "channels")))


def days(name: str, value: Any) -> int:
    """Days of the week as a bit mask (bit 0 is Monday): from that int or an iterable of days."""
    if isinstance(value, int):
        return integer(name, value, 0, 127)
    mask = 0
    for i, day in enumerate(items(name, value, "days")):
        mask |= 1 << integer(f"{name}[{i}]", day, 0, 6)
    return mask


def pairs(name: str, value: Any) -> List[Tuple[bytes, bytes]]:
    """A mapping or an iterable of pairs, as HTTP headers are given."""
    given = items(name, value.items() if isinstance(value, Mapping) else value, "pairs")
    for i, pair in enumerate(given):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{name}[{i}] must be a pair of a name and a value")
    return [(raw(f"{name}[{i}]", key), raw(f"{name}[{i}]", one))
            for i, (key, one) in enumerate(given)]


def integer(name: str, value: Any, low: int = -(2**31), high: int = 2**31 - 1) -> int:
    """An int within bounds; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise Error(f"{name}: must be between {low} and {high}")
    return value


def limit(value: Optional[int]) -> int:
    """Rows of a page; None is the library's default."""
    return 0 if value is None else integer("limit", value)


def instant(name: str, value: Optional[int]) -> int:
    """Microseconds since 1970 UTC; None is 0, the library's "now"."""
    return 0 if value is None else integer(name, value, -(2**63), 2**63 - 1)


def batch(name: str, value: Any, keys: Set[str]) -> List[Mapping[str, Any]]:
    """Mappings with no other keys than these; a single one counts as a list of one."""
    rows = [value] if isinstance(value, Mapping) else items(name, value, "mappings")
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"{name}[{i}] must be a mapping, not {type(row).__name__}")
        unknown = [key for key in row if key not in keys]
        if unknown:
            raise TypeError(f"{name}[{i}] has an unknown key; known are {', '.join(sorted(keys))}")
    return rows


def document(name: str, value: Any) -> str:
    """A dict (or JSON text) as JSON text."""
    if isinstance(value, str):
        return text(name, value)
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be a dict or JSON text, not {type(value).__name__}")
    try:
        return text(name, json.dumps(value, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as cause:
        raise TypeError(f"{name} holds a value that JSON has no form for") from cause


def raw(name: str, value: Any) -> bytes:
    """bytes-like as it is, str as UTF-8."""
    if isinstance(value, str):
        return text(name, value).encode("utf-8")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name} must be bytes or str, not {type(value).__name__}")
