"""The page of `miradot serve` as people see it: in a real browser, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from engine.state.tables import EXCEPTION
from tests.pages.browser import AXE, Browser, find_browser, start_browser
from tests.web.offices import HOSTILE, TOKENS, Office, keep_busy, open_office

PAGES = (
    "/health",
    "/runs",
    "/exceptions",
    "/exceptions?code=KEYS_DISAGREE",
    "/exceptions/1",
    "/exceptions/1/replay",
    "/exceptions/together?code=KEYS_DISAGREE",
    "/exceptions/together/replay?code=KEYS_DISAGREE",
    "/reviews",
    "/person?of={person}",
    "/audit",
    "/mapping",
    "/nowhere",
)
REACHABLE = """
[...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary'
)].filter(one => one.checkVisibility()).map(one => one.type === 'radio' ? one.name :
  (one.id || one.getAttribute('href') || one.name || one.textContent.trim()))
"""
HERE = """
(one => one.type === 'radio' ? one.name :
(one.id || one.getAttribute('href') || one.name || one.textContent.trim()))(document.activeElement)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office")) as office:
        keep_busy(office)
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[Browser]:
    with start_browser(find_browser()) as browser:
        sign_in(browser, office)
        yield browser


def sign_in(browser: Browser, office: Office) -> None:
    browser.open(f"{office.address}/health", 1280)
    assert browser.run("location.pathname") == "/login"
    browser.run(f"document.querySelector('[name=token]').value = '{TOKENS['olga'][1]}'")
    browser.follow("document.querySelector('main form').requestSubmit()")
    assert browser.run("location.pathname") == "/health"


def address(office: Office, page: str) -> str:
    person = office.hands.rows("SELECT subject FROM exception WHERE id = 1")[0][0]
    return office.address + page.format(person=person)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, office: Office, page: str, width: int, scheme: str
) -> None:
    look_at(browser, office, page, width, scheme)


def look_at(browser: Browser, office: Office, page: str, width: int, scheme: str) -> None:
    """See that a page is whole at a width, and that axe finds nothing in it."""
    browser.open(address(office, page), width, scheme=scheme)
    assert page == "/nowhere" or browser.complaints() == []
    assert all(one.startswith(office.address) for one in browser.requests())
    assert browser.run("document.documentElement.scrollWidth") <= width
    browser.run(AXE.read_text(encoding="utf-8") + "; undefined")
    found: Any = browser.run(
        "axe.run(document).then(({violations, passes}) => ({passes: passes.length, violations:"
        " violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)])}))"
    )
    assert found["violations"] == []
    assert found["passes"] > 15


@pytest.mark.parametrize("page", PAGES[:-2])
def test_everything_is_reached_by_keyboard_and_seen_when_it_is(
    browser: Browser, office: Office, page: str
) -> None:
    walk_through(browser, office, page)


def walk_through(browser: Browser, office: Office, page: str) -> None:
    """See that a keyboard reaches everything on a page, and where it is."""
    browser.open(address(office, page), 1280)
    wanted = set(browser.run(REACHABLE))
    reached = set()
    # A field of a day has a stop for day, month and year, and one for its calendar.
    days = browser.run("document.querySelectorAll('input[type=date]').length")
    for _ in range(len(browser.run(REACHABLE)) + 2 + 3 * days):
        browser.press("Tab")
        reached.add(browser.run(HERE))
        shown = browser.run("getComputedStyle(document.activeElement).outlineStyle")
        assert browser.run("document.activeElement === document.body") or shown != "none"
    assert wanted - reached == set()


def test_the_first_key_leads_past_the_menu(browser: Browser, office: Office) -> None:
    browser.open(f"{office.address}/exceptions", 1280)
    browser.press("Tab")
    browser.press("Enter")
    assert browser.run("location.hash + document.activeElement.id") == "#contentcontent"


def test_every_link_of_every_page_leads_somewhere(browser: Browser, office: Office) -> None:
    with office.client("olga") as client:
        for page in PAGES[:-1]:
            browser.open(address(office, page), 1280)
            links = set(
                browser.run("[...document.querySelectorAll('a[href]')].map(one => one.href)")
            )
            for link in links:
                assert client.get(link).status_code in (200, 303), (page, link)


def test_an_identity_is_decided_and_the_decision_taken_back(
    browser: Browser, office: Office
) -> None:
    browser.open(f"{office.address}/reviews", 1280)
    browser.follow("document.querySelector('tbody a').click()")
    assert browser.run("document.querySelectorAll('.candidates article').length") == 2
    browser.run(
        "document.querySelector('[name=decision]').click();"
        "document.querySelector('[name=note]').value = 'compared both'"
    )
    browser.follow("document.querySelector('.acts button').click()")
    assert "is closed" in browser.run("document.querySelector('h1').textContent")
    browser.open(f"{office.address}/exceptions/1", 1280)
    assert "olga" in browser.run("document.querySelector('.meta').textContent")
    browser.run("document.querySelector('[name=note]').value = 'it was the other one'")
    browser.follow("document.querySelector('.acts button').click()")
    assert browser.run("document.querySelector('h1').textContent") == "Taken back"
    assert [deed[1:] for deed in office.deeds()] == [
        ("resolved", 1, "done"),
        ("undone", 1, "done"),
    ]


def test_hostile_texts_are_shown_as_typed(browser: Browser, office: Office) -> None:
    with office.hands.worker.transaction() as connection:
        hostile = {"message": HOSTILE, "owner": HOSTILE, "closed_by": HOSTILE, "note": HOSTILE}
        connection.execute(update(EXCEPTION).where(EXCEPTION.c.id == 1).values(**hostile))
    shown = HOSTILE.replace("\u202e", "\\u202e")
    for page in ("/exceptions/1", "/exceptions?code=KEYS_DISAGREE&state=all", "/health"):
        browser.open(office.address + page, 390)
        assert browser.complaints() == []
        assert browser.run("document.querySelectorAll('main script, main b').length") == 0
        assert browser.run("document.documentElement.scrollWidth") <= 390
    browser.open(f"{office.address}/exceptions/1", 1280)
    assert browser.run("document.querySelector('h1').textContent") in (HOSTILE, shown)
