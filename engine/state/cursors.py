"""Cursors: how far each stream of a vendor has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from engine.clock import write_time
from engine.state.shops import Feed
from engine.state.tables import CURSOR
from engine.state.writing import put_rows


@dataclass(frozen=True, slots=True)
class Cursor:
    """`watermark` is the vendor's clock at the start of the last whole read, None before the first.

    `pending` is where a read that is under way has come to, None when there is none.
    """

    watermark: str | None
    pending: dict[str, Any] | None
    moved_at: str


_READ = select(CURSOR.c.watermark, CURSOR.c.pending, CURSOR.c.moved_at).where(
    CURSOR.c.flow == bindparam("flow"),
    CURSOR.c.shop == bindparam("shop"),
    CURSOR.c.stream == bindparam("stream"),
)


def read_cursor(connection: Connection, feed: Feed, stream: str) -> Cursor | None:
    """Give how far a stream has been read; None for one that never was."""
    row = connection.execute(_READ, _key(feed, stream)).one_or_none()
    if row is None:
        return None
    pending = orjson.loads(row.pending) if row.pending is not None else None
    return Cursor(row.watermark, pending, row.moved_at)


def move_cursor(
    connection: Connection, feed: Feed, stream: str, watermark: str, now: datetime
) -> None:
    """Note that a stream was read whole; nothing is pending then.

    It may go back: a vendor's clock that ran ahead for a while must not hide what came after.
    """
    _put(connection, {**_key(feed, stream), "watermark": watermark}, None, now)


def mark_pending(
    connection: Connection, feed: Feed, stream: str, pending: Mapping[str, Any], now: datetime
) -> None:
    """Note where a read that is under way has come to; the watermark stays."""
    _put(connection, _key(feed, stream), orjson.dumps(pending).decode(), now)


def _key(feed: Feed, stream: str) -> dict[str, str]:
    return {"flow": feed.flow, "shop": feed.shop, "stream": stream}


def _put(connection: Connection, known: dict[str, str], pending: str | None, now: datetime) -> None:
    put_rows(connection, CURSOR, [{**known, "pending": pending, "moved_at": write_time(now)}])
