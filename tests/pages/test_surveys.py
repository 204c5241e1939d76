"""The pages of surveys in a real browser: with everything found, with nothing read, and hostile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.browser import Browser, find_browser, start_browser
from tests.pages.test_web import look_at, sign_in, walk_through
from tests.web.offices import HOSTILE, Office, keep_busy, open_office, spoil, survey
from tests.web.test_looking import read
from tests.web.test_surveys import MONTH, keep

PAGES = ("/usability", "/drift", "/reconciliation", "/consent", "/mapping/plan")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that was surveyed twice, the second time when much had gone wrong."""
    with open_office(tmp_path_factory.mktemp("office")) as office:
        keep_busy(office)
        for number in range(5):
            office.hands.place(f"77001{number:02}")
        office.hands.sync()
        survey(office)
        office.hands.there.wait(hours=24)
        spoil(office)
        survey(office)
        office.hands.place("7700200")
        office.hands.landing.read_changes()
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        sign_in(browser, office)
        yield browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, office: Office, page: str, width: int, scheme: str
) -> None:
    look_at(browser, office, page, width, scheme)


@pytest.mark.parametrize("page", PAGES)
def test_everything_is_reached_by_keyboard(browser: Browser, office: Office, page: str) -> None:
    walk_through(browser, office, page)


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_not_read_yet_is_clean_as_well(
    browser: Browser, office: Office, width: int
) -> None:
    look_at(browser, office, "/reconciliation?month=2025-12", width, "light")


def test_the_numbers_behind_a_line_open_by_keyboard(browser: Browser, office: Office) -> None:
    browser.open(f"{office.address}/usability", 1280)
    browser.run("[...document.querySelectorAll('summary')].at(-1).focus()")
    browser.press("Enter")
    assert browser.run("document.querySelector('details[open] table.small tbody tr') !== null")
    assert browser.run("document.querySelector('polyline').getBoundingClientRect().width") > 500


def test_hostile_texts_are_shown_as_typed(browser: Browser, office: Office) -> None:
    drift: Any = read(office, "/drift.json")["document"]
    drift["items"][0] |= {"what": HOSTILE, "examples": [HOSTILE], "lines": [HOSTILE]}
    month: Any = read(office, f"/reconciliation.json?month={MONTH}")["document"]
    month["differences"][0] |= {"order": HOSTILE, "said": HOSTILE, "currency": HOSTILE}
    keep(office, "hostile", "drift", drift)
    keep(office, "hostile", "reconciliation", month, MONTH)
    for page in ("/drift", "/reconciliation"):
        browser.open(f"{office.address}{page}?mapping=hostile", 390)
        assert browser.complaints() == []
        assert browser.run("document.querySelectorAll('main script, main b').length") == 0
        assert "<script>alert(1)</script>" in browser.run("document.body.textContent")
        assert browser.run("document.documentElement.scrollWidth") <= 390
