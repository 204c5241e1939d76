"""Who may open what: every route, by every role; and what every answer carries."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.routing import Route

from engine.web.app import MENU, make_app
from engine.web.fences import HEADERS, is_ours
from engine.web.pages import PAGES
from tests.web.offices import FOREIGN, SCRIPT, TOKENS, Office

# What is answered to strangers.
OPEN = {
    *("GET /livez", "GET /readyz", "GET /style.css", "GET /htmx.js"),
    *("GET /login", "POST /login", "POST /logout"),
}
# What leads on without looking who asks.
LEADING = {"GET /"}
NEEDS = {f"{page.method} {page.path}": page.role for page in PAGES} | {"GET /metrics": "view"}


def routes(office: Office) -> list[tuple[str, str]]:
    """Give method and path of every route."""
    found = [
        (method, route.path)
        for route in make_app(office.site).routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    ]
    assert len(found) > 30
    return sorted(found)


def bare(path: str) -> str:
    return path.removesuffix(".json").removesuffix(".csv")


def filled(path: str) -> str:
    """Give a path with the number of an exception that nothing can be done to."""
    return path.replace("{number:serial}", "999")


def ways_in(path: str) -> tuple[str, ...]:
    """Give the door, from which one is led to the path; Health is where it leads by itself."""
    return ("/login",) if path == "/health" else (f"/login?{urlencode({'to': filled(path)})}",)


def closed_routes(office: Office) -> list[tuple[str, str]]:
    shut = [one for one in routes(office) if f"{one[0]} {one[1]}" not in OPEN | LEADING]
    assert {f"{method} {bare(path)}" for method, path in shut} == set(NEEDS)
    return shut


def test_strangers_are_told_to_sign_in_at_every_other_route(office: Office) -> None:
    with office.client() as client:
        for method, path in closed_routes(office):
            answer = client.request(method, filled(path), headers=office.ours)
            is_page = method == "GET" and path == bare(path) and path != "/metrics"
            assert answer.status_code == (303 if is_page else 401), path
            assert not is_page or answer.headers["location"] in ways_in(path)


@pytest.mark.parametrize("who", sorted(TOKENS))
def test_each_role_opens_what_is_for_it_and_nothing_else(office: Office, who: str) -> None:
    with office.client(who) as client:
        for method, path in closed_routes(office):
            needed = NEEDS[f"{method} {bare(path)}"]
            status = client.request(method, filled(path)).status_code
            assert (status != 403) == (needed in TOKENS[who][0]), (path, status)
            assert status not in (401, 500), (path, status)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer wrong-token-of-nobody-at-all", "Basic dmVyYTp2ZXJh", "vera"],
)
def test_a_wrong_token_opens_nothing(office: Office, header: str) -> None:
    with office.client() as client:
        answer = client.get("/health.json", headers={"Authorization": header})
    assert (answer.status_code, list(answer.json())) == (401, ["error"])


def test_a_token_in_the_address_opens_nothing(office: Office) -> None:
    with office.client() as client:
        query = urlencode({"token": TOKENS["olga"][1]})
        assert client.get(f"/health.json?{query}").status_code == 401


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused_at_every_route(
    office: Office, headers: dict[str, str]
) -> None:
    posts = [path for method, path in routes(office) if method == "POST"]
    assert len(posts) > 10
    with office.browser("olga") as client:
        for path in posts:
            answer = client.post(filled(path), headers=headers)
            assert answer.status_code == 403, path
            assert "not sent from a page of this site" in answer.text


def test_an_older_browser_is_known_by_origin_alone() -> None:
    assert is_ours({"host": "127.0.0.1:8796", "origin": "http://127.0.0.1:8796"})
    assert not is_ours({"host": "127.0.0.1:8796", "origin": "http://127.0.0.1:9"})
    assert not is_ours({"origin": ""})


def test_every_answer_carries_the_fences(office: Office) -> None:
    with office.client("olga") as client:
        for method, path in [*routes(office), ("GET", "/nowhere"), ("PUT", "/health")]:
            answer = client.request(method, filled(path))
            missing = {name for name in HEADERS if answer.headers.get(name) != HEADERS[name]}
            assert missing == set(), path
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= {
        one.strip() for one in policy.split(";")
    }


def test_no_page_holds_a_script_or_a_style_of_its_own(office: Office) -> None:
    with office.client("olga") as client:
        for method, path in routes(office):
            if method == "GET" and path == bare(path) and path != "/htmx.js":
                text = client.get(path.replace("{number:serial}", "1")).text
                assert "<script" not in text.replace(SCRIPT, ""), path
                assert "hx-on" not in text, path
                assert "<style" not in text, path
                assert " style=" not in text, path
                assert " onclick" not in text, path


def test_the_menu_leads_to_pages_only() -> None:
    assert {to for to, _ in MENU} <= {page.path for page in PAGES if page.method == "GET"}


def test_a_form_without_end_is_refused(office: Office) -> None:
    with office.client("olga") as client:
        answer = client.post("/exceptions/1/resolve.json", content=b"note=" + b"x" * 70_000)
    assert answer.status_code == 413


def test_a_form_that_cannot_be_read_is_refused(office: Office) -> None:
    with office.client("olga") as client:
        many = "&".join(f"a{number}=1" for number in range(30))
        for body in (many.encode(), b"note=\xff\xfe"):
            answer = client.post("/exceptions/1/resolve.json", content=body)
            assert (answer.status_code, answer.json()) == (
                400,
                {"error": "the form cannot be read"},
            )
