"""Starts a real onlyleads-sandbox for a test and speaks to its control API. Standard library only.

Ready is the line the sandbox prints once it serves, so nothing here sleeps or polls.
"""

import json
import os
import pathlib
import subprocess
import urllib.request

# No proxy of the machine's may stand between a test and its loopback server.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
API_KEY = "sandbox-api-key"


class Sandbox:
    def __init__(self, folder: pathlib.Path, now_us: int, account: str) -> None:
        self._process = subprocess.Popen(
            [os.environ["ONLYLEADS_SANDBOX"], "--state", folder, "--now", str(now_us),
             "--account", account, "--until-stdin-closes"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the sandbox does not start"

    def stop(self) -> None:
        # What it accepted is on disk; an orderly end would wait for connections that are kept open.
        self._process.kill()
        self._process.communicate()

    def post(self, command: str, document) -> dict:
        request = urllib.request.Request(f"{self.url}/sandbox/{command}",
                                         json.dumps(document).encode())
        with OPENER.open(request, timeout=60) as answer:
            return json.load(answer)

    def ledger(self) -> list:
        """What was accepted: (kind, public identifier, text) in order."""
        with OPENER.open(f"{self.url}/sandbox/ledger", timeout=60) as answer:
            entries = json.load(answer)["entries"]
        return [(e["kind"], e["public_identifier"], e["text"]) for e in entries]
