"""The doorbell's server, within bounds that a stranger cannot move."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette

_MOST_CONNECTIONS = 100
_MOST_HEADERS = 16 * 1024
_IDLE_SECONDS = 5
_ENDING_SECONDS = 10


def make_server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """Give a server of an application; it logs no request, and says nothing of itself."""
    return uvicorn.Server(
        uvicorn.Config(
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
            date_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            h11_max_incomplete_event_size=_MOST_HEADERS,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_ENDING_SECONDS,
        )
    )
