"""The demo's webhook receiver: what a host must write itself, because the library opens no port.

One thread; each delivery goes to engine.inbox.ingest as it came. The answer is 200 only when the
library has it on disk, so that the provider tries again otherwise.
"""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Dict, Type

from .. import Error

MAX_BODY_BYTES = 1 << 20
STATUS_OF = {"OL_UNAUTHORIZED": 401, "OL_INVALID_JSON": 400, "OL_LIMIT": 413}


class Receiver:
    """Listens on a free port of 127.0.0.1 until closed."""

    def __init__(self, engine: Any) -> None:
        self.counts: Dict[str, int] = {"received": 0, "duplicates": 0, "rejected": 0}
        self._handler: Type[_Handler] = type("Handler", (_Handler,),
                                             {"engine": engine, "counts": self.counts})
        self._server = HTTPServer(("127.0.0.1", 0), self._handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True,
                                        kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/unipile"

    def hand_to(self, engine: Any) -> None:
        """Deliveries go to this engine from now on; none may be under way."""
        self._handler.engine = engine

    def knock(self, body: bytes, secret: str) -> int:
        """Posts to this receiver as a stranger would; the status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/webhooks/unipile", body, {"Unipile-Auth": secret})
            return connection.getresponse().status
        finally:
            connection.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    engine: Any = None
    counts: Dict[str, int] = {}

    def do_POST(self) -> None:  # noqa: N802 (the name is http.server's)
        self.send_response(self._take())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _take(self) -> int:
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > MAX_BODY_BYTES:
            return 413
        body = self.rfile.read(int(size))
        try:
            report = self.engine.inbox.ingest("unipile", list(self.headers.items()), body)
        except Error as error:
            self.counts["rejected"] += 1
            return STATUS_OF.get(error.code, 503)
        self.counts["received"] += 1
        self.counts["duplicates"] += int(bool(report.duplicate))
        return 200

    def log_message(self, *args: Any) -> None:
        """Quiet: request lines are no part of the story."""
