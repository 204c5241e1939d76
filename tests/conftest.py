"""What every test gets: a hypothesis profile, and no network beyond this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

# The same examples for everybody, so that a change fails on what it changed;
# `pytest --hypothesis-profile=search` looks for new ones.
settings.register_profile("search", deadline=None, print_blob=True)
settings.register_profile("same", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("same")


def guard_connect(connect: Callable[[socket.socket, Any], Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard_connect(getattr(socket.socket, name)))
