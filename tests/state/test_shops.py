"""Two shops in one database: each is read whole, also where an older database told none apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.clock import write_time
from engine.state.cursors import Cursor, mark_pending, move_cursor, read_cursor
from engine.state.database import Database
from engine.state.migrations import STEPS, prepare_database
from engine.state.orders import Arrival, Landed, land_orders
from engine.state.rings import ring, take_rung
from engine.state.shops import Feed, enter_shop, recall_shop, remember_shop
from engine.state.tables import CURSOR, ORDER_VERSION
from tests.state.databases import NOW, opened

STREAM = "orders"
FIRST, SECOND, NOBODY = Feed("flow", "2310"), Feed("flow", "2311"), Feed("flow")
MARK, LATEST = "2026-03-01T08:55:00.000000Z", NOW - timedelta(hours=36)


def enter(database: Database, feed: Feed) -> None:
    with database.transaction() as connection:
        enter_shop(connection, feed, STREAM, LATEST, NOW)


def read(database: Database, feed: Feed, stream: str = STREAM) -> Cursor | None:
    with database.transaction() as connection:
        return read_cursor(connection, feed, stream)


def watermark(database: Database, feed: Feed) -> str | None:
    found = read(database, feed)
    return found.watermark if found is not None else None


def read_once(database: Database, feed: Feed, mark: str = MARK) -> None:
    with database.transaction() as connection:
        move_cursor(connection, feed, STREAM, mark, NOW)


def test_a_new_shop_has_read_nothing(database: Database) -> None:
    enter(database, FIRST)
    read_once(database, FIRST)
    enter(database, SECOND)
    assert (watermark(database, FIRST), read(database, SECOND)) == (MARK, None)


def test_one_shop_goes_on_where_an_older_database_was(database: Database) -> None:
    read_once(database, NOBODY)
    with database.transaction() as connection:
        mark_pending(connection, NOBODY, "backfill:2026", {"window": 3}, NOW)
        ring(connection, NOBODY, ["ORD-1"], NOW)
    enter(database, FIRST)
    enter(database, FIRST)
    history = read(database, FIRST, "backfill:2026")
    assert watermark(database, FIRST) == MARK
    assert history is not None
    assert history.pending == {"window": 3}
    with database.transaction() as connection:
        assert [one.order_key for one in take_rung(connection, FIRST, 9, NOW)] == ["ORD-1"]


def test_two_shops_of_an_older_database_are_both_read_anew(database: Database) -> None:
    read_once(database, NOBODY)
    with database.transaction() as connection:
        mark_pending(connection, NOBODY, "backfill:2026", {"window": 3}, NOW)
    enter(database, FIRST)
    enter(database, SECOND)
    start = write_time(LATEST)
    assert (watermark(database, FIRST), watermark(database, SECOND)) == (start, start)
    assert read(database, FIRST, "backfill:2026") is None
    read_once(database, FIRST)
    enter(database, SECOND)
    enter(database, FIRST)
    assert watermark(database, FIRST) == MARK


def test_two_shops_are_read_from_an_older_mark_where_there_is_one(database: Database) -> None:
    old = write_time(NOW - timedelta(days=9))
    read_once(database, NOBODY, old)
    enter(database, FIRST)
    enter(database, SECOND)
    assert (watermark(database, FIRST), watermark(database, SECOND)) == (old, old)


def test_the_shop_of_a_key_is_remembered(database: Database) -> None:
    with database.transaction() as connection:
        assert recall_shop(connection, "digest") is None
        remember_shop(connection, "digest", "2310", NOW)
        assert recall_shop(connection, "digest") == "2310"
        assert recall_shop(connection, "another") is None


BEFORE = """
ALTER TABLE cursor RENAME TO away;
CREATE TABLE cursor (
  flow TEXT NOT NULL, stream TEXT NOT NULL, watermark TEXT, pending TEXT, moved_at TEXT NOT NULL,
  PRIMARY KEY (flow, stream)
);
DROP TABLE away;
ALTER TABLE ring RENAME TO away;
CREATE TABLE ring (
  flow TEXT NOT NULL, order_key TEXT NOT NULL, rung_at TEXT NOT NULL, PRIMARY KEY (flow, order_key)
);
DROP TABLE away;
ALTER TABLE order_version DROP COLUMN shop;
INSERT INTO cursor VALUES ('flow', 'orders', :mark, NULL, :mark);
INSERT INTO ring VALUES ('flow', 'ORD-1', :mark);
"""


@pytest.fixture
def older(empty_url: str) -> Iterator[Database]:
    """Give a database as it was before shops were told apart, with one row of each table."""
    names = [one.name for one in STEPS]
    with opened(empty_url) as found:
        prepare_database(found, NOW, STEPS[: names.index("0007-shops")])
        with found.transaction() as connection:
            for statement in BEFORE.strip().removesuffix(";").split(";"):
                connection.execute(text(statement), {"mark": MARK} if ":mark" in statement else {})
        yield found


def test_an_older_database_learns_to_tell_shops_apart(older: Database) -> None:
    assert "0007-shops" in prepare_database(older, NOW)
    assert watermark(older, NOBODY) == MARK
    enter(older, FIRST)
    assert watermark(older, FIRST) == MARK
    with older.transaction() as connection:
        ring(connection, SECOND, ["ORD-1"], NOW)
        order = Landed("ORD-1", "digest", "", "{}", "person-1")
        land_orders(connection, [order], Arrival("flow", "event", "run", NOW, "2310"))
        assert connection.execute(ORDER_VERSION.select()).one().shop == "2310"
        assert len(connection.execute(CURSOR.select()).all()) == 1
