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


def request(port: int) -> ServeRequest:
    return ServeRequest(ROOT / MAPPING, ROOT / BRAND, "127.0.0.1", port)


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
