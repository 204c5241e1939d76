"""Servers for applications that others reach, within bounds that a stranger cannot move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

Server = uvicorn.Server
_MOST_CONNECTIONS = 100
_MOST_HEADERS = 16 * 1024
_ENDING_SECONDS = 10
HEAD_SECONDS = 10.0
"""How long the head of a request is waited for: whoever sends none would else keep a place."""


class _Waiting(Protocol):
    def cancel(self) -> None: ...


class Connection(H11Protocol):
    """A connection that is closed where the head of a request does not arrive in time."""

    _waiting: _Waiting | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as asyncio gives it
        """Wait for a head from the first moment on."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head that has begun, and no longer once it is there."""
        if self._waiting is None and self._is_between():
            self._wait()
        super().data_received(data)
        if not self._is_between():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_between(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def make_server(
    app: Callable[..., Any], host: str, port: int, *, idle_seconds: int, says_date: bool
) -> Server:
    """Give a server of an ASGI application; it logs no request, and says nothing of itself.

    A connection on which nothing comes for `idle_seconds` is closed.
    """
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=says_date,
            limit_concurrency=_MOST_CONNECTIONS,
            h11_max_incomplete_event_size=_MOST_HEADERS,
            timeout_keep_alive=idle_seconds,
            timeout_graceful_shutdown=_ENDING_SECONDS,
        )
    )
