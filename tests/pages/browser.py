"""A real Chromium, driven over a pipe by its DevTools protocol: two pipes, messages end in NUL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from time import sleep
from typing import IO, Any

import orjson

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
# All tests together take a fraction of this.
MOST_SECONDS = 1200.0
_LOOK_SECONDS = 0.05
_FLAGS = [
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    # In a container there is no other fence to set up, and the pages are our own.
    "--no-sandbox",
    "--remote-debugging-pipe",
]


class Browser:
    """A browser with one open page."""

    def __init__(self, written: IO[bytes], read: IO[bytes]) -> None:
        self._written = written
        self._read = read
        self._asked = 0
        self._session = ""
        self._events: list[dict[str, Any]] = []

    def start(self) -> None:
        """Open an empty page and listen to what it says."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> Any:
        """Give the answer to a command; what the page says meanwhile is kept."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._written.write(orjson.dumps(message) + b"\0")
        self._written.flush()
        while True:
            answer = self._receive()
            if answer.get("id") == self._asked:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self._events.append(answer)

    def open(
        self, place: Path | str, width: int, *, media: str = "screen", scheme: str = "light"
    ) -> None:
        """Show a file, or what is at an address, at a width, and wait until it is loaded."""
        self._events.clear()
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        self.ask("Page.navigate", url=place if isinstance(place, str) else place.as_uri())
        self._wait_until_loaded()

    def press(self, key: str) -> None:
        """Press a key of the keyboard."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            codes = {"Tab": 9, "Enter": 13}
            self.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                **text,
            )

    def follow(self, script: str) -> None:
        """Run a script that leads to another page, and wait until that is loaded."""
        self._events.clear()
        self.run(script)
        self._wait_until_loaded()

    def wait_for(self, script: str) -> None:
        """Wait until a script in the page gives something that is true."""
        while not self.run(script):
            sleep(_LOOK_SECONDS)

    def obey_scripts(self, *, allowed: bool) -> None:
        """Say whether scripts of pages that are opened from now on run."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not allowed)

    def _wait_until_loaded(self) -> None:
        while not any(one.get("method") == "Page.loadEventFired" for one in self._events):
            self._events.append(self._receive())

    def run(self, script: str) -> Any:
        """Give the value of a script in the page, awaited."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Give the errors that the page told since it was opened."""
        told = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [str(one["params"]) for one in self._events if one.get("method") in told]

    def requests(self) -> list[str]:
        """Give the addresses that were asked for since the page was opened."""
        sent = "Network.requestWillBeSent"
        events = (one["params"] for one in self._events if one.get("method") == sent)
        return [one["request"]["url"] for one in events]

    def _receive(self) -> dict[str, Any]:
        raw = bytearray()
        while (byte := self._read.read(1)) != b"\0":
            assert byte, "the browser went away"
            raw += byte
        message: dict[str, Any] = orjson.loads(raw)
        return message


def find_browser() -> str:
    """Give the program of a browser; one has to be there."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program is not None, "install the package chromium"
    return program


@contextmanager
def start_browser(program: str) -> Iterator[Browser]:
    """Start a browser that reads commands from its descriptor 3 and answers on 4."""
    commands, ours_out = os.pipe()
    ours_in, answers = os.pipe()
    shell = f'exec "$0" "$@" 3<&{commands} 4>&{answers}'
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["/bin/bash", "-c", shell, program, *_FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        timer = Timer(MOST_SECONDS, process.kill)
        timer.start()
        try:
            with os.fdopen(ours_out, "wb") as written, os.fdopen(ours_in, "rb") as read:
                browser = Browser(written, read)
                browser.start()
                yield browser
        finally:
            timer.cancel()
            process.terminate()
            process.wait()
