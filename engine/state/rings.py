"""The ring: orders of a shop that the doorbell named and that are still to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from engine.clock import write_time
from engine.state.shops import Feed
from engine.state.tables import RING, RING_SEEN
from engine.state.writing import insert_new, put_rows

MOST_WAITING = 10_000
_LATEST = timedelta(hours=1)


class RingFull(Exception):  # noqa: N818 - an answer, not a fault
    """More orders would wait than are taken; the transaction is not to stand."""


@dataclass(frozen=True, slots=True)
class Rung:
    """An order that was named, and when it was named last."""

    order_key: str
    rung_at: str
    shop: str = ""


def ring(
    connection: Connection,
    feed: Feed,
    ids: Sequence[str],
    now: datetime,
    most: int = MOST_WAITING,
) -> None:
    """Put orders of a shop into the ring, those that wait already as named again.

    Raises RingFull where more than `most` would wait. On PostgreSQL each writer at the same time
    may bring its own orders beyond that, because none sees what the others are about to add.
    """
    at = write_time(now)
    known = {"flow": feed.flow, "shop": feed.shop, "rung_at": at}
    rows = [{**known, "order_key": one} for one in dict.fromkeys(ids)]
    if insert_new(connection, RING, rows) and count_waiting(connection, feed) > most:
        raise RingFull
    put_rows(connection, RING, rows)


def ring_later(connection: Connection, feed: Feed, order_key: str, due: datetime) -> None:
    """Let an order be fetched once more, but not before a moment; the latest one counts."""
    known = {"flow": feed.flow, "shop": feed.shop, "order_key": order_key}
    put_rows(connection, RING, [{**known, "rung_at": write_time(due)}])


def take_rung(connection: Connection, feed: Feed, limit: int, now: datetime) -> list[Rung]:
    """Give the orders that are due and wait longest, at most `limit`; they wait until `end_rung`.

    Those of no shop that was told apart are whoever's comes.
    """
    waiting = (
        select(RING.c.order_key, RING.c.rung_at, RING.c.shop)
        .where(*_due(feed, now))
        .order_by(RING.c.rung_at, RING.c.order_key)
        .limit(limit)
    )
    return [Rung(*row) for row in connection.execute(waiting)]


def _due(feed: Feed, now: datetime) -> tuple[ColumnElement[bool], ...]:
    # One that is due tomorrow was rung before the clock was set back.
    moments = (RING.c.rung_at <= write_time(now), RING.c.rung_at > write_time(now + _LATEST))
    return RING.c.flow == feed.flow, RING.c.shop.in_(("", feed.shop)), or_(*moments)


def end_rung(connection: Connection, feed: Feed, rung: Iterable[Rung]) -> None:
    """Let go of orders once they have landed; those named again meanwhile stay."""
    for one in rung:
        connection.execute(
            delete(RING).where(
                RING.c.flow == feed.flow,
                RING.c.shop == one.shop,
                RING.c.order_key == one.order_key,
                RING.c.rung_at == one.rung_at,
            )
        )


def count_due(connection: Connection, feed: Feed, now: datetime) -> int:
    """Give how many orders may be fetched now."""
    counted = select(func.count()).select_from(RING).where(*_due(feed, now))
    return int(connection.execute(counted).scalar_one())


def count_waiting(connection: Connection, feed: Feed) -> int:
    """Give how many orders of a shop wait."""
    wanted = (RING.c.flow == feed.flow, RING.c.shop == feed.shop)
    counted = select(func.count()).select_from(RING).where(*wanted)
    return int(connection.execute(counted).scalar_one())


def count_all_waiting(connection: Connection, flow: str) -> int:
    """Give how many orders of a flow wait, whichever shop's they are."""
    counted = select(func.count()).select_from(RING).where(RING.c.flow == flow)
    return int(connection.execute(counted).scalar_one())


def mark_seen(connection: Connection, message: str, now: datetime) -> bool:
    """Remember a message; False where it came before, be it just now on another connection."""
    row = {"message": message, "seen_at": write_time(now)}
    return insert_new(connection, RING_SEEN, [row]) == 1
