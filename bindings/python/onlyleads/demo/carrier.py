"""A transport of the host's own: it carries the library's requests with Python's http.client and counts
them in a file, so that a kill loses no count. It sees keys and texts, and keeps neither.
"""

import http.client
from pathlib import Path
from typing import Any, Dict, List, Sequence
from urllib.parse import urlsplit

from ..transport import COMPLETE, NOT_STARTED, UNKNOWN, HttpCompletion, HttpRequest

FILE = "carried.log"
OPENED, READ, WRITE = "o", "r", "w"


class Carrier:
    """Carries requests one after another. Its log has a letter for each of which a byte may have left."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._done: List[HttpCompletion] = []
        self._note(OPENED)

    def submit(self, requests: Sequence[HttpRequest]) -> None:
        self._done += [self._carry(request) for request in requests]

    def poll(self, max_wait_s: float) -> List[HttpCompletion]:
        done, self._done = self._done, []
        return done

    def cancel(self, request_id: int) -> None:
        """Nothing is under way between two calls."""

    def _carry(self, request: HttpRequest) -> HttpCompletion:
        url = urlsplit(request.url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.netloc, timeout=request.connect_timeout_s)
        try:
            connection.connect()
        except OSError:
            connection.close()
            return HttpCompletion(request.id, NOT_STARTED, error="connect")
        # Before the first byte: what was killed here may have arrived.
        self._note(WRITE if request.is_write else READ)
        try:
            connection.sock.settimeout(request.timeout_s)
            path = url.path + ("?" + url.query if url.query else "")
            connection.request(request.method, path, request.body or None, dict(request.headers))
            answer = connection.getresponse()
            return HttpCompletion(request.id, COMPLETE, answer.status, answer.getheaders(),
                                  answer.read())
        except (OSError, http.client.HTTPException):
            # It may have been accepted: the library asks the provider before it repeats anything.
            return HttpCompletion(request.id, UNKNOWN, error="cut")
        finally:
            connection.close()

    def _note(self, letter: str) -> None:
        with open(self._log, "a", encoding="ascii") as log:
            log.write(letter)


def counts(log: Path) -> Dict[str, int]:
    """reads and writes carried, and openings: how often a process began to carry."""
    letters = log.read_text(encoding="ascii") if log.exists() else ""
    return {"reads": letters.count(READ), "writes": letters.count(WRITE),
            "openings": letters.count(OPENED)}


def tell_carried(story: Any, seen: int, since: str, until: str) -> Dict[str, Any]:
    """seen: how many writes reached the provider meanwhile, as it says itself. A kill between the log's
    letter and the first byte leaves a letter too many, one for each process at most."""
    told = counts(story.options.out / FILE)
    good = seen <= told["writes"] <= seen + max(told["openings"] - 1, 0)
    story.verdicts.judge(
        "transport", good,
        f"From {since} to {until} a transport written in Python took libcurl's place: it carried "
        f"{told['writes']} writes and {told['reads']} reads; the provider saw {seen} writes.")
    return {"writes": seen, "all_carried": good}
