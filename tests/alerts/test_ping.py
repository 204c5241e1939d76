"""The ping: asked after each good cycle, never beyond the address, and told where it fails."""

from __future__ import annotations

import pytest

from engine.alerts.ping import ping
from tests.alerts.listening import Listener, listening


def test_an_address_is_asked_for_itself_and_nothing_else(listener: Listener) -> None:
    assert ping(f"http://127.0.0.1:{listener.port}/a-key/of-ours") == ""
    assert listener.heard == [("/a-key/of-ours", None)]
    assert "authorization" not in listener.headers[0]


@pytest.mark.parametrize("status", [301, 302, 404, 500])
def test_what_came_back_is_told_and_no_redirect_followed(listener: Listener, status: int) -> None:
    listener.answers = lambda _path: status
    assert ping(f"http://127.0.0.1:{listener.port}/x") == f"answered {status}"
    assert listener.paths() == ["/x"]


def test_nobody_there_is_told() -> None:
    with listening() as gone:
        address = f"http://127.0.0.1:{gone.port}/a-key"
    assert ping(address) == "no answer"


def test_another_machine_is_never_asked_without_encryption() -> None:
    assert ping("http://ping.example.com/a-key") == "an address that cannot be called"
