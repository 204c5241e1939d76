"""The page of a handbook as people see it: in a real browser, on screens and on paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.report.handbook_html import render_handbook_page
from tests.handbooks import HOSTILE, SHIPPED, hostile_handbook, shipped_handbook
from tests.pages.browser import AXE, Browser, find_browser, start_browser

PAGES = [*SHIPPED, "hostile"]
# What is left of A4 between the margins of the stylesheet, in CSS pixels (96 an inch).
PAPER_WIDTH = round((210 - 2 * 16) / 25.4 * 96)
PAPER_HEIGHT = round((297 - 18 - 20) / 25.4 * 96)
# Whatever reaches beyond its page, or holds more than it shows; the skip link waits outside.
STICKING_OUT = """
[...document.querySelectorAll('.handbook *:not(.skip)')].filter(one => {
  const box = one.getBoundingClientRect();
  const head = one.closest('thead');
  const hidden = head && getComputedStyle(head).position === 'absolute';
  return !hidden && box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.outerHTML.slice(0, 200))
"""
BEYOND_ITS_BOX = """
[...document.querySelectorAll('svg.flow')].filter(one => one.getBoundingClientRect().width)
  .flatMap(svg => [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBBox();
    return ![...svg.querySelectorAll('rect')].some(rect => {
      const around = rect.getBBox();
      return box.x >= around.x && box.x + box.width <= around.x + around.width
        && box.y >= around.y && box.y + box.height <= around.y + around.height + 2;
    });
  })).map(text => text.textContent)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        yield browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name in PAGES:
        handbook = hostile_handbook() if name == "hostile" else shipped_handbook(name)
        (made / f"{name}.html").write_text(render_handbook_page(handbook), encoding="utf-8")
    return made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_complains_of_nothing(
    browser: Browser, folder: Path, name: str
) -> None:
    browser.open(folder / f"{name}.html", 1280)
    assert browser.complaints() == []
    assert browser.requests() == [(folder / f"{name}.html").as_uri()]


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_of_a_screen(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / f"{name}.html", width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(STICKING_OUT) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_the_picture_stands_inside_a_box(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / f"{name}.html", width)
    assert browser.run("document.querySelectorAll('svg.flow text').length") > 5
    assert browser.run(BEYOND_ITS_BOX) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_on_paper(browser: Browser, folder: Path, name: str) -> None:
    browser.open(folder / f"{name}.html", PAPER_WIDTH, media="print")
    assert browser.run(STICKING_OUT) == []
    heights = browser.run(
        "[...document.querySelectorAll('tr, li, dl > div, figure, table:has(.total)')]"
        ".map(one => one.getBoundingClientRect().height)"
    )
    assert max(heights) < PAPER_HEIGHT, "what may not be broken fits a page"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_on_a4(browser: Browser, folder: Path, name: str) -> None:
    browser.open(folder / f"{name}.html", 1280)
    answer = browser.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    sizes = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", base64.b64decode(answer["data"])))
    assert {tuple(round(float(side)) for side in one.split()) for one in sizes} == {
        (0, 0, 595, 842)
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(
    browser: Browser, folder: Path, name: str, width: int, scheme: str
) -> None:
    browser.open(folder / f"{name}.html", width, scheme=scheme)
    browser.run(AXE.read_text(encoding="utf-8") + "; undefined")
    found: Any = browser.run(
        "axe.run(document).then(({violations, passes}) => ({passes: passes.length, violations:"
        " violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)])}))"
    )
    assert found["violations"] == []
    assert found["passes"] > 20


def test_hostile_sentences_are_shown_as_typed(browser: Browser, folder: Path) -> None:
    browser.open(folder / "hostile.html", 1280)
    assert browser.run("document.querySelector('h1').textContent") == HOSTILE
    assert browser.run("document.querySelectorAll('script, main b').length") == 0
    because = browser.run("document.querySelector('#consent-1 td:last-child').textContent")
    assert because == HOSTILE


def test_every_link_leads_to_a_place_on_the_page(browser: Browser, folder: Path) -> None:
    browser.open(folder / "orders.html", 1280)
    lost = browser.run(
        "[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))"
        ".filter(to => !to.startsWith('#') || !document.getElementById(to.slice(1)))"
    )
    assert lost == []
