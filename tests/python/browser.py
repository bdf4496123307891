"""Headless Chromium for a test, driven through chromedriver's HTTP protocol. Standard library only.

Sizes and colour schemes are emulated, because a headless window has a least width. The browser gets a
directory of its own and no network but what a page asks for, which is what a test wants to see.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import urllib.request
from typing import Any, Dict, List

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SWITCHES = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-default-apps", "--disable-extensions", "--hide-scrollbars",
            "--force-color-profile=srgb"]


def missing() -> List[str]:
    """What has to be installed before a Browser can start."""
    return [name for name in ("chromium", "chromedriver") if not shutil.which(name)]


class Browser:
    """One page of one browser; a context manager that ends both programs."""

    def __init__(self, folder: pathlib.Path) -> None:
        # The runtime that a sanitized module asks for is no concern of the browser's.
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("LD_PRELOAD", "ASAN_OPTIONS")}
        environment["HOME"] = str(folder)
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        port = ""
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                port = line.strip().rstrip(".").rsplit(" ", 1)[-1]
                break
        assert port, "chromedriver does not start"
        self._base = f"http://127.0.0.1:{port}/session"
        switches = SWITCHES + [f"--user-data-dir={folder / 'browser'}"]
        answer = self._post("", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": switches},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self._base += "/" + answer["sessionId"]

    def _post(self, path: str, body: Dict[str, Any]) -> Any:
        request = urllib.request.Request(self._base + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with OPENER.open(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, width: int, scheme: str, height: int = 900) -> None:
        """The viewport in CSS pixels and the preferred colour scheme, "light" or "dark"."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if width < 600 else 1, mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, address: str) -> None:
        self._post("/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that the body of a function returns."""
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    def log(self, kind: str) -> List[Dict[str, Any]]:
        return self._post("/se/log", {"type": kind})

    def requests(self) -> List[str]:
        """Addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def picture(self, path: pathlib.Path) -> None:
        """The whole page as PNG."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                             clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        try:
            OPENER.open(urllib.request.Request(self._base, method="DELETE"), timeout=60).close()
        finally:
            self._driver.terminate()
            self._driver.communicate()

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()
