"""The page's server; it logs no request, and says nothing of itself."""

from __future__ import annotations

import signal
from types import FrameType

import uvicorn
from starlette.applications import Starlette

_MOST_CONNECTIONS = 100
_IDLE_SECONDS = 15
_ENDING_SECONDS = 10


def make_server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """Give a server of an application; `run` ends when a signal says stop."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    return uvicorn.Server(config)


def run_server(server: uvicorn.Server) -> None:
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
