"""Checks of argument types, by name. A wrong one is a TypeError that never shows the value, because
values here are personal data. What a value means is checked by the library."""

import json
import os
from collections.abc import Mapping
from typing import Any, List, Optional, Set

from ._error import Error

INVALID_UTF8 = ("OL_INVALID_UTF8", 1 | (1 << 8))


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


def path(name: str, value: Any) -> str:
    """A str, bytes or os.PathLike."""
    return text(name, os.fsdecode(value))


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


def batch(name: str, value: Any, keys: Set[str]) -> List[Mapping]:
    """Mappings with no other keys than these; a single one counts as a list of one."""
    if isinstance(value, Mapping):
        value = [value]
    rows = list(value)
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"{name}[{i}] must be a mapping, not {type(row).__name__}")
        unknown = [key for key in row if key not in keys]
        if unknown:
            raise TypeError(f"{name}[{i}] has an unknown key; known are {', '.join(sorted(keys))}")
    return rows


def document(name: str, value: Any) -> str:
    """A dict (or JSON text) as JSON text; None is the empty text."""
    if value is None or isinstance(value, str):
        return text(name, value)
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be a dict or JSON text, not {type(value).__name__}")
    try:
        return text(name, json.dumps(value, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError) as cause:
        raise TypeError(f"{name} holds a value that JSON has no form for") from cause


def raw(name: str, value: Any) -> bytes:
    """bytes-like as it is, str as UTF-8."""
    if isinstance(value, str):
        return text(name, value).encode("utf-8")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name} must be bytes or str, not {type(value).__name__}")
