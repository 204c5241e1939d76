"""Names under which the page is served, and what other sites may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.web.fences import is_embedded, is_known_name
from tests.web.offices import Office, open_office
from tests.web.test_proxy import PROXY, said


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("abroad")
    with open_office(folder, proxy=PROXY, address="https://ops.example.com") as office:
        yield office


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("127.0.0.1:8796", True),
        ("localhost", True),
        ("[::1]:80", True),
        ("LOCALHOST:1", True),
        ("ops.example.com", True),
        ("ops.example.com:8443", True),
        ("evil.example.com", False),
        ("ops.example.com.evil.example.com", False),
        ("evil.example.com:127", False),
        ("127.0.0.1.evil.example.com", False),
        ("evil.example.com/127.0.0.1", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_page_is_served_under_its_names_alone(abroad: Office, host: str, served: bool) -> None:  # noqa: FBT001 - a case
    assert is_known_name(host, "ops.example.com") == served
    with abroad.client() as client:
        answer = client.get("/login", headers={"Host": host})
        assert answer.status_code == (200 if served else 421)
        assert served or "MIRADOT_WEB_ADDRESS says which is right" in answer.text


def test_machines_that_know_a_secret_use_any_name(abroad: Office) -> None:
    with abroad.client("vera", Host="miradot:8796") as scraper:
        assert scraper.get("/metrics").status_code == 200
    with abroad.client(**said("mo"), Host="miradot:8796") as proxy:
        assert proxy.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("headers", "embedded"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, False),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, True),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, True),
        (
            {
                "sec-fetch-site": "cross-site",
                "sec-fetch-mode": "navigate",
                "sec-fetch-dest": "iframe",
            },
            True,
        ),
    ],
)
def test_what_another_site_wants_inside_its_page_is_known(
    headers: dict[str, str],
    embedded: bool,  # noqa: FBT001 - a case
) -> None:
    assert is_embedded(headers) == embedded


def test_another_site_gets_nothing_of_ours_inside_its_page(abroad: Office) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    with abroad.browser("olga") as client:
        for path in ("/health.json", "/exceptions.csv", "/exceptions/1/replay", "/style.css"):
            assert client.get(path, headers=headers).status_code == 403, path


def test_a_slash_too_many_leads_nowhere(abroad: Office) -> None:
    with abroad.client("olga", Host="evil.example.com") as client:
        for path in ("/health/", "/login/", "/health.json/", "/health//"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers.get("location")) == (404, None), path
