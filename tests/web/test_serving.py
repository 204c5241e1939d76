"""`miradot serve` as it is started: what it needs, and what it says where it cannot listen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.commands.serve import ServeRequest, serve_page
from engine.problem import Failure
from tests.rehearsal import BRAND, MAPPING, ROOT, SETTINGS
from tests.web.offices import TOKENS, Office

GIVEN = {
    **SETTINGS,
    "MIRADOT_DOTDIGITAL_URL": "http://127.0.0.1:9/dotdigital",
    "MIRADOT_WEB_TOKENS": f"vera:view:{TOKENS['vera'][1]}",
}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("MIRADOT_"):
            monkeypatch.delenv(name)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MIRADOT_DATABASE_URL", f"sqlite:///{tmp_path}/page.db")


def request(port: int, host: str = "127.0.0.1") -> ServeRequest:
    return ServeRequest(ROOT / MAPPING, ROOT / BRAND, host, port)


def refusal(host: str, port: int = 9) -> tuple[str, list[str]]:
    """Give why the page is not served, and what was told until then."""
    told: list[str] = []
    with pytest.raises(Failure) as failure:
        serve_page(request(port, host), told.append)
    return str(failure.value), told


def test_nobody_is_let_in_without_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIRADOT_WEB_TOKENS")
    told: list[str] = []
    with pytest.raises(Failure, match="MIRADOT_WEB_TOKENS is not set"):
        serve_page(request(9), told.append)
    assert told == []


def test_an_address_that_is_taken_is_told(office: Office) -> None:
    port = int(office.address.rpartition(":")[2])
    with pytest.raises(Failure, match=f"cannot listen at 127.0.0.1:{port}"):
        serve_page(request(port), lambda _line: None)


ADDRESS = "https://ops.example.com"
PROXY = {
    "MIRADOT_WEB_PROXY_USER": "Remote-User",
    "MIRADOT_WEB_PROXY_GROUPS": "Remote-Groups",
    "MIRADOT_WEB_PROXY_ROLES": "ops=act",
}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "ops.example.com"])  # noqa: S104 - refused
def test_others_do_not_reach_the_page_in_plain_http(host: str) -> None:
    why, told = refusal(host)
    assert "name its address in MIRADOT_WEB_ADDRESS" in why
    assert told == []


def test_where_others_reach_the_page_a_proxy_needs_a_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**PROXY, "MIRADOT_WEB_ADDRESS": ADDRESS}.items():
        monkeypatch.setenv(name, value)
    why, told = refusal("192.0.2.1")
    assert "set MIRADOT_WEB_PROXY_SECRET" in why
    assert told == []
    monkeypatch.setenv("MIRADOT_WEB_PROXY_SECRET", "a-secret-of-the-proxy-and-us")
    # No address of this machine, so it ends one step later.
    assert refusal("192.0.2.1") == ("cannot listen at 192.0.2.1:9", [f"the page: {ADDRESS}/\n"])


def test_that_everybody_here_can_name_himself_is_told(
    monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    for name, value in PROXY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MIRADOT_WEB_TOKENS")
    why, told = refusal("127.0.0.1", int(office.address.rpartition(":")[2]))
    assert "cannot listen" in why
    assert "MIRADOT_WEB_PROXY_SECRET ends that" in told[1]
