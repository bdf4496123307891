"""Small inputs, read whole: keys, secrets, JSON. Bounded, and from nothing that may never end.

Errors name the argument and the path, never what stands in the file.
"""

import json
import math
import os
import stat
import sys
from typing import Any, Dict, Optional

from . import exits
from .exits import Stop

MOST_JSON_BYTES = 1 << 20


def check(argument: str, path: str) -> None:
    """Refuses what is no regular file that can be read."""
    read(argument, path, None)


def read(argument: str, path: str, most: Optional[int]) -> bytes:
    """All bytes of a regular file; none of them with most = None. A pipe or device is refused, not
    waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Stop(exits.STORAGE, f"{argument}: {path} is no regular file")
            if most is None:
                return b""
            with open(descriptor, "rb", closefd=False) as file:
                return _bounded(argument, file.read(most + 1), most)
        finally:
            os.close(descriptor)
    except OSError as error:
        told = (error.strerror or "cannot be used").lower()
        raise Stop(exits.STORAGE, f"{argument}: {path}: {told}") from error


def from_stdin(argument: str, most: int) -> bytes:
    """All of stdin."""
    return _bounded(argument, _stdin(argument).buffer.read(most + 1), most)


def line_from_stdin(argument: str, most: int) -> str:
    """The first line of stdin, without blanks around it."""
    line = _bounded(argument, _stdin(argument).buffer.readline(most + 1), most)
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Stop(exits.USAGE, f"{argument}: is not UTF-8") from error
    if not text:
        raise Stop(exits.USAGE, f"{argument}: stdin is empty")
    return text


def json_object(argument: str, path: str) -> Dict[str, Any]:
    """A JSON object from a file, or from stdin for "-"."""
    data = (from_stdin(argument, MOST_JSON_BYTES) if path == "-"
            else read(argument, path, MOST_JSON_BYTES))
    try:
        value = json.loads(data, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Stop(exits.USAGE, f"{argument}: {path} is not JSON") from error
    if not isinstance(value, dict):
        raise Stop(exits.USAGE, f"{argument}: {path} is not a JSON object")
    return value


def _stdin(argument: str) -> Any:
    # None when the process was started without one.
    if sys.stdin is None:
        raise Stop(exits.USAGE, f"{argument}: there is no stdin")
    return sys.stdin


def _bounded(argument: str, data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise Stop(exits.USAGE, f"{argument}: holds more than {most:,} bytes")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
