"""The page's server; it logs no request, and says nothing of itself."""

from __future__ import annotations

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
