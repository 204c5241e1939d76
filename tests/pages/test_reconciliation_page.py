"""The page of a month reconciled, with hostile keys, as finance sees it in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine.report.reconciliation_page import render_reconciliation_page
from tests.operations.hands import Hands
from tests.operations.test_reconciling import reconcile, records
from tests.pages.browser import AXE, Browser, find_browser, start_browser
from tests.pages.test_handbook_page import STICKING_OUT

HOSTILE = "<b>=HYPERLINK(1)</b>" + "x" * 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        yield browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hands = Hands()
    order = hands.place()
    hands.sync()
    records(hands)[HOSTILE] = deepcopy(records(hands)[order.id])
    records(hands)[HOSTILE].key = HOSTILE
    hands.place("7700078")
    made = tmp_path_factory.mktemp("books") / "month.html"
    made.write_text(render_reconciliation_page(reconcile(hands)), encoding="utf-8")
    return made


def test_it_loads_nothing_and_complains_of_nothing(browser: Browser, page: Path) -> None:
    browser.open(page, 1280)
    assert browser.complaints() == []
    assert browser.requests() == [page.as_uri()]


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_sticks_out_of_a_screen(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(STICKING_OUT) == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing(browser: Browser, page: Path, width: int, scheme: str) -> None:
    browser.open(page, width, scheme=scheme)
    browser.run(AXE.read_text(encoding="utf-8") + "; undefined")
    found: Any = browser.run(
        "axe.run(document).then(({violations}) => violations.map(one => [one.id,"
        " one.nodes.slice(0, 3).map(node => node.html)]))"
    )
    assert found == []


def test_a_hostile_key_is_shown_as_typed(browser: Browser, page: Path) -> None:
    browser.open(page, 1280)
    assert browser.run("document.querySelectorAll('script, main b').length") == 0
    heads = browser.run("[...document.querySelectorAll('tbody th')].map(one => one.textContent)")
    assert HOSTILE in [one.strip() for one in heads]
