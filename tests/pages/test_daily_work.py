"""A day at the page, in a real browser: what people do there, with its script and without any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.sandbox.faults import Fault
from tests.pages.browser import Browser, find_browser, start_browser
from tests.web.offices import HOSTILE, TOKENS, Office, keep_busy, open_office
from tests.web.test_proxy import NEAR

HISTORY_DAYS = 1
HEADING = "document.querySelector('h1').textContent"


@pytest.fixture(scope="module")
def program() -> str:
    return find_browser()


@pytest.fixture(scope="module")
def browser(program: str) -> Iterator[Browser]:
    with start_browser(program) as browser:
        yield browser


@pytest.fixture(params=["with its script", "without scripts"])
def scripted(browser: Browser, request: pytest.FixtureRequest) -> Iterator[bool]:
    """Give whether scripts run."""
    allowed = request.param == "with its script"
    browser.obey_scripts(allowed=allowed)
    yield allowed
    browser.obey_scripts(allowed=True)


@pytest.fixture
def world(browser: Browser, tmp_path: Path) -> Iterator[Office]:
    """Give the demo world after its first sync, with what waits for people, and olga signed in."""
    with open_office(tmp_path, days=HISTORY_DAYS) as office:
        hands = office.hands
        hands.sync()
        keep_busy(office)
        fault = Fault(kind="lose", service="dotdigital", path="/v2/programs/enrolments")
        hands.there.sandbox.faults.on.append(fault)
        hands.place("7700079", email="canaria.four@example.com")
        hands.sync()
        sign_in(browser, office)
        yield office


def sign_in(browser: Browser, office: Office, path: str = "/health") -> None:
    browser.open(f"{office.address}{path}", 1280)
    assert browser.run("location.pathname") == "/login"
    browser.run(f"document.querySelector('[name=token]').value = '{TOKENS['olga'][1]}'")
    submit(browser, "main form")


def submit(browser: Browser, form: str) -> None:
    browser.follow(f"document.querySelector('{form}').requestSubmit()")


def click(browser: Browser, link: str) -> None:
    browser.follow(f"document.querySelector('{link}').click()")


def text(browser: Browser, where: str = "main") -> str:
    return " ".join(str(browser.run(f"document.querySelector('{where}').innerText")).split())


def test_an_exception_is_resolved_and_its_order_sent_again(
    browser: Browser,
    world: Office,
    scripted: bool,  # noqa: FBT001 - a fixture
) -> None:
    number = world.number("OUTCOME_UNKNOWN")
    browser.open(f"{world.address}/exceptions?code=OUTCOME_UNKNOWN", 1280)
    click(browser, f'a[href="/exceptions/{number}"]')
    browser.run("document.querySelector('[value=did_not_happen]').click()")
    browser.run("document.querySelector('[name=note]').value = 'not in the programme'")
    submit(browser, ".acts form")
    assert browser.run(HEADING) == f"Exception {number} is closed"
    assert "may be sent once more" in text(browser)
    browser.open(f"{world.address}/exceptions/{number}/replay", 1280)
    assert "Customers would see it: 1 call" in text(browser)
    submit(browser, "#told form")
    assert browser.run(HEADING) == "It was sent again"
    assert [deed[1:] for deed in world.deeds()] == [
        ("resolved", number, "done"),
        ("replayed", number, "done"),
    ]
    assert browser.complaints() == []
    assert scripted == bool(browser.run("typeof htmx === 'object'"))


def test_an_identity_review_is_decided_and_undone(
    browser: Browser,
    world: Office,
    scripted: bool,  # noqa: ARG001, FBT001 - a fixture
) -> None:
    number = world.number("KEYS_DISAGREE")
    browser.open(f"{world.address}/reviews", 1280)
    click(browser, f'tbody a[href="/exceptions/{number}"]')
    assert browser.run("document.querySelectorAll('.candidates article').length") == 2
    browser.run("document.querySelector('[name=decision]').click()")
    browser.run("document.querySelector('[name=note]').value = 'compared both'")
    submit(browser, ".acts form")
    assert browser.run(HEADING) == f"Exception {number} is closed"
    click(browser, f'main a[href="/exceptions/{number}"]')
    browser.run("document.querySelector('[name=note]').value = 'it was the other one'")
    submit(browser, ".acts form")
    assert browser.run(HEADING) == "Taken back"
    browser.open(f"{world.address}/audit", 1280)
    assert "olga took the decision back" in text(browser, "#found tbody").replace("  ", " ")
    assert [deed[1:] for deed in world.deeds()] == [
        ("resolved", number, "done"),
        ("undone", number, "done"),
    ]


def test_a_person_is_explained_from_the_order_to_the_consent(
    browser: Browser,
    world: Office,
    scripted: bool,  # noqa: ARG001, FBT001 - a fixture
) -> None:
    order, address = world.hands.rows(
        "SELECT v.order_key, c.email FROM order_version v"
        " JOIN consent_event e ON e.subject = v.subject AND e.kind = 'created'"
        " JOIN contact c ON c.contact_id = e.contact_id"
        " WHERE v.outcome = 'sent' ORDER BY v.id DESC"
    )[0]
    browser.open(f"{world.address}/person", 1280)
    browser.run(f"document.querySelector('[name=of]').value = '{order}'")
    submit(browser, "main form")
    told = text(browser)
    for said in ("What was sent", "Why: the orders", "Consent trail", "contact created"):
        assert said in told
    assert ("masked" in told, address in told) == (True, False)
    submit(browser, 'form[action="/person/reveal"]')
    assert "That you looked is on record" in text(browser)
    assert address in text(browser)
    click(browser, 'a[href^="/audit?person="]')
    assert "olga" in text(browser, "#found tbody")
    assert [deed[1:] for deed in world.deeds()] == [("revealed", None, "done")]


def test_all_of_a_cause_is_closed_at_once_and_taken_back(
    browser: Browser,
    world: Office,
    scripted: bool,  # noqa: ARG001, FBT001 - a fixture
) -> None:
    browser.open(f"{world.address}/exceptions", 1280)
    click(browser, 'a[href^="/exceptions/together?code=OUTCOME_UNKNOWN"]')
    assert "2 exceptions of one cause" in browser.run(HEADING)
    assert "Customers would see it" in text(browser)
    browser.run("document.querySelector('[value=happened]').click()")
    browser.run("document.querySelector('[name=note]').value = 'all in the programme'")
    submit(browser, ".acts form")
    assert browser.run(HEADING) == "2 exceptions closed"
    assert [deed[1] for deed in world.deeds()] == ["resolved", "resolved"]


def test_filters_and_looks_ahead_stay_on_the_page_where_scripts_run(
    browser: Browser, world: Office
) -> None:
    browser.open(f"{world.address}/exceptions", 1280)
    browser.run("window.same = true")
    browser.run(
        "(one => { one.value = 'NO-SUCH'; one.dispatchEvent(new Event('input', {bubbles: true})) })"
        "(document.querySelector('[name=order]'))"
    )
    browser.wait_for("document.querySelector('#found').innerText.includes('none of that kind')")
    assert browser.run("location.search.includes('order=NO-SUCH') && window.same") is True
    number = world.number("KEYS_DISAGREE")
    browser.open(f"{world.address}/exceptions/{number}", 1280)
    browser.run("window.same = true; document.querySelector('[hx-target=\"#ahead\"]').click()")
    browser.wait_for("document.querySelector('#ahead').innerText.includes('see')")
    assert browser.run("window.same && location.pathname") == f"/exceptions/{number}"
    assert browser.complaints() == []
    # Whoever signs out elsewhere is led to the door, not shown it inside the page.
    browser.run("fetch('/logout', {method: 'POST'})")
    browser.follow("document.querySelector('[hx-target=\"#ahead\"]').click()")
    assert browser.run("location.pathname") == "/login"


def test_a_link_of_another_site_leads_to_the_page_of_whoever_is_signed_in(
    browser: Browser, world: Office
) -> None:
    # The same machine under another name is another site to a browser.
    browser.open(f"{world.address.replace('127.0.0.1', 'localhost')}/login", 1280)
    browser.follow(f"location.href = '{world.address}/reviews'")
    browser.wait_for("document.querySelector('h1')?.textContent === 'Review'")


def test_another_site_cannot_act_frame_or_read(
    browser: Browser, world: Office, tmp_path: Path
) -> None:
    number = world.number("KEYS_DISAGREE")
    evil = tmp_path / "evil.html"
    evil.write_text(
        f"""<form method=post action="{world.address}/exceptions/{number}/resolve">
        <input name=decision value=closed><input name=note value=x></form>
        <iframe src="{world.address}/health"></iframe>
        <script src="{world.address}/exceptions.json" onload="window.ran = true"></script>""",
        encoding="utf-8",
    )
    browser.open(evil, 1280)
    assert browser.run("window.ran === undefined") is True
    refused = f"fetch('{world.address}/health.json', {{credentials: 'include'}})"
    assert browser.run(f"{refused}.then(() => 'read', () => 'refused')") == "refused"
    submit(browser, "form")
    assert "not sent from a page of this site" in text(browser)
    assert world.deeds() == []


def test_a_hostile_name_from_the_proxy_is_shown_as_typed(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path, proxy=NEAR) as office:
        name = HOSTILE.replace("\u202e", "")
        headers = {"Remote-User": name, "Remote-Groups": "/care,ops"}
        browser.ask("Network.setExtraHTTPHeaders", headers=headers)
        try:
            browser.open(f"{office.address}/audit", 390)
            assert browser.run("document.querySelector('.leave').textContent") == name
            assert browser.run("document.querySelectorAll('.leave script, .leave b').length") == 0
            assert browser.run("document.documentElement.scrollWidth") <= 390
            assert browser.complaints() == []
        finally:
            browser.ask("Network.setExtraHTTPHeaders", headers={})
