"""The pictures of the handbook for operators: taken of the page, in the world of its commands.

They are left in build/pictures; `make pictures` puts them into the handbook.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.operators import PAGES
from tests.operators.events import EVENTS
from tests.operators.world import PROGRAM, World, open_world
from tests.pages.browser import Browser, find_browser, start_browser
from tests.rehearsal import ROOT, free_port

TAKEN = ROOT / "build/pictures"
TOKEN = "a-token-of-olga-for-pictures"  # noqa: S105 - nobody else has this page
WIDTH, HIGHEST = 1180, 1500
# What is shown, and words that must be on it.
SHOWN = {
    "health": ("/health", "debenhams-orders"),
    "exceptions": ("/exceptions", "OUTCOME_UNKNOWN"),
    "person": ("/person?of=DBN-204094-A", "the box was ticked at checkout"),
    "usability": ("/usability", "shipped_at"),
    "reconciliation": ("/reconciliation", "2026-03"),
}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with open_world() as world:
        EVENTS["the engine has run for a day"](world)
        for words in ("usability --since 7d", "reconcile --month 2026-03"):
            world.run(f"miradot {words}")
        with serve(world) as address:
            yield address


@contextmanager
def serve(world: World) -> Iterator[str]:
    """Give the address of the page on a world, as long as the block."""
    port = free_port()
    environment = {**world.settings, "MIRADOT_WEB_TOKENS": f"olga:view+act:{TOKEN}"}
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "serve", "--port", str(port)],
        cwd=world.folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None and not is_up(port):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def browser(served: str) -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        browser.open(f"{served}/login", WIDTH)
        browser.run(f"document.querySelector('[name=token]').value = '{TOKEN}'")
        browser.follow("document.querySelector('main form').requestSubmit()")
        yield browser


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_is_taken_of_a_page_that_says_what_it_is_for(
    browser: Browser, served: str, name: str
) -> None:
    path, words = SHOWN[name]
    browser.open(served + path, WIDTH)
    assert words in browser.run("document.body.innerText")
    height = min(browser.run("document.documentElement.scrollHeight"), HIGHEST)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    shot = browser.ask(
        "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
    )
    TAKEN.mkdir(parents=True, exist_ok=True)
    (TAKEN / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


def test_every_picture_of_the_handbook_is_one_of_these() -> None:
    wanted = {
        Path(path).stem
        for page in PAGES.glob("*.md")
        for path in re.findall(r"\((images/[^)]+)\)", page.read_text(encoding="utf-8"))
    }
    assert wanted == set(SHOWN)
    assert {one.stem for one in (PAGES / "images").glob("*.png")} == wanted
