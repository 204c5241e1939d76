"""Coming in by a proxy that signs people in: believed only from that proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.datastructures import Headers

from engine.web.proxy import Proxy
from engine.web.visitors import Visitor
from tests.web.offices import FOREIGN, TOKENS, Office, keep_busy, open_office

SECRET = "a-secret-of-the-proxy-and-us"  # noqa: S105 - no secret
LOOK, ACT, REVEAL = frozenset({"view"}), frozenset({"view", "act"}), frozenset({"view", "reveal"})
ROLES = {"ops": ACT, "/care": REVEAL, "board": LOOK}
PROXY = Proxy("remote-user", "remote-groups", ROLES, SECRET)
NEAR = Proxy("remote-user", "remote-groups", ROLES)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("hall")
    with open_office(folder, proxy=PROXY, address="https://ops.example.com") as office:
        keep_busy(office)
        yield office


def said(name: str, groups: str = "ops", secret: str = SECRET) -> dict[str, str]:
    return {"Remote-User": name, "Remote-Groups": groups, "X-Miradot-Proxy": secret}


def test_whom_the_proxy_signed_in_comes_in_with_the_roles_of_the_groups(hall: Office) -> None:
    number = hall.number("KEYS_DISAGREE")
    with hall.client(**said("mo@example.com", "other, /care ,ops")) as client:
        page = client.get(f"/exceptions/{number}").text
    assert "mo@example.com" in page
    assert f"/exceptions/{number}/resolve" in page
    assert f"/exceptions/{number}/reveal" in page
    # The proxy alone can sign them out.
    assert "/logout" not in page


def test_each_group_may_what_it_is_given_and_no_more(hall: Office) -> None:
    number = hall.number("KEYS_DISAGREE")
    path = f"/exceptions/{number}/reveal.json"
    ours = {"Sec-Fetch-Site": "same-origin"}
    statuses = {}
    for groups in ("board", "ops", "/care", "Ops", "", "nobody"):
        with hall.client(**said("mo", groups)) as client:
            statuses[groups] = (
                client.get("/health.json").status_code,
                client.post(path, headers=ours).status_code,
            )
    assert statuses == {
        "board": (200, 403),
        "ops": (200, 403),
        "/care": (200, 200),
        "Ops": (403, 403),
        "": (403, 403),
        "nobody": (403, 403),
    }


def test_whoever_is_in_no_group_is_told_so(hall: Office) -> None:
    with hall.client(**said("mo", "nobody")) as client:
        told = client.get("/health.json").json()
        page = client.get("/health")
    assert told == {"error": "mo is in no group that may do anything here"}
    assert (page.status_code, "mo is in no group" in page.text.lower()) == (403, True)


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET.upper(), "\xe9"])
def test_without_the_secret_nobody_is_believed(hall: Office, secret: str) -> None:
    given = [(b"remote-user", b"mo"), (b"remote-groups", b"ops")]
    headers = [*given, (b"x-miradot-proxy", secret.encode("latin-1"))] if secret else given
    assert PROXY.know(Headers(raw=headers), "127.0.0.1") is None
    with hall.client() as client:
        assert client.get("/health.json", headers=headers).status_code == 401


def test_a_form_of_another_site_is_refused_though_the_proxy_knows_who_sits_there(
    hall: Office,
) -> None:
    number, before = hall.number("KEYS_DISAGREE"), hall.deeds()
    for headers in FOREIGN:
        # Some proxies let the browser send a password along with everything.
        for more in ({}, {"Authorization": "Basic bW86cGFzc3dvcmQ="}):
            with hall.client(**said("mo", "ops"), **more) as client:
                answer = client.post(
                    f"/exceptions/{number}/resolve",
                    data={"decision": "closed", "note": "x"},
                    headers=headers,
                )
            assert answer.status_code == 403
            assert "not sent from a page of this site" in answer.text
    assert hall.deeds() == before


def test_a_form_of_the_page_at_its_own_address_is_taken(hall: Office) -> None:
    with hall.client(**said("mo", "/care")) as client:
        path = f"/exceptions/{hall.number('OUTCOME_UNKNOWN')}/reveal"
        for origin, status in (
            ("https://ops.example.com", 200),
            ("http://ops.example.com", 403),
            ("https://ops.example.com.evil.example.com", 403),
        ):
            headers = {"Origin": origin, "Host": "ops.example.com"}
            assert client.post(path, headers=headers).status_code == status, origin


def test_a_token_in_a_header_counts_alone(hall: Office) -> None:
    bearer = {"Authorization": f"Bearer {TOKENS['vera'][1]}"}
    with hall.client(**said("mo", "ops"), **bearer) as client:
        assert client.get("/exceptions/1/replay.json").status_code == 403
    with hall.client(**said("mo", "ops"), Authorization="Bearer " + "y" * 30) as client:
        assert client.get("/health.json").status_code == 401


def test_the_proxy_goes_before_a_cookie_and_a_cookie_counts_without_it(hall: Office) -> None:
    with hall.browser("olga") as client:
        assert ">olga<" in client.get("/health").text
        assert "mo@example.com" in client.get("/health", headers=said("mo@example.com")).text


def test_what_acts_is_on_record_with_the_name_that_the_proxy_gave(hall: Office) -> None:
    number = hall.number("KEYS_DISAGREE")
    with hall.client(**said("mo@example.com", "/care")) as client:
        client.post(f"/exceptions/{number}/reveal", headers={"Sec-Fetch-Site": "same-origin"})
    assert hall.deeds()[-1] == ("mo@example.com", "revealed", number, "done")


def headers_of(*given: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in given])


@pytest.mark.parametrize(
    "given",
    [
        [("remote-user", "")],
        [("remote-user", " ")],
        [("remote-user", "x" * 101)],
        [("remote-user", "mo"), ("remote-user", "olga")],
        [("remote-user", "mo"), ("remote-groups", "board"), ("remote-groups", "ops")],
        [("remote-user", "mo\xe9")],
        [("remote-user", "mo\x00")],
        [("remote-user", "mo\xe2\x80\xaeolga")],
        [("remote_user", "mo")],
        [("remote-groups", "ops")],
    ],
)
def test_a_name_that_is_none_is_nobody(given: list[tuple[str, str]]) -> None:
    assert NEAR.know(headers_of(*given), "127.0.0.1") is None


def test_names_come_in_utf_8() -> None:
    name = "J\u00f6rg".encode().decode("latin-1")
    known = NEAR.know(headers_of(("remote-user", name)), "127.0.0.1")
    assert known == Visitor("J\u00f6rg", frozenset(), "proxy")


def test_without_a_secret_only_this_machine_is_believed() -> None:
    given = headers_of(("remote-user", "mo"), ("remote-groups", "ops"))
    for peer, known in (("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("", False)):
        assert (NEAR.know(given, peer) is not None) == known, peer


def test_everybody_signed_in_has_the_roles_of_the_star_and_no_group_is_called_so() -> None:
    proxy = Proxy("remote-user", "", {"*": LOOK})
    given = headers_of(("remote-user", "mo"))
    assert proxy.know(given, "127.0.0.1") == Visitor("mo", LOOK, "proxy")
    starred = headers_of(("remote-user", "mo"), ("remote-groups", "*"))
    known = NEAR.know(starred, "127.0.0.1")
    assert known is not None
    assert known.roles == frozenset()
