"""Shops of Mirakl: each is read by itself, though several may share a database and a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from engine.clock import write_time
from engine.state.tables import CURSOR, RING, TIE
from engine.state.writing import insert_new, put_rows


@dataclass(frozen=True, slots=True)
class Feed:
    """What is read: the orders of one shop for a flow; '' is a shop that nobody told apart."""

    flow: str
    shop: str = ""


def recall_shop(connection: Connection, credential: str) -> str | None:
    """Give the shop that a key of Mirakl is for, by the key's hash; None for a key unheard of."""
    known = select(TIE.c.value).where(TIE.c.kind == f"mirakl:{credential}")
    found = connection.execute(known).scalar_one_or_none()
    return None if found is None else str(found)


def remember_shop(connection: Connection, credential: str, shop: str, now: datetime) -> None:
    """Note which shop a key of Mirakl is for."""
    row = {"kind": f"mirakl:{credential}", "value": shop, "made_at": write_time(now)}
    put_rows(connection, TIE, [row])


def enter_shop(
    connection: Connection, feed: Feed, stream: str, latest: datetime, now: datetime
) -> None:
    """Let a shop take part in a flow; asked again, it changes nothing.

    A database from before shops were told apart has one reading for all of them. The first shop
    that comes takes it over. Where another one comes as well, both may have moved it: it is worth
    nothing then, and `stream` is read anew for both from `latest` on, or earlier.
    """
    if feed.shop in _list_shops(connection, feed.flow) or not feed.shop:
        return
    if _take_over(connection, feed):
        row = {"kind": _shared(feed.flow), "value": feed.shop, "made_at": write_time(now)}
        insert_new(connection, TIE, [row])
        return
    first = connection.execute(
        delete(TIE).where(TIE.c.kind == _shared(feed.flow)).returning(TIE.c.value)
    ).scalar_one_or_none()
    if first is not None:
        _read_anew(connection, (Feed(feed.flow, first), feed), stream, latest)


def _list_shops(connection: Connection, flow: str) -> set[str]:
    found = connection.execute(select(CURSOR.c.shop).where(CURSOR.c.flow == flow).distinct())
    return set(found.scalars())


def _take_over(connection: Connection, feed: Feed) -> bool:
    """Take over what was read for whichever shop; whether there was anything."""
    taken = 0
    for table in (CURSOR, RING):
        unnamed = update(table).where(table.c.flow == feed.flow, table.c.shop == "")
        taken += connection.execute(unnamed.values(shop=feed.shop)).rowcount
    return taken > 0


def _read_anew(
    connection: Connection, feeds: tuple[Feed, Feed], stream: str, latest: datetime
) -> None:
    first = feeds[0]
    of_first = (CURSOR.c.flow == first.flow, CURSOR.c.shop == first.shop)
    marked = connection.execute(
        select(CURSOR.c.watermark).where(*of_first, CURSOR.c.stream == stream)
    ).scalar_one_or_none()
    connection.execute(delete(CURSOR).where(*of_first))
    start = write_time(latest)
    rows = [
        {
            "flow": one.flow,
            "shop": one.shop,
            "stream": stream,
            "watermark": min(marked or start, start),
            "pending": None,
            # Long ago, so that Mirakl may be asked at once.
            "moved_at": start,
        }
        for one in feeds
    ]
    put_rows(connection, CURSOR, rows)


def _shared(flow: str) -> str:
    return f"shared:{flow}"
