"""The sandbox behind HTTP, on this machine only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from engine.sandbox.faults import Delivery
from engine.sandbox.service import Answer, Request
from engine.sandbox.whole import Sandbox

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Dotdigital takes imports of up to 50 MB.
_LARGEST_BODY = 50 * 1024 * 1024


class CutShort(ConnectionError):  # noqa: N818 - what happens to the caller, on request
    """An answer that breaks off because the fault switch says so."""


def make_app(sandbox: Sandbox) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Give the sandbox as an ASGI application."""
    lock = Lock()

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read_body(receive)
        if body is None:
            await _send(send, Delivery(Answer(413)))
            return
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=parse_qs(scope["query_string"].decode(), keep_blank_values=True),
            headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
            body=body,
        )
        with lock:
            delivery = sandbox.handle(request)
        await _send(send, delivery)

    return app


async def _read_body(receive: Receive) -> bytes | None:
    """Give the body, or None for one that is too long."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > _LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return body


async def _send(send: Send, delivery: Delivery) -> None:
    raw = delivery.answer.raw()
    headers = {"Content-Length": str(len(raw)), **delivery.answer.headers}
    if raw:
        headers["Content-Type"] = "application/json"
    whole = delivery.arrives is None
    if not whole and not raw:
        # Something must be missing for the caller to see that the answer broke off.
        headers["Content-Length"] = "1"
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send(
        {"type": "http.response.start", "status": delivery.answer.status, "headers": encoded}
    )
    await send(
        {
            "type": "http.response.body",
            "body": raw if whole else raw[: delivery.arrives],
            "more_body": not whole,
        }
    )
    if not whole:
        raise CutShort


def make_server(sandbox: Sandbox, port: int) -> uvicorn.Server:
    """Give a server of the sandbox on the loopback address."""
    config = uvicorn.Config(
        make_app(sandbox),
        host="127.0.0.1",
        port=port,
        log_level="critical",
        server_header=False,
        date_header=False,
        lifespan="off",
    )
    return uvicorn.Server(config)
