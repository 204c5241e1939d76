"""The doorbell's server."""

from __future__ import annotations

from starlette.applications import Starlette

from engine import serving

_IDLE_SECONDS = 5


def make_server(app: Starlette, host: str, port: int) -> serving.Server:
    """Give a server of an application; `run` ends when a signal says stop."""
    return serving.make_server(app, host, port, idle_seconds=_IDLE_SECONDS, says_date=False)
