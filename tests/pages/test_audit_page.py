"""The page of an audit as people see it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.commands.orders_audit import AuditRequest, audit_orders
from engine.report.audit.page import build_audit_page
from engine.report.handbook_html import render_handbook_page
from tests.pages.browser import AXE, Browser, find_browser, start_browser
from tests.shipped import NOW, ORDERS, ROOT

STICKING_OUT = """
[...document.querySelectorAll('.handbook *:not(.skip)')].filter(one => {
  const box = one.getBoundingClientRect();
  const head = one.closest('thead');
  const hidden = head && getComputedStyle(head).position === 'absolute';
  return !hidden && box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        yield browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    export = ROOT / "mappings/debenhams/samples/orders.json"
    document, checked = audit_orders(AuditRequest((export,), ORDERS, None, NOW))
    made = tmp_path_factory.mktemp("audit") / "audit.html"
    made.write_text(render_handbook_page(build_audit_page(document, checked)), encoding="utf-8")
    return made


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_sticks_out_of_a_screen(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(STICKING_OUT) == []
    assert (browser.complaints(), browser.requests()) == ([], [page.as_uri()])


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing(browser: Browser, page: Path, width: int, scheme: str) -> None:
    browser.open(page, width, scheme=scheme)
    browser.run(AXE.read_text(encoding="utf-8") + "; undefined")
    found: Any = browser.run(
        "axe.run(document).then(({violations}) => violations.map(one => [one.id,"
        " one.nodes.slice(0, 3).map(node => node.html)]))"
    )
    assert found == []
