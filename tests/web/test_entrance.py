"""Coming in with a token: what the cookie is, how long it lasts, and how wrong tokens are met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from engine.web.attempts import MOST, PER, Attempts
from engine.web.entrance import choose_way
from engine.web.visitors import LASTS, Gate, Pass, Visitor
from tests.web.offices import FOREIGN, PASSES, TOKENS, Office, open_office

VERA = PASSES[0].visitor
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ABROAD = {"Host": "ops.example.com", "Origin": "https://ops.example.com"}


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path, address="https://ops.example.com") as office:
        yield office


def sign_in(office: Office, client: httpx.Client, **headers: str) -> httpx.Response:
    form = {"token": TOKENS["vera"][1]}
    return client.post("/login", data=form, headers=headers or office.ours)


def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_has(office: Office) -> None:
    with office.client() as client:
        answer = sign_in(office, client)
        assert (answer.status_code, answer.headers["location"]) == (303, "/health")
        cookie = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie
        assert TOKENS["vera"][1] not in cookie
        assert client.get("/health").status_code == 200


def test_signing_out_ends_every_copy_of_the_cookie(office: Office) -> None:
    with office.client() as client:
        taken = sign_in(office, client).headers["set-cookie"].partition(";")[0]
        out = client.post("/logout", headers=office.ours)
        assert out.headers["location"] == "/login"
        assert "max-age=0" in out.headers["set-cookie"].lower()
        assert client.get("/health").status_code == 303
    with office.client(Cookie=taken) as thief:
        assert thief.get("/health").status_code == 303


def test_signing_out_leaves_other_cookies_of_the_same_person(office: Office) -> None:
    with office.browser("vera") as one, office.browser("vera") as other:
        one.post("/logout", headers=office.ours)
        assert (one.get("/health").status_code, other.get("/health").status_code) == (303, 200)


def test_a_cookie_that_somebody_brings_along_is_not_taken_over(office: Office) -> None:
    with office.browser("adam") as planted:
        before = planted.headers["Cookie"]
        answer = sign_in(office, planted)
    after = answer.headers["set-cookie"].partition(";")[0]
    assert after.startswith("miradot=vera.")
    assert set(after.split(".")) & set(before.split(".")[1:]) <= {after.split(".")[1]}


def test_a_cookie_for_another_machine_goes_over_https_and_is_set_by_no_neighbour(
    fresh: Office,
) -> None:
    with fresh.client() as client:
        answer = sign_in(fresh, client, **ABROAD)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-miradot=vera.")
    assert "secure" in cookie.lower()
    with fresh.client(Cookie=cookie.partition(";")[0], Host="ops.example.com") as client:
        assert client.get("/health").status_code == 200
    plain = cookie.partition(";")[0].removeprefix("__Host-")
    with fresh.client(Cookie=plain, Host="ops.example.com") as client:
        assert client.get("/health").status_code == 303


def test_signing_in_with_a_wrong_token_is_told(office: Office) -> None:
    with office.client() as client:
        answer = client.post("/login", data={"token": "<b>no"}, headers=office.ours)
    assert answer.status_code == 401
    assert "Nobody has this token" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", FOREIGN)
def test_signing_in_from_another_site_is_refused(office: Office, headers: dict[str, str]) -> None:
    with office.client() as client:
        answer = client.post("/login", data={"token": TOKENS["vera"][1]}, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_cookie_ends_and_cannot_be_made_by_hand() -> None:
    gate = Gate(PASSES)
    cookie = gate.make_cookie(VERA, NOW)
    assert gate.know_cookie(cookie, NOW) == VERA
    assert gate.know_cookie(cookie, NOW + LASTS + timedelta(seconds=1)) is None
    name, ends, serial, seal = cookie.split(".")
    forged = (
        f"{name}.{int(ends) + 1}.{serial}.{seal}",
        f"olga.{ends}.{serial}.{seal}",
        f"{name}.{ends}.{serial[:-1]}.{seal}",
        f"{name}.{ends}.{serial}.",
        f"{name}.{ends}.{seal}",
        f"{name}.{'9' * 5000}.{serial}.{seal}",
        "",
        "a.b.c.d",
    )
    assert [one for one in forged if gate.know_cookie(one, NOW) is not None] == []


def test_a_cookie_goes_with_its_token_and_with_the_process() -> None:
    vera = Visitor("vera", frozenset({"view"}))
    old, new = (Pass(vera, f"the-{age}-token-of-vera-00") for age in ("old", "new"))
    cookie = Gate([old], b"key").make_cookie(vera, NOW)
    assert Gate([old], b"key").know_cookie(cookie, NOW) == vera
    assert Gate([new], b"key").know_cookie(cookie, NOW) is None
    assert Gate([old]).know_cookie(cookie, NOW) is None


def test_whoever_signs_in_is_led_to_what_they_asked_for(office: Office) -> None:
    with office.client() as client:
        door = client.get("/exceptions?code=NO_ADDRESS&state=all").headers["location"]
        page = client.get(door)
        to = "/exceptions?code=NO_ADDRESS&amp;state=all"
        assert f'<input type="hidden" name="to" value="{to}">' in page.text
        form = {"token": TOKENS["vera"][1], "to": to.replace("&amp;", "&")}
        answer = client.post("/login", data=form, headers=office.ours)
    assert answer.headers["location"] == "/exceptions?code=NO_ADDRESS&state=all"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example.com/health",
        "//evil.example.com/health",
        "///evil.example.com/health",
        "/\\evil.example.com",
        "\\\\evil.example.com/health",
        "/health/../login",
        "/%2fevil.example.com",
        "javascript:alert(1)",
        "health",
        " /health",
        "/health\r\nSet-Cookie: a=b",
        "/logout",
        "/login",
        "/metrics",
        "//[",
        "",
    ],
)
def test_nobody_is_led_away_after_signing_in(office: Office, to: str) -> None:
    assert choose_way(to) == "/health"
    with office.client() as client:
        form = {"token": TOKENS["vera"][1], "to": to}
        answer = client.post("/login", data=form, headers=office.ours)
    assert answer.headers["location"] == "/health"


def test_a_link_of_another_site_is_followed_once_more_with_the_cookie(office: Office) -> None:
    with office.client() as client:
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        answer = client.get("/exceptions/1", headers=headers)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert "Exception 1" not in answer.text


def test_too_many_wrong_tokens_are_not_looked_at_and_nobody_else_is_held_up(fresh: Office) -> None:
    with fresh.client("adam") as right, fresh.browser("olga") as inside:
        with fresh.client(Authorization="Bearer " + "x" * 30) as wrong:
            statuses = [wrong.get("/health.json").status_code for _ in range(MOST + 1)]
            assert statuses == [401] * MOST + [429]
        answer = right.get("/health.json")
        assert (answer.status_code, list(answer.json())) == (429, ["error"])
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert sign_in(fresh, right).status_code == 429
        assert inside.get("/health").status_code == 200
        # A server in front of us on this machine names whom it speaks for, last.
        passed = {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}
        assert right.get("/health.json", headers=passed).status_code == 200
        fresh.hands.there.wait(seconds=PER.total_seconds() + 1)
        assert right.get("/health.json").status_code == 200


def test_a_client_of_ipv6_is_its_network_and_a_clock_set_back_locks_nobody_out() -> None:
    attempts = Attempts(most=2)
    assert [attempts.note(f"2001:db8::{number}", NOW) for number in (1, 2)] == [False, True]
    assert attempts.seconds_to_wait("2001:db8::ffff", NOW) == 60
    assert attempts.seconds_to_wait("2001:db8:0:1::1", NOW) == 0
    assert attempts.seconds_to_wait("2001:db8::1", NOW - timedelta(days=1)) == 60
    assert attempts.seconds_to_wait("2001:db8::1", NOW + PER) == 0


def test_clients_without_number_are_not_all_remembered() -> None:
    attempts = Attempts(most=1)
    for number in range(10_001):
        attempts.note(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", NOW)
    assert attempts.seconds_to_wait("10.0.0.0", NOW) == 0
    assert attempts.seconds_to_wait("10.0.0.1", NOW) == 60
