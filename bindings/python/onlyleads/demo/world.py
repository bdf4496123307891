"""The world outside: the sandbox's control API. Nothing here knows the library.

Every command can be repeated: accounts, people and webhooks are keyed by name, faults are added
only when neither the rule list nor the recorded requests know them.
"""

import json
import urllib.error
import urllib.request
from typing import Any, Dict, Iterable, List, Optional

from . import DemoError

API_KEY = "sandbox-api-key"
TIMEOUT_S = 90


class World:
    """A running onlyleads-sandbox."""

    def __init__(self, url: Optional[str]) -> None:
        if not url:
            raise DemoError("no sandbox to send to: give --sandbox URL or set ONLYLEADS_SANDBOX_URL "
                            "(./run demo starts one by itself)")
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise DemoError("--sandbox / ONLYLEADS_SANDBOX_URL must be a URL such as "
                            "http://127.0.0.1:8080")

    def call(self, path: str, body: Any = None) -> Dict[str, Any]:
        """GET, or POST when there is a body. Raises DemoError when nobody answers or it says no."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data,
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                document: Dict[str, Any] = json.load(answer)
                return document
        except urllib.error.HTTPError as error:
            raise DemoError(f"the sandbox at {self.url} refused {path}: {error.code} "
                            f"{error.read(200).decode(errors='replace')}") from error
        except (OSError, ValueError) as error:
            raise DemoError(f"no sandbox answers at {self.url} ({error}); start onlyleads-sandbox "
                            "and name it with --sandbox or ONLYLEADS_SANDBOX_URL") from error

    def now_us(self) -> int:
        return int(self.call("/sandbox/clock")["now_us"])

    def set_clock(self, at_us: int) -> int:
        """Moves the sandbox's clock on; what it says afterwards, which may be later."""
        try:
            return int(self.call("/sandbox/clock", {"now_us": at_us})["now_us"])
        except DemoError:
            # It never goes backwards: with a live clock it may be ahead of the story.
            ahead = self.now_us()
            if ahead <= at_us:
                raise
            return ahead

    def put_account(self, account_id: str, provider_id: str, name: str) -> None:
        self.call("/sandbox/accounts", {"account_id": account_id, "provider_id": provider_id,
                                        "name": name, "premium": True, "status": "OK"})

    def put_people(self, people: List[Dict[str, Any]]) -> None:
        if people:
            self.call("/sandbox/people", people)

    def put_behaviour(self, behaviour: Dict[str, Any]) -> None:
        self.call("/sandbox/behaviour", behaviour)

    def put_webhook(self, webhook: Dict[str, Any]) -> None:
        self.call("/sandbox/webhooks", webhook)

    def reply(self, account_id: str, provider_id: str, text: str) -> None:
        self.call("/sandbox/reply",
                  {"account_id": account_id, "provider_id": provider_id, "text": text})

    def put_faults(self, rules: Iterable[Dict[str, Any]]) -> None:
        """Adds the rules that neither wait to fire nor have fired."""
        waiting = {rule["name"] for rule in self.call("/sandbox/faults")["faults"]}
        fired = {request.get("fault") for request in self.requests()}
        fresh = [rule for rule in rules if rule["name"] not in waiting | fired]
        if fresh:
            self.call("/sandbox/faults", fresh)

    def deliver(self) -> Dict[str, int]:
        return self.call("/sandbox/webhooks/deliver", {})

    def ledger(self) -> List[Dict[str, Any]]:
        return list(self.call("/sandbox/ledger")["entries"])

    def requests(self) -> List[Dict[str, Any]]:
        return list(self.call("/sandbox/requests")["requests"])
