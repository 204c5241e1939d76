"""The doorbell over HTTP: who rings is known before anything is read, stored before it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from engine.clock import Clock
from engine.doorbell.orders import NoOrders, find_order_ids
from engine.doorbell.senders import Senders
from engine.log import Log
from engine.state.database import Database, DatabaseUnavailable
from engine.state.rings import MOST_WAITING, RingFull, mark_seen, ring
from engine.state.shops import Feed

LARGEST_BODY = 64 * 1024
_FULL_SECONDS = 60
_UNAVAILABLE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Doorbell:
    """What the doorbell stands on; a database that answers within seconds, or not at all."""

    database: Database
    feed: Feed
    senders: Senders
    clock: Clock
    log: Log
    most_waiting: int = MOST_WAITING
    body_seconds: float = 5.0


class _Refused(Exception):  # noqa: N818 - an answer that ends a request early
    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.answer = _tell(status, {"error": why}, headers)


def make_app(doorbell: Doorbell) -> Starlette:
    """Give the application: `POST /hooks/mirakl` and `GET /livez`."""

    async def hear(request: Request) -> Response:
        try:
            answer = await _hear(doorbell, request)
        except _Refused as refused:
            answer = refused.answer
        except ClientDisconnect:
            # Nobody is there to be answered.
            answer = _tell(400, {"error": "the body did not arrive whole"})
        _log(doorbell.log, answer.status_code)
        return answer

    return Starlette(
        routes=[
            Route("/hooks/mirakl", hear, methods=["POST"]),
            Route("/livez", _live, methods=["GET"]),
        ]
    )


def _log(log: Log, status: int) -> None:
    # Strangers may knock as often as they like without filling the log.
    tell = {200: log.info, 202: log.info, 429: log.warning, 503: log.warning}
    tell.get(status, log.debug)("doorbell answered", status=status)


async def _live(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _hear(doorbell: Doorbell, request: Request) -> Response:
    senders = doorbell.senders
    caller = senders.read_caller(request.headers, doorbell.clock.now())
    if caller is None:
        raise _unknown()
    if not _is_json(request.headers.get("content-type", "")):
        raise _Refused(415, "the content type is application/json")
    body = await _read_body(request, doorbell.body_seconds)
    if caller.signatures and not senders.has_signed(caller, body):
        raise _unknown()
    ids = _read_ids(body)
    new = await run_in_threadpool(_store, doorbell, caller.message, ids)
    return _tell(202 if new else 200, {"orders": len(ids) if new else 0})


async def _read_body(request: Request, seconds: float) -> bytes:
    body = bytearray()
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:9]) > LARGEST_BODY:
        raise _too_large()
    try:
        with anyio.fail_after(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise _too_large()
    except TimeoutError:
        raise _Refused(408, "the body did not arrive in time", {"Connection": "close"}) from None
    return bytes(body)


def _read_ids(body: bytes) -> list[str]:
    try:
        return find_order_ids(orjson.loads(body))
    except NoOrders as none:
        raise _Refused(400, str(none)) from None
    except orjson.JSONDecodeError:
        raise _Refused(400, "the body is no JSON") from None


def _store(doorbell: Doorbell, message: str, ids: list[str]) -> bool:
    """Store orders, all or none, and say whether the message was new."""
    now = doorbell.clock.now()
    try:
        with doorbell.database.transaction() as connection:
            if message and not mark_seen(connection, message, now):
                return False
            ring(connection, doorbell.feed, ids, now, doorbell.most_waiting)
    except RingFull:
        raise _Refused(429, "too many orders wait", _after(_FULL_SECONDS)) from None
    except DatabaseUnavailable:
        raise _Refused(503, "it could not be stored", _after(_UNAVAILABLE_SECONDS)) from None
    return True


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    )


def _unknown() -> _Refused:
    # Which of its parts was wrong is nobody's business.
    return _Refused(401, "the sender is not known", {"WWW-Authenticate": "Bearer"})


def _too_large() -> _Refused:
    why = f"the body is larger than {LARGEST_BODY} bytes"
    return _Refused(413, why, {"Connection": "close"})


def _after(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}


def _tell(status: int, told: object, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(told), status, headers, media_type="application/json")
