"""A small WebDriver client: drives Debian's headless Chromium through chromedriver, over plain loopback HTTP.

Source: W3C WebDriver; only what the page tests use. No package is needed beside the browser and its driver.
"""

import base64
import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Keys that have no letter (WebDriver, Keyboard actions).
ENTER, TAB, SHIFT, ESCAPE, SPACE, DOWN, RIGHT = "\ue007", "\ue004", "\ue008", "\ue00c", " ", "\ue015", "\ue014"

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-proxy-server",
)
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class WebDriverError(Exception):
    """The browser could not do what was asked."""


def missing() -> str | None:
    """Say what is not installed, or None where a browser can be driven."""
    names = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(names)} not installed" if names else None


class Browser:
    """One browser window; elements are found by CSS selector."""

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        self._session = session

    def open(self, url: str) -> None:
        """Load a page and wait for it."""
        self._call("POST", "/url", {"url": url})

    def resize(self, width: int, height: int, *, scale: int = 1, dark: bool = False, touch: bool = False) -> None:
        """Show the page in this many CSS pixels, as a phone would where `touch` is set."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": touch}
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.devtools("Emulation.setEmulatedMedia", {"features": [scheme, still]})

    def devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        """Send one command of Chromium's DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def keys(self, text: str, *, holding: str | None = None) -> None:
        """Press keys one after the other, wherever the focus is."""
        held = [{"type": "keyDown", "value": holding}] if holding else []
        freed = [{"type": "keyUp", "value": holding}] if holding else []
        pressed = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": held + pressed + freed}]
        self._call("POST", "/actions", {"actions": actions})

    def click(self, selector: str) -> None:
        """Click an element."""
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        self._call("POST", f"/element/{found[_ELEMENT]}/click", {})

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns; `arguments` are JSON."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, condition: str, *arguments: Any, seconds: float = 15) -> Any:
        """Return the value of a JavaScript expression as soon as it is true; it may use `arguments`."""
        script = """
            const done = arguments[arguments.length - 1];
            const limit = performance.now() + arguments[arguments.length - 2] * 1000;
            const check = (...arguments) => (CONDITION);
            const look = () => {
                const value = check(...arguments);
                if (value || performance.now() > limit) done(value || null); else setTimeout(look, 20);
            };
            look();
        """.replace("CONDITION", condition)
        value = self._call("POST", "/execute/async", {"script": script, "args": [*arguments, seconds]})
        if not value:
            raise WebDriverError(f"not seen within {seconds:g} s: {condition}")
        return value

    def screenshot(self, path: Path) -> None:
        """Write a PNG of what is on the screen."""
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def log(self) -> list[str]:
        """Return what the page complained about: errors of scripts, and things it failed to load."""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return _call(self._port, method, f"/session/{self._session}{path}", body)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own in `folder`, and stop it."""
    command = ["chromedriver", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as driver:
        try:
            port = _port(driver)
            arguments = [*_FLAGS, f"--user-data-dir={folder / 'profile'}"]
            options = {"args": arguments, "binary": shutil.which("chromium")}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            session = _call(port, "POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
            try:
                _call(port, "POST", f"/session/{session}/timeouts", {"script": 120_000})
                yield Browser(port, session)
            finally:
                _call(port, "DELETE", f"/session/{session}")
        finally:
            driver.terminate()


def _port(driver: subprocess.Popen[str]) -> int:
    """Read off chromedriver's own words on which port it listens."""
    assert driver.stdout is not None
    for line in driver.stdout:
        if found := re.search(r"started successfully on port (\d+)", line):
            return int(found[1])
    raise WebDriverError("chromedriver did not start")


def _call(port: int, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=150)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body), {"content-type": "application/json"}
        )
        answer = json.loads(connection.getresponse().read())["value"]
    finally:
        connection.close()
    if isinstance(answer, dict) and "error" in answer:
        raise WebDriverError(f"{answer['error']}: {answer['message'].splitlines()[0]}")
    return answer
