"""The page's server."""

from __future__ import annotations

import signal
from types import FrameType

from starlette.applications import Starlette

from engine import serving

_IDLE_SECONDS = 15


def make_server(app: Starlette, host: str, port: int) -> serving.Server:
    """Give a server of an application; `run` ends when a signal says stop."""
    return serving.make_server(app, host, port, idle_seconds=_IDLE_SECONDS, says_date=True)


def run_server(server: serving.Server) -> None:
    """Run a server, in the main thread, until a signal says stop; SIGTERM ends it as one done.

    A server that ended on a signal sends the process the same one again, which would kill it.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = signal.signal(signal.SIGTERM, end)
    try:
        server.run()
    finally:
        signal.signal(signal.SIGTERM, before)
